"""CrewAI's environment is made before CrewAI is imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agents import runtime
from gtm.domain.errors import ConfigError

ROOT = Path(__file__).parents[3]


def python(code: str, **env: str) -> str:
    plain = {k: v for k, v in os.environ.items() if not k.startswith(("CREWAI_", "OTEL_"))}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**plain, **env}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_light_modules_do_not_import_crewai() -> None:
    modules = "agents.runtime, agents.usage, agents.desk, agents.models, agents.wire, agents.faults, agents.testing"
    code = f"import sys, {modules}, agents.writer; print('crewai' in sys.modules, 'chromadb' in sys.modules)"
    assert python(code) == "False False"


def test_usage_imports_no_client_at_all() -> None:
    code = "import sys, agents.runtime, agents.usage; print({'crewai', 'openai', 'httpx'} & set(sys.modules))"
    assert python(code) == "set()"


def test_prepare_sets_every_switch_and_makes_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*runtime.SETTINGS, "CREWAI_STORAGE_DIR"):
        monkeypatch.setenv(name, "")
    monkeypatch.delitem(sys.modules, "crewai", raising=False)
    monkeypatch.chdir(tmp_path)
    runtime.prepare(Path("crew"))
    runtime.prepare(Path("crew"))
    assert (tmp_path / "crew").is_dir()
    assert os.environ["CREWAI_STORAGE_DIR"] == str(tmp_path / "crew")
    assert {name: os.environ[name] for name in runtime.SETTINGS} == runtime.SETTINGS


def test_a_process_without_a_home_lives_in_the_storage_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/proc/nowhere")
    monkeypatch.setenv("CREWAI_STORAGE_DIR", "")
    monkeypatch.delitem(sys.modules, "crewai", raising=False)
    runtime.prepare(tmp_path / "crew")
    assert os.environ["HOME"] == str(tmp_path / "crew")


def test_prepare_too_late_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in runtime.SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CREWAI_TRACING_ENABLED", "true")
    monkeypatch.setitem(sys.modules, "crewai", runtime)
    with pytest.raises(ConfigError, match="CREWAI_TRACING_ENABLED came too late"):
        runtime.prepare(tmp_path)


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CREWAI_STORAGE_DIR", "")
    (tmp_path / "file").write_text("")
    monkeypatch.delitem(sys.modules, "crewai", raising=False)
    with pytest.raises(ConfigError, match="cannot be created"):
        runtime.prepare(tmp_path / "file" / "crew")
