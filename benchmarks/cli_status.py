"""`gtm status`, start to finish, against an interpreter that imports typer and sqlmodel and does nothing.

Usage: python -m benchmarks.cli_status [ROUNDS]
"""

import sys
import tempfile
from pathlib import Path

from benchmarks.conditions import EXAMPLES, Measured, alternate, measure, own_environment, print_conditions, report

YARDSTICK = "import typer, sqlmodel"


def main(rounds: int) -> None:
    """Measure and report."""
    ventures = sorted(EXAMPLES.glob("*.yaml"))
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as folder:
        env = own_environment(Path(folder))
        for venture in ventures:
            measure([sys.executable, "-m", "app", "run", str(venture), "--json"], env=env)

        def ours() -> Measured:
            done = measure([sys.executable, "-m", "app", "status"], env=env)
            if done.output.count("waits for a person") != len(ventures):
                raise RuntimeError(f"the status is not what it should be: {done.output}")
            return done

        def theirs() -> Measured:
            return measure([sys.executable, "-c", YARDSTICK], env=env)

        print_conditions(
            "cli_status: gtm status against the import of its libraries",
            rounds=rounds,
            ventures=f"{len(ventures)}, each with a run that waits at its first checkpoint",
            yardstick=f'python -c "{YARDSTICK}"',
        )
        fast, slow = alternate(rounds, ours, theirs)
    report("time", [m.seconds for m in fast], [m.seconds for m in slow], unit="s", aim=1.5)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
