"""The examples in docstrings show what the code does."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import tracker

MODULES = [one.name for one in pkgutil.walk_packages(tracker.__path__, "tracker.") if not one.name.endswith("__main__")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_examples_are_found() -> None:
    finder = doctest.DocTestFinder(exclude_empty=True)
    assert any(one.examples for one in finder.find(importlib.import_module("tracker.publish.markdown")))
