"""What the checkers' process is asked and what it answers, a line of JSON each."""

from typing import Annotated, NamedTuple

from pydantic import Field

from gtm.domain.base import Model


class Reading(Model):
    """A question: texts, each by itself, and the words that are names, in lower case."""

    texts: tuple[str, ...]
    names: tuple[str, ...] = ()


class Found(NamedTuple):
    """A slip as it comes over the wire: code points of the text."""

    start: int
    end: int
    why: str
    repair: str


class Findings(Model):
    """An answer: the slips of each text in the order of the question."""

    slips: tuple[tuple[Found, ...], ...]


class Ready(Model):
    """The first line of the process: which checkers it has built."""

    engines: tuple[str, ...]


class ProofreadingSettings(Model):
    """How long the checkers may take.

    Attributes:
        start_seconds: until they are built; on a busy machine that is many times the usual 3 to 5 seconds.
        text_seconds: for a text, beyond a fixed minute for a question.
        cache_bytes: of the file of answers; a longer one is begun anew.
    """

    start_seconds: Annotated[float, Field(gt=0)] = 120.0
    text_seconds: Annotated[float, Field(gt=0)] = 1.0
    cache_bytes: Annotated[int, Field(ge=1)] = 8_000_000
