"""mail_feedback: heeds bounces and complaints that come into a Maildir."""

from datetime import datetime, timedelta
from pathlib import Path

from gtm.automation.feedback_folder import heed_maildir, is_maildir
from gtm.automation.maintenance.base import Report, Task
from gtm.store.database import Database

EVERY = timedelta(minutes=1)


def feedback_reader(folder: Path) -> Task:
    """The upkeep task that reads one Maildir."""

    def run(database: Database, now: datetime) -> Report:
        if not is_maildir(folder):
            return Report(warning=f"{folder} is no Maildir: it has no new and cur")
        try:
            done = heed_maildir(database, folder, now)
        except OSError as error:
            return Report(warning=f"the Maildir {folder} cannot be read and marked: {error.strerror}")
        figures: dict[str, int | str] = {"messages": done.messages, "reports": done.reports, "replies": done.replies}
        figures |= done.applied.model_dump()
        warning = f"{done.too_long} messages are longer than a report may be" if done.too_long else ""
        return Report(done=done.messages, figures=figures, warning=warning)

    return Task("mail_feedback", EVERY, run)
