"""Importing people from a CSV of any length: streamed, in batches of one transaction each, nobody twice.

A batch stands or falls with what it starts: people and their entries into workflows are committed together, so that an
import that was broken off is finished by running it again.
"""

import csv
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any

from pydantic import ValidationError
from sqlmodel import Session

from gtm.automation.importing_columns import Columns, columns_of, neutralised, plain
from gtm.automation.importing_csv import LeadFile, Row
from gtm.automation.triggers.bulk import enrol_window
from gtm.automation.triggers.conditional import fire_crossings
from gtm.automation.triggers.database_insert import arrival
from gtm.automation.triggers.enrol import fire
from gtm.domain.base import Model
from gtm.domain.clock import Clock
from gtm.domain.enrolment import Consent, Lead, NewLead
from gtm.domain.errors import InvalidInput
from gtm.domain.faults import plainly
from gtm.domain.lead_fields import storable
from gtm.domain.workflow import TriggerDefinition
from gtm.store.database import Database
from gtm.store.models.base import new_id
from gtm.store.repositories import automation, leads, personal

BATCH = 5_000
"""People a transaction; with triggers that fire for each of them fewer, so that other writers wait less."""
BATCH_WITH_TRIGGERS = 2_000
LONGEST_CELL = 1_000


class ImportOptions(Model):
    """How a file is read.

    Attributes:
        mapping: column → field; see `columns_of`.
        encoding: None for UTF-8, or UTF-16 by its mark.
        consent: for people whose row does not say.
        segment_id: for people whose row does not say.
        lead_source: for people whose row does not say.
        segments: the venture's segments; a row that names another is rejected. Empty allows any.
        triggers: whether the venture's triggers fire for people who are new.
    """

    mapping: Mapping[str, str] = {}
    encoding: str | None = None
    consent: Consent = "unknown"
    segment_id: str = ""
    lead_source: str = "import"
    segments: tuple[str, ...] = ()
    triggers: bool = True


class Imported(Model):
    """What an import came to, or has come to so far.

    Attributes:
        rows: rows below the header that are not empty.
        new: people who were stored.
        known: people whom the venture had already, or whom the file names again; they are left as they are.
        erased: people who were erased on request and are not stored again.
        rejected: rows that cannot be imported; each stands in the rejects file.
        started: executions of workflows that were started.
        bytes_read: of the file.
        ignored: columns that were not imported.
    """

    rows: int = 0
    new: int = 0
    known: int = 0
    erased: int = 0
    rejected: int = 0
    started: int = 0
    bytes_read: int = 0
    ignored: tuple[str, ...] = ()


Progress = Callable[[Imported], None]


class Importer:
    """Imports one file.

    Args:
        database: the store.
        clock: tells when people were stored.
        venture_id: whose people they become.
        options: how the file is read.
        rejects: where rejected rows go, as CSV; made when there is the first.
    """

    def __init__(
        self, database: Database, clock: Clock, venture_id: str, options: ImportOptions, rejects: Path
    ) -> None:
        self._database = database
        self._clock = clock
        self._venture_id = venture_id
        self._options = options
        self._rejects = _Rejects(rejects)
        self._so_far = Imported()

    def run(self, raw: IO[bytes], progress: Progress = lambda _: None) -> Imported:
        """Import everything; told of `progress` after each batch.

        Args:
            raw: the file, opened for bytes.
            progress: called with what the import has come to.

        Raises:
            InvalidInput: the header cannot be used; then nothing was stored.
            StoreError: the store failed; what was committed before stands, and running again goes on.
        """
        file = LeadFile(raw, self._options.encoding)
        columns = columns_of(file.header, self._options.mapping)
        self._so_far = Imported(ignored=columns.ignored)
        try:
            rows = file.rows(columns.address)
            while batch := list(islice(rows, BATCH_WITH_TRIGGERS if self._options.triggers else BATCH)):
                self._count(rows=len(batch))
                self._store(self._read(batch, columns))
                with suppress(ValueError, OSError):
                    self._so_far = self._so_far.model_copy(update={"bytes_read": raw.tell()})
                progress(self._so_far)
        finally:
            self._rejects.close()
        return self._so_far

    def _count(self, **more: int) -> None:
        changed = {name: getattr(self._so_far, name) + count for name, count in more.items()}
        self._so_far = self._so_far.model_copy(update=changed)

    def _read(self, batch: list[Row], columns: Columns) -> dict[str, tuple[Row, Lead]]:
        """The people of a batch by address; what cannot be one is rejected, who comes again is known."""
        found: dict[str, tuple[Row, Lead]] = {}
        for row in batch:
            try:
                if row.fault:
                    raise _Rejected(row.fault)
                person = self._person(row, columns)
            except _Rejected as why:
                self._rejects.write(columns.header, row, str(why))
                self._count(rejected=1)
                continue
            if person.email in found:
                self._count(known=1)
            else:
                found[person.email] = (row, person)
        return found

    def _person(self, row: Row, columns: Columns) -> Lead:
        values: dict[str, object] = {}
        own: dict[str, str] = {}
        for position, field in columns.fields.items():
            text = plain(row.cells[position]) if position < len(row.cells) else ""
            if not text:
                continue
            if len(text) > LONGEST_CELL:
                raise _Rejected(f"{field}: longer than {LONGEST_CELL} characters")
            try:
                storable(text)
            except ValueError:
                raise _Rejected(f"{field}: line breaks and control characters are not allowed") from None
            if field.startswith("attributes."):
                own[field.partition(".")[2]] = text
            else:
                values[field] = text
        if "email" not in values:
            raise _Rejected("email: empty")
        return self._checked(values, own)

    def _checked(self, values: dict[str, object], own: dict[str, str]) -> Lead:
        options = self._options
        for field, default in (
            ("consent", options.consent),
            ("segment_id", options.segment_id),
            ("lead_source", options.lead_source),
        ):
            values.setdefault(field, default)
        if isinstance(consent := values["consent"], str):
            values["consent"] = consent.lower()
        if isinstance(country := values.get("country"), str):
            values["country"] = country.upper()
        segment = values["segment_id"]
        if segment and options.segments and segment not in options.segments:
            raise _Rejected(f"segment_id: there is no segment {segment!r} ({', '.join(options.segments)})")
        try:
            person = NewLead.model_validate({**values, "venture_id": self._venture_id, "attributes": own})
        except ValidationError as error:
            raise _Rejected("; ".join(plainly(error))) from None
        return person.as_lead(new_id("lead"))

    def _store(self, people: dict[str, tuple[Row, Lead]]) -> None:
        if not people:
            return
        with self._database.write() as session:
            gone = personal.erased(session, self._venture_id, people)
            wanted = [lead for _, lead in people.values() if lead.email not in gone]
            new = leads.add_many(session, wanted, self._clock.now())
            started = 0
            if self._options.triggers and new:
                arrived = [lead for lead in wanted if lead.email in new]
                started = _fire(session, arrived, new.values(), self._clock.now())
        self._count(new=len(new), known=len(wanted) - len(new), erased=len(gone), started=started)


