"""Proofreads copy, and remembers what it read: a text and its names always get the same answer."""

import hashlib
import json
import threading
from collections.abc import Collection, Mapping, Sequence
from importlib import metadata, util
from pathlib import Path
from typing import Protocol

from gtm.connectors.proofreading.client import ProofreadingClient
from gtm.connectors.proofreading.rules import HARPER_KINDS, LT_CATEGORIES, LT_REFUSED, LT_RULES
from gtm.connectors.proofreading.schemas import Findings, ProofreadingSettings, Reading
from gtm.domain.proofing import Slip

PACKAGES = {"lt_py": "lingotweaker", "harper": "harper-py"}
"""Module → distribution of each checker."""


class Asked(Protocol):
    """The part of the client that the service uses."""

    def start(self) -> None:
        """Begin to build the checkers."""

    def ask(self, question: Reading) -> Findings:
        """The answer to a question."""
        ...

    def close(self) -> None:
        """End what was started."""


def installed() -> bool:
    """Whether any checker is."""
    return any(util.find_spec(module) is not None for module in PACKAGES)


class ProofreadingService:
    """The proofreader of `gtm.domain.proofing`.

    Args:
        cache: the file that keeps answers over processes; None to keep them in memory only.
        settings: how long the checkers may take.
        client: what asks them, made when None.
    """

    def __init__(
        self,
        cache: Path | None = None,
        settings: ProofreadingSettings | None = None,
        client: Asked | None = None,
    ) -> None:
        self._settings = settings or ProofreadingSettings()
        self._client: Asked = client or ProofreadingClient(self._settings)
        self._file = cache
        self._known: dict[str, tuple[Slip, ...]] | None = None
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Begin to build the checkers in the background, so that they are ready when the copy is."""
        self._client.start()

    def close(self) -> None:
        """End the checkers' process; the next question starts another."""
        self._client.close()

    def read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
        """The slips of each text; see `gtm.domain.proofing.Proofreader`.

        Raises:
            TransientFailure: the checkers do not answer.
        """
        # Many pieces are read at a time; the checkers answer one of them after the other.
        with self._lock:
            return self._read(texts, names)

    def _read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
        known = self._remembered()
        told = tuple(sorted({name.lower() for name in names}))
        salt = hashlib.sha256("\0".join((_edition(), *told)).encode()).hexdigest()
        keys = {text: hashlib.sha256(f"{salt}\0{text}".encode()).hexdigest() for text in texts}
        unread = [text for text, key in keys.items() if key not in known]
        if unread:
            answer = self._client.ask(Reading(texts=tuple(unread), names=told))
            fresh = {
                keys[text]: tuple(Slip(*found) for found in slips)
                for text, slips in zip(unread, answer.slips, strict=True)
            }
            known.update(fresh)
            self._keep(fresh)
        return {text: known[key] for text, key in keys.items()}

    def _remembered(self) -> dict[str, tuple[Slip, ...]]:
        if self._known is None:
            self._known = _kept(self._file, self._settings.cache_bytes) if self._file else {}
        return self._known

    def _keep(self, fresh: Mapping[str, tuple[Slip, ...]]) -> None:
        if self._file is None:
            return
        lines = "".join(f"{json.dumps([key, slips], ensure_ascii=False)}\n" for key, slips in fresh.items())
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(lines)
        except OSError:
            pass  # a cache that cannot be written costs time and nothing else


def _kept(file: Path, limit_bytes: int) -> dict[str, tuple[Slip, ...]]:
    known: dict[str, tuple[Slip, ...]] = {}
    try:
        if file.stat().st_size > limit_bytes:
            file.unlink()
            return known
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return known
    for line in text.splitlines():
        try:
            key, slips = json.loads(line)
            known[str(key)] = tuple(Slip(int(s), int(e), str(why), str(repair)) for s, e, why, repair in slips)
        except (ValueError, TypeError):
            continue  # a line that was cut off is read anew
    return known


def _edition() -> str:
    """The checkers' versions and the rules that count: another edition may judge otherwise."""
    versions = []
    for package in PACKAGES.values():
        try:
            versions.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            continue
    return " ".join((*versions, *sorted(HARPER_KINDS | LT_CATEGORIES | LT_REFUSED | LT_RULES)))
