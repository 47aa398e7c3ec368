"""Judging a test run: the SOP's table of six cases, and what its procedure asks for beside it.

Each judge looks at what was seen at the wire and in the store, and answers with figures.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

from gtm.automation.testing_gaps import Gap, gaps
from gtm.automation.testing_run import Journey, TestRun
from gtm.domain.errors import ConnectorError
from gtm.domain.names import counted, name_of
from gtm.domain.proofing import SpamJudge
from gtm.domain.workflow import ActionStep, Condition, SendEmail
from gtm.domain.workflow_report import EXTRA_TEST_CASES, SOP_TEST_CASES, TestCaseResult, TestStatus
from gtm.domain.workflow_words import step_named

START_LIMIT_MS = 60_000.0
EXECUTION_LIMIT_MS = 30_000.0
TWO_DAYS = timedelta(hours=48)
_EXPECTED = dict(SOP_TEST_CASES + EXTRA_TEST_CASES)


@dataclass(frozen=True)
class Turn:
    """A lead at a condition on `email_N_opened`: what it had done, and where it went."""

    email: str
    step: str
    opened: bool
    expected: str | None
    taken: str
    then_sent: str
    received: bool

    @property
    def right(self) -> bool:
        """Whether the lead went where it should, and the email that follows there arrived."""
        return self.taken == self.expected and (not self.then_sent or self.received)


def judge(run: TestRun, spam: SpamJudge | None) -> list[TestCaseResult]:
    """All cases but the clean-up, in the SOP's order.

    Args:
        run: what was seen.
        spam: weighs the first mail; None where no filter is configured.
    """
    return [
        _starts(run),
        _first_email(run, spam),
        _two_days(run),
        _branch(run, opened=True),
        _branch(run, opened=False),
        _errors(run),
        _filters(run),
        _execution_time(run),
    ]


def _result(
    name: str, status: TestStatus | bool, observed: str, evidence: tuple[str, ...], measured_ms: float | None = None
) -> TestCaseResult:
    verdict: TestStatus = status if isinstance(status, str) else "passed" if status else "failed"
    return TestCaseResult(
        test_case=name,
        expected=_EXPECTED[name],
        observed=observed,
        status=verdict,
        measured_ms=None if measured_ms is None else round(measured_ms, 3),
        evidence=evidence,
    )


def _starts(run: TestRun) -> TestCaseResult:
    started = [j for j in run.journeys if j.execution is not None and j.execution.started_at is not None]
    slowest = max((j.start_ms for j in started), default=0.0)
    missed = [f"{j.person.email}: {j.fired.skipped or 'not started'}" for j in run.journeys if j not in started]
    failing = sum(j.person.failing for j in run.journeys)
    observed = (
        f"{len(started)} of {len(run.journeys)} test leads started the workflow"
        f"{f', {failing} of them to have its mail fail' if failing == 1 else ''}; the slowest had its first steps done "
        f"{slowest:.0f} ms after its row was committed (real clock, the worker looking at once)"
    )
    return _result(
        "Trigger fires on lead signup",
        not missed and slowest < START_LIMIT_MS,
        "; ".join([observed, *missed]),
        ("workflow-executions.json",),
        slowest,
    )


def _first_email(run: TestRun, spam: SpamJudge | None) -> TestCaseResult:
    name = "Email 1 sends correctly"
    if not _sends_email(run):
        return _result(name, "not_applicable", "the workflow sends no email", ("paths.json",))
    faults: list[str] = []
    first_copy: bytes | None = None
    good = 0
    healthy = [j for j in run.journeys if not j.person.failing and not j.person.fails_at and _comes_to_mail(run, j)]
    unsubscribes = False
    for journey in healthy:
        first = min(journey.sends, key=lambda s: s.reserved_at, default=None)
        if first is None:
            faults.append(f"{journey.person.email} was sent no email")
            continue
        copies = [m for m in run.sink.received_by(journey.person.email) if m.message_id == first.message_id]
        step = run.definition.step(first.step)
        # Mail that the person asked for is no list mail, and has nothing to unsubscribe from.
        marketing = not isinstance(step, SendEmail) or step.purpose == "marketing"
        unsubscribes = unsubscribes or marketing
        problem = _mail_problem([m.raw for m in copies], [m.message for m in copies], marketing=marketing)
        if copies and first_copy is None:
            first_copy = copies[0].raw
        if problem:
            faults.append(f"{journey.person.email}: {problem}")
        else:
            good += 1
    files = _mails(run, {min(j.sends, key=lambda s: s.reserved_at).step for j in healthy if j.sends})
    is_spam, weighed = _weighed(first_copy, spam)
    if is_spam:
        faults.append("taken for spam")
    came = f"{len(healthy)} test leads" + (" that came to an email" if len(healthy) < len(run.journeys) - 1 else "")
    observed = f"{good} of {came} received email 1 once, over SMTP, with text part" + " and unsubscribe" * unsubscribes
    parts = [observed, *faults, *([weighed] if weighed else [])]
    return _result(name, good > 0 and not faults, "; ".join(parts), ("deliveries.json", *files))


def _comes_to_mail(run: TestRun, journey: Journey) -> bool:
    """Whether a lead's way led to an email that was to be sent; one whose date is over is left out."""
    steps = (run.definition.step(line.step) for line in journey.log if line.outcome != "skipped")
    return any(isinstance(step, SendEmail) for step in steps)


