"""`make pictures`: pictures of every kind of page of a site, and those of the README, light and dark.

usage: python -m tests.browser.pictures SITE
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.browser.chromium import PICTURES, chromium, kinds, set_medium, set_width, show, take_picture

README = Path(__file__).parents[2] / "docs" / "assets"
SCHEMES = {"light": "", "dark": "-dark"}
WIDTHS = (1440, 820, 390)
SHOWN = {"home": ("tracker/index.html", 820), "run": ("tracker/runs/*-tabular-raw.html", 1120)}
"""The pictures of the README: the newest page that matches, and the height in pixels."""
README_WIDTH = 1240


def main(site: Path) -> None:
    """Write every picture of a site."""
    with tempfile.TemporaryDirectory() as profile, chromium(Path(profile)) as driver:
        for scheme, suffix in SCHEMES.items():
            set_medium(driver, "screen", scheme)
            set_width(driver, README_WIDTH)
            for name, (pattern, height) in SHOWN.items():
                show(driver, site, max(path.relative_to(site).as_posix() for path in site.glob(pattern)))
                take_picture(driver, README / f"{name}{suffix}.png", height)
            for width in WIDTHS:
                set_width(driver, width)
                for page in kinds(site):
                    show(driver, site, page)
                    name = page.removesuffix(".html").replace("/", "-")
                    take_picture(driver, PICTURES / f"{name}-{width}{suffix}.png")
    print(f"pictures of every kind of page: {PICTURES}\npictures of the README: {README}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
