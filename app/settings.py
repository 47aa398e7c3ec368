"""Settings of one process, read from variables once; everything below is handed typed values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from gtm.domain.base import Model
from gtm.domain.errors import ConfigError

Provider = Literal["playbook", "openai", "compatible"]

_HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?$|^\[[0-9a-f:]+\]$")


def _prices(text: object) -> object:
    """`model=in/out, other=in/out` as a mapping."""
    if not isinstance(text, str):
        return text
    prices: dict[str, tuple[Decimal, Decimal]] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        name, _, pair = entry.rpartition("=")
        numbers = pair.split("/")
        try:
            values = [Decimal(number) for number in numbers]
        except InvalidOperation:
            values = []
        if not name or len(values) != 2 or not all(v.is_finite() and v >= 0 for v in values):
            raise ValueError(f"{entry!r} is not of that form")
        prices[name.strip()] = (values[0], values[1])
    return prices


def _hosts(text: object) -> object:
    """A comma-separated list of host names."""
    return tuple(filter(None, (h.strip().lower() for h in text.split(",")))) if isinstance(text, str) else text


def _host(name: str) -> str:
    if not _HOST.match(name):
        raise ValueError(f"{name!r} is not a host name")
    return name


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
        raise ValueError("not an http or https address without user and query")
    return url.rstrip("/")


def _token(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value()
    if len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("too short or with blanks")
    return secret


def _host_and_port(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not _HOST.match(host.lower()) or not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise ValueError("no host and port")
    return text


def _finite(amount: Decimal) -> Decimal:
    if not amount.is_finite():
        raise ValueError("no finite amount")
    return amount


def _mail_server(secret: SecretStr) -> SecretStr:
    parts = urlsplit(secret.get_secret_value())
    if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname or parts.path or parts.query:
        raise ValueError("no mail server's address")
    _ = parts.port
    return secret


WebAddress = Annotated[str, AfterValidator(_web_address)]
Prices = Annotated[dict[str, tuple[Decimal, Decimal]], BeforeValidator(_prices)]


class Settings(Model):
    """What this process is told by its environment.

    Attributes:
        home: where state lives (GTM_HOME): the database, the vault's key, CrewAI's files, evidence.
        database_url: GTM_DATABASE_URL; empty means `gtm.db` in the home.
        out: where handoff packages go (GTM_OUT).
        provider: which model answers (GTM_LLM_PROVIDER).
        api_key: GTM_LLM_API_KEY, or OPENAI_API_KEY for the provider openai.
        llm_timeout: seconds of silence after which an attempt is given up.
        prices: US dollars per million tokens by model, (in, out).
        token_budget: tokens a run may spend on copy; None for no limit.
        money_budget: US dollars a run may spend on models; None for no limit.
        proofreading: `auto` uses the language checkers that are installed, `off` leaves copy to the house's own rules.
        spamd: HOST:PORT of a SpamAssassin daemon that mails are judged by; without it, none judges them.
        chromium: the browser that draws previews; without it, the one on PATH.
        agent_url: an agent process that already runs somewhere; without it the exit gate starts its own.
        agent_token: bearer token of the endpoint; needed when it listens beyond this machine.
        allowed_hosts: further names by which the endpoint may be addressed, as behind a proxy.
        vault_key: key of the vault; without it, a key file in the home.
        mail_url: the mail server that a worker hands mail to; without it, none leaves this machine.
        mail_from: whom mail is from.
        mail_connections: messages that a worker hands over at one time, each on a connection that is kept.
        mail_delivered: where the relay keeps what it took, so that sends of unknown fate can be looked up.
        dkim_selector: under which DNS holds the key that mail is signed with.
        dkim_key: vault reference of that key.
        mail_unsubscribe_url: where recipients unsubscribe when this server has no public address.
        feedback_maildir: where bounces and complaints come in; a worker heeds them.
        http_endpoints: the file that names the endpoints and hosts which workflows may call.
        temporal_address: a Temporal frontend, for `--engine temporal`.
        temporal_namespace: of that cluster.
        temporal_queue: the task queue that starters and workers share.
        person: who decides when `--by` does not say.
        debug: whether a failing command shows its traceback.
    """

    # A refused input may hold a key.
    model_config = ConfigDict(hide_input_in_errors=True)

    home: Path = Path("var")
    database_url: str = Field(default="", repr=False)
    out: Path = Path("out")
    provider: Provider = "playbook"
    model: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    base_url: WebAddress | None = None
    api_key: SecretStr | None = None
    openai_api_key: SecretStr | None = None
    llm_timeout: Annotated[float, Field(gt=0, le=3600)] = 60.0
    llm_max_retries: Annotated[int, Field(ge=0, le=10)] = 2
    llm_max_parallel: Annotated[int, Field(ge=1, le=64)] = 16
    llm_requests_per_minute: Annotated[int, Field(ge=1)] | None = None
    llm_temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    llm_max_tokens: Annotated[int, Field(ge=16)] | None = None
    llm_context_window: Annotated[int, Field(ge=1024)] = 128_000
    prices: Prices = Field(default_factory=dict)
    token_budget: Annotated[int, Field(ge=1)] | None = None
    money_budget: Annotated[Decimal, Field(gt=0), AfterValidator(_finite)] | None = None
    proofreading: Literal["auto", "off"] = "auto"
    spamd: Annotated[str, AfterValidator(_host_and_port)] | None = None
    chromium: Path | None = None
    agent_url: WebAddress | None = None
    agent_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    allowed_hosts: Annotated[tuple[Annotated[str, AfterValidator(_host)], ...], BeforeValidator(_hosts)] = ()
    vault_key: SecretStr | None = None
    public_url: WebAddress | None = None
    mail_url: Annotated[SecretStr, AfterValidator(_mail_server)] | None = None
    mail_from: Annotated[str, Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None
    mail_connections: Annotated[int, Field(ge=1, le=32)] = 4
    mail_unsubscribe_url: WebAddress | None = None
    mail_delivered: Path | None = None
    dkim_selector: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$")] | None = None
    dkim_key: Annotated[str, Field(pattern=r"^vault://[^\s]{3,200}$")] | None = None
    feedback_maildir: Path | None = None
    http_endpoints: Path | None = None
    temporal_address: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+:[0-9]{1,5}$")] | None = None
    temporal_namespace: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "default"
    temporal_queue: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,200}$")] = "gtm"
    person: Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")] = ""
    debug: bool = False

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Read the variables; a blank one counts as not set.

        Raises:
            ConfigError: a value that cannot be used; names the variable, the value and what is allowed.
        """
        try:
            settings = cls.model_validate(_given(env))
        except ValidationError as error:
            raise _broken(error, env) from None
        for misfit in settings._misfits():
            raise misfit
        return settings

    @classmethod
    def survey(cls, env: Mapping[str, str]) -> tuple[Self, tuple[ConfigError, ...]]:
        """The settings of all variables that can be used, and one error for each that cannot or that is missing.

        For looking at a configuration that does not stand yet; whatever works reads it by `from_env`.
        """
        faults: list[ConfigError] = []
        usable = dict(env)
        try:
            cls.model_validate(_given(usable))
        except ValidationError as error:
            for name in _named_in(error):
                faults.append(_unusable(name, env))
                del usable[name]
        settings = cls.model_validate(_given(usable))
        refused = {fault.field for fault in faults}
        # What is missing only because it cannot be used is told already.
        return settings, (*faults, *(misfit for misfit in settings._misfits() if misfit.field not in refused))

    def _misfits(self) -> Iterator[ConfigError]:
        """What is wrong with settings that are each right but do not fit each other."""
        if self.provider == "openai" and self.key is None:
            yield _missing("OPENAI_API_KEY", "GTM_LLM_PROVIDER=openai needs a key")
        if self.provider == "compatible" and self.base_url is None:
            yield _missing("GTM_LLM_BASE_URL", "GTM_LLM_PROVIDER=compatible needs the address of its server")
        if self.provider != "playbook" and self.model is None:
            yield _missing("GTM_LLM_MODEL", f"GTM_LLM_PROVIDER={self.provider} needs the name of a model")
        if (self.dkim_key is None) != (self.dkim_selector is None):
            name = "GTM_DKIM_SELECTOR" if self.dkim_key else "GTM_DKIM_KEY"
            yield ConfigError("DKIM needs a selector and a key", field=name, allowed=VARIABLES[name][1])
        if self.database_url and not self.database_url.startswith(("sqlite:///", "postgresql")):
            yield ConfigError(
                "this kind of database is not supported",
                field="GTM_DATABASE_URL",
                value=self.database_url.split(":", 1)[0],
                allowed=VARIABLES["GTM_DATABASE_URL"][1],
            )
        if self.database_url.startswith("postgresql") and (why := _ambiguous(self.database_url)):
            yield ConfigError(
                why,
                field="GTM_DATABASE_URL",
                value=mask(self.database_url),
                allowed=VARIABLES["GTM_DATABASE_URL"][1],
                hint="write these letters of a user name or password as %40 for @, %2F for /, %3A for :, %3F for ?, "
                "%23 for #",
            )

    @property
    def database(self) -> str:
        """The database's URL in effect; `postgresql://` means the driver that is installed."""
        if not self.database_url:
            return f"sqlite:///{(self.home / 'gtm.db').absolute()}"
        return re.sub(r"^postgresql://", "postgresql+psycopg://", self.database_url)

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file, or None on another database."""
        return Path(self.database.removeprefix("sqlite:///")) if self.database.startswith("sqlite:///") else None

    @property
    def key(self) -> SecretStr | None:
        """The model's key in effect."""
        return self.api_key or (self.openai_api_key if self.provider == "openai" else None)

    @property
    def safe_database(self) -> str:
        """The database's URL without its password."""
        return mask(self.database) if self.sqlite_path is None else self.database

    def as_env(self) -> dict[str, str]:
        """The variables that make another process read these settings, secrets included: for a child only."""
        values = self.model_dump(exclude_none=True, exclude_defaults=True)
        values |= {"home": self.home.absolute(), "out": self.out.absolute(), "database_url": self.database}
        return {name: _text(values[field]) for name, (field, _) in VARIABLES.items() if field in values}


