"""How files are ranked: their traits, the model, its weights, and that what is documented is what is there."""

from __future__ import annotations

import inspect
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gitrepo import GitRepo
from tracker.audit.features import Values, company, features
from tracker.audit.findings import judge, rules
from tracker.audit.model import fitted
from tracker.audit.past import BULK
from tracker.audit.signals import signals
from tracker.audit.subject import Subject, look
from tracker.audit.traits import ranks, ranks_within, traits
from tracker.sources.repository import Repository
from tracker.sources.trees import working_tree

DOCUMENTED = Path(__file__).parents[2] / "docs" / "audit.md"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("src/main.py", "from src import engine\n")
    repo.write("src/engine.py", "from src import parts_of_engine\n")
    repo.write("src/parts_of_engine.py", "x = 1\n")
    repo.write("lone/first_thing.py", "x = 1\n")
    repo.write("lone/second_thing.py", "import first_thing\n")
    repo.write("lone/third_thing.py", "x = 3\n")
    repo.commit("Start")
    return repo


def seen(repo: GitRepo) -> Subject:
    with Repository.open(repo.path) as opened:
        return look(opened, working_tree(opened))


def trait(subject: Subject, name: str) -> dict[str, float]:
    return dict(zip(subject.files, traits(subject)[name], strict=True))


def test_what_is_out_of_reach_and_how_large_and_old_its_part_of_the_tree_is(repo: GitRepo) -> None:
    repo.write("late/one_thing.py", "x = 1\n")
    repo.write("late/deep/two_things.py", "x = 1\n")
    repo.write("late/deep/note.txt", "x = 1\n")
    repo.write("late/deep/three_things.py", "x = 1\n")
    repo.commit("Late")
    subject = seen(repo)
    far = trait(subject, "out of reach")
    assert {path for path, one in far.items() if not one} == {"src/main.py", "src/engine.py", "src/parts_of_engine.py"}
    share, size = trait(subject, "share of the tree"), trait(subject, "size of its part of the tree")
    assert share["late/deep/two_things.py"] == share["late/one_thing.py"] == pytest.approx(0.4)
    assert size["late/deep/two_things.py"] == size["late/one_thing.py"] > size["src/main.py"]
    age, young = trait(subject, "age of its part of the tree"), trait(subject, "young in a young part")
    assert age["src/main.py"] == 0.5 > age["late/one_thing.py"] == 0
    assert young["late/one_thing.py"] > young["src/main.py"]
    assert trait(subject, "like its folder")["late/deep/note.txt"] == pytest.approx(1 / 3)


def test_names_that_tell(repo: GitRepo) -> None:
    for path in ("fix_rows.py", "notes_of_mine.txt", "README.md", "src/fix_more.py", "rows.csv"):
        repo.write(path, "x")
    repo.commit("Names")
    subject = seen(repo)

    def those(name: str) -> set[str]:
        return {path for path, one in trait(subject, name).items() if one}

    assert those("words of occasions") == {"fix_rows.py", "src/fix_more.py"}
    assert those("words of occasions in the root") == those("script in the root") == {"fix_rows.py"}
    assert those("stray in the root") == {"fix_rows.py", "notes_of_mine.txt", "rows.csv"}
    assert those("table") == {"rows.csv"}
    assert "README.md" in those("looked for by tools")
    assert not {"fix_rows.py", "rows.csv"} & those("looked for by tools")


def test_what_others_say_of_a_file_and_what_it_shows(repo: GitRepo) -> None:
    repo.write("docs/report.md", "All done \N{WHITE HEAVY CHECK MARK}\n")
    repo.write("docs/note.md", "Die Pumpe l\N{LATIN SMALL LETTER A WITH DIAERESIS}uft: `src/engine.py`.\n")
    repo.commit("Two documents")
    subject = seen(repo)
    assert [path for path, one in trait(subject, "pictures in its text").items() if one] == ["docs/report.md"]
    mentions = trait(subject, "sure mentions")
    assert mentions["src/engine.py"] > mentions["docs/report.md"] == 0
    born = trait(subject, "born among many")
    assert math.expm1(born["docs/note.md"]) == pytest.approx(2)
    assert math.expm1(born["src/main.py"]) == pytest.approx(6)


def test_removals_are_remembered_by_folder_and_suffix(repo: GitRepo) -> None:
    repo.write("lone/note.txt", "x")
    repo.write("docs/note.txt", "x")
    repo.commit("Notes")
    repo.remove("lone/note.txt")
    repo.commit("Remove a note")
    subject = seen(repo)
    near = trait(subject, "recent removals in its folder")
    assert near["lone/first_thing.py"] == 1
    assert near["docs/note.txt"] == near["src/main.py"] == 0
    assert trait(subject, "removals of its suffix")["docs/note.txt"] == pytest.approx(1 / 6)
    repo.write("src/main.py", "x")
    repo.commit("Later")
    later = trait(seen(repo), "recent removals in its folder")
    assert 0 < later["lone/first_thing.py"] < 1


def test_a_commit_of_everything_is_no_sign_of_life(repo: GitRepo) -> None:
    repo.write("src/engine.py", "from src import parts_of_engine, main\n")
    repo.commit("Work on the engine")
    for number in range(BULK):
        repo.write(f"data/row_{number}.csv", f"{number}\n")
    for path in ("src/main.py", "src/engine.py", "src/parts_of_engine.py", "lone/first_thing.py"):
        repo.write(path, (repo.path / path).read_text() + "\n# formatted\n")
    repo.commit("Format")
    lives = seen(repo).past.lives
    assert lives["src/main.py"].changed == lives["src/engine.py"].changed == 0
    assert (lives["src/main.py"].touched, lives["src/engine.py"].touched) == (2, 1)


