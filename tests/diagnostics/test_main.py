"""`python -m diagnostics train.py ARGS…`: the script runs as it would alone, and leaves a result."""

import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}

SCRIPT = '''"""Trains."""
import os, sys
print(sys.argv, __name__, __file__, sys.path[0], __doc__, __spec__, sorted(globals()))
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

if __name__ == "__main__":
    net = Net()
    train(net, torch.optim.SGD(net.parameters(), lr=0.1))
    print([parameter.tolist() for parameter in net.parameters()], torch.randn(3), sep="\\n")
'''

# How a script can end: what it does, its exit code, the status of a result that it leaves.
ENDINGS = {
    "well": ("", 0, "complete"),
    "exit 0": ("sys.exit(0)", 0, "complete"),
    "exit 3": ("sys.exit(3)", 3, "failed"),
    "message": ("sys.exit('no data')", 1, "failed"),
    "at once": ("sys.stdout.flush()\nos._exit(5)", 5, "partial"),
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
    "group": ("raise ExceptionGroup('several', [ValueError(1), OSError(2)])", 1, "failed"),
    "exit in a function": ("import atexit\natexit.register(print, 'bye')\nraise SystemExit(None)", 0, "complete"),
    "interrupt": ("os.kill(os.getpid(), 2)\nwhile True: pass", -2, "partial"),
    "terminate": ("os.kill(os.getpid(), 15)\nwhile True: pass", -15, "partial"),
    "own handler": (
        "import signal\nsignal.signal(15, lambda *_: sys.exit(7))\nos.kill(os.getpid(), 15)\nwhile True: pass",
        7,
        "failed",
    ),
    "fork": ("sys.stdout.flush()\nif os.fork() == 0: sys.exit(0)\nos.wait()", 0, "complete"),
    "syntax": ("def f(:", 1, None),
}

# What scripts do with models and optimizers, by name: options of ours, and what stands behind SCRIPT.
TRAININGS = {
    "several": (
        ("--every", "4", "--name", "gan", "--directory", "out"),
        """
    other, pair = Other(), torch.nn.ModuleList([Net(), Net()])
    for part in pair:
        train(part, torch.optim.SGD(part.parameters(), lr=0.1), 3)
    train(torch.nn.DataParallel(other), torch.optim.Adam(other.parameters()), 5)
    train(net, torch.optim.Adam(net.parameters()), 5)
    torch.optim.SGD([torch.nn.Parameter(torch.ones(1))], lr=0.1)
""",
    ),
    "alternating": (
        (),
        """
    optimizers = [torch.optim.SGD(part.parameters(), lr=0.1) for part in (net.first, net.last)]
    for _ in range(5):
        for optimizer in optimizers:
            train(net, optimizer, 1)
""",
    ),
    "left out": (
        (),
        """
    encoder, head, slow = torch.nn.Sequential(torch.nn.Linear(3, 64)), torch.nn.Linear(64, 1), Other()
    optimizer = torch.optim.SGD(head.parameters(), lr=0.01)
    for _ in range(40):
        x = torch.randn(8, 3)
        optimizer.zero_grad()
        (head(encoder(x)) - slow(x)).square().mean().backward()
        optimizer.step()
        with torch.no_grad():
            for parameter in slow.parameters():
                parameter.mul_(0.99)
""",
    ),
    "search": (
        (),
        """
    import gc
    for trial in range(3):
        net = Net()
        train(net, torch.optim.SGD(net.parameters(), lr=0.1), 3)
        gc.collect()
    from diagnostics.observer import Observer
    print("alive", sum(isinstance(thing, Observer) for thing in gc.get_objects()))
""",
    ),
    "cannot be written": (
        ("--directory", "train.py"),
        """
    net = torch.nn.ParameterList([torch.ones(2)])
    torch.optim.SGD(net.parameters(), lr=0.1)
""",
    ),
    "workers": (
        (),
        """
    for context in ("fork", "spawn"):
        loader = torch.utils.data.DataLoader(list(range(4)), num_workers=1, multiprocessing_context=context)
        print(context, torch.cat(list(loader)).tolist())
""",
    ),
    "thread": (
        (),
        """
    import threading, time
    threading.Thread(target=lambda: (time.sleep(0.2), train(net, torch.optim.SGD(net.parameters(), lr=0.1)))).start()
""",
    ),
}


@dataclass
class Outcome:
    """What a script left behind."""

    code: int
    out: str
    err: str
    results: list[dict[str, Any]]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    """Python on `arguments`, in a process of its own that signals end, even where its parent ignores them."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        timeout=300,
        preexec_fn=lambda: [signal.signal(each, signal.SIG_DFL) for each in (signal.SIGINT, signal.SIGTERM)],
    )


def results(folder: Path) -> list[dict[str, Any]]:
    """The results in a folder, the oldest first."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