def _fire(session: Session, people: Sequence[Lead], numbers: Collection[int], now: datetime) -> int:
    """Fire what the arrival of these people starts: for each trigger that wants one of them, all of them at once."""
    venture_id = people[0].venture_id
    rows = [row for row in automation.list_triggers(session, venture_id) if row.enabled]
    facts = [lead.facts() for lead in people]
    started = 0
    for trigger in (automation.trigger_of(row) for row in rows if row.type == "database_insert"):
        if any(all(p.holds(one) for p in trigger.conditions) for one in facts):
            started += _enter(session, trigger, people, numbers, now)
    if any(row.type == "segment_entered" for row in rows):
        crossed = (
            one
            for lead in people
            if lead.segment_id
            for one in fire_crossings(session, None, lead, now, event=arrival(lead))
        )
        started += sum(1 for fired in crossed if fired.enrolment_no)
    return started


def _enter(
    session: Session, trigger: TriggerDefinition, people: Sequence[Lead], numbers: Collection[int], now: datetime
) -> int:
    first, last = min(numbers), max(numbers)
    if leads.count_between(session, people[0].venture_id, first, last) != len(numbers):
        # Somebody else's rows stand among these, and whether they start anything is not for this import to say.
        fired = (fire(session, trigger, lead, now, event=arrival(lead)) for lead in people)
        return sum(1 for one in fired if one.enrolment_no)
    started, after = 0, first - 1
    while True:
        # New people enter once here, so that their arrival needs no more of a key than the lead.
        window = enrol_window(session, trigger.trigger_id, now, after=after, through=last, event="insert")
        started, after = started + window.enrolled, window.last
        if window.done or window.stopped:
            return started


class _Rejected(Exception):
    """Why a row cannot be imported."""


class _Rejects:
    """The rejects file: rows as they came, each with its number and reason; only its owner may read it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None
        self._writer: Any = None

    def write(self, header: Sequence[str], row: Row, reason: str) -> None:
        """Add a row; the file is begun with the first one, and one of an earlier import is replaced."""
        if self._file is None:
            self._begin(header)
        cells = (neutralised(_encodable(cell)) for cell in row.cells)
        self._writer.writerow([row.number, neutralised(_encodable(reason)), *cells])

    def _begin(self, header: Sequence[str]) -> None:
        try:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise InvalidInput(
                f"the rejects file cannot be written: {error.strerror}",
                field="--rejects",
                value=str(self._path),
                allowed="a file in a folder that can be written",
            ) from error
        self._file = os.fdopen(descriptor, "w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(["rejected row", "reason", *(neutralised(_encodable(cell)) for cell in header)])

    def close(self) -> None:
        """Finish the file, if it was begun."""
        if self._file is not None:
            self._file.close()


def _encodable(cell: str) -> str:
    """The cell with what is no text shown as an escape."""
    return cell.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
