"""One thing a comment asked for, and what the artifacts show of it."""

from dataclasses import dataclass, replace

from gtm.domain.review import ReviewFacts
from gtm.domain.spec import CheckpointSpec
from gtm.domain.vocabulary import Checkpoint, StepId


@dataclass(frozen=True)
class Effect:
    """One thing that was asked for.

    Attributes:
        asked: in words, without a full stop.
        done: whether it stands.
        found: what stands instead of or as asked, with its figure or its reason.
        rests_on: where it was looked up.
        here: whether a step that this checkpoint shows would carry it out.
        possible: whether the step that makes it could do it; a wish that nobody can meet leads to no other step.
        read: whether the playbook knows which step it is for.
    """

    asked: str
    done: bool
    found: str
    rests_on: tuple[str, ...] = ()
    here: bool = True
    possible: bool = True
    read: bool = True


def placed(effect: Effect, checkpoint: Checkpoint, facts: ReviewFacts, *made_by: StepId) -> Effect:
    """The effect, with the step that would carry it out and the command that asks it, where it is another's affair.

    Args:
        effect: as the artifacts show it.
        checkpoint: where the comment was made.
        facts: the stage's checkpoints, and the steps that were rejected; without checkpoints the effect stays as it is.
        made_by: the steps that make what it speaks of, the first of them first.
    """
    here = next((c for c in facts.checkpoints if c.id == checkpoint), None)
    if here is None:
        return effect
    step = next((s for s in made_by if s in here.covers), None)
    if step is None:
        return replace(effect, done=False, here=False, found=_elsewhere(here, facts, made_by[0]))
    left_out = facts.rejected_steps and not set(facts.rejected_steps) & set(made_by)
    if effect.done or not effect.possible or not left_out:
        return effect
    asks = f"step {step} makes that and was not rejected: {_command(facts, here, step)}"
    return replace(effect, found=f"{effect.found}; {asks}")


def _elsewhere(here: CheckpointSpec, facts: ReviewFacts, step: StepId) -> str:
    places = [c.id for c in facts.checkpoints]
    later = [c for c in facts.checkpoints[places.index(here.id) + 1 :] if step in c.covers]
    when = "is decided already" if step < here.covers[0] else "comes later"
    return f"step {step} {when}: at the checkpoint {later[0].name}, {_command(facts, later[0], step)}"


def _command(facts: ReviewFacts, at: CheckpointSpec, step: StepId) -> str:
    return f"`gtm reject {facts.brief.id} --as {at.role} --step {step} --comment TEXT`"


def absent(asked: str, artifact: str) -> Effect:
    """The effect where the artifact that would show it does not stand."""
    return Effect(asked, done=False, found=f"there is no {artifact} to see it in")