# Loads torch once, then runs each training in a process forked from here: that takes seconds.
DRIVER = """
import gc, json, os, sys
import torch, torch._dynamo, torch.utils.data
from diagnostics import observer
from diagnostics.__main__ import main

gc.freeze()  # what is there is searched and cleared away by no child
codes = {}
for folder, options in json.loads(sys.argv[1]):
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        for number, name in ((1, "stdout"), (2, "stderr")):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
        sys.argv[:] = ["diagnostics", *options, "train.py"]
        main()
        break
    codes[folder] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
else:
    print(json.dumps(codes))
"""


WITH_TRAINED = pytest.mark.xdist_group("trained")
"""All that use `trained` are run by one worker."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """Every script of ENDINGS, behind a training, and of TRAININGS."""
    scripts = {f"ends: {name}": ((), "\n" + code) for name, (code, _, status) in ENDINGS.items() if status}
    folders: dict[str, Path] = {}
    for index, (name, (_, code)) in enumerate({**scripts, **TRAININGS}.items()):
        folders[name] = tmp_path_factory.mktemp(f"script{index}")
        (folders[name] / "train.py").write_text(SCRIPT + code + "\n", encoding="utf-8")
    jobs = [(str(folders[name]), options) for name, (options, _) in {**scripts, **TRAININGS}.items()]
    done = run("-c", DRIVER, json.dumps(jobs), cwd=ROOT)
    assert done.returncode == 0, done.stderr.decode()
    codes = json.loads(done.stdout)
    outcomes = {}
    for name, folder in folders.items():
        out, err = ((folder / stream).read_text(encoding="utf-8") for stream in ("stdout", "stderr"))
        where = folder / "out" if (folder / "out").exists() else folder / "diagnostics" / "results"
        outcomes[name] = Outcome(codes[str(folder)], out, err, results(where))
    return outcomes


@pytest.mark.parametrize("ending", ENDINGS)
def test_script_ends_as_it_would_alone(ending: str, tmp_path: Path) -> None:
    """To the byte, except for a last line on stderr; these scripts load no torch, which has no part in it."""
    code, status, _ = ENDINGS[ending]
    (tmp_path / "sub").mkdir()
    script = SCRIPT[: SCRIPT.index("import torch")] + code + "\n"
    (tmp_path / "sub" / "my train.py").write_text(script, encoding="utf-8")
    alone = run("sub/my train.py", "--lr", "1", cwd=tmp_path)
    watched = run("-m", "diagnostics", "sub/my train.py", "--lr", "1", cwd=tmp_path)
    assert watched.returncode == alone.returncode == status
    assert watched.stdout == alone.stdout
    note = watched.stderr.removeprefix(alone.stderr)
    assert note == b"" or note.startswith(b"diagnostics: my train trained nothing: ")
    assert note or ending in ("at once", "interrupt", "terminate")  # the interpreter has no chance to say so
    assert [path.name for path in tmp_path.iterdir()] == ["sub"]


@pytest.mark.slow
def test_training_runs_as_it_would_alone(tmp_path: Path) -> None:
    """Weights, random state and traceback included."""
    (tmp_path / "train.py").write_text(SCRIPT + ENDINGS["exception"][0] + "\n", encoding="utf-8")
    alone = run("train.py", "--lr", "1", cwd=tmp_path)
    watched = run("-m", "diagnostics", "train.py", "--lr", "1", cwd=tmp_path)
    assert (watched.returncode, watched.stdout) == (alone.returncode, alone.stdout)
    assert watched.stderr.startswith(alone.stderr + b"diagnostics: train: ok (12 steps, 2 captured)\n")
    (result,) = results(tmp_path / "diagnostics" / "results")
    assert (result["errors"], result["status"]) == ([], "failed")
    assert (result["name"], result["model"]["class"]) == ("train", "Net")
    assert (result["steps"], result["overhead"]["captures"]) == (12, 2)
    assert result["layers"]["first"]["columns"]["step"] == [0, 10]
    assert (result["source"]["script"], result["source"]["arguments"]) == ("train.py", ["--lr", "1"])


@WITH_TRAINED
@pytest.mark.parametrize("ending", [name for name, (_, _, status) in ENDINGS.items() if status])
def test_a_training_that_ends(ending: str, trained: dict[str, Outcome]) -> None:
    """The result is finished where the process could still do it, and says how the script ended."""
    _, code, status = ENDINGS[ending]
    outcome = trained[f"ends: {ending}"]
    assert outcome.code == code
    (result,) = outcome.results
    assert (result["errors"], result["status"]) == ([], status)
    if ending not in ("terminate", "at once"):  # there nothing more is written than stood there when it began
        assert (result["steps"], result["overhead"]["captures"]) == (12, 2)


@WITH_TRAINED
def test_several_models_and_optimizers(trained: dict[str, Outcome]) -> None:
    """Each model once, with any wrapper and any optimizers; a part of a model is no model."""
    outcome = trained["several"]
    assert outcome.err.count("diagnostics: gan") == 3
    found = {result["name"]: result for result in outcome.results}
    assert {name: result["steps"] for name, result in found.items()} == {"gan": 17, "gan-ModuleList": 6, "gan-Other": 5}
    assert {result["every"] for result in found.values()} == {4}
    assert [result["errors"] for result in found.values()] == [[], [], []]
    assert found["gan-Other"]["never_called"] == []


@WITH_TRAINED
def test_alternating_optimizers(trained: dict[str, Outcome]) -> None:
    """A model whose parts have an optimizer each is one model."""
    (result,) = trained["alternating"].results
    assert (result["model"]["class"], result["without_gradient"], result["errors"]) == ("Net", [], [])


@WITH_TRAINED
def test_a_model_that_no_optimizer_holds(trained: dict[str, Outcome]) -> None:
    """It is watched too, and is at fault where its weights are still those of the initialisation."""
    outcome = trained["left out"]
    assert (outcome.code, [result["errors"] for result in outcome.results]) == (0, [[]] * 4)
    causes = {result["model"]["class"]: result["diagnosis"]["cause"] for result in outcome.results}
    assert causes["Sequential"] == "not-in-optimizer"
    assert causes["Other"] is None


@WITH_TRAINED
def test_models_of_a_search_do_not_pile_up(trained: dict[str, Outcome]) -> None:
    assert trained["search"].out.splitlines()[-1] == "alive 1"
    assert [result["status"] for result in trained["search"].results] == ["complete"] * 4


@WITH_TRAINED
def test_what_cannot_be_watched_is_reported(trained: dict[str, Outcome]) -> None:
    outcome = trained["cannot be written"]
    assert outcome.code == 0
    assert "diagnostics: no result of train can be written: " in outcome.err


@WITH_TRAINED
def test_workers_of_a_loader(trained: dict[str, Outcome]) -> None:
    """Forked and spawned ones find the script again, and write no results."""
    outcome = trained["workers"]
    assert outcome.code == 0
    assert "fork [0, 1, 2, 3]" in outcome.out
    assert outcome.out.splitlines()[-1] == "spawn [0, 1, 2, 3]"
    (result,) = outcome.results
    assert (result["status"], result["steps"]) == ("complete", 12)


@WITH_TRAINED
def test_a_thread_trains_on_when_the_script_is_over(trained: dict[str, Outcome]) -> None:
    (result,) = trained["thread"].results
    assert (result["status"], result["steps"], result["errors"]) == ("complete", 24, [])


def test_a_module_with_relative_imports(tmp_path: Path) -> None:
    """As `python -m`, but for the frames of the interpreter's own loader in a traceback."""
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "data.py").write_text("x = 41\n", encoding="utf-8")
    said = "print(__name__, __package__, __file__, __spec__.name, sys.argv, sys.path[0], x)\n"
    for name in ("train", "__main__"):
        code = f"import sys\nfrom .data import x\n{said}sys.exit(4)\n"
        (package / f"{name}.py").write_text(code, encoding="utf-8")
    for name in ("package.train", "package"):
        alone = run("-m", name, "--lr", "1", cwd=tmp_path)
        watched = run("-m", "diagnostics", "-m", name, "--lr", "1", cwd=tmp_path)
        assert alone.returncode == 4
        assert (watched.returncode, watched.stdout) == (4, alone.stdout)
        assert watched.stderr.startswith(alone.stderr + b"diagnostics: ")


