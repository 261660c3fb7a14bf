"""Zensical, the successor of Material for MkDocs: it reads mkdocs.yml and builds the same pages.

It only writes into the folder of its configuration. So it gets a configuration of its own there, which inherits from
mkdocs.yml, and a temporary folder for the site. Both are removed afterwards.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tracker.errors import TrackerError
from tracker.files import remove_file, write_file
from tracker.publish.builder_process import run_builder
from tracker.publish.mkdocs_config import plugins_of, read_config

CONFIG = ".tracker-zensical.yml"
SITE = ".tracker-site-"
INFORMATION = re.compile(r"^(?:Build started|Build finished in .*|No issues found|Cleaned cache.*)\n", re.MULTILINE)
"""Messages of Zensical that are not warnings."""
PLUGINS = frozenset(
    {
        *("api-autonav", "autorefs", "awesome-nav", "blog", "callouts", "exclude", "gh-admonitions", "glightbox"),
        *("include-markdown", "literate-nav", "llmstxt", "macros", "markdown-exec", "markdownextradata", "meta"),
        *("mike", "minify", "mkdocs-audio", "mkdocs-autoapi", "mkdocs-nav-weight", "mkdocs-video", "mkdocstrings"),
        *("offline", "privacy", "redirects", "rss", "search", "social", "table-reader", "tags"),
    }
)
"""Plugins that Zensical 0.0.73 has a counterpart of. It ignores all others without a message."""


def build_zensical(config: Path, site: Path, *, strict: bool, untrusted: bool) -> None:
    """Build a site into the empty folder `site`. A warning on stderr names what Zensical ignores.

    Raises TrackerError when Zensical is not installed or fails, and, with `strict`, when it ignores something.
    """
    if find_spec("zensical") is None:
        raise TrackerError("Zensical is not installed; run `pip install 'session-tracker[zensical]'`")
    settings = read_config(config)
    if ignored := ignored_settings(settings):
        message = f"{config}: Zensical ignores {', '.join(ignored)}; remove them, or build with MkDocs"
        if strict:
            raise TrackerError(message)
        print(f"tracker: {message}", file=sys.stderr)
    with _own_config(config, settings) as (own, built):
        arguments = ["zensical", "build", "--config-file", str(own), *(["--strict"] if strict else [])]
        arguments += ["--clean"] if untrusted else []  # pages that the workspace brought along are not trusted
        done = run_builder(arguments, config.parent, {}, untrusted=untrusted)
        sys.stderr.write(INFORMATION.sub("", (done.stdout + done.stderr).decode("utf-8", "replace")).lstrip("\n"))
        if done.returncode:
            raise TrackerError("zensical could not build the site: see its messages above")
        shutil.copytree(built, site, dirs_exist_ok=True)


def ignored_settings(settings: Mapping[str, Any]) -> list[str]:
    """What Zensical does not do of a configuration of MkDocs.

    >>> ignored_settings({"hooks": ["a.py"], "plugins": ["search", {"gen-files": {}}]})
    ['hooks', 'plugin gen-files']
    """
    names = (name.removeprefix("material/").partition("/")[0] for name in plugins_of(settings))
    return [*(["hooks"] if settings.get("hooks") else []), *(f"plugin {one}" for one in names if one not in PLUGINS)]


@contextmanager
def _own_config(config: Path, settings: Mapping[str, Any]) -> Iterator[tuple[Path, Path]]:
    """Write a configuration beside `config`, and yield it and the folder into which it builds."""
    with tempfile.TemporaryDirectory(prefix=SITE, dir=config.parent) as name:
        values: dict[str, Any] = {"INHERIT": config.name, "site_dir": Path(name).name}
        theme = settings.get("theme")
        theme = theme if isinstance(theme, Mapping) else {"name": theme}
        if theme.get("name") == "material" and "variant" not in theme:
            values["theme"] = {"name": "material", "variant": "classic"}  # it looks like Material for MkDocs
        own = config.parent / CONFIG
        write_file(own, json.dumps(values).encode(), within=config.parent)
        try:
            yield own, Path(name)
        finally:
            remove_file(own, within=config.parent)
