"""`gtm mail`: what comes back about mail that was sent."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli import output
from app.cli.door import Door, door_of
from app.cli.ventures import Json
from gtm.domain.names import agreed, counted

if TYPE_CHECKING:
    from gtm.automation.feedback_folder import Heeded

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What comes back about mail that was sent.")


@app.callback()
def _group() -> None:
    """Keeps `feedback` a command of its own while there is no other."""


@app.command("feedback")
def feedback(
    context: typer.Context,
    source: Annotated[
        str, typer.Argument(metavar="FILE|-|DIR", help="A message, standard input, a Maildir, or a folder of messages.")
    ],
    as_json: Json = False,
) -> None:
    """Heed bounces (RFC 3464) and complaints (RFC 5965): who is gone or complained gets no more mail. The same message
    again changes nothing; what a Maildir holds is marked as seen."""
    done = _heed(door_of(context), source)
    if as_json:
        output.emit({**done.model_dump(mode="json", exclude={"applied", "left"}), **done.applied.model_dump()})
        return
    found = done.applied
    output.say(f"{counted(done.messages, 'message')}, {counted(done.reports, 'report')} among them:")
    gone = f"{counted(found.mailboxes, 'mailbox', 'mailboxes')} {agreed(found.mailboxes, 'is', 'are')} gone"
    complained = f"{counted(found.complaints, 'person', 'people')} complained"
    output.say(f"  {gone}, {complained}: both get no more mail.")
    refused = f"{counted(found.refused, 'mail')} {agreed(found.refused, 'was', 'were')} refused for another reason"
    output.say(f"  {refused}, {found.delayed:,} {agreed(found.delayed, 'is', 'are')} late: nothing changes.")
    if done.replies:
        answers = counted(done.replies, "answer")
        output.say(f"  {answers} to a pilot's mails {agreed(done.replies, 'is', 'are')} kept: gtm pilot status VENTURE")
    known = f"{counted(found.repeated, 'report')} {agreed(found.repeated, 'was', 'were')} known"
    output.say(f"  {known}, {found.unmatched:,} {agreed(found.unmatched, 'is', 'are')} about no mail of ours.")
    if done.too_long:
        long = agreed(done.too_long, "is longer than a report may be", "are longer than a report may be")
        output.say(f"  {counted(done.too_long, 'message')} {long}, and not read.")


def _heed(door: Door, source: str) -> "Heeded":
    """Heed what the argument names.

    Raises:
        NotFound: there is no such file or folder.
        InvalidInput: it cannot be read.
    """
    from gtm.automation.feedback_folder import Heeded, head_of, heed_folder, heed_maildir, heed_message, is_maildir
    from gtm.connectors.smtp.bounces import MAX_REPORT
    from gtm.domain.errors import InvalidInput, NotFound

    path, now = Path(source), door.clock.now()
    try:
        if source == "-":
            return heed_message(door.database, sys.stdin.buffer.read(MAX_REPORT + 1), now)
        if not path.is_dir():
            return heed_message(door.database, head_of(path), now)
        if not is_maildir(path):
            return heed_folder(door.database, path, now)
        total = Heeded()
        while (some := heed_maildir(door.database, path, now)).left:
            total += some.model_copy(update={"left": False})
        return total + some
    except FileNotFoundError:
        raise NotFound(f"there is no {source}", field="FILE|-|DIR", value=source) from None
    except OSError as error:
        raise InvalidInput(
            f"{source} cannot be read: {error.strerror}",
            field="FILE|-|DIR",
            value=source,
            allowed="a message, a Maildir, or a folder of messages",
        ) from error
