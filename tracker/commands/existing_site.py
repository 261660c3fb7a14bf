"""The smallest change that shows the pages in a site that exists, and leaves everything of it as it was."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from tracker.files import read_file, write_file
from tracker.publish.mkdocs_config import config_chain, load_config, plugins_of, read_config

PAGES = (
    ("", "index.md"),
    ("Brief", "brief.md"),
    ("Tracker", "progress.md"),
    ("Phases", "phases/index.md"),
    ("Sessions", "sessions/index.md"),
    ("Diagnostics", "runs/index.md"),
    ("Decisions", "decisions.md"),
    ("Disagreements", "disagreements.md"),
    ("Stale files", "audit.md"),
    ("Versions", "versions/index.md"),
)
"""The pages in the navigation. All others are linked from them: listing thousands makes every page larger."""
SECTION = "Progress"
LITERATE = ("literate-nav", "mkdocs-literate-nav")
AWESOME = {"awesome-nav": ".nav.yml", "mkdocs-awesome-nav": ".nav.yml", "awesome-pages": ".pages"}
"""Plugins that read the navigation from a file of the documents, and the usual name of that file."""


class CannotEdit(Exception):
    """A file has a form that is not changed automatically."""


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
        before = texts.get(path) or _text(path, root)
        try:
            texts[path] = change(before, *arguments)
        except CannotEdit as error:
            notes.append(f"{path.relative_to(root)}: {error}")

    css = f"{site}/assets/tracker.css"
    if css not in (settings.get("extra_css") or ()):
        edit(_owner(config, "extra_css"), with_items, "extra_css", [css])
    place = _navigation(config, settings, root / documents)
    if place is not None and place.suffix == ".md":
        edit(place, with_lines_of_markdown, site)
    elif place is not None and not {site, f"{site}/index.md"} & set(_leaves(load_config(place.read_bytes())["nav"])):
        # A file of awesome-pages names only what is in its own folder.
        edit(place, with_items, "nav", [{SECTION: site}] if place.name == ".pages" else _section(site))
    hidden = [f"/{below}/*/*", f"!/{below}/*/index.md"]
    if hidden[0] not in str(settings.get("not_in_nav") or "").split():
        edit(_owner(config, "not_in_nav"), with_lines, "not_in_nav", hidden)
    originals = {path: _text(path, root) for path in texts}
    edits = [FileEdit(path, originals[path], text) for path, text in texts.items() if text != originals[path]]
    return SiteChange(tuple(edits), tuple(notes))


def _text(path: Path, root: Path) -> str:
    return read_file(path, within=root).decode("utf-8")


def _owner(config: Path, key: str) -> Path:
    """The file that sets a key: `config`, or the one that it inherits the key from."""
    return next((path for path, values in config_chain(config) if key in values), config)


def _navigation(config: Path, settings: Mapping[str, Any], documents: Path) -> Path | None:
    """The file that lists the pages of the navigation; None where MkDocs or a plugin finds them in the folders."""
    plugins = plugins_of(settings)
    if settings.get("nav"):
        return _owner(config, "nav")
    for name, options in plugins.items():
        if name in LITERATE:
            place = documents / str(options.get("nav_file", "SUMMARY.md"))
            return place if place.is_file() else None
        if name in AWESOME:
            place = documents / str(options.get("filename", AWESOME[name]))
            return place if place.is_file() and (load_config(place.read_bytes()) or {}).get("nav") else None
    return None


def _leaves(nav: Any) -> Iterator[str]:
    """The pages in a navigation."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, (list, Mapping)):
        for one in nav.values() if isinstance(nav, Mapping) else nav:
            yield from _leaves(one)


def _section(site: str) -> list[dict[str, list[object]]]:
    return [{SECTION: [{title: f"{site}/{page}"} if title else f"{site}/{page}" for title, page in PAGES]}]


# --- changes of a text: each returns the new text, or raises CannotEdit -----------------------------------------------


def with_items(text: str, key: str, items: list[Any]) -> str:
    """YAML with items added to the end of the list at a top-level key; every other character stays.

    >>> print(with_items("nav: # all\\n- a.md\\nsite_name: S\\n", "nav", ["b.md"]), end="")
    nav: # all
    - a.md
    - b.md
    site_name: S
    """
    node = _value(text, key)
    if node is None:
        return _checked(text, _appended(text, f"{key}:\n" + _lines(items, 2)), key, items)
    if not isinstance(node, yaml.SequenceNode):
        raise CannotEdit(f"{key!r} is not a list; add to it: {', '.join(map(str, items))}")
    if node.flow_style:
        end = node.end_mark.index - 1
        added = yaml.safe_dump(items, default_flow_style=True, width=10**6, sort_keys=False).strip()[1:-1]
        comma = ", " if node.value and not text[:end].rstrip().endswith(",") else ""
        return _checked(text, f"{text[:end]}{comma}{added}{text[end:]}", key, items)
    return _checked(text, _inserted(text, _last_line(node), _lines(items, node.start_mark.column)), key, items)


