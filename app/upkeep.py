"""The upkeep of a worker of this application: the engine's own, and what the settings ask for."""

from typing import TYPE_CHECKING

from gtm.automation.maintenance.base import Task
from gtm.automation.maintenance.confirmations import confirmation_mailer
from gtm.automation.maintenance.feedback import feedback_reader
from gtm.automation.maintenance.flights import flight_keeper
from gtm.automation.maintenance.pilots import pilot_keeper
from gtm.automation.maintenance.reconciler import reconciler
from gtm.automation.maintenance.runner import standard_tasks

if TYPE_CHECKING:
    from app.settings import Settings
    from gtm.automation.ports import Services
    from gtm.domain.spec import Policies


def tasks_of(
    settings: "Settings", policies: "Policies", services: "Services", keep_days: int | None = None
) -> tuple[Task, ...]:
    """Every upkeep task of one worker.

    Args:
        settings: of this process.
        policies: what config/policies.yaml says of retention, pilots and pacing.
        services: what its actions work with; the mail connector is asked about sends in doubt, and sends mails that
            ask for a confirmation.
        keep_days: another number of days for ended enrolments.
    """
    retention = policies.retention
    if keep_days is not None:
        retention = retention.model_copy(update={"enrolment_days": keep_days})
    sending = (reconciler(services.mailer), confirmation_mailer(services))
    own = (*sending, pilot_keeper(policies), flight_keeper(policies.pacing))
    tasks = (*standard_tasks(retention), *own)
    folder = settings.feedback_maildir
    return tasks if folder is None else (*tasks, feedback_reader(folder))
