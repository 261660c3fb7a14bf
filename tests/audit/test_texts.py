"""What was read before and is remembered: an audit says the same with it as without, after any change in between."""

from __future__ import annotations

import base64
import os
import random
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gitrepo import GitRepo
from tracker.audit import audit as auditing
from tracker.audit import reading, texts
from tracker.audit.audit import audit
from tracker.audit.context import AuditContext, gather_context
from tracker.audit.formats.data import data
from tracker.audit.mentions import Names, Scanner, difference, table
from tracker.audit.names import name_of
from tracker.audit.texts import MANY, Text, Texts
from tracker.cache import Cache

FOLDERS = (b"", b"src/", b"src/core/", b"lib/core/", b"docs/", b"old stuff/", b"tests/", b"caf\xe9/", "tür/".encode())
NAMES = (
    *(b"valve.py", b"valve.ts", b"valve.test.ts", b"valve.min.js", b"valve", b"valve_2.py", b"run-valve.sh"),
    *(b"pump.py", b"pump.d.ts", b"core.py", b"index.ts", b"__init__.py", b"README.md", b".config", b"a..b"),
    *(b"guide.md", b"plan.md", b"notes.txt", b"changes.rst", b"data.csv", b"logo.png", b".gitignore"),
    *(b"line\nbreak.md", b'quo"te.py', b"bl ank.md", b"\xff\xfe.py", b"-rf", b"x@y+z.py", "größe.md".encode()),
)
WORDS = (
    *(b"open_valve", b"close_valve", b"PumpHouse", b"valve", b"core", b"run", b"status: done", b"DEPRECATED"),
    *(b"- [ ] open the valve", b"- [x] close it", b"remove valve.py", b"# Heading", b"moved to core"),
    *(b"`open_valve()`", b"`PumpHouse.close_valve`", b"`core.valve`", b"`tank_level`", b"tank_level", b"caf\xe9"),
)


@contextmanager
def remembering(*, folder: Path | None) -> Iterator[list[AuditContext]]:
    """Audits that remember what they read in a folder, or nowhere; and what they gathered."""
    gathered: list[AuditContext] = []

    def gather(*arguments: object) -> AuditContext:
        gathered.append(gather_context(*arguments))  # type: ignore[arg-type]
        return gathered[-1]

    with (
        mock.patch.object(auditing, "place", return_value=folder),
        mock.patch.object(auditing, "gather_context", gather),
    ):
        yield gathered


def reported(repo: GitRepo, folder: Path | None, revision: str | None = None) -> tuple[str, dict[str, Text]]:
    """What an audit says in JSON, and what it found in every content."""
    with remembering(folder=folder) as gathered:
        said = data(audit(repo.path, revision))
    return said, dict(gathered[0].texts)


def content(source: random.Random, paths: list[bytes]) -> bytes:
    """Something that names files in many ways, or no text at all."""
    kind = source.randrange(12)
    if kind == 0:
        return source.randbytes(200) + b"\0"
    if kind == 1:
        return b"version https://git-lfs.github.com/spec/v1\nsize 7\n"
    if kind == 2:
        return b""
    parts = list(source.choices(WORDS, k=6))
    for path in source.choices(paths or [b"nothing.py"], k=4):
        folder, _, name = path.rpartition(b"/")
        stem, short = name.split(b".")[0], path.rpartition(b".")[0]
        forms = (path, name, stem, short, short.replace(b"/", b"."), b"./" + path, folder + b"//" + name, name + b".js")
        parts += [source.choice(forms), b"`" + source.choice(forms) + b"`", b"[x](" + path + b")"]
    source.shuffle(parts)
    return source.choice((b" ", b"\n", b"\r\n")).join(parts)


