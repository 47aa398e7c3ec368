"""The test server speaks the API, fails on command, and counts what it delivered."""

import time
from collections.abc import Sequence

import httpx
import pytest

from agents.desk import ToolDraft
from agents.testing import BrainFromDesk, Counts, OpenAIServer, Reply, in_turn, step_in

HELLO = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}


def test_models_and_unknown_paths() -> None:
    with OpenAIServer(in_turn(Reply.say("Hi")), model="my-model") as server, httpx.Client() as client:
        assert client.get(f"{server.base_url}/models").json()["data"][0]["id"] == "my-model"
        assert client.post(f"{server.base_url}/responses/input_tokens", json={}).status_code == 404
        assert client.get(f"{server.base_url}/nothing").status_code == 404
        assert server.counts == Counts(other_requests=3)


def test_a_completion_and_its_count() -> None:
    with OpenAIServer(in_turn(Reply.say("Hi", usage=(12, 3)), Reply.use("store", "{}"))) as server:
        url = f"{server.base_url}/chat/completions"
        with httpx.Client() as client:
            first, second = client.post(url, json=HELLO).json(), client.post(url, json=HELLO).json()
        assert server.counts.completions == server.counts.requests == 2
        assert server.counts.prompt_tokens == 12 + second["usage"]["prompt_tokens"]
    assert first["usage"] == {"prompt_tokens": 12, "completion_tokens": 3, "total_tokens": 15}
    assert (first["choices"][0]["message"]["content"], first["choices"][0]["finish_reason"]) == ("Hi", "stop")
    assert second["choices"][0]["message"]["tool_calls"][0]["function"] == {"name": "store", "arguments": "{}"}
    assert second["choices"][0]["finish_reason"] == "tool_calls"


def test_faults_are_requests_but_no_completions() -> None:
    script = in_turn(Reply.error(429, retry_after=1.5), Reply.malformed(), Reply.dropped(), Reply.say("").late(30))
    with OpenAIServer(script) as server, httpx.Client(timeout=0.2) as client:
        url = f"{server.base_url}/chat/completions"
        refused = client.post(url, json=HELLO)
        assert (refused.status_code, refused.headers["retry-after"], refused.headers["retry-after-ms"]) == (
            429,
            "1.5",
            "1500",
        )
        with pytest.raises(ValueError, match="Expecting"):
            client.post(url, json=HELLO).json()
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(url, json=HELLO)
        with pytest.raises(httpx.ReadTimeout):
            client.post(url, json=HELLO)
        assert server.counts == Counts(requests=4)


def test_an_answer_that_comes_after_the_client_left_is_not_billed() -> None:
    with OpenAIServer(in_turn(Reply.say("Hi").late(0.2))) as server:
        with httpx.Client(timeout=0.05) as client, pytest.raises(httpx.ReadTimeout):
            client.post(f"{server.base_url}/chat/completions", json=HELLO)
        deadline = time.monotonic() + 3
        while not server.log and time.monotonic() < deadline:
            time.sleep(0.01)
        assert [exchange.status for exchange in server.log] == [0]
        assert server.counts == Counts(requests=1)


def test_the_key_is_checked_and_streams_are_refused() -> None:
    with OpenAIServer(in_turn(Reply.say("Hi")), api_key="k") as server, httpx.Client() as client:
        url = f"{server.base_url}/chat/completions"
        assert client.post(url, json=HELLO).status_code == 401
        bearer = {"Authorization": "Bearer k"}
        assert client.post(url, json={**HELLO, "stream": True}, headers=bearer).status_code == 400
        assert client.post(url, json=HELLO, headers=bearer).status_code == 200


def test_closing_does_not_wait_for_delayed_answers() -> None:
    started = time.monotonic()
    script = in_turn(Reply.say("Hi").late(60))
    with OpenAIServer(script) as server, httpx.Client(timeout=0.05) as client, pytest.raises(httpx.ReadTimeout):
        client.post(f"{server.base_url}/chat/completions", json=HELLO)
    assert time.monotonic() - started < 3


class Desk:
    def tool_calls(self, step: str) -> Sequence[ToolDraft]:
        return [ToolDraft("store", '{"n": 1}')]

    def final_answer(self, step: str) -> str:
        return f"Done {step}."


def test_the_brain_calls_what_is_drafted_and_says_why_it_cannot() -> None:
    brain = BrainFromDesk(Desk(), faults={7: Reply.error(500)})
    tools = [{"type": "function", "function": {"name": "store"}}]
    prompt = {"role": "user", "content": "Plan.\nStep: 1.2\n"}
    asked = {"messages": [prompt], "tools": tools}
    assert brain(asked, 1) == Reply.use("store", '{"n": 1}')
    assert brain({**asked, "messages": [prompt, {"role": "tool", "content": "ok"}]}, 2) == Reply.say("Done 1.2.")
    assert brain(asked, 7).status == 500
    assert brain({"messages": [prompt]}, 3).text == "Step 1.2 needs store, which the request does not offer."
    assert brain({"messages": []}, 3).text == "The prompt names no step."
    assert brain({**asked, "response_format": {}}, 3).status == 400
    writing = BrainFromDesk(Desk(), write=lambda request: {"subject": "Hi"})
    assert writing({**asked, "response_format": {}}, 3) == Reply.fill({"subject": "Hi"})


def test_the_step_is_a_line_of_its_own() -> None:
    assert step_in({"messages": [{"content": None}, {"content": "a\n  Step: review:final\nb"}]}) == "review:final"
    assert step_in({"messages": [{"content": "the next step: think hard"}]}) == ""
