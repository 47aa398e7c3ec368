"""The folders that state goes to. They hold people's data, so nobody but their user may enter or read them."""

import os
from contextlib import suppress
from pathlib import Path

from app.settings import Settings
from gtm.domain.errors import ConfigError

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600


def prepare_home(settings: Settings) -> None:
    """Make the folders of state, the database's file and the handoffs' folder, where they are missing.

    What stands there already keeps its mode: `gtm doctor` says when others can read it.

    Raises:
        ConfigError: one cannot be made.
    """
    refuse_files(settings)
    made = [("GTM_HOME", settings.home), ("GTM_HOME", evidence_folder(settings))]
    path = settings.sqlite_path
    if path is not None:
        made.append(("GTM_DATABASE_URL", path.parent))
    for name, folder in made:
        _make(name, folder, PRIVATE_FOLDER)
    _make("GTM_OUT", settings.out, 0o777)
    if path is not None:
        # SQLite gives its -wal and -shm files the mode of this one.
        with suppress(OSError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))


def refuse_files(settings: Settings) -> None:
    """Let no file stand where a folder must.

    Raises:
        ConfigError: names the variable and the file.
    """
    for name, folder in (("GTM_HOME", settings.home), ("GTM_OUT", settings.out)):
        standing = next((place for place in (folder, *folder.parents) if _stands(place)), None)
        if standing is not None and not standing.is_dir():
            raise ConfigError(
                f"{standing} is a file, and a folder must stand there",
                field=name,
                value=str(folder),
                allowed="a folder that can be written",
                hint=f"set {name} to a folder of your own",
            )


def evidence_folder(settings: Settings) -> Path:
    """Where the tests' evidence is kept, a folder a run."""
    return settings.home / "evidence"


def private_folder(folder: Path) -> Path:
    """The folder, made for its user alone where it is missing.

    Raises:
        ConfigError: it cannot be made.
    """
    _make("GTM_HOME", folder, PRIVATE_FOLDER)
    return folder


def open_to_others(settings: Settings) -> tuple[Path, ...]:
    """What of the state others on this machine can read; nothing where the home lets nobody in."""
    if os.name != "posix" or not _lets_in(settings.home):
        return ()
    path = settings.sqlite_path
    kept = [*([path] if path is not None else []), evidence_folder(settings), settings.home / "mail"]
    return tuple(place for place in kept if _lets_in(place))


def _lets_in(place: Path) -> bool:
    return _stands(place) and bool(place.stat().st_mode & 0o077)


def _stands(place: Path) -> bool:
    with suppress(OSError):
        return place.exists()
    return False


def _make(name: str, folder: Path, mode: int) -> None:
    try:
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"the folder {folder} cannot be made: {error.strerror}",
            field=name,
            value=str(folder),
            allowed="a folder that can be written",
        ) from error
