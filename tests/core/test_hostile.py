"""Text from people, git and programs is data: it changes no page structure, runs no code, and breaks no build."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.command import tracker, walk
from tests.core.hostile import HARMLESS, HOSTILE, build

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("hostile")]

BLOCKS = re.compile("table|thead|tbody|tr|th|td|h[1-6]|ul|ol|li|pre|blockquote|div|figure|figcaption|svg|hr")
KEY_LENGTH = {"sessions": 10, "phases": 2, "runs": 2, "criteria": 3, "readiness": 2}
"""Length of the part of a page's name that does not depend on the text."""


class Structure(HTMLParser):
    """The blocks of a page's content in order, and everything on it that could run."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.running: list[str] = []
        self.links: list[str] = []
        self.within = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self.within += 1
        if not self.within:
            return
        if BLOCKS.fullmatch(tag):
            self.blocks.append(tag)
        if tag in ("script", "img", "iframe", "object", "embed", "style", "form", "b"):
            self.running.append(tag)
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "data:")):
                self.running.append(f"{tag} {name}={value}")
            if name in ("href", "src"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self.within -= 1
        if self.within and BLOCKS.fullmatch(tag):
            self.blocks.append(f"/{tag}")


def structures(site: Path) -> Iterator[tuple[str, Structure]]:
    """Return every generated page of a site by a name that does not depend on the texts."""
    tags = (site / "tracker" / "tags.html").read_text("utf-8")
    topics = list(dict.fromkeys(unquote(link) for link in re.findall(r'href="tags/(topic-[^"#]+)\.html', tags)))
    for path in walk(site / "tracker"):
        if path.suffix == ".html":
            folder = path.parent.name
            name = path.stem if path.stem == "index" else path.stem[: KEY_LENGTH.get(folder)]
            if path.stem.startswith("topic-"):  # by its place in the list
                name = f"topic {topics.index(path.stem)}"
            structure = Structure()
            structure.feed(path.read_text("utf-8"))
            yield f"{folder}/{name}", structure


@pytest.fixture(scope="module")
def sites(hostile: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return two sites that differ only in their texts."""
    harmless = tuple(f"{HARMLESS} {number}" for number in range(len(HOSTILE)))  # phases of one chapter are one table
    return {"hostile": hostile, "harmless": build(tmp_path_factory.mktemp("harmless") / "repository", harmless)}


def test_hostile_text_changes_no_structure(sites: dict[str, Path]) -> None:
    harmless, hostile = (dict(structures(sites[name] / "site")) for name in ("harmless", "hostile"))
    assert len(harmless) > 3 * len(HOSTILE)
    assert hostile.keys() == harmless.keys()
    different = {
        name: (hostile[name].blocks, harmless[name].blocks)
        for name in harmless
        if hostile[name].blocks != harmless[name].blocks
    }
    assert different == {}


def test_hostile_text_runs_nothing(sites: dict[str, Path]) -> None:
    harmless, hostile = (dict(structures(sites[name] / "site")) for name in ("harmless", "hostile"))
    for name, structure in hostile.items():
        assert structure.running == harmless[name].running, name


def test_hostile_text_is_shown_unchanged(sites: dict[str, Path]) -> None:
    pages = [path.read_text("utf-8") for path in walk(sites["hostile"] / "site/tracker") if path.suffix == ".html"]
    shown = " ".join(html.unescape(re.sub(r"<[^>]*>", "", " ".join(pages))).split())
    for hostile in HOSTILE:
        assert " ".join(hostile.replace("\u2028", " ").split()) in shown, hostile


def test_checking_hostile_text(sites: dict[str, Path]) -> None:
    both = [tracker("check", "--format", "json", cwd=sites[name]) for name in ("hostile", "harmless")]
    assert [done.code for done in both] == [0, 0]  # the session is an imported log: nothing in it is refuted
    assert [done.json["problems"] for done in both] == [[], []]
    doubted = [[one for key in ("refuted", "disputed", "unknown") for one in done.json[key]] for done in both]
    hostile, harmless = ([(one["session"].split()[0], one["kind"], one["detail"]) for one in each] for each in doubted)
    assert hostile == harmless != []
    assert tracker("status", cwd=sites["hostile"]).code == 0
