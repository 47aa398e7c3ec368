"""The copy of a whole run against a server with a second of latency: in parallel, and one piece after another.

Usage: python -m benchmarks.content_generation [ROUNDS]

First 100 short pieces, 16 in flight against one after another, so that the count does not hang on a venture; then a
venture's own copy. The model on the server takes up the house's draft, so both do the same work. Tokens, as the server
counts them, are compared with a plain CrewAI crew that writes the same pieces: one task each, the same system and user
prompts, the same structured answer, and no other task's output as context.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agents.copy_answer import PieceCopy
from agents.copywriter import CopyJob, Copywriter
from agents.models import ModelSettings
from agents.runtime import prepare
from agents.testing import Counts, OpenAIServer, Reply
from agents.testing_brain import HouseBrain
from agents.usage import UsageLedger
from agents.wire import Wire
from benchmarks.conditions import print_conditions, report
from benchmarks.parallel_runs import load, parts
from crews.approvals import decide
from crews.runner import advance, start_run
from crews.services import Services
from gtm.domain.dossier import Dossier
from gtm.playbook.directives import Directives
from gtm.store.dossier import load_dossier

LATENCY = 1.0
"""Seconds that the server takes for each answer."""

MODEL = "test-model"
TONE = "clear and factual"
VARIANTS = 2
AIM_FASTER = 5.0
PIECES = 100
IN_FLIGHT = 16
AIM_HUNDRED = 8.0
AIM_TOKENS = 1.0


@dataclass(frozen=True)
class Written:
    """One way to write all pieces: seconds, and what the server counted."""

    seconds: float
    counts: Counts


def ready_to_write(services: Services) -> Dossier:
    """Fleet's run at the point where its templates stand."""
    run_id = start_run(services, load(services, 0))
    if advance(services, run_id).checkpoint != "strategy":
        raise RuntimeError("the run does not wait for the approval of its strategy")
    decide(services.database, services.clock, services.stage, ref=run_id, role="LEAD", by="benchmark", approve=True)
    advance(services, run_id)
    with services.database.read() as session:
        return load_dossier(session, run_id)


def ours(services: Services, dossier: Dossier, parallel: int, latency: float = LATENCY) -> Written:
    """Our copywriter, with so many requests under way at one time.

    Raises:
        RuntimeError: a piece is not the model's.
    """
    with OpenAIServer(HouseBrain(), latency=latency) as server:
        settings = ModelSettings(
            provider="compatible", model=MODEL, base_url=server.base_url, max_parallel=parallel, max_retries=0
        )
        ledger = UsageLedger()
        wire = Wire(settings, ledger)
        writer = Copywriter(
            CopyJob(
                policies=services.policies,
                playbook=services.playbook,
                prompts=services.prompts,
                settings=settings,
                ledger=ledger,
                comments=(),
                directives=Directives(),
                starts=dossier.started_at.date(),
                wire=wire,
            )
        )
        began = time.perf_counter()
        content = writer.write(dossier, _campaigns(dossier), VARIANTS, TONE, 1)
        seconds = time.perf_counter() - began
        wire.close()
    strangers = [piece.piece_id for piece in content.pieces if piece.generated_by != MODEL]
    if strangers:
        raise RuntimeError(f"these pieces are not the model's: {strangers}")
    return Written(seconds, server.counts)


def hundred(parallel: int, latency: float = LATENCY) -> float:
    """Seconds for 100 short pieces, so many in flight.

    Raises:
        RuntimeError: a piece is missing.
    """
    from agents.writer import WriteRequest, write_all

    body = PieceCopy(elements=(), claims=())
    with OpenAIServer(lambda _request, _number: Reply.fill(body.model_dump()), latency=latency) as server:
        settings = ModelSettings(
            provider="compatible", model=MODEL, base_url=server.base_url, max_parallel=parallel, max_retries=0
        )
        requests = [WriteRequest(f"p{n}", "You write.", f"Piece {n}", PieceCopy, n, 100) for n in range(PIECES)]
        began = time.perf_counter()
        results = write_all(requests, settings, UsageLedger())
        seconds = time.perf_counter() - began
    if any(result.value is None for result in results):
        raise RuntimeError("a piece is missing")
    return seconds


