"""One run of Fleet, walked once and kept at every moment that matters; a test begins at the moment it is about."""

import copy
import functools
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Table, insert, text
from sqlmodel import Session, SQLModel

from agents.models import ModelSettings
from agents.playbook_desk import PlaybookDesk
from app import bootstrap
from app.configuration import Configuration
from crews.approvals import decide
from crews.drive import Stretch
from crews.events import RunEvent
from crews.intake import load_venture
from crews.outcome import Outcome
from crews.processes import new_owner
from crews.runner import advance, start_run
from crews.services import ProbeResult, Services
from crews.work import Workbench
from gtm.domain.clock import VirtualClock
from gtm.domain.dossier import ApprovalRecord, Dossier
from gtm.domain.spec import Policies
from gtm.store.database import Database, sqlite_url
from gtm.store.dossier import approval_record, load_dossier
from gtm.store.models.runs import Artifact
from gtm.store.repositories import approvals, runs
from gtm.store.schema import create_all
from tools.base import StepTool
from tools.catalog import tools_for
from tools.context import RunContext

EXAMPLES = Path(__file__).parents[3] / "examples" / "ventures"
FIRST = datetime.fromisoformat("2026-01-05T09:00:00+00:00")
VENTURE = "fleet"
LEASE_SECONDS = 120


@functools.cache
def configuration() -> Configuration:
    """config/**, read once."""
    return bootstrap.read_configuration()


@functools.cache
def fleet() -> dict[str, Any]:
    """Fleet's brief, with two of its three segments: enough for every rule, and a third less to do."""
    body: dict[str, Any] = yaml.safe_load((EXAMPLES / "fleet.yaml").read_text())
    left_out = body["segments"].pop()["id"]
    body["facts"] = [fact for fact in body["facts"] if fact.get("segments") != [left_out]]
    for fact in body["facts"]:
        fact["segments"] = [segment for segment in fact.get("segments", ()) if segment != left_out]
    return body


def impatient(policies: Policies) -> Policies:
    """Policies by which a guardrail lets a task try again once only, for tests in which every try fails."""
    return policies.model_copy(update={"run": policies.run.model_copy(update={"guardrail_retries": 1})})


def unchanged(_body: dict[str, Any]) -> None:
    """Leave a brief as it is."""


def answering(venture_id: str) -> ProbeResult:
    """An agent process that answers at once."""
    return ProbeResult(True, 0.01, '{"status": "operational"}', f"http://127.0.0.1/{venture_id}")


def services_on(database: Database, clock: VirtualClock, folder: Path, **changes: Any) -> Services:
    """The application's parts on a store of the test's own."""
    config = configuration()
    made = Services(
        database=database,
        clock=clock,
        stage=config.stage,
        agents=config.agents,
        tasks=config.tasks,
        policies=config.policies,
        presets=config.presets,
        templates=config.templates,
        playbook=config.playbook,
        prompts=config.prompts,
        models=ModelSettings(),
        out_dir=folder / "out",
        state_dir=folder / "state",
        agent_probe=answering,
        agent_url="http://127.0.0.1:8017/agents/gtm-strategist",
        mail_layout=config.mail_layout,
        layouts=config.layouts,
    )
    return replace(made, **changes)


