"""What CrewAI must find in the environment before it is imported.

CrewAI reads these variables at import. Without them a process waits ten seconds at its exit when it is offline, asks
a question on a terminal, and writes below the home directory. This module never imports CrewAI.
"""

import os
import sys
from pathlib import Path

from gtm.domain.errors import ConfigError

SETTINGS = {
    "CREWAI_DISABLE_TELEMETRY": "true",
    "CREWAI_DISABLE_TRACKING": "true",
    "CREWAI_TRACING_ENABLED": "false",
    "CREWAI_DISABLE_VERSION_CHECK": "true",
    "OTEL_SDK_DISABLED": "true",
}
"""The switches, by name; each turns something off."""


def prepare(storage_dir: Path) -> None:
    """Set CrewAI's switches and its storage directory for this process; it may be called again.

    Args:
        storage_dir: where CrewAI may keep files; created when missing. It is made absolute, because CrewAI would
            otherwise put a relative name below the user's data directory.

    Raises:
        ConfigError: the directory cannot be created, or CrewAI was imported before its switches were set.
    """
    late = sorted(name for name, value in SETTINGS.items() if os.environ.get(name) != value)
    if late and "crewai" in sys.modules:
        raise ConfigError(
            f"CrewAI was imported before its settings were made: {', '.join(late)} came too late.",
            hint="call agents.runtime.prepare() before anything that imports crewai",
        )
    directory = storage_dir.resolve()
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The storage directory {directory} cannot be created: {error.strerror}.", field="storage_dir"
        ) from error
    os.environ.update(SETTINGS, CREWAI_STORAGE_DIR=str(directory))
    _give_a_home(directory)


def _give_a_home(directory: Path) -> None:
    """Let this process live in `directory` when it has no home it can write to, as in a read-only container.

    CrewAI makes this folder below the home directory when it is imported, and fails when it cannot.
    """
    try:
        (Path.home() / ".local" / "share" / "crewai" / "credentials").mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        os.environ["HOME"] = str(directory)
