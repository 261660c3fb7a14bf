"""The site: MkDocs, as its own process, into a folder that takes the place of the old one when it is whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tracker.errors import TrackerError

CONFIG = "mkdocs.yml"
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
"""Banners about the future of MkDocs, which say nothing about this site."""
INFORMATION = re.compile(r"^INFO .*\n(?:[ \t].*\n)*", re.MULTILINE)
"""What MkDocs tells when all is well."""


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
    if old.is_dir() and not target.exists():  # cut off between the two moves below
        old.replace(target)
    if target.exists() and not _is_site(target):
        raise TrackerError(f"{target}: is no site that MkDocs built; move it, or name another site_dir in {CONFIG}")
    for folder in (fresh, old):
        folder.unlink() if folder.is_symlink() else shutil.rmtree(folder, ignore_errors=True)
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--config-file",
        str(config),
        "--site-dir",
        str(fresh),
    ]
    command += ["--strict"] if strict else []
    done = subprocess.run(command, env={**os.environ, **QUIET}, stderr=subprocess.PIPE, check=False)
    # not by --quiet: MkDocs then forgets the warnings that --strict is about
    sys.stderr.write(INFORMATION.sub("", done.stderr.decode("utf-8", "replace")))
    if done.returncode:
        shutil.rmtree(fresh, ignore_errors=True)
        raise TrackerError("mkdocs could not build the site: see its messages above")
    if target.exists():
        target.replace(old)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh.replace(target)
    shutil.rmtree(old, ignore_errors=True)
    return target


def _is_site(folder: Path) -> bool:
    """Whether a folder may be replaced: MkDocs writes a sitemap with every theme."""
    return folder.is_dir() and ((folder / "sitemap.xml").is_file() or not any(folder.iterdir()))


def _site_dir(config: Path) -> str:
    """Where mkdocs.yml wants the site. Read as MkDocs reads it, tags and inheritance included."""
    from mkdocs.exceptions import MkDocsException
    from mkdocs.utils.yaml import yaml_load
    from yaml import YAMLError  # type: ignore[import-untyped]

    try:
        with config.open("rb") as stream:
            values: object = yaml_load(stream)
    except (MkDocsException, YAMLError) as error:
        raise TrackerError(f"{config}: {' '.join(str(error).split())}") from None
    if not isinstance(values, dict):
        raise TrackerError(f"{config}: expected a mapping with site_name")
    return str(values.get("site_dir") or "site")
