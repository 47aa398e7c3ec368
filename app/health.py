"""What `gtm doctor` looks at: each check says what is there, what is missing, and how to mend it."""

import shutil
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from app import bootstrap
from app.home import open_to_others
from app.settings import Settings
from gtm.domain.errors import ConfigError, GtmError, StoreError, shorten
from gtm.domain.money import usd
from gtm.domain.names import agreed, counted

State = Literal["ok", "optional", "missing"]


@dataclass(frozen=True)
class Check:
    """One line of the report.

    Attributes:
        state: `missing` is essential and stops the work; `optional` does without.
    """

    name: str
    state: State
    detail: str
    fix: str = ""

    def as_dict(self) -> dict[str, str]:
        """For machines."""
        return asdict(self)


_RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "database": ("GTM_DATABASE_URL",),
    "model": ("GTM_LLM_", "OPENAI_API_KEY"),
    "agent": ("GTM_AGENT_",),
    "temporal": ("GTM_TEMPORAL_",),
    "SpamAssassin": ("GTM_SPAMD",),
}
"""Variables, by their beginnings, without which a check would look at something else than what is meant."""


def examine(settings: Settings, *, online: bool, faults: Sequence[ConfigError] = ()) -> Iterator[Check]:
    """Look at everything a run needs.

    Args:
        settings: of this process, as far as its variables can be used.
        online: whether the model's server may be asked; nothing else leaves this machine.
        faults: variables that cannot be used or are missing; what rests on them is not looked at.
    """
    yield _python()
    yield _packages()
    yield from _variables(faults)
    yield _guarded(
        "configuration", _configuration, "restore config/ from the repository, or mend the key that is named"
    )
    yield _home(settings)
    yield _folder("handoff folder", settings.out, "GTM_OUT")
    database = _look("database", lambda: _database(settings), faults, "see docs/how-to/run-a-venture.md")
    yield database
    yield _guarded("vault", lambda: _vault(settings))
    yield _look("model", lambda: _model(settings, online=online), faults, "see docs/how-to/configure-a-model.md")
    yield _mail_sink()
    yield _guarded("worker", lambda: _worker(settings)) if database.state == "ok" else _UNSEEN_WORKER
    yield _look("agent", lambda: _agent(settings), faults)
    if settings.http_endpoints is not None:
        yield _guarded("endpoints", lambda: _endpoints(settings))
    if settings.temporal_address is not None:
        yield _look("temporal", lambda: _temporal(settings), faults)
    yield from _optional_packages()
    yield _look("SpamAssassin", lambda: _spam_filter(settings), faults)
    yield from _optional_programs(settings)


def _look(name: str, check: Callable[[], Check], faults: Sequence[ConfigError], fix: str = "") -> Check:
    """A check, unless a variable that it rests on cannot be used."""
    unusable = [fault.field for fault in faults if fault.field.startswith(_RESTS_ON[name])]
    if unusable:
        return Check(name, "optional", f"not known, as {', '.join(unusable)} cannot be used", "mend the variable first")
    return _guarded(name, check, fix)


def _guarded(name: str, check: Callable[[], Check], fix: str = "") -> Check:
    try:
        return check()
    except GtmError as error:
        told = "; ".join([error.detail, *error.findings])
        allowed = f" (allowed: {error.allowed})" if error.allowed else ""
        return Check(name, "missing", told + allowed, error.hint or fix)


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    if (3, 11) <= sys.version_info[:2] < (3, 14):
        return Check("python", "ok", version)
    return Check("python", "missing", f"{version} is not supported", "use Python 3.11, 3.12 or 3.13")


def _packages() -> Check:
    absent = []
    for name in ("crewai", "langchain-openai", "openai", "sqlmodel", "alembic", "fastapi", "uvicorn", "aiosmtpd"):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            absent.append(name)
    if absent:
        return Check("packages", "missing", f"not installed: {', '.join(absent)}", "uv sync, or pip install -e .")
    return Check("packages", "ok", f"crewai {metadata.version('crewai')}, openai {metadata.version('openai')}")


def _variables(faults: Sequence[ConfigError]) -> Iterator[Check]:
    """One line for each variable that cannot be used or is missing, and one for the others."""
    for fault in faults:
        held = f"; it holds {shorten(str(fault.value), 80)}" if fault.value else ""
        fix = fault.hint or f"set {fault.field} to what is allowed, or unset it"
        yield Check(fault.field, "missing", f"{fault.detail}{held} (allowed: {fault.allowed})", fix)
    unknown = bootstrap.unknown_variables()
    if unknown:
        yield Check(
            "variables", "optional", f"not known, perhaps misspelt: {', '.join(unknown)}", "compare with docs/how-to"
        )
    elif not faults:
        yield Check("variables", "ok", "every GTM_ variable that is set is known and holds what it may")


def _configuration() -> Check:
    read = bootstrap.read_configuration()
    return Check(
        "configuration",
        "ok",
        f"{len(read.stage.steps)} steps, {len(read.agents.agents)} agents, {len(read.presets)} presets, "
        f"{len(read.templates)} templates, {len(read.prompts)} prompts",
    )


