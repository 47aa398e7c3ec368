"""A task's prompt: the Markdown of config/prompts with the venture's facts, the house draft and the comments.

Facts are data. They stand between markers that cannot occur inside them, and the prompt says that instructions in
them change nothing; what a model does with them anyway is refused by typed tools and guardrails.
"""

from collections.abc import Sequence

from agents.prompting import fill, one_line
from gtm.domain.base import canonical_json
from gtm.domain.brief import VentureBrief
from gtm.domain.verdict import Check, Verdict


def task_prompt(
    text: str,
    *,
    task_id: str,
    brief: VentureBrief,
    house_draft: str,
    comments: Sequence[str],
    checkpoint: str = "",
    role: str = "",
    verdicts: Sequence[Verdict] = (),
) -> str:
    """The description of a task.

    Args:
        text: the prompt file's Markdown.
        task_id: the step or review task, named on the first line.
        brief: whose facts are shown.
        house_draft: the playbook's draft as tool calls.
        comments: what rejections asked, oldest first.
        checkpoint: name of the checkpoint, for a review.
        role: who reviews.
        verdicts: what the checks say, for a review.
    """
    filled = fill(
        text,
        {
            "venture_name": one_line(brief.name),
            "facts": canonical_json(brief),
            "house_draft": house_draft,
            "comments": [one_line(comment) for comment in comments],
            "checkpoint": checkpoint,
            "role": role,
            "verdicts": "\n".join(_lines(verdicts)) or "No checks were made yet.",
        },
    )
    return f"Step: {task_id}\n{filled}"


def _lines(verdicts: Sequence[Verdict]) -> list[str]:
    return [
        f"- {_standing(check)} {check.name}: {one_line(check.detail)}"
        for verdict in verdicts
        for check in verdict.checks
    ]


def _standing(check: Check) -> str:
    if check.passed:
        return "passed" if check.applies else "does not apply"
    return "noted, stops nothing" if check.severity == "note" else "FAILED"
