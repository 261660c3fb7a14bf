"""Write one comment on a pull request, and update it in place: called by action.yml.

    python3 -I comment.py changes.md

Reads GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_EVENT_PATH and GITHUB_TOKEN. Without the permission to write, such as
for a pull request from a fork, it prints a notice. The exit status is always 0: a comment decides nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

MARKER = "<!-- session-tracker -->"
"""First line of the comment, by which it is found again."""
AUTHOR = "github-actions[bot]"
"""Author of the comments of the workflow's own token: a comment of anyone else is left alone."""
LONGEST = 60_000
"""Characters of a comment; GitHub accepts 65,536."""
NOTHING = "Nothing changed."
PAGE = 100
SECONDS = 30


class NoRedirects(HTTPRedirectHandler):
    """Follows no redirect, which would send the token to another address."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""


OPENER = build_opener(NoRedirects)


def main() -> None:
    """Create or update the comment, or print why that is impossible."""
    try:
        print(post(Path(sys.argv[1]).read_text("utf-8")))
    except HTTPError as error:
        print(f"::notice title=Session Tracker::no comment was written: GitHub answered {error.code}; {_advice(error)}")
    except (URLError, OSError, ValueError, KeyError, TypeError) as error:
        print(f"::notice title=Session Tracker::no comment was written: {type(error).__name__}")


def _advice(error: HTTPError) -> str:
    return "it needs `pull-requests: write`, which forks do not get" if error.code in (401, 403, 404) else "try again"


def post(text: str) -> str:
    """Create or update the comment; return what was done."""
    number = pull_request()
    if number is None:
        return "no comment: this is no pull request"
    content = body(text)
    known = next(comments(number), None)
    if known is None:
        if NOTHING in text.splitlines():
            return "no comment: nothing changed"
        request("POST", f"issues/{number}/comments", {"body": content})
        return "comment created"
    if known["body"] == content:
        return "comment unchanged"
    request("PATCH", f"issues/comments/{int(known['id'])}", {"body": content})
    return "comment updated"


def pull_request() -> int | None:
    """The number of the pull request that started the workflow."""
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text("utf-8"))
    return int(event["pull_request"]["number"]) if "pull_request" in event else None


def body(text: str) -> str:
    """The comment: its marker, and the text without mentions, which would notify people."""
    text = text.replace("@", "@\N{WORD JOINER}")
    if len(text) > LONGEST:
        text = f"{text[:LONGEST].rpartition(chr(10))[0]}\n\nThe rest is in the summary of the workflow.\n"
    return f"{MARKER}\n{text}".rstrip()


def comments(number: int) -> Iterator[dict[str, Any]]:
    """Yield the earlier comments of this script."""
    page = 1
    while found := request("GET", f"issues/{number}/comments?per_page={PAGE}&page={page}"):
        yield from (one for one in found if one["user"]["login"] == AUTHOR and one["body"].startswith(MARKER))
        page += 1


def request(method: str, path: str, data: dict[str, str] | None = None) -> Any:
    """The answer of GitHub as data. Raises HTTPError and URLError."""
    address = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}"
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
        "Content-Type": "application/json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    content = json.dumps(data).encode() if data else None
    with OPENER.open(Request(address, content, headers, method=method), timeout=SECONDS) as answer:
        return json.load(answer)


if __name__ == "__main__":
    main()
