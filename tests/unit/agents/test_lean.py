"""CrewAI is imported without what no run touches, and has it when it is needed."""

import subprocess
import sys

import pytest

PLAYBOOK = """
import sys
from pathlib import Path
from agents.lean import import_crewai
from agents.runtime import prepare
prepare(Path(sys.argv[1]))
import_crewai(served=False)
import crews.drive
unused = ("openai", "chromadb", "fastapi", "langchain_openai", "numpy", "opentelemetry.sdk")
print("imported:", *(name for name in unused if name in sys.modules))
"""

SERVED_LATER = """
import sys
from pathlib import Path
from agents.lean import import_crewai
from agents.runtime import prepare
prepare(Path(sys.argv[1]))
import_crewai(served=False)
import crewai.task
try:
    crewai.task.OpenAICompletion("gpt")
except ImportError as error:
    print("refused:", error)
import_crewai(served=True)
from agents.openai_model import OpenAILLM
print(issubclass(OpenAILLM, crewai.task.OpenAICompletion), "openai" in sys.modules)
import chromadb
print(isinstance(chromadb.Client, type(import_crewai)))
"""


BUILT_LATER = """
import sys
from pathlib import Path
from agents.lean import import_crewai
from agents.runtime import prepare
prepare(Path(sys.argv[1]))
import_crewai(served=False)
from crewai.events.types.llm_events import LLMCallType, LLMCallStartedEvent
from pydantic import BaseModel, ValidationError
print(LLMCallStartedEvent.__pydantic_complete__, "defer_build" in BaseModel.model_config)
class Ours(BaseModel):
    n: int
print(Ours.__pydantic_complete__)
try:
    LLMCallStartedEvent(type=[])
except ValidationError as error:
    print(LLMCallStartedEvent.__pydantic_complete__, "refused")
"""


CATALOGUE = """
import re, sys
from pathlib import Path
from agents.lean import import_crewai
from agents.runtime import prepare
prepare(Path(sys.argv[1]))
import_crewai(served=False)
from crewai.llms import context_window
readers = [name for name, value in vars(context_window).items()
           if "_CATALOG" in getattr(getattr(value, "__code__", None), "co_names", ())]
print(hasattr(context_window, "_CATALOG"), readers, context_window.LLM_CONTEXT_WINDOW_SIZES["gpt-4o"] > 100_000)
"""


def said(script: str, folder: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_playbook_run_imports_no_client_and_no_vector_store(tmp_path):
    assert said(PLAYBOOK, str(tmp_path)) == ["imported:"]


def test_what_was_left_out_says_so_and_comes_back_when_needed(tmp_path):
    refused, client, store = said(SERVED_LATER, str(tmp_path))
    assert refused.startswith("refused: crewai.llms.providers.openai.completion.OpenAICompletion was left out")
    assert client == "True True"
    assert store == "True"


def test_its_models_are_built_when_they_are_used_and_ours_at_once(tmp_path):
    assert said(BUILT_LATER, str(tmp_path)) == ["False False", "True", "True refused"]


@pytest.mark.parametrize("served", [False, True])
def test_an_import_done_before_is_left_alone(served):
    import crewai

    from agents.lean import import_crewai

    before = crewai.task.OpenAICompletion
    import_crewai(served=served)
    assert crewai.task.OpenAICompletion is before


def test_the_catalogue_of_prices_is_let_go_and_no_function_reads_it(tmp_path):
    assert said(CATALOGUE, str(tmp_path)) == ["False [] True"]
