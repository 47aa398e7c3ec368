"""Effects of a comment on the copy: words, length, call to action, voice, number of e-mails."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from gtm.domain.campaign import CampaignTemplate, ContentPiece
from gtm.domain.names import counted, in_text
from gtm.domain.review import ReviewFacts
from gtm.domain.vocabulary import Checkpoint, StepId
from gtm.playbook.copy_desk import voice_after
from gtm.playbook.directives import Directives
from gtm.playbook.effects.found import Effect, absent, placed
from gtm.playbook.feasible import cta_refusal, voice_refusal
from gtm.playbook.review_names import piece_name
from gtm.playbook.templates import sequence_refusal


def copy_effects(checkpoint: Checkpoint, facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    """What the newest comment asked of templates and copy, against what stands."""
    for effects, step in _MADE_BY:
        for effect in effects(facts, asked):
            yield placed(effect, checkpoint, facts, step)


def _pieces(facts: ReviewFacts) -> tuple[ContentPiece, ...]:
    return facts.content.pieces if facts.content else ()


def _words(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    pieces = _pieces(facts)
    for word in asked.avoid_words:
        told = f"no “{word}”"
        if not pieces:
            yield absent(told, "copy")
            continue
        whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.I)
        hits = [p for p in pieces if any(whole.search(v.text) for e in p.elements for v in e.variants)]
        if len(pieces) == 1:
            where = "it still occurs" if hits else "it does not occur"
        elif hits:
            where = f"it occurs in {counted(len(hits), 'piece')}, first in {piece_name(facts, hits[0])}"
        else:
            where = f"it occurs in none of {counted(len(pieces), 'piece')}"
        yield Effect(told, not hits, where, ("content",))


def _length(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if not asked.shorter:
        return
    pieces, earlier = _pieces(facts), facts.content_before
    pairs = [(p, earlier[p.piece_id]) for p in pieces if p.piece_id in earlier]
    if pairs:
        yield _shortened(facts, pairs)
    elif not pieces:
        yield absent("shorter copy", "copy")
    else:
        # Without the round before there is nothing to measure against: a person judges.
        found = f"it has {counted(sum(map(word_count, pieces)), 'word')} now; compare it with the round before"
        yield Effect("shorter copy", done=True, found=found, rests_on=("content",))


def _shortened(facts: ReviewFacts, pairs: Sequence[tuple[ContentPiece, ContentPiece]]) -> Effect:
    """What became of the pieces that were to be shorter, against how they stood."""
    now, before = (sum(word_count(pair[place]) for pair in pairs) for place in (0, 1))
    stayed = [piece_name(facts, after) for after, earlier in pairs if word_count(after) >= word_count(earlier)]
    found = f"{counted(now, 'word')} in all versions now, {before} before"
    if stayed:
        found += "; not shortened, as every part of it says what its structure needs in the fewest words known"
        if len(pairs) > 1:
            found += f": {', '.join(stayed[:3])}{' and others' if len(stayed) > 3 else ''}"
    return Effect("shorter copy", done=now < before, found=found, rests_on=("content",))


def word_count(piece: ContentPiece) -> int:
    """The words of a piece, all its versions together."""
    return sum(len(v.text.split()) for e in piece.elements for v in e.variants)


def _cta(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if asked.cta is None:
        return
    told, pieces = f"the call to action “{in_text(asked.cta)}”", _pieces(facts)
    refused = cta_refusal(facts.brief, asked.cta)
    if refused:
        yield Effect(told, done=False, found=f"not possible: {refused}", rests_on=("offers",), possible=False)
    elif not pieces:
        yield absent(told, "copy")
    else:
        counts = Counter(p.cta for p in pieces)
        shown = ", ".join(f"{in_text(name)} {count}" for name, count in counts.most_common())
        # Invitations and reminders lead to the session whatever is asked: its registration is what they are for.
        free = [p for p in pieces if p.cta != "register_webinar" or asked.cta == "register_webinar"]
        done = any(p.cta == asked.cta for p in pieces) and all(p.cta == asked.cta for p in free)
        if asked.cta == "register_webinar":
            done = all(p.cta == asked.cta for p in pieces)
        yield Effect(told, done, f"the pieces lead to {shown}", ("content", "offers"))


def _voice(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if not asked.tone_shift or facts.policies is None:
        return
    told = f"a {'more' if asked.tone_shift > 0 else 'less'} formal voice"
    if not _pieces(facts):
        yield absent(told, "copy")
        return
    own = facts.brief.brand.voice
    after = voice_after(own, asked, facts.policies)
    refused = voice_refusal(facts.brief, asked, moved=after != own)
    found = (
        f"not possible: {refused}" if refused else f"the copy is written {in_text(after)}, the brand is {in_text(own)}"
    )
    yield Effect(told, not refused, found, ("brand.voice",), possible=not refused)


def _emails(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if asked.email_count is None:
        return
    told, drip = f"a sequence of {asked.email_count} e-mails", _drip(facts)
    if drip is None:
        yield absent(told, "e-mail sequence")
        return
    refused = sequence_refusal(facts.brief, facts.policies, asked) if facts.policies else ""
    done = len(drip.steps) == asked.email_count
    why = f"; not possible: {refused}" if refused and not done else ""
    yield Effect(told, done, f"{drip.name} has {len(drip.steps)}{why}", ("templates",), possible=not refused)


def _drip(facts: ReviewFacts) -> CampaignTemplate | None:
    return next((t for t in facts.templates.templates if t.type == "email_drip"), None) if facts.templates else None


_MADE_BY: tuple[tuple[Callable[[ReviewFacts, Directives], Iterator[Effect]], StepId], ...] = (
    (_words, "2.2"),
    (_length, "2.2"),
    (_cta, "2.2"),
    (_voice, "2.2"),
    (_emails, "2.1"),
)
