"""`python -m app`, and the command `gtm`."""

import io
import sys


def main() -> None:
    """Run the command line; the exit code says how it went (see app/cli/root.py)."""
    from app.cli.root import app as commands

    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a letter gets a question mark, not a traceback.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    commands(prog_name="gtm")


if __name__ == "__main__":
    main()
