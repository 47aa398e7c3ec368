"""The closed lists of words by which a sentence is told to be an instruction, a plan or a statement."""

import re

MACHINE = (
    r"a\.?i\.?(?: (?:model|agent|assistant|system))?|llm|(?:large )?language model|assistant|chat ?bot|chatgpt|"
    r"gpt(?:-\d\w*)?|claude|gemini|copilot|model|agent|crew|system|bot"
)
PEOPLE = (
    r"reviewers?|approvers?|readers?|editors?|writers?|copywriters?|authors?|team|colleagues?|everyone|whoever|"
    r"designers?|marketers?|marketing|sales|agency|lead"
)
"""Who may be spoken to in a document for colleagues."""

ADDRESSED = (
    r"(?:the )?(?:copy|copywriters?|writers?|ads?|adverts?|posts?|mails?|e-?mails?|headlines?|slogans?|drafts?|content|"
    r"campaigns?|agency|reviewers?|editors?|generated \w+|final \w+|marketing|sales team|brief|output|answer|summary|"
    r"assistant|model|all texts?|every text)"
)
"""Of whom or what a document demands something."""

_SAYING_TEXT = """
advertise announce approve assume claim cite classify compare describe disregard emphasise emphasize ensure
exaggerate highlight ignore imply invent label mention omit portray praise present pretend promise promote quote
rank rate remember repeat say state stress suggest tell treat
"""
SAYING = frozenset(_SAYING_TEXT.split())
"""What the author of copy is told to do with words; customers are told none of it."""

_TAKES_OBJECT_TEXT = """
accept act add address adopt answer apply approve ask assign assume attach avoid be begin block boost bring build
buy call cancel change charge check choose claim close collect compare complete confirm connect contact continue
copy count cover create cut delete deliver develop do double draft drive drop emphasise enter exclude execute expand
extend fill find finish fix focus follow forget get give go grow hide hire hold import improve include increase
insert introduce invest invite invoice join keep label launch leave let lift list load look lower make manage mark
measure meet mention move name negotiate note offer open order organise organize output pay pick plan position post
prepare present press print prioritise prioritize produce promise promote provide publish push put quote raise rank
rate reach read recommend record recruit reduce refer release remove rename repeat replace reply report request
respond return review rewrite run save say schedule search select sell send set share show sign skip speak spend
start state stop stress suggest summarise summarize support switch take target tell test translate triple trust try
turn update upload use verify visit wait win write
"""
TAKES_OBJECT = frozenset(_TAKES_OBJECT_TEXT.split())
"""Verbs that open an imperative where an object follows; many are nouns as well."""

WORK = re.compile(
    r"\b(?:ads?|adverts?|brief|budgets?|campaigns?|claims?|competitors?|copy|credentials?|facts?|"
    r"fact[- ]check(?:ing|s)?|checks|checking|headlines?|influencers?|investors?|journalists?|legal review|"
    r"newsletters?|numbers?|figures?|phrases?|podcasts?|posts?|press|reviewers?|approvers?|sections?|sentences?|slogans?|sources?|"
    r"testimonials?|this (?:file|document|page|text|list)|tone|webinars?|words?|us|blog|market leader|evidence|"
    r"outages?)\b",
    re.I,
)
"""Objects of the work on a campaign, which no customer of the product handles."""

MEDIUM = re.compile(
    r"\b(?:newsletters?|mailings?|e-?mails?|blogs?|(?:blog |linkedin |instagram |facebook |social )?posts?|articles?|"
    r"videos?|webinars?|podcasts?|episodes?|adverts?|ads?|campaigns?|tweets?|threads?|reels?|stories|round tables?|"
    r"meet-?ups?|workshops?|case stud(?:y|ies)|press releases?|live ?streams?|carousels?|experiments?)\b",
    re.I,
)
"""What a marketing plan sends out again and again."""

_COUNT = r"(?:\d+|one|two|three|four|five|six|seven|ten)"
_PERIOD = r"(?:day|week|fortnight|month|quarter|year)"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
CADENCE = (
    rf"(?:once|twice|thrice|{_COUNT} times) (?:an?|per|each|every) {_PERIOD}"
    rf"|\b(?:daily|weekly|fortnightly|bi-?weekly|monthly|quarterly)\b"
    rf"|\b(?:every|each) (?:other |second |{_COUNT} )?(?:{_PERIOD}s?|{_WEEKDAY}|weekday|morning)\b"
    rf"|\b(?:an?|per) {_PERIOD}\b|\bon (?:{_WEEKDAY}s(?:,? and |, )?)+"
)
"""How often something comes."""

FINITE = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|does|do|did|can|could|(?-i:may)|might|must|will|would|goes?|went|reach(?:es|ed)?|"
    r"reads?|gets?|got|receives?|received|sends?|sent|answers?|answered|brings?|brought|comes?|came|costs?|takes?|took|"
    r"runs?|ran|makes?|made|shows?|showed|grew|grows?|sold|sells?|won|wins?|use[sd]?|books?|booked|save[sd]?|joined|"
    r"opens?|opened|launched|started|counts?|counted|helps?|helped|gives?|gave|keeps?|kept|lets?|works?|worked|includes?|"
    r"attracts?|attracted|draws?|drew|fills?|filled|lists?|reports?|reported|doubled|cut|fell|rose)\b",
    re.I,
)
"""Words by which a sentence says that something is or was the case."""

_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|"
    r"jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
LATER = r"(?:weeks?|months?|quarters?|years?|seasons?|spring|summer|autumn|fall|winter|half[- ]year)"
FUTURE = (
    rf"(?:(?:the )?(?:next|coming|following) (?:\w+ )?{LATER}|"
    rf"(?:the )?(?:first|second|third|fourth|last) (?:quarter|half)|"
    rf"(?:early |mid |late |mid-)?(?:spring|summer|autumn|winter)|(?:Q[1-4]|H[12])\b|(?:early |mid |late )?{_MONTH}\b|"
    rf"20\d\d|(?:the )?end of (?:the |this |next )?{LATER}|this (?:quarter|year|spring|summer|autumn|winter))"
)
"""A time that a plan names."""
