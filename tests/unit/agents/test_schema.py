"""Schemas go out in the subset that strict servers take."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from agents.schema import REFUSED_KEYWORDS, answer_schema, strict_schema


class Variant(BaseModel):
    model_config = ConfigDict(extra="forbid")

    label: Literal["A", "B"]
    default: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(description="The line.")


class Copy(BaseModel):
    variants: Annotated[tuple[Variant, ...], Field(min_length=2, max_length=5)]
    price: Decimal
    slug: Annotated[str, StringConstraints(pattern="^[a-z]+$")]
    note: str | None = None


def keywords(schema: Any) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(keywords, schema)) if schema else set()
    if not isinstance(schema, dict):
        return set()
    found = set(schema)
    for key, value in schema.items():
        values = value.values() if key in ("properties", "$defs") else [value]
        found = found.union(*map(keywords, values))
    return found - set(Copy.model_fields) - set(Variant.model_fields)


def test_a_schema_is_closed_complete_and_free_of_refused_keywords() -> None:
    sent = answer_schema(Copy)
    assert (sent["name"], sent["strict"]) == ("Copy", True)
    schema = sent["schema"]
    assert schema["required"] == ["variants", "price", "slug", "note"]
    assert schema["additionalProperties"] is False
    variant = schema["$defs"]["Variant"]
    assert variant["properties"]["label"]["enum"] == ["A", "B"]
    assert variant["properties"]["default"]["description"] == "The line. (1 to 60 characters)"
    assert not keywords(schema) & REFUSED_KEYWORDS
    assert (schema["properties"]["variants"]["minItems"], schema["properties"]["variants"]["maxItems"]) == (2, 5)
    assert schema["properties"]["slug"]["pattern"] == "^[a-z]+$"


def test_a_pattern_that_looks_around_is_left_out() -> None:
    assert "(?!" in str(Copy.model_json_schema())
    assert "(?!" not in str(answer_schema(Copy))


def test_formats_choices_and_lengths() -> None:
    schema = {
        "oneOf": [{"type": "string", "format": "date", "maxLength": 10}, {"type": "string", "format": "uri"}],
        "enum": [{"default": 1}],
        "discriminator": {"propertyName": "kind"},
        "minLength": 3,
    }
    before = str(schema)
    assert strict_schema(schema) == {
        "anyOf": [{"type": "string", "format": "date", "description": "(at most 10 characters)"}, {"type": "string"}],
        "enum": [{"default": 1}],
        "description": "(at least 3 characters)",
    }
    assert str(schema) == before
