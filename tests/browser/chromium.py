"""A headless Chromium and a local server for tests of built sites."""

from __future__ import annotations

import base64
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.command import walk

PICTURES = Path(__file__).parents[2] / "build" / "pictures"
"""Where the browser tests and `make pictures` put what they see; git ignores it."""
BROWSER, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
MISSING = not (BROWSER and DRIVER) and not os.environ.get("TRACKER_REQUIRE_BROWSER")
MARKS = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.skipif(MISSING, reason="needs chromium and chromedriver"),
]
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,1600",
)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine and yield its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def chromium(profile: Path) -> Iterator[Any]:
    """Start headless Chromium that logs every request and every console message."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER or "chromium"
    for argument in (*ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    with webdriver.Chrome(options, webdriver.ChromeService(DRIVER)) as chrome:
        chrome.set_script_timeout(120)  # axe takes long on a busy machine
        yield chrome


def set_medium(driver: Any, medium: str, scheme: str) -> None:
    """Show pages on `screen` or in `print`, in `light` or `dark`."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": medium, "features": features})


def set_width(driver: Any, width: int, height: int = 900) -> None:
    """Set the size of the window in CSS pixels."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)


def severe(driver: Any) -> list[str]:
    """The errors in the console since the last call."""
    return [one["message"] for one in driver.get_log("browser") if one["level"] == "SEVERE"]


def show(driver: Any, site: Path, page: str) -> None:
    """Open a page of a site from its folder."""
    driver.get((site / page).as_uri())


def ready(driver: Any, selector: str) -> Any:
    """Return the element once it can be used: a page that has just loaded on a busy machine may have no layout yet."""
    from selenium.webdriver.support.expected_conditions import element_to_be_clickable
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(driver, 30).until(element_to_be_clickable(("css selector", selector)))


def press(driver: Any, selector: str) -> None:
    """Click an element; again while the page is still being laid out."""
    from selenium.common.exceptions import ElementNotInteractableException
    from selenium.webdriver.support.ui import WebDriverWait

    def click(driver: Any) -> bool:
        ready(driver, selector).click()
        return True

    WebDriverWait(driver, 30, ignored_exceptions=[ElementNotInteractableException]).until(click)


def kinds(site: Path) -> list[str]:
    """One page of each kind, and every page that stands alone."""
    found = sorted(path.relative_to(site).as_posix() for path in walk(site / "tracker") if path.suffix == ".html")
    details = {path.rsplit("/", 1)[0]: path for path in found if path.count("/") > 1 and "index.html" not in path}
    alone = [path for path in found if path.count("/") == 1 or path.endswith("/index.html")]
    return sorted({*details.values(), *alone})


def take_picture(driver: Any, path: Path, height: int | None = None) -> None:
    """Write a picture of the page as PNG: the window, or so many pixels of the page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    width = driver.execute_script("return window.innerWidth")
    clip = {"clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}} if height else {}
    taken = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": bool(height), **clip})
    path.write_bytes(base64.b64decode(taken["data"]))
