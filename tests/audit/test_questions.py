"""Answers about single files: given when a file is read, and kept until it changes."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from tests.audit.test_texts import reported
from tests.gitrepo import GitRepo
from tracker.audit.rules.documents.links import BrokenLinks
from tracker.audit.rules.files import artifact, finished


def reading(repo: GitRepo, folder: Path) -> tuple[int, int]:
    """How many documents are read for their links and for what they say of their work."""
    with (
        mock.patch.object(BrokenLinks, "note", wraps=BrokenLinks.note) as note,
        mock.patch.object(finished, "_about", wraps=finished._about) as about,
    ):
        said = reported(repo, folder)[0]
    assert said == reported(repo, None)[0]
    return note.call_count, about.call_count


def test_after_a_change_only_the_changed_document_is_read_for_its_answers(tmp_path: Path) -> None:
    repo, folder = GitRepo(tmp_path / "repo"), tmp_path / "kept"
    for number in range(4):
        repo.write(f"docs/page_{number}.md", f"See [next](page_{number + 1}.md).\n")
        repo.write(f"plans/step_{number}.md", f"# Plan {number}\n\nStatus: done\n")
    repo.write("docs/page_4.md", "The end.\n")
    repo.commit("Start")
    assert reading(repo, folder) == (9, 9)
    assert reading(repo, folder) == (0, 0)
    repo.write("docs/page_2.md", "See [nothing](page_9.md).\n")
    assert reading(repo, folder) == (1, 1)
    repo.commit("Change")
    assert reading(repo, folder) == (1, 1)
    repo.git("mv", "plans/step_1.md", "plans/step_5.md")
    repo.commit("Rename: an answer depends on the path")
    assert reading(repo, folder) == (1, 1)
    repo.remove("docs/page_1.md")
    repo.commit("Remove a page that another one links to")
    assert reading(repo, folder) == (0, 0)


def test_of_files_with_one_content_each_has_its_own_answer(tmp_path: Path) -> None:
    repo, folder = GitRepo(tmp_path / "repo"), tmp_path / "kept"
    for path in ("a_plan.md", "docs/b_plan.md", "docs/c_guide.md"):
        repo.write(path, "# Plan\n\nStatus: done\n")
    repo.commit("Start")
    assert reading(repo, folder) == (3, 3)
    assert reading(repo, folder) == (2, 2), "answers about further files are not kept"


def test_what_is_no_text_is_asked_where_a_question_says_so(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("build_log.txt", "\ufeff$ next build\n".encode("utf-16-le"))
    repo.write("test_results.json", b'{"numTotalTests": 1, "a": "' + b"x" * 3_000_000 + b'"}')
    repo.commit("Start")
    for folder in (tmp_path / "kept", tmp_path / "kept"):
        with mock.patch.object(artifact, "_signature", wraps=artifact._signature) as signature:
            said, texts = reported(repo, folder)
        assert "the output of a build or a test run" in said
        assert "a test report of pytest, Jest or Playwright" in said
        assert all(text.binary for text in texts.values())
    assert signature.call_count == 0


def test_rules_with_one_id_have_an_answer_each(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.write("src/valve.py", "def open_valve(): ...\ndef close_valve(): ...\n")
    repo.write("src/pump.py", "a = 1\nb = 2\nc = 3\n")
    repo.write("README.md", "# Valves\n\nCall `open_valve()`, see `src/old/` and `src/pump.py`, lines 2-3.\n")
    repo.write("src/old/part.py", "x = 1\n")
    repo.commit("Start")
    repo.write("src/valve.py", "def close_valve(): ...\n")
    repo.remove("src/old/part.py")
    repo.commit("Remove")
    for folder in (None, tmp_path / "kept", tmp_path / "kept"):
        said = reported(repo, folder)[0]
        assert all(f'"written": "{name}"' in said for name in ("open_valve()", "src/old/"))
