"""Pages in a real browser: they load nothing from other hosts, run no hostile text, and are legible in both schemes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.browser.chromium import MARKS, chromium, served, set_medium
from tests.command import walk

pytestmark = [*MARKS, pytest.mark.xdist_group("hostile")]


@pytest.fixture(scope="module")
def site(hostile: Path) -> Path:
    """Return a built site with hostile text in every field."""
    return hostile / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Serve the site locally."""
    with served(site) as address:
        yield address


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start Chromium."""
    with chromium(tmp_path_factory.mktemp("profile")) as chrome:
        yield chrome


def pages(site: Path) -> list[str]:
    """One page of each kind, and every page of a session."""
    found = [str(path.relative_to(site)) for path in walk(site / "tracker") if path.suffix == ".html"]
    kinds = {path.rsplit("/", 1)[0]: path for path in found}
    return sorted({*kinds.values(), "index.html", "tracker/index.html", *(p for p in found if "/sessions/" in p)})


@dataclass(frozen=True)
class Visit:
    """The requests, messages and state of one page visit."""

    requests: set[str]
    errors: list[str]
    ran: Any
    """The trace of a script that ran from a text."""
    links: list[str]


@pytest.fixture(scope="module")
def visits(site: Path, address: str, driver: Any) -> dict[str, Visit]:
    """Visit each page once."""
    return {page: visit(driver, f"{address}/{page}") for page in pages(site)}


def visit(driver: Any, url: str) -> Visit:
    driver.get(url)
    entries = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    ran, links = driver.execute_script(
        "return [window.ran || null, [...document.querySelectorAll('article a[href]')].map(a => a.href.split('#')[0])]"
    )
    return Visit(
        {entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"},
        [one["message"] for one in driver.get_log("browser") if one["level"] == "SEVERE"],
        ran,
        links,
    )


def test_no_page_loads_anything_from_another_host_or_runs_what_is_text(visits: dict[str, Visit], address: str) -> None:
    for page, seen in visits.items():
        assert f"{address}/{page}" in map(unquote, seen.requests)
        foreign = {url for url in seen.requests if not url.startswith((address, "data:", "blob:", "chrome:"))}
        assert foreign == set(), page
        assert seen.ran is None, page
        assert seen.errors == [], page


def test_every_internal_link_leads_somewhere(visits: dict[str, Visit], site: Path, address: str) -> None:
    count = 0
    for page, seen in visits.items():
        for link in {link for link in seen.links if link.startswith(address)}:
            path = unquote(link.removeprefix(address).lstrip("/")) or "index.html"
            assert (site / path).exists(), f"{page}: {link}"
            count += 1
    assert count > len(visits)


CONTRAST = """
const parts = c => c.match(/[\\d.]+/g).map(Number);
const light = p => { const s = p.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * s[0] + 0.7152 * s[1] + 0.0722 * s[2]; };
const back = parts(getComputedStyle(document.body).backgroundColor), page = light(back);
const ours = '.tracker-chip, .tracker-tiles + ul a, .tracker-legend, .chart text, .chart figcaption';
return [...document.querySelectorAll(ours)].map(e => {
  const style = getComputedStyle(e), ink = parts(e instanceof SVGElement ? style.fill : style.color);
  const alpha = ink[3] === undefined ? 1 : ink[3];
  const seen = light(ink.slice(0, 3).map((v, i) => v * alpha + back[i] * (1 - alpha)));
  return [e.className.baseVal ?? e.className, (Math.max(seen, page) + 0.05) / (Math.min(seen, page) + 0.05)]; });
"""


@pytest.mark.parametrize(("medium", "scheme"), [("screen", "light"), ("screen", "dark"), ("print", "dark")])
def test_everything_of_ours_is_legible_in_light_in_dark_and_on_paper(
    site: Path, address: str, driver: Any, medium: str, scheme: str
) -> None:
    set_medium(driver, medium, scheme)
    seen = 0
    for page in ("tracker/index.html", "tracker/progress.html", *(p for p in pages(site) if "/runs/" in p)):
        driver.get(f"{address}/{page}")
        expected = "slate" if scheme == "dark" else "default"
        assert driver.execute_script("return document.body.dataset.mdColorScheme") == expected
        for name, contrast in driver.execute_script(CONTRAST):
            seen += 1
            assert contrast >= 3, f"{page}: {name} has {contrast:.1f} in the {scheme} on {medium}"  # WCAG 1.4.11
    assert seen > 10
