"""Pictures of copy on disk: taken once for each HTML text and width, found again by hash, and checked before use."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from gtm.automation.sketches import Sketch
from gtm.domain.proofing import Camera, Shot
from gtm.store.database import Database
from gtm.store.repositories import previews

PHONE, DESKTOP = 390, 1280
WIDTHS = (PHONE, DESKTOP)
"""Pixels of a phone's and a desktop's window."""


class Picture(NamedTuple):
    """A picture that was taken.

    Attributes:
        shot: what is on it.
        path: of the PNG file.
    """

    shot: Shot
    path: Path


class Album:
    """The folder of pictures.

    Args:
        database: remembers which picture shows what.
        folder: where the files are; made when it is needed.
        camera: draws what is not there yet; without it only what was drawn before is found.
    """

    def __init__(self, database: Database, folder: Path, camera: Camera | None = None) -> None:
        self._database = database
        self._folder = folder
        self._camera = camera

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever drawn."""
        with self._database.read() as session:
            return not previews.any_taken(session)

    def pictures(
        self,
        sketches: Sequence[Sketch],
        widths: Sequence[int] = WIDTHS,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
    ) -> Iterator[Picture]:
        """The pictures of these, in order, each at every width; without a camera those that are there.

        A file that is gone, or is not what was written, is drawn again.

        Args:
            sketches: what is wanted.
            widths: in pixels.
            progress: told how many of how many are done.

        Raises:
            GtmError: the browser cannot be started or does not answer.
            OSError: the disk refused.
        """
        hashes = [hashlib.sha256(sketch.html.encode(errors="replace")).hexdigest() for sketch in sketches]
        with self._database.read() as session:
            known = previews.find(session, set(hashes))
        wanted = [(sketch, digest, width) for sketch, digest in zip(sketches, hashes, strict=True) for width in widths]
        drawn: dict[tuple[str, int], str] = {}
        for number, (sketch, digest, width) in enumerate(wanted, start=1):
            row = known.get((digest, width))
            sha256 = drawn.get((digest, width)) or (row.sha256 if row and self._is_whole(row.path, row.sha256) else "")
            if not sha256 and self._camera is not None:
                sha256 = drawn[digest, width] = self._draw(sketch.html, digest, width)
            progress(number, len(wanted))
            if sha256:
                shot = Shot(key=sketch.key, kind=sketch.kind, width=width, sha256=sha256)
                yield Picture(shot, self._folder / _name(digest, width))

    def _is_whole(self, path: str, sha256: str) -> bool:
        try:
            return hashlib.sha256((self._folder / path).read_bytes()).hexdigest() == sha256
        except OSError:
            return False

    def _draw(self, html: str, digest: str, width: int) -> str:
        if self._camera is None:
            return ""
        picture = self._camera.shoot(html, width)
        name = _name(digest, width)
        _write(self._folder / name, picture)
        sha256 = hashlib.sha256(picture).hexdigest()
        with self._database.write() as session:
            previews.save(session, digest, width, sha256=sha256, path=name, now=self._database.clock.now())
        return sha256


def _name(digest: str, width: int) -> str:
    return f"{digest[:2]}/{digest}-{width}.png"


def _write(path: Path, content: bytes) -> None:
    """A reader sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, fresh = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(fresh).replace(path)
    except BaseException:
        Path(fresh).unlink(missing_ok=True)
        raise
