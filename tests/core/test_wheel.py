"""The wheel is built, installed into a clean environment without torch, and used there."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
import venv
import zipfile
from importlib.metadata import distribution, distributions, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.gitrepo import GitRepo

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("session_tracker-*.whl"))


def test_it_holds_the_packages_and_the_templates_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"tracker", "diagnostics"}
    assert "tracker/templates/home.md.j2" in names
    assert "tracker/templates/assets/tracker.css" in names
    assert {"tracker/py.typed", "diagnostics/py.typed"} <= set(names)
    assert not [name for name in names if name.startswith("diagnostics/results/")]


def test_what_is_imported_is_declared() -> None:
    """A package that is installed only as a dependency of another one does not count as declared."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = (each for extra in project["optional-dependencies"].values() for each in extra)
    declared = {canonicalize_name(Requirement(each).name) for each in (*project["dependencies"], *extras)}
    providers = packages_distributions()
    own = {"tracker", "diagnostics", *sys.stdlib_module_names}
    imported: dict[str, Path] = {}
    for file in (*ROOT.glob("tracker/**/*.py"), *ROOT.glob("diagnostics/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0]: file for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported[node.module.split(".")[0]] = file
    missing = {
        name: file
        for name, file in imported.items()
        if name not in own and not {canonicalize_name(each) for each in providers.get(name, [])} & declared
    }
    where_they_are = {"triton", "lightning", "pytorch_lightning", "transformers"}
    with_another = {"pydantic_core", "mcp_types"}  # pydantic and mcp pin their versions
    assert missing.keys() <= where_they_are | with_another, missing
    assert {"jmespath", "torch"} <= imported.keys()


def link(site_packages: Path, wanted: list[str]) -> None:
    """Copy the installed distributions of some requirements and of their dependencies; download nothing."""
    left, seen = [*wanted], set()
    while left:
        requirement = Requirement(left.pop())
        if requirement.name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        seen.add(requirement.name)
        found = distribution(requirement.name)
        left += found.requires or []
        for top in {path.parts[0] for path in found.files or []} - {"..", "__pycache__"}:
            if not (site_packages / top).exists():
                (site_packages / top).symlink_to(str(found.locate_file(top)))


def test_it_works_without_torch(wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPATH", raising=False)  # run the wheel, not the source tree
    venv.create(tmp_path / "venv")
    python = tmp_path / "venv" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-compile", "--no-index", "--no-deps", str(wheel)], check=True)
    (site_packages,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    (installed,) = distributions(path=[str(site_packages)])
    assert installed.name == "session-tracker"
    link(site_packages, installed.requires or [])
    assert "torch" not in {found.name for found in distributions(path=[str(site_packages)])}
    checked = subprocess.run([*pip, "check"], check=False, capture_output=True, text=True)
    assert checked.stdout == "No broken requirements found.\n", "the declared requirements are complete"

    repo = GitRepo(tmp_path / "repository")
    repo.commit("Start")
    tracker = tmp_path / "venv" / "bin" / "tracker"
    for command in ("init", "status"):
        subprocess.run([tracker, command], cwd=repo.path, check=True, capture_output=True)
    repo.commit("S1 start tracking")
    for command in ("check", "build --strict"):
        subprocess.run([tracker, *command.split()], cwd=repo.path, check=True, capture_output=True)
    assert (repo.path / "site" / "tracker" / "index.html").exists()
    repo.write("plain.py", "print(__name__)")  # a script that needs no torch runs without it
    done = subprocess.run([tracker, "diagnose", "plain.py"], cwd=repo.path, check=True, capture_output=True, text=True)
    assert done.stdout == "__main__\n"
