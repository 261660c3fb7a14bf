"""MkDocs: in a process of its own for a build, and in this one for a preview."""

from __future__ import annotations

import logging
import os
import re
import sys
from pathlib import Path

from tracker.errors import TrackerError
from tracker.publish.builder_process import run_builder

QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
"""Turn off banners about the future of MkDocs, which are not about this site."""
INFORMATION = re.compile(r"^INFO .*\n(?:[ \t].*\n)*", re.MULTILINE)
"""Messages of MkDocs that are not warnings."""


def build_mkdocs(config: Path, site: Path, *, strict: bool, untrusted: bool) -> None:
    """Build a site into the empty folder `site`. Raises TrackerError when MkDocs fails."""
    # --quiet is no option: with it MkDocs forgets the warnings that --strict is about.
    arguments = ["mkdocs", "build", "--config-file", str(config), "--site-dir", str(site)]
    done = run_builder([*arguments, *(["--strict"] if strict else [])], config.parent, QUIET, untrusted=untrusted)
    sys.stdout.write(done.stdout.decode("utf-8", "replace"))
    sys.stderr.write(INFORMATION.sub("", done.stderr.decode("utf-8", "replace")))
    if done.returncode:
        raise TrackerError("mkdocs could not build the site: see its messages above")


def rebuild_mkdocs(config: Path, site: Path, *, changed_only: bool) -> None:
    """Build a site in this process, which spares the start of another one. Raises TrackerError when MkDocs fails."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    os.environ.update(QUIET)
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    try:
        build(load_config(str(config), site_dir=str(site)), dirty=changed_only)
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        raise TrackerError(f"mkdocs could not build the site: {error}") from error
