"""One command's way with a run: drive it, and at each checkpoint ask, approve on a standing instruction, or stop."""

from pathlib import Path

import typer

from app import INTERRUPTED
from app.agent_probe import AgentProbe
from app.cli import output
from app.cli.asking import ask
from app.cli.decisions import answers, decide
from app.cli.door import Door
from app.cli.progress import as_event, seconds, spent, view_for
from crews.events import RunEvent
from crews.outcome import Outcome
from crews.piecewise import CHECKPOINT
from gtm.domain.dossier import ApprovalRecord, Dossier, overruled
from gtm.domain.drafting import stood_in_for
from gtm.domain.errors import AlreadyDecided, ArtifactChanged, GtmError, NotWaiting, VenturePaused
from gtm.domain.review import Review

STANDING = "standing instruction --approve-as"
"""How a decision is recorded that a person gave beforehand, on the command line."""


class Journey:
    """Takes a run as far as this command may.

    Args:
        door: settings and parts.
        run_id: the run.
        roles: roles in which the person's standing instruction lets us approve.
        by: who that person is.
        as_json: whether a machine reads.
    """

    def __init__(self, door: Door, run_id: str, roles: frozenset[str], by: str | None, *, as_json: bool) -> None:
        self._door = door
        self._run_id = run_id
        self._roles = roles
        self._by = by
        self._as_json = as_json
        self._view = view_for(as_json=as_json)

    def go(self) -> int:
        """Drive the run; returns the exit code."""
        output.quiet_libraries(debug=self._door.settings.debug)
        self._open()
        try:
            while True:
                outcome = self._advance()
                if outcome.status != "waiting_approval" or not self._answered(outcome):
                    return self._close(outcome)
        except (KeyboardInterrupt, typer.Abort):
            # Typer makes an Abort of a Ctrl-C, or of the end of the input, while it asks.
            self._view.pause()
            return self._interrupted()
        except GtmError as error:
            self._view.pause()
            if not self._as_json and not isinstance(error, VenturePaused):
                output.remark(f"Run {self._run_id} keeps what is done. Go on with: gtm resume {self._run_id}")
            raise

    def _open(self) -> None:
        dossier = self._door.dossier(self._run_id)
        provider = self._door.settings.provider
        model = f" ({self._door.settings.model})" if self._door.settings.model else ""
        self._view.note(
            f"{dossier.brief.name}: run {self._run_id}, stage {self._door.services.stage.stage}, {provider}{model}"
        )
        if self._roles:
            self._view.note(
                f"As you told it (--approve-as), this command approves by itself as {', '.join(sorted(self._roles))}, "
                "unless a check fails or a comment had no effect. What a review holds against the plan's economics is "
                "shown, and the run goes on."
            )

    def _advance(self) -> Outcome:
        from crews.runner import advance

        try:
            return advance(self._door.services, self._run_id, self._listen)
        finally:
            self._view.pause()

    def _listen(self, event: RunEvent) -> None:
        """Tell of the event. The tests take seconds, and the agent that the exit gate asks starts beside them.

        It ends when the last review begins: by then the gate has asked, and a person may take days.
        """
        self._view.listen(event)
        stage, probe = self._door.services.stage, self._door.services.agent_probe
        if event.kind != "step_started" or not isinstance(probe, AgentProbe):
            return
        if event.subject == stage.steps[-1].id and stage.checkpoints[-2].role in self._roles:
            probe.warm_up()
        elif event.subject == f"review:{stage.checkpoints[-1].id}":
            probe.let_go()

    def _answered(self, outcome: Outcome) -> bool:
        """Whether the checkpoint is decided now, so that the run goes on."""
        dossier = self._door.dossier(self._run_id)
        record = next((a for a in dossier.approvals if a.approval_id == outcome.approval_id), None)
        if record is None or record.status != "pending":
            return record is not None
        try:
            if record.role in self._roles:
                return self._approve_by_itself(record)
            if self._as_json or not output.can_ask():
                return False
            return ask(self._door, dossier, record, self._by)
        except (AlreadyDecided, NotWaiting, ArtifactChanged) as beaten:
            self._view.note(f"{beaten.title}: {beaten.detail}")
            return True

    def _approve_by_itself(self, record: ApprovalRecord) -> bool:
        review = record.review
        why = review.reason if review else "there is no review"
        if not _may_go_on(review):
            self._view.note(
                f"{record.checkpoint}: not approved by itself, because the review advises against it: {why}"
            )
            return False
        if _against(review):
            self._view.note(f"{record.checkpoint}: THE REVIEW ADVISED AGAINST IT: {why}")
        decided = decide(
            self._door,
            record.approval_id,
            record.role,
            self._by,
            approve=True,
            shown=record.artifact_sha256,
            via=STANDING,
        )
        person = decided.decided_by.removeprefix("person:")
        although = " against the review's advice" if _against(review) else ""
        self._view.note(
            f"{record.checkpoint}: approved by itself as {record.role}{although}, "
            f"on the standing instruction of {person}."
        )
        return True

    def _close(self, outcome: Outcome) -> int:
        dossier = self._door.dossier(self._run_id)
        if self._as_json:
            output.emit(as_event("outcome", **vars(outcome), usage=dossier.usage))
        else:
            _tell(outcome, dossier, self._answers(outcome, dossier))
        return 0 if outcome.status in ("completed", "waiting_approval") else 1

    def _answers(self, outcome: Outcome, dossier: Dossier) -> list[str]:
        """The commands that answer the checkpoint at which the run waits; copy as its pieces stand."""
        from crews.approvals import PendingApproval, pending

        record = next((one for one in dossier.approvals if one.approval_id == outcome.approval_id), None)
        if record is None:
            return []
        row = PendingApproval(record, outcome.run_id, dossier.venture_id, record.requested_at)
        if record.checkpoint == CHECKPOINT:
            waiting = pending(self._door.database, dossier.venture_id, self._door.configuration.stage)
            row = next((one for one in waiting if one.record.approval_id == record.approval_id), row)
        return answers(row, sha=True)

    def _interrupted(self) -> int:
        text = f"Interrupted. Run {self._run_id} keeps what is done; go on with: gtm resume {self._run_id}"
        if self._as_json:
            output.emit(as_event("interrupted", run_id=self._run_id, detail=text))
        else:
            output.remark(text)
        return INTERRUPTED


