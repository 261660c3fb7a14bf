"""The search index of a site, kept small: what old pages say is shortened, and every word stays findable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

INDEX = "search/search_index.json"
OFFLINE = {INDEX: "search/search_index.js", "search.json": "search.js"}
"""The indexes of MkDocs and Zensical, and each once more for a site without a server."""
LIMIT = 3_000_000
"""Bytes of the index above which pages are shortened: a browser loads all of it before the first search."""
TEASER = 160
"""Characters of a shortened page that are kept word for word."""
KINDS = ("runs", "criteria", "phases", "sessions")
"""Folders of pages that are shortened, in this order; in each the oldest come first."""
_TAG = re.compile(r"</?[a-z]+>")
_WORD_END = re.compile(r"[\s,;:()\"]+")


def bounded_indexes(files: Mapping[str, bytes], pages: str) -> dict[str, bytes]:
    """Return the index of a site once it is kept small, by path. `pages` is the folder of the generated pages."""
    found = {}
    for path, offline in OFFLINE.items():
        if path in files:
            found[path] = bounded(files[path], pages)
            if offline in files:
                found[offline] = b"var __index = " + found[path]
    return found


def bounded(content: bytes, pages: str, limit: int = LIMIT) -> bytes:
    """Return the index, with pages in the folder `pages` of the site shortened until it has `limit` bytes or fewer.

    A shortened page has one entry with its title, the start of its text and each other word of it once. An index of
    another form is returned unchanged.
    """
    if len(content) <= limit:
        return content
    try:
        index: dict[str, Any] = json.loads(content)
        entries = "docs" if "docs" in index else "items"
        by_page = {page: list(group) for page, group in groupby(index[entries], lambda one: _page(one["location"]))}
    except (ValueError, TypeError, KeyError):
        return content
    excess = len(content) - limit
    for page in _order(by_page, pages):
        if excess <= 0:
            break
        shortened = [_shortened(by_page[page])]
        excess -= _size(by_page[page]) - _size(shortened)
        by_page[page] = shortened
    index[entries] = [one for group in by_page.values() for one in group]
    return json.dumps(index, separators=(",", ":")).encode()


def _order(by_page: Iterable[str], pages: str) -> list[str]:
    folders = [f"{pages}/{kind}/" for kind in KINDS]
    return [page for folder in folders for page in sorted(by_page) if page.startswith(folder)]


def _page(location: str) -> str:
    return location.partition("#")[0]


def _size(entries: list[dict[str, Any]]) -> int:
    return len(json.dumps(entries, separators=(",", ":")))


def _shortened(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """One entry for a page.

    >>> page = {"location": "a", "title": "A", "text": "<p>b c</p>"}
    >>> _shortened([page, {"location": "a#d", "title": "D", "text": "c"}])
    {'location': 'a', 'title': 'A', 'text': 'b c D c'}
    """
    parts = [part for one in entries for part in (one["title"], one["text"])][1:]
    text = " ".join(_TAG.sub(" ", " ".join(parts)).split())
    start = text[:TEASER].rpartition(" ")[0] if len(text) > TEASER else text
    known = set(_WORD_END.split(start.lower()))
    words = dict.fromkeys(word for word in _WORD_END.split(text[len(start) :]) if word.lower() not in known)
    return entries[0] | {"location": _page(entries[0]["location"]), "text": " ".join([start, *words]).strip()}
