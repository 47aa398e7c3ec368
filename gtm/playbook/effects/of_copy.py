"""Effects of a comment on the copy: words, length, call to action, voice, number of e-mails."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from gtm.domain.campaign import CampaignTemplate, ContentPiece
from gtm.domain.names import counted, in_text
from gtm.domain.review import ReviewFacts
from gtm.domain.vocabulary import Checkpoint
from gtm.playbook.copy_desk import voice_after
from gtm.playbook.directives import Directives
from gtm.playbook.effects.found import Effect, absent, elsewhere
from gtm.playbook.feasible import cta_refusal, voice_refusal
from gtm.playbook.templates import sequence_refusal


def copy_effects(checkpoint: Checkpoint, facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    """What the newest comment asked of templates and copy, against what stands."""
    for effects in (_words, _length, _cta, _voice, _emails):
        for effect in effects(facts, asked):
            yield elsewhere(effect.asked, checkpoint, "content", "campaigns") or effect


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
        hits = [p.piece_id for p in pieces for e in p.elements for v in e.variants if whole.search(v.text)]
        where = (
            f"it occurs in {counted(len(set(hits)), 'piece')}, first {hits[0]}"
            if hits
            else f"it occurs in no piece of {len(pieces)}"
        )
        yield Effect(told, not hits, where, ("content",))


def _length(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if not asked.shorter:
        return
    earlier = facts.content_before
    if any(p.piece_id in earlier for p in _pieces(facts)):
        yield _shortened([(p, earlier[p.piece_id]) for p in _pieces(facts) if p.piece_id in earlier])
        return
    bodies = [len(v.text.split()) for p in _pieces(facts) for e in p.elements if e.variable.endswith("_body")
              for v in e.variants]  # fmt: skip
    if not bodies:
        yield absent("shorter copy", "mail")
        return
    # The round before is not at hand, so this is told for a person to judge.
    found = f"the mails have {min(bodies)} to {max(bodies)} words now; compare them with the round before"
    yield Effect("shorter copy", done=True, found=found, rests_on=("content",))


def _shortened(pairs: Sequence[tuple[ContentPiece, ContentPiece]]) -> Effect:
    """What became of the pieces that were to be shorter, against how they stood."""
    now, before = (sum(word_count(pair[place]) for pair in pairs) for place in (0, 1))
    stayed = [after.piece_id for after, earlier in pairs if word_count(after) >= word_count(earlier)]
    found = f"{counted(now, 'word')} in all versions now, {before} before"
    if stayed:
        named = f"{', '.join(stayed[:3])}{' and others' if len(stayed) > 3 else ''}"
        found += (
            f"; not shortened, as every part of it says what its structure needs in the fewest words known: {named}"
        )
    return Effect("shorter copy", done=now < before, found=found, rests_on=("content",))


def word_count(piece: ContentPiece) -> int:
    """The words of a piece, all its versions together."""
    return sum(len(v.text.split()) for e in piece.elements for v in e.variants)


def _cta(facts: ReviewFacts, asked: Directives) -> Iterator[Effect]:
    if asked.cta is None:
        return
    told, pieces = f"the call to action {asked.cta}", _pieces(facts)
    refused = cta_refusal(facts.brief, asked.cta)
    if refused:
        yield Effect(told, done=False, found=f"not possible: {refused}", rests_on=("offers",))
    elif not pieces:
        yield absent(told, "copy")
    else:
        counts = Counter(p.cta for p in pieces)
        shown = ", ".join(f"{name} {count}" for name, count in counts.most_common())
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
    yield Effect(told, not refused, found, ("brand.voice",))


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
    yield Effect(told, done, f"{drip.name} has {len(drip.steps)}{why}", ("templates",))


def _drip(facts: ReviewFacts) -> CampaignTemplate | None:
    return next((t for t in facts.templates.templates if t.type == "email_drip"), None) if facts.templates else None
