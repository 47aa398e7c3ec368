"""Reading YAML that strangers write: plain data only, in the core schema of YAML 1.2, every fault named with its line.

YAML 1.1 reads `on`, `no` and `10:30` as true, false and 630; here they are the words and the time that they look like.
Numbers with a point come out as Decimal, never as float.
"""

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

from gtm.domain.errors import shorten

try:
    from yaml import CSafeLoader as _Base
except ImportError:  # a PyYAML built without libyaml reads the same, more slowly
    from yaml import SafeLoader as _Base  # type: ignore[assignment]

MAX_ALIASES = 20
MAX_DEPTH = 20
MAX_NUMBER = 30
"""Characters of a number; no figure of a venture is longer."""

_TAB_INDENT = re.compile(r"^ *\t", re.M)
_TAG = re.compile(r"constructor for the tag '([^']*)'")
_INT = re.compile(r"^[-+]?[0-9]+$")
_FLOAT = re.compile(
    r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$"
)


class YamlFault(Exception):
    """A text that is no YAML of ours; `faults` has a sentence each."""

    def __init__(self, *faults: str) -> None:
        super().__init__(faults[0])
        self.faults = faults


@dataclass
class _Notes:
    duplicates: list[str] = field(default_factory=list)


class _Loader(_Base):
    """Safe loader with the scalars of YAML 1.2; it notes keys that a mapping names twice."""

    notes: _Notes

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is not None and key != "<<" and key in seen:
                self.notes.duplicates.append(f"line {key_node.start_mark.line + 1}: the key {key!r} is given twice")
            if key is not None:
                seen.add(key)
        return super().construct_mapping(node, deep=deep)


def _float(loader: _Loader, node: yaml.ScalarNode) -> Decimal:
    text = str(loader.construct_scalar(node))
    special = text.lower().replace(".inf", "Infinity").replace(".nan", "NaN")
    return Decimal(special)


def _int(loader: _Loader, node: yaml.ScalarNode) -> int:
    return int(str(loader.construct_scalar(node)))


# Only the core schema: what is not listed here is a string, dates and times included; the models parse those.
_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+.0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:merge", re.compile(r"^<<$"), ["<"])
_Loader.add_constructor("tag:yaml.org,2002:int", _int)
_Loader.add_constructor("tag:yaml.org,2002:float", _float)


def read_yaml(data: bytes, *, limit_bytes: int) -> Any:
    """The one document of a YAML text.

    Args:
        data: the bytes of the file.
        limit_bytes: the longest file that is read.

    Raises:
        YamlFault: too large, not UTF-8, empty, no YAML, more than one document, too deeply nested, too many aliases or
            one within what it names, a tab as indentation, a tag that asks for an object, an endless number, or a key
            given twice.
    """
    text = _decoded(data, limit_bytes)
    tabs = [text.count("\n", 0, match.start()) + 1 for match in _TAB_INDENT.finditer(text)]
    if tabs:
        raise YamlFault(*(f"line {line}: indented by a tab; use spaces" for line in tabs[:20]))
    _inspect(text)
    return _composed(text)


def _decoded(data: bytes, limit_bytes: int) -> str:
    if len(data) > limit_bytes:
        raise YamlFault(f"the file has {len(data):,} bytes; at most {limit_bytes:,} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise YamlFault(f"byte {error.start + 1} is not UTF-8; save the file as UTF-8") from error
    if not text.strip():
        raise YamlFault("the file is empty")
    return text


def _inspect(text: str) -> None:
    """Walk the events without building anything, so that a bomb is refused before it goes off."""
    aliases = documents = 0
    inside: list[str | None] = []  # the anchors of the collections that are open
    for event in _guarded(text, lambda: yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.events.CollectionStartEvent):
            inside.append(event.anchor)
        elif isinstance(event, yaml.events.CollectionEndEvent):
            inside.pop()
        elif isinstance(event, yaml.events.AliasEvent) and event.anchor in inside:
            raise YamlFault(f"line {line}: the alias *{event.anchor} stands within what it names; write the value out")
        aliases += isinstance(event, yaml.events.AliasEvent)
        documents += isinstance(event, yaml.events.DocumentStartEvent)
        if len(inside) > MAX_DEPTH:
            raise YamlFault(f"line {line}: nested deeper than {MAX_DEPTH} levels")
        if aliases > MAX_ALIASES:
            raise YamlFault(f"line {line}: more than {MAX_ALIASES} aliases; write the values out")
        if documents > 1:
            raise YamlFault(f"line {line}: a second document; a file holds one")
        if isinstance(event, yaml.events.ScalarEvent) and event.implicit[0] and _endless(event.value):
            raise YamlFault(f"line {line}: {shorten(event.value, 40)} is no figure")


def _endless(text: str) -> bool:
    if _INT.match(text):
        return len(text) > MAX_NUMBER
    exponent = re.match(r"^[-+]?[0-9.]+[eE][-+]?([0-9]+)$", text)
    return bool(exponent and int(exponent.group(1)[:6]) > MAX_NUMBER) or (
        len(text) > MAX_NUMBER and bool(_FLOAT.match(text))
    )


def _guarded(text: str, events: Callable[[], Any]) -> Any:
    try:
        yield from events()
    except yaml.MarkedYAMLError as error:
        raise YamlFault(_marked(error)) from error
    except yaml.YAMLError as error:
        raise YamlFault(_unmarked(text, error)) from error


def _composed(text: str) -> Any:
    loader = _Loader(text)
    loader.notes = _Notes()
    try:
        document = loader.get_single_data()
    except yaml.MarkedYAMLError as error:
        raise YamlFault(_marked(error)) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise YamlFault(_unmarked(text, error)) from error
    finally:
        loader.dispose()
    if loader.notes.duplicates:
        raise YamlFault(*loader.notes.duplicates)
    if document is None:
        raise YamlFault("the file is empty")
    return document


def _marked(error: yaml.MarkedYAMLError) -> str:
    line = error.problem_mark.line + 1 if error.problem_mark else 0
    told = str(error.problem or error.context or "no YAML")
    if tag := _TAG.search(told):
        told = f"the tag {tag.group(1)} asks for more than plain data; leave it out"
    return f"line {line}: {told}"


def _unmarked(text: str, error: Exception) -> str:
    """What is wrong where the reader names no line: most often a letter that nobody sees."""
    letter = yaml.reader.Reader.NON_PRINTABLE.search(text)
    if letter is None:
        return f"no YAML: {shorten(str(error), 160)}"
    line = text.count("\n", 0, letter.start()) + 1
    return f"line {line}: the control character #x{ord(letter.group()):04x} may not stand in it; no YAML holds it"
