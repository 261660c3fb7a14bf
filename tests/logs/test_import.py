"""`tracker import`: logs become session files, and later edits of these files are kept."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest

from tests.command import Done, contents_in, files_in, tracker
from tests.gitrepo import GitRepo
from tests.logs import samples
from tests.logs.test_any_input import HOSTILE
from tracker.sources import yaml

LOG = "S41.md"
FILE = "sessions/2026-03-03-41.yml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    repo = GitRepo(tmp_path / "repository")
    repo.write("tracker.yml", "project: P\n")
    repo.write(LOG, samples.TABLES)
    repo.commit()
    return repo.path


def run(folder: Path, *arguments: str) -> Done:
    return tracker("import", *arguments, cwd=folder)


def test_a_log_becomes_a_session_file_that_the_tracker_can_read(folder: Path) -> None:
    done = run(folder, LOG)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[0] == f"{LOG}: session 41 of 2026-03-03 → {FILE}: written"
    assert yaml.load((folder / FILE).read_bytes()).data["log"] == samples.TABLES
    checked = tracker("check", "--format", "json", cwd=folder)
    assert checked.json["problems"] == []


def test_a_second_import_changes_nothing(folder: Path) -> None:
    run(folder, LOG)
    before = files_in(folder / "sessions")
    done = run(folder, LOG)
    assert (done.code, files_in(folder / "sessions")) == (0, before)
    assert done.out.splitlines()[0].endswith(": unchanged")


def test_dry_run_writes_nothing(folder: Path) -> None:
    before = contents_in(folder)
    done = run(folder, LOG, "--dry-run", "--format", "json")
    assert contents_in(folder) == before
    (log,) = done.json["logs"]
    assert (log["outcome"], log["session"], log["date"]) == ("written", "41", "2026-03-03")
    assert log["unclaimed"] == [{"line": 55, "heading": "Something Else Entirely"}]


def test_into_a_folder_without_a_workspace(tmp_path: Path) -> None:
    (tmp_path / LOG).write_text(samples.TABLES, "utf-8")
    assert run(tmp_path, LOG, "--into", "out").code == 0
    assert list(contents_in(tmp_path / "out")) == ["2026-03-03-41.yml"]


def edit(folder: Path, old: str, new: str) -> str:
    path = folder / FILE
    text = path.read_text("utf-8")
    assert old in text
    edited = text.replace(old, new, 1)
    path.write_text(edited, "utf-8")
    return edited


def test_an_edited_session_file_is_kept(folder: Path) -> None:
    run(folder, LOG)
    edited = edit(folder, "team: Harbour", "team: Harbour and Quay  # both")
    done = run(folder, LOG)
    assert done.code == 0
    assert "kept" in done.out
    assert (folder / FILE).read_text("utf-8") == edited


def test_another_text_never_takes_the_place_of_a_session(folder: Path) -> None:
    run(folder, LOG)
    before = contents_in(folder / "sessions")
    (folder / LOG).write_text(samples.TABLES + "\nMore.\n", "utf-8")
    done = run(folder, LOG)
    assert (done.code, contents_in(folder / "sessions")) == (1, before)
    assert "--update merges them" in done.err


def test_update_keeps_edits_and_comments_and_adds_what_is_new(folder: Path) -> None:
    run(folder, LOG)
    edit(folder, "team: Harbour", "team: Harbour and Quay  # both")
    edit(folder, "- Shards", "- Shards, maybe")
    changed = samples.TABLES.replace("Tiles are cached now.", "Tiles are cached, at last.").replace(
        "| `9c8b7a6` | Tests of the cache |", "| `9c8b7a6` | Tests of the cache |\n| `7777aaa` | More |"
    )
    (folder / LOG).write_text(changed, "utf-8")
    done = run(folder, LOG, "--update")
    assert done.code == 0, done
    text = (folder / FILE).read_text("utf-8")
    merged = yaml.load(text).data
    assert "team: Harbour and Quay  # both" in text
    assert merged["next"]["deferred"] == ["Shards, maybe"]
    assert merged["summary"] == "Tiles are cached, at last."
    assert merged["commits"][-1] == {"commit": "7777aaa", "note": "More"}
    assert merged["log"] == changed
    again = run(folder, LOG, "--update")
    assert (folder / FILE).read_text("utf-8") == text
    assert "unchanged" in again.out


def test_update_removes_no_entry_and_no_comment(folder: Path) -> None:
    run(folder, LOG)
    edited = edit(folder, "- commit: 5d6e7f8", "# the second one\n  - commit: 5d6e7f8")
    (folder / LOG).write_text(samples.TABLES.replace("`5d6e7f8`", "`6d6e7f8`"), "utf-8")
    assert run(folder, LOG, "--update").code == 0
    text = (folder / FILE).read_text("utf-8")
    assert "# the second one" in text
    before, after = (yaml.load(one).data["commits"] for one in (edited, text))
    assert [one for one in before if one not in after] == []
    assert {one["commit"] for one in after} - {one["commit"] for one in before} == {"6d6e7f8"}


ODD = ("1e999", "+1", "0o17", "'null'", "0x1F", "1_000", "12e5", "012", ".5")
"""Texts that a YAML library would write in another way."""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_update_keeps_every_scalar_and_line_ending_as_they_are(folder: Path, ending: str) -> None:
    run(folder, LOG)
    edited = (folder / FILE).read_text("utf-8") + "closes:\n" + "".join(f"  -   {one}  # odd\n" for one in ODD)
    edited = edited.replace("\n", ending)
    (folder / FILE).write_bytes(edited.encode())
    (folder / LOG).write_text(f"{samples.TABLES}\n## Next Steps\n\n- Weigh the anchor\n", "utf-8")
    assert run(folder, LOG, "--update").code == 0
    after = (folder / FILE).read_bytes().decode()
    assert "Weigh the anchor" in after
    assert after.count("\n") == after.count(ending)
    kept = SequenceMatcher(None, edited.splitlines(), after.splitlines(), autojunk=False).get_opcodes()
    assert {kind for kind, *_ in kept} <= {"equal", "insert"}, "only lines were added"


def test_an_update_of_a_broken_session_file_says_what_is_wrong(folder: Path) -> None:
    run(folder, LOG)
    before = (folder / FILE).read_text("utf-8") + "drops: [{nme: a}]\n"
    (folder / FILE).write_text(before, "utf-8")
    (folder / LOG).write_text(f"{samples.TABLES}\n## Next Steps\n\n- Weigh the anchor\n", "utf-8")
    done = run(folder, LOG, "--update")
    assert done.code == 1
    assert "drops[0].item is not valid" in done.err
    assert (folder / FILE).read_text("utf-8") == before


def test_update_shows_the_diff_and_a_dry_run_only_shows_it(folder: Path) -> None:
    run(folder, LOG)
    before = contents_in(folder / "sessions")
    (folder / LOG).write_text(samples.TABLES.replace("Tiles are cached now.", "Tiles are cached, at last."), "utf-8")
    shown = run(folder, LOG, "--update", "--dry-run").out
    assert "  +summary: Tiles are cached, at last." in shown.splitlines()
    assert contents_in(folder / "sessions") == before
    assert run(folder, LOG, "--update").out == shown.replace("to be updated", "updated")


BAD: dict[str, tuple[bytes, str]] = {
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0", "binary"),
    "zeros": (b"# S1 2026-01-01\0", "binary"),
    "empty": (b"", "empty"),
    "blank": (b" \n\n", "empty"),
    "large": (b"# S1 2026-01-01\n" + b"word " * 10**7, "50,000,016 bytes, more than the 4,194,304 that are read"),
    "latin-1": ("# S1 2026-01-01 caf\xe9".encode("latin-1"), "not UTF-8 (byte 0xe9 in line 1)"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_cannot_be_read_is_a_message_and_the_others_are_imported(folder: Path, kind: str) -> None:
    content, message = BAD[kind]
    (folder / "bad.md").write_bytes(content)
    done = run(folder, "bad.md", LOG)
    assert done.code == 1
    assert done.err.startswith((f"bad.md:1: {message}", f"bad.md: {message}"))
    assert done.err.count("\n") == 1
    assert (folder / FILE).exists()


@pytest.mark.slow
def test_the_strangest_logs_in_one_call(folder: Path) -> None:
    for number, text in enumerate(HOSTILE.values(), 100):
        (folder / f"{number}.md").write_bytes(f"# Session {number} — 2026-02-15\n\n{text}".encode())
    names = [path.name for path in sorted(folder.glob("1*.md"))]
    done = run(folder, *names)
    assert (done.code, done.err) == (0, "")
    assert len(list((folder / "sessions").glob("*.yml"))) == len(HOSTILE)
    checked = tracker("check", "--format", "json", cwd=folder)
    assert checked.json["problems"] == []
    assert run(folder, *names).out.count(": unchanged") == len(HOSTILE)


def test_folders_and_missing_files(folder: Path) -> None:
    done = run(folder, "sessions.md", ".", LOG)
    assert done.code == 1
    assert done.err.splitlines() == ["sessions.md: No such file or directory", ".: Is a directory"]
    assert (folder / FILE).exists()


def test_a_repository_without_commits(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\n")
    repo.write("a.md", "# Session 8\n")
    repo.write("b.md", "# Session 9, 2026-01-01\n")
    done = run(tmp_path, "a.md", "b.md")
    assert done.code == 1
    assert done.err.startswith("a.md:1: no date in the title")
    assert (tmp_path / "sessions/2026-01-01-9.yml").exists()


def test_a_log_without_a_day_has_that_of_the_commit_that_added_it(folder: Path) -> None:
    (folder / "notes.md").write_text("# Session 8\n\nWarm.\n", "utf-8")
    assert run(folder, "notes.md").err.startswith("notes.md:1: no date in the title")
    repo = GitRepo(folder)
    repo.git("commit", "--quiet", "--allow-empty", "--message=Nothing")
    repo.commit("Notes")
    repo.write("notes.md", "# Session 8\n\nWarmer.\n")
    repo.commit("Notes again")
    done = run(folder, "notes.md")
    assert (done.code, done.err) == (0, "")
    assert (
        "notes.md:1: doubtful: no date in the log: 2026-01-01 is the date of the commit that added the file" in done.out
    )
    again = run(folder, "notes.md")  # now there is a folder of sessions
    assert (again.code, again.err) == (0, "")
    assert "unchanged" in again.out


def test_a_relative_day_counts_from_the_commit_that_added_the_log(folder: Path) -> None:
    repo = GitRepo(folder)
    repo.write("deep/notes.md", "# Session 8\n**Date:** yesterday\n\nSince 2025-02-03.\n")
    repo.write("deep/more.md", "# Session 9, Dec 24\n\nWarm.\n")
    repo.commit("Notes")
    done = run(folder, "deep/notes.md", "deep/more.md")
    assert "session 8 of 2025-12-31" in done.out
    assert "session 9 of 2025-12-24" in done.out
    assert "doubtful: 2025-12-31 follows from the date of the commit that added the file" in done.out


PATHS = """\
# Session 42 — 2026-03-05

