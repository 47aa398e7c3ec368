"""Keeps CrewAI's remarks on its own bookkeeping off the terminal: they say nothing about a run.

CrewAI pairs the event that ends a call with the one that began it. When a model's server is down, the error ends the
call before its own events do, and its event bus prints a warning for every attempt. What really happened is raised as
an error of ours and told as such.
"""

from crewai.events import event_context
from crewai.events.event_context import MismatchBehavior


def silence_event_pairing() -> None:
    """Let CrewAI's event bus print nothing on events that do not pair, in any thread of this process."""
    # The settings that CrewAI documents for this live in a context variable, and its calls run in threads of their own:
    # the default is what all of them see.
    event_context._default_config.mismatch_behavior = MismatchBehavior.SILENT
    event_context._default_config.empty_pop_behavior = MismatchBehavior.SILENT
