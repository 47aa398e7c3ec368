"""The one shape of a tool: validate the proposal, let the core build the artifact, commit it once."""

from collections.abc import Callable
from typing import Any

from crewai.tools import BaseTool
from pydantic import PrivateAttr, ValidationError
from sqlmodel import Session

from gtm.domain.base import Model, canonical_json, sha256_of
from gtm.domain.dossier import Dossier
from gtm.domain.errors import Conflict, Forbidden, GateFailed, GtmError, ModelError, StoreError, shorten
from gtm.store.dossier import load_dossier
from gtm.store.models.runs import Artifact
from gtm.store.repositories import artifacts, logs
from tools.context import RunContext

REFUSED = "REFUSED"


class StepTool(BaseTool):
    """A tool of one step in one run. Subclasses say how to build, name and persist the artifact."""

    _context: RunContext = PrivateAttr()
    _step: str = PrivateAttr()

    def bind(self, context: RunContext, step: str) -> "StepTool":
        """Give the tool its run and step; tools are made anew for each kickoff."""
        self._context = context
        self._step = step
        return self

    def _run(self, **arguments: Any) -> str:
        try:
            return self.act(self.args_schema.model_validate(arguments))
        except ValidationError as error:
            return self._refuse(_sentences(error))
        except (Conflict, Forbidden, GateFailed, ModelError, StoreError) as error:
            self._context.stop.error = error
            return self._refuse(error.detail)
        except GtmError as error:
            return self._refuse(_reason(error))

    def act(self, proposal: Any) -> str:
        """Do the tool's work and answer with a receipt.

        Raises:
            GtmError: the proposal is refused, or the run must stop.
        """
        raise NotImplementedError

    def dossier(self) -> Dossier:
        """The run as it stands."""
        with self._context.database.read() as session:
            return load_dossier(session, self._context.run_id)

    def commit(self, name: str, build: Callable[[], Model], persist: Callable[[Session, Any], None]) -> str:
        """Store one artifact under (run, step, revision, name), exactly once.

        A replay finds the artifact and builds nothing. `build` runs outside the transaction, since it may take long;
        `persist` writes the artifact's rows in the same transaction as the artifact.
        """
        context = self._context
        with context.database.read() as session:
            known = self._known_or_authorised(session, name)
        if known is not None:
            return self._receipt(name, known.sha256, replayed=True)
        artifact = build()
        with context.database.write() as session:
            known = self._known_or_authorised(session, name)
            stored = known or self._store(session, name, artifact)
            if known is None:
                persist(session, artifact)
        return self._receipt(name, stored.sha256, replayed=known is not None)

    def _known_or_authorised(self, session: Session, name: str) -> Artifact | None:
        """The artifact, if it stands; without it, the leave to store it.

        What a task has stored may be what ended it, so a replay is no reason to stop: it is told what stands. The run
        stays locked to this transaction, so of two that store the same one finds the other's.
        """
        context, step = self._context, self._step
        refusal: GateFailed | None = None
        try:
            context.authorise(session, step)
        except GateFailed as error:
            refusal = error
        known = artifacts.get(session, context.run_id, step, context.revision(step), name)
        if known is None and refusal is not None:
            raise refusal
        return known

    def _store(self, session: Session, name: str, artifact: Model) -> Artifact:
        context, step = self._context, self._step
        revision = context.revision(step)
        stored, _ = artifacts.put(
            session,
            run_id=context.run_id,
            step=step,
            revision=revision,
            name=name,
            body=artifact.model_dump(mode="json"),
            sha256=sha256_of(artifact),
            produced_by=f"agent:{context.stage.step(step).agent}" if ":" not in step else f"agent:{step}",
            generated_by=context.label(step),
            now=context.clock.now(),
        )
        logs.audit(
            session,
            actor=stored.produced_by,
            action="artifact.stored",
            subject=f"{context.run_id}/{step}/{revision}/{name}",
            venture_id=context.venture_id,
            data={"sha256": stored.sha256, "generated_by": stored.generated_by},
            now=context.clock.now(),
        )
        return stored

    def _receipt(self, name: str, sha256: str, *, replayed: bool) -> str:
        return canonical_json({"stored": name, "step": self._step, "sha256": sha256[:16], "already_there": replayed})

    def _refuse(self, reason: str) -> str:
        self._context.on_refused(self._step, self.name, reason)
        return f"{REFUSED}: {reason}"


def _reason(error: GtmError) -> str:
    """What is wrong, what would do, and what to do next: all that the crew is told."""
    value = "" if error.value is None else shorten(error.value)
    detail = f"{error.detail}: {value}" if value and value not in error.detail else error.detail
    allowed = f"allowed: {error.allowed}" if error.allowed else ""
    return "; ".join(part for part in (detail, *error.findings, allowed, error.hint) if part)


def _sentences(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in fault['loc']) or 'arguments'}: {fault['msg']}" for fault in error.errors()[:8]
    )
