"""A proofreader that finds what it is told to find."""

from collections.abc import Collection, Mapping, Sequence

from gtm.domain.proofing import Slip


class FakeProofreader:
    """Finds the given words wherever they stand.

    Args:
        wrong: word → what to write instead.
    """

    def __init__(self, wrong: Mapping[str, str] | None = None) -> None:
        self._wrong = dict(wrong or {})
        self.prepared = self.closed = 0
        self.asked: list[tuple[tuple[str, ...], frozenset[str]]] = []

    def prepare(self) -> None:
        """Count that it was told to get ready."""
        self.prepared += 1

    def close(self) -> None:
        """Count that it was told to stop."""
        self.closed += 1

    def read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
        """The planted slips of each text."""
        self.asked.append((tuple(texts), frozenset(names)))
        return {text: tuple(self._slips(text)) for text in texts}

    def _slips(self, text: str) -> list[Slip]:
        found = []
        for word, right in self._wrong.items():
            start = text.find(word)
            if start >= 0:
                found.append(Slip(start, start + len(word), f"“{word}” is a slip", f"write “{right}”"))
        return sorted(found)