def _weighed(message: bytes | None, spam: SpamJudge | None) -> tuple[bool, str]:
    """Whether a message is spam, and what the filter says of it; empty where there is no message."""
    if message is None:
        return False, ""
    if spam is None:
        return False, "spam score not measured: no SpamAssassin daemon is named (GTM_SPAMD)"
    try:
        report = spam.judge(message)
    except ConnectorError as error:
        return False, f"spam score not measured: {error.detail}"
    rules = f" ({', '.join(report.rules)})" if report.rules else ""
    return report.score >= report.threshold, f"SpamAssassin {report.score} of {report.threshold}{rules}"


def _mail_problem(raws: list[bytes], messages: list[EmailMessage], *, marketing: bool) -> str:
    if len(messages) != 1:
        return f"arrived {len(messages)} times"
    message = messages[0]
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    if not text.strip():
        return "has no text part"
    if not str(message["Subject"] or "").strip():
        return "has no subject"
    if "{{" in text or "{{" in str(message["Subject"]) or b"{{" in raws[0]:
        return "has a variable that was not replaced"
    return "" if message["List-Unsubscribe"] or not marketing else "has no List-Unsubscribe header"


def _lengths(found: list[Gap]) -> str:
    """How far apart emails were planned; up to a date it is only as long as the test began before it."""
    hours = sorted({f"{(g.planned_at - g.first_sent_at) / timedelta(hours=1):g} h" for g in found if not g.is_dated})
    told = [f"the emails were {', '.join(hours)} apart"] if hours else []
    return " and ".join(told + ["emails waited for their dates"] * any(gap.is_dated for gap in found))


def _two_days(run: TestRun) -> TestCaseResult:
    name = "48h delay works"
    found = list(gaps(run))
    chosen = [gap for gap in found if gap.is_48h]
    if not chosen:
        why = _lengths(found) or "no test lead was sent two emails"
        off = max((abs(gap.deviation_ms) for gap in found), default=None)
        why += f", each kept to within {off:.3f} ms" if off is not None else ""
        status: TestStatus = "failed" if off else "not_applicable"
        return _result(name, status, f"no 48 h delay between two emails: {why}", ("timestamps.json",), off)
    worst = max(abs(gap.deviation_ms) for gap in chosen)
    others = max((abs(gap.deviation_ms) for gap in found if not gap.is_48h), default=0.0)
    exact = sum(1 for gap in chosen if gap.sent_at - gap.first_sent_at == TWO_DAYS)
    late = [gap for gap in chosen if gap.received_at != gap.sent_at]
    observed = (
        f"{exact} of {len(chosen)} times the next email was sent exactly 48 h later (virtual clock), the largest "
        f"deviation from the planned moment {worst:.3f} ms; other delays deviate by at most {others:.3f} ms"
    )
    business = [g for g in chosen if g.sent_at - g.first_sent_at != TWO_DAYS and g.deviation_ms == 0]
    if business:
        observed += f"; {len(business)} times the 48 h count business days only"
    if late:
        observed += f"; {len(late)} did not arrive at the moment they were sent"
    files = _mails(run, {g.second for g in chosen})
    return _result(name, worst == 0 and others == 0 and not late, observed, ("timestamps.json", *files), worst)


def turns(run: TestRun) -> Iterator[Turn]:
    """Every time a lead came to a condition on whether an email was opened."""
    for journey in run.journeys:
        arrived = {m.message_id for m in run.sink.received_by(journey.person.email)}
        ids = {s.step: s.message_id for s in journey.sends if s.state == "sent"}
        log = list(journey.log)
        for number, line in enumerate(log):
            step = run.definition.step(line.step)
            if not isinstance(step, Condition) or not step.when.field.endswith("_opened"):
                continue
            email_number = int(step.when.field.split("_")[1])
            at = journey.opened.get(email_number)
            opened = at is not None and at <= line.at
            following = log[number + 1] if number + 1 < len(log) else None
            then = _next_email(run, [entry.step for entry in log[number + 1 :]])
            yield Turn(
                email=journey.person.email,
                step=step.id,
                opened=opened,
                expected=step.if_true if step.when.holds({step.when.field: opened}) else step.if_false,
                taken=following.step if following else "",
                then_sent="" if journey.person.failing or then in journey.person.fails_at else then,
                received=ids.get(then) in arrived,
            )


def _next_email(run: TestRun, steps: list[str]) -> str:
    """The email a way leads to before it comes to another condition; empty when there is none."""
    for step_id in steps:
        step = run.definition.step(step_id)
        if isinstance(step, SendEmail):
            return step.id
        if isinstance(step, Condition):
            break
    return ""


