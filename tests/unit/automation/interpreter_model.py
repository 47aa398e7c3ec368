"""A second, plain account of how a lead goes through a workflow, which the interpreter is held against.

It knows definitions only as plain data, steps time by the day and the minute, and keeps a list instead of numbers.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

DELAYS = {
    "retry_3x": [60, 120, 240],
    "retry_5x": [60, 120, 240, 480, 960],
    "fail_fast": [],
    "fallback": [],
    "manual_intervention": [],
}
FAILED_TRIES = {"retry_3x": 3, "retry_5x": 5}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass
class Walk:
    """Where a lead is, and everything that was written of it."""

    steps: dict[str, dict[str, Any]]
    at: str
    due: datetime | None
    status: str = "waiting"
    tries: int = 0
    set_back: int = 0
    log: list[tuple[str, str, int]] = field(default_factory=list)
    finishes: list[str] = field(default_factory=list)
    visit: int = 0

    @classmethod
    def begun(cls, document: dict[str, Any], now: datetime) -> "Walk":
        walk = cls({one["id"]: one for one in document["steps"]}, document["entry"], now)
        walk.due = walk._until(now)
        return walk

    @property
    def here(self) -> dict[str, Any]:
        return self.steps[self.at]

    @property
    def retries(self) -> list[int]:
        error = self.here.get("error", {})
        name = error.get("strategy", "retry_3x")
        own = error.get("delays_seconds") or DELAYS[name]
        return list(own)[: FAILED_TRIES.get(name, 0)]

    def come_due(self, now: datetime, facts: dict[str, Any], arm: str) -> bool:
        """The moment has come; whether an action is asked for."""
        kind = self.here["type"]
        if kind == "wait":
            self._go(self.here["next"], "waited", now)
        elif kind == "condition":
            holds = facts.get("score") == self.here["when"]["value"]
            self._go(self.here["if_true" if holds else "if_false"], "true" if holds else "false", now)
        elif kind == "split":
            chosen = next(one for one in self.here["arms"] if one["name"] == arm)
            self._go(chosen["next"], "holdout" if chosen["holdout"] else "split", now)
        elif kind == "goal":
            self._leave("goal", "completed")
        elif kind == "exit":
            self._leave("exited", self.here["outcome"])
        else:
            self.status = "running"
            return True
        return False

    def succeed(self, now: datetime) -> None:
        self._go(self.here["on_success"], "done", now)

    def fail(self, kind: str, now: datetime) -> None:
        error = self.here.get("error", {})
        strategy = error.get("strategy", "retry_3x")
        if kind == "unknown" or strategy == "manual_intervention":
            self._note("unknown" if kind == "unknown" else "manual")
            self.status, self.due = "manual", None
        elif kind == "transient" and self.tries < len(self.retries):
            self._note("retry")
            self.status, self.due = "waiting", now + timedelta(seconds=self.retries[self.tries])
            self.tries += 1
        else:
            fallback = strategy == "fallback" and kind != "refused"
            target = error["fallback_step"] if fallback else self.here["on_failure"]
            self._go(target, "refused" if kind == "refused" else "failed", now)

    def put_off(self, until: datetime | None, counted: bool) -> None:
        if counted:
            self._note("deferred")
            self.set_back += 1
        self.status, self.due = "waiting", until or self.due

    def leave_here(self, goal: str) -> None:
        self._leave("goal" if goal else "exited", "completed")

    def lose_worker(self) -> None:
        self.status = "waiting"

    def resolve(self, happened: bool, again: bool, now: datetime) -> None:
        if again and self.set_back < 20:
            self._note("retry")
            self.status, self.due = "waiting", now
            self.set_back += 2
        else:
            self._go(self.here["on_success" if happened else "on_failure"], "done" if happened else "failed", now)

    def _note(self, outcome: str) -> None:
        self.log.append((self.at, outcome, self.tries))

    def _go(self, target: str, outcome: str, now: datetime) -> None:
        self._note(outcome)
        self.at, self.status, self.tries, self.set_back = target, "waiting", 0, 0
        self.visit += 1
        self.due = self._until(now)

    def _leave(self, outcome: str, end: str) -> None:
        self._note(outcome)
        self.status, self.due = "finished" if end == "completed" else "failed", None
        self.finishes.append(end)

    def _until(self, now: datetime) -> datetime:
        """When the present step is due; the recipient's zone is UTC here."""
        step = self.here
        if step["type"] == "send_email":
            return now + timedelta(hours=step["delay_hours"])
        if step["type"] != "wait":
            return now
        if until := step.get("until"):
            return next_weekday(now, until["weekday"], until["at"])
        if step.get("business_days"):
            return business_days_later(now, step["business_days"])
        if step.get("business_days_only"):
            return business_minutes_later(now, step["hours"] * 60)
        return now + timedelta(hours=step["hours"])


