"""CrewAI's switches are set before any module here imports it."""

import tempfile
import warnings
from pathlib import Path

from agents import runtime

runtime.prepare(Path(tempfile.gettempdir()) / "gtm-strategist-tests")

with warnings.catch_warnings():
    # CrewAI's own import warns about its lazy sub-modules; the suite turns warnings into errors.
    warnings.simplefilter("ignore")
    import crewai  # noqa: F401