def _branch(run: TestRun, *, opened: bool) -> TestCaseResult:
    name = "Conditional logic (opened)" if opened else "Conditional logic (not opened)"
    conditions = [s for s in run.definition.steps if isinstance(s, Condition) and s.when.field.endswith("_opened")]
    if not conditions:
        why = "the workflow has no condition on whether an email was opened"
        return _result(name, "not_applicable", why, ("paths.json",))
    chosen = [turn for turn in turns(run) if turn.opened == opened]
    wrong = [t for t in chosen if not t.right]
    ways = sorted({_way(run, turn) for turn in chosen})
    did = "had opened" if opened else "had not opened"
    observed = f"{len(chosen) - len(wrong)} of {len(chosen)} times a lead that {did} the email went the right way"
    files = _mails(run, {t.then_sent for t in chosen})
    strays = (f"{t.email} went to {_named(run, t.taken)}, not to {_named(run, t.expected)}" for t in wrong)
    details = [observed, *ways, *strays]
    return _result(name, bool(chosen) and not wrong, "; ".join(details), ("paths.json", *files))


def _named(run: TestRun, step_id: str | None) -> str:
    return step_named(run.definition, step_id or "")


def _way(run: TestRun, turn: Turn) -> str:
    way = f"{_named(run, turn.step)} → {_named(run, turn.taken)}"
    if not turn.then_sent:
        return way
    then = "" if turn.then_sent == turn.taken else f", then {_named(run, turn.then_sent)}"
    return f"{way}{then}, received"


def _errors(run: TestRun) -> TestCaseResult:
    name = "Error handling"
    journey = next(j for j in run.journeys if j.person.failing)
    first = min(journey.sends, key=lambda s: s.reserved_at, default=None)
    if first is None:
        why = "no email could be made to fail" if _sends_email(run) else "the workflow sends no email"
        return _result(name, "failed" if _sends_email(run) else "not_applicable", why, ("paths.json",))
    step = run.definition.step(first.step)
    if not isinstance(step, ActionStep):
        return _result(name, "failed", f"{_named(run, first.step)} is no action", ("errors.json",))
    retries = [line for line in journey.log if line.step == step.id and line.outcome == "retry"]
    final = next((n for n, line in enumerate(journey.log) if line.step == step.id and line.outcome == "failed"), None)
    after = journey.log[final + 1].step if final is not None and final + 1 < len(journey.log) else ""
    wanted, strategy = len(step.error.delays), step.error.strategy
    asked = any(line.step == step.id and line.outcome == "manual" for line in journey.log)
    target = step.error.fallback_step if step.error.strategy == "fallback" else step.on_failure
    wire = run.sink.attempts(journey.person.email)
    counted = sum(send.attempts for send in journey.sends)
    observed = (
        f"the mail server answered 451 to {first.attempts} attempts at {_named(run, step.id)}: 1 + {len(retries)} "
        f"retries, strategy {name_of(strategy).lower()}; {wire} attempts seen at the wire, {counted} in "
        f"email_sends; then {'a person is asked' if asked else _named(run, after)}"
    )
    as_said = (
        first.attempts == 1 + wanted
        and len(retries) == wanted
        and wire == counted
        and (asked if strategy == "manual_intervention" else after == target)
        and not run.sink.received_by(journey.person.email)
    )
    # What its author wants not to be tried again cannot be tried three times.
    tried = strategy in ("retry_3x", "retry_5x")
    status: TestStatus = "failed" if not as_said or (tried and wanted < 3) else "passed" if tried else "not_applicable"
    return _result(name, status, observed, ("errors.json", "paths.json"))


def _filters(run: TestRun) -> TestCaseResult:
    observed = "; ".join(f"{t.what}: {t.told}, {counted(t.executions, 'execution')}" for t in run.filters)
    return _result("Trigger filters", all(t.held for t in run.filters), observed, ("filters.json",))


def _execution_time(run: TestRun) -> TestCaseResult:
    stuck = [j for j in run.journeys if not j.ended]
    moves = sum(len(j.log) for j in run.journeys)
    observed = (
        f"whatever was due was done within {run.slowest_ms:.0f} ms of real time; all {len(run.journeys)} executions "
        f"together took {run.working_ms:.0f} ms for {moves} steps over "
        f"{(run.ended_at - run.started_at) / timedelta(days=1):.1f} virtual days"
    )
    if stuck:
        observed += f"; not ended: {', '.join(j.person.email for j in stuck)}"
    passed = not stuck and run.slowest_ms < EXECUTION_LIMIT_MS
    return _result("Execution time", passed, observed, ("workflow-executions.json",), run.slowest_ms)


def _mails(run: TestRun, steps: Collection[str]) -> tuple[str, ...]:
    """The evidence files of the emails that some steps sent."""
    ids = {s.message_id for j in run.journeys for s in j.sends if s.step in steps}
    pairs = zip(run.sink.file_names(), run.sink.received, strict=True)
    return tuple(f"emails/{name}" for name, one in pairs if one.message_id in ids)


def _sends_email(run: TestRun) -> bool:
    return any(isinstance(step, SendEmail) for step in run.definition.steps)