def _against(review: Review | None) -> bool:
    return review is not None and review.recommendation == "reject"


def _may_go_on(review: Review | None) -> bool:
    """Whether a standing instruction covers the checkpoint.

    Whether a plan is worth its money is for the person who gave the instruction. A check that fails, a comment without
    effect, and a model's own objection are for somebody who looks.
    """
    return review is not None and (review.recommendation == "approve" or review.grounds == ("economics",))


def _overruled(dossier: Dossier) -> list[str]:
    """The checkpoints that stand approved against their review, with its reason."""
    return [f"{record.checkpoint}: {review.reason}" for record, review in overruled(dossier.approvals)]


def _tell(outcome: Outcome, dossier: Dossier, answering: list[str]) -> None:
    took = ""
    if dossier.finished_at:
        took = f", {seconds((dossier.finished_at - dossier.started_at).total_seconds())} after it began"
    if outcome.status == "completed":
        output.say(f"Done{took}: {outcome.detail}. {spent(dossier.usage)}.")
        if stood := stood_in_for(dossier, reviews=True):
            output.say(f"The playbook stood in for {stood}: the model gave no usable answer.")
        for reason in _overruled(dossier):
            output.say(f"Against the review's advice: {reason}")
        output.say(f"Report:  {_report(outcome.handoff)}")
        output.say(f"Next:    gtm show {dossier.venture_id}; gtm serve shows the report in a browser")
        return
    if outcome.status == "waiting_approval":
        output.say(f"Waiting: {outcome.detail}. Run {outcome.run_id} goes on when it is answered.")
        output.say(f"Look:    gtm show {outcome.run_id} {outcome.checkpoint}")
        for number, line in enumerate(answering):
            output.say(f"{'     or:' if number else 'Answer: '} {line}")
        output.say(f"Then:    gtm resume {outcome.run_id}")
        return
    output.remark(f"{outcome.status.replace('_', ' ').capitalize()}: {outcome.detail}")
    for check in outcome.verdict.failures if outcome.verdict else ():
        output.remark(f"  ✗ {check.sop}: {check.detail}" + (f" Fix: {check.fix}" if check.fix else ""))
    if outcome.status != "rolled_back":
        # A run that was rolled back is over; its detail says how the next one begins.
        output.remark(f"Once it is mended: gtm resume {outcome.run_id}")


def _report(folder: str) -> Path:
    for name in ("report.html", "index.html"):
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    return Path(folder)
