"""What readers of a pilot say, by every way in: from those who are in it alone, and as text that changes nothing."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from gtm.automation.feedback_folder import heed_maildir, heed_message
from gtm.automation.pilots.feedback import MAX_TEXT, keep, keep_file, keep_for_send
from gtm.automation.pilots.replies import read_reply
from gtm.domain.errors import Conflict, InvalidInput
from gtm.store.models.pilots import PilotFeedback
from gtm.store.repositories import leads
from tests.integration.automation.piloted import begin, close, crowd, inside, ready, results, row_of, sends, verdict
from tests.integration.automation.surroundings import Stage


@pytest.fixture
def piloted(stage: Stage) -> Stage:
    """A pilot of four people who have had their first mail."""
    ready(stage)
    crowd(stage, 50)
    begin(stage)
    stage.worker().run_until_idle()
    return stage


def say(stage: Stage, lead_id: str, score: int | None = 4, text: str = "") -> None:
    with stage.database.write() as session:
        keep(session, row_of(stage), leads.get_lead(session, lead_id), score, text, "person", stage.clock.now())


def kept(stage: Stage) -> list[tuple[str, int | None, str, str]]:
    found = [(row.lead_id, row.score, row.comment, row.source) for row in stage.rows(PilotFeedback)]
    return sorted(found, key=lambda one: one[0])


def reply(stage: Stage, text: str, number: int = 0, **headers: str) -> bytes:
    """An answer to the mail of the pilot's n-th person."""
    send = sends(stage)[number]
    with stage.database.read() as session:
        sender = leads.get_lead(session, send.lead_id).email
    message = EmailMessage()
    for name, value in {
        "From": f"Ada <{sender}>", "To": "team@acme.test", "Subject": "Re: hi", "In-Reply-To": str(send.message_id),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }.items():  # fmt: skip
        message[name] = value
    message.set_content(text)
    return message.as_bytes()


def test_a_second_answer_takes_the_place_of_the_first(piloted: Stage) -> None:
    one, two = inside(piloted)[:2]
    say(piloted, one, 2, "Too\x00 loud.\n\x1b[31m")
    say(piloted, two, 5)
    say(piloted, one, 3, "Better, " + "x" * 5000)
    (first, second) = kept(piloted)
    assert first[:2] == (one, 3) and len(first[2]) == MAX_TEXT and second == (two, 5, "", "person")
    found = results(piloted)
    assert (found.answers, str(found.mean_score)) == (2, "4.00")


@pytest.mark.parametrize(("score", "text"), [(0, "x"), (6, "x"), (-1, ""), (None, " \x00 ")])
def test_no_score_beside_the_scale(piloted: Stage, score: int | None, text: str) -> None:
    with pytest.raises(InvalidInput):
        say(piloted, inside(piloted)[0], score, text)
    assert kept(piloted) == []


def test_only_who_is_in_it_is_heard_and_only_until_it_is_decided(piloted: Stage) -> None:
    stranger = next(f"lead-{n:04}" for n in range(50) if f"lead-{n:04}" not in inside(piloted))
    with pytest.raises(Conflict, match="is not in pilot-"):
        say(piloted, stranger)
    close(piloted)
    say(piloted, inside(piloted)[0])
    verdict(piloted)
    with pytest.raises(Conflict, match="takes no feedback"):
        say(piloted, inside(piloted)[0])


def test_a_file_keeps_its_good_lines_and_names_the_others(piloted: Stage) -> None:
    one, two = inside(piloted)[:2]
    lines = f'lead,score,text\n{one},5,"=cmd|calc, nice"\nnobody@example.test,4,x\n'
    lines += f"{two},9,\n{two},,\n{two},²,\n{two},1,no\n"
    with piloted.database.write() as session:
        done = keep_file(session, row_of(piloted), b"\xef\xbb\xbf" + lines.encode(), piloted.clock.now())
    assert done.kept == 2 and [line.partition(":")[0] for line in done.refused] == [f"line {n}" for n in (3, 4, 5, 6)]
    assert kept(piloted) == [(one, 5, "=cmd|calc, nice", "file"), (two, 1, "no", "file")]


@pytest.mark.parametrize("raw", [b"who,score\n", b"\xff\xfe", b"lead;score\n1;2\n", b"", b"x" * 2_000_001])
def test_a_file_that_is_none_is_refused(piloted: Stage, raw: bytes) -> None:
    with piloted.database.write() as session, pytest.raises(InvalidInput):
        keep_file(session, row_of(piloted), raw, piloted.clock.now())


def test_a_link_is_one_persons_own(piloted: Stage) -> None:
    send = sends(piloted)[0]
    with piloted.database.write() as session:
        assert keep_for_send(session, send.send_id, 4, "Good", piloted.clock.now())
        assert not keep_for_send(session, "send-unknown", 4, "Good", piloted.clock.now())
    assert kept(piloted) == [(send.lead_id, 4, "Good", "link")]


def test_a_reply_is_kept_without_what_it_quotes(piloted: Stage) -> None:
    text = "4/5\nNice, but too long.\n\nOn Tue, Ada wrote:\n> 1\n> bad\n"
    done = heed_message(piloted.database, reply(piloted, text), piloted.clock.now())
    assert (done.messages, done.reports, done.replies) == (1, 0, 1)
    assert kept(piloted) == [(sends(piloted)[0].lead_id, 4, "Nice, but too long.", "reply")]
    heed_message(piloted.database, reply(piloted, "Only words, 5 of them.", 1), piloted.clock.now())
    assert kept(piloted)[1][1:] == (None, "Only words, 5 of them.", "reply")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"From": "stranger@example.test"},
        {"In_Reply_To": "<another@acme.test>"},
        {"In_Reply_To": ""},
    ],
)
def test_what_a_machine_or_a_stranger_wrote_is_not_kept(piloted: Stage, headers: dict[str, str]) -> None:
    assert heed_message(piloted.database, reply(piloted, "5", **headers), piloted.clock.now()).replies == 0
    assert kept(piloted) == []


def test_a_maildir_hands_in_replies_once(piloted: Stage, tmp_path: Path) -> None:
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "new" / "1").write_bytes(reply(piloted, "3"))
    assert heed_maildir(piloted.database, tmp_path, piloted.clock.now()).replies == 1
    assert heed_maildir(piloted.database, tmp_path, piloted.clock.now()).messages == 0


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00" * 50, b"From: a@b.test\nIn-Reply-To: <x@y>\nContent-Type: text/plain; charset=none-such\n\n5",
     b"From: a@b.test\nIn-Reply-To: <x@y>\nContent-Type: multipart/mixed; boundary=\n\n5"],
)  # fmt: skip
def test_what_cannot_be_read_is_no_reply(raw: bytes) -> None:
    answer = read_reply(raw)
    assert answer is None or answer.message_ids == ("<x@y>",)
