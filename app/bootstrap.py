"""The one composition root, and the only reader of the environment; `app/config_files.py` reads the configuration.

Everything that is heavy is imported inside the function that needs it: `gtm --help` and `gtm status` pass through here.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from app.config_files import CONFIG as CONFIG
from app.config_files import html_layouts as html_layouts
from app.config_files import read_configuration as read_configuration
from app.config_files import retention_days as retention_days
from app.home import prepare_home
from app.keys import open_vault as open_vault
from app.keys import vault_key
from app.keys import vault_key_file as vault_key_file
from app.settings import VARIABLES, Settings
from gtm.domain.errors import ConfigError, InvalidInput, NotFound

if TYPE_CHECKING:
    from agents.models import ModelSettings
    from app.configuration import Configuration
    from app.endpoints import EndpointsFile
    from app.status_source import StoreSource
    from app.temporal.engine import Cluster
    from crews.services import Services
    from gtm.automation.tracking import SignedTracking
    from gtm.connectors.chromium.service import ChromiumCamera
    from gtm.connectors.proofreading.service import ProofreadingService
    from gtm.connectors.smtp.schemas import DkimSettings
    from gtm.connectors.spamassassin.service import SpamAssassinService
    from gtm.store.database import Database


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Args:
        env: variables to read instead of the process's own.

    Raises:
        ConfigError: a variable cannot be used.
    """
    return Settings.from_env(os.environ if env is None else env)


def survey_settings(env: Mapping[str, str] | None = None) -> tuple[Settings, tuple[ConfigError, ...]]:
    """The settings as far as they can be used, and what is wrong with the rest; for `gtm doctor`.

    Args:
        env: variables to read instead of the process's own.
    """
    return Settings.survey(os.environ if env is None else env)


