"""Addresses of pages on the web pages of a repository, by the kind of its forge."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_KINDS = (
    ("gitlab", r"gitlab"),
    ("gitea", r"gitea|forgejo|codeberg"),
    ("other", r"bitbucket|sr\.ht|sourcehut|dev\.azure|visualstudio|savannah|gerrit|googlesource"),
    ("github", r"github"),
)
"""The kind of forge, by a part of the name of its host."""
_REQUESTS = {"github": "pull", "gitea": "pulls"}
"""Not GitLab, where `#12` is an issue."""


def compare_address(repository: str | None, before: str | None, after: str | None) -> str | None:
    """Return the page that compares two commits; None where the forge has no such page, or a commit is unknown.

    An unknown host is taken for one with the addresses of GitHub, which Gitea and GitLab understand, too.

    >>> compare_address("https://gitlab.com/team/app", "abc", "def")
    'https://gitlab.com/team/app/-/compare/abc...def'
    """
    kind = _kind(repository)
    if not repository or not before or not after or before == after or kind == "other":
        return None
    return f"{repository}{'/-' if kind == 'gitlab' else ''}/compare/{before}...{after}"


def request_address(repository: str | None, number: int) -> str | None:
    """Return the page of a pull request; None where `#12` may be something else.

    >>> request_address("https://github.com/team/app", 12)
    'https://github.com/team/app/pull/12'
    """
    part = _REQUESTS.get(_kind(repository) or "")
    return f"{repository}/{part}/{number}" if part else None


def _kind(repository: str | None) -> str | None:
    try:
        host = urlsplit(repository or "").hostname or ""
    except ValueError:
        return "other"
    return next((kind for kind, pattern in _KINDS if re.search(pattern, host)), None)