def _home(settings: Settings) -> Check:
    found = _folder("home", settings.home, "GTM_HOME")
    others = open_to_others(settings) if found.state == "ok" else ()
    if not others:
        return found
    told = f"{found.detail}; others on this machine can read {', '.join(str(path) for path in others)}"
    return Check("home", "optional", told, f"chmod -R go= {settings.home.absolute()}")


def _folder(name: str, folder: Path, variable: str) -> Check:
    place = folder.absolute()
    standing = next(p for p in (place, *place.parents) if p.exists())
    if not standing.is_dir() or not can_write(standing):
        return Check(name, "missing", f"{standing} cannot be written", f"set {variable} to a folder of your own")
    return Check(name, "ok", str(place) if place.exists() else f"{place} (made when first needed)")


def _database(settings: Settings) -> Check:
    from gtm.store.database import Database
    from gtm.store.schema import current_revision, head

    path = settings.sqlite_path
    if path is not None and not path.exists():
        folder = _folder("database", path.parent, "GTM_DATABASE_URL")
        detail = f"{settings.safe_database} (made when first needed)"
        return Check("database", "ok", detail) if folder.state == "ok" else folder
    database = Database(settings.database)
    try:
        revision = current_revision(database)
    finally:
        database.close()
    if revision == head():
        return Check("database", "ok", f"{settings.safe_database}, schema {revision}")
    standing = f"schema {revision}" if revision else "no schema yet"
    return Check("database", "ok", f"{settings.safe_database}, {standing}; brought to {head()} by the next command")


def _vault(settings: Settings) -> Check:
    file = bootstrap.vault_key_file(settings)
    if settings.vault_key is None and not file.exists():
        return Check("vault", "ok", "its key is made when the first credential is stored")
    where = "GTM_VAULT_KEY" if settings.vault_key else str(file)
    try:
        bootstrap.open_vault(settings)
    except StoreError as error:
        return Check("vault", "missing", f"{error.detail} ({where})", f"{_NEW_KEY}; or unset it: {file} is then made")
    return Check("vault", "ok", f"key from {where}")


_NEW_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())" makes one'


def _model(settings: Settings, *, online: bool) -> Check:
    models = bootstrap.model_settings(settings)
    if not models.live:
        return Check("model", "ok", "playbook: embedded, needs no key and no network")
    priced = "" if models.model in models.prices else "; its price is not set (GTM_LLM_PRICES), so costs are unknown"
    told = f"{models.provider}: {models.model} at {models.endpoint}{priced}{_allowance(settings)}"
    if settings.money_budget is not None and priced:
        return Check("model", "missing", told, "set GTM_LLM_PRICES, or leave GTM_LLM_MONEY_BUDGET away")
    if not online:
        return Check("model", "ok", f"{told}; not asked (gtm doctor --online asks it)")
    return _ask_model(models.endpoint, models.api_key.get_secret_value() if models.api_key else None, told)


def _allowance(settings: Settings) -> str:
    """What a run may spend at most."""
    limits = [f"{settings.token_budget:,} tokens (GTM_LLM_TOKEN_BUDGET)"] if settings.token_budget else []
    limits += [f"{usd(settings.money_budget)} (GTM_LLM_MONEY_BUDGET)"] if settings.money_budget else []
    if not limits:
        return "; no limit on what a run may spend (GTM_LLM_MONEY_BUDGET, GTM_LLM_TOKEN_BUDGET)"
    return f"; a run may spend {' and '.join(limits)} at most"


def _ask_model(endpoint: str, key: str | None, told: str) -> Check:
    import httpx

    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        response = httpx.get(f"{endpoint}/models", headers=headers, timeout=10)
    except httpx.HTTPError as error:
        return Check(
            "model", "missing", f"{told}: no answer ({type(error).__name__})", "check GTM_LLM_BASE_URL and the network"
        )
    if response.status_code in (401, 403):
        return Check("model", "missing", f"{told}: the key is refused (HTTP {response.status_code})", "check the key")
    if response.status_code >= 500:
        return Check("model", "missing", f"{told}: HTTP {response.status_code}", "the server is in trouble: try later")
    return Check("model", "ok", f"{told}; it answers (HTTP {response.status_code})")


def _mail_sink() -> Check:
    try:
        with socket.create_server(("127.0.0.1", 0)):
            pass
    except OSError as error:
        return Check("mail sink", "missing", f"no loopback port can be opened: {error.strerror}", "allow 127.0.0.1")
    return Check("mail sink", "ok", "test mail goes to a sink on loopback; no mail leaves this machine")


