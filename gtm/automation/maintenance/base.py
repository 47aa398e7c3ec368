"""What an upkeep task is: a name, an interval, and a function of the store and the moment."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field
from sqlmodel import Session

from gtm.domain.base import Model
from gtm.store.database import Database


class Report(Model):
    """What one run of a task did.

    Attributes:
        done: how many things it changed; 0 is a run that found nothing to do.
        figures: the particulars, by name.
        warning: what a person should know; empty when all is well.
    """

    done: int = 0
    figures: dict[str, int | str] = Field(default_factory=dict)
    warning: str = ""


@dataclass(frozen=True)
class Task:
    """One upkeep task.

    Attributes:
        every: how long after one run the next is due.
        run: does it; may be called by several processes at once and at any time without harm.
        wanted: whether there is work for it before its time.
    """

    name: str
    every: timedelta
    run: Callable[[Database, datetime], Report]
    wanted: Callable[[Session], bool] | None = None
