"""The guard that heeds what people chose on their preference page: which purposes, and how often each."""

from collections.abc import Sequence
from datetime import timedelta

from gtm.automation.guards_values import Candidate, Desk, Verdict
from gtm.domain.preferences import LONGEST, PURPOSE_WORDS, Preference
from gtm.domain.vocabulary import ConsentPurpose
from gtm.store.repositories import preferences

Asked = tuple[Candidate, ConsentPurpose, Preference]

USUAL: ConsentPurpose = "product"
"""What mail of a workflow is about whose campaign is not stored."""


def chosen(desk: Desk, asked: Sequence[Candidate]) -> dict[str, Verdict]:
    """Marketing mail of a purpose that the person declined is not sent; one that comes too often for them waits.

    Two mails of one purpose in one group count as well.
    """
    marketing = [one for one in asked if one.purpose == "marketing"]
    answers = preferences.of_leads(desk.session, {one.lead.lead_id for one in marketing}) if marketing else {}
    minded = [one for one in marketing if one.lead.lead_id in answers]
    if not minded:
        return {}
    of = preferences.purposes(desk.session, {one.definition.campaign_id for one in minded})
    wished: list[Asked] = []
    for one in minded:
        purpose = of.get(one.definition.campaign_id, USUAL)
        if answer := answers[one.lead.lead_id].get(purpose):
            wished.append((one, purpose, answer))
    declined = {
        one.key: Verdict("skip", f"the recipient chose no mail about {PURPOSE_WORDS[purpose]}")
        for one, purpose, answer in wished
        if not answer.allowed
    }
    return declined | _too_soon(desk, [one for one in wished if one[2].allowed and one[2].every_days])


def _too_soon(desk: Desk, asked: Sequence[Asked]) -> dict[str, Verdict]:
    if not asked:
        return {}
    people = {one.lead.lead_id for one, _, _ in asked}
    last = preferences.sent_since(desk.session, people, desk.now - LONGEST)
    found: dict[str, Verdict] = {}
    for one, purpose, answer in asked:
        before = [at for (lead_id, of), at in last.items() if lead_id == one.lead.lead_id and (of or USUAL) == purpose]
        free = max(before) + timedelta(days=answer.every_days or 0) if before else desk.now
        if free > desk.now:
            why = f"the recipient chose mail about {PURPOSE_WORDS[purpose]} every {answer.every_days} days"
            found[one.key] = Verdict("defer", why, free)
        else:
            last[one.lead.lead_id, purpose] = desk.now
    return found
