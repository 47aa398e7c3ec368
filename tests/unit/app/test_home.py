"""The home holds people's data: nobody else on the machine may enter or read it, and no file may stand in its place."""

import stat
from pathlib import Path

import pytest

from app import bootstrap
from app.home import open_to_others, prepare_home, private_folder
from app.settings import Settings
from gtm.domain.errors import ConfigError


def _settings(home: Path) -> Settings:
    return Settings.from_env({"GTM_HOME": str(home), "GTM_OUT": str(home.parent / "out")})


def _mode(place: Path) -> int:
    return stat.S_IMODE(place.stat().st_mode)


def test_what_the_store_makes_is_its_users_alone(tmp_path: Path) -> None:
    settings = _settings(tmp_path / "home")
    database = bootstrap.open_store(settings)
    with database.write():
        files = sorted(path for path in settings.home.iterdir() if path.is_file())
        assert [path.name for path in files] == ["gtm.db", "gtm.db-shm", "gtm.db-wal"]
        assert {_mode(path) for path in files} == {0o600}
    database.close()
    assert _mode(settings.home) == _mode(settings.home / "evidence") == 0o700
    assert _mode(private_folder(settings.home / "mail")) == 0o700
    bootstrap.open_vault(settings)
    assert {_mode(path) for path in settings.home.iterdir() if path.is_file()} == {0o600}
    assert open_to_others(settings) == ()


def test_an_older_home_that_others_can_read_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "gtm.db").touch(mode=0o644)
    settings = _settings(home)
    prepare_home(settings)
    assert (_mode(home), _mode(home / "gtm.db")) == (0o755, 0o644)
    assert open_to_others(settings) == (home / "gtm.db",)
    home.chmod(0o700)
    assert open_to_others(settings) == ()


def test_a_database_beside_the_home_is_private_too(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'x.db'}"
    prepare_home(Settings.from_env({"GTM_HOME": str(tmp_path / "home"), "GTM_DATABASE_URL": url}))
    assert (_mode(tmp_path / "data"), _mode(tmp_path / "data" / "x.db")) == (0o700, 0o600)


@pytest.mark.parametrize("below", ["", "home"])
def test_a_file_where_the_home_must_stand_is_named(below: str, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(ConfigError) as caught:
        prepare_home(_settings(file / below))
    assert caught.value.field == "GTM_HOME" and f"{file} is a file" in caught.value.detail
