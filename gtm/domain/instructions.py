"""Sentences of a document that speak to whoever reads it with a machine: they are data, and never facts.

Nothing here keeps a model or the playbook from being told things; that is what the closed set of fields and the check
of every quote do. It finds what a person should see before they confirm.
"""

import re
from collections.abc import Iterator

from gtm.domain.speech_acts import is_instruction_to_reader

_MACHINE = r"(?:ai|llm|language model|assistant|chat ?bot|model|agent|crew|system|bot)"
_PATTERNS = (
    r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:instruction|prompt|rule|polic|guard)",
    r"\b(?:ignore|disregard|forget)\b (?:\w+ ){0,4}(?:above|previous|prior)"
    r"(?=\W*$|\s*[.,;:!\n]| (?:and|text|content|messages?|context|conversation|guidance|orders?|directions?)\b)",
    r"\b(?:new|updated|real|hidden|secret) (?:system )?(?:instructions?|prompt)\b",
    r"\bsystem prompt\b|\bdeveloper (?:message|mode)\b|\bjailbreak\b",
    rf"\byou are (?:now )?(?:an?|the) (?:\w+ )?{_MACHINE}\b",
    rf"\b(?:as|dear|attention,?|hey,?|note to(?: the)?) (?:an? |the |any )?{_MACHINE}\b",
    r"\b(?:set|change|raise|lower|increase|reduce) (?:the |your |our )?(?:monthly |annual |total )?budget to\b",
    r"\b(?:approve|confirm|accept) (?:this|everything|all|the (?:brief|plan|strategy|budget|venture))\b",
    r"\b(?:mark|set) .{0,40}\bas (?:approved|claimable|validated)\b",
    r"\b(?:do not|don't|never) (?:tell|inform|show|mention|warn|ask) "
    r"(?:the )?(?:user|person|human|reviewer|approver|lead)\b",
    r"\b(?:reveal|print|repeat|output|leak|send|post|upload|exfiltrate) (?:your|the|all|any) "
    r"(?:\w+ )?(?:prompt|instructions?|secrets?|api keys?|passwords?|credentials?|environment)\b",
    r"\b(?:run|execute) (?:the following|this) (?:command|code|script)\b|\brm -rf\b|\bcurl https?:",
    r"<\|?(?:im_start|im_end|system|endoftext|assistant)\|?>|\[/?INST\]|\{\{|\}\}|\{%|%\}|\{#|#\}",
    r"<{3,}|>{3,}",
)
_SUSPECT = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS), re.I)


_END = re.compile(r"[.!?](?=\s|$)|\n")


def is_instruction(text: str) -> bool:
    """Whether a text gives orders to a machine or to whoever reads it, or holds marks that machines read."""
    return next(instructions_in(text), None) is not None


def instructions_in(text: str) -> Iterator[tuple[int, int]]:
    """Where such sentences stand in a text, as (start, end), in its order."""
    suspect = [(found.start(), found.end()) for found in _SUSPECT.finditer(text)]
    spoken = [(begin, end) for begin, end in _sentences(text) if is_instruction_to_reader(text[begin:end])]
    last = -1
    for start, stop in sorted([*suspect, *spoken]):
        if start < last:
            continue
        begin = max(text.rfind(mark, 0, start) for mark in ("\n", ". ", "! ", "? ")) + 1
        end = _END.search(text, stop - 1)
        last = end.end() if end else len(text)
        yield begin, last


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    begin = 0
    for stop in _END.finditer(text):
        yield begin, stop.end()
        begin = stop.end()
    if begin < len(text):
        yield begin, len(text)
