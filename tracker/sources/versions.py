"""Frozen versions: `versions/<number>.yml`, written once by a release and never changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tracker.cache import digest
from tracker.model import Problem, Version
from tracker.sources import yaml
from tracker.sources.reading import Source, UnreadableFile, files_among

DIGEST = "digest"


def read_versions(folder: Path, root: Path) -> tuple[list[Version], list[Problem]]:
    """Every version of a folder, the oldest first, and the files that are none or were edited."""
    versions: dict[str, Version] = {}
    problems: list[Problem] = []
    for path in files_among(folder.glob("*.yml")) if folder.is_dir() else []:
        try:
            source = Source.read(path, root)
        except UnreadableFile as error:
            problems.append(error.problem)
            continue
        version, found = source.validate(Version)
        problems += found
        if version is None:
            continue
        if version.digest != seal(source.document.data):
            message = "a frozen version was edited; bring it back with `git checkout`, and release a new one instead"
            problems.append(source.problem([DIGEST], message))
        elif path.stem != version.version:
            message = f"expected the number of the file's name, {path.stem}; got {version.version}"
            problems.append(source.problem(["version"], message))
        else:
            versions[version.version] = version
    return sorted(versions.values(), key=lambda one: one.order), problems


def seal(data: dict[str, Any]) -> str:
    """The digest of a version's data as written, all scalars as text, less the digest itself."""
    content = {key: value for key, value in data.items() if key != DIGEST}
    return digest(json.dumps(content, sort_keys=True, ensure_ascii=False))


def version_text(version: Version) -> str:
    """The file of a version, sealed."""
    data = version.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={DIGEST})
    written = yaml.load(yaml.dump(data)).data  # as a reader sees it: what a release writes is what a check compares
    return yaml.dump(data | {DIGEST: seal(written)})
