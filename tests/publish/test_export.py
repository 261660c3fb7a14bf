"""tracker.json, its schema, and the badges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from tests.command import tracker
from tests.core.conftest import repo as repo
from tests.gitrepo import GitRepo
from tracker.publish.badge import COLOURS, badge
from tracker.publish.export_schema import Export


def built(repo: GitRepo, name: str = "tracker.json") -> Any:
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    return json.loads((repo.path / "docs/tracker" / name).read_text("utf-8"))


def test_it_says_what_status_says_and_more(repo: GitRepo) -> None:
    more = "runs: [soak]\nfiles: {created: [never.py]}\ndecisions: [{decision: Use </script>, rationale: 'Because'}]\n"
    repo.write("sessions/4.yml", f"session: '4'\ndate: 2026-01-01\nfocus: Why\n{more}")
    repo.commit("Session 4")
    repo.commit("Undocumented")
    data = built(repo)
    status = tracker("status", "--format", "json", cwd=repo.path).json
    assert {key: data[key] for key in status if key not in ("sessions", "commits")} == {
        key: status[key] for key in status if key not in ("sessions", "commits")
    }
    session = data["sessions"]["all"][3]
    assert (session["id"], session["page"]) == ("4", "sessions/2026-01-01-4.md")
    assert [(claim["subject"], claim["standing"]) for claim in session["claims"]] == [("never.py", "refuted")]
    assert session["runs"] == [data["runs"][0]["file"]] == ["diagnostics/results/soak.json"]
    assert [(one["session"], one["decision"]) for one in data["decisions"]] == [("4", "Use </script>")]
    assert len(session["commits"]) + data["commits"]["undocumented"] == data["commits"]["count"] == 3
    assert data["readiness"] == {"1": {"ready": True, "missing": []}}
    assert {share["what"]: (share["count"], share["of"]) for share in data["coverage"]} == {
        "criteria with evidence": (1, 1),
        "criteria verified by evidence": (1, 1),
        "phases verified": (1, 1),
        "commits documented by sessions": (3, 3),
        "claims confirmed by git": (0, 1),
    }
    Export.model_validate(data)


def test_the_schema_takes_it_and_nothing_else(repo: GitRepo) -> None:
    data = built(repo)
    schema = built(repo, data["$schema"])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(data, schema)
    for broken in (
        data | {"more": 1},
        data | {"status": "perhaps"},
        {key: data[key] for key in data if key != "phases"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


def test_a_workspace_with_nothing_in_it(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "empty")
    repo.write("tracker.yml", "project: P\n")
    data = built(repo)
    Export.model_validate(data)
    assert (data["commit"], data["status"], data["phases"]) == (None, "planned", [])
    assert all(share["count"] == share["of"] == 0 for share in data["coverage"])
    assert "no criteria" in (repo.path / "docs/tracker/badges/verified.svg").read_text("utf-8")


def test_badges_are_images_of_what_stands(repo: GitRepo) -> None:
    repo.write(
        "tracker.yml", (repo.path / "tracker.yml").read_text("utf-8").replace("project: P", "project: a <b> & c")
    )
    repo.commit("Rename")
    built(repo)
    texts = {}
    for name in ("status", "verified"):
        root = ElementTree.parse(repo.path / f"docs/tracker/badges/{name}.svg").getroot()
        texts[name] = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == {"status": ["a <b> & c", "complete"], "verified": ["verified", "100%"]}


def test_a_badge_grows_with_its_text_and_has_an_end() -> None:
    short, long, endless = (badge(text, "planned", "quiet") for text in ("P", "Pipeline", "x" * 500))
    assert short.label_width < long.label_width < endless.label_width
    assert len(endless.label) == 40
    assert badge("日本", "x", "good").label_width > badge("ab", "x", "good").label_width


@pytest.mark.parametrize("colour", ["#3c4043", *COLOURS.values()])
def test_white_letters_are_legible(colour: str) -> None:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[start : start + 2]) for start in (1, 3, 5))
    assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5, "WCAG AA"
