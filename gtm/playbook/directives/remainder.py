"""What of a sentence no form has read: a comment that is half understood says which half was not.

A word counts as read when the sentence would ask for something else without it; so the forms need not tell which words
they used. What is left are content words: they are kept as the person wrote them, with what stands around them.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from gtm.domain.vocabulary import Cta
from gtm.playbook.directives.words import QUOTED, Found

Read = Callable[[str], Sequence[Found]]

_TOKEN = re.compile(rf"(?:{QUOTED.pattern})|[^\W_](?:[\w%$€@&'’/:.+-]*[\w%])?%?")
_MASK = "·"
_CLAUSE = re.compile(r"[,;:()–—]|\b(?:and|but|then|also|plus)\b", re.I)
_REASON = re.compile(
    r"[,;]?\s*\b(?:because|since (?:we|it|they|that|the|our)|so that|in order to|as (?:we|it|they|our))\b[^,;]*", re.I
)
"""Why something is asked; it asks for nothing itself."""

_FUNCTION_TEXT = """
a an the this that these those it its them they their there here we us our ours you your i me my he she his her who
which what when where how why if as of to in on at by for from with into onto over under than then so and or but nor
also too just only even still yet very much more less most least quite rather really bit little lot lots some any each
every all both either neither no not never is are was were be been being am do does did doing done have has had having
can could will would shall should may might must let let's please kindly thanks thank ok okay yes well now again hour
hours h before after earlier later day days week weeks month months
i'd i'll we'd we'll it's that's they're isn't aren't wasn't
"""
_FUNCTION = frozenset(_FUNCTION_TEXT.split())
"""Words that ask for nothing wherever they stand."""

_AROUND_TEXT = """
make makes making made use uses using used put puts set sets get gets give gives take takes keep want wants need needs
like likes try go goes going change changes changed update rewrite revise mend fix write writes say says saying mention
call calls think believe feel feels seem seems sound sounds look looks don't doesn't won't can't cannot didn't
cut reduce lower raise increase lift boost shrink trim bring move adjust
email emails e-mail e-mails mail mails message messages letter letters sequence sequences copy text texts content
wording phrase phrases word words term terms language sentence sentences paragraph paragraphs piece pieces tone voice
style subject subjects line lines headline headlines cta button buttons action asking ask plan plans campaign campaigns
budget budgets money spend spending share shares split channel channels objective objectives goal goals weight weights
priority trigger triggers rate limit limits lead leads person people contact contacts workflow workflows delay delays
ad ads wait waits gap interval between apart time times date dates start starts launch launches begin begins send sends
sending sent out per instead around about approximately roughly max maximum first second third next last one two three
everything everywhere throughout overall general generally altogether always anywhere anything something thing things
way ways version revision draft drafts step steps today
"""
_AROUND = _FUNCTION | frozenset(_AROUND_TEXT.split())
"""Words that ask for nothing beside what a form has read in the same clause."""


_COUNTED = frozenset({"delay_hours", "shares", "weights", "rate_limit", "split", "email_count"})
"""Directives that hold a number."""


@dataclass(frozen=True)
class _Word:
    start: int
    end: int
    text: str


def unread(sentence: str, read: Read) -> tuple[str, ...]:
    """The parts of a sentence that no form has read, as they were written; none of a sentence that is read whole.

    Args:
        sentence: one sentence of a comment, of which at least one form reads something.
        read: what all forms find in a text.
    """
    asked, text = read(sentence), _REASON.sub(lambda m: _MASK * len(m.group()), sentence)
    if read(text) != asked:
        text = sentence
    left: list[_Word] = []
    for word in [_Word(m.start(), m.end(), m.group()) for m in _TOKEN.finditer(text)]:
        without = text[: word.start] + _MASK * (word.end - word.start) + text[word.end :]
        if read(without) == asked:
            text = without
            left.append(word)
    keys = {key for found in asked for key in found}
    # `Use book_demo instead of start_trial`: the call that is given up is told to be clear, and asks for nothing.
    left = [word for word in left if "cta" not in keys or word.text.lower() not in get_args(Cta)]
    return tuple(part for part in _parts(sentence, left, bool(keys & _COUNTED)) if not _said_twice(read(part), asked))


def _parts(sentence: str, left: Sequence[_Word], counted: bool) -> Iterator[str]:
    """The runs of unread words that hold a content word, each within its clause.

    Args:
        counted: whether a number was read, so that another one is what it is changed from.
    """
    for start, end in _clauses(sentence):
        mine = [word for word in left if start <= word.start < end]
        rest = _blanked(sentence[start:end], [(word.start - start, word.end - start) for word in mine])
        small = _AROUND if re.search(r"\w", rest) else _FUNCTION
        for run in _runs(sentence, mine):
            if any(not _is_small(word.text, small, counted) for word in run):
                yield sentence[run[0].start : run[-1].end].strip()


def _clauses(sentence: str) -> Iterator[tuple[int, int]]:
    quoted = QUOTED.sub(lambda m: _MASK * len(m.group()), sentence)
    at = 0
    for match in _CLAUSE.finditer(quoted):
        yield at, match.start()
        at = match.end()
    yield at, len(sentence)


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _runs(sentence: str, words: Sequence[_Word]) -> Iterator[list[_Word]]:
    run: list[_Word] = []
    for word in words:
        if run and re.search(r"\w", sentence[run[-1].end : word.start]):
            yield run
            run = []
        run.append(word)
    if run:
        yield run


def _is_small(word: str, small: frozenset[str], counted: bool) -> bool:
    plain = word.lower().replace("’", "'")
    return plain in small or (counted and plain.rstrip("%").isdigit())


def _said_twice(part: Sequence[Found], asked: Sequence[Found]) -> bool:
    """Whether a part asks for what the sentence asks for anyway: “shorter, tighter”."""
    known = {key: value for found in asked for key, value in found.items()}
    again = [(key, value) for found in part for key, value in found.items()]
    return bool(again) and all(_holds(known.get(key), value) for key, value in again)


def _holds(known: object, value: object) -> bool:
    if isinstance(known, tuple) and isinstance(value, tuple):
        return set(value) <= set(known)
    return known == value