def test_every_trait_has_one_finite_number_for_each_file(repo: GitRepo, tmp_path: Path) -> None:
    empty = GitRepo(tmp_path / "empty")
    empty.write("a.bak", "x")
    empty.git("add", "--all")
    for one in (repo, empty):
        subject = seen(one)
        for name, column in traits(subject).items():
            assert len(column) == len(subject.files), name
            assert all(math.isfinite(value) for value in column), name


@given(st.lists(st.integers(0, 9), min_size=1))
def test_ranks(values: list[int]) -> None:
    found = ranks(values)
    assert all(0 < one < 1 for one in found)
    assert sum(found) == pytest.approx(len(values) / 2)
    assert all(
        (a < b) == (x < y) for a, x in zip(values, found, strict=True) for b, y in zip(values, found, strict=True)
    )
    assert ranks_within(values, values) == [0.5] * len(values)


def test_a_file_is_held_against_its_tree(repo: GitRepo) -> None:
    subject = seen(repo)
    known = features(subject).values
    model = replace(fitted(), weights={"out of reach": 1.0}, usual=0.0)
    alone = dict(zip(subject.files, model.odds(known, len(subject.files)), strict=True))
    assert alone["lone/third_thing.py"] - alone["src/engine.py"] == pytest.approx(1)
    everywhere = replace(known, traits={"out of reach": [1.0] * len(subject.files)})
    found = model.odds(everywhere, len(subject.files))
    assert found == pytest.approx([1 - len(found) / (len(found) + 50)] * len(found))


def test_staleness_spreads_along_folders_commits_and_mentions(repo: GitRepo) -> None:
    repo.write("src/late.py", "x")
    repo.commit("Late")
    subject = seen(repo)

    def beside(stale: str) -> dict[str, dict[str, float]]:
        odds: Sequence[float] = [float(path == stale) for path in subject.files]
        found = company(subject, odds)
        return {name: dict(zip(subject.files, column, strict=True)) for name, column in found.items()}

    around = beside("lone/second_thing.py")
    assert around["its folder"]["lone/first_thing.py"] == pytest.approx(1 / 3)
    assert around["its folder"]["lone/second_thing.py"] == around["its folder"]["src/main.py"] == 0
    assert around["born with it"]["src/main.py"] > around["born with it"]["src/late.py"] == 0
    assert around["last changed with it"]["lone/first_thing.py"] > around["last changed with it"]["src/late.py"] == 0
    assert around["those that mention it"]["lone/first_thing.py"] == pytest.approx(1 / 2)
    assert around["those that mention it"]["lone/third_thing.py"] == 0


def test_every_weight_is_of_a_trait_or_a_sign_and_no_sign_lowers_the_odds(repo: GitRepo) -> None:
    subject = seen(repo)
    model = fitted()
    known = set(traits(subject))
    assert set(model.company) == {"itself", *company(subject, [0.0] * len(subject.files))}
    assert all(weight >= 0 for weight in model.company.values())
    for name, weight in model.weights.items():
        assert name in known or name.split()[0] in signals(), name
        assert name in known or weight >= 0, name
        assert "/" not in name
    assert model.slope > 0
    assert 0.5 <= model.ceiling < 1


def sure(subject: Subject, values: Values) -> dict[str, float]:
    model = fitted()
    alone = model.odds(values, len(subject.files))
    odds = model.together(alone, model.beside(subject, alone))
    return dict(zip(subject.files, map(model.probability, odds), strict=True))


def test_the_company_that_speaks_against_a_file_is_told(repo: GitRepo) -> None:
    for number in range(4):
        repo.write(f"attic/part_{number}.bak", f"{number}\n")
    repo.write("attic/index.md", "Nothing to see.\n")
    repo.commit("Put aside")
    found = {one.path: one for one in judge(seen(repo), features(seen(repo)), fitted(), rules())}
    reasons = {reason.signal: reason for reason in found["attic/index.md"].reasons}
    assert reasons["company"].weight > 0
    assert "company" not in {reason.signal for reason in found["src/engine.py"].reasons}
    assert found["attic/index.md"].action == "remove"


def test_the_more_signs_the_surer(repo: GitRepo) -> None:
    repo.write("src/engine_old.py", "x")
    repo.commit("A copy")
    subject = seen(repo)
    known = features(subject).values
    less = replace(known, strengths={name: one for name, one in known.strengths.items() if name != "copy"})
    with_it, without = sure(subject, known), sure(subject, less)
    assert with_it["src/engine_old.py"] > without["src/engine_old.py"]


def test_the_documentation_has_every_signal() -> None:
    rows = [line.strip("| ").split(" | ") for line in DOCUMENTED.read_text("utf-8").splitlines() if line[:3] == "| `"]
    told = {row[0].strip("`"): row[1] for row in rows if len(row) == 2}
    for name, signal in signals().items():
        assert told[name] == " ".join((inspect.getdoc(signal) or "").split())


def test_the_documentation_has_every_trait(repo: GitRepo) -> None:
    text = " ".join(DOCUMENTED.read_text("utf-8").split())
    assert not [name for name in traits(seen(repo)) if f"`{name}`" not in text]
