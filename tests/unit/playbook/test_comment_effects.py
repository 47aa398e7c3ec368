"""A review holds the newest comment against the artifacts that stand, thing by thing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from gtm.domain.campaign import CampaignContent, ContentElement, ContentPiece, Variant
from gtm.domain.review import Review, ReviewFacts
from gtm.domain.spec import Policies, StageSpec
from gtm.playbook.directives import read_comments
from gtm.playbook.reviews import draft_review
from tests.unit.playbook.conftest import Drafts, drafted, read

CHECKPOINTS = StageSpec.model_validate(read("config/stage17/stage.yaml")).checkpoints
ROLES = {"strategy": "LEAD", "content": "LEAD", "campaigns": "PLAN", "automation": "EXEC", "final": "LEAD"}


def copy_of(drafts: Drafts, text: str = "A plain line", cta: str = "book_demo") -> CampaignContent:
    two = (Variant(label="A", text=text), Variant(label="B", text=f"{text}, again"))
    piece = ContentPiece(
        piece_id="drip/it/1", campaign_id=drafts.templates.campaigns[0].campaign_id, template_id="drip",
        segment_id=drafts.brief.segments[0].id, step=1, elements=(ContentElement(variable="email_body", variants=two),),
        cta=cta, cta_url="https://example.com", claims=(), generated_by="playbook", prompt_version="1",
    )  # fmt: skip
    return CampaignContent(venture_id=drafts.brief.id, voice=drafts.brief.brand.voice, pieces=(piece,))


def reviewed(
    checkpoint: str,
    drafts: Drafts,
    policies: Policies,
    *comments: str,
    content: CampaignContent | None = None,
    rejected: tuple[str, ...] = (),
) -> Review:
    facts = ReviewFacts(
        brief=drafts.brief, policies=policies, preset=drafts.preset, strategy=drafts.strategy,
        channels=drafts.channels, budget=drafts.budget, templates=drafts.templates, content=content,
        schedule=drafts.schedule, workflows=drafts.workflows, triggers=drafts.triggers, comments=comments,
        checkpoints=CHECKPOINTS, rejected_steps=rejected,
    )  # fmt: skip
    return draft_review(checkpoint, ROLES[checkpoint], facts)


def asked(review: Review) -> list[str]:
    return [item.finding for item in review.checked if item.subject == "What the last comment asked for"]


HONOURED = [
    ("strategy", "Cut LinkedIn by 20 %."),
    ("strategy", "Split 60/30/10."),
    ("strategy", "Put revenue first."),
    ("strategy", "Awareness weight 0.5."),
    ("strategy", "Drop webinars."),
    ("strategy", "Add events."),
    ("content", "Wait 72 hours."),
    ("content", "3 emails."),
    ("campaigns", "Wait 72 hours."),
    ("campaigns", "Start on 2026-03-02."),
    ("campaigns", "Send on Wednesdays."),
    ("campaigns", "No mail on Thursdays."),
    ("campaigns", "Send at 11:00."),
    ("automation", "Wait 72 hours."),
    ("automation", "At most 2 per week."),
    ("automation", "Limit to 1 per day per lead."),
    ("final", "Wait 72 hours. At most 2 per week. Send on Wednesdays."),
]


@pytest.mark.parametrize(("checkpoint", "comment"), HONOURED)
def test_what_the_draft_did_is_confirmed(ventures, policies: Policies, checkpoint: str, comment: str) -> None:
    before = ventures["fleet"]
    after = drafted(before.brief, before.preset, policies, read_comments([comment]))
    review = reviewed(checkpoint, after, policies, comment)
    assert (review.recommendation, review.grounds) == ("approve", ())
    assert asked(review) and all(text.startswith("Asked: ") and " Done: " in text for text in asked(review))


@pytest.mark.parametrize(("checkpoint", "comment"), [h for h in HONOURED if "per lead" not in h[1]])
def test_what_the_artifact_does_not_show_is_not_believed(
    ventures, policies: Policies, checkpoint: str, comment: str
) -> None:
    review = reviewed(checkpoint, ventures["fleet"], policies, comment)
    assert (review.recommendation, review.grounds) == ("reject", ("comment",))
    assert any(" Not done: " in text for text in asked(review))
    assert review.reason.startswith(f"{ROLES[checkpoint]} does not recommend approval; the last comment did not get")


@pytest.mark.parametrize(
    ("checkpoint", "comment", "why"),
    [
        ("strategy", "Give LinkedIn 40 %.", "not possible: the tier proven takes 50-80 %"),
        ("strategy", "Drop email.", "the email campaigns cannot run without it"),
        ("strategy", "Split 90/5/5.", "outside the tiers' ranges"),
        ("strategy", "Drop the awareness objective.", "not possible: awareness stays"),
        ("strategy", "Wait 40 days.", "a wait between two mails is 1 to 720 hours"),
        (
            "strategy",
            "At most 2 per week.",
            "step 3.2 comes later: at the checkpoint Automation setup, `gtm reject fleet"
            " --as EXEC --step 3.2 --comment TEXT`",
        ),
        (
            "automation",
            "Send on Wednesdays.",
            "step 2.3 is decided already: at the checkpoint Final approval, `gtm "
            "reject fleet --as LEAD --step 2.3 --comment TEXT`",
        ),
        ("campaigns", "Drop webinars.", "step 1.2 is decided already: at the checkpoint Final approval"),
        ("content", "Use start_trial as CTA.", "not possible: Fleet's brief has no offer"),
        ("campaigns", "Send on Mondays.", "not possible: no mail on Monday"),
        ("content", "9 emails.", "not possible: a sequence of 9 e-mails: "),
        ("final", "Make it pop.", "no rule of the playbook covers it"),
        (
            "content",
            'Make every email mention our Berlin office, and avoid "wry".',
            "no rule of the playbook covers it",
        ),
    ],
)
def test_what_cannot_be_done_is_told_with_its_reason(
    ventures, policies: Policies, checkpoint: str, comment: str, why: str
) -> None:
    before = ventures["fleet"]
    after = drafted(before.brief, before.preset, policies, read_comments([comment]))
    review = reviewed(checkpoint, after, policies, comment, content=copy_of(after))
    assert review.grounds == ("comment",) and why in review.reason
    assert any(why in text for text in asked(review))


@pytest.mark.parametrize(
    ("checkpoint", "comment", "rejected", "told"),
    [
        (
            "campaigns",
            'Avoid "wry".',
            "2.3",
            "step 2.2 makes that and was not rejected: `gtm reject fleet --as PLAN --step 2.2 --comment TEXT`",
        ),
        (
            "content",
            "3 emails.",
            "2.2",
            "step 2.1 makes that and was not rejected: `gtm reject fleet --as LEAD --step 2.1",
        ),
        (
            "strategy",
            "Split 60/30/10.",
            "1.1",
            "step 1.3 makes that and was not rejected: `gtm reject fleet --as LEAD --step 1.3",
        ),
        ("automation", "At most 2 per week.", "3.1", "step 3.2 makes that and was not rejected"),
        ("final", "Drop webinars.", "2.2", "step 1.2 makes that and was not rejected"),
    ],
)
def test_a_wish_that_another_step_would_carry_out_is_told_with_that_step_and_the_command(
    ventures, policies: Policies, checkpoint: str, comment: str, rejected: str, told: str
) -> None:
    fleet = ventures["fleet"]
    review = reviewed(checkpoint, fleet, policies, comment, content=copy_of(fleet, "A wry line"), rejected=(rejected,))
    assert told in review.reason
    again = reviewed(checkpoint, fleet, policies, comment, content=copy_of(fleet, "A wry line"))
    assert again.grounds == ("comment",) and "was not rejected" not in again.reason


def test_only_the_newest_comment_is_held_against_the_artifacts(ventures, policies: Policies) -> None:
    before = ventures["fleet"]
    after = drafted(before.brief, before.preset, policies, read_comments(["Make it pop.", "Split 60/30/10."]))
    review = reviewed("strategy", after, policies, "Make it pop.", "Split 60/30/10.")
    assert review.recommendation == "approve"
    assert asked(review) == ["Asked: the split 60/30/10. Done: the split is 60/30/10."]


def test_shares_of_several_rounds_build_on_each_other(ventures, policies: Policies) -> None:
    before, said = ventures["fleet"], ("Cut LinkedIn by 10 %.", "Cut LinkedIn by 10 %.")
    after = drafted(before.brief, before.preset, policies, read_comments(said))
    assert after.budget.line("linkedin").percent == Decimal("56.70")
    assert reviewed("strategy", after, policies, *said).recommendation == "approve"


def test_words_and_calls_to_action_are_looked_up_in_the_copy(ventures, policies: Policies) -> None:
    fleet = ventures["fleet"]
    said = 'Avoid "wry". Use download_resource as CTA.'
    wrong = reviewed("content", fleet, policies, said, content=copy_of(fleet, "A wry line"))
    assert len([text for text in asked(wrong) if " Not done: " in text]) == 2
    assert "no “wry” (it still occurs)" in wrong.reason
    right = reviewed("content", fleet, policies, said, content=copy_of(fleet, "A wryneck", "download_resource"))
    assert right.recommendation == "approve"


def test_a_word_that_stands_in_several_pieces_is_told_with_the_first_of_them(ventures, policies: Policies) -> None:
    fleet = ventures["fleet"]
    copy = copy_of(fleet, "A wry line")
    several = copy.model_copy(update={"pieces": (*copy.pieces, copy.pieces[0].model_copy(update={"step": 2}))})
    found = reviewed("content", fleet, policies, 'Avoid "wry".', content=several)
    assert "it occurs in 2 pieces, first in step 1 of Fleet: email sequence for IT and client" in found.reason


def test_a_copy_that_is_not_there_has_no_effect(ventures, policies: Policies) -> None:
    review = reviewed("content", ventures["fleet"], policies, 'Avoid "wry". Shorter. Friendlier.')
    assert review.recommendation == "reject" and "there is no copy to see it in" in review.reason


def test_shorter_copy_is_told_in_words_for_a_person_to_judge(ventures, policies: Policies) -> None:
    fleet = ventures["fleet"]
    review = reviewed("content", fleet, policies, "Shorter, please.", content=copy_of(fleet))
    (told,) = asked(review)
    assert "it has 7 words now; compare it with the round before" in told


def test_a_piece_that_was_made_anew_goes_by_its_name(ventures, policies: Policies) -> None:
    fleet = ventures["fleet"]
    facts = ReviewFacts(brief=fleet.brief, policies=policies, templates=fleet.templates, content=copy_of(fleet),
                        piece_comments={"drip/it/1": ("Shorter, and avoid 'plain'.",)})  # fmt: skip
    review = draft_review("content", "LEAD", facts)
    name = "step 1 of Fleet: email sequence for IT and client platform engineering"
    assert f"no “plain” in {name} (it still occurs)" in review.reason
    assert any(item.subject == f"Made anew: {name}" for item in review.checked)
    assert "drip/it/1" not in review.model_dump_json()


def test_workflows_that_part_from_the_calendar_are_told(ventures, policies: Policies) -> None:
    before = ventures["fleet"]
    after = drafted(before.brief, before.preset, policies, read_comments(["Wait 72 hours."]))
    mixed = replace(after, templates=before.templates, schedule=before.schedule)
    (told,) = asked(reviewed("automation", mixed, policies, "Wait 72 hours."))
    assert "Done: 3 workflows of sequences wait 72 hours; templates and calendar keep 48 hours" in told


@pytest.mark.parametrize(
    ("text", "done", "found"),
    [
        ("Fewer words", True, "5 words in all versions now, 7 before"),
        ("A plain line", False, "7 words in all versions now, 7 before; not shortened, as every part of it"),
        ("Some more words than before", False, "11 words in all versions now, 7 before; not shortened"),
    ],
)
def test_shorter_copy_is_measured_against_the_round_before(
    ventures, policies: Policies, text: str, done: bool, found: str
) -> None:
    drafts = ventures["fleet"]
    before, after = copy_of(drafts), copy_of(drafts, text)
    facts = ReviewFacts(
        brief=drafts.brief, policies=policies, templates=drafts.templates, content=after,
        comments=("Shorter, please.",), content_before={p.piece_id: p for p in before.pieces},
    )  # fmt: skip
    review = draft_review("content", "LEAD", facts)
    (told,) = asked(review)
    assert told.startswith(f"Asked: shorter copy. {'Done' if done else 'Not done'}: {found}"), told
    assert review.grounds == (() if done else ("comment",))
    assert "drip/it/1" not in told
