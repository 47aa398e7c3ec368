"""Filling text templates with values, safely.

Templates come from models and from people, so they get a small language: text, `{{ name }}`, a few filters and
`{% if name %}`. Loops, calls, attribute and item access, imports and assignments are refused before anything runs
(SOP step 2.1: declared placeholders; an undeclared or missing variable is an error).
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError, meta, nodes
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import escape

from gtm.domain.conditions import Scalar
from gtm.domain.errors import TemplateRefused, UnknownVariable, shorten

MAX_OUTPUT = 200_000
"""Characters a rendered text may have; a mail with more is cut by mail clients long before."""

MAX_SOURCE = 100_000
KEPT = 2048
"""Templates that are kept compiled: a mail has three, and a venture some hundred mails."""

FILTERS = frozenset({"capitalize", "default", "lower", "title", "trim", "upper"})

_BRACE = re.compile(r"\{\{\s*'\{'\s*\}\}")
_LANGUAGE = re.compile(r"\{[{%#]|\{$")
"""What opens an expression, a statement or a comment, or may do so with what follows; any other brace is text, as those
of a style sheet are."""
_MARK = "\x00"
_PLAIN = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")

_ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


def _environment(*, html: bool) -> SandboxedEnvironment:
    # Plain-text mail must keep its ampersands; HTML bodies are rendered with html=True.
    return SandboxedEnvironment(undefined=StrictUndefined, autoescape=html, keep_trailing_newline=True)


_TEXT = _environment(html=False)
_HTML = _environment(html=True)


def placeholders(text: str) -> set[str]:
    """The names of the variables a template needs.

    Raises:
        TemplateRefused: it does not parse, is too long, or uses more than text, variables, filters and `if`.
    """
    return set(_variables(text)[0])


def inlined(text: str, values: Mapping[str, str]) -> str:
    """The template with some of its variables written into it as text; the others are left to be filled later.

    A brace in a value stays a brace: what people and models wrote never becomes part of the template's language. Only
    a plain `{{ name }}` is written in; where a filter or a condition names the variable, it is left.

    Args:
        text: the template.
        values: what is known already, by name.

    Raises:
        TemplateRefused: the template uses what it may not.
    """
    placeholders(text)
    return _PLAIN.sub(lambda found: literal(values[found[1]]) if found[1] in values else found[0], text)


def literal(value: str) -> str:
    """A text as a template that renders to it: its braces are no language."""
    return value.replace("{", "{{ '{' }}")


def render(text: str, values: Mapping[str, Scalar], *, html: bool = False, limit: int = MAX_OUTPUT) -> str:
    """Fill a template.

    Args:
        text: the template.
        values: plain values by name.
        html: escape the values for HTML.
        limit: characters the result may have at most.

    Raises:
        TemplateRefused: it does not parse, uses what it may not, or the result is longer than `limit`.
        UnknownVariable: it names a variable that `values` does not have; `field` is that name.
    """
    names, defaulted = _variables(text)
    for name in sorted(names.difference(values, defaulted)):
        raise UnknownVariable(
            f"the template names {name!r}, which has no value",
            field=name,
            value=text,
            allowed=", ".join(sorted(values)) or "no variable at all",
        )
    if (pieces := _plain_pieces(text)) is not None:
        filled = _filled(pieces, values, html=html)
        if len(filled) > limit:
            raise _too_long(limit)
        return filled
    parts: list[str] = []
    size = 0
    try:
        for part in _compiled(text, html).generate(**values):
            size += len(part)
            if size > limit:
                raise _too_long(limit)
            parts.append(part)
    except UndefinedError as error:
        raise UnknownVariable(f"the template cannot be filled: {error}", value=text) from error
    return "".join(parts)


def _too_long(limit: int) -> TemplateRefused:
    return TemplateRefused(f"the rendered text is longer than {limit} characters", field="text")


@lru_cache(maxsize=KEPT)
def _plain_pieces(text: str) -> tuple[str, ...] | None:
    """Text and names in turn of a template that has nothing but both, which is filled without its language; else None.

    `{{ '{' }}`, which stands for a brace, is text.
    """
    pieces = _PLAIN.split(_BRACE.sub(_MARK, text))
    if _MARK in text or "\r" in text or any(map(_LANGUAGE.search, pieces[::2])):
        return None
    if not _variables(text)[0].issuperset(pieces[1::2]):
        # Such as `{{ true }}`, which is no variable.
        return None
    return tuple(piece.replace(_MARK, "{") if number % 2 == 0 else piece for number, piece in enumerate(pieces))


def _filled(pieces: tuple[str, ...], values: Mapping[str, Scalar], *, html: bool) -> str:
    filled = list(pieces)
    if html:
        filled[1::2] = [escape(values[name]) for name in pieces[1::2]]
    else:
        filled[1::2] = [str(values[name]) for name in pieces[1::2]]
    return "".join(filled)


@lru_cache(maxsize=KEPT)
def _compiled(text: str, html: bool) -> Template:
    """The compiled template; the same few texts are filled for thousands of people."""
    return (_HTML if html else _TEXT).from_string(text)


@lru_cache(maxsize=KEPT)
def _variables(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names a text needs, and those of them that bring their own default."""
    tree = _parsed(text)
    names = frozenset(meta.find_undeclared_variables(tree))
    return names, frozenset(name for name in names if _has_default(tree, name))


def _parsed(text: str) -> nodes.Template:
    if len(text) > MAX_SOURCE:
        raise TemplateRefused(f"the template is longer than {MAX_SOURCE} characters", field="text")
    try:
        tree = _TEXT.parse(text)
    except (TemplateSyntaxError, RecursionError) as error:
        raise TemplateRefused(f"the template does not parse: {error}", field="text", value=text) from error
    pending: list[nodes.Node] = [tree]
    while pending:
        node = pending.pop()
        _refuse(node, text)
        pending.extend(node.iter_child_nodes())
    return tree


_WORDS = {"getattr": "getattr, a name with a dot: a value is named alone, as in {{ first_name }}"}
"""What a part of Jinja's language looks like to whoever wrote it, where its name does not tell."""


def _refuse(node: nodes.Node, text: str) -> None:
    name = type(node).__name__.lower()
    if not isinstance(node, _ALLOWED):
        raise TemplateRefused(
            f"a template may not use {_WORDS.get(name, name)} (line {node.lineno})",
            field="text",
            value=shorten(text),
            allowed="text, {{ variable }}, simple filters and {% if variable %}",
        )
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise TemplateRefused(
            f"a template may not use the filter {node.name!r}", field="text", allowed=", ".join(sorted(FILTERS))
        )
    if isinstance(node, nodes.Name) and node.name.startswith("_"):
        raise TemplateRefused(f"a template may not name {node.name!r}", field="text", value=shorten(text))


def _has_default(tree: nodes.Template, name: str) -> bool:
    """Whether every use of a variable has a `default` filter right behind it."""
    uses = [node for node in tree.find_all(nodes.Name) if node.name == name]
    covered = [f.node for f in tree.find_all(nodes.Filter) if f.name == "default" and isinstance(f.node, nodes.Name)]
    return all(any(use is node for node in covered) for use in uses)
