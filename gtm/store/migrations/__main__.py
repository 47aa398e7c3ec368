"""Write the next migration from the difference between the newest one and the models.

    python -m gtm.store.migrations "what changed"     the next number
    python -m gtm.store.migrations --initial          write 0001 anew; only while no store exists that matters

Afterwards set `HEAD` in gtm/store/schema.py (the command says to what) and read the file: Alembic does not see
check constraints and triggers of a table that exists already.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from gtm.store.database import Database, sqlite_url
from gtm.store.migrations.config import alembic_config
from gtm.store.models.executions import EXECUTIONS_VIEW
from gtm.store.models.logs import AUDIT_TRIGGERS
from gtm.store.models.running import LEAD_TRIGGERS

VERSIONS = Path(__file__).parent / "versions"
_UP = """    op.execute(sa.text(EXECUTIONS_VIEW[op.get_bind().dialect.name].replace(":", "\\\\:")))
    for statement in (*AUDIT_TRIGGERS[op.get_bind().dialect.name], *LEAD_TRIGGERS[op.get_bind().dialect.name]):
        op.execute(sa.text(statement))
"""
_DOWN = "def downgrade() -> None:\n"


def main(arguments: list[str]) -> int:
    """Write one migration file and say what is left to do."""
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    initial = arguments[0] == "--initial"
    if initial:
        for old in VERSIONS.glob("0001_*.py"):
            old.unlink()
    number, path = _write("the first schema" if initial else arguments[0])
    if initial:
        _add_triggers(path)
    sys.stdout.write(f"{path}\nset HEAD = {number!r} in gtm/store/schema.py\n")
    return 0


def _write(message: str) -> tuple[str, Path]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(sqlite_url(Path(folder) / "scratch.db"))
        with database.write() as session:
            config = alembic_config(session.connection())
            config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
            revisions = list(ScriptDirectory.from_config(config).walk_revisions())
            number = f"{len(revisions) + 1:04d}"
            if revisions:
                command.upgrade(config, "head")
            script = command.revision(config, message, autogenerate=True, rev_id=number)
        database.close()
    if script is None or isinstance(script, list):
        raise RuntimeError("Alembic wrote no single migration")
    return number, Path(script.path)


def _add_triggers(path: Path) -> None:
    """Freeze the triggers and the view of executions into the first migration."""
    body = path.read_text()
    frozen = ""
    for name, triggers in (("AUDIT_TRIGGERS", AUDIT_TRIGGERS), ("LEAD_TRIGGERS", LEAD_TRIGGERS)):
        frozen += f"{name} = {{\n"
        for dialect, statements in triggers.items():
            frozen += f"    {dialect!r}: (\n" + "".join(f"        {s!r},\n" for s in statements) + "    ),\n"
        frozen += "}\n\n"
    frozen += "EXECUTIONS_VIEW = {\n"
    frozen += "".join(f"    {dialect!r}: {statement!r},\n" for dialect, statement in EXECUTIONS_VIEW.items())
    frozen += "}\n\n\ndef upgrade() -> None:\n"
    body = body.replace("def upgrade() -> None:\n", frozen, 1)
    body = body.replace("\n\n\n" + _DOWN, "\n" + _UP + "\n\n" + _DOWN, 1)
    body = body.replace(_DOWN, _DOWN + "    op.execute(sa.text('DROP VIEW workflow_executions'))\n", 1)
    drop = (
        "    if op.get_bind().dialect.name == 'postgresql':\n"
        "        op.execute(sa.text('DROP FUNCTION audit_log_append_only()'))\n"
        "        op.execute(sa.text('DROP FUNCTION leads_outbox()'))\n"
    )
    path.write_text(body.rstrip("\n") + "\n" + drop)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
