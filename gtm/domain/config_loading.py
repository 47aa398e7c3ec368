"""Reading the configuration: a broken file stops the start with file, key and what is allowed."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from gtm.domain.errors import ConfigError, shorten
from gtm.domain.faults import faults_of, sentences
from gtm.domain.yaml_reading import YamlFault, read_yaml

MAX_CONFIG_BYTES = 2_000_000

M = TypeVar("M", bound=BaseModel)


def load_config(data: bytes, model: type[M], name: str) -> M:
    """One YAML configuration file as its model.

    Args:
        data: the bytes of the file.
        model: what it must be; unknown keys are refused.
        name: the file's name, such as `config/policies.yaml`.

    Raises:
        ConfigError: no YAML, or no such model; names the file, the first key at fault and what is allowed there, and
            every fault in `findings`.
    """
    try:
        document = read_yaml(data, limit_bytes=MAX_CONFIG_BYTES)
    except YamlFault as fault:
        raise ConfigError(
            f"{name}: {shorten(fault.faults[0], 300)}",
            field=name,
            allowed="one YAML document in UTF-8",
            hint=f"mend {name}",
            findings=[f"{name}: {text}" for text in fault.faults],
        ) from fault
    try:
        return model.model_validate(document)
    except ValidationError as error:
        faults = faults_of(error, model)
        first = faults[0]
        raise ConfigError(
            f"{name}: {first.path} {first.message}",
            field=f"{name}: {first.path}",
            value=first.value or None,
            allowed=first.allowed,
            hint=f"mend {name}; its form is the schema named on its first line",
            findings=[f"{name}: {text}" for text in sentences(faults)],
        ) from error
