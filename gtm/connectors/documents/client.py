"""Starts the reading process and takes its answer; whatever happens in there stays in there."""

import subprocess
import sys
from pathlib import Path

from pydantic import ValidationError

import gtm
from gtm.connectors.documents.schemas import Answer, DocumentSettings
from gtm.domain.document import DocumentKind
from gtm.domain.errors import PermanentFailure

ROOT = Path(gtm.__file__).resolve().parents[1]


def ask(kind: DocumentKind, data: bytes, settings: DocumentSettings) -> Answer:
    """What the reading process makes of a document.

    Args:
        kind: what it is said to be.
        data: its bytes.
        settings: the limits.

    Raises:
        PermanentFailure: it took too long, or the process ended without an answer.
    """
    command = [sys.executable, "-m", "gtm.connectors.documents.child", kind, settings.model_dump_json()]
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and module, no shell)
            command, input=data, capture_output=True, cwd=ROOT, timeout=settings.timeout_seconds, check=False,
            env={"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise PermanentFailure(
            f"the document could not be read in {settings.timeout_seconds:g} seconds",
            field="FILE",
            allowed=f"a document that is read in {settings.timeout_seconds:g} seconds",
            hint="save its text as Markdown, or split it",
        ) from None
    try:
        return Answer.model_validate_json(done.stdout)
    except ValidationError:
        raise PermanentFailure(
            f"the document broke the process that read it (exit {done.returncode})",
            field="FILE",
            allowed="a document that another program opens without complaint",
            hint="open it, save it anew or as Markdown, and import that",
        ) from None
