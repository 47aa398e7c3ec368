"""Copy read by checkers, mails looked at as they go out: when it happens, and what where nobody answers."""

import email
from collections.abc import Collection, Mapping, Sequence
from email.policy import SMTP

import pytest

from crews.proofreading import at_step, slips_in
from crews.weighing import mailed, mails_of, spam_of
from gtm.connectors.proofreading.fake import FakeProofreader
from gtm.domain.check import NotChecked
from gtm.domain.errors import TransientFailure
from gtm.domain.proofing import Slip, SpamReport
from gtm.policies.accessibility import accessibility_faults
from gtm.policies.html import mail_faults
from gtm.policies.registry import judge_step
from tests.unit.policies.support import LAYOUT, dossier, drafts, policies, stage, with_


class Silent:
    def read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
        raise TransientFailure("nobody is there")


def test_it_is_built_while_templates_are_made_and_rests_after_the_copy() -> None:
    reader = FakeProofreader()
    at_step("1.3", reader)
    assert (reader.prepared, reader.closed) == (0, 0)
    at_step("2.1", reader)
    at_step("2.2", reader)
    assert (reader.prepared, reader.closed) == (1, 0)
    at_step("2.3", reader)
    assert (reader.prepared, reader.closed) == (1, 1)
    at_step("2.1", None)
    at_step("2.1", Silent())


def test_what_it_finds_fails_the_step_with_place_and_repair() -> None:
    read, silent = slips_in(dossier(), FakeProofreader({"sound familiar": "sound known"}))
    assert silent is None
    verdict = judge_step("2.2", stage(), policies(), dossier(), slips=read)
    assert [check.name for check in verdict.failures] == ["content.grammar"]
    assert "write “sound known”" in verdict.failures[0].detail


def test_every_text_is_read_once_with_the_briefs_words_as_names() -> None:
    reader = FakeProofreader()
    slips_in(dossier(), reader)
    ((texts, names),) = reader.asked
    assert len(texts) == len(set(texts)) > 100
    assert {"fleet", "osquery", "ninjaone"} <= names


def test_without_an_answer_the_houses_rules_judge_alone() -> None:
    slips, silent = slips_in(dossier(), Silent())
    assert slips is None
    assert silent == NotChecked("content.grammar", "the language checkers", "nobody is there")
    assert slips_in(dossier(), None) == (None, None)


def test_a_checker_that_leaves_texts_out_has_not_read_them() -> None:
    class Forgetful:
        def read(self, texts: Sequence[str], names: Collection[str]) -> Mapping[str, tuple[Slip, ...]]:
            return dict.fromkeys(texts[2:], ())

    slips, silent = slips_in(dossier(), Forgetful())
    assert slips is not None
    assert silent == NotChecked("content.grammar", "the language checkers", "2 texts came back unread")


class Gone:
    def judge(self, message: bytes) -> SpamReport:
        raise TransientFailure("the spam filter went away")


def test_a_spam_filter_that_fails_is_told_and_leaves_nothing_measured() -> None:
    assert spam_of(dossier(), Gone(), LAYOUT) == (
        None, NotChecked("content.spam", "the spam filter", "the spam filter went away")
    )  # fmt: skip
    assert spam_of(dossier(), None, LAYOUT) == (None, None)


@pytest.mark.parametrize("name", ["fleet", "life", "posthog"])
def test_every_mail_can_be_left_is_filled_and_can_be_read_by_all(name: str) -> None:
    d = drafts(name)
    run = with_(dossier(), brief=d.brief, templates=d.templates, content=d.content, schedule=d.schedule)
    pieces = mailed(run)
    assert pieces
    for piece in pieces[:: 1 if name == "fleet" else 5]:
        for raw in mails_of(run, piece, LAYOUT):
            part = email.message_from_bytes(raw, policy=SMTP).get_body(("html",))
            assert part is not None
            html = part.get_content()
            assert (mail_faults(html), accessibility_faults(html)) == ((), ())
