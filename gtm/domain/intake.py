"""Reading a venture brief: pure, and refused with every error at once (`gtm venture load`)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from gtm.domain.brief import VentureBrief
from gtm.domain.errors import InvalidInput, shorten
from gtm.domain.faults import Fault, faults_of, sentences
from gtm.domain.names import counted
from gtm.domain.text_faults import text_faults
from gtm.domain.yaml_reading import YamlFault, read_yaml
from gtm.domain.zones import is_zone

SCHEMA = "config/schemas/venture-brief.schema.json"
_SPELLED = {"YYYY": "{year}", "MM": "{month}", "<medium>": "{medium}", "<Name>": "{name}", "<name>": "{name}"}
_HINT = f"mend what is named and load it again; the form is {SCHEMA}"


def read_brief(data: bytes, *, name: str, limit_bytes: int) -> VentureBrief:
    """The brief in a YAML file.

    Args:
        data: the bytes of the file.
        name: its name, for the error.
        limit_bytes: the longest file that is read (policies.run.brief_bytes).

    Raises:
        InvalidInput: it is no brief; `findings` names every fault with field, value and what is allowed.
    """
    try:
        document = read_yaml(data, limit_bytes=limit_bytes)
    except YamlFault as fault:
        raise _refused(name, fault.faults, field=name) from fault
    if not isinstance(document, dict):
        raise _refused(
            name, (f"the file holds {_kind(document)}, a brief is a mapping of keys and values",), field=name
        )
    faults: list[Fault] = []
    brief: VentureBrief | None = None
    try:
        brief = VentureBrief.model_validate(document)
    except ValidationError as error:
        faults += faults_of(error, VentureBrief)
    faults += _repeated(document)
    faults += _zones(document)
    faults += text_faults(document)
    faults += _website(document)
    faults += _campaign_pattern(document)
    if brief is None or faults:
        raise _refused(name, sentences(faults), field=faults[0].path)
    return brief


def brief_json_schema() -> dict[str, Any]:
    """The JSON Schema of a brief, as it is published."""
    return VentureBrief.model_json_schema()


def _refused(name: str, findings: tuple[str, ...], *, field: str) -> InvalidInput:
    told = counted(len(findings), "fault") if len(findings) > 1 else shorten(findings[0], 2000)
    return InvalidInput(f"{name} is not accepted: {told}", field=field, hint=_HINT, findings=findings)


def _kind(document: object) -> str:
    """What a file holds that holds no mapping."""
    if isinstance(document, list):
        return "a list"
    if isinstance(document, str):
        return "nothing but text"
    return "nothing but true or false" if isinstance(document, bool) else "nothing but a number"


def _repeated(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Ids that stand twice, looked for in the raw document so that they are told together with all other faults."""
    for part in ("segments", "facts", "offers"):
        seen: dict[str, int] = {}
        for index, item in enumerate(_items(document, part)):
            key = item.get("id") if isinstance(item, Mapping) else None
            if not isinstance(key, str):
                continue
            if key in seen:
                yield Fault(
                    path=f"{part}[{index}].id",
                    message=f"is listed twice, first at {part}[{seen[key]}]",
                    value=shorten(repr(key), 80),
                    allowed="an id that is used once",
                )
            else:
                seen[key] = index


def _zones(document: Mapping[str, Any]) -> Iterator[Fault]:
    geography = document.get("geography")
    named = [(f"geography.time_zones[{n}]", zone) for n, zone in enumerate(_items(geography, "time_zones"))]
    for index, item in enumerate(_items(document, "launch")):
        if isinstance(item, Mapping) and "zone" in item:
            named.append((f"launch[{index}].zone", item["zone"]))
    for path, zone in named:
        if isinstance(zone, str) and not is_zone(zone):
            yield Fault(
                path=path,
                message="is an unknown time zone",
                value=shorten(repr(zone), 80),
                allowed="an IANA name such as America/New_York or UTC",
            )


def _website(document: Mapping[str, Any]) -> Iterator[Fault]:
    """Every link of a campaign leads to this address, so it must be whole."""
    website = document.get("website")
    address = website.get("value") if isinstance(website, Mapping) else None
    if not isinstance(address, str) or not address.strip():
        return
    try:
        parts = urlsplit(address.strip())
        whole = parts.scheme == "https" and "." in (parts.hostname or "") and parts.port is None
        more = parts.username or parts.password or parts.query or parts.fragment or re.search(r"\s", address.strip())
        sound = whole and not more
    except ValueError:
        sound = False
    if not sound:
        yield Fault(
            path="website.value",
            message="is no address that campaign links can lead to",
            value=shorten(repr(address), 80),
            allowed="the whole address without query or fragment, such as https://www.example.com",
        )


def _campaign_pattern(document: Mapping[str, Any]) -> Iterator[Fault]:
    rules = document.get("utm")
    pattern = rules.get("campaign_pattern") if isinstance(rules, Mapping) else None
    if isinstance(pattern, str) and pattern.strip() and not is_campaign_pattern(pattern):
        yield Fault(
            path="utm.campaign_pattern",
            message="is no naming rule for campaigns",
            value=shorten(repr(pattern), 80),
            allowed="{medium} and {name}, and if you like {year} and {month}, joined by letters, digits, - _ or ., "
            "such as {year}-{month}-{medium}-{name}",
        )


def is_campaign_pattern(text: str) -> bool:
    """Whether campaign names can be made by a rule, in our spelling or as `YYYY-MM-<medium>-<Name>`."""
    plain = text.strip()
    for word, known in _SPELLED.items():
        plain = plain.replace(word, known)
    fields = re.findall(r"\{([a-z]+)\}", plain)
    rest = re.sub(r"\{[a-z]+\}", "", plain)
    named = {"medium", "name"} <= set(fields) <= {"year", "month", "medium", "name"}
    return named and len(fields) == len(set(fields)) and re.fullmatch(r"[A-Za-z0-9._-]{0,40}", rest) is not None


def _items(holder: Any, key: str) -> list[Any]:
    found = holder.get(key) if isinstance(holder, Mapping) else None
    return found if isinstance(found, list) else []
