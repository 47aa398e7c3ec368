"""The process that opens a document: `python -m gtm.connectors.documents.child KIND SETTINGS`, bytes in, JSON out.

It is started for one document and ends with it. What it may use is limited before anything of the document is looked
at: time, memory, no network, no other process, no file written. What it says is text, and nothing more.
"""

import sys
from typing import Any

from gtm.connectors.documents.schemas import Answer, DocumentSettings

_FORBIDDEN = (
    "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen", "os.system", "os.exec",
    "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.remove", "os.rename", "os.mkdir", "os.rmdir",
    "os.link", "os.symlink", "os.chmod", "os.truncate", "shutil.", "urllib.Request", "ftplib.", "smtplib.",
)  # fmt: skip


def main() -> None:
    """Read one document from standard input and answer on standard output."""
    kind, settings = sys.argv[1], DocumentSettings.model_validate_json(sys.argv[2])
    data = sys.stdin.buffer.read(settings.limit_bytes + 1)
    _confine(settings)
    sys.stdout.buffer.write(answer_to(kind, data, settings).model_dump_json().encode("utf-8", "replace"))


def answer_to(kind: str, data: bytes, settings: DocumentSettings) -> Answer:
    """What is made of a document; whatever a parser raises becomes a reason.

    Args:
        kind: docx, html or pdf.
        data: the bytes.
        settings: the limits.
    """
    try:
        return _read(kind, data, settings)
    except MemoryError:
        return Answer(reason="too_large", detail=f"reading it takes more than {settings.memory_bytes:,} bytes")
    except ImportError as error:
        return Answer(reason="missing", detail=str(error.name or error))
    except RecursionError:
        return Answer(reason="unsafe", detail="it is nested too deeply")
    except Exception as error:  # noqa: BLE001 (whatever a parser raises says that the document is broken)
        return Answer(reason="broken", detail=f"{type(error).__name__}: {error}"[:200])


def _read(kind: str, data: bytes, settings: DocumentSettings) -> Answer:
    if kind == "pdf":
        from gtm.connectors.documents.child_pdf import read_pdf

        return read_pdf(data, settings)
    from gtm.connectors.documents.child_office import read_docx, read_html

    return read_docx(data, settings) if kind == "docx" else read_html(data)


def _confine(settings: DocumentSettings) -> None:
    """Limit this process for good: by the kernel where it can, and by Python's own audit of what it does."""
    try:
        import resource
    except ImportError:  # no such limits on this system; the time limit and the audit still hold
        pass
    else:
        seconds = int(settings.timeout_seconds) + 1
        for limit, value in (
            (resource.RLIMIT_AS, settings.memory_bytes),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
        ):
            hard = resource.getrlimit(limit)[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(limit, (most, most))
    sys.dont_write_bytecode = True
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a document may not do that: {event}")
    if event == "open" and _writes(arguments):
        raise PermissionError(f"a document may not write: {arguments[0]!r}")


def _writes(arguments: tuple[Any, ...]) -> bool:
    mode = arguments[1] if len(arguments) > 1 else None
    flags = arguments[2] if len(arguments) > 2 else 0
    # O_WRONLY, O_RDWR, O_CREAT and O_TRUNC as they are on every system that Python names them on.
    return bool(isinstance(mode, str) and set(mode) & set("wax+")) or bool(isinstance(flags, int) and flags & 0b11)


if __name__ == "__main__":
    main()
