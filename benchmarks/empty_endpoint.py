"""The yardstick of `http_status`: a FastAPI application with one endpoint that does nothing, under the same server.

Usage: python -m benchmarks.empty_endpoint — prints its URL as JSON once it answers; ends with its standard input.
"""

import json
import os

from fastapi import FastAPI

from app.web.serving import address, bind, serve

app = FastAPI()


@app.post("/")
async def nothing() -> dict[str, str]:
    """Do nothing."""
    return {}


if __name__ == "__main__":
    listener = bind("127.0.0.1", 0)
    serve(
        app,
        listener,
        lambda: print(json.dumps({"url": address(listener), "pid": os.getpid()}), flush=True),
        with_parent=True,
    )
