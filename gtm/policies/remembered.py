"""Judgements of the very same facts, kept for when they are asked for again: guardrail, review and checkpoint each ask.

What is kept is found by a digest of everything that was looked at, so that a judgement never outlives its facts.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import fields
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel

if TYPE_CHECKING:
    from gtm.policies.facts import Facts

T = TypeVar("T")


class Remembered(Generic[T]):
    """What was found lately; callable from many threads.

    Args:
        most: so many judgements are kept; those asked for longest ago go first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._lock = Lock()

    def found(self, key: str, judge: Callable[[], T]) -> T:
        """What was found when this was judged before, or what `judge` finds now."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        now = judge()
        with self._lock:
            self._kept[key] = now
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return now


def digest_of(facts: "Facts", *others: BaseModel) -> str:
    """SHA-256 over every field of facts and over models beside them, each with its type."""
    digest = hashlib.sha256()
    for value in (*others, *(getattr(facts, field.name) for field in fields(facts))):
        text = value.model_dump_json() if isinstance(value, BaseModel) else repr(value)
        digest.update(f"{type(value).__name__} {len(text)} {text}\n".encode(errors="surrogatepass"))
    return digest.hexdigest()


def digest_of_text(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
