"""Bounces and complaints out of files and Maildirs: heeded once, whatever else lies there."""

import mailbox
from pathlib import Path

import pytest

from gtm.automation.feedback import Applied
from gtm.automation.feedback_folder import Heeded, heed_folder, heed_maildir, heed_message
from gtm.automation.maintenance.feedback import feedback_reader
from gtm.automation.maintenance.runner import Upkeep
from gtm.connectors.smtp.bounces import MAX_REPORT
from gtm.store.models.automation import EmailSend, LeadRow, Suppression
from tests.integration.automation.surroundings import Stage, drip, signup
from tests.unit.connectors.test_bounces import ARF, DSN


@pytest.fixture
def reports(stage: Stage) -> list[bytes]:
    """A mailbox that is gone and a complaint, about two mails that were sent."""
    stage.configure(drip(), signup())
    stage.lead(1, email="ada@example.test")
    stage.lead(2, email="bob@example.test")
    stage.worker().run_until_idle()
    first, second = sorted(stage.rows(EmailSend), key=lambda send: send.enrolment_no)
    gone = DSN % {b"action": b"failed", b"status": b"5.1.1"}
    spam = (ARF % {b"kind": b"abuse"}).replace(b"ada@example.test", b"bob@example.test")
    ours = b"<0123456789@acme.test>"
    return [gone.replace(ours, str(first.message_id).encode()), spam.replace(ours, str(second.message_id).encode())]


def after(stage: Stage) -> tuple[list[str], list[str]]:
    told = sorted(f"{row.email} {row.reason}" for row in stage.rows(Suppression))
    return told, sorted(row.consent for row in stage.rows(LeadRow))


BOTH = (["ada@example.test bounced", "bob@example.test complained"], ["unknown", "withdrawn"])


def test_a_maildir_is_read_once_and_marked_as_its_format_says(
    stage: Stage, reports: list[bytes], tmp_path: Path
) -> None:
    box = mailbox.Maildir(str(tmp_path / "Maildir"))
    for raw in (*reports, b"Subject: I am away\r\n\r\nBack on Monday.\r\n", b"x" * (MAX_REPORT + 1)):
        box.add(raw)
    upkeep = Upkeep(stage.database, stage.clock, "w", [feedback_reader(tmp_path / "Maildir")])
    (told,) = upkeep.run_due().values()
    assert (told.figures["messages"], told.figures["reports"]) == (4, 2)
    assert (told.figures["mailboxes"], told.figures["complaints"]) == (1, 1)
    assert told.warning == "1 messages are longer than a report may be"
    assert after(stage) == BOTH
    assert [message.get_flags() for message in box] == ["S"] * 4 and len(
        list((tmp_path / "Maildir/new").iterdir())
    ) == 0
    stage.advance(minutes=2)
    (again,) = upkeep.run_due().values()
    assert again.done == 0 and after(stage) == BOTH


def test_the_same_message_again_changes_nothing(stage: Stage, reports: list[bytes], tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number, raw in enumerate(reports):
        (folder / f"{number}.eml").write_bytes(raw)
    now = stage.clock.now()
    first = heed_folder(stage.database, folder, now)
    assert first == Heeded(messages=2, reports=2, applied=Applied(mailboxes=1, complaints=1))
    with stage.database.write() as session:
        for row in stage.rows(Suppression):
            session.delete(session.merge(row))
    again = heed_folder(stage.database, folder, now)
    assert again.applied == Applied(repeated=2) and stage.rows(Suppression) == [], "what a person lifted stays lifted"


def test_a_message_that_was_heeded_and_not_marked_is_heeded_again_without_harm(
    stage: Stage, reports: list[bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gtm.automation import feedback_folder

    box = mailbox.Maildir(str(tmp_path / "Maildir"))
    box.add(reports[0])
    monkeypatch.setattr(feedback_folder, "_mark_seen", lambda *_: None)
    done = [heed_maildir(stage.database, tmp_path / "Maildir", stage.clock.now()).applied for _ in range(2)]
    assert done == [Applied(mailboxes=1), Applied(repeated=1)]


def test_a_large_maildir_is_read_in_parts(sqlite_stage: Stage, tmp_path: Path) -> None:
    box = mailbox.Maildir(str(tmp_path / "Maildir"))
    for _ in range(5):
        box.add(b"Subject: x\r\n\r\n")
    looks = [heed_maildir(sqlite_stage.database, tmp_path / "Maildir", sqlite_stage.clock.now(), 3) for _ in range(2)]
    assert [(one.messages, one.left) for one in looks] == [(3, True), (2, False)]


def test_a_folder_that_is_none_is_told(sqlite_stage: Stage, tmp_path: Path) -> None:
    told = feedback_reader(tmp_path / "gone").run(sqlite_stage.database, sqlite_stage.clock.now())
    assert "no Maildir" in told.warning
    assert heed_message(sqlite_stage.database, b"", sqlite_stage.clock.now()) == Heeded(messages=1)
