"""A person's own text in place of a piece of copy: checked like any other, stored as the next revision of its step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pydantic import ValidationError

from crews.approvals import checkpoint_of, waiting_at
from crews.mending import copy_report
from crews.piecewise import CHECKPOINT, COPY
from crews.revisions import reopen
from crews.services import Services
from gtm.domain.base import canonical_json, sha256_of
from gtm.domain.campaign import CampaignContent, Claim, ContentElement, ContentPiece, Making, Variant
from gtm.domain.check import CopyFault, NotChecked
from gtm.domain.dossier import Dossier
from gtm.domain.drafting import by_person
from gtm.domain.errors import ArtifactChanged, InvalidInput, NotFound, NotWaiting, shorten
from gtm.store.dossier import load_dossier
from gtm.store.models.runs import Artifact
from gtm.store.repositories import approvals, artifacts, campaigns, logs, runs, stages

Texts = Mapping[str, Mapping[str, str]]
"""Element → variant → text."""


@dataclass(frozen=True)
class Edited:
    """What an edit came to.

    Attributes:
        run_id: the run.
        revision: of the step, in which the text stands.
        piece: as it stands.
        warnings: what the checks found and let pass.
        not_checked: the checkers that are not there or gave no answer.
    """

    run_id: str
    revision: int
    piece: ContentPiece
    warnings: tuple[CopyFault, ...]
    not_checked: tuple[NotChecked, ...] = ()


def edit_piece(
    services: Services,
    *,
    ref: str,
    piece_id: str,
    texts: Texts,
    by: str,
    claims: Sequence[tuple[str, str]] | None = None,
) -> Edited:
    """Put a person's texts into a piece that waits at the checkpoint of content; the approval is asked for anew.

    What the texts do not name stays. The person may not approve this piece afterwards.

    Args:
        services: the application's parts.
        ref: an approval's, run's or venture's id.
        piece_id: the piece.
        texts: what changes, element by element and variant by variant.
        by: who writes.
        claims: statements of the piece with the ids of the facts that carry them; None leaves those that stand.

    Raises:
        NotFound: there is no such run or piece.
        NotWaiting: no copy waits for a decision.
        InvalidInput: nobody is named, an element or variant is unknown, nothing changes, or the checks refuse the text;
            `findings` says what they found.
        ArtifactChanged: somebody changed the copy meanwhile.
    """
    if not by.strip():
        raise InvalidInput("an edit needs somebody who makes it", field="by", hint="name yourself: --by NAME")
    database = services.database
    with database.read() as session:
        row = waiting_at(session, ref)
        stages.refuse_when_paused(session, row.venture_id)
        dossier = load_dossier(session, row.run_id)
    checkpoint = checkpoint_of(services.stage, row.checkpoint)
    if checkpoint.id != CHECKPOINT or dossier.content is None:
        raise NotWaiting(f"{checkpoint.name} waits, and no copy", field="ref", value=ref, hint="gtm pending")
    before = piece_of(dossier, piece_id)
    piece = rewritten(before, texts, by.strip(), claims)
    content = _with(dossier.content, piece)
    warnings, silent = _checked(services, dossier, content, piece)
    with database.write() as session:
        waiting = approvals.locked(session, row.approval_id)
        stored = _stored(artifacts.of_step(session, row.run_id, COPY, runs.current_revision(session, row.run_id, COPY)))
        stands = stored is not None and stored.sha256 == sha256_of(dossier.content)
        if waiting is None or waiting.status != "pending" or stored is None or not stands:
            raise ArtifactChanged(
                "the copy or its approval changed while you wrote; nothing is stored",
                field="piece",
                value=piece_id,
                hint=f"look at what stands: gtm content text {ref} {piece_id}",
            )
        now = services.clock.now()
        reopen(session, services.stage, row.run_id, (COPY,), "", now)
        revision = runs.current_revision(session, row.run_id, COPY)
        artifacts.put(
            session,
            run_id=row.run_id,
            step=COPY,
            revision=revision,
            name="content",
            body=content.model_dump(mode="json"),
            sha256=sha256_of(content),
            produced_by=stored.produced_by,
            generated_by=stored.generated_by,
            now=now,
        )
        campaigns.save_content(session, content, run_id=row.run_id, revision=revision, now=now)
        runs.set_status(session, row.run_id, "running", checkpoint="", detail=f"{piece_id} was edited by {by}")
        logs.audit(
            session,
            actor=by_person(by.strip()),
            action="content.edited",
            subject=f"{row.run_id}/{piece_id}",
            venture_id=row.venture_id,
            run_id=row.run_id,
            data={"revision": revision, "before": sha256_of(before), "after": sha256_of(piece)},
            now=now,
        )
    return Edited(row.run_id, revision, piece, warnings, silent)


def piece_of(dossier: Dossier, piece_id: str) -> ContentPiece:
    """The piece of that id.

    Raises:
        NotFound: the run has none.
    """
    pieces = dossier.content.pieces if dossier.content else ()
    found = next((piece for piece in pieces if piece.piece_id == piece_id), None)
    if found is None:
        raise NotFound(
            f"run {dossier.run_id} has no piece {piece_id!r}",
            field="piece",
            value=piece_id,
            allowed=shorten(", ".join(piece.piece_id for piece in pieces), 1000),
        )
    return found


def texts_of(piece: ContentPiece) -> dict[str, dict[str, str]]:
    """A piece's texts as they are edited: element → variant → text."""
    return {e.variable: {v.label: v.text for v in e.variants} for e in piece.elements}


