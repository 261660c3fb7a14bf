"""The site: MkDocs, as its own process, into a folder that takes the place of the old one when it is whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from tracker.errors import TrackerError
from tracker.workspace import PLAN_FILE

CONFIG = "mkdocs.yml"
CONFIGS = (CONFIG, "mkdocs.yaml")
"""The names that MkDocs looks for, in this order."""
QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
"""Banners about the future of MkDocs, which say nothing about this site."""
INFORMATION = re.compile(r"^INFO .*\n(?:[ \t].*\n)*", re.MULTILINE)
"""What MkDocs tells when all is well."""


class Folders(NamedTuple):
    """Where MkDocs reads and writes, relative to mkdocs.yml."""

    documents: str = "docs"
    site: str = "site"


def build_site(root: Path, pages: Path, *, strict: bool) -> Path:
    """Build the site of a workspace; returns its folder. Where the pages are not part of it, that is said on stderr.

    Raises TrackerError where there is no mkdocs.yml or MkDocs fails; the old site is then as it was.
    """
    config = config_file(root)
    if not config.is_file():
        raise TrackerError(f"{config}: no such file; `tracker init` writes one, and --no-site does without")
    folders = folders_of(config)
    target = root / folders.site
    if not target.resolve().is_relative_to(root.resolve()) or target.resolve() == root.resolve():
        raise TrackerError(f"{config}: site_dir leads to {target.resolve()}, expected a folder inside {root}")
    if not pages.resolve().is_relative_to((root / folders.documents).resolve()):
        where = pages.relative_to(root).as_posix()
        print(
            f"tracker: the site lacks the pages: they are in {where}, and {config.name} takes its "
            f"documents from {folders.documents}; set `docs: {folders.documents}/tracker` in {PLAN_FILE}",
            file=sys.stderr,
        )
    fresh, old = root / ".tracker" / "site", root / ".tracker" / "site.old"
    if old.is_dir() and not target.exists():  # cut off between the two moves below
        old.replace(target)
    if target.exists() and not _is_site(target):
        message = "is no site that MkDocs built; move it, or name another site_dir"
        raise TrackerError(f"{target}: {message} in {config.name}")
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


def config_file(root: Path) -> Path:
    """The configuration of the site: mkdocs.yml, unless only mkdocs.yaml is there."""
    return next((root / name for name in CONFIGS if (root / name).is_file()), root / CONFIG)


def _is_site(folder: Path) -> bool:
    """Whether a folder may be replaced: MkDocs writes a sitemap with every theme."""
    return folder.is_dir() and ((folder / "sitemap.xml").is_file() or not any(folder.iterdir()))


def folders_of(config: Path) -> Folders:
    """The folders that mkdocs.yml names. Read as MkDocs reads it, tags and inheritance included.

    Raises TrackerError where it cannot be read.
    """
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
    named = Folders()
    return Folders(str(values.get("docs_dir") or named.documents), str(values.get("site_dir") or named.site))
