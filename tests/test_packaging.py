"""The declared dependencies, the supported versions and the installed entry points."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from email.message import Message
from importlib.metadata import distribution
from pathlib import Path
from typing import cast

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.gitrepo import GitRepo
from tracker import __version__

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def pinned(name: str) -> dict[str, Version]:
    """The versions that a constraints file pins, by canonical name."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    pairs = (re.match(r"([\w.-]+)==([^ ;]+)", line) for line in lines)
    return {canonicalize_name(pair[1]): Version(pair[2]) for pair in pairs if pair}


@pytest.mark.parametrize("text", PROJECT["dependencies"])
def test_every_lower_bound_is_tested(text: str) -> None:
    requirement = Requirement(text)
    name = canonicalize_name(requirement.name)
    bound = next(Version(one.version) for one in requirement.specifier if one.operator == ">=")
    assert pinned("constraints-lowest.txt")[name] == bound, "run `make lowest`"
    assert pinned("constraints.txt")[name] in requirement.specifier


def test_ci_tests_every_python_of_the_classifiers() -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert PROJECT["requires-python"] == f">={named[0]}"
    assert f"for version in {' '.join(named[1:])}; do" in script


@pytest.mark.slow
def test_the_command_ignores_modules_in_the_current_folder(tmp_path: Path) -> None:
    """A repository may have its own `tracker/`, `diagnostics.py` or `click.py`."""
    repo = GitRepo(tmp_path)
    for name in ("tracker/__init__.py", "diagnostics.py", "click.py", "logging.py"):
        repo.write(name, "raise SystemExit('the wrong module')\n")
    repo.commit()
    command = Path(sys.executable).with_name("tracker")
    done = subprocess.run([command, "--version"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"tracker {__version__}\n", "")
    for arguments in (("init",), ("status",), ("build",)):
        done = subprocess.run([command, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "the wrong module" not in done.stdout + done.stderr
    isolated = [sys.executable, "-P", "-m", "tracker", "--version"]
    assert subprocess.run(isolated, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_no_two_classes_share_a_name() -> None:
    """Of the audit, which is rebuilt, only its own names are compared."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in (ROOT / "tracker").rglob("*.py"):
        if "audit" not in path.relative_to(ROOT).parts:
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(path.relative_to(ROOT).as_posix())
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


PERMISSIVE = re.compile(
    r"\b(MIT|BSD|ISC|Apache|PSF|Python Software Foundation|CNRI|MPL|Mozilla Public|Unlicense|0BSD|Zlib)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)\b", re.IGNORECASE)


def license_of(name: str) -> str:
    """What the metadata of an installed distribution says about its license."""
    metadata = cast("Message", distribution(name).metadata)
    classifiers = [one for one in metadata.get_all("Classifier", []) if one.startswith("License ::")]
    return metadata.get("License-Expression") or " ".join(classifiers) or (metadata.get("License") or "")[:100]


def required_distributions() -> set[str]:
    """Every distribution that the tracker needs at run time, in this environment."""
    left, seen = [Requirement(text) for text in PROJECT["dependencies"]], set[str]()
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        if name not in seen and (requirement.marker is None or requirement.marker.evaluate({"extra": ""})):
            seen.add(name)
            left += map(Requirement, distribution(name).requires or [])
    return seen


@pytest.mark.parametrize("name", sorted(required_distributions()))
def test_dependencies_have_licenses_that_fit(name: str) -> None:
    assert PERMISSIVE.search(license_of(name)), license_of(name)
    assert not COPYLEFT.search(license_of(name))
