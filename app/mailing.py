"""What a worker's actions work with: stored content as the words, the configured mail server or a local sink as the
way, the HTTP endpoints that are named, and the runner for runs that are asked for.

Without `GTM_MAIL_URL` no mail can leave this machine: a worker then refuses to start, unless it is told to send into a
sink, which is a mail server on the loopback interface that keeps what it gets.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from app import bootstrap, endpoints
from app.home import private_folder
from app.remembering import Remembered
from app.settings import Settings
from crews.asked_runs import AskedRuns
from crews.stage17_gtm.tester import session_facts
from gtm.automation.campaign_email import CampaignEmails
from gtm.automation.ports import RenderedEmail, Services
from gtm.connectors.smtp.fake import SmtpSink
from gtm.connectors.smtp.lookup import DeliveredFolder
from gtm.connectors.smtp.schemas import SmtpSettings
from gtm.connectors.smtp.service import SmtpConnector
from gtm.domain.brief_later import known_later
from gtm.domain.clock import Clock, SystemClock
from gtm.domain.delivery import DeliveryPolicy
from gtm.domain.enrolment import Lead
from gtm.domain.errors import ConfigError, NotFound
from gtm.store.database import Database
from gtm.store.dossier import load_dossier
from gtm.store.repositories import automation, ventures

if TYPE_CHECKING:
    from app.configuration import Configuration

_PORTS = {"smtp": 587, "smtps": 465, "smtp+plain": 25}
_SECURITY = {"smtp": "starttls", "smtps": "tls", "smtp+plain": "plain"}


class StoredEmails:
    """The content of every venture's campaigns, as their runs made it; see `gtm.automation.ports.EmailSource`.

    Args:
        database: the store.
        clock: tells when what is remembered is to be read again.
        layout: the MJML that the parts of a mail stand in.
        preferences: where a lead chooses what to get; on the venture's website where nothing else is said.
    """

    def __init__(
        self, database: Database, clock: Clock, layout: str, preferences: Callable[[Lead], str] | None = None
    ) -> None:
        self._database = database
        self._layout = layout
        self._preferences = preferences
        self._known: Remembered[CampaignEmails] = Remembered(clock)

    def email_for(self, content_ref: str, lead: Lead, assignment_key: str) -> RenderedEmail:
        """The email for one person.

        Raises:
            NotFound: there is no such content.
            UnknownVariable: a placeholder has no value for this person.
        """
        campaign_id = content_ref.partition("/")[0]
        emails = self._known.get((lead.venture_id, campaign_id), lambda: self._read(lead.venture_id, campaign_id))
        return emails.email_for(content_ref, lead, assignment_key)

    def _read(self, venture_id: str, campaign_id: str) -> CampaignEmails:
        with self._database.read() as session:
            run_id = automation.run_of_campaign(session, venture_id, campaign_id)
            dossier = load_dossier(session, run_id) if run_id else None
            present = ventures.get_brief(session, venture_id)
        if dossier is None or dossier.templates is None or dossier.content is None:
            raise NotFound(f"there is no content of campaign {campaign_id}", field="content_ref", value=campaign_id)
        brief = known_later(dossier.brief, present)
        sessions = session_facts(dossier.model_copy(update={"brief": brief}))
        return CampaignEmails(brief, dossier.templates, dossier.content, self._layout, sessions, self._preferences)


@contextmanager
def sending(
    settings: Settings, configuration: "Configuration", database: Database, *, sink: bool = False
) -> Iterator[Services]:
    """What a worker's actions work with, for as long as the block lasts.

    Args:
        settings: of this process.
        configuration: config/**, for the limits of delivery.
        database: the store.
        sink: send into a mail server on the loopback interface instead; what it got is then written to the home.

    Raises:
        ConfigError: no mail server is configured, and no sink is asked for; or the endpoints' file cannot be used.
    """
    clock = SystemClock()
    with ExitStack() as open_:
        mailer = open_.enter_context(_sink(settings, clock) if sink else _server(settings, database))
        http = endpoints.http(settings, database)
        if http is not None:
            open_.callback(http.close)
        policies = configuration.policies
        delivery = DeliveryPolicy.of(policies.delivery, policies.send_windows)
        signed = bootstrap.tracking(settings)
        preferences = signed.preferences_url if signed is not None else None
        yield Services(
            StoredEmails(database, clock, configuration.mail_layout, preferences),
            mailer,
            http=http,
            # What stays on this machine reaches nobody whom the law protects.
            delivery=replace(delivery, needs_address=False) if sink else delivery,
            tracking=signed,
            runs=AskedRuns(lambda: bootstrap.build(settings, configuration, database)),
        )


@contextmanager
def _server(settings: Settings, database: Database) -> Iterator[SmtpConnector]:
    """The mail server that is configured."""
    signed = mail_settings(settings).model_copy(update={"dkim": bootstrap.dkim(settings, database)})
    kept = settings.mail_delivered
    mailer = SmtpConnector(signed, DeliveredFolder(kept) if kept is not None else None)
    try:
        yield mailer
    finally:
        mailer.close()


@contextmanager
def _sink(settings: Settings, clock: Clock) -> Iterator[SmtpConnector]:
    """A mail server on this machine; what it got is written to the home at the end."""
    with SmtpSink(clock) as server:
        mailer = SmtpConnector(_sink_settings(server), server)
        try:
            yield mailer
        finally:
            mailer.close()
            private_folder(settings.home / "mail")
            server.export(sink_folder(settings, clock.now()))


def sink_folder(settings: Settings, now: datetime) -> Path:
    """Where a sink's mail is written to when its worker ends."""
    return settings.home / "mail" / f"{now:%Y%m%d-%H%M%S}"


def mail_settings(settings: Settings) -> SmtpSettings:
    """The mail server that is configured.

    Raises:
        ConfigError: names the variable that is missing.
    """
    if settings.mail_url is None:
        raise _missing("GTM_MAIL_URL", "a worker needs a mail server to hand mail to")
    if settings.mail_from is None:
        raise _missing("GTM_MAIL_FROM", "mail needs a sender")
    unsubscribe = settings.mail_unsubscribe_url or settings.public_url
    if unsubscribe is None or not unsubscribe.startswith("https://"):
        raise _missing("GTM_MAIL_UNSUBSCRIBE_URL", "mail needs an https address at which recipients unsubscribe")
    parts = urlsplit(settings.mail_url.get_secret_value())
    return SmtpSettings.model_validate(
        {
            "host": parts.hostname,
            "port": parts.port or _PORTS[parts.scheme],
            "security": _SECURITY[parts.scheme],
            "username": unquote(parts.username) if parts.username else None,
            "password": SecretStr(unquote(parts.password)) if parts.password else None,
            "sender": settings.mail_from,
            "connections": settings.mail_connections,
            "unsubscribe_url": unsubscribe,
        }
    )


def _sink_settings(server: SmtpSink) -> SmtpSettings:
    return SmtpSettings(
        host=server.host,
        port=server.port,
        security="plain",
        sender="team@sink.test",
        unsubscribe_url="https://sink.test/unsubscribe",
    )


def _missing(name: str, why: str) -> ConfigError:
    from app.settings import VARIABLES

    hint = f"set {name}, or use --sink to keep all mail on this machine"
    return ConfigError(why, field=name, allowed=VARIABLES[name][1], hint=hint)
