"""The site as Zensical builds it: the same pages, with what its strict mode does not check."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from pathlib import Path

import pytest

from tests.command import contents_in, tracker, tracker_process
from tests.gitrepo import GitRepo
from tracker.publish.site_faults import faults

needs_zensical = pytest.mark.skipif(
    importlib.util.find_spec("zensical") is None, reason="needs zensical: pip install '.[zensical]'"
)


@pytest.fixture
def site(repo: GitRepo) -> GitRepo:
    """A workspace with the site that `tracker init` writes."""
    (repo.path / "tracker.yml").rename(repo.path / "plan.yml")
    assert tracker("init", cwd=repo.path).code == 0
    (repo.path / "plan.yml").rename(repo.path / "tracker.yml")
    return repo


def articles(folder: Path) -> dict[str, tuple[str, list[str]]]:
    """The words and links of the article of each page, by path."""
    found = {}
    for path in sorted(folder.rglob("*.html")):
        text = path.read_text("utf-8").partition("<article")[2].partition("</article>")[0]
        words = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)))
        found[path.relative_to(folder).as_posix()] = "".join(words.split()), re.findall(r'href="([^"]*)"', text)
    return found


@needs_zensical
@pytest.mark.slow
def test_both_builders_write_the_same_pages(site: GitRepo) -> None:
    done = tracker_process("build", "--strict", cwd=site.path)
    assert (done.code, done.err) == (0, "")
    expected = articles(site.path / "site")
    before = site.git("status", "--porcelain", "--untracked-files=all")
    for _ in range(2):  # the second time from the cache of Zensical
        done = tracker_process("build", "--strict", "--builder", "zensical", cwd=site.path)
        assert (done.code, done.err) == (0, "")
        assert articles(site.path / "site") == expected
    assert site.git("status", "--porcelain", "--untracked-files=all") == before, "nothing of the build stays"
    assert (site.path / "site/search.json").is_file()
    assert not (site.path / "site/search/search_index.json").exists(), "files of the other builder are removed"
    assert tracker_process("build", cwd=site.path).code == 0
    assert articles(site.path / "site") == expected


@needs_zensical
@pytest.mark.slow
def test_what_zensical_ignores_is_said_and_fails_a_strict_build(site: GitRepo) -> None:
    config = site.path / "mkdocs.yml"
    config.write_text(config.read_text("utf-8").replace("  - offline\n", "  - offline\n  - gen-files\n"), "utf-8")
    with config.open("a", encoding="utf-8") as file:
        file.write("hooks: [a.py]\n")
    message = "mkdocs.yml: Zensical ignores hooks, plugin gen-files; remove them, or build with MkDocs"
    loose = tracker_process("build", "--builder", "zensical", cwd=site.path)
    assert loose.code == 0
    assert message in loose.err
    before = contents_in(site.path / "site")
    strict = tracker_process("build", "--builder", "zensical", "--strict", cwd=site.path)
    assert strict.code == 2
    assert message in strict.err
    assert contents_in(site.path / "site") == before


@needs_zensical
@pytest.mark.slow
def test_a_fault_that_only_the_own_check_finds_fails_a_strict_build(site: GitRepo) -> None:
    site.write("docs/extra.md", '# Extra\n\n<a href="nowhere.html">raw</a>\n')
    config = site.path / "mkdocs.yml"
    text = config.read_text("utf-8").replace("nav:\n", "nav:\n  - Gone: gone.md\n  - extra.md\n")
    config.write_text(text, "utf-8")
    done = tracker_process("build", "--builder", "zensical", "--strict", cwd=site.path)
    assert done.code == 2
    assert "WARNING -  extra.html: the link nowhere.html leads nowhere\n" in done.err
    assert "WARNING -  mkdocs.yml: nav lists gone.md, and there is no such document\n" in done.err
    assert done.err.endswith("tracker: the site has 2 faults: see the messages above\n")


def test_without_zensical_the_message_says_how_to_install_it(site: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.publish.zensical.find_spec", lambda _: None)
    done = tracker("build", "--builder", "zensical", cwd=site.path)
    assert "Zensical is not installed; run `pip install 'session-tracker[zensical]'`" in done.message


def test_faults_of_a_built_site(tmp_path: Path) -> None:
    config = tmp_path / "mkdocs.yml"
    validation = "validation: {nav: {omitted_files: warn}}"
    config.write_text(f"site_name: S\nnav: [index.md, a/gone.md]\nnot_in_nav: /hidden.md\n{validation}\n", "utf-8")
    documents, site = tmp_path / "docs", tmp_path / "site"
    for path in ("index.md", "hidden.md", "omitted.md"):
        (documents / path).parent.mkdir(parents=True, exist_ok=True)
        (documents / path).write_text("# A\n", "utf-8")
    links = (
        "b/",
        "b/index.html#here",
        "b#gone",
        "#top",
        "gone.html",
        "https://example.org/x",
        "/elsewhere",
        "%C3%A4.html",
    )
    pages = {
        "index.html": '<h1 id="top"></h1>' + "".join(f'<a class="x" href="{link}">a</a>' for link in links),
        "b/index.html": '<h2 id="here"></h2><a href="..">up</a>',
        "ä.html": "",
        "404.html": '<a href="broken">a</a>',
    }
    for path, text in pages.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(f"<nav><a href='x'></a></nav><article>{text}</article>", "utf-8")
    assert list(faults(site, config)) == [
        "index.html: the link b#gone leads to an anchor that is not there",
        "index.html: the link gone.html leads nowhere",
        "mkdocs.yml: nav lists a/gone.md, and there is no such document",
        "mkdocs.yml: nav does not list omitted.md; add it to nav or not_in_nav",
    ]


def test_the_index_of_zensical_is_bounded_too() -> None:
    from tracker.publish.search_index import bounded

    items = [{"location": f"t/sessions/{n}.html", "title": "S", "text": "word " * 100, "path": []} for n in range(9)]
    content = json.dumps({"config": {}, "items": items}).encode()
    found = bounded(content, "t", limit=2_500)
    assert len(found) <= 2_500
    assert [one["location"] for one in json.loads(found)["items"]] == [one["location"] for one in items]
