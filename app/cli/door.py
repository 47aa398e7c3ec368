"""What every command is given: settings and parts, made when first asked for."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import typer

from gtm.domain.errors import NotFound

if TYPE_CHECKING:
    from app.configuration import Configuration
    from app.settings import Settings
    from crews.services import Services
    from gtm.domain.clock import Clock
    from gtm.domain.dossier import Dossier
    from gtm.store.database import Database


@dataclass
class Door:
    """One invocation of the command line.

    Attributes:
        as_json: whether a machine reads; known before the arguments are parsed, so that errors fit too.
    """

    as_json: bool = False

    @cached_property
    def settings(self) -> "Settings":
        """The settings.

        Raises:
            ConfigError: a variable cannot be used.
        """
        from app import bootstrap

        return bootstrap.load_settings()

    @cached_property
    def configuration(self) -> "Configuration":
        """Everything of config/**.

        Raises:
            ConfigError: a file is broken.
        """
        from app import bootstrap

        return bootstrap.read_configuration()

    @cached_property
    def database(self) -> "Database":
        """The store, at the newest schema.

        Raises:
            StoreError: it cannot be opened.
        """
        from app import bootstrap

        return bootstrap.open_store(self.settings)

    @cached_property
    def clock(self) -> "Clock":
        """The machine's clock."""
        from gtm.domain.clock import SystemClock

        return SystemClock()

    @cached_property
    def services(self) -> "Services":
        """The parts that a run uses.

        Raises:
            ConfigError: a file or a setting is broken.
            StoreError: the store cannot be opened.
        """
        from app import bootstrap

        return bootstrap.build(self.settings, self.configuration, self.database)

    def person(self, by: str | None) -> str:
        """Who acts: the name given, else the setting, else the user of this machine."""
        from app import bootstrap

        return (by or self.settings.person or bootstrap.user_name()).strip() or "unknown"

    def dossier(self, run_id: str) -> "Dossier":
        """A run as it is stored."""
        from gtm.store.dossier import load_dossier

        with self.database.read() as session:
            return load_dossier(session, run_id)

    def run_id(self, ref: str) -> str:
        """The run that a run id, approval id or venture id means: of a venture, its latest.

        Raises:
            NotFound: there is nothing of that name.
        """
        from gtm.store.repositories import approvals, runs

        with self.database.read() as session:
            found = runs.get(session, ref) or runs.latest_of(session, ref)
            if found is not None:
                return found.run_id
            approval = approvals.find(session, ref)
        if approval is None:
            raise NotFound(
                f"there is no run, approval or venture {ref!r} with a run",
                field="REF",
                value=ref,
                hint="gtm runs lists the runs, gtm venture list the ventures",
            )
        return approval.run_id


def door_of(context: typer.Context) -> Door:
    """The door that this invocation came through."""
    door = context.find_object(Door)
    if door is None:
        door = context.obj = Door()
    return door
