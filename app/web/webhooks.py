"""The door for signed webhooks: `POST /webhooks/{trigger_id}` brings a lead and starts a workflow."""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app import bootstrap
from app.settings import Settings
from app.web.requests import body_of
from gtm.domain import webhook
from gtm.domain.clock import SystemClock

if TYPE_CHECKING:
    from gtm.automation.triggers.webhook import Received
    from gtm.store.database import Database
    from gtm.store.vault import Vault

PREFIX = "/webhooks/"
"""Below this the door needs no bearer token: every request is signed."""


GATHER_SECONDS = 0.002
"""How long the first request waits for others to come."""
TOGETHER = 100
"""Requests that one transaction takes at most."""


class Receiver:
    """Takes webhooks; store and vault are opened by the first one.

    What comes while others are being written is written together next, in one transaction. Nobody is answered before
    theirs is committed.

    Args:
        settings: where they are.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock = SystemClock()
        self._waiting: list[tuple[webhook.Signed, asyncio.Future[Received]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, request: webhook.Signed) -> "Received":
        """See `gtm.automation.triggers.webhook.receive`."""
        answer: asyncio.Future[Received] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, answer))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await answer

    async def _write(self) -> None:
        while self._waiting:
            # Those whose answers have just gone out send their next in a moment: without it, one would go alone.
            await asyncio.sleep(GATHER_SECONDS)
            group, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
            work = run_in_threadpool(self._receive, [request for request, _ in group])
            # What breaks unforeseen is everybody's answer: nobody waits for ever, and the next group is taken.
            (found,) = await asyncio.gather(work, return_exceptions=True)
            answers = [found] * len(group) if isinstance(found, BaseException) else found
            for (_, answer), one in zip(group, answers, strict=True):
                # Who has hung up meanwhile is not told, but their request is taken.
                if answer.done():
                    continue
                if isinstance(one, BaseException):
                    answer.set_exception(one)
                else:
                    answer.set_result(one)

    def _receive(self, requests: "Sequence[webhook.Signed]") -> "Sequence[Received | Exception]":
        # Imported by the first webhook: a door that answers for the status alone does without the database's libraries.
        from gtm.automation.triggers.webhook import receive_many

        database, vault = self._opened
        return receive_many(database, vault, requests, self._clock.now(), days=self._days)

    def _days(self) -> int:
        return bootstrap.retention_days().unconfirmed_days

    @cached_property
    def _opened(self) -> "tuple[Database, Vault]":
        return bootstrap.open_store(self._settings), bootstrap.open_vault(self._settings)


def install_routes(app: FastAPI, settings: Settings) -> None:
    """Add the door to an application."""
    receiver = Receiver(settings)

    @app.post(PREFIX + "{trigger_id}", openapi_extra=_OPENAPI, response_model=None, summary="A lead, signed")
    async def take(trigger_id: str, request: Request) -> Response:
        if not request.headers.get("content-type", "").lower().startswith("application/json"):
            raise HTTPException(415, "send the lead as application/json")
        timestamp = request.headers.get(webhook.TIMESTAMP_HEADER, "")
        signature = request.headers.get(webhook.SIGNATURE_HEADER, "")
        body = await body_of(request, webhook.MAX_BODY, "a webhook's body")
        signed = webhook.Signed(trigger_id=trigger_id, timestamp=timestamp, signature=signature, body=body)
        found = await receiver.take(signed)
        told = {
            "lead_id": found.lead_id,
            "created": found.created,
            "execution_id": found.fired.execution_id or None,
            "skipped": found.fired.skipped or None,
        }
        return JSONResponse(told, status_code=202 if found.fired.execution_id else 200)


def describe_lead() -> None:
    """Put the lead's schema into the API's description, for the first who reads it.

    The model of a lead costs 10 MB, and a door that answers for the status alone never needs it.
    """
    from gtm.domain.webhook_lead import schema

    _BODY["schema"] = schema()


_BODY: dict[str, Any] = {}
_OPENAPI: dict[str, Any] = {
    "parameters": [
        {
            "name": webhook.TIMESTAMP_HEADER,
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": "^[0-9]{1,12}$"},
            "description": "Whole seconds since 1970, at most five minutes off.",
        },
        {
            "name": webhook.SIGNATURE_HEADER,
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": "^sha256=[0-9a-f]{64}$"},
            "description": "HMAC-SHA256 of the timestamp, a dot and the body, under the trigger's secret.",
        },
    ],
    "requestBody": {"required": True, "content": {"application/json": _BODY}},
    "responses": {
        "200": {"description": "The lead is known, or the trigger does not want it; `skipped` says why."},
        "202": {"description": "The lead has entered the workflow."},
        **{
            code: {"description": text, "content": {"application/problem+json": {}}}
            for code, text in {
                "400": "The body is not JSON.",
                "401": "The signature or its timestamp is not taken.",
                "404": "There is no such webhook.",
                "409": "The request has come before, the trigger is not enabled, or it has no secret.",
                "413": "The body is longer than 64 KB.",
                "415": "The body is not declared as application/json.",
                "422": "A field is missing, unknown or of the wrong form.",
            }.items()
        },
    },
}
