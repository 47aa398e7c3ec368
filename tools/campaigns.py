"""The tools of substage 17.2: create templates, generate content, validate the brand voice, schedule campaigns."""

from decimal import Decimal

from pydantic import BaseModel
from sqlmodel import Session

from gtm.domain.base import canonical_json
from gtm.domain.campaign import CampaignContent
from gtm.domain.dossier import Dossier, TemplatePart, VoiceReport
from gtm.domain.errors import ProposalRefused
from gtm.domain.schedule import SchedulePlan
from gtm.domain.spec import Policies
from gtm.playbook.schedule import draft_schedule
from gtm.playbook.templates import draft_templates
from gtm.policies.brand_voice import voice_report
from gtm.store.repositories import campaigns as store
from tools.base import StepTool
from tools.proposals import ContentProposal, Nothing, ScheduleProposal, TemplateProposal


class CreateTemplate(StepTool):
    """Creates one campaign with its template (SOP step 2.1, `campaign_templates`)."""

    name: str = "create_template"
    description: str = "Create one campaign template and its campaign from the house's library of structures."
    args_schema: type[BaseModel] = TemplateProposal

    def act(self, proposal: TemplateProposal) -> str:
        """Instantiate the structure for the venture and store template and campaign."""
        dossier = self.dossier()
        return self.commit(f"template-{proposal.type}", lambda: self._part(proposal, dossier), self._persist)

    def _part(self, proposal: TemplateProposal, dossier: Dossier) -> TemplatePart:
        if dossier.channels is None or dossier.strategy is None:
            raise ProposalRefused("there is no channel plan yet", hint="finish step 1.2 first")
        context = self._context
        directives = context.directives["2.1"].model_copy(update={"email_count": _count(proposal, context.policies)})
        drafted = draft_templates(
            dossier.brief, dossier.channels, dossier.strategy, context.policies, context.templates, directives
        )
        campaign = next((c for c in drafted.campaigns if c.type == proposal.type), None)
        template = campaign and drafted.template(campaign.template_id)
        if campaign is None or template is None:
            raise ProposalRefused(
                f"no campaign of type {proposal.type} fits this venture's channels",
                allowed=", ".join(c.type for c in drafted.campaigns),
            )
        return TemplatePart(
            campaign=campaign.model_copy(
                update={"name": proposal.campaign_name, "cta": proposal.cta, "objective": proposal.objective}
            ),
            template=template,
        )

    def _persist(self, session: Session, part: TemplatePart) -> None:
        context = self._context
        store.save_template(
            session,
            context.venture_id,
            part.campaign,
            part.template,
            run_id=context.run_id,
            revision=context.revision("2.1"),
            now=context.clock.now(),
        )


def _count(proposal: TemplateProposal, policies: Policies) -> int | None:
    """How many e-mails were asked for; the other types have the steps of their structure."""
    if proposal.type != "email_drip":
        return None
    length = policies.sequence_length
    if not length.holds(Decimal(proposal.steps)):
        raise ProposalRefused(
            f"an e-mail sequence has {length.minimum} to {length.maximum} e-mails",
            value=proposal.steps,
            allowed=f"{length.minimum} to {length.maximum}",
        )
    return proposal.steps


class GenerateContent(StepTool):
    """Has the copy of all campaigns written, in parallel (SOP step 2.2, `campaign_content`)."""

    name: str = "generate_content"
    description: str = (
        "Generate the copy of the named campaigns for every segment; what is under test in at least two versions."
    )
    args_schema: type[BaseModel] = ContentProposal

    def act(self, proposal: ContentProposal) -> str:
        """Write and store every piece as a draft; LEAD's approval makes them approved."""
        dossier = self.dossier()
        campaigns = {c.campaign_id for c in dossier.templates.campaigns} if dossier.templates else set()
        strangers = set(proposal.campaign_ids) - campaigns
        if strangers or not campaigns:
            raise ProposalRefused(f"unknown campaigns: {sorted(strangers)}", allowed=", ".join(sorted(campaigns)))
        context = self._context
        revision = context.revision("2.2")
        return self.commit(
            "content",
            lambda: context.copywriter.write(
                dossier, proposal.campaign_ids, proposal.variants, proposal.tone, revision
            ),
            self._persist,
        )

    def _persist(self, session: Session, content: CampaignContent) -> None:
        context = self._context
        store.save_content(
            session, content, run_id=context.run_id, revision=context.revision("2.2"), now=context.clock.now()
        )


class ValidateBrandVoice(StepTool):
    """Scores every piece against the brand of stage 11."""

    name: str = "validate_brand_voice"
    description: str = "Score the stored content against the venture's brand voice; a piece below the minimum is named."
    args_schema: type[BaseModel] = Nothing

    def act(self, proposal: Nothing) -> str:
        """Store the scores and tell the lowest. Args: proposal: nothing is asked."""
        dossier = self.dossier()
        if dossier.content is None:
            raise ProposalRefused("there is no content yet", hint="call generate_content first")
        report = voice_report(dossier.content, dossier.brief, self._context.policies.brand_voice_minimum)
        receipt = self.commit("voice", lambda: report, self._persist)
        low = [score for score in report.scores if score.score < report.minimum]
        if low:
            names = ", ".join(f"{score.piece_id} ({score.score})" for score in low[:10])
            raise ProposalRefused(f"below the brand voice minimum of {report.minimum}: {names}")
        return receipt + canonical_json({"lowest": str(min(s.score for s in report.scores))})

    def _persist(self, session: Session, report: VoiceReport) -> None:
        store.save_voice_scores(session, self._context.run_id, self._context.revision("2.2"), report)


class ScheduleCampaign(StepTool):
    """Sets the schedules (SOP step 2.3, `campaign_schedules`)."""

    name: str = "schedule_campaign"
    description: str = "Set launch dates, e-mail slots, ad flights and the content calendar, from a first day on."
    args_schema: type[BaseModel] = ScheduleProposal

    def act(self, proposal: ScheduleProposal) -> str:
        """Compute the calendar from the first day and store it."""
        if proposal.starts < self._context.starts:
            raise ProposalRefused(
                f"starts {proposal.starts} lies in the past", allowed=f"{self._context.starts} or later"
            )
        dossier = self.dossier()
        return self.commit("schedule", lambda: self._plan(proposal, dossier), self._persist)

    def _plan(self, proposal: ScheduleProposal, dossier: Dossier) -> SchedulePlan:
        if dossier.templates is None or dossier.channels is None or dossier.budget is None:
            raise ProposalRefused("templates, channels or budget are missing", hint="finish steps 1.2 to 2.1 first")
        return draft_schedule(
            dossier.brief,
            dossier.templates,
            dossier.channels,
            dossier.budget,
            self._context.policies,
            starts=proposal.starts,
            directives=self._context.directives["2.3"],
        )

    def _persist(self, session: Session, plan: SchedulePlan) -> None:
        context = self._context
        store.save_schedule(
            session, plan, run_id=context.run_id, revision=context.revision("2.3"), now=context.clock.now()
        )
