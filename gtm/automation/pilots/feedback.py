"""What readers of a pilot say: through a person, a file, a signed link, or a reply. Untrusted text, kept and shown."""

import csv
import io
from datetime import datetime

from sqlmodel import Session

from gtm.domain.base import Model
from gtm.domain.enrolment import Lead
from gtm.domain.errors import Conflict, GtmError, InvalidInput, printable
from gtm.store.models.pilots import CampaignPilot, PilotFeedback
from gtm.store.repositories import email_sends, leads, pilots

MAX_TEXT = 2_000
"""Characters that are kept of what somebody said."""
MAX_FILE = 2_000_000
"""Bytes of a file of feedback."""
SCORES = (1, 2, 3, 4, 5)
_TAKES = ("running", "paused", "ended")


class Taken(Model):
    """What a file of feedback came to; a refused line is told with its number and why."""

    kept: int = 0
    refused: tuple[str, ...] = ()


def keep(
    session: Session, row: CampaignPilot, lead: Lead, score: int | None, text: str, source: str, now: datetime
) -> None:
    """Keep what somebody who is in a pilot said; it takes the place of what they said before.

    Args:
        session: the transaction.
        row: the pilot.
        lead: who said it.
        score: 1 (bad) to 5 (good); None where they named none.
        text: their words; controls become blanks, and no more than 2,000 characters are kept.
        source: `person`, `file`, `link` or `reply`.
        now: the aware moment.

    Raises:
        InvalidInput: the score is none of 1-5, or there is neither score nor text.
        Conflict: the pilot takes no feedback, or the lead is not in it.
    """
    said = tidy(text)
    if score is not None and score not in SCORES:
        raise InvalidInput("a score is 1 to 5", field="score", value=score, allowed="1, 2, 3, 4, 5")
    if score is None and not said:
        raise InvalidInput("there is neither a score nor a text", field="text", allowed="one of them")
    if row.status not in _TAKES:
        raise Conflict(f"{row.pilot_id} is {row.status}: it takes no feedback", field="PILOT", value=row.pilot_id)
    if lead.venture_id != row.venture_id or not pilots.is_member(session, pilots.parts_of(row), lead.lead_id):
        raise Conflict(f"{lead.email} is not in {row.pilot_id}", field="lead", value=lead.lead_id)
    feedback = PilotFeedback(
        pilot_id=row.pilot_id, lead_id=lead.lead_id, score=score, comment=said, source=source, at=now
    )
    pilots.save_feedback(session, feedback)


def tidy(text: str) -> str:
    """A reader's words as they are kept: printable, without doubled blanks, and cut."""
    return " ".join(printable(text).split())[:MAX_TEXT].rstrip()


def keep_for_send(session: Session, send_id: str, score: int | None, text: str, now: datetime) -> bool:
    """Keep what the reader of a mail said through its signed link; False where no pilot takes it (any more).

    Raises:
        InvalidInput: the score is none of 1-5, or there is neither score nor text.
    """
    send = email_sends.get_send(session, send_id)
    row = pilots.open_of(session, send.campaign_id) if send is not None else None
    if send is None or row is None or row.status not in _TAKES:
        return False
    keep(session, row, leads.get_lead(session, send.lead_id), score, text, "link", now)
    return True


def keep_file(session: Session, row: CampaignPilot, raw: bytes, now: datetime) -> Taken:
    """Keep the lines of a CSV with the columns `lead` (id or address), `score`, and optionally `text`.

    Args:
        session: the transaction.
        row: the pilot.
        raw: the file, UTF-8.
        now: the aware moment.

    Raises:
        InvalidInput: it is too long, not UTF-8, or has no such columns.
    """
    kept, refused = 0, []
    for number, line in _lines(raw):
        try:
            lead = leads.of_reference(session, (line.get("lead") or "").strip(), row.venture_id)
            keep(session, row, lead, _score(line.get("score") or ""), line.get("text") or "", "file", now)
        except GtmError as error:
            refused.append(f"line {number}: {error.detail}")
        else:
            kept += 1
    return Taken(kept=kept, refused=tuple(refused))


def _lines(raw: bytes) -> list[tuple[int, dict[str, str]]]:
    if len(raw) > MAX_FILE:
        raise InvalidInput("the file is too long", field="--csv", value=len(raw), allowed=f"{MAX_FILE:,} bytes")
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), restkey="")
        rows = [(reader.line_num, line) for line in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput(f"the file is no CSV in UTF-8: {error}", field="--csv") from None
    missing = {"lead", "score"} - set(reader.fieldnames or ())
    if missing:
        raise InvalidInput(
            f"the file has no column {', '.join(sorted(missing))}", field="--csv", allowed="lead, score, text"
        )
    return rows


def _score(text: str) -> int | None:
    said = text.strip()
    if not said:
        return None
    if not (said.isascii() and said.isdigit() and len(said) == 1):
        raise InvalidInput(f"a score is 1 to 5, not {said[:20]!r}", field="score", value=said, allowed="1, 2, 3, 4, 5")
    return int(said)
