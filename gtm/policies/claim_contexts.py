"""What stands around a claim: who endorses, how a question or a request begins, what denies or doubts. Data."""

import re

from gtm.policies.claim_words import filled

_ENDORSED = filled(r"""
    adored|adopted|chosen|deployed|enjoyed|favou?red|loved|picked|praised|preferred|recommended|relied (?:up)?on|trusted
    used|backed|audited|certified
""")
ENDORSEMENT = re.compile(rf"\b(?:{_ENDORSED}) by\b(?! (?:you|your|whoever|a person)\b)[^.!?\n]{{0,60}}", re.I)
"""An endorsement and by whom."""

_PRESUPPOSING = filled(r"""
    want|ready|looking for|did you know|why (?:do|does|are|is|have|has|did)|isn['’]t|aren['’]t|wouldn['’]t|what if
    would you like|who else (?:offers|gives|lets|shows|does|can|has)|how do|how does|how did|how about|need|fancy
""")
PRESUPPOSES = re.compile(rf"^\W*(?:(?:so|and|but) )?(?:{_PRESUPPOSING})\b", re.I)
"""How a question begins that takes for granted what it holds; any other question claims nothing."""

_NO = r"not|no|nor|neither|without|never|hardly|rarely|cannot|(?:nobody|no one|no(?: [a-z]+)?) (?:can|could|will)"
_BETWEEN = r"a|an|any|the|yet|been|be|claim|claim to be|promise|say|offer|give"
DENIES = re.compile(rf"(?:\b(?:{_NO})|n['’]t)(?: (?:{_BETWEEN}))*\s$", re.I)
"""What stands before a claim that is denied."""

HEDGES = re.compile(r"\b(?:perhaps|maybe|might|possibly)\b", re.I)
"""What takes the claim out of a clause."""

REQUESTS = re.compile(r"^\W*(?:please )?(?:start|begin|bring|pick|send|ask|let|try)\b", re.I)
"""How a sentence begins that asks the reader for something: its numbers are the reader's."""
