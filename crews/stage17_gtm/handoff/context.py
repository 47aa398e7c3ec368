"""What every part of the handoff is made from."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from crews.previews import Previews
from gtm.domain.brief import VentureBrief
from gtm.domain.called import Called
from gtm.domain.dossier import Dossier
from gtm.domain.spec import Policies, StageSpec
from gtm.domain.workflow import TriggerDefinition, WorkflowTestReport


@dataclass(frozen=True)
class Context:
    """One package's sources.

    Attributes:
        now: when the package is written, aware; everything dated in it follows from this and the dossier.
        agent_url: address of the agent endpoint, such as `http://127.0.0.1:8017/agents/gtm-strategist`.
        dashboard_url: address of the campaign performance dashboard; empty when none is served.
        previews: pictures of the copy, as far as there are any.
    """

    dossier: Dossier
    now: datetime
    stage: StageSpec
    policies: Policies
    agent_url: str
    dashboard_url: str = ""
    previews: Previews = field(default_factory=Previews)

    @property
    def brief(self) -> VentureBrief:
        """The venture's brief."""
        return self.dossier.brief

    @property
    def called(self) -> Called:
        """The names of its parts."""
        return Called(self.dossier)

    def segment_name(self, segment_id: str | None) -> str:
        """A segment's name; its id where the brief does not know it."""
        return self.called.segment(segment_id)

    def campaign_name(self, campaign_id: str | None) -> str:
        """A campaign's name; its id where the templates do not know it."""
        return self.called.campaign(campaign_id)

    def named(self, text: str) -> str:
        """A text in which workflows, campaigns, triggers and pieces of copy stand by their names, not by their ids."""
        for key, name in self._names.items():
            if key in text:
                text = re.sub(rf"(?<![\w/-]){re.escape(key)}(?![\w/-])", name.replace("\\", r"\\"), text)
        return text

    @cached_property
    def _names(self) -> dict[str, str]:
        d = self.dossier
        flows = d.workflows.workflows if d.workflows else ()
        names = {c.campaign_id: c.name for c in (d.templates.campaigns if d.templates else ())}
        names |= {w.workflow_id: w.name for w in flows}
        pieces = d.content.pieces if d.content else ()
        names |= {p.piece_id: self.called.piece(p.campaign_id, p.segment_id, p.step) for p in pieces}
        for trigger in d.triggers.triggers if d.triggers else ():
            names[trigger.trigger_id] = self.called.trigger(trigger)
        return names

    def step_name(self, campaign_id: str, step: int) -> str:
        """The name of a step of a campaign's template; empty where there is none."""
        return self.called.step(campaign_id, step)

    def triggers_of(self, workflow_id: str) -> tuple[TriggerDefinition, ...]:
        """The triggers that start a workflow."""
        triggers = self.dossier.triggers.triggers if self.dossier.triggers else ()
        return tuple(t for t in triggers if t.workflow_id == workflow_id)

    def report_of(self, workflow_id: str) -> WorkflowTestReport | None:
        """The test report of a workflow, if it was tested."""
        reports = self.dossier.tests.reports if self.dossier.tests else ()
        return next((r for r in reports if r.workflow_id == workflow_id), None)
