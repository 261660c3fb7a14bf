"""The examples in docstrings show what the code does."""

import doctest
import importlib
import pkgutil
import tempfile

import pytest

import diagnostics

MODULES = [
    one.name
    for one in pkgutil.walk_packages(diagnostics.__path__, "diagnostics.")
    if not one.name.startswith(("diagnostics.callbacks", "diagnostics.__main__"))
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, extraglobs={"tempfile": tempfile}).failed == 0
