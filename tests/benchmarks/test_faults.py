"""The fault batteries: the manifest is valid, and the harness counts as documented."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.faults.manifest import BATTERIES, Program, last_number, load_programs
from benchmarks.faults.peers import named_by
from benchmarks.faults.plans import FAMILIES, FAULTS, faulty_plan, healthy_plan
from benchmarks.faults.runner import Job, run_processes
from benchmarks.faults.scores import Said, Tally, what_is_said

RULES = {
    "dead-units",
    "vanishing-gradient",
    "exploding-gradient",
    "non-finite",
    "saturated-activation",
    "feature-scale-imbalance",
    "poor-initialization",
    "symmetric-weights",
    "learning-rate-too-high",
    "learning-rate-too-low",
    "loss-not-decreasing",
    "loss-plateau",
    "loss-oscillation",
    "loss-spike",
    "overfitting",
    "frozen-parameters",
    "not-in-optimizer",
    "cut-graph",
    "never-fired",
    "gradients-not-cleared",
    "updates-too-small",
    "collapsed-output",
    "output-loss-mismatch",
    "broadcast-target",
    "eval-mode",
    "unshuffled-data",
    "class-imbalance",
    "stalled-training",
}
PROGRAMS = load_programs()


@pytest.mark.parametrize("folder", BATTERIES.values(), ids=BATTERIES)
def test_a_manifest_names_every_program_and_only_known_rules(folder: Path) -> None:
    programs = load_programs(folder)
    assert {path.stem for path in folder.glob("*.py")} == {program.name for program in programs}
    assert all({*program.causes, *program.also} <= RULES for program in programs)


def test_the_plans_name_only_known_rules() -> None:
    assert all({*fault.causes, *fault.also} <= RULES for fault in FAULTS.values())


def test_there_are_enough_programs() -> None:
    assert sum(bool(program.causes) for program in PROGRAMS) >= 40
    assert sum(not program.causes for program in PROGRAMS) >= 40


def test_no_program_names_its_fault() -> None:
    for program in PROGRAMS:
        words = f"{program.name} {program.text}".lower().replace("_", "-")
        assert not [rule for rule in program.causes if rule in words], program.name


@pytest.mark.parametrize("program", [program for program in PROGRAMS if program.causes], ids=lambda one: one.name)
def test_a_faulty_program_has_a_fix_that_compiles(program: Program) -> None:
    fixed = program.fixed()
    assert fixed.text != program.text
    compile(fixed.text, fixed.name, "exec")


def test_a_fix_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in the program"):
        Program("one", "lr = 1", ">= 0", fix=(("momentum", ""),)).fixed()


def test_the_last_number_decides() -> None:
    program = Program("one", "", "<= 0.5")
    assert program.is_good("epoch 1: 0.9\nloss: 0.4\n")
    assert not program.is_good("loss: nan")
    assert not program.is_good("Traceback")
    assert last_number("accuracy 1.0") == 1.0


def test_a_plan_with_a_fault_differs_from_the_healthy_one() -> None:
    healthy = {faulty_plan(name, "mlp", 0) for name in FAULTS}
    assert len(healthy) == len(FAULTS) >= 20
    assert len({healthy_plan(family, seed) for family in FAMILIES for seed in range(50)}) > 190


def _result(severity: str, *rules: tuple[str, str], cause: str | None = None) -> dict[str, object]:
    findings = [{"rule": rule, "severity": level} for rule, level in rules]
    return {"diagnosis": {"severity": severity, "findings": findings, "cause": cause}}


def test_the_gravest_result_names_the_cause_and_info_is_no_alarm() -> None:
    quiet = _result("info", ("dead-units", "info"))
    grave = _result("critical", ("loss-spike", "critical"), ("non-finite", "warning"), cause="non-finite")
    assert what_is_said([quiet]) == Said(None, frozenset())
    assert what_is_said([quiet, grave]).first == "non-finite"
    assert what_is_said([quiet, grave]).named == {"loss-spike", "non-finite"}
    assert what_is_said([]).first is None
    without_cause = _result("warning", ("loss-spike", "warning"))
    assert what_is_said([without_cause]).first == "loss-spike"


def test_a_tally_counts_each_run_once() -> None:
    tally = Tally()
    for first, named in (("a", {"a"}), ("b", {"b", "a"}), ("c", {"c"}), (None, set[str]())):
        tally.add(Said(first, frozenset(named)), ("a",), ("b",))
    assert (tally.first, tally.symptom, tally.wrong, tally.silent, tally.named) == (1, 1, 1, 1, 2)


def _series(losses: list[object], **columns: list[object]) -> dict[str, object]:
    layer = {"type": "Linear", "columns": columns}
    return {"history": {"train_loss": losses}, "layers": {"0": layer, "1": layer}}


def test_the_rules_of_the_peers() -> None:
    falling = _series([2.0, 1.5, 1.0, 0.5], gradient_norm=[1.0, 1.0], weight_norm=[1.0, 1.1, 1.2])
    assert not named_by("AutoTrainer", [falling])
    assert not named_by("SageMaker Debugger", [falling])
    broken = _series([2.0, "NaN"], gradient_norm=[1.0], gradient_zeros=[0.8], weight_norm=[1.0, 1.0, 1.0])
    assert {"non-finite", "dead-units"} <= named_by("AutoTrainer", [broken])
    assert {"non-finite", "frozen-parameters"} <= named_by("SageMaker Debugger", [broken])


SCRIPT = """
import torch
net = torch.nn.Sequential(torch.nn.Linear(4, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for _ in range(30):
    loss = net(torch.ones(8, 4)).pow(2).mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print("loss:", loss.item())
"""


@pytest.mark.slow
def test_a_script_runs_under_the_diagnostics_in_a_process_of_its_own() -> None:
    (run,) = run_processes([Job("p01", script=SCRIPT)], 1)
    value = last_number(run.output)
    assert value is not None
    assert math.isfinite(value)
    assert [result["name"] for result in run.results] == ["p01"]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
def test_forks_leave_the_same_results() -> None:
    code = f"""
from benchmarks.faults.runner import Job, run_forked
for run in run_forked([Job("a", script={SCRIPT!r}), Job("b", script={SCRIPT!r})], 2):
    print(run.key, len(run.results), run.output.startswith("loss: "))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(done.stdout.split("\n")) == ["", "a 1 True", "b 1 True"]