## Files modified

- `lib/run` — wrapped in try/except
- `I/O`
- try/except around `torch.nn`
- `tools/` and `gone/Runner`
- `new/engine.py`
"""


def test_a_path_has_a_known_suffix_or_git_knows_it(folder: Path) -> None:
    repo = GitRepo(folder)
    for name in ("lib/run", "gone/Runner", "tools/a"):
        repo.write(name, "x")
    repo.commit()
    repo.remove("gone/Runner")
    repo.commit()
    (folder / "S42.md").write_text(PATHS, "utf-8")
    done = run(folder, "S42.md")
    assert "left out of the files, because git knows no such path: I/O, try/except" in done.out
    files = yaml.load((folder / "sessions/2026-03-05-42.yml").read_bytes()).data["files"]
    named = {one if isinstance(one, str) else one["path"] for found in files.values() for one in found}
    assert named == {"lib/run", "tools/", "gone/Runner", "new/engine.py"}
    alone = run(folder, "S42.md", "--into", str(folder.parent / "elsewhere"))
    assert "left out of the files, because git knows no such path: lib/run, I/O, try/except, gone/Runner" in alone.out


def test_an_unticked_box_among_the_work_done_is_a_doubt(folder: Path) -> None:
    first = "# Session 43, 2026-03-06\n\n## Work done\n\n- [x] Gas\n- [ ] Wood\n\n"
    text = first + "# Session 44, 2026-03-07\n\n## Work done\n\n- [ ] Oil\n"
    (folder / "both.md").write_text(text, "utf-8")
    done = run(folder, "both.md")
    assert "both.md:6: doubtful: not ticked, so left out of the work done: 'Wood'" in done.out
    assert "both.md:12: doubtful: not ticked, so left out of the work done: 'Oil'" in done.out


SECOND = """\
# Session 41 — 2026-03-04

