"""The smallest change that shows the pages in a site that exists, and leaves everything of it as it was."""

from __future__ import annotations

import difflib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tracker.files import read_file, write_file
from tracker.publish.mkdocs_config import config_chain, leaves, load_config, plugins_of, read_config
from tracker.sources.yaml import MalformedYAML
from tracker.sources.yaml_edit import CannotEdit, append, set_value

PAGES = (
    ("", "index.md"),
    ("Brief", "brief.md"),
    ("Tracker", "progress.md"),
    ("Phases", "phases/index.md"),
    ("Sessions", "sessions/index.md"),
    ("Diagnostics", "runs/index.md"),
    ("Decisions", "decisions.md"),
    ("Tags", "tags.md"),
    ("Disagreements", "disagreements.md"),
    ("Stale files", "audit.md"),
    ("Versions", "versions/index.md"),
)
"""The pages in the navigation. All others are linked from them: listing thousands makes every page larger."""
SECTION = "Progress"
LITERATE = ("literate-nav", "mkdocs-literate-nav")
AWESOME = {"awesome-nav": ".nav.yml", "mkdocs-awesome-nav": ".nav.yml", "awesome-pages": ".pages"}
"""Plugins that read the navigation from a file of the documents, and the usual name of that file."""

ELSEWHERE = ("mkdocs[-._]*.y*ml", *(f"{folder}/mkdocs.y*ml" for folder in ("docs", "docs/*", "doc", "documentation")))
"""Other places where repositories keep the configuration of a site: of several builds, or of several languages."""


class FileEdit(NamedTuple):
    """A file before and after the change."""

    path: Path
    before: str
    after: str

    def diff(self, root: Path) -> str:
        """The change as a unified diff with paths relative to `root`."""
        name = self.path.relative_to(root).as_posix()
        lines = (self.before.splitlines(keepends=True), self.after.splitlines(keepends=True))
        return "".join(
            line if line.endswith("\n") else line + "\n" for line in difflib.unified_diff(*lines, name, name, n=2)
        )


@dataclass(frozen=True)
class SiteChange:
    """What shows the pages in a site."""

    edits: tuple[FileEdit, ...]
    notes: tuple[str, ...]
    """What must be done by hand, and why."""

    def apply(self, root: Path) -> None:
        """Write the changed files. Raises UnsafePath where a link is in the way."""
        for edit in self.edits:
            write_file(edit.path, edit.after.encode(), within=root)


def configs_elsewhere(root: Path) -> list[Path]:
    """Configurations of sites at places where the tracker reads none, one that inherits from no other first."""
    found = {path for pattern in ELSEWHERE for path in root.glob(pattern) if path.is_file()}
    return sorted(found, key=lambda path: (len(config_chain(path)), path))


def pages_folder(config: Path, documents: str) -> str:
    """Where the pages go in a site: below the documents of the default language, where each has a folder."""
    options = plugins_of(read_config(config)).get("i18n", {})
    if options.get("docs_structure") != "folder":
        return f"{documents}/tracker"
    languages = options.get("languages")
    named = [one for one in languages if isinstance(one, Mapping)] if isinstance(languages, list) else []
    default = next((one.get("locale") for one in named if one.get("default")), options.get("default_language"))
    return f"{documents}/{default}/tracker" if default else f"{documents}/tracker"


def change_for(root: Path, config: Path, documents: str, pages: str) -> SiteChange:
    """Return what shows the pages of the folder `pages` in an existing site. Both folders are relative to `root`."""
    settings = read_config(config)
    below = Path(pages).relative_to(documents).as_posix()
    site = below.partition("/")[2] if "/" in below else below  # without the folder of a language
    texts: dict[Path, str] = {}
    notes = []

    def edit(path: Path, change: Any, *arguments: Any) -> None:
        reason: object = "outside of the workspace"
        if path.resolve().is_relative_to(root.resolve()):
            try:
                texts[path] = change(texts.get(path) or _text(path, root), *arguments)
                return
            except (CannotEdit, MalformedYAML) as error:
                reason = error
        key, added = arguments[0], arguments[-1]
        notes.append(f"{os.path.relpath(path, root)}: {reason}; add to {key}: {json.dumps(added)}")

    for key, name in (("extra_css", "tracker.css"), ("extra_javascript", "tracker.js")):
        asset = f"{site}/assets/{name}"
        if asset not in (settings.get(key) or ()):
            edit(_owner(config, key), _with_items, key, [asset])
    place = _navigation(config, settings, root / documents, root)
    if place is not None and place.suffix == ".md":
        edit(place, _with_list, site)
    elif place is not None and not {site, f"{site}/index.md"} & set(_listed(place, settings, root)):
        # A file of awesome-pages names only what is in its own folder.
        edit(place, _with_items, "nav", [{SECTION: site}] if place.name == ".pages" else _section(site))
    hidden = [f"/{below}/*/*", f"!/{below}/*/index.md"]
    if hidden[0] not in str(settings.get("not_in_nav") or "").split():
        edit(_owner(config, "not_in_nav"), _with_lines, "not_in_nav", hidden)
    originals = {path: _text(path, root) for path in texts}
    edits = [FileEdit(path, originals[path], text) for path, text in texts.items() if text != originals[path]]
    return SiteChange(tuple(edits), tuple(notes))


def _text(path: Path, root: Path) -> str:
    return read_file(path, within=root).decode("utf-8")


def _listed(place: Path, settings: Mapping[str, Any], root: Path) -> Iterable[str]:
    """The pages that the file of the navigation lists."""
    return leaves(settings.get("nav") or load_config(_text(place, root).encode())["nav"])


def _owner(config: Path, key: str) -> Path:
    """The file that sets a key: `config`, or the one that it inherits the key from."""
    return next((path for path, values in config_chain(config) if key in values), config)


def _navigation(config: Path, settings: Mapping[str, Any], documents: Path, root: Path) -> Path | None:
    """The file that lists the pages of the navigation; None where MkDocs or a plugin finds them in the folders.

    Its name may come from the settings of a plugin. Raises UnsafePath where it leads out of `root`.
    """
    plugins = plugins_of(settings)
    if settings.get("nav"):
        return _owner(config, "nav")
    for name, options in plugins.items():
        if name in LITERATE:
            place = documents / str(options.get("nav_file", "SUMMARY.md"))
            return place if place.is_file() else None
        if name in AWESOME:
            place = documents / str(options.get("filename", AWESOME[name]))
            return place if place.is_file() and (load_config(_text(place, root).encode()) or {}).get("nav") else None
    return None


def _section(site: str) -> list[dict[str, list[object]]]:
    return [{SECTION: [{title: f"{site}/{page}"} if title else f"{site}/{page}" for title, page in PAGES]}]


def _with_items(text: str, key: str, items: list[Any]) -> str:
    return append(text, [key], items)


def _with_lines(text: str, key: str, lines: list[str]) -> str:
    old = (load_config(text.encode()) or {}).get(key)
    return set_value(text, [key], "\n".join([*str(old or "").rstrip("\n").split("\n"), *lines]).lstrip("\n") + "\n")


def _with_list(text: str, site: str) -> str:
    """A navigation in Markdown with the section at its end."""
    if f"]({site}/index.md)" in text:
        return text
    found = re.findall(r"^([*+-])\s+\S", text, re.MULTILINE)
    bullet = found[-1] if found else "*"
    pages = "".join(f"    {bullet} [{title or 'Overview'}]({site}/{page})\n" for title, page in PAGES)
    gap = "" if not text or text.endswith("\n") else "\n"
    return f"{text}{gap}{bullet} {SECTION}\n{pages}"
