"""`python -m app`, and the command `gtm`."""

import atexit
import io
import logging
import os
import sys

from app import INTERRUPTED
from app.heap import settle


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


def main() -> None:
    """Run the command line; the exit code says how it went (see app/cli/root.py)."""
    settle()
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