**Focus:** Eviction

## Next steps

- Measure the eviction of tiles

## Decisions

- Evict by age, not by size
"""


def values(data: Any) -> Iterator[str]:
    """Yield every text in the data of a session file."""
    if isinstance(data, dict):
        for inner in data.values():
            yield from values(inner)
    elif isinstance(data, list):
        for inner in data:
            yield from values(inner)
    else:
        yield str(data)


def test_two_logs_of_one_session_become_one_session(folder: Path) -> None:
    run(folder, LOG, "--into", "alone")
    alone = yaml.load((folder / "alone" / "2026-03-03-41.yml").read_bytes()).data
    (folder / "S41_FINAL.md").write_text(SECOND, "utf-8")
    done = run(folder, LOG, "S41_FINAL.md")
    assert (done.code, done.err) == (0, "")
    assert "kept as they are in the session file: date, focus" in done.out
    data = yaml.load((folder / FILE).read_bytes()).data
    assert data["log"].startswith(samples.TABLES.rstrip())
    assert data["log"].endswith(SECOND)
    assert [text for text in values({**alone, "log": data["log"]}) if text not in list(values(data))] == []
    assert "Evict by age, not by size" in [one["decision"] for one in data["decisions"]]
    before = contents_in(folder / "sessions")
    again = run(folder, LOG, "S41_FINAL.md")
    assert (again.out.count(": unchanged"), contents_in(folder / "sessions")) == (2, before)


def test_a_later_log_of_a_session_is_added_by_update(folder: Path) -> None:
    (folder / "S41_FINAL.md").write_text(SECOND, "utf-8")
    run(folder, LOG)
    refused = run(folder, "S41_FINAL.md")
    assert (refused.code, "--update merges them" in refused.err) == (1, True)
    assert run(folder, "S41_FINAL.md", "--update").code == 0
    one_by_one = (folder / FILE).read_bytes()
    (folder / FILE).unlink()
    run(folder, LOG, "S41_FINAL.md")
    assert (folder / FILE).read_bytes() == one_by_one


def test_ids_from_file_names_make_a_session_of_each_file(folder: Path) -> None:
    (folder / "S41 FINAL.md").write_text(SECOND, "utf-8")
    done = run(folder, LOG, "S41 FINAL.md", "--id", "file")
    assert done.code == 0
    assert sorted(contents_in(folder / "sessions")) == ["2026-03-03-S41.yml", "2026-03-04-S41-FINAL.yml"]
    assert tracker("check", "--format", "json", cwd=folder).json["problems"] == []


def test_line_ends_and_byte_order_marks(folder: Path) -> None:
    (folder / LOG).write_bytes(b"\xef\xbb\xbf" + samples.TABLES.replace("\n", "\r\n").encode())
    assert run(folder, LOG).code == 0
    assert yaml.load((folder / FILE).read_bytes()).data["log"] == samples.TABLES
