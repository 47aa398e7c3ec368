"""Imports CrewAI without what no run of ours touches: half of its time and a third of its memory.

CrewAI 1.15 imports a vector store for memories and knowledge that our crews do not keep, the exporters of traces that
are turned off, a catalogue of hosted apps, the security schemes of a server that we do not run, and OpenAI's client
also for the embedded playbook. While it is imported, hollow classes stand in for their names; afterwards the true
modules can be imported as ever. Every name that CrewAI keeps from them is an annotation, a base class or the second
argument of `isinstance`; whoever calls one is told what it is.
"""

import gc
import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from pydantic import BaseModel
from typing_extensions import override

UNUSED = (
    "chromadb",
    "numpy",
    "crewai.a2a.auth.server_schemes",
    "crewai_core.platform_apps",
    "opentelemetry.exporter",
    "opentelemetry.sdk",
)
"""Never used by our crews, whatever model they ask: agents/runtime.py turns tracing off, and nothing is embedded."""
CLIENT = "crewai.llms.providers.openai.completion"
"""Imports OpenAI's client; used by every model but the playbook."""


def import_crewai(*, served: bool) -> None:
    """Import CrewAI, if that is still to be done, without what is not used.

    Args:
        served: the model is asked over HTTP, so that OpenAI's client is needed.
    """
    if "crewai" in sys.modules:
        if served:
            _bring_client()
        return
    with _standing_in((*UNUSED, *(() if served else (CLIENT,)))), _without_collections(), _built_when_used():
        importlib.import_module("crewai")
    _drop_catalogue()


def _drop_catalogue() -> None:
    """Let go of the catalogue of all models' prices: CrewAI has made its tables of it, and reads it never again."""
    windows = sys.modules.get("crewai.llms.context_window")
    if windows is not None:
        windows.__dict__.pop("_CATALOG", None)


def _bring_client() -> None:
    """Give CrewAI the class of the true client, if a playbook run imported it with a stand-in."""
    importlib.import_module("crewai.task").__dict__["OpenAICompletion"] = importlib.import_module(
        CLIENT
    ).OpenAICompletion


@contextmanager
def _standing_in(names: Sequence[str]) -> Iterator[None]:
    finder = _Finder(names)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _Hollow)]:
            del sys.modules[name]


@contextmanager
def _without_collections() -> Iterator[None]:
    """An import makes objects that stay; looking through them for garbage again and again finds none."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def _built_when_used() -> Iterator[None]:
    """CrewAI declares hundreds of pydantic models, most of them events that no run emits.

    A model that is declared meanwhile builds its validator when it is first used (pydantic, `defer_build`).
    """
    ours = "defer_build" not in BaseModel.model_config
    if ours:
        BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        if ours:
            del BaseModel.model_config["defer_build"]


class _HollowType(type):
    """A class that can stand in annotations: subscripted, joined with others, validated as anything."""

    def __getitem__(cls, _: object) -> "_HollowType":
        return cls

    def __call__(cls, *_: object, **__: object) -> Any:
        raise ImportError(f"{cls.__module__}.{cls.__name__} was left out of CrewAI's import (agents/lean.py)")

    def __get_pydantic_core_schema__(cls, *_: object) -> Any:
        from pydantic_core.core_schema import any_schema

        return any_schema()


class _Hollow(ModuleType):
    """A module that has a hollow class for every public name."""

    def __getattr__(self, name: str) -> _HollowType:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _HollowType(name, (), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    def __init__(self, names: Sequence[str]) -> None:
        self._names = frozenset(names)
        self._below = tuple(f"{name}." for name in names)

    @override
    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        if fullname in self._names or fullname.startswith(self._below):
            return ModuleSpec(fullname, self, is_package=True)
        return None

    @override
    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Hollow(spec.name)

    @override
    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: names are made when they are asked for."""
