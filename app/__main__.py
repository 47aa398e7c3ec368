"""`python -m app`, and the command `gtm`."""

import atexit
import ctypes
import gc
import io
import logging
import os
import sys
from contextlib import suppress

from app import INTERRUPTED

GARBAGE = (10_000, 20, 20)
"""Python looks for garbage after 700 new objects; imports and runs make hundreds of thousands that stay, and looking
through them so often takes a twelfth of a run's time."""


_ARENA_MAX = -8
"""`M_ARENA_MAX` of glibc's malloc.h."""


class _Ending:
    """Ends the process without taking three thousand modules apart, which a person would wait 0.4 s for.

    Registered first, so it runs last: by then threads have been waited for and every other exit handler has run.
    """

    def __init__(self) -> None:
        self.code: int | None = None

    def leave(self) -> None:
        """Flush and go, when the command has said how it went; after anything else Python ends as it does."""
        if self.code is None:
            return
        logging.shutdown()
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            # The reader has gone: Python's own way of ending tells so.
            return
        os._exit(self.code)


def _share_one_heap() -> None:
    """Let all threads allocate from one heap, where the C library can: a heap each keeps a tenth of our memory unused.

    Python's threads take turns anyway, so that they hardly wait for one another.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def main() -> None:
    """Run the command line; the exit code says how it went (see app/cli/root.py)."""
    gc.set_threshold(*GARBAGE)
    _share_one_heap()
    ending = _Ending()
    atexit.register(ending.leave)
    try:
        from app.cli.root import app as commands
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        commands(prog_name="gtm")
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            ending.code = end.code or 0
        raise


if __name__ == "__main__":
    main()