VARIABLES: dict[str, tuple[str, str]] = {
    "GTM_HOME": ("home", "a folder"),
    "GTM_DATABASE_URL": ("database_url", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"),
    "GTM_OUT": ("out", "a folder"),
    "GTM_LLM_PROVIDER": ("provider", "playbook, openai or compatible"),
    "GTM_LLM_MODEL": ("model", "the name of a model, at most 200 characters"),
    "GTM_LLM_BASE_URL": ("base_url", "an http or https address without user and query"),
    "GTM_LLM_API_KEY": ("api_key", "the key of the model's server"),
    "OPENAI_API_KEY": ("openai_api_key", "a key of OpenAI"),
    "GTM_LLM_TIMEOUT": ("llm_timeout", "seconds, above 0 and at most 3600"),
    "GTM_LLM_MAX_RETRIES": ("llm_max_retries", "0 to 10"),
    "GTM_LLM_MAX_PARALLEL": ("llm_max_parallel", "1 to 64"),
    "GTM_LLM_REQUESTS_PER_MINUTE": ("llm_requests_per_minute", "1 or more"),
    "GTM_LLM_TEMPERATURE": ("llm_temperature", "0 to 2"),
    "GTM_LLM_MAX_TOKENS": ("llm_max_tokens", "16 or more"),
    "GTM_LLM_CONTEXT_WINDOW": ("llm_context_window", "1024 or more"),
    "GTM_LLM_PRICES": ("prices", "MODEL=IN/OUT in US dollars per million tokens, several separated by commas"),
    "GTM_LLM_TOKEN_BUDGET": ("token_budget", "1 or more"),
    "GTM_LLM_MONEY_BUDGET": ("money_budget", "US dollars, above 0, such as 2.50"),
    "GTM_PROOFREADING": ("proofreading", "auto or off"),
    "GTM_SPAMD": ("spamd", "HOST:PORT of a SpamAssassin daemon, such as 127.0.0.1:783"),
    "GTM_CHROMIUM": ("chromium", "the path of a Chromium browser"),
    "GTM_AGENT_URL": ("agent_url", "an http or https address without user and query"),
    "GTM_AGENT_TOKEN": ("agent_token", "at least 16 printable characters without blanks"),
    "GTM_ALLOWED_HOSTS": ("allowed_hosts", "host names separated by commas, without scheme and port"),
    "GTM_VAULT_KEY": ("vault_key", "a Fernet key: 32 bytes in URL-safe base64"),
    "GTM_PUBLIC_URL": ("public_url", "the https address at which recipients of mail reach this server, without query"),
    "GTM_MAIL_URL": (
        "mail_url",
        "smtp://USER:PASSWORD@HOST:PORT (STARTTLS), smtps://… (TLS), or smtp+plain://HOST for a relay on this machine",
    ),
    "GTM_MAIL_FROM": ("mail_from", "the address that mail is sent from"),
    "GTM_MAIL_CONNECTIONS": ("mail_connections", "1 to 32"),
    "GTM_MAIL_DELIVERED": ("mail_delivered", "a folder to which the relay writes every message it took, each a file"),
    "GTM_DKIM_SELECTOR": (
        "dkim_selector",
        "the name below _domainkey of the sender's domain that holds the public key",
    ),
    "GTM_DKIM_KEY": ("dkim_key", "a vault reference, vault://venture/channel/name, of an RSA key in PEM form"),
    "GTM_MAIL_UNSUBSCRIBE_URL": (
        "mail_unsubscribe_url",
        "the https address of the one-click unsubscribe; GTM_PUBLIC_URL makes one of its own",
    ),
    "GTM_FEEDBACK_MAILDIR": ("feedback_maildir", "a Maildir into which bounces and complaints are delivered"),
    "GTM_HTTP_ENDPOINTS": ("http_endpoints", "a YAML file with endpoints, allowed_hosts and private_hosts"),
    "GTM_TEMPORAL_ADDRESS": ("temporal_address", "HOST:PORT of a Temporal frontend"),
    "GTM_TEMPORAL_NAMESPACE": ("temporal_namespace", "letters, digits, dots, hyphens and underscores"),
    "GTM_TEMPORAL_QUEUE": ("temporal_queue", "letters, digits, dots, hyphens and underscores"),
    "GTM_PERSON": ("person", "a name of at most 80 characters"),
    "GTM_DEBUG": ("debug", "1 or 0"),
}
"""Every variable: the field it fills and what it may hold."""

SECRETS = frozenset({"api_key", "openai_api_key", "agent_token", "vault_key", "mail_url"})


def mask(url: str) -> str:
    """A database's URL without its password, up to the last @: a password may hold one that was not written %40."""
    return re.sub(r"(://[^:@/]*):.*@", r"\1:***@", re.sub(r"(?i)([?&][a-z]*password=)[^&]*", r"\1***", url))


def _ambiguous(url: str) -> str:
    """Why a URL of PostgreSQL cannot be read for sure, as a sentence; empty when it can."""
    rest = url.partition("://")[2]
    before, at, after = rest.rpartition("@")
    if at and re.search(r"[@/?#]", before):
        return "a user name or password in it holds a letter that ends it, so the host cannot be told"
    if re.search(r"(?i)[?&][a-z]*password=", after):
        return "its password stands behind the question mark, where it would be shown; write it before the host"
    return ""


def _given(env: Mapping[str, str]) -> dict[str, str]:
    """Values by the field that they fill; a blank variable counts as not set."""
    return {field: env[name] for name, (field, _) in VARIABLES.items() if env.get(name, "").strip()}


def _named_in(error: ValidationError) -> list[str]:
    """The variables that an error is about, each once."""
    fields = [str(fault["loc"][0]) for fault in error.errors(include_input=False, include_url=False)]
    return [name for name, (field, _) in VARIABLES.items() if field in fields]


def _broken(error: ValidationError, env: Mapping[str, str]) -> ConfigError:
    names = _named_in(error)
    findings = [f"{name}={_shown(name, env)}: {VARIABLES[name][1]}" for name in names]
    return _unusable(names[0], env, findings if len(findings) > 1 else ())


def _unusable(name: str, env: Mapping[str, str], findings: Sequence[str] = ()) -> ConfigError:
    return ConfigError(
        f"the environment variable {name} cannot be used",
        field=name,
        value=_shown(name, env),
        allowed=VARIABLES[name][1],
        findings=findings,
    )


def _shown(name: str, env: Mapping[str, str]) -> str:
    if VARIABLES[name][0] in SECRETS:
        return "(not shown)"
    return re.sub(r"\?.*", "?***", re.sub(r"://.*@", "://***@", env.get(name, "")))


def _missing(name: str, why: str) -> ConfigError:
    return ConfigError(
        why, field=name, allowed=VARIABLES[name][1], hint=f"set {name}, or GTM_LLM_PROVIDER=playbook for no key at all"
    )


def _text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return ",".join(f"{name}={pair[0]}/{pair[1]}" for name, pair in value.items())
    if isinstance(value, tuple):
        return ",".join(str(item) for item in value)
    return "1" if value is True else str(value)
