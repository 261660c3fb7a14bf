"""The diagnostics need torch and the standard library, and nothing else."""

import ast
import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import diagnostics

HOME = Path(diagnostics.__file__).parent
ROOT = HOME.parent
# Modules that may be imported as well: importing them implies that the library is installed.
OPTIONAL = {
    "callbacks/lightning.py": {"lightning", "pytorch_lightning"},
    "callbacks/transformers.py": {"transformers"},
}

# Of what is installed nothing can be imported but torch and what torch itself needs.
BLOCKED = """
import json, sys
sys.modules.update(dict.fromkeys(json.loads(sys.argv[1])))  # as if they were not there
import tempfile
import torch
import diagnostics, diagnostics.__main__, diagnostics.script
assert "diagnostics.observer" not in sys.modules
model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU(), torch.nn.Linear(2, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
with tempfile.TemporaryDirectory() as folder:
    observer = diagnostics.attach(model, name="alone", optimizer=optimizer, every=1, directory=folder)
    for _ in range(3):
        model(torch.randn(4, 3)).mean().backward()
        optimizer.step()
    observer.epoch(train_loss=0.5, val_loss=0.6)
    result = observer.detach()
assert result.errors == [] and result.status == "complete", result.errors
diagnostics.attribute(model, torch.randn(2, 3))
"""


def imported(path: Path) -> set[str]:
    """The packages that a file names in its imports, wherever they stand."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: str(path.relative_to(HOME)))
def test_no_file_names_another_package(path: Path) -> None:
    allowed = {"torch", "diagnostics"} | OPTIONAL.get(path.relative_to(HOME).as_posix(), set())
    assert imported(path) - sys.stdlib_module_names <= allowed


def needed_by_torch() -> set[str]:
    """The packages of torch's own requirements, and theirs."""
    names: set[str] = set()
    left = [canonicalize_name("torch")]
    homes = importlib.metadata.packages_distributions()
    seen: set[str] = set()
    while left:
        distribution = left.pop()
        if distribution in seen:
            continue
        seen.add(distribution)
        names |= {package for package, owners in homes.items() if distribution in map(canonicalize_name, owners)}
        for text in importlib.metadata.requires(distribution) or []:
            requirement = Requirement(text)
            needed = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
            try:
                importlib.metadata.distribution(requirement.name)
            except importlib.metadata.PackageNotFoundError:
                continue
            if needed:
                left.append(canonicalize_name(requirement.name))
    return names


@pytest.mark.slow
def test_a_run_with_everything_else_blocked() -> None:
    installed = importlib.metadata.packages_distributions()
    blocked = {"tracker", *installed} - needed_by_torch() - {"diagnostics"}
    assert {"tracker", "pytest", *({"pydantic", "click", "numpy"} & set(installed))} <= blocked
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, json.dumps(sorted(blocked))],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
