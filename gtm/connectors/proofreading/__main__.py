"""The checkers' process: `python -m gtm.connectors.proofreading` reads a question a line and answers each with one.

It ends when its input does, so that none outlives the process that started it.
"""

import sys

from gtm.connectors.proofreading.engines import build
from gtm.connectors.proofreading.rules import slips_of
from gtm.connectors.proofreading.schemas import Findings, Reading, Ready


def main() -> None:
    """Build what is installed, say so, and answer until the input ends."""
    checkers = build()
    print(Ready(engines=tuple(checkers)).model_dump_json(), flush=True)
    for line in sys.stdin:
        question = Reading.model_validate_json(line)
        names = frozenset(question.names)
        answer = tuple(slips_of(text, [check(text) for check in checkers.values()], names) for text in question.texts)
        print(Findings(slips=answer).model_dump_json(), flush=True)


if __name__ == "__main__":
    main()