def step(repo: GitRepo, source: random.Random) -> None:
    """Something that happens to a repository."""
    there = [path for path in repo.git("ls-files", "-z").split("\0") if (repo.path / path).is_file()]
    for _ in range(source.choice((1, 1, 1, 2, 6))):
        new = os.fsdecode(source.choice(FOLDERS) + source.choice(NAMES))
        path = source.choice(there) if there and source.random() < 0.6 else new
        full = repo.path / path
        if full.is_dir() or any(folder.is_file() for folder in full.parents):
            continue
        what = source.randrange(10)
        if what < 6 or not full.exists():
            repo.write(path, content(source, [*map(os.fsencode, there), os.fsencode(new)]))
        elif what < 8:
            repo.remove(path)
        else:
            repo.write(source.choice(FOLDERS) + b"moved_" + source.choice(NAMES), full.read_bytes())
            repo.remove(path)
    if source.random() < 0.5:
        repo.commit(source.choice(("Change", "chore: change", "Revert")))
    else:
        repo.git("add", "--all")


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 4))])
def test_an_audit_says_the_same_with_what_is_remembered_as_without(tmp_path: Path, seed: int) -> None:
    source = random.Random(seed)
    repo = GitRepo(tmp_path / "repo")
    repo.write("src/valve.py", "def open_valve(): ...\n")
    repo.write("docs/guide.md", "See `src/valve.py` and `open_valve()`.\n")
    repo.commit("Start")
    for _ in range(15):
        step(repo, source)
        revision = f"HEAD~{source.randrange(3)}" if source.random() < 0.2 else None
        try:
            repo.git("rev-parse", "--verify", revision or "HEAD")
        except RuntimeError:
            revision = None
        assert reported(repo, tmp_path / "kept", revision) == reported(repo, None, revision)


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    for number in range(20):
        repo.write(f"src/part_{number}.py", f"import part_{number + 1}\ndef run_{number}(): ...\n")
        repo.write(f"docs/page_{number}.md", f"See `src/part_{number}.py` and `run_{number}()`.\n")
    repo.commit("Start")
    return repo


def scanned(repo: GitRepo, folder: Path, without: tuple[str, dict[str, Text]] | None = None) -> int:
    """How many contents an audit searches, that says what it would say without memory."""
    with mock.patch.object(reading, "scan", wraps=reading.scan) as scan:
        said = reported(repo, folder)
    assert said == (without or reported(repo, None))
    return scan.call_count


