"""Kickoffs: the tasks of the current substage that are not done yet, with fresh agents, tools and models.

A model that fails a step three times is replaced, for that step, by the playbook; what comes out says so. A step that
even the playbook cannot finish stops the run for a person.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session

from agents.copywriter import CopyJob, Copywriter
from agents.models import build_llm
from agents.playbook_desk import PlaybookDesk
from agents.usage import PLAYBOOK, UsageLedger
from agents.wire import Wire
from crews.failures import own_error, stops_the_run
from crews.gates import COPY, Judge
from crews.mending import Mending
from crews.outcome import Outcome
from crews.plan import Work, may_start
from crews.proofreading import at_step, rest
from crews.review_facts import review_facts
from crews.spending import book, note_tries, run_budget
from crews.stage17_gtm.prompts import task_prompt
from crews.stage17_gtm.tester import SopTester
from crews.state import load_state, round_after
from gtm.domain.calendar import first_monday
from gtm.domain.dossier import Dossier
from gtm.domain.drafting import stand_in_label
from gtm.domain.errors import BudgetExhausted, GateFailed, ModelUnavailable, NeedsPerson, StepFailed, shorten
from gtm.domain.review import ReviewFacts
from gtm.domain.rework import on_the_whole
from gtm.playbook.directives import Directives, read_comments
from gtm.store.dossier import load_dossier
from gtm.store.repositories import approvals, artifacts, logs, runs, stages
from tools.catalog import tools_for
from tools.context import RunContext, Stop

if TYPE_CHECKING:
    from crewai import BaseLLM

    from crews.drive import Stretch


class Workbench:
    """Kicks off tasks of one run; keeps the connection to the model's server for the stretch.

    Args:
        stretch: the claimed run.
    """

    def __init__(self, stretch: "Stretch") -> None:
        services = stretch.services
        self._stretch = stretch
        self._ledger = UsageLedger(services.models.prices, on_call=lambda call: book(services, stretch.run_id, call))
        self._budget = run_budget(services, stretch.run_id)
        self._wire = Wire(services.models, self._ledger) if services.models.live else None
        self._stand_in: dict[str, str] = {}
        self._judge = Judge(services, stretch.run_id)
        self._mending = Mending(services, stretch.run_id)
        self._current = ""
        self._began = 0.0

    def close(self) -> None:
        """Close the connection to the model's server."""
        if self._wire is not None:
            self._wire.close()
        rest(self._stretch.services.proofreader)

    def work(self, action: Work) -> Outcome | None:
        """Run the tasks until each has left its artifact.

        Raises:
            StepFailed: a step could not be finished, also not by the playbook.
            NeedsPerson: copy that neither the model nor the playbook could mend.
            GtmError: a tool or gate stopped the run.
        """
        self._stretch_running()
        task_ids = self._task_ids(action)
        while task_ids := self._open(task_ids):
            context = self._context()
            try:
                self._kickoff(context, task_ids)
            except Exception as error:  # noqa: BLE001 - CrewAI raises anything; every error is re-raised as ours or retried
                self._after_failure(context, error)
        return None

    def _stretch_running(self) -> None:
        with self._stretch.services.database.write() as session:
            runs.set_status(session, self._stretch.run_id, "running", checkpoint="", detail="")

    def _task_ids(self, action: Work) -> list[str]:
        review = [f"review:{action.review.id}"] if action.review else []
        return [step.id for step in action.steps] + review

    def _open(self, task_ids: Sequence[str]) -> list[str]:
        """The tasks that are not done. What a killed attempt stored does not close one, also when it passes the checks:
        a step may store several artifacts, and only its agent knows when the last is there. It finds the earlier ones.
        """
        context = self._context()
        still_open: list[str] = []
        for task_id in task_ids:
            if still_open or not self._closed(context, task_id):
                still_open.append(task_id)
        return still_open

    def _closed(self, context: RunContext, task_id: str) -> bool:
        with context.database.read() as session:
            return self._is_done(session, context, task_id)

    def _is_done(self, session: Session, context: RunContext, task_id: str) -> bool:
        if task_id.startswith("review:"):
            return artifacts.has(session, context.run_id, task_id, context.revision(task_id), "review")
        return runs.is_done(session, context.run_id, task_id)

    def _context(self) -> RunContext:
        stretch, services = self._stretch, self._stretch.services
        with services.database.read() as session:
            steps = runs.newest_steps(session, stretch.run_id)
            rounds = {
                f"review:{c.id}": round_after(approvals.newest(session, stretch.run_id, c.id))
                for c in services.stage.checkpoints
            }
            brief = load_dossier(session, stretch.run_id).brief
        comments = {row.step: tuple(row.comments) for row in steps}
        directives: dict[str, Directives] = {
            step.id: read_comments(on_the_whole(comments.get(step.id, ()))) for step in services.stage.steps
        }
        starts = first_monday(services.clock.now().date())
        return RunContext(
            database=services.database,
            clock=services.clock,
            run_id=stretch.run_id,
            venture_id=stretch.venture_id,
            stage=services.stage,
            policies=services.policies,
            preset=services.presets.get(brief.preset) if brief.preset else None,
            templates=services.templates,
            playbook=services.playbook,
            copywriter=Copywriter(
                CopyJob(
                    policies=services.policies,
                    playbook=services.playbook,
                    prompts=services.prompts,
                    settings=services.models,
                    ledger=self._ledger,
                    comments=on_the_whole(comments.get("2.2", ())),
                    directives=directives["2.2"],
                    starts=starts,
                    budget=self._budget,
                    wire=self._wire,
                    stand_in=lambda: "2.2" in self._stand_in,
                    attempted=lambda revision, tries: note_tries(services, stretch.run_id, revision, tries),
                    proofreader=services.proofreader,
                    rework=self._mending.rework,
                    public_url=services.public_url,
                )
            ),
            tester=SopTester(services, stretch.run_id),
            authorise=self._authorise,
            label=self._label,
            starts=starts,
            evidence_dir=services.state_dir / "evidence" / stretch.run_id,
            revisions={row.step: row.revision for row in steps} | rounds,
            comments=comments,
            directives=directives,
            on_refused=self._refused,
            proofreader=services.proofreader,
            spam_judge=services.spam_judge,
            camera=services.camera,
        )

    def _dossier(self) -> Dossier:
        with self._stretch.services.database.read() as session:
            return load_dossier(session, self._stretch.run_id)

    def _label(self, task_id: str) -> str:
        models = self._stretch.services.models
        if not models.live:
            return PLAYBOOK
        reason = self._stand_in.get(task_id)
        return stand_in_label(models.model, reason) if reason else models.model

    def _kickoff(self, context: RunContext, task_ids: Sequence[str]) -> None:
        from crews.stage17_gtm.crew import GTMStrategistCrew

        services = self._stretch.services
        desk = PlaybookDesk(context, self._dossier, self._review_facts)
        crew = GTMStrategistCrew(
            agents=services.agents,
            tasks=services.tasks,
            prompt_of=lambda task_id: self._prompt(context, desk, task_id),
            tools_of=lambda task_id: tools_for(context, task_id),
            llm_of=lambda task_id: self._llm(desk, task_id),
            may_start=self._may_start,
            guardrail=lambda task_id: self._guardrail(context, task_id),
            guardrail_retries=services.policies.run.guardrail_retries,
            on_start=self._started,
        )
        self._current, self._began = task_ids[0], time.monotonic()
        crew.kickoff(task_ids)

    def _is_the_playbooks(self, task_id: str) -> bool:
        return not self._stretch.services.models.live or task_id in self._stand_in

    def _llm(self, desk: PlaybookDesk, task_id: str) -> "BaseLLM":
        services = self._stretch.services
        if self._is_the_playbooks(task_id):
            from agents.playbook_model import PlaybookLLM

            return PlaybookLLM(desk, ledger=self._ledger)
        return build_llm(services.models, self._ledger, desk=desk, wire=self._wire, budget=self._budget)

    def _prompt(self, context: RunContext, desk: PlaybookDesk, task_id: str) -> str:
        if self._is_the_playbooks(task_id):
            # It drafts from the store and reads no prompt.
            return f"Step: {task_id}"
        services = self._stretch.services
        spec = services.tasks.task(task_id)
        checkpoint = next((c for c in services.stage.checkpoints if task_id == f"review:{c.id}"), None)
        return task_prompt(
            services.prompts[spec.prompt],
            task_id=task_id,
            brief=self._dossier().brief,
            house_draft=desk.as_prompt(task_id),
            comments=context.comments.get(task_id, ()),
            checkpoint=checkpoint.name if checkpoint else "",
            role=checkpoint.role if checkpoint else "",
            verdicts=self._review_facts(checkpoint.id).verdicts if checkpoint else (),
        )

    def _review_facts(self, checkpoint_id: str) -> ReviewFacts:
        return review_facts(self._stretch.services, self._stretch.run_id, self._judge, checkpoint_id)

    def _may_start(self, task_id: str) -> str:
        self._current, self._began = task_id, time.monotonic()
        with self._stretch.services.database.read() as session:
            return self._why_not(session, task_id)

    def _why_not(self, session: Session, task_id: str) -> str:
        services, stretch = self._stretch.services, self._stretch
        stages.refuse_when_paused(session, stretch.venture_id)
        runs.fence(session, stretch.run_id, stretch.owner, services.clock.now())
        return may_start(services.stage, load_state(session, services.stage, stretch.run_id), task_id)

    def _authorise(self, session: Session, task_id: str) -> None:
        reason = self._why_not(session, task_id)
        if reason:
            raise GateFailed(reason)

    def _started(self, task_id: str) -> None:
        services, stretch = self._stretch.services, self._stretch
        at_step(task_id, services.proofreader)
        with services.database.write() as session:
            if not task_id.startswith("review:"):
                runs.mark_started(session, stretch.run_id, task_id, services.clock.now())
            self._log(session, task_id, "started")
        self._stretch.tell("step_started", task_id, self._title(task_id), agent=services.tasks.task(task_id).agent)

    def _guardrail(self, context: RunContext, task_id: str) -> str:
        if context.stop.error is not None:
            raise context.stop.error
        if task_id.startswith("review:"):
            with context.database.read() as session:
                if not self._is_done(session, context, task_id):
                    return "no review is stored: call write_review"
        else:
            verdict = self._judge.step(task_id)
            if not verdict.passed:
                self._refuse_copy(context, task_id)
                self._discard(context, task_id, verdict.explain())
                return verdict.explain()
        self._close(context, task_id)
        return ""

    def _refuse_copy(self, context: RunContext, task_id: str) -> None:
        """Let only the pieces go back that the checks refuse; stop for a person where nobody here can mend them."""
        if task_id != COPY:
            return
        try:
            self._mending.refuse(self._dossier(), context.revision(task_id))
        except NeedsPerson as error:
            context.stop.error = error
            raise

    def _discard(self, context: RunContext, task_id: str, reason: str) -> None:
        """Work on the next revision: an artifact is never changed, and the refused one would be found by every try."""
        with context.database.write() as session:
            context.authorise(session, task_id)
            if not artifacts.of_step(session, context.run_id, task_id, context.revision(task_id)):
                return
            row = runs.replace_revision(session, context.run_id, task_id, context.clock.now())
            context.revisions[task_id] = row.revision
        self._stretch.tell("revision_opened", task_id, self._title(task_id), detail=shorten(reason, 300))

    def _close(self, context: RunContext, task_id: str) -> None:
        verdict = None if task_id.startswith("review:") else self._judge.step(task_id)
        with context.database.write() as session:
            if verdict is not None:
                context.authorise(session, task_id)
                revision = context.revision(task_id)
                stored = artifacts.of_step(session, context.run_id, task_id, revision)
                runs.record_gate(
                    session,
                    run_id=context.run_id,
                    gate=f"step-{task_id}",
                    verdict=verdict,
                    failure_action="",
                    now=context.clock.now(),
                )
                runs.mark_done(
                    session,
                    context.run_id,
                    task_id,
                    revision,
                    generated_by=stored[0].generated_by if stored else self._label(task_id),
                    artifact_sha256=artifacts.hash_of(session, context.run_id, (task_id,)),
                    now=context.clock.now(),
                )
            self._log(session, task_id, "completed", duration=time.monotonic() - self._began if self._began else 0.0)
        seconds = time.monotonic() - self._began if self._began else 0.0
        self._stretch.tell(
            "review_written" if task_id.startswith("review:") else "step_done",
            task_id,
            self._title(task_id),
            agent=self._stretch.services.tasks.task(task_id).agent,
            detail=f"{seconds:.1f} s, {self._label(task_id)}",
        )

    def _after_failure(self, context: RunContext, error: Exception) -> None:
        """Try again, let the playbook stand in, or give up with a clear error."""
        task_id, services = self._current, self._stretch.services
        reason = shorten(str(getattr(error, "detail", error)), 300)
        cause = context.stop.error or own_error(error)
        final = cause if context.stop.error is not None or stops_the_run(cause) else None
        with services.database.write() as session:
            self._log(session, task_id, "failed", duration=time.monotonic() - self._began, error=reason)
            attempts = 0 if final else runs.count_failure(session, self._stretch.run_id, task_id)
        if final is not None:
            raise final from error
        if not services.models.live or task_id in self._stand_in:
            raise cause or StepFailed(
                f"step {task_id} could not be finished: {reason}",
                hint=f"see what is stored: gtm show {self._stretch.run_id}; then gtm resume {self._stretch.run_id}",
            ) from error
        if attempts >= services.policies.run.step_attempts or isinstance(cause, (ModelUnavailable, BudgetExhausted)):
            self._stand_in[task_id] = reason
            self._stretch.tell("stand_in", task_id, "The playbook stands in", detail=reason)

    def _refused(self, task_id: str, tool: str, text: str) -> None:
        self._stretch.tell("tool_refused", task_id, f"{tool} refused", detail=shorten(text, 300))

    def _title(self, task_id: str) -> str:
        stage = self._stretch.services.stage
        if task_id.startswith("review:"):
            return f"Review: {next(c.name for c in stage.checkpoints if task_id == f'review:{c.id}')}"
        return stage.step(task_id).name

    def _log(self, session: Session, task_id: str, status: str, duration: float = 0.0, error: str = "") -> None:
        services = self._stretch.services
        logs.agent_log(
            session,
            crew=services.stage.crew_id,
            agent=services.tasks.task(task_id).agent,
            task=task_id,
            venture_id=self._stretch.venture_id,
            run_id=self._stretch.run_id,
            status=status,
            duration_ms=None if status == "started" else int(duration * 1000),
            error=error or None,
            now=services.clock.now(),
        )


__all__ = ["Stop", "Workbench"]
