"""SpamAssassin's opinion of a message, where it is installed."""

import re
import shutil
import subprocess
from typing import Literal

from gtm.domain.base import Model

_SCORE = re.compile(r"^(-?\d+(?:\.\d+)?)/(-?\d+(?:\.\d+)?)")


class SpamVerdict(Model):
    """A score with its threshold, or why there is none."""

    state: Literal["measured", "not_measured"]
    score: float | None = None
    threshold: float | None = None
    detail: str

    @property
    def is_spam(self) -> bool:
        """Whether it was measured and found to be spam."""
        return self.score is not None and self.threshold is not None and self.score >= self.threshold


def spam_score(message: bytes, seconds: float = 20.0) -> SpamVerdict:
    """Ask `spamc` about one message.

    Args:
        message: the message as it came over the wire.
        seconds: how long to wait for the answer.
    """
    program = shutil.which("spamc")
    if program is None:
        return SpamVerdict(state="not_measured", detail="spam score not measured: SpamAssassin is not installed")
    try:
        # -x: fail instead of passing the message through when spamd cannot be reached.
        answer = subprocess.run(  # noqa: S603 - a fixed program, the message goes in by standard input
            [program, "-R", "-x", "-t", str(int(seconds))], input=message, capture_output=True, timeout=seconds + 5
        )
    except subprocess.TimeoutExpired:
        return SpamVerdict(state="not_measured", detail="spam score not measured: SpamAssassin did not answer in time")
    text = answer.stdout.decode("utf-8", "replace")
    match = _SCORE.match(text)
    if match is None or float(match.group(2)) == 0:
        return SpamVerdict(state="not_measured", detail="spam score not measured: spamd is not running")
    return SpamVerdict(
        state="measured",
        score=float(match.group(1)),
        threshold=float(match.group(2)),
        detail=f"SpamAssassin {match.group(1)} of {match.group(2)}",
    )
