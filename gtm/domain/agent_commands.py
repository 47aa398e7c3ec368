"""The commands that the agent endpoint answers: the server takes them, the handoff describes them."""

from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "status": "whether the agent is operational, and where a venture stands: needs venture_id",
    "pending": "what waits for a person: of one venture with venture_id, of all without",
    "help": "this list",
}
"""Commands by name, with what each answers (SOP exit gate 1)."""