def test_tracker_diagnose_is_the_same(tmp_path: Path) -> None:
    pytest.importorskip("click")
    (tmp_path / "train.py").write_text("import sys; print(sys.argv); sys.exit(3)\n", encoding="utf-8")
    alone = run("train.py", "--lr", "1", "--help", cwd=tmp_path)
    watched = run("-m", "tracker", "diagnose", "train.py", "--lr", "1", "--help", cwd=tmp_path)
    assert (watched.returncode, watched.stdout) == (3, alone.stdout)
    assert b"trained nothing" in watched.stderr


def test_without_torch_and_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("import sys; print('torch' in sys.modules)\n", encoding="utf-8")
    assert run("-m", "diagnostics", "train.py", cwd=tmp_path).stdout == b"False\n"
    for arguments in (["none.py"], ["-m", "none"], ["-m", "none.at.all"], ["--every", "0", "train.py"], []):
        done = run("-m", "diagnostics", *arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"usage: " in done.stderr
        assert b"Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "train.py"]


LOADERS = """import torch
from torch.utils.data import DataLoader, TensorDataset
torch.manual_seed(0)
net = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1))
x = torch.randn(64, 3)
batches, held_out = (DataLoader(TensorDataset(rows, rows[:, :1]), batch_size=16) for rows in (x[:48], x[48:]))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
loss_of = torch.nn.MSELoss()
scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
for epoch in range(4):
    net.train()
    losses = []
    for inputs, targets in batches:
        optimizer.zero_grad()
        loss = loss_of(net(inputs), targets)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    net.eval()
    with torch.no_grad():
        held = [loss_of(net(inputs), targets).item() for inputs, targets in held_out]
    print(sum(losses) / len(losses), sum(held) / len(held), optimizer.param_groups[0]["lr"])
    schedule.step()
"""


def test_losses_and_epochs_of_a_script_that_reports_none(tmp_path: Path) -> None:
    """The printed losses: unscaled under AMP, one row an exhausted DataLoader, the validation beside it."""
    (tmp_path / "train.py").write_text(LOADERS, encoding="utf-8")
    done = run("-m", "diagnostics", "--every", "1", "train.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    rows = [[float(word) for word in line.split()] for line in done.stdout.decode().splitlines()]
    (result,) = results(tmp_path / "diagnostics" / "results")
    assert result["errors"] == []
    assert result["history"]["step"] == [3, 6, 9, 12]
    for name, wanted in zip(("train_loss", "val_loss"), zip(*rows, strict=True), strict=False):
        assert result["history"][name] == pytest.approx(wanted, rel=1e-4)
    assert len(result["history"]["lr"]) == 4


@pytest.mark.slow
def test_losses_without_a_loader(tmp_path: Path) -> None:
    """A row for each captured step."""
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    assert run("-m", "diagnostics", "--every", "4", "train.py", cwd=tmp_path).returncode == 0
    (result,) = results(tmp_path / "diagnostics" / "results")
    assert len(result["history"]["train_loss"]) == 4
    assert result["history"]["lr"] == [0.1] * 4


@pytest.mark.parametrize(
    "own",
    [
        "diagnostics.py",
        pytest.param("diagnostics/__init__.py", marks=pytest.mark.slow),
        pytest.param("tracker/__init__.py", marks=pytest.mark.slow),
    ],
)
def test_a_script_with_modules_of_our_names(own: str, tmp_path: Path) -> None:
    """The script gets its own, and is watched all the same."""
    pytest.importorskip("click")
    package = own.partition("/")[0].removesuffix(".py")
    (tmp_path / own).parent.mkdir(exist_ok=True)
    (tmp_path / own).write_text("VALUE = 41\n", encoding="utf-8")
    script = f"import {package}\nprint({package}.VALUE)\n{SCRIPT}"
    (tmp_path / "train.py").write_text(script, encoding="utf-8")
    start = "from tracker.cli import main; main()"
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); {start}"
    (tmp_path / "out").mkdir()
    done = run("-c", code, "diagnose", "--directory", "out", "--name", "own", "train.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.startswith(b"41\n")
    (result,) = results(tmp_path / "out")
    assert (result["name"], result["errors"], result["steps"]) == ("own", [], 12)


def test_options_of_tracker_diagnose(tmp_path: Path) -> None:
    pytest.importorskip("click")
    help_ = run("-m", "tracker", "diagnose", "--help", cwd=tmp_path).stdout.decode()
    for option in ("--every", "--name", "--directory", "--show", "--html"):
        assert option in help_
    done = run("-m", "tracker", "diagnose", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Give a script to run" in done.stderr


@pytest.mark.slow
def test_torchrun(tmp_path: Path) -> None:
    """Two processes, a script that knows nothing: one result."""
    code = """import torch, torch.distributed as dist
dist.init_process_group("gloo")
torch.manual_seed(dist.get_rank())
net = torch.nn.parallel.DistributedDataParallel(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Linear(4, 1)))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(12):
    optimizer.zero_grad()
    net(torch.randn(8, 3)).square().mean().backward()
    optimizer.step()
dist.barrier()
dist.destroy_process_group()
"""
    (tmp_path / "train.py").write_text(code, encoding="utf-8")
    done = run(
        "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "diagnostics", "train.py",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    (result,) = results(tmp_path / "diagnostics" / "results")
    assert (result["status"], result["steps"], result["errors"], result["notes"]) == ("complete", 12, [], [])
    assert result["environment"]["world_size"] == 2
    assert result["attribution"]["layer"] == "0"
