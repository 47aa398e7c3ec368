"""The GTM agent's API, described for those who call it: a page and an OpenAPI fragment (SOP exit gate 1, handoff)."""

import json
from typing import Any
from urllib.parse import urlsplit

from crews.stage17_gtm.handoff.configuration import json_bytes
from crews.stage17_gtm.handoff.context import Context
from crews.stage17_gtm.handoff.rendering import Verbatim, markdown

PATH = "/agents/gtm-strategist"
PAGE = "agent-api.md"
OPENAPI = "agent-api.openapi.json"


def endpoint(agent_url: str) -> str:
    """The agent's full address, whether the base or the address itself was given."""
    base = agent_url.rstrip("/")
    return base if base.endswith(PATH) else base + PATH


def api_files(context: Context) -> dict[str, bytes]:
    """agent-api.md and agent-api.openapi.json."""
    request = {"command": "status", "venture_id": context.dossier.venture_id}
    answer = {"status": "operational", "last_updated": context.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    limit = context.policies.run.agent_response_seconds
    page = markdown(
        "agent-api.md.j2",
        venture=context.brief.name,
        url=Verbatim(endpoint(context.agent_url)),
        request=Verbatim(json.dumps(request)),
        answer=Verbatim(json.dumps(answer)),
        limit=f"{limit.normalize():f}",
    )
    return {PAGE: page.encode(), OPENAPI: json_bytes(_openapi(context, request, answer))}


def _openapi(context: Context, request: dict[str, str], answer: dict[str, str]) -> dict[str, Any]:
    url = urlsplit(endpoint(context.agent_url))
    server = url._replace(path=url.path.removesuffix(PATH), query="", fragment="").geturl()
    problem = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "hint": {"type": "string"},
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "GTM strategist agent", "version": "1"},
        "servers": [{"url": server}],
        "paths": {
            PATH: {
                "post": {
                    "operationId": "askGtmStrategist",
                    "summary": "Ask the agent about a venture",
                    "requestBody": {
                        "required": True,
                        "content": {"application/json": {"schema": _request_schema(), "example": request}},
                    },
                    "responses": {
                        "200": {
                            "description": "The agent's state",
                            "content": {"application/json": {"schema": answer_schema(), "example": answer}},
                        },
                        "4XX": {
                            "description": "What was wrong with the request (RFC 9457)",
                            "content": {"application/problem+json": {"schema": problem}},
                        },
                    },
                }
            }
        },
    }


def _request_schema() -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["command", "venture_id"],
        "properties": {"command": {"type": "string", "enum": ["status"]}, "venture_id": {"type": "string"}},
    }


def answer_schema() -> dict[str, Any]:
    """What `app.status_source.StoreSource.status` answers, as JSON Schema."""
    maybe = ["string", "null"]
    return {
        "type": "object",
        "required": ["status", "last_updated"],
        "properties": {
            "status": {"type": "string", "description": "operational, or paused by a rollback"},
            "last_updated": {"type": "string", "format": "date-time"},
            "venture_id": {"type": "string"},
            "run_id": {"type": maybe, "description": "the newest run; null before the first"},
            "run_status": {"type": maybe},
            "checkpoint": {"type": maybe, "description": "where the run waits for a person"},
            "steps_done": {"type": "integer"},
            "steps_total": {"type": "integer"},
            "driven": {"type": "boolean", "description": "false for a run under way that waits to be resumed"},
            "driven_by": {"type": maybe, "description": "the process or Temporal workflow that drives the run"},
            "next": {"type": "string", "description": "the command that comes next"},
        },
    }
