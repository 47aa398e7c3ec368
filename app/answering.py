"""`python -m app.answering`: the agent as a process that another of ours starts, without the command line.

It prints where it answers as a line of JSON, and ends with its standard input, so that a parent that dies leaves
nothing behind. Settings come from the environment.
"""

import json
import os
import sys

from app.heap import settle


def main() -> int:
    """Answer until the parent ends; the exit code is 0 then, and the error's where nothing can be answered."""
    settle()
    from gtm.domain.errors import GtmError

    try:
        _answer()
    except GtmError as error:
        from app.cli.output import report

        report(error, as_json=False)
        return error.exit_code
    return 0


def _answer() -> None:
    from app import bootstrap
    from app.home import prepare_home
    from app.web.server import create_app
    from app.web.serving import address, bind, serve

    settings = bootstrap.load_settings()
    prepare_home(settings)
    listener = bind("127.0.0.1", 0)
    app = create_app(settings, bootstrap.status_source(settings))

    def ready() -> None:
        sys.stdout.write(json.dumps({"url": address(listener), "pid": os.getpid()}) + "\n")
        sys.stdout.flush()

    serve(app, listener, ready, with_parent=True)


if __name__ == "__main__":
    sys.exit(main())
