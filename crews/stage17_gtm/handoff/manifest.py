"""The manifest: every file of the package with its size and SHA-256, for people and for `sha256sum -c`."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


def entries(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """One entry a file, sorted by path: path, bytes and SHA-256 in hex."""
    return [
        {"path": path, "bytes": len(files[path]), "sha256": hashlib.sha256(files[path]).hexdigest()}
        for path in sorted(files)
    ]


def manifest(files: Mapping[str, bytes], *, venture_id: str, run_id: str, now: datetime) -> bytes:
    """manifest.json over all other files."""
    listed = entries(files)
    document = {
        "venture_id": venture_id,
        "run_id": run_id,
        "written_at": now.isoformat(),
        "algorithm": "sha256",
        "file_count": len(listed),
        "total_bytes": sum(entry["bytes"] for entry in listed),
        "not_listed": {MANIFEST: "cannot contain its own hash; SHA256SUMS has it", SUMS: "covers every other file"},
        "files": listed,
    }
    return (json.dumps(document, indent=2, ensure_ascii=False) + "\n").encode()


def sums(files: Mapping[str, bytes]) -> bytes:
    """SHA256SUMS in the form that `sha256sum --check` reads."""
    return "".join(f"{entry['sha256']}  {entry['path']}\n" for entry in entries(files)).encode()
