"""A JSON column whose values are written once and read often: the same text is decoded, hashed and typed once.

A run loads its artifacts at every step. SQLite hands their text over as it stands, so equal text means an equal value;
PostgreSQL's driver decodes by itself, and there every load pays.
"""

import json
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from gtm.domain.base import Model, sha256_of

M = TypeVar("M", bound=Model)

MOST = 1000
"""Values that are kept; 25 runs under way have about so many."""


class Body(dict[str, Any]):
    """A decoded value that is never changed, with its hash and what the domain makes of it."""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of its canonical JSON."""
        return sha256_of(dict(self))

    def typed(self, model: type[M]) -> M:
        """The value as the domain knows it."""
        known = self._typed.get(model)
        if not isinstance(known, model):
            known = self._typed[model] = model.model_validate(self)
        return known

    @cached_property
    def _typed(self) -> dict[type[Model], Model]:
        return {}


_KEPT: dict[str, Body] = {}
_LOCK = threading.Lock()


def body_of(text: str) -> Body:
    """The value of a JSON object's text.

    Raises:
        ValueError: it is no JSON object.
    """
    known = _KEPT.get(text)
    if known is None:
        known = Body(json.loads(text))
        with _LOCK:
            while len(_KEPT) >= MOST:
                del _KEPT[next(iter(_KEPT))]
            _KEPT[text] = known
    return known


def typed(value: dict[str, Any], model: type[M]) -> M:
    """A stored value as the domain knows it."""
    return value.typed(model) if isinstance(value, Body) else model.model_validate(value)


def hash_of(value: dict[str, Any]) -> str:
    """SHA-256 of a stored value's canonical JSON."""
    return value.sha256 if isinstance(value, Body) else sha256_of(value)


class BodyJson(TypeDecorator[dict[str, Any]]):
    """JSON that is read through `body_of`."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """On SQLite the text itself is looked up; elsewhere the driver's value is taken."""
        if dialect.name != "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda text: None if text is None else body_of(text)
