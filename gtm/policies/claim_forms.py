"""The forms in which copy claims something without a number: data, one entry a form, tried on every text.

Each has the phrases that claim and the phrases that look alike and claim nothing, as regular expressions, one or
several alternatives a line; a name in braces stands for words of `gtm.policies.claim_words`. What these find is
measured on planted sentences (`tests/data/planted/claims*.yaml`).
"""

from gtm.policies.claim_form import ClaimForm
from gtm.policies.claim_promises import PROMISES
from gtm.policies.claim_witnesses import WITNESSES

FORMS: tuple[ClaimForm, ...] = (*PROMISES, *WITNESSES)
"""Tried in this order; of two that meet, the first is told."""