def prompts_of(services: Services, dossier: Dossier) -> list[tuple[str, str]]:
    """The system and user prompt of every piece, as our copywriter sends them."""
    with OpenAIServer(HouseBrain()) as server:
        settings = ModelSettings(provider="compatible", model=MODEL, base_url=server.base_url)
        job = CopyJob(
            policies=services.policies,
            playbook=services.playbook,
            prompts=services.prompts,
            settings=settings,
            ledger=UsageLedger(),
            comments=(),
            directives=Directives(),
            starts=dossier.started_at.date(),
        )
        Copywriter(job).write(dossier, _campaigns(dossier), VARIANTS, TONE, 1)
        return [_prompts(one.request["messages"]) for one in server.log]


def plain_crew(prompts: Sequence[tuple[str, str]], folder: Path) -> Counts:
    """What the server counts when a plain CrewAI crew writes the same pieces."""
    prepare(folder)
    logging.getLogger().addHandler(logging.NullHandler())
    from crewai import LLM, Agent, Crew, Process, Task

    with OpenAIServer(HouseBrain()) as server:
        tasks = []
        for number, (system, user) in enumerate(prompts):
            llm = LLM(model=MODEL, provider="openai", custom_openai=True, base_url=server.base_url, api_key="none")
            agent = Agent(role="Copywriter", goal="Write the piece.", backstory=system, llm=llm, max_iter=3)
            tasks.append(
                Task(
                    name=f"piece {number}",
                    description=user,
                    expected_output="The piece.",
                    agent=agent,
                    context=[],
                    output_pydantic=PieceCopy,
                )
            )
        Crew(agents=[t.agent for t in tasks if t.agent], tasks=tasks, process=Process.sequential).kickoff()
        return server.counts


def main(rounds: int) -> None:
    """Measure and report."""
    print_conditions(
        "content_generation: 100 pieces",
        pieces=PIECES,
        latency_a_call=f"{LATENCY:g} s",
        parallel=f"{IN_FLIGHT} against 1",
    )
    hundred(IN_FLIGHT, 0)  # Imports are not what is timed.
    report("100 pieces, speed-up", [hundred(1)], [hundred(IN_FLIGHT)], unit="s", aim=AIM_HUNDRED, at_least=True)
    with tempfile.TemporaryDirectory(prefix="gtm-benchmark-") as name, parts(Path(name)) as services:
        dossier = ready_to_write(services)
        prompts = prompts_of(services, dossier)
        print_conditions(
            "content_generation: the copy of a whole run against a server with latency",
            rounds=rounds,
            venture=dossier.brief.name,
            pieces=len(prompts),
            latency_a_call=f"{LATENCY:g} s",
            parallel=f"{ModelSettings().max_parallel} requests at a time (the default) against 1",
        )
        pairs = [
            (ours(services, dossier, 1), ours(services, dossier, ModelSettings().max_parallel)) for _ in range(rounds)
        ]
        crew = plain_crew(prompts, Path(name))
    report(
        "speed-up",
        [one.seconds for one, _ in pairs],
        [together.seconds for _, together in pairs],
        unit="s",
        aim=AIM_FASTER,
        at_least=True,
    )
    counts = pairs[-1][1].counts
    print(f"calls: {counts.completions} of ours, {crew.completions} of the plain crew")
    mine, theirs = (c.prompt_tokens + c.completion_tokens for c in (counts, crew))
    report("tokens", [float(mine)], [float(theirs)], unit="tokens", aim=AIM_TOKENS)


def _campaigns(dossier: Dossier) -> tuple[str, ...]:
    if dossier.templates is None:
        raise RuntimeError("the run has no templates yet")
    return tuple(campaign.campaign_id for campaign in dossier.templates.campaigns)


def _prompts(messages: Sequence[dict[str, Any]]) -> tuple[str, str]:
    by_role = {message["role"]: str(message["content"]) for message in messages}
    return by_role["system"], by_role["user"]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2)
