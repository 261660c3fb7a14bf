"""The pages of the site: one module a kind, found by its name.

A kind is a module here with `pages(site) -> Iterable[Page]`; its templates are in `templates/`.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from tracker.publish.page import Page
from tracker.publish.site import Site


def all_pages(site: Site) -> Iterator[Page]:
    """Every page of the site, in the order of their kinds' names."""
    for module in pkgutil.iter_modules(__path__):
        yield from import_module(f"{__name__}.{module.name}").pages(site)