def rewritten(
    piece: ContentPiece, texts: Texts, by: str, claims: Sequence[tuple[str, str]] | None = None
) -> ContentPiece:
    """The piece with a person's texts, and the person named as its author.

    Raises:
        InvalidInput: an element or variant is unknown, a text is empty or too long, or nothing changes.
    """
    known = texts_of(piece)
    for name, variants in texts.items():
        if name not in known:
            raise InvalidInput("the piece has no such element", field=name, value=name, allowed=", ".join(known))
        for label in variants:
            if label not in known[name]:
                raise InvalidInput(
                    "the element has no such variant",
                    field=f"{name}.{label}",
                    value=label,
                    allowed=", ".join(known[name]),
                )
    try:
        elements = tuple(
            ContentElement(
                variable=e.variable,
                variants=tuple(
                    Variant(label=v.label, text=texts.get(e.variable, {}).get(v.label, v.text)) for v in e.variants
                ),
            )
            for e in piece.elements
        )
        told = piece.claims if claims is None else tuple(Claim(text=text, fact_id=fact) for text, fact in claims)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(str(first["msg"]), field=".".join(map(str, first["loc"])), value=first["input"]) from error
    if (elements, told) == (piece.elements, piece.claims):
        raise InvalidInput("the text is what stands already", field="file", hint="change something, or approve it")
    author = by_person(by)
    return piece.model_copy(
        update={
            "elements": elements,
            "claims": told,
            "generated_by": author,
            "prompt_version": "by hand",
            "brand_voice_score": None,
            "made": Making(model=author, cost=Decimal(0)),
        }
    )


def _with(content: CampaignContent, piece: ContentPiece) -> CampaignContent:
    pieces = tuple(piece if p.piece_id == piece.piece_id else p for p in content.pieces)
    return content.model_copy(update={"pieces": pieces})


def _checked(
    services: Services, dossier: Dossier, content: CampaignContent, piece: ContentPiece
) -> tuple[tuple[CopyFault, ...], tuple[NotChecked, ...]]:
    """What the checks let pass with a word, and who gave no answer.

    Raises:
        InvalidInput: they refuse the piece.
    """
    judged = copy_report(dossier.model_copy(update={"content": content}), services)
    report = judged.piece(piece.piece_id)
    faults = report.faults if report is not None else ()
    blocking = [fault.sentence() for fault in faults if fault.severity == "block"]
    if blocking:
        raise InvalidInput(
            f"the checks refuse the text of {piece.piece_id}; nothing is stored",
            field="file",
            value=shorten(canonical_json(texts_of(piece))),
            findings=blocking,
            hint="mend what is named, and edit again",
        )
    return tuple(fault for fault in faults if fault.severity == "warn"), judged.not_checked


def _stored(rows: Sequence[Artifact]) -> Artifact | None:
    return next((row for row in rows if row.name == "content"), None)
