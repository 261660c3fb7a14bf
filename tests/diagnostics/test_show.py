"""What a person sees of a result: the summary, the report, the page; and the digest that shows edits."""

import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import diagnostics
from diagnostics import charts
from diagnostics.page import page
from diagnostics.result import Result, content_digest, origin, write_atomically
from diagnostics.show import text
from diagnostics.summary import summary

ROOT = Path(__file__).resolve().parents[2]
SCHEMA_1 = ROOT / "diagnostics" / "results"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    """A run with a finding: a feature that is a million times larger than the others."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 1))
    optimizer = torch.optim.SGD(model.parameters(), lr=1e-12)
    folder = tmp_path_factory.mktemp("results")
    observer = diagnostics.attach(model, name="a <run>", optimizer=optimizer, every=2, directory=folder, quiet=True)
    for epoch in range(6):
        for _ in range(10):
            optimizer.zero_grad()
            model(torch.randn(16, 4) * torch.tensor([1.0, 1.0, 1.0, 1e6])).square().mean().backward()
            optimizer.step()
        observer.epoch(train_loss=1 / (epoch + 1), val_loss=2.0 - epoch, lr=0.1 / (epoch + 1))
    return observer.detach(), observer.path


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_five_lines(trained: tuple[Result, Path]) -> None:
    result, path = trained
    lines = summary(result, path)
    assert len(lines) == 5
    assert lines[0] == "diagnostics: a <run>: critical (60 steps, 30 captured)"
    assert "feature-scale-imbalance" in lines[1]
    assert "Try: " in lines[1]
    assert str(path) in lines[4]


def test_printed_to_stderr_unless_quiet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for quiet in (False, True):
        model = nn.Linear(2, 1)
        diagnostics.attach(model, name="run", directory=tmp_path, quiet=quiet).detach()
        out, err = capsys.readouterr()
        assert out == ""
        assert (err == "") == quiet
        assert quiet or "unknown" in err


def test_the_report_works_anywhere(trained: tuple[Result, Path], tmp_path: Path) -> None:
    """Without a workspace, without torch."""
    _, path = trained
    code = "import sys; sys.modules['torch'] = None; from diagnostics.show import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    for word in ("critical", "feature-scale-imbalance", "0 (Linear)", "0.weight", "update_ratio", "measured"):
        assert word in done.stdout


class Tags(HTMLParser):
    """Fails on a page whose tags are not balanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)


def test_the_page(trained: tuple[Result, Path], tmp_path: Path) -> None:
    """One file without scripts and without anything from elsewhere; names are escaped."""
    _, path = trained
    out = tmp_path / "out.html"
    done = subprocess.run(
        [sys.executable, "-m", "diagnostics", "show", str(path), "--html", str(out)], cwd=ROOT, capture_output=True,
        encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stdout == f"{out}\n"
    html = out.read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    assert {"svg", "polyline", "rect", "details", "title", "desc"} <= tags.seen
    assert "script" not in tags.seen
    assert "a &lt;run&gt;" in html
    assert "http" not in html
    assert len(html) < 400_000


def test_numbers_of_a_chart_are_those_of_the_result(trained: tuple[Result, Path]) -> None:
    _, path = trained
    result = loaded(path)
    figure = charts.losses(result)
    for value in result["history"]["train_loss"]:
        assert f"<td>{value}</td>" in figure
    ratios = result["layers"]["0"]["columns"]["update_ratio"]
    assert all(f"<td>{value}</td>" in "".join(charts.layer_charts(result)) for value in ratios)


def test_charts_of_odd_values() -> None:
    """Gaps, single points, equal values, nothing: a figure or an empty text, never an error."""
    assert charts.line_chart("x", "step", [], {}) == ""
    assert charts.line_chart("x", "step", [1], {"a": ["NaN"]}) == ""
    for values in ([1.0], [2, 2, 2], [None, "NaN", 3.0], [0, -5.0, 1e30], [1e-300, 1e300]):
        assert "polyline" in charts.line_chart("x", "step", list(range(len(values))), {"a & b": values})
        assert "rect" in charts.heat_map("x", list(range(len(values))), {"a": values})
    assert charts.bar_chart("x", [("a", None), ("b", -1)]) == ""
    assert page({"diagnosis": {}, "name": "empty"}).endswith("</html>\n")


def test_short_in_notebooks(trained: tuple[Result, Path]) -> None:
    result, _ = trained
    assert repr(result) == "<Result 'a <run>': critical, 60 steps, 30 captures>"
    html = result._repr_html_()
    assert "feature-scale-imbalance" in html
    assert len(html) < 20_000


def test_the_digest_shows_edits(trained: tuple[Result, Path]) -> None:
    result, path = trained
    written = loaded(path)
    assert origin(written) == "measured"
    assert written["digest"] == result.digest == content_digest(written)
    assert origin(json.loads(json.dumps(written, indent=3, sort_keys=True))) == "measured"  # its form is free
    edited = {**written, "metrics": {**written["metrics"], "val_loss": 0.01}}
    assert origin(edited) == "edited"
    assert origin({"name": "other", "digest": "x"}) == "reported"


@pytest.mark.parametrize("path", sorted(SCHEMA_1.glob("*tabular-*.json")), ids=lambda path: path.name)
def test_older_results_are_read(path: Path) -> None:
    result = loaded(path)
    assert result["schema"] in (1, 2)
    assert result["diagnosis"]["severity"] in text(result)
    assert page(result).startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "cannot be read"), ("{", "not JSON"), ("[]", "no diagnosis"), ("{}", "no diagnosis")]
)
def test_wrong_files(content: str | None, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "diagnostics", "show", str(path)], cwd=ROOT, capture_output=True, encoding="utf-8",
        check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert "Traceback" not in done.stderr


def show(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "diagnostics", "show", *map(str, arguments)]
    return subprocess.run(command, text=True, capture_output=True, check=False, cwd=ROOT, **options)


def test_a_reader_that_closes_the_pipe(trained: tuple[Result, Path]) -> None:
    """As `show RESULT | head -1` does."""
    command = [sys.executable, "-m", "diagnostics", "show", str(trained[1])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.stderr.read(), process.wait()) == ("", 0)


@pytest.mark.parametrize(
    "content",
    [
        "[]", "{}", "not JSON", '{"diagnosis": {"findings": 3}}',
        '{"diagnosis": {}, "model": "x", "layers": [1], "overhead": 7, "source": 5}',
        '{"diagnosis": {}, "layers": {"0": {"columns": 3}}}',
    ],
)  # fmt: skip
def test_what_is_no_result(content: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    for options in ((), ("--html", tmp_path / "x.html")):
        done = show(path, *options)
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith("python -m diagnostics show: error: ")
        assert str(path) in done.stderr
    assert not (tmp_path / "x.html").exists()


def test_a_device_is_written_to_and_stays_one(tmp_path: Path) -> None:
    """Replacing /dev/null by a file would break it for every program."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        received = pool.submit(pipe.read_text, "utf-8")
        write_atomically(pipe, "all of it")
        assert received.result(timeout=30) == "all of it"
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]
