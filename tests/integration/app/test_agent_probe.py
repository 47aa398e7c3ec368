"""The exit gate's question to the real agent process: one process for many askers, and none left behind."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app import ROOT, bootstrap
from app.agent_probe import PATH, AgentProbe, AgentProcess
from app.settings import Settings
from gtm.domain.brief import VentureBrief
from gtm.domain.errors import StepFailed


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while lives(pid):
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def test_twenty_askers_share_one_process(settings: Settings, fleet: VentureBrief) -> None:
    with AgentProcess(bootstrap.child_environment(settings)) as process:
        probe = AgentProbe(None, process)
        with ThreadPoolExecutor(20) as pool:
            results = list(pool.map(probe, ["fleet"] * 20))
        assert all(result.ok and result.seconds < 5 for result in results)
        assert {result.url for result in results} == {process.start().url + PATH}
        assert '"operational"' in results[0].answer
        assert not probe("nobody").ok
        child = process._process
        assert child is not None
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        assert probe("fleet").ok
        second = process._process
        assert second is not None and second.pid != child.pid
    assert second.poll() is not None


def test_an_agent_that_was_let_go_is_started_anew_for_whoever_asks(settings: Settings, fleet: VentureBrief) -> None:
    with AgentProcess(bootstrap.child_environment(settings)) as process:
        probe = AgentProbe(None, process)
        assert probe("fleet").ok
        first = process._process
        assert first is not None
        probe.let_go()
        assert first.wait(10) is not None
        assert probe("fleet").ok
        assert process._process is not first


def test_an_agent_elsewhere_is_asked_as_it_is(settings: Settings, fleet: VentureBrief) -> None:
    never = AgentProcess({})
    with AgentProcess(bootstrap.child_environment(settings)) as process:
        url = process.start().url
        assert AgentProbe(url, never)("fleet").ok
        assert AgentProbe(url + PATH, never)("fleet").ok
    silent = AgentProbe(url, never, timeout=1)("fleet")
    assert not silent.ok and silent.answer
    assert never._process is None


def test_an_agent_that_cannot_start_says_why(settings: Settings) -> None:
    env = bootstrap.child_environment(settings) | {"GTM_LLM_PROVIDER": "nonsense"}
    process = AgentProcess(env)
    with pytest.raises(StepFailed) as caught:
        process.start()
    assert "GTM_LLM_PROVIDER" in caught.value.detail
    result = AgentProbe(None, process)("fleet")
    assert not result.ok and "GTM_LLM_PROVIDER" in result.answer


def test_no_agent_outlives_its_starter(settings: Settings, fleet: VentureBrief) -> None:
    program = (
        "import os, sys, time\n"
        "from app.agent_probe import AgentProcess\n"
        "process = AgentProcess(dict(os.environ))\n"
        "process.start()\n"
        "print(process._process.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=bootstrap.child_environment(settings),
    )
    assert starter.stdout is not None
    agent = int(starter.stdout.readline())
    assert lives(agent)
    starter.kill()
    starter.communicate()
    assert gone_within(agent, 15)
