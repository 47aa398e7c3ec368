"""A model server in a process of its own, which takes up the house's draft after a fixed latency.

Usage: python -m benchmarks.model_server SECONDS — prints its base URL and serves until its standard input ends.
"""

import sys

from agents.testing import OpenAIServer
from agents.testing_brain import HouseBrain


def main(latency: float) -> None:
    """Serve."""
    with OpenAIServer(HouseBrain(), latency=latency) as server:
        print(server.base_url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(float(sys.argv[1]))