def unknown_variables(env: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Variables that look like ours and are not: most likely misspelt."""
    names = os.environ if env is None else env
    return tuple(
        sorted(n for n in names if n.startswith("GTM_") and n not in VARIABLES and not n.startswith("GTM_TEST_"))
    )


def user_name() -> str:
    """The user of this machine, or an empty text where there is none by name, as in some containers."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def child_environment(settings: Settings) -> dict[str, str]:
    """The variables of a process that we start and that must see the same settings."""
    passed = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return passed | settings.as_env()


def read_input(path: Path, limit_bytes: int, what: str = "a venture brief") -> bytes:
    """The bytes of a file that a person named; `what` it should be is for the error.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it cannot be read, or is longer than the limit.
    """
    try:
        with path.open("rb") as file:
            data = file.read(limit_bytes + 1)
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", field="FILE", value=str(path), hint="check the name") from None
    except OSError as error:
        raise InvalidInput(
            f"{path} cannot be read: {error.strerror}", field="FILE", value=str(path), allowed="a readable file"
        ) from error
    if len(data) > limit_bytes:
        raise InvalidInput(
            f"{path} is longer than {what} may be",
            field="FILE",
            value=f"{path.stat().st_size} bytes",
            allowed=f"at most {limit_bytes} bytes",
            hint="leave out what is not needed, or split it",
        )
    return data


def open_store(settings: Settings) -> "Database":
    """The database, brought to the newest schema; the home is made when it is missing.

    Raises:
        ConfigError: the home cannot be made, or this kind of database is not supported.
        StoreError: the database cannot be opened or migrated.
    """
    from gtm.store.database import Database
    from gtm.store.schema import upgrade

    prepare_home(settings)
    database = Database(settings.database)
    upgrade(database)
    return database


def model_settings(settings: Settings) -> "ModelSettings":
    """Which model a run uses."""
    from agents.models import ModelSettings

    if settings.provider == "playbook":
        return ModelSettings()
    return ModelSettings(
        provider=settings.provider,
        model=settings.model or "",
        base_url=settings.base_url,
        api_key=settings.key,
        timeout_seconds=settings.llm_timeout,
        max_retries=settings.llm_max_retries,
        max_parallel=settings.llm_max_parallel,
        requests_per_minute=settings.llm_requests_per_minute,
        prices=settings.prices,
        temperature=settings.llm_temperature,
        max_tokens=settings.llm_max_tokens,
        context_window=settings.llm_context_window,
    )


def cluster(settings: Settings) -> "Cluster":
    """Where Temporal is.

    Raises:
        ConfigError: its address is not set, or the package that speaks to it is not installed.
    """
    if settings.temporal_address is None:
        raise ConfigError(
            "the engine temporal needs the address of its server",
            field="GTM_TEMPORAL_ADDRESS",
            allowed="HOST:PORT of a Temporal frontend",
            hint="set GTM_TEMPORAL_ADDRESS, or leave --engine away: this project needs no cluster",
        )
    try:
        from app.temporal.engine import Cluster
    except ImportError as error:
        raise ConfigError(
            f"the engine temporal needs a package that is not installed: {error.name}",
            field="--engine",
            value="temporal",
            hint="pip install 'gtm-strategist[temporal]'",
        ) from error
    return Cluster(
        address=settings.temporal_address, namespace=settings.temporal_namespace, queue=settings.temporal_queue
    )


def build(settings: Settings, configuration: "Configuration", database: "Database") -> "Services":
    """Wire the parts that a run uses. The agent process is started when the exit gate first asks it, once for all runs.

    Args:
        settings: of this process.
        configuration: config/**.
        database: the open store.

    Raises:
        ConfigError: the endpoints' file cannot be used.
    """
    from app.agent_probe import PATH, AgentProbe, AgentProcess
    from app.endpoints import reach
    from crews.services import Services
    from gtm.domain.clock import SystemClock

    token = settings.agent_token.get_secret_value() if settings.agent_token else None
    return Services(
        database=database,
        clock=SystemClock(),
        stage=configuration.stage,
        agents=configuration.agents,
        tasks=configuration.tasks,
        policies=configuration.policies,
        presets=configuration.presets,
        templates=configuration.templates,
        playbook=configuration.playbook,
        prompts=configuration.prompts,
        mail_layout=configuration.mail_layout,
        layouts=configuration.layouts,
        models=model_settings(settings),
        out_dir=settings.out.absolute(),
        state_dir=settings.home.absolute(),
        agent_probe=AgentProbe(settings.agent_url, AgentProcess(child_environment(settings)), token),
        agent_url=(settings.agent_url or "http://127.0.0.1:8017").removesuffix(PATH) + PATH,
        token_budget=settings.token_budget,
        money_budget=settings.money_budget,
        proofreader=proofreader(settings),
        spam_judge=spam_judge(settings),
        camera=camera(settings),
        reach=reach(settings),
        public_url=settings.public_url,
    )


def camera(settings: Settings, *, asked: bool = False) -> "ChromiumCamera | None":
    """What draws previews; None where no browser is set. Nothing is started yet.

    Args:
        settings: of this process.
        asked: whether somebody wants previews now: then a browser on PATH does as well.
    """
    from gtm.connectors.chromium.schemas import ChromiumSettings
    from gtm.connectors.chromium.service import ChromiumCamera, find_browser

    program = settings.chromium or (find_browser() if asked else None)
    return ChromiumCamera(ChromiumSettings(program=program)) if program is not None else None


def spam_judge(settings: Settings) -> "SpamAssassinService | None":
    """What weighs mails as a recipient's spam filter would; None where no daemon is named. It is not asked yet."""
    if settings.spamd is None:
        return None
    from gtm.connectors.spamassassin.schemas import SpamAssassinSettings
    from gtm.connectors.spamassassin.service import SpamAssassinService

    return SpamAssassinService(SpamAssassinSettings.at(settings.spamd))


def proofreader(settings: Settings) -> "ProofreadingService | None":
    """What reads copy for slips; None where it is off or no checker is installed. Nothing is started yet."""
    if settings.proofreading == "off":
        return None
    from gtm.connectors.proofreading.service import ProofreadingService, installed

    return ProofreadingService(settings.home.absolute() / "proofread.jsonl") if installed() else None


def status_source(settings: Settings) -> "StoreSource":
    """What the web door answers from; the store is made or migrated when it must be.

    Raises:
        StoreError: the store cannot be opened.
    """
    from app.status_source import StoreSource

    source = StoreSource(settings)
    source.prepare()
    return source


def tracking(settings: Settings) -> "SignedTracking | None":
    """Signed links in mails and what reads them; None where no public address is set, and mails then go out as written.

    Raises:
        ConfigError: the vault's key, from which the secret is derived, cannot be used.
    """
    from gtm.automation.tracking import SignedTracking, secret_from

    if settings.public_url is None:
        return None
    given = settings.vault_key
    key = given.get_secret_value().encode() if given is not None else vault_key(settings)
    return SignedTracking(settings.public_url, secret_from(key))


def dkim(settings: Settings, database: "Database") -> "DkimSettings | None":
    """How mail is signed, with the key out of the vault; None where the relay signs.

    Raises:
        NotFound: nothing is stored under the reference.
        StoreError: the key was encrypted with another key of the vault.
    """
    from pydantic import SecretStr

    from gtm.connectors.smtp.schemas import DkimSettings

    if settings.dkim_key is None or settings.dkim_selector is None or settings.mail_from is None:
        return None
    with database.read() as session:
        key = SecretStr(open_vault(settings).get(session, settings.dkim_key))
    domain = settings.mail_from.rpartition("@")[2].lower()
    return DkimSettings(domain=domain, selector=settings.dkim_selector, private_key=key)


def endpoints(settings: Settings) -> "EndpointsFile | None":
    """What workflows may call; None where GTM_HTTP_ENDPOINTS names no file.

    Raises:
        ConfigError: the file cannot be read or used; names the key and what is allowed.
    """
    from app.endpoints import EndpointsFile
    from gtm.domain.config_loading import load_config

    path = settings.http_endpoints
    if path is None:
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}",
            field="GTM_HTTP_ENDPOINTS",
            value=str(path),
            allowed=VARIABLES["GTM_HTTP_ENDPOINTS"][1],
        ) from error
    return load_config(data, EndpointsFile, path.name)