def with_lines(text: str, key: str, lines: list[str]) -> str:
    """YAML with lines added to the end of the block of text at a top-level key."""
    node = _value(text, key)
    if node is None:
        return _with_lines(text, _appended(text, f"{key}: |\n" + "".join(f"  {line}\n" for line in lines)), key, lines)
    if not isinstance(node, yaml.ScalarNode) or node.style != "|":
        raise CannotEdit(f"{key!r} is not a block of lines; add to it: {' '.join(lines)}")
    all_lines = text.splitlines()
    first = node.start_mark.line + 1
    indent = re.match(r"\s*", next((line for line in all_lines[first:] if line.strip()), "  "))
    width = len(indent[0]) if indent else 2
    last = first
    while last < len(all_lines) and (not all_lines[last].strip() or all_lines[last].startswith(" " * width)):
        last += 1
    while not all_lines[last - 1].strip():
        last -= 1
    added = "".join(f"{' ' * width}{line}\n" for line in lines)
    return _with_lines(text, _inserted(text, last, added), key, lines)


def with_lines_of_markdown(text: str, site: str) -> str:
    """A navigation in Markdown with the section added to the end of its list."""
    found = list(re.finditer(r"^([*+-])(\s+)\S", text, re.MULTILINE))
    bullet = found[-1][1] if found else "*"
    lines = [f"{bullet} {SECTION}"]
    lines += [f"    {bullet} [{title or 'Overview'}]({site}/{page})" for title, page in PAGES]
    if f"]({site}/index.md)" in text:
        return text
    return _appended(text, "\n".join(lines) + "\n")


def _value(text: str, key: str) -> Any:
    """The node at a top-level key; None where there is none, or an empty one that another line may fill."""
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    if tree is not None and (not isinstance(tree, yaml.MappingNode) or tree.flow_style):
        raise CannotEdit("not a block of keys; add the pages by hand")
    found = [value for name, value in (tree.value if tree else ()) if name.value == key]
    if found and isinstance(found[0], yaml.ScalarNode) and found[0].value == "":
        raise CannotEdit(f"{key!r} is empty; remove it, and run this again")
    return found[0] if found else None


def _last_line(node: Any) -> int:
    """The number of lines up to the end of a node, without what follows it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    is_block = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return int(node.end_mark.line + (0 if is_block else 1))


def _lines(items: list[Any], column: int) -> str:
    """Items of a list as YAML: pages, or a section with its pages."""
    lines = []
    for item in items:
        if isinstance(item, str):
            lines.append(f"- {item}")
            continue
        for title, entries in item.items():
            if isinstance(entries, str):
                lines.append(f"- {title}: {entries}")
                continue
            lines.append(f"- {title}:")
            pages = [one if isinstance(one, str) else ": ".join(*one.items()) for one in entries]
            lines += [f"    - {page}" for page in pages]
    return "".join(f"{' ' * column}{line}\n" for line in lines)


def _inserted(text: str, line: int, added: str) -> str:
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    head = "".join(lines[:line])
    gap = "" if not head or head.endswith("\n") else end
    return head + gap + added.replace("\n", end) + "".join(lines[line:])


def _appended(text: str, added: str) -> str:
    return _inserted(text, len(text.splitlines()), added)


def _with_lines(before: str, after: str, key: str, lines: list[str]) -> str:
    """The changed text, if it says what it said before and the added lines."""
    old, new = _loaded(before) or {}, dict(_loaded(after) or {})
    expected = [*str(old.get(key) or "").split("\n"), *lines]
    found = str(new.pop(key, "")).split("\n")
    others = {name: value for name, value in old.items() if name != key}
    if list(filter(None, found)) != list(filter(None, expected)) or new != others:
        raise CannotEdit(f"{key!r} cannot be changed safely; add to it: {' '.join(lines)}")
    return after


def _loaded(text: str) -> Any:
    try:
        return load_config(text.encode())
    except ValueError:
        return None


def _checked(before: str, after: str, key: str, items: list[Any]) -> str:
    """The changed text, if it says what it said before and the added items."""
    old, new = _loaded(before), _loaded(after)
    expected = {**(old or {}), key: [*((old or {}).get(key) or []), *items]}
    if new != expected:
        raise CannotEdit(f"{key!r} cannot be changed safely; add to it:\n{_lines(items, 0)}")
    return after