def test_only_what_is_new_is_searched(repo: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    assert scanned(repo, folder) == 40
    assert scanned(repo, folder) == 0
    repo.write("src/part_3.py", "import part_9\ndef run_3(): ...\n")
    repo.commit("Change code")
    assert scanned(repo, folder) == 1
    repo.write("docs/page_3.md", "See `src/part_4.py`, `run_3()` and `part_9`.\n")
    repo.commit("Change a document, which names a word that part_3 and part_8 have")
    assert scanned(repo, folder) == 3
    repo.write("src/run_7.py", "")
    repo.commit("Add a file whose name is in a document and in code")
    assert scanned(repo, folder) == 3
    repo.git("mv", "src/run_7.py", "src/zebra.py")
    repo.commit("Rename to a name that nothing mentions")
    assert scanned(repo, folder) == 1
    repo.remove("docs/page_5.md")
    repo.commit("Remove a document: run_5 is named by none any more")
    assert scanned(repo, folder) == 1
    for number in range(MANY + 1):
        repo.write(f"lib/unit_{number}.py", "")
    repo.commit("Add many: to search for all their names would take as long as to read anew")
    assert scanned(repo, folder) == 40


def test_of_what_left_the_tree_nothing_is_kept(repo: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    scanned(repo, folder)
    first = rows(folder)
    for number in range(1, 20):
        repo.remove(f"docs/page_{number}.md")
    repo.commit("Remove documents")
    scanned(repo, folder)
    assert rows(folder) < first
    repo.git("checkout", "--quiet", "HEAD~", "--", ".")
    scanned(repo, folder)
    assert rows(folder) == first


def rows(folder: Path) -> int:
    """How many entries are kept."""
    with sqlite3.connect(folder / "cache.sqlite3") as database:
        (count,) = database.execute("SELECT count(*) FROM texts").fetchone()
    database.close()
    return int(count)


def test_a_file_that_differs_from_the_index_is_read_every_time(repo: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    scanned(repo, folder)
    repo.write("src/part_3.py", "import part_9\n")
    assert scanned(repo, folder) == 1
    assert scanned(repo, folder) == 1, "it may have changed between its hash and its reading"
    repo.commit("Change code")
    assert scanned(repo, folder) == 1
    assert scanned(repo, folder) == 0


HOSTILE = (
    b"",
    b"null",
    b"[]",
    b'{"x": 1}',
    b'{"%s": [1, false, false, 7, "", null, null, "", 0, 0, false]}' % (b"0" * 40),
    '{"%s": [1, false, false, "€", "", null, null, "", 0, 0, false]}'.replace("%s", "0" * 40).encode(),
    b"\xff\0\0",
)


@pytest.mark.slow
def test_what_is_damaged_is_as_nothing(repo: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    without = reported(repo, None)
    scanned(repo, folder)
    packed = [base64.b64encode(zlib.compress(data)).decode() for data in HOSTILE]
    for value in ("", "{", "AAAA", "ü", 7, None, b"\xff", *packed):
        for condition in ("key = 'sought'", "key <> 'sought'"):
            with sqlite3.connect(folder / "cache.sqlite3") as database:
                done = database.execute(f"UPDATE texts SET value = ? WHERE {condition}", (value,))
                assert done.rowcount > 1
            database.close()
            assert scanned(repo, folder, without) == 40
            assert scanned(repo, folder, without) == 0
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[:5000] + b"broken")
    assert scanned(repo, folder, without) == 40
    assert scanned(repo, folder, without) == 0


def test_what_another_tool_found_is_not_believed(repo: GitRepo, tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    scanned(repo, folder)
    with mock.patch.object(texts, "tool", return_value=["another"]):
        assert scanned(repo, folder) == 40
    assert scanned(repo, folder) == 40


def test_a_folder_that_cannot_be_written_is_done_without(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert scanned(repo, tmp_path / "file/kept") == 40
    assert scanned(repo, tmp_path / "file/kept") == 40


class Deadly(dict[str, str]):
    """Entries that raise when they are read."""

    def items(self) -> Iterator[tuple[str, str]]:  # type: ignore[override]
        yield next(iter(super().items()))
        os._exit(9)


@pytest.mark.parametrize(("within", "left"), [(True, 3), (False, 2)])
def test_a_writer_that_is_killed_leaves_what_is_true(repo: GitRepo, tmp_path: Path, within: bool, left: int) -> None:
    """Killed within the first writing, that of the documents, nothing of it is there; killed after it, all."""
    folder = tmp_path / "kept"
    scanned(repo, folder)
    repo.write("src/run_3.py", "import part_3\n")
    repo.commit("Add")
    put = Cache.put

    def killed(cache: Cache, kind: str, entries: dict[str, str], *, only: Iterable[str]) -> None:
        put(cache, kind, Deadly(entries) if within else entries, only=only)
        os._exit(9)

    process = os.fork()
    if process == 0:
        try:
            with mock.patch.object(Cache, "put", killed):
                reported(repo, folder)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9
    assert scanned(repo, folder) == left
    assert scanned(repo, folder) == 0


def test_two_writers_at_the_same_time_do_not_mix(repo: GitRepo, tmp_path: Path) -> None:
    """Each keeps what it found by its own names, while the other is under way."""
    folder = tmp_path / "kept"
    scanned(repo, folder)
    before = {path: name_of(path) for path in ("src/part_1.py", "src/part_2.py")}
    blobs = [f"{number:02x}{'0' * 38}" for number in (1, 2)]
    contents = (b"see part_3.ts and part_4.ts", b"see part_4.ts")

    def found(names: Names) -> dict[str, Text]:
        scanner = Scanner(names)
        return {blob: reading.scan(content, scanner) for blob, content in zip(blobs, contents, strict=True)}

    tables = [table([*before.values(), *map(name_of, more)]) for more in ([], ["src/part_3.ts"], ["src/part_4.ts"])]
    start, *both = (Texts(folder, "test", names) for names in tables)
    start.recall()
    start.keep(found(tables[0]))
    for one in both:
        one.recall()
    for one, names in zip(both, tables[1:], strict=True):
        one.keep(found(names))
    for names in tables:
        known, news = Texts(folder, "test", names).recall()
        for blob, content in zip(blobs, contents, strict=True):
            if blob in known and not any(new in content for new in news):
                assert known[blob] == found(names)[blob]


@pytest.mark.slow
def test_audits_of_two_processes_at_the_same_time(repo: GitRepo, cache_home: Path) -> None:
    for number in range(4):
        repo.write(f"src/run_{number}.py", f"import part_{number}\n")
        repo.commit("Add")
    for _ in range(2):
        running = [
            subprocess.Popen(
                [sys.executable, "-m", "tracker", "audit", "--rev", revision, "--format", "json"],
                cwd=repo.path,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
            for revision in ("HEAD", "HEAD~4")
        ]
        assert all(process.wait() in (0, 1) for process in running)
        (file,) = cache_home.rglob("cache.sqlite3")
        assert scanned(repo, file.parent) <= 44


PATHS = st.lists(
    st.sampled_from([os.fsdecode(folder + name) for folder in FOLDERS for name in NAMES]), unique=True, max_size=12
)


@given(PATHS, PATHS)
def test_how_two_tables_of_names_differ(before: list[str], now: list[str]) -> None:
    old, new = table(map(name_of, before)), table(map(name_of, now))
    come, gone = difference(new, frozenset(before))
    assert come == (new.strong.keys() | new.weak.keys()) - old.strong.keys() - old.weak.keys()
    assert gone == (old.strong.keys() | old.weak.keys()) - new.strong.keys() - new.weak.keys()
