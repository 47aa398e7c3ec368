"""JSON schemas as strict model servers take them.

The vendor's strict mode refuses a schema with keywords outside its subset ("'maxLength' is not permitted") before the
model sees the prompt. So those keywords are taken out and told in words; pydantic remains the judge of the answer.
"""

from typing import Any

import openai
from pydantic import BaseModel

REFUSED_KEYWORDS = frozenset(
    {
        "minLength",
        "maxLength",
        "uniqueItems",
        "contains",
        "minContains",
        "maxContains",
        "minProperties",
        "maxProperties",
        "patternProperties",
        "propertyNames",
        "unevaluatedItems",
        "unevaluatedProperties",
        "discriminator",
        "default",
        "examples",
    }
)
"""Keywords the vendor's strict mode does not take."""

FORMATS = frozenset({"date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"})
"""String formats it does take."""

_NAMED_MAPS = ("properties", "$defs")


def answer_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The `json_schema` of a request for this model, with its name: strict, closed, every property required.

    Args:
        model: what to fill; dictionaries with free keys cannot be asked for in strict mode.
    """
    schema = openai.pydantic_function_tool(model)["function"]["parameters"]
    return {"name": model.__name__, "strict": True, "schema": strict_schema(dict(schema))}


def strict_schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema without refused keywords, lengths told in the description instead.

    Args:
        schema: a JSON schema; it is not changed.
    """
    kept = {key: _inner(key, value) for key, value in schema.items() if _takes(key, value)}
    if isinstance(choices := kept.pop("oneOf", None), list):
        kept["anyOf"] = choices
    if words := _lengths(schema):
        kept["description"] = " ".join(part for part in (schema.get("description"), words) if part)
    return kept


def _inner(key: str, value: Any) -> Any:
    if key in _NAMED_MAPS and isinstance(value, dict):
        return {name: strict_schema(one) if isinstance(one, dict) else one for name, one in value.items()}
    if key in ("enum", "const", "required"):
        return value
    if isinstance(value, dict):
        return strict_schema(value)
    if isinstance(value, list):
        return [strict_schema(one) if isinstance(one, dict) else one for one in value]
    return value


def _takes(key: str, value: Any) -> bool:
    if key == "format":
        return value in FORMATS
    if key == "pattern":
        return isinstance(value, str) and not any(look in value for look in ("(?=", "(?!", "(?<"))
    return key not in REFUSED_KEYWORDS


def _lengths(schema: dict[str, Any]) -> str:
    least, most = schema.get("minLength"), schema.get("maxLength")
    if least and most:
        return f"({least} to {most} characters)"
    if most:
        return f"(at most {most} characters)"
    return f"(at least {least} characters)" if least and least > 1 else ""
