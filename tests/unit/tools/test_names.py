"""The names stage.yaml may use are the tools there are."""

from tools.catalog import TOOLS
from tools.names import TOOL_NAMES


def test_every_tool_has_its_name_and_every_name_its_tool() -> None:
    assert set(TOOLS) == TOOL_NAMES
