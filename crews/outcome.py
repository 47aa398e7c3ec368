"""How an `advance` ended."""

from dataclasses import dataclass
from typing import Literal

from gtm.domain.verdict import Verdict


@dataclass(frozen=True)
class Outcome:
    """The state an `advance` left a run in.

    Attributes:
        status: `waiting_approval` pauses for a person; `blocked` is a gate that is not met; `failed` a step that
            could not be finished; `completed` has its handoff on disk.
        checkpoint: what waits for approval, if something does.
        approval_id: that approval.
        verdict: the gate that blocked, if one did.
        detail: one sentence for a person, with what to do next.
        handoff: the folder of the handoff, when completed.
    """

    run_id: str
    venture_id: str
    status: Literal["waiting_approval", "blocked", "failed", "completed", "rolled_back"]
    detail: str
    checkpoint: str = ""
    approval_id: str = ""
    verdict: Verdict | None = None
    handoff: str = ""
