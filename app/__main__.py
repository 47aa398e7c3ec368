"""`python -m app`, and the command `gtm`."""


def main() -> None:
    """Run the command line; the exit code says how it went (see app/cli/root.py)."""
    from app.cli.root import app as commands

    commands(prog_name="gtm")


if __name__ == "__main__":
    main()
