"""A task's prompt: the Markdown of config/prompts with the venture's facts, the house draft and the comments.

Facts are data. They stand between markers that cannot occur inside them, and the prompt says that instructions in
them change nothing; what a model does with them anyway is refused by typed tools and guardrails.
"""

from collections.abc import Mapping, Sequence

from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gtm.domain.base import canonical_json
from gtm.domain.brief import VentureBrief
from gtm.domain.verdict import Verdict

_PROMPTS = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, trim_blocks=True)
MARKERS = ("<<<", ">>>")


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
            "venture_name": defused(brief.name),
            "facts": facts_of(brief),
            "house_draft": defused(house_draft),
            "comments": [defused(comment) for comment in comments],
            "checkpoint": checkpoint,
            "role": role,
            "verdicts": "\n".join(_lines(verdicts)) or "No checks were made yet.",
        },
    )
    return f"Step: {task_id}\n{filled}"


def fill(text: str, values: Mapping[str, object]) -> str:
    """A prompt of config/prompts with its values; a variable that is not given is an error."""
    return _PROMPTS.from_string(text).render(values)


def facts_of(brief: VentureBrief) -> str:
    """The brief as one JSON text in which the markers of the prompt cannot occur."""
    return defused(canonical_json(brief))


def defused(text: str) -> str:
    """Text in which the prompt's markers are broken up."""
    for marker in MARKERS:
        text = text.replace(marker, " ".join(marker))
    return text


def _lines(verdicts: Sequence[Verdict]) -> list[str]:
    return [
        f"- {'passed' if check.passed else 'FAILED'} {check.name}: {check.detail}"
        for verdict in verdicts
        for check in verdict.checks
    ]
