"""mkdocs.yml, read as data: nothing in it is imported, constructed or run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml  # type: ignore[import-untyped]

from tracker.errors import TrackerError
from tracker.files import UnsafePath, read_file

CONFIG = "mkdocs.yml"
CONFIGS = (CONFIG, "mkdocs.yaml")
"""The names that MkDocs looks for, in this order."""
LIMIT = 2**20
"""Bytes of the largest configuration that is read."""
MOST_PARENTS = 10
"""Files that may inherit from each other."""

HARMLESS_SETTINGS = frozenset(
    {
        "site_name",
        "site_url",
        "site_description",
        "site_author",
        "copyright",
        "repo_url",
        "repo_name",
        "edit_uri",
        "edit_uri_template",
        "remote_branch",
        "docs_dir",
        "site_dir",
        "use_directory_urls",
        "strict",
        "nav",
        "not_in_nav",
        "exclude_docs",
        "draft_docs",
        "validation",
        "theme",
        "plugins",
        "markdown_extensions",
        "extra",
        "extra_css",
    }
)
"""Settings that an untrusted build accepts."""
OWN_SCRIPT = re.compile(r"(?:\w[\w.-]*/)+assets/tracker\.js")
"""The script of the generated pages, which every build writes, at a path below `docs_dir`."""
HARMLESS_PLUGINS = frozenset(("search", "material/search", "offline", "material/offline"))
HARMLESS_EXTENSIONS = frozenset(
    {
        "abbr",
        "admonition",
        "attr_list",
        "codehilite",
        "def_list",
        "extra",
        "fenced_code",
        "footnotes",
        "md_in_html",
        "meta",
        "nl2br",
        "sane_lists",
        "smarty",
        "tables",
        "toc",
        "pymdownx.betterem",
        "pymdownx.caret",
        "pymdownx.critic",
        "pymdownx.details",
        "pymdownx.highlight",
        "pymdownx.inlinehilite",
        "pymdownx.keys",
        "pymdownx.mark",
        "pymdownx.smartsymbols",
        "pymdownx.superfences",
        "pymdownx.tabbed",
        "pymdownx.tasklist",
        "pymdownx.tilde",
    }
)
"""Extensions that an untrusted build accepts: they neither run code nor read files."""
HARMLESS_THEMES = frozenset(("material", "mkdocs", "readthedocs"))


class Tagged(NamedTuple):
    """A value with a tag that is not part of YAML, such as `!ENV` or `!!python/name:…`."""

    tag: str
    value: Any


class Folders(NamedTuple):
    """Where MkDocs reads and writes, relative to mkdocs.yml."""

    documents: str = "docs"
    site: str = "site"


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """YAML whose unknown tags are data."""


def _tagged(loader: _Loader, _suffix: str, node: yaml.Node) -> Tagged:
    if isinstance(node, yaml.ScalarNode):
        return Tagged(node.tag, loader.construct_scalar(node))
    if isinstance(node, yaml.SequenceNode):
        return Tagged(node.tag, loader.construct_sequence(node, deep=True))
    return Tagged(node.tag, loader.construct_mapping(node, deep=True))


_Loader.add_multi_constructor("", _tagged)


def config_file(root: Path) -> Path:
    """Return the configuration of the site: mkdocs.yml, unless only mkdocs.yaml exists."""
    return next((root / name for name in CONFIGS if os.path.lexists(root / name)), root / CONFIG)


def folders_of(config: Path) -> Folders:
    """The folders that mkdocs.yml names, inherited settings and `!ENV` included.

    Raises TrackerError when it cannot be read.
    """
    usual = Folders()
    values = read_config(config)
    return Folders(_text(values.get("docs_dir"), usual.documents), _text(values.get("site_dir"), usual.site))


def read_config(config: Path) -> Mapping[str, Any]:
    """The settings of mkdocs.yml and of the files that it inherits from. Raises TrackerError for an unreadable one."""
    return {key: value for _, values in reversed(config_chain(config)) for key, value in values.items()}


def config_chain(config: Path) -> list[tuple[Path, Mapping[str, Any]]]:
    """mkdocs.yml and the files that it inherits from, each with its own settings. Raises TrackerError."""
    chain: list[tuple[Path, Mapping[str, Any]]] = []
    while True:
        values = _read(config)
        parent = values.pop("INHERIT", None)
        chain.append((config, values))
        if parent is None:
            return chain
        if len(chain) > MOST_PARENTS:
            raise TrackerError(f"{chain[0][0]}: inherits through more than {MOST_PARENTS} files")
        path = config.parent / _text(parent, "")
        if not path.is_file():
            raise TrackerError(f"{config}: INHERIT names {_text(parent, '')!r}, and there is no such file")
        config = path


def plugins_of(settings: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """The options of each plugin, by its name."""
    listed = settings.get("plugins")
    entries: list[Any] = []
    for one in listed if isinstance(listed, list) else [listed]:
        entries += one.items() if isinstance(one, Mapping) else [(one, None)]
    return {str(name): options if isinstance(options, Mapping) else {} for name, options in entries if name}


def leaves(nav: Any) -> Iterator[str]:
    """The pages and addresses in a navigation."""
    if isinstance(nav, str):
        yield nav
    elif isinstance(nav, (list, Mapping)):
        for one in nav.values() if isinstance(nav, Mapping) else nav:
            yield from leaves(one)


def has_extension(root: Path, names: Iterable[str]) -> bool:
    """Whether the site of a workspace uses one of the extensions of Markdown; not where there is no readable config."""
    try:
        return not set(names).isdisjoint(_names(read_config(config_file(root)).get("markdown_extensions")))
    except (TrackerError, OSError):
        return False


def require_harmless(config: Path) -> None:
    """Refuse settings that make MkDocs run code, read other files or write elsewhere.

    Raises TrackerError with every such setting.
    """
    found = list(dict.fromkeys(_harmful(_read(config))))
    if found:
        raise TrackerError(f"{config}: an untrusted build refuses {', '.join(found)}; see docs/trust.md")


def _harmful(values: Mapping[str, Any]) -> Iterator[str]:
    yield from (str(key) for key in values if key not in HARMLESS_SETTINGS and not _is_own_script(key, values[key]))
    for kind, known in (("plugins", HARMLESS_PLUGINS), ("markdown_extensions", HARMLESS_EXTENSIONS)):
        yield from (f"{kind}: {name}" for name in _names(values.get(kind)) if name not in known)
    theme = values.get("theme")
    name = theme.get("name") if isinstance(theme, Mapping) else theme
    if isinstance(theme, Mapping) and "custom_dir" in theme:
        yield "theme: custom_dir"
    if name is not None and name not in HARMLESS_THEMES:
        yield f"theme: {name}"
    yield from _tags(values)


def _is_own_script(key: str, value: Any) -> bool:
    """Whether a setting adds the script of the generated pages, and no other."""
    return key == "extra_javascript" and all(OWN_SCRIPT.fullmatch(name) for name in _names(value))


def _names(value: Any) -> Iterator[str]:
    """The names in a list of plugins or extensions, each alone or with its settings."""
    if isinstance(value, Mapping):
        yield from map(str, value)
    elif isinstance(value, list):
        for one in value:
            yield from _names(one) if isinstance(one, (Mapping, list)) else [str(one)]
    elif value is not None:
        yield str(value)


def _tags(value: Any) -> Iterator[str]:
    if isinstance(value, Tagged):
        yield value.tag.replace("tag:yaml.org,2002:", "!!")
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _tags(key)
            yield from _tags(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _tags(inner)


def load_config(content: bytes) -> Any:
    """The values of a YAML file, tags as data. Raises ValueError with the reason in one line."""
    try:
        return yaml.load(content, Loader=_Loader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from None


def _read(config: Path) -> dict[str, Any]:
    try:
        values = load_config(read_file(config, within=_top(config.parent), limit=LIMIT))
    except UnsafePath:
        raise
    except ValueError as error:
        raise TrackerError(f"{config}: cannot be read: {error}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise TrackerError(f"{config}: expected a mapping with site_name")
    return values


def _top(folder: Path) -> Path:
    """The repository that a folder is in, else the folder."""
    return next((one for one in (folder, *folder.parents) if (one / ".git").exists()), folder)


def _text(value: Any, usual: str) -> str:
    """A setting that names a folder or file: `!ENV` is looked up, any other tag is unknown."""
    if isinstance(value, Tagged) and value.tag == "!ENV":
        names = value.value if isinstance(value.value, list) else [value.value]
        found = next((os.environ[str(name)] for name in names if str(name) in os.environ), None)
        return found or (str(names[-1]) if len(names) > 1 else usual)
    return str(value) if isinstance(value, (str, int, float)) and value != "" else usual
