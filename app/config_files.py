"""Reads the configuration: every file below `config/`, each by its schema, and how they fit each other."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from app import ROOT
from gtm.domain.base import Model
from gtm.domain.errors import ConfigError

if TYPE_CHECKING:
    from app.configuration import Configuration
    from gtm.automation.layouts import Layouts
    from gtm.domain.campaign import CampaignTemplate
    from gtm.domain.limits import RetentionDays
    from gtm.domain.playbook_data import PlaybookData

CONFIG = ROOT / "config"

M = TypeVar("M", bound=Model)


def read_configuration(root: Path = CONFIG) -> "Configuration":
    """Read every file below `root` and check that they fit each other.

    Raises:
        ConfigError: names the file, the key and what is allowed.
    """
    from app.configuration import Configuration, check_references
    from gtm.domain.spec import AgentsSpec, Policies, Presets, StageSpec, TasksSpec

    templates = _templates(root)
    configuration = Configuration(
        stage=_load(root, "stage17/stage.yaml", StageSpec),
        agents=_load(root, "stage17/agents.yaml", AgentsSpec),
        tasks=_load(root, "stage17/tasks.yaml", TasksSpec),
        policies=_load(root, "policies.yaml", Policies).made_of({template.type for template in templates}),
        presets={
            path.stem: _load(root, f"presets/{path.name}", Presets) for path in _files(root / "presets", "*.yaml")
        },
        templates=templates,
        playbook=_playbook(root),
        prompts={path.name: _text(root, f"prompts/{path.name}") for path in _files(root / "prompts", "*.md")},
        mail_layout=_text(root, "mjml/email.mjml"),
        layouts=html_layouts(root),
    )
    check_references(configuration)
    return configuration


def retention_days(root: Path = CONFIG) -> "RetentionDays":
    """How long what has ended is kept: config/policies.yaml alone.

    Raises:
        ConfigError: the file cannot be read, or does not fit its schema.
    """
    from gtm.domain.spec import Policies

    return _load(root, "policies.yaml", Policies).retention


def html_layouts(root: Path = CONFIG) -> "Layouts":
    """What pages, ads and articles stand in: config/pages.

    Raises:
        ConfigError: a file cannot be read.
    """
    from gtm.automation.layouts import HtmlLayout, Layouts

    found = {
        name: HtmlLayout(html=_text(root, f"pages/{name}.html"), css=_text(root, f"pages/{name}.css"))
        for name in ("page", "ad", "article")
    }
    return Layouts(**found)


def _load(root: Path, name: str, model: type[M]) -> M:
    from gtm.domain.config_loading import load_config

    return load_config(_bytes(root, name), model, f"{root.name}/{name}")


def _bytes(root: Path, name: str) -> bytes:
    try:
        return (root / name).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{root.name}/{name} cannot be read: {error.strerror}",
            field=f"{root.name}/{name}",
            allowed="a readable file",
            hint="restore it from the repository",
        ) from error


def _text(root: Path, name: str) -> str:
    try:
        return _bytes(root, name).decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{root.name}/{name} is not UTF-8", field=f"{root.name}/{name}", allowed="UTF-8") from error


def _templates(root: Path) -> "tuple[CampaignTemplate, ...]":
    from gtm.domain.campaign import CampaignTemplate

    folders = sorted(path.parent.name for path in root.glob("campaign_templates/*/template.yaml"))
    return tuple(_load(root, f"campaign_templates/{name}/template.yaml", CampaignTemplate) for name in folders)


def _playbook(root: Path) -> "PlaybookData":
    from pydantic import ValidationError

    from gtm.domain.playbook_data import PlaybookCommon, PlaybookData, VoicePhrases

    common = _load(root, "playbook/common.yaml", PlaybookCommon)
    files = _files(root / "playbook" / "voices", "*.yaml")
    voices = tuple(_load(root, f"playbook/voices/{path.name}", VoicePhrases) for path in files)
    try:
        return PlaybookData(common=common, voices=voices)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]["msg"]
        raise ConfigError(f"{root.name}/playbook: {fault}", field=f"{root.name}/playbook/voices") from error


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))
