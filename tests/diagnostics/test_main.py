"""`python -m diagnostics train.py ARGS…`: the script runs as it would alone, and leaves a result."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]

SCRIPT = '''"""Trains."""
import os, sys
print(sys.argv, __name__, __file__, sys.path[0], __doc__, __spec__, sorted(globals()))
os.environ["OMP_NUM_THREADS"] = "1"
import torch
torch.manual_seed(0)
print(torch.get_num_threads())

class Net(torch.nn.Module):
    def __init__(self, width=4):
        super().__init__()
        self.first, self.last = torch.nn.Linear(3, width), torch.nn.Linear(width, 1)
    def forward(self, x):
        return self.last(self.first(x).relu())

class Other(Net):
    pass

def train(net, optimizer, steps=12):
    for _ in range(steps):
        optimizer.zero_grad()
        net(torch.randn(8, 3)).square().mean().backward()
        optimizer.step()

net = Net()
train(net, torch.optim.SGD(net.parameters(), lr=0.1))
print([parameter.tolist() for parameter in net.parameters()], torch.randn(3), sep="\\n")
'''

ENDINGS = {
    "well": ("", 0, "complete"),
    "exit 0": ("sys.exit(0)", 0, "complete"),
    "exit 3": ("sys.exit(3)", 3, "failed"),
    "message": ("sys.exit('no data')", 1, "failed"),
    "exception": (
        "def f():\n    raise ValueError('x')\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    f()",
        1,
        "failed",
    ),
    "own hook": (
        "sys.excepthook = lambda k, v, t: print('mine', v, t.tb_lineno, t.tb_next)\nraise OSError",
        1,
        "failed",
    ),
    "interrupt": ("os.kill(os.getpid(), 2)\nwhile True: pass", -2, "partial"),
    "terminate": ("os.kill(os.getpid(), 15)\nwhile True: pass", -15, "partial"),
    "fork": ("if os.fork() == 0: sys.exit(0)\nos.wait()", 0, "complete"),
}

LESSER = ENDINGS.keys() - {"exception", "interrupt"}  # a process that loads torch takes seconds


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Python on `arguments`, in a process of its own."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, check=False)


def results(folder: Path) -> list[dict[str, Any]]:
    """The results in a folder, the oldest first."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


@pytest.mark.parametrize("ending", [pytest.param(key, marks=[pytest.mark.slow] * (key in LESSER)) for key in ENDINGS])
def test_script_runs_as_it_would_alone(ending: str, tmp_path: Path) -> None:
    code, status, word = ENDINGS[ending]
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "my train.py").write_text(SCRIPT + code + "\n", encoding="utf-8")
    alone = run("sub/my train.py", "--lr", "1", cwd=tmp_path)
    watched = run("-m", "diagnostics", "sub/my train.py", "--lr", "1", cwd=tmp_path)
    assert watched.returncode == alone.returncode == status
    assert watched.stderr == alone.stderr
    assert watched.stdout == alone.stdout
    (result,) = results(tmp_path / "diagnostics" / "results")
    assert result["errors"] == []
    assert result["status"] == word
    assert (result["name"], result["model"]["class"]) == ("my train", "Net")
    if word != "partial" or ending == "interrupt":
        assert (result["steps"], result["overhead"]["captures"]) == (12, 2)
        assert result["layers"]["first"]["columns"]["step"] == [0, 10]
        assert result["source"]["arguments"] == ["--lr", "1"]


def test_syntax_error_is_the_scripts_own(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\ndef f(:\n", encoding="utf-8")
    alone, watched = run("train.py", cwd=tmp_path), run("-m", "diagnostics", "train.py", cwd=tmp_path)
    assert (watched.returncode, watched.stdout, watched.stderr) == (alone.returncode, alone.stdout, alone.stderr)


@pytest.mark.slow
def test_several_models_and_optimizers(tmp_path: Path) -> None:
    """Each model once, whatever wraps it, whatever optimizers it has; a part of a model is no model."""
    code = """
other, pair = Other(), torch.nn.ModuleList([Net(), Net()])
for part in pair:
    train(part, torch.optim.SGD(part.parameters(), lr=0.1), 3)
train(torch.nn.DataParallel(other), torch.optim.Adam(other.parameters()), 5)
train(net, torch.optim.Adam(net.parameters()), 5)
torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
"""
    (tmp_path / "train.py").write_text(SCRIPT + code, encoding="utf-8")
    done = run("-m", "diagnostics", "--every", "4", "--name", "gan", "--directory", "out", "train.py", cwd=tmp_path)
    assert done.stderr == b""
    found = {result["name"]: result for result in results(tmp_path / "out")}
    assert {name: result["steps"] for name, result in found.items()} == {"gan": 17, "gan-ModuleList": 6, "gan-Other": 5}
    assert {result["every"] for result in found.values()} == {4}
    assert [result["errors"] for result in found.values()] == [[], [], []]
    assert found["gan-Other"]["never_called"] == []


@pytest.mark.slow
def test_models_of_a_search_do_not_pile_up(tmp_path: Path) -> None:
    code = """
import gc
for trial in range(3):
    net = Net()
    train(net, torch.optim.SGD(net.parameters(), lr=0.1), 3)
    gc.collect()
from diagnostics.observer import Observer
print("alive", sum(isinstance(thing, Observer) for thing in gc.get_objects()))
"""
    (tmp_path / "train.py").write_text(SCRIPT + code, encoding="utf-8")
    done = run("-m", "diagnostics", "train.py", cwd=tmp_path)
    assert done.stdout.splitlines()[-1] == b"alive 1"
    assert [result["status"] for result in results(tmp_path / "diagnostics" / "results")] == ["complete"] * 4


@pytest.mark.slow
def test_what_cannot_be_watched_is_told_in_a_result(tmp_path: Path) -> None:
    code = "\nnet = torch.nn.ParameterList([torch.ones(2)])\ntorch.optim.SGD(net.parameters(), lr=0.1)\n"
    (tmp_path / "train.py").write_text(SCRIPT + code, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run("-m", "diagnostics", "--directory", "file", "train.py", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stderr.startswith(b"diagnostics: no result of train can be written: ")
    assert done.stdout == run("train.py", cwd=tmp_path).stdout


def test_without_torch_and_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import sys; print('torch' in sys.modules)\n", encoding="utf-8")
    assert run("-m", "diagnostics", "train.py", cwd=tmp_path).stdout == b"False\n"
    for arguments in (["none.py"], ["--every", "0", "train.py"], []):
        done = run("-m", "diagnostics", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"usage: " in done.stderr
        assert b"Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "train.py"]
