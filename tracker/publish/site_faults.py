"""What is wrong with a built site: dead links and anchors, pages without a file, and pages that nothing lists.

MkDocs checks this itself. Zensical checks the links of Markdown alone.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tracker.patterns import gitignore
from tracker.publish.mkdocs_config import folders_of, leaves, read_config

ARTICLE = re.compile(r"<article\b.*?</article>", re.DOTALL)
LINK = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"')
ID = re.compile(r'\s(?:id|name)="([^"]*)"')


def faults(site: Path, config: Path) -> Iterator[str]:
    """Yield every fault of the site that was built from a configuration, in words."""
    pages = {path.relative_to(site).as_posix(): _Page(path) for path in sorted(site.rglob("*.html"))}
    for name, page in pages.items():
        if name != "404.html":  # its links lead from wherever it is shown
            yield from (f"{name}: {fault}" for fault in _dead_links(name, page, pages, site))
    yield from _missing(config)


class _Page:
    """The links and anchors of a page, read when they are asked for."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @cached_property
    def links(self) -> list[str]:
        """The targets of links in the article."""
        found = ARTICLE.search(self._path.read_text("utf-8"))
        return list(dict.fromkeys(map(html.unescape, LINK.findall(found[0])))) if found else []

    @cached_property
    def anchors(self) -> frozenset[str]:
        """The ids of the page."""
        return frozenset(map(html.unescape, ID.findall(self._path.read_text("utf-8"))))


def _dead_links(name: str, page: _Page, pages: Mapping[str, _Page], site: Path) -> Iterator[str]:
    for link in page.links:
        parts = urlsplit(link)
        if parts.scheme or parts.netloc or parts.path.startswith("/"):
            continue
        path = unquote(parts.path)
        target = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
        target = (
            target if target in pages or not (site / target).is_dir() else f"{target}/index.html".removeprefix("./")
        )
        if not (site / target).is_file():
            yield f"the link {link} leads nowhere"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"the link {link} leads to an anchor that is not there"


def _missing(config: Path) -> Iterator[str]:
    """Yield entries of the navigation without a document, and documents that no navigation lists, where asked for."""
    settings = read_config(config)
    documents = config.parent / folders_of(config).documents
    listed = {posixpath.normpath(one) for one in leaves(settings.get("nav")) if one.endswith(".md")}
    for one in sorted(listed):
        if not (documents / one).is_file():
            yield f"{config.name}: nav lists {one}, and there is no such document"
    if not listed or _level(settings, "omitted_files") != "warn":
        return
    patterns = [str(settings.get(key) or "") for key in ("not_in_nav", "exclude_docs", "draft_docs")]
    hidden = gitignore("\n".join(patterns).split("\n"))
    for path in sorted(documents.rglob("*.md")):
        one = path.relative_to(documents).as_posix()
        if one not in listed and not hidden.match_file(one) and not any(part[0] == "." for part in one.split("/")):
            yield f"{config.name}: nav does not list {one}; add it to nav or not_in_nav"


def _level(settings: Mapping[str, Any], check: str) -> object:
    validation = settings.get("validation")
    nav = validation.get("nav") if isinstance(validation, Mapping) else None
    return nav.get(check) if isinstance(nav, Mapping) else None
