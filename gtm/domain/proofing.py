"""What reads, weighs and draws copy from outside the core: language checkers, a spam filter, a browser.

The policies take their results as facts; who asks them is whoever collects the facts.
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, Protocol

from pydantic import Field

from gtm.domain.base import Model


class Slip(NamedTuple):
    """A slip in a text: its span, why it is one and what would mend it."""

    start: int
    end: int
    why: str
    repair: str


class Proofreader(Protocol):
    """Finds slips of grammar and spelling."""

    def read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
        """The slips of each text, by the text itself and in order of place; a text without any has an empty entry.

        Args:
            texts: elements of copy, each by itself.
            names: words that are names and keep their spelling, in any case.
        """
        ...


class SpamReport(Model):
    """What a spam filter makes of a message: spam from the threshold on; the names of the rules that it met."""

    score: Decimal
    threshold: Decimal
    rules: tuple[str, ...] = ()


class SpamJudge(Protocol):
    """Weighs a message as a recipient's spam filter would."""

    def judge(self, message: bytes) -> SpamReport:
        """The report on a whole message, headers and all parts.

        Raises:
            GtmError: the filter does not answer.
        """
        ...


class Shot(Model):
    """A picture that was taken of copy.

    Attributes:
        key: what is on it, such as a piece's id and its variant.
        width: of the window, in pixels.
        sha256: hash of the PNG file.
    """

    key: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["email", "ad", "page", "message", "calendar"]
    width: Annotated[int, Field(ge=1, le=10_000)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Camera(Protocol):
    """Draws HTML as a reader's browser does."""

    def shoot(self, html: str, width: int) -> bytes:
        """The whole page as PNG.

        Args:
            html: the page; nothing that it names is fetched.
            width: of the window, in pixels.

        Raises:
            GtmError: the browser cannot be started or does not answer.
        """
        ...

    def close(self) -> None:
        """Give the browser back; the next picture starts it again."""
        ...
