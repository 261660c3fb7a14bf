"""The site: MkDocs, as its own process, into a folder that takes the place of the old one when it is whole."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tracker.errors import TrackerError

CONFIG = "mkdocs.yml"
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
"""Banners about the future of MkDocs, which say nothing about this site."""


def build_site(root: Path, *, strict: bool) -> Path:
    """Build the site of a workspace; returns its folder.

    Raises TrackerError where there is no mkdocs.yml or MkDocs fails; the old site is then as it was.
    """
    config = root / CONFIG
    if not config.is_file():
        raise TrackerError(f"{config}: no such file; `tracker init` writes one, and --no-site does without")
    target = root / _site_dir(config)
    if not target.resolve().is_relative_to(root.resolve()) or target.resolve() == root.resolve():
        raise TrackerError(f"{config}: site_dir leads to {target.resolve()}, expected a folder inside {root}")
    fresh, old = root / ".tracker" / "site", root / ".tracker" / "site.old"
    for folder in (fresh, old):
        shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--quiet",
        "--config-file",
        str(config),
        "--site-dir",
        str(fresh),
    ]
    done = subprocess.run([*command, *(["--strict"] if strict else [])], env={**os.environ, **QUIET}, check=False)
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise TrackerError("mkdocs could not build the site: see its messages above")
    if target.exists():
        target.replace(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def _site_dir(config: Path) -> str:
    """Where mkdocs.yml wants the site. Read as MkDocs reads it, tags and inheritance included."""
    from mkdocs.exceptions import MkDocsException
    from mkdocs.utils.yaml import yaml_load

    try:
        with config.open("rb") as stream:
            return str(yaml_load(stream).get("site_dir") or "site")
    except MkDocsException as error:
        raise TrackerError(f"{config}: {error}") from None
