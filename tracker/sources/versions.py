"""Frozen versions: `versions/<number>.yml`, written once by a release and never changed."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import tracker.model
from tracker.cache import Cache, digest
from tracker.model import Problem, Version
from tracker.sources import yaml
from tracker.sources.reading import SourceFile, UnreadableFile, files_among

DIGEST = "digest"
KIND = "version"
_MODEL = digest(*(path.read_bytes() for path in sorted(Path(tracker.model.__file__).parent.glob("*.py"))))
"""Part of the cache key: another model may read a file differently."""


def read_versions(folder: Path, root: Path, cache: Cache) -> tuple[list[Version], list[Problem]]:
    """Return every version of a folder, the oldest first, and the problems of the other files: edited ones, too.

    A file is parsed once: its version is cached by its content.
    """
    sources: list[SourceFile] = []
    problems: list[Problem] = []
    for path in files_among(folder.glob("*.yml")) if folder.is_dir() else []:
        try:
            sources.append(SourceFile.read(path, root))
        except UnreadableFile as error:
            problems.append(error.problem)
    keys = [digest(_MODEL, source.file, source.content) for source in sources]
    known = cache.get(KIND, keys)
    fresh: dict[str, str] = {}
    versions: list[Version] = []
    for key, source in zip(keys, sources, strict=True):
        version = _remembered(known.get(key))
        if version is None:
            version, found = _read(replace(source))  # the copy: its parsed text is large, and is dropped here
            problems += found
        if version is not None:
            versions.append(version)
            if key not in known:
                fresh[key] = version.model_dump_json(exclude_unset=True, by_alias=True)
    cache.put(KIND, fresh, only=keys)
    return sorted(versions, key=lambda one: one.order), problems


@lru_cache(maxsize=64)  # `tracker serve` reads the same versions at every build
def _remembered(text: str | None) -> Version | None:
    if text is None:
        return None
    with suppress(ValueError):  # a damaged cache is ignored
        return Version.model_validate_json(text)
    return None


def _read(source: SourceFile) -> tuple[Version | None, list[Problem]]:
    version, problems = source.validate(Version)
    if version is None:
        return None, problems
    if version.digest != seal(source.document.data):
        message = "a frozen version was edited; bring it back with `git checkout`, and release a new one instead"
        return None, [source.problem([DIGEST], message)]
    name = PurePosixPath(source.file).stem
    if name != version.version:
        message = f"expected the number of the file's name, {name}; got {version.version}"
        return None, [source.problem(["version"], message)]
    return version, []


def seal(data: dict[str, Any]) -> str:
    """Return the digest of the data of a version as written, all scalars as text, without the digest itself."""
    content = {key: value for key, value in data.items() if key != DIGEST}
    return digest(json.dumps(content, sort_keys=True, ensure_ascii=False))


def version_text(version: Version) -> str:
    """Return the content of the file of a version, with its digest."""
    data = version.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={DIGEST})
    written = yaml.load(yaml.dump(data)).data  # as a reader sees it: what a release writes is what a check compares
    return yaml.dump(data | {DIGEST: seal(written)})
