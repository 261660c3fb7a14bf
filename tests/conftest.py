"""Fixtures and settings of the whole suite."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None)  # no deadlines: a slow machine is not a failure
settings.load_profile("suite")


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def cache_home(caches: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache folder: a new one for every test."""
    folder = tempfile.mkdtemp(dir=caches)
    monkeypatch.setenv("XDG_CACHE_HOME", folder)
    return Path(folder)


@pytest.fixture(autouse=True)
def state_home(caches: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's state folder: a new one for every test."""
    folder = tempfile.mkdtemp(dir=caches)
    monkeypatch.setenv("XDG_STATE_HOME", folder)
    return Path(folder)
