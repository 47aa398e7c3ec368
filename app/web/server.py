"""The web door: the agent endpoint of the SOP, a page for people, the handoff packages to read."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.settings import Settings
from app.web import agent, campaign_pages, confirming, pages, preferences, tracking, webhooks
from app.web.agent import MAX_BODY, Source
from app.web.guards import Guard
from app.web.problems import install
from app.web.requests import body_of
from gtm.domain.agent_commands import COMMANDS
from gtm.domain.base import VENTURE_ID_PATTERN

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
    "Cache-Control": "no-store",
    # A report carries its own styles and drawings; nothing in it may run or be fetched from elsewhere.
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
}


class Door(FastAPI):
    """The application; what only its description needs is imported for whoever reads that."""

    def openapi(self) -> dict[str, Any]:
        """See `FastAPI.openapi`."""
        webhooks.describe_lead()
        return super().openapi()


def create_app(settings: Settings, source: Source) -> FastAPI:
    """Build the application.

    Args:
        settings: token, hosts, and the folder whose packages are shown.
        source: answers where ventures stand.
    """
    pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="store")

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        pool.shutdown(wait=False)
        source.close()

    app = Door(
        title="GTM strategist",
        description="The agent of stage 17. It tells where ventures stand; decisions are made with `gtm`.",
        version="0.1.0",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    install(app)
    app.add_middleware(Guard, hosts=settings.allowed_hosts + tracking.hosts(settings), token=settings.agent_token)
    tracking.install_routes(app, settings)
    preferences.install_routes(app, settings)
    confirming.install_routes(app, settings)
    campaign_pages.install_routes(app, settings)
    webhooks.install_routes(app, settings)
    _agent_routes(app, source, pool)
    _people_routes(app, settings, source)
    return app


def _agent_routes(app: FastAPI, source: Source, pool: ThreadPoolExecutor) -> None:
    @app.post("/agents/gtm-strategist", openapi_extra=_OPENAPI, response_model=None, summary="Send the agent a command")
    async def command(request: Request) -> Response:
        if not request.headers.get("content-type", "").lower().startswith("application/json"):
            raise HTTPException(415, "send the command as application/json")
        asked = agent.parse(await body_of(request, MAX_BODY, "a command"))
        if source.quick and asked.name != "pending":
            content = agent.answer(asked, source)
        else:
            content = await asyncio.get_running_loop().run_in_executor(pool, agent.answer, asked, source)
        return Response(content, media_type="application/json")

    @app.get("/healthz", response_model=None, summary="Whether the server lives")
    async def health() -> Response:
        return Response(b'{"status":"operational"}', media_type="application/json")


def _people_routes(app: FastAPI, settings: Settings, source: Source) -> None:
    out = settings.out.resolve()

    @app.get("/", include_in_schema=False, response_model=None)
    async def home() -> Response:
        def page() -> str:
            return pages.home(source.overview(), source.pending(None), out)

        return HTMLResponse(await run_in_threadpool(page), headers=SECURITY)

    @app.get("/docs", include_in_schema=False, response_model=None)
    async def docs(request: Request) -> Response:
        return HTMLResponse(pages.api_page(str(request.base_url).rstrip("/")), headers=SECURITY)

    @app.get("/handoff/{path:path}", response_model=None, summary="A file of a handoff package, read only")
    async def handoff(path: str) -> Response:
        return FileResponse(find_file(out, path), headers=SECURITY)


def find_file(root: Path, path: str) -> Path:
    """The file of that path below `root`; a folder stands for its `report.html` or `index.html`.

    Raises:
        HTTPException: 404 when there is none, or when the path leads out of `root`.
    """
    missing = HTTPException(404, "there is no such file in the handoff packages")
    parts = path.split("/")
    if "\x00" in path or any(part.startswith(".") for part in parts if part):
        raise missing
    try:
        found = root.joinpath(*parts).resolve()
        if not found.is_relative_to(root):
            raise missing
        if found.is_dir():
            found = next((f for name in pages.REPORTS if (f := found / name).is_file()), found)
        if not found.is_file():
            raise missing
    except (OSError, ValueError, RuntimeError) as error:
        raise missing from error
    return found


_OPENAPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["command"],
                    "properties": {
                        "command": {"type": "string", "enum": list(COMMANDS)},
                        "venture_id": {"type": "string", "pattern": VENTURE_ID_PATTERN, "maxLength": 63},
                    },
                },
                "example": {"command": "status", "venture_id": "fleet"},
            }
        },
    },
    "responses": {
        "200": {
            "description": "The answer; `status` and `last_updated` come first.",
            "content": {
                "application/json": {"example": {"status": "operational", "last_updated": "2025-11-05T10:30:00Z"}}
            },
        },
        **{
            code: {"description": text, "content": {"application/problem+json": {}}}
            for code, text in {
                "400": "The body is not a JSON object.",
                "401": "The bearer token is missing or wrong.",
                "404": "There is no such venture.",
                "413": "The body is longer than 64 KB.",
                "415": "The body is not declared as application/json.",
                "421": "The Host header names another server.",
                "422": "A field is missing, unknown or of the wrong form.",
            }.items()
        },
    },
}
