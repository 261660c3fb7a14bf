"""Settings of the whole suite."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # no test is timed: a slow machine is not a failure
settings.load_profile("suite")


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def cache_home(caches: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder, empty for every test; the state folder is another one."""
    folder = tempfile.mkdtemp(dir=caches)
    monkeypatch.setenv("XDG_CACHE_HOME", folder)
    monkeypatch.setenv("XDG_STATE_HOME", tempfile.mkdtemp(dir=caches))
    return Path(folder)