@dataclass(frozen=True)
class Moment:
    """A store at one moment, as a SQLite file, and when that was."""

    file: Path
    at: datetime
    run_id: str

    def rows(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Every row, by table."""
        return _rows_of(self.file)


@dataclass(frozen=True)
class Story:
    """The walk, by moment: `created`, `gates`, `started:STEP`, `waiting:CHECKPOINT`, `completed`."""

    moments: Mapping[str, Moment]
    events: Sequence[RunEvent]
    evidence: Path


@dataclass
class Scene:
    """A store that stands at one moment of the walk.

    Attributes:
        services: the application's parts on that store.
        run_id: the run.
        events: what the run told since.
    """

    services: Services
    clock: VirtualClock
    run_id: str
    events: list[RunEvent] = field(default_factory=list)

    @property
    def database(self) -> Database:
        """The store."""
        return self.services.database

    def with_services(self, **changes: Any) -> "Scene":
        """The same scene on other parts."""
        return replace(self, services=replace(self.services, **changes))

    def advance(self) -> Outcome:
        """Go on to the next stop; every event moves the clock by a second."""
        return advance(self.services, self.run_id, self.hear)

    def hear(self, event: RunEvent) -> None:
        """Keep an event."""
        self.events.append(event)
        self.clock.advance(timedelta(seconds=1))

    def dossier(self) -> Dossier:
        """The run as the store holds it."""
        with self.database.read() as session:
            return load_dossier(session, self.run_id)

    def waiting(self) -> ApprovalRecord:
        """The approval that waits."""
        with self.database.read() as session:
            return approval_record(approvals.pending(session, run_id=self.run_id)[0])

    def decide(self, approve: bool, comment: str = "", *steps: str, **changes: Any) -> ApprovalRecord:
        """Answer what waits, in the role that is asked."""
        self.clock.advance(timedelta(seconds=1))
        asked: dict[str, Any] = {"ref": self.run_id, "by": "ann", "approve": approve, "comment": comment}
        role = changes.pop("role", None) or self.waiting().role
        services = self.services
        return decide(services.database, services.clock, services.stage, steps=steps, role=role, **asked | changes)

    def approve(self, **changes: Any) -> ApprovalRecord:
        """Approve what waits."""
        return self.decide(True, **changes)

    def reject(self, comment: str, *steps: str, **changes: Any) -> ApprovalRecord:
        """Reject what waits."""
        return self.decide(False, comment, *steps, **changes)

    def load(self, change: Callable[[dict[str, Any]], object] = unchanged) -> None:
        """Load Fleet's brief again, changed."""
        self.clock.advance(timedelta(seconds=1))
        services, body = self.services, copy.deepcopy(fleet())
        change(body)
        data = json.dumps(body, default=str).encode()
        load_venture(services.database, services.clock, services.policies, data, "fleet.yaml", "person:ann")

    def rows(self, model: Any, **where: Any) -> list[Any]:
        """The rows of a table, by primary key, whose columns have these values."""
        with self.database.read() as session:
            found = session.query(model).filter_by(**where).order_by(*model.__table__.primary_key).all()
        return list(found)

    def artifacts(self, step: str) -> list[Artifact]:
        """Every stored artifact of a step, of any revision."""
        return self.rows(Artifact, run_id=self.run_id, step=step)

    def write(self, work: Callable[[Session], object]) -> None:
        """One transaction."""
        with self.database.write() as session:
            work(session)

    def bench(self) -> "Bench":
        """The run's lease and its workbench, as a drive would have them."""
        owner = new_owner()
        self.write(lambda s: runs.claim_lease(s, self.run_id, owner, self.clock.now(), LEASE_SECONDS))
        stretch = Stretch(self.services, self.run_id, VENTURE, owner, self.hear)
        return Bench(self, Workbench(stretch), owner)


@dataclass(frozen=True)
class Bench:
    """A run that a test drives tool by tool."""

    scene: Scene
    workbench: Workbench
    owner: str
    known: dict[str, str] = field(default_factory=dict)

    def context(self) -> RunContext:
        """The run as its tools see it."""
        return self.workbench._context()

    def tool(self, step: str, name: str, context: RunContext | None = None) -> StepTool:
        """A tool of a step, bound to the run."""
        offered = {tool.name: tool for tool in tools_for(context or self.context(), step)}
        return offered[name]

    def drafts(self, step: str) -> list[tuple[str, dict[str, Any]]]:
        """The tool calls that the house would make, as name and arguments; made once."""
        if step not in self.known:
            desk = PlaybookDesk(self.context(), self.scene.dossier, self.workbench._review_facts)
            self.known[step] = json.dumps(
                [(call.name, json.loads(call.arguments_json)) for call in desk.tool_calls(step)]
            )
        return [(name, arguments) for name, arguments in json.loads(self.known[step])]

    def draft(self, step: str, name: str) -> dict[str, Any]:
        """The arguments of the first such call."""
        return next(arguments for tool, arguments in self.drafts(step) if tool == name)

    def call(self, step: str, name: str, arguments: dict[str, Any], context: RunContext | None = None) -> str:
        """What a tool answers to these arguments."""
        return self.tool(step, name, context)._run(**arguments)


def told(walked: Database, clock: VirtualClock, folder: Path) -> Story:
    """Walk Fleet from its brief to the handoff, and keep the moments."""
    moments: dict[str, Moment] = {}
    services = services_on(walked, clock, folder)
    scene = Scene(services, clock, "")
    scene.load()
    scene.run_id = start_run(services, VENTURE)

    def keep(name: str) -> None:
        file = folder / f"{len(moments)}.db"
        _copy(Path(str(walked.engine.url.database)), file)
        moments[name] = Moment(file, clock.now(), scene.run_id)

    def listen(event: RunEvent) -> None:
        scene.hear(event)
        if event.kind == "step_started":
            keep(f"started:{event.subject}")
        if event.kind == "gate_passed" and event.subject == "segments":
            keep("gates")

    keep("created")
    outcome = advance(services, scene.run_id, listen)
    while outcome.status == "waiting_approval":
        keep(f"waiting:{outcome.checkpoint}")
        scene.approve()
        keep(f"approved:{outcome.checkpoint}")
        outcome = advance(services, scene.run_id, listen)
    assert outcome.status == "completed", outcome
    keep("completed")
    return Story(moments, scene.events, services.state_dir / "evidence")


@functools.cache
def fleet_story(folder: Path) -> Story:
    """The walk on a SQLite store below a folder; once in a process."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = VirtualClock(FIRST)
    database = Database(sqlite_url(folder / "walk.db"), clock)
    create_all(database)
    story = told(database, clock, folder)
    database.close()
    return story


def scene_at(
    story: Story, name: str, database: Database, clock: VirtualClock, folder: Path, *, evidence: bool = False
) -> Scene:
    """A moment of the walk on an empty store, with nobody driving the run.

    Args:
        evidence: whether the files are needed that the tests of step 3.3 left.
    """
    moment = story.moments[name]
    if database.is_sqlite:
        _copy(moment.file, Path(str(database.engine.url.database)))
    else:
        _restore(database, moment.rows())
    clock.advance_to(moment.at + timedelta(seconds=1))
    services = services_on(database, clock, folder)
    if evidence:
        shutil.copytree(story.evidence, services.state_dir / "evidence", dirs_exist_ok=True)
    scene = Scene(services, clock, moment.run_id)
    scene.write(lambda s: runs.release(s, moment.run_id, runs.require(s, moment.run_id).lease_owner or ""))
    return scene


def _tables() -> Sequence[Table]:
    return SQLModel.metadata.sorted_tables


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


@functools.cache
def _rows_of(file: Path) -> dict[str, list[dict[str, Any]]]:
    kept = Database(sqlite_url(file))
    with kept.engine.connect() as connection:
        rows = {t.name: [dict(row._mapping) for row in connection.execute(t.select())] for t in _tables()}
    kept.close()
    return rows


def _restore(database: Database, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    with database.write() as session:
        connection = session.connection()
        for table in _tables():
            if of_table := rows[table.name]:
                connection.execute(insert(table), [dict(row) for row in of_table])
                _go_on_counting(session, table)


def _go_on_counting(session: Session, table: Table) -> None:
    counted = table.autoincrement_column
    if counted is None:
        return
    statement = f"SELECT setval(pg_get_serial_sequence('{table.name}', '{counted.name}'), max({counted.name}))"
    session.connection().execute(text(f"{statement} FROM {table.name}"))
