"""The tools by name: what stage.yaml may use, how they describe themselves, and what a model is let say."""

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from gtm.domain.spec import StageSpec
from tools.catalog import TOOLS, tools_for
from tools.context import RunContext

ROOT = Path(__file__).parents[3]
STAGE = StageSpec.model_validate(yaml.safe_load((ROOT / "config/stage17/stage.yaml").read_text()))


class Bare:
    """As much of a run as binding needs."""

    stage = STAGE


def test_the_twelve_tools_and_the_review() -> None:
    assert len(TOOLS) == 13
    used = {name for step in STAGE.steps for name in step.tools} | {"write-review"}
    assert used == set(TOOLS)


@pytest.mark.parametrize("key", TOOLS)
def test_a_tool_says_what_it_does_under_the_name_that_the_configuration_uses(key: str) -> None:
    tool = TOOLS[key]()
    assert tool.name == key.replace("-", "_")
    assert len(tool.description) > 30
    assert inspect.getdoc(type(tool))


def test_a_step_gets_its_own_tools_anew_each_time() -> None:
    context = cast(RunContext, Bare())
    first, second = tools_for(context, "2.2"), tools_for(context, "2.2")
    assert [tool.name for tool in first] == ["read_market_strategy", "generate_content", "validate_brand_voice"]
    assert all(one is not other for one, other in zip(first, second, strict=True))
    assert [tool.name for tool in tools_for(context, "review:final")] == ["write_review"]


@pytest.mark.parametrize("key", TOOLS)
def test_every_object_that_a_model_may_send_is_closed_and_typed(key: str) -> None:
    """An open object would go out empty over the wire: `strict` knows no free keys."""
    schema = TOOLS[key]().args_schema.model_json_schema()
    for where, node in objects(schema, key):
        assert node.get("additionalProperties") is False, where


def objects(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object schema below a node."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield where, node
        for name, inner in node.items():
            yield from objects(inner, f"{where}.{name}")
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from objects(inner, f"{where}[{index}]")
