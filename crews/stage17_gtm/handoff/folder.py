"""Replacing a folder as a whole: the reader sees the old package or the new one, never half of either."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gtm.domain.errors import InvalidInput


@dataclass(frozen=True)
class Replaced:
    """What was done to a folder.

    Attributes:
        existed: an earlier folder of that name stood there.
        restored: files that were missing there or held something else, by path.
        removed: files that stood there and belong to nothing, by path.
    """

    folder: Path
    existed: bool
    restored: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def replace_folder(out_dir: Path, name: str, files: Mapping[str, bytes]) -> Replaced:
    """Write `files` as the folder `out_dir/name`, replacing an earlier one only when the new one is complete.

    A folder that holds just these files already is left as it is.

    Everything is written and flushed to a temporary folder beside it first; two renames then change the folders
    over. Leftovers of a writer that was killed are cleared away under the same lock, and an earlier package that it
    had already moved aside comes back.

    Args:
        out_dir: where packages stand; made when it is not there.
        name: the folder's name.
        files: content by path inside the folder, with forward slashes.

    Raises:
        InvalidInput: a path leads out of the folder.
        OSError: the disk refused; the earlier package is whole.
    """
    out_dir.mkdir(parents=True, exist_ok=True)
    target = out_dir / name
    with _locked(out_dir / f".{name}.lock"):
        _recover(out_dir, name)
        found = _compare(target, files)
        if found.existed and not found.restored and not found.removed:
            return found
        fresh = Path(tempfile.mkdtemp(prefix=f".{name}.new-", dir=out_dir))
        try:
            for path in sorted(files):
                _write(fresh, path, files[path])
            fresh.chmod(0o755)
            _change_over(fresh, target, out_dir / f".{name}.old")
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    return found


def _compare(target: Path, files: Mapping[str, bytes]) -> Replaced:
    if not target.is_dir():
        return Replaced(target, existed=False)
    there = {p.relative_to(target).as_posix(): p for p in target.rglob("*") if p.is_symlink() or not p.is_dir()}
    restored = tuple(path for path in sorted(files) if not _holds(there.get(path), files[path]))
    return Replaced(target, existed=True, restored=restored, removed=tuple(sorted(there.keys() - files.keys())))


def _holds(path: Path | None, content: bytes) -> bool:
    return path is not None and not path.is_symlink() and path.is_file() and path.read_bytes() == content


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    # The kernel drops the lock when its holder dies, so a killed writer never blocks the next one.
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _recover(out_dir: Path, name: str) -> None:
    target, aside = out_dir / name, out_dir / f".{name}.old"
    if aside.exists() and not target.exists():
        aside.rename(target)
    shutil.rmtree(aside, ignore_errors=True)
    for leftover in out_dir.glob(f".{name}.new-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def _write(folder: Path, path: str, content: bytes) -> None:
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise InvalidInput("a file of the package lies outside it", field="path", value=path)
    target = folder.joinpath(*parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _change_over(fresh: Path, target: Path, aside: Path) -> None:
    if not target.exists():
        fresh.rename(target)
        return
    target.rename(aside)
    try:
        fresh.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)
