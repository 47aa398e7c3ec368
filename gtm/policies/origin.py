"""Words that come from a prompt, a brief or a document and were meant for a model, never for a reader."""

import re
from collections.abc import Iterator

from gtm.domain.campaign import ContentPiece
from gtm.domain.check import CopyFault

_TOLD = r"(?:instructions?|prompts?|rules|messages?|directions|commands|orders)"
_EARLIER = r"(?:all |any |the |your |these |my )*(?:previous|prior|above|earlier|preceding|foregoing|other)"
_SIGNS: tuple[tuple[str, str], ...] = (
    (rf"\b(?:ignore|disregard|forget|override|bypass)\s+{_EARLIER}(?:\s+{_TOLD})?", "an order to ignore instructions"),
    (rf"\b(?:ignore|disregard|override|bypass)\s+(?:all |any |your |these |the )+(?:system |policy |safety )?"
     rf"(?:{_TOLD}|checks|guardrails|policies)\b", "an order to ignore instructions"),
    (r"\bforget everything (?:you|above|before)", "an order to ignore instructions"),
    (r"\b(?:new|updated|additional) instructions?\s*:", "an order to a model"),
    (r"\b(?:system|developer) prompt(?:s(?! (?:you|me|us|them|him|her|for)\b))?\b(?!s)", "a piece of a prompt"),
    (r"^\s*(?:system|assistant|user)\s*:", "a piece of a prompt"),
    (r"<\|[a-z_]+\|>|\[/?INST\]|<</?SYS>>|^#{2,}\s*(?:instructions?|system|response|input)\b", "a prompt's mark"),
    (r"\bas an? (?:AI|large language|language)\b[^.]{0,20}\bmodel\b|\bas an AI\b", "a model's words"),
    (r"\byou are (?:an? )(?:helpful |AI |expert |professional )*(?:assistant|copywriter|language model|AI)\b"
     r"(?=[ ,]*(?:that|who|for|\.|$|,))", "a piece of a prompt"),
    (r"\byour task is to (?:write|generate|produce|create|draft)\b", "a piece of a prompt"),
    (r"\b(?:do not|don['’]t|never) (?:reveal|mention|repeat|disclose) (?:these|this|the|your|my) "
     rf"(?:system )?{_TOLD}", "an order to a model"),
    (r"\breveal (?:your|the) (?:system |hidden |secret )", "an order to a model"),
    (r"^\s*(?:sure|certainly|of course|absolutely)[,!.]? (?:here(?:['’]s| is| are))\b[^.\n]{0,60}\b"
     r"(?:draft|variants?|versions?|copy|email|text|options?)\b", "a model's words"),
    (r"\bhere (?:is|are) the [^.\n]{0,50}\b(?:requested|JSON|format)\b", "a model's words"),
    (r"\bI(?:['’]m| am) sorry,? but I (?:can['’]?t|cannot|am unable)\b", "a model's words"),
    (r"\bI (?:cannot|can['’]t) (?:help|assist|comply) with (?:that|this)\b", "a model's words"),
    (r"\bmark (?:the|this) (?:step|run|piece|campaign) as (?:approved|passed|done)\b", "an order to a model"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern, re.I | re.M), what) for pattern, what in _SIGNS)


def origin_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """What of a text was meant for a model, as (start, end, what it is)."""
    for pattern, what in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), what


def origin_faults(piece: ContentPiece) -> Iterator[CopyFault]:
    """Instructions and pieces of a prompt that stand in copy."""
    for element in piece.elements:
        for variant in element.variants:
            for start, end, what in origin_spans(variant.text):
                yield CopyFault(
                    check="content.origin",
                    piece=piece.piece_id,
                    element=element.variable,
                    variant=variant.label,
                    span=variant.text[start:end],
                    start=start,
                    end=end,
                    why=f"{what}, which no reader is meant to see",
                    repair="leave it out; nothing of it is followed",
                )
