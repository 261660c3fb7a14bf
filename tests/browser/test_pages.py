"""A site opened from its folder: every kind of page, both palettes, three widths, paper and search."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.browser.chromium import (
    MARKS,
    PICTURES,
    chromium,
    kinds,
    press,
    ready,
    set_medium,
    set_width,
    severe,
    show,
    take_picture,
)
from tests.command import tracker, tracker_process, walk
from tests.gitrepo import GitRepo
from tracker.sources import yaml

pytestmark = [*MARKS, pytest.mark.xdist_group("browser")]
VIEWS = (("light", 1440), ("dark", 1440), ("light", 820), ("dark", 390))
SESSIONS = 9
PARTS = ("bearing", "seal", "rotor", "valve", "hose", "flange", "motor", "sensor", "filter")
TRAINING = max((Path(__file__).parents[2] / "diagnostics/results").glob("*-tabular-raw.json"))
PLAN = {
    "project": "Pump",
    "phases": [
        {
            "id": f"p{number}",
            "title": f"Phase {number} of the rebuilding of the pump",
            "depends_on": [f"p{number - 1}"] if number else [],
            "tags": ["metal"] if number == 2 else [],
            "tasks": [{"id": f"t{number}", "title": "Build the part", "estimate": "2h"}],
            "criteria": [
                {
                    "id": f"c{number}",
                    "text": "The part is there and delivers enough",
                    "evidence": [
                        {"file": f"src/deep/folder/part_{number}.py"},
                        {"result": "soak", "value": "rate", "above": 0.5},
                    ],
                }
            ],
        }
        for number in range(4)
    ],
}


def session(number: int) -> dict[str, Any]:
    """A session with something in every section that people fill."""
    status = "in progress" if number % 4 == 2 else "complete"
    return {
        "session": f"S{number}",
        "date": f"2026-0{1 + number // 4}-{1 + number:02}",
        "focus": f"Build part {number} of the pump: {PARTS[number]}",
        "summary": f"Session {number} mentions zirconium{number} once.\n\n```python\nprint({number})\n```\n",
        "highlights": ["It **runs**"],
        "tags": ["leaks"] if number % 2 else [],
        "tasks": {f"t{number % 4}": status},
        "phases": {f"p{number % 4}": status},
        "files": {"created": [f"src/deep/folder/part_{number}.py"], "modified": [f"src/never_{number}.py"]},
        "commits": ["0123abcd"],
        "tests": [{"name": "Unit tests", "outcome": "passed"}],
        "decisions": [{"decision": f"Use metal {number}", "rationale": "It lasts", "alternatives": ["Wood"]}],
        "incidents": [{"problem": "It leaked", "cause": "A seal", "resolution": "A new seal"}],
        "learnings": [f"Measure twice, {number}"],
        "metrics": {"rate": "0.7"},
        "next": {"immediate": ["Soak it for a day"], "deferred": ["Paint it"]},
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """Return a workspace of every kind of record, and its built site."""
    repo = GitRepo(tmp_path_factory.mktemp("site") / "pump")
    assert tracker("init", cwd=repo.path).code == 0
    for path in (repo.path / "sessions").iterdir():
        path.unlink()
    repo.write("tracker.yml", yaml.dump(PLAN))
    training = json.loads(TRAINING.read_text("utf-8"))
    for number in range(SESSIONS):
        repo.at(f"2026-0{1 + number // 4}-{1 + number:02}T10:00:00+00:00")
        repo.write(f"src/deep/folder/part_{number}.py", f"PART = {number}\n")
        repo.write(f"sessions/{number}.yml", yaml.dump(session(number)))
        repo.commit(f"Build part {number}\n\nSession: S{number}")
    for number in (1, 2):
        repo.write(f"diagnostics/results/soak-{number}.json", json.dumps({"name": "soak", "rate": 0.4 + number / 10}))
        moment = f"2026-01-05T1{number}:00:00+00:00"
        repo.write(f"diagnostics/results/net-{number}.json", json.dumps(training | {"name": "net", "started": moment}))
    repo.commit("Measure")
    for version in ("0.1.0", "0.2.0"):
        assert tracker("release", version, cwd=repo.path).code == 0
        repo.commit(f"Release {version}")
    built = tracker_process("build", "--strict", cwd=repo.path)
    assert (built.code, built.err) == (0, ""), built
    return repo


@pytest.fixture(scope="module")
def site(project: GitRepo) -> Path:
    return project.path / "site"


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


@pytest.fixture(autouse=True)
def window(driver: Any) -> None:
    """Start every test with the same window: the one before may have changed it."""
    set_medium(driver, "screen", "light")
    set_width(driver, 1440)


@pytest.fixture(scope="module")
def pages(site: Path) -> list[str]:
    """One page of each kind, and some whose neighbours differ."""
    return sorted({*kinds(site), "tracker/sessions/2026-01.html", "tracker/sessions/2026-01-02-s1.html"})


@pytest.mark.parametrize(("scheme", "width"), VIEWS)
def test_every_kind_of_page_is_accessible_fits_the_window_and_has_no_error(
    site: Path, pages: list[str], driver: Any, scheme: str, width: int
) -> None:
    axe = (files("axe_core_python") / "axe.min.js").read_text("utf-8")
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}"
    theirs = "exclude: [['.highlight']]"  # the colours of code are the theme's
    set_medium(driver, "screen", scheme)
    set_width(driver, width)
    for page in pages:
        show(driver, site, page)
        name = page.removesuffix(".html").replace("/", "-")
        take_picture(driver, PICTURES / "tests" / f"{name}-{width}-{scheme}.png")
        assert severe(driver) == [], page
        is_wide, hidden = driver.execute_script(
            "return [document.documentElement.scrollWidth > document.documentElement.clientWidth,"
            " [...document.querySelectorAll('.tracker-cards + *')].filter(e => e.scrollWidth > e.clientWidth + 1)"
            ".map(e => e.previousElementSibling.className)]"
        )
        assert not is_wide, page
        assert hidden == [], f"{page}: part of a table is hidden"
        driver.execute_script(axe)
        found = driver.execute_async_script(
            f"const done = arguments[0]; axe.run({{include: [['article']], {theirs}}}, {rules}).then(found =>"
            " done(found.violations.map(one => [one.id, one.nodes.map(node => node.html)])))"
        )
        assert found == [], page


def test_the_home_page_answers_on_one_screen(project: GitRepo, site: Path, driver: Any) -> None:
    show(driver, site, "tracker/index.html")
    bottoms = driver.execute_script(
        "return Object.fromEntries([...document.querySelectorAll('article h2, article p:has(> .tracker-verdict)')]"
        ".map(e => [e.id || 'verdict', e.getBoundingClientRect().bottom]))"
    )
    assert bottoms["verdict"] < bottoms["next-steps"] < bottoms["open-items-the-longest-neglected-first"]
    assert bottoms["open-items-the-longest-neglected-first"] < bottoms["what-changed"] < 900
    tiles = driver.execute_script(
        "return [...document.querySelectorAll('.tracker-tiles + ul > li')].map(e => "
        "[e.innerText.replace(/\\s+/g, ' '), e.querySelector('a').getAttribute('href'), e.getBoundingClientRect().top])"
    )
    assert len(tiles) == 6
    assert len({top for _, _, top in tiles}) == 1, "no hole in the grid"
    status = tracker("status", "--format", "json", cwd=project.path).json
    assert f"{status['verified']['met']} of {status['verified']['criteria']} criteria verified" in tiles[1][0]
    assert tiles[2][0].startswith(f"{status['claims']['refuted']} ")
    verdict = driver.execute_script("return document.querySelector('p:has(> .tracker-verdict)').innerText")
    assert verdict.startswith(f"Not trustworthy: {status['claims']['refuted']} claims are refuted")


def test_a_detail_page_has_a_way_up_neighbours_and_an_entry_in_the_navigation(site: Path, driver: Any) -> None:
    entries = {
        "sessions/2026-01-02-s1": "Sessions",
        "sessions/2026-02": "Sessions",
        "phases/p1": "Phases",
        "criteria/c1": "Phases",
        "readiness/p1": "Phases",
        "runs/net-1": "Diagnostics",
        "metrics/soak": "Diagnostics",
        "versions/0.2.0": "Versions",
        "tags/topic-leaks": "Tags",
    }
    for page, entry in entries.items():
        show(driver, site, f"tracker/{page}.html")
        path, bold = driver.execute_script(
            "return [[...document.querySelectorAll('p:has(> .tracker-path) a')].map(a => a.innerText),"
            " [...document.querySelectorAll('.md-nav--primary a.md-nav__link')]"
            ".filter(a => getComputedStyle(a).fontWeight >= 700 && a.offsetParent).map(a => a.innerText.trim())]"
        )
        assert path[:2] == ["Progress", entry], page
        assert entry in bold, page
    show(driver, site, "tracker/sessions/2026-01-02-s1.html")
    links = driver.execute_script("return [...document.querySelectorAll('p:has(> .tracker-path) a')].map(a => a.href)")
    assert [link.rsplit("/", 1)[1] for link in links[2:]] == ["2026-01-01-s0.html", "2026-01-03-s2.html"]


def test_titles_are_unique_and_links_and_anchors_lead_somewhere(site: Path) -> None:
    pages = {
        str(path.relative_to(site)): path.read_text("utf-8")
        for path in walk(site)
        if path.suffix == ".html" and path.name != "404.html"
    }
    titles = [re.search(r"<title>(.*?)</title>", text, re.DOTALL) for text in pages.values()]
    texts = [title[1] for title in titles if title]
    assert sorted(texts) == sorted(set(texts))
    for page, text in pages.items():
        article = text.partition("<article")[2].partition("</article>")[0]
        for link in re.findall(r'href="([^":]*)"', article):
            target, _, anchor = link.partition("#")
            path = (site / page).parent.joinpath(target).resolve() if target else site / page
            assert path.is_file(), f"{page}: {link}"
            if anchor:
                assert f'id="{anchor}"' in path.read_text("utf-8"), f"{page}: {link}"


@pytest.mark.parametrize(
    ("query", "page"),
    [
        ("session s3", "sessions/2026-01-04-s3"),
        ("s7", "sessions/2026-02-08-s7"),
        ("part_5.py", "sessions/2026-02-06-s5"),
        ("zirconium6", "sessions/2026-02-07-s6"),
        ("pump: motor", "sessions/2026-02-07-s6"),
        ('"part 6 of the pump"', "sessions/2026-02-07-s6"),
        ("HASH", "sessions/2026-01-03-s2"),
    ],
)
def test_search_without_a_server_finds_the_right_page_first(
    project: GitRepo, site: Path, driver: Any, query: str, page: str
) -> None:
    if query == "HASH":
        query = project.git("log", "--format=%h", "--abbrev=7", "--grep=Session: S2")
    show(driver, site, "tracker/index.html")
    press(driver, "input.md-search__input")
    ready(driver, "input.md-search__input").send_keys(query)
    end = time.monotonic() + 30
    found: list[str] = []
    while not found and time.monotonic() < end:
        found = driver.execute_script(
            "return [...document.querySelectorAll('.md-search-result__item > a:first-child')].map(a => a.href)"
        )
    assert found, query
    assert f"tracker/{page}.html" in found[0]
    assert severe(driver) == []


def test_paper_is_white_and_nothing_of_a_table_is_a_card(site: Path, driver: Any) -> None:
    set_medium(driver, "print", "dark")
    set_width(driver, 700)
    show(driver, site, "tracker/progress.html")
    heads, ink = driver.execute_script(
        "return [[...document.querySelectorAll('.tracker-cards + * thead')].map(e => getComputedStyle(e).display),"
        " getComputedStyle(document.querySelector('.tracker-complete, .tracker-in-progress')).color]"
    )
    assert heads
    assert "none" not in heads[:1]
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 160, "dark ink on paper"


def rows(driver: Any, table: str = "table") -> list[str]:
    """The first cells of the rows that a table shows."""
    script = "return [...document.querySelectorAll(arguments[0] + ' tbody tr')].filter(e => e.offsetParent)"
    found: list[str] = driver.execute_script(script + ".map(e => e.cells[0].innerText)", f".tracker-cards + * {table}")
    return found


def test_a_table_is_sorted_from_the_keyboard_and_back(site: Path, driver: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    show(driver, site, "tracker/tags.html")
    before = rows(driver)
    button = ready(driver, ".tracker-cards + * th:last-child button")
    head = button.find_element("xpath", "..")
    seen = []
    for key in (Keys.ENTER, Keys.SPACE, Keys.ENTER):
        button.send_keys(key)
        seen.append((head.get_dom_attribute("aria-sort"), rows(driver)))
    assert [direction for direction, _ in seen] == ["ascending", "descending", None]
    assert seen[2][1] == before
    assert seen[1][1][0] == "leaks", "four sessions have it, more than any other tag"
    numbers = driver.execute_script(
        "return [...document.querySelectorAll('.tracker-cards + * tbody tr')].map(e => e.cells[4].innerText)"
    )
    button.send_keys(Keys.ENTER)
    after = driver.execute_script(
        "return [...document.querySelectorAll('.tracker-cards + * tbody tr')].map(e => e.cells[4].innerText)"
    )
    known = sorted(int(one) for one in numbers if one != "–")
    assert after == [*map(str, known), *["–"] * (len(numbers) - len(known))], "by number, and what is empty comes last"


def test_cards_are_sorted_by_a_list_above_them(site: Path, driver: Any) -> None:
    from selenium.webdriver.support.ui import Select

    set_width(driver, 390)
    show(driver, site, "tracker/tags.html")
    before = rows(driver)
    chooser = ready(driver, ".tracker-chooser")
    Select(chooser).select_by_visible_text("Sessions ↓")
    assert rows(driver)[0] == "leaks"
    Select(chooser).select_by_index(0)
    assert rows(driver) == before
    set_width(driver, 1440)
    assert not chooser.is_displayed()


def test_a_status_is_sorted_by_how_bad_it_is(site: Path, driver: Any) -> None:
    show(driver, site, "tracker/phases/index.html")
    press(driver, ".tracker-phases + * th:nth-child(2) button")
    chips = driver.execute_script("return [...document.querySelectorAll('td .tracker-chip')].map(e => e.innerText)")
    order = ["regressed", "claimed", "in progress", "planned", "complete"]
    assert chips == sorted(chips, key=order.index)
    assert len(set(chips)) > 1


def test_decisions_and_learnings_are_filtered_by_word_and_kind(site: Path, driver: Any) -> None:
    from selenium.webdriver.support.ui import Select

    show(driver, site, "tracker/decisions.html")
    box = ready(driver, ".tracker-filter input")
    box.send_keys("metal 3")
    assert rows(driver) == ["Use metal 3"]
    heads = "return [...document.querySelectorAll('article h2')].filter(e => e.offsetParent).map(e => e.id)"
    assert driver.execute_script(heads) == ["decisions-in-force", "by-month"]
    box.clear()
    box.send_keys("twice")
    Select(driver.find_element("css selector", ".tracker-filter select")).select_by_visible_text("Learnings")
    assert rows(driver) == []
    entries = "return [...document.querySelectorAll('article ul > li')].filter(e => e.offsetParent).length"
    assert driver.execute_script(entries) == SESSIONS
    assert driver.find_element("css selector", ".tracker-filter output").text.startswith(f"{SESSIONS} of ")


def test_pages_are_read_without_the_script(site: Path, driver: Any) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(driver, site, "tracker/decisions.html")
        assert driver.find_elements("css selector", ".tracker-sort, .tracker-filter > *") == []
        assert driver.find_element("css selector", ".tracker-filter").is_displayed() is False
        assert len(driver.find_elements("css selector", ".tracker-decisions + table tbody tr")) == SESSIONS
        assert driver.find_element("css selector", ".tracker-decisions + table").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_what_is_folded_opens_from_the_keyboard(site: Path, driver: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    show(driver, site, "tracker/runs/net-1.html")
    folded = driver.find_element("css selector", "details.tracker-explained")
    assert folded.find_element("tag name", "li").is_displayed() is False
    ready(driver, "details.tracker-explained summary").send_keys(Keys.ENTER)
    assert folded.find_element("tag name", "li").is_displayed()


def test_numbers_of_a_session_and_a_phase_are_those_of_the_json(site: Path, driver: Any) -> None:
    data = json.loads((site / "tracker/tracker.json").read_text("utf-8"))
    claims = next(one["claims"] for one in data["sessions"]["all"] if one["id"] == "S1")
    show(driver, site, "tracker/sessions/2026-01-02-s1.html")
    verdict = driver.find_element("css selector", "p:has(> .tracker-verdict)").text
    for name in ("refuted", "disputed", "confirmed", "unknown"):
        count = sum(claim["verdict"] == name for claim in claims)
        assert (f"{name} {count}" in verdict or f"{count} {name}" in verdict) == bool(count), name
    show(driver, site, "tracker/phases/index.html")
    shown = driver.execute_script("return [...document.querySelectorAll('td .tracker-chip')].map(e => e.innerText)")
    assert shown == [phase["status"] for phase in data["phases"]]


def test_the_site_has_its_logo_and_its_icon(site: Path, driver: Any) -> None:
    show(driver, site, "tracker/index.html")
    logo, icon = driver.execute_script(
        "return [document.querySelector('.md-header .md-logo img').naturalWidth,"
        " document.querySelector('link[rel=icon]').href]"
    )
    assert logo > 0
    assert icon.endswith("tracker/assets/favicon.svg")
    driver.get((site / "tracker/card.svg").as_uri())
    box = "return document.querySelector('text').getBBox().width"
    assert 0 < driver.execute_script(box) < 1100, "the name fits the card"
