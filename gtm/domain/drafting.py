"""Who drafted a run: the model that was asked, and how often the playbook stood in for it."""

from collections.abc import Iterable

from gtm.domain.dossier import Dossier, StepRecord
from gtm.domain.names import listed

PLAYBOOK = "playbook"
EMBEDDED = "playbook (embedded, no model was called)"
_PERSON = "person:"
_STANDS_IN = f"{PLAYBOOK} (stands in for "


def stand_in_label(model: str, reason: str) -> str:
    """How `generated_by` says that the playbook's draft stands in for a model's."""
    return f"{_STANDS_IN}{model}: {reason})"


def stood_in(generated_by: str) -> bool:
    """Whether the playbook's draft stands in for a model's."""
    return generated_by.startswith(_STANDS_IN)


def by_person(name: str) -> str:
    """How `generated_by` says that a person wrote it; the same as decisions name them by."""
    return f"{_PERSON}{name}"


def is_by_person(generated_by: str) -> bool:
    """Whether a person wrote it."""
    return generated_by.startswith(_PERSON)


def models_asked(dossier: Dossier) -> tuple[str, ...]:
    """The models that the run asked, in the order of its steps; empty when it asked none."""
    asked = [_model_in(record.generated_by) for record in _done(dossier)]
    return tuple(dict.fromkeys(name for name in (*asked, dossier.provider) if name and name != PLAYBOOK))


def drafted_by(dossier: Dossier) -> str:
    """Who drafted it; a phrase that begins with "asked" where not all that was asked for came from the model."""
    models = models_asked(dossier)
    if not models:
        return EMBEDDED
    own = sum(record.generated_by == PLAYBOOK for record in _done(dossier))
    parts = [f"the playbook stood in for {told}"] if (told := stood_in_for(dossier, reviews=False)) else []
    parts += [f"the playbook drafted {own} of {_steps(len(_done(dossier)))} by itself"] if own else []
    return f"asked {' and '.join(models)}; {' and '.join(parts)}" if parts else " and ".join(models)


def stood_in_for(dossier: Dossier, *, reviews: bool) -> str:
    """What the playbook stood in for, counted: `9 of 9 steps and 5 of 5 reviews`; empty when for nothing.

    Pieces of copy count by themselves where the step that made them is the model's.
    """
    done = _done(dossier)
    counts = [(_stood(record.generated_by for record in done), _steps(len(done)))]
    pieces = dossier.content.pieces if dossier.content else ()
    if not any(record.step == "2.2" and stood_in(record.generated_by) for record in done):
        counts.append((_stood(piece.generated_by for piece in pieces), f"{len(pieces)} pieces of copy"))
    if reviews:
        written = [record.review.generated_by for record in dossier.approvals if record.review]
        counts.append((_stood(written), f"{len(written)} reviews"))
    told = [f"{count} of {of}" for count, of in counts if count]
    return listed(told)


def _done(dossier: Dossier) -> list[StepRecord]:
    """The newest revision of each step that is done."""
    newest = {record.step: record for record in sorted(dossier.steps, key=lambda record: record.revision)}
    return [record for _, record in sorted(newest.items()) if record.status == "done"]


def _stood(labels: Iterable[str]) -> int:
    return sum(stood_in(label) for label in labels)


def _steps(count: int) -> str:
    return f"{count} step" if count == 1 else f"{count} steps"


def _model_in(generated_by: str) -> str:
    """The model that a label names, also the one that was stood in for."""
    return generated_by.removeprefix(_STANDS_IN).split(": ", 1)[0] if stood_in(generated_by) else generated_by