def next_weekday(now: datetime, weekday: str, at: str) -> datetime:
    hour, minute = map(int, at.split(":"))
    day = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    while day <= now or WEEKDAYS[day.weekday()] != weekday:
        day += timedelta(days=1)
    return day


def business_days_later(now: datetime, days: int) -> datetime:
    while days:
        now += timedelta(days=1)
        if now.weekday() < 5:
            days -= 1
    return now


def business_minutes_later(now: datetime, minutes: int) -> datetime:
    while minutes or now.weekday() > 4:
        if now.weekday() < 5:
            minutes -= 1
        now += timedelta(minutes=1)
    return now


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A workflow as plain data: chains, branches and loops; every way back leads to a wait."""
    count = draw(st.integers(1, 8))
    kinds = [draw(st.sampled_from(sorted(MAKERS))) for _ in range(count)]
    ids = [f"s{n}" for n in range(count)]
    steps = []
    for n, kind in enumerate(kinds):
        back = [ids[m] for m in range(n + 1) if kinds[m] == "wait"]
        # On to the next step more often than out, so that walks are long.
        ways = st.sampled_from([*ids[n + 1 : n + 2] * 3, *ids[n + 1 :], "won", "done", "lost", *back])
        steps.append({"id": ids[n], "type": kind, **MAKERS[kind](draw, ways)})
    steps += [
        {"id": "won", "type": "goal", "name": "won"},
        {"id": "done", "type": "exit", "outcome": "completed"},
        {"id": "lost", "type": "exit", "outcome": "failed"},
    ]
    return {
        "workflow_id": "w",
        "venture_id": "acme",
        "name": "W",
        "campaign_id": "c",
        "entry": ids[0],
        "steps": steps,
    }


def _action(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    strategy = draw(st.sampled_from(sorted(DELAYS)))
    error: dict[str, Any] = {"strategy": strategy}
    if draw(st.booleans()):
        error["delays_seconds"] = draw(st.lists(st.sampled_from([0, 60, 600, 86_400]), max_size=7))
    if strategy == "fallback":
        error["fallback_step"] = draw(ways)
    return {"on_success": draw(ways), "on_failure": draw(ways), "error": error}


def _mail(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    return {"content_ref": "c/s/1", "delay_hours": draw(st.sampled_from([0, 1, 48])), **_action(draw, ways)}


def _tell(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    return {"to": "sales@acme.test", "message": "x", **_action(draw, ways)}


def _crm(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    return {"connector": "hub", **_action(draw, ways)}


def _run(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    return {"reason": "x", **_action(draw, ways)}


def _wait(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    length = draw(
        st.sampled_from(
            [
                {"hours": 1},
                {"hours": 48},
                {"hours": 30, "business_days_only": True},
                {"business_days": 3},
                {"until": {"kind": "weekday", "weekday": "mon", "at": "09:00"}},
            ]
        )
    )
    return {**length, "next": draw(ways)}


def _condition(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    return {"when": {"field": "score", "value": 1}, "if_true": draw(ways), "if_false": draw(ways)}


def _split(draw: st.DrawFn, ways: st.SearchStrategy[str]) -> dict[str, Any]:
    weight = draw(st.integers(1, 99))
    return {
        "arms": [
            {"name": "a", "weight": weight, "next": draw(ways), "holdout": False},
            {"name": "b", "weight": 100 - weight, "next": draw(ways), "holdout": draw(st.booleans())},
        ],
        "salt": draw(st.sampled_from(["", "1", "2"])),
    }


MAKERS = {
    "send_email": _mail,
    "notify": _tell,
    "crm_sync": _crm,
    "start_run": _run,
    "wait": _wait,
    "condition": _condition,
    "split": _split,
}