def _worker(settings: Settings) -> Check:
    """Whether somebody executes workflows; essential only to those who have some that are active."""
    from gtm.domain.clock import SystemClock
    from gtm.store.database import Database
    from gtm.store.repositories import workers
    from gtm.store.schema import current_revision, head

    path = settings.sqlite_path
    if path is not None and not path.exists():
        return Check("worker", "ok", "none is needed before the first workflow is active")
    database = Database(settings.database)
    try:
        if current_revision(database) != head():
            return Check("worker", "ok", "none is needed before the first workflow is active")
        with database.read() as session:
            living = workers.living(session, SystemClock().now())
            active = workers.active_workflows(session)
    finally:
        database.close()
    if living:
        names = ", ".join(row.name + (" (in gtm serve)" if row.embedded else "") for row in living)
        return Check("worker", "ok", f"{len(living)} alive: {names}")
    if not active:
        return Check("worker", "ok", "none is needed before the first workflow is active")
    told = f"none is alive, and {counted(active, 'workflow')} {agreed(active, 'is', 'are')} active: nothing is sent"
    return Check("worker", "optional", told, "gtm worker starts one; with --sink no mail leaves this machine")


_UNSEEN_WORKER = Check("worker", "optional", "not known, as the database cannot be used", "mend the database first")


def _endpoints(settings: Settings) -> Check:
    """What workflows may call; nothing is called, as no call is known to be without effect."""
    named = bootstrap.endpoints(settings)
    names = ", ".join(one.name for one in named.endpoints) if named else ""
    hosts = ", ".join(named.allowed_hosts) if named else ""
    return Check("endpoints", "ok", f"endpoints: {names or 'none'}; hosts: {hosts or 'none'}")


def _temporal(settings: Settings) -> Check:
    """Whether the cluster that is configured can be reached."""
    import asyncio

    from app import bootstrap

    cluster = bootstrap.cluster(settings)
    asyncio.run(cluster.connect())
    return Check("temporal", "ok", f"{cluster.address}, namespace {cluster.namespace}, queue {cluster.queue}")


def _agent(settings: Settings) -> Check:
    if settings.agent_url:
        return Check("agent", "ok", f"the exit gate asks {settings.agent_url}")
    token = "" if settings.agent_token else "; without GTM_AGENT_TOKEN it listens on loopback only"
    return Check("agent", "ok", f"the exit gate starts its own on loopback{token}")


def _optional_packages() -> Iterator[Check]:
    """What an extra of this distribution brings."""
    for name, packages, use, extra in (
        (
            "language",
            ("harper-py", "lingotweaker"),
            "only the house's own rules judge grammar and spelling",
            "language",
        ),
        ("documents", ("markitdown",), "briefs are read from YAML and JSON only", "documents"),
    ):
        found = [f"{package} {version}" for package in packages if (version := _version(package))]
        absent = [package for package in packages if not _version(package)]
        fix = f"pip install 'gtm-strategist[{extra}]'"
        if found:
            yield Check(name, "ok", ", ".join(found) + (f"; without {', '.join(absent)}" if absent else ""))
        else:
            yield Check(name, "optional", f"not installed: {', '.join(absent)}; {use}", fix)


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _optional_programs(settings: Settings) -> Iterator[Check]:
    from gtm.connectors.chromium.schemas import PROGRAMS

    browsers = (str(settings.chromium),) if settings.chromium else PROGRAMS
    for name, programs, use, fix in (
        ("Chromium", browsers, "draws previews", "apt-get install chromium, or set GTM_CHROMIUM to a browser's path"),
        ("PostgreSQL", ("pg_ctl", "psql", "postgres"), "serves several machines", "apt-get install postgresql"),
    ):
        found = next(filter(None, map(shutil.which, programs)), None) or _debian_postgres(name)
        told = f"{found}{_previews(settings) if name == 'Chromium' else ''}"
        yield Check(name, "ok", told) if found else Check(name, "optional", f"not found; it {use}", fix)


def _previews(settings: Settings) -> str:
    """When previews are drawn."""
    asked = "; gtm preview draws with it"
    return f"{asked}, and so do review and handoff" if settings.chromium else f"{asked}; GTM_CHROMIUM always"


def _spam_filter(settings: Settings) -> Check:
    """A filter on the disk judges nothing: a run asks the daemon that GTM_SPAMD names."""
    if settings.spamd is not None:
        judge = bootstrap.spam_judge(settings)
        status = judge.check() if judge else None
        if status and status.state == "ready":
            return Check("SpamAssassin", "ok", status.detail)
        return Check("SpamAssassin", "optional", status.detail if status else "not asked", status.fix if status else "")
    found = next(filter(None, map(shutil.which, ("spamd", "/usr/sbin/spamd", "spamassassin", "spamc"))), None)
    if found:
        told = f"{found}, but no daemon is named: test mail is not judged for spam"
        return Check("SpamAssassin", "optional", told, "start spamd, and set GTM_SPAMD=127.0.0.1:783")
    return Check(
        "SpamAssassin", "optional", "not found; it judges test mail for spam", "apt-get install spamassassin spamd"
    )


def _debian_postgres(name: str) -> str | None:
    """Debian keeps the server's programs off the path."""
    if name != "PostgreSQL":
        return None
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return str(found[-1]) if found else None


def can_write(folder: Path) -> bool:
    """Whether this process can make files in a folder: tried, as permissions alone do not tell."""
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
