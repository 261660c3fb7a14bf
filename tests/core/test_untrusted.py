"""A cloned repository is hostile: nothing in it runs, reaches outside, or makes the tool delete files."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import time
from pathlib import Path
from unittest import mock

import pytest

from tests.command import contents_in, tracker, tracker_fork, tracker_process
from tests.core.conftest import PLAN
from tests.gitrepo import GitRepo
from tracker import user_folders
from tracker.errors import TrackerError
from tracker.user_folders import cache_folder, state_folder

SITE = "site_name: S\ntheme: mkdocs\nvalidation: {nav: {omitted_files: ignore}}\n"
RUNS = "!!python/object/apply:os.system ['touch ran']"


@pytest.fixture
def site_repo(repo: GitRepo) -> GitRepo:
    repo.write("mkdocs.yml", SITE)
    repo.write("docs/index.md", "# Hello\n")
    return repo


# --- nothing runs ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "config",
    [
        f"site_name: {RUNS}\n",
        f"site_name: S\ndocs_dir: {RUNS}\n",
        f"? {RUNS}\n: 1\nsite_name: S\n",
        f"INHERIT: parent.yml\nsite_name: S\nx: &a {RUNS}\n",
        "site_name: !!python/object/new:os.system [touch ran]\n",
        "site_name: !!python/module:evil\n",
    ],
)
def test_init_reads_mkdocs_yml_as_data(config: str, tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("mkdocs.yml", config)
    repo.write("parent.yml", f"site_dir: {RUNS}\n")
    repo.write("evil.py", "open('ran', 'w')\n")
    assert tracker_process("init", cwd=repo.path).code == 0
    assert not list(repo.path.rglob("ran"))


def test_init_understands_tags_that_are_no_settings_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = GitRepo(tmp_path / "repository")
    repo.write("mkdocs.yml", "INHERIT: base.yml\nsite_name: S\nsite_dir: !ENV [WHERE, out]\nx: !!python/name:a.b\n")
    repo.write("base.yml", "docs_dir: web\nsite_dir: no\n")
    assert "/web/tracker/ /out/" in tracker("init", cwd=repo.path).out
    monkeypatch.setenv("WHERE", "public")
    assert "open public/index.html" in tracker("init", cwd=repo.path).out


@pytest.mark.slow
def test_modules_in_the_workspace_are_not_imported_by_a_build(site_repo: GitRepo) -> None:
    for name in ("yaml", "mkdocs", "jinja2", "encodings", "sitecustomize", "usercustomize", "markdown"):
        site_repo.write(f"{name}.py", "import pathlib; pathlib.Path('ran').touch()\n")
    done = tracker_process("build", cwd=site_repo.path)
    assert done.code == 0, done.err
    with mock.patch.dict(os.environ, {"PYTHONPATH": os.pathsep.join(("", "."))}):  # both are the current folder
        assert tracker("build", cwd=site_repo.path).code == 0
    assert not list(site_repo.path.rglob("ran"))


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ to.__globals__ }}",
    "{{ to.__globals__['__builtins__']['open']('ran', 'w') }}",
    "{{ cycler.__init__.__globals__.os.system('touch ran') }}",
    "{{ page.key.__func__.__globals__ }}",
    "{{ page.key() }}",
    "{{ last.source.problem(['x'], 'y') }}",
    "{{ lipsum() }}",
    "{{ self._TemplateReference__context.environment }}",
    "{% set _ = sessions.append(1) %}{{ sessions.clear() }}",
    "{{ ['page'] | map(attribute='__class__') | list }}",
    "{{ '{0.__class__.__mro__}'.format(page) }}",
    "{{ page | attr('__class__') }}",
    "{{ 'x' * 10 ** 10 }}",
    "{% include '/etc/passwd' %}",
    "{% include '../secret.md.j2' %}",
]


@pytest.mark.parametrize("template", ESCAPES)
def test_a_template_of_the_workspace_is_in_a_sandbox(template: str, repo: GitRepo) -> None:
    repo.write("tracker.yml", PLAN + "templates: mine\n")
    repo.write("mine/home.md.j2", template)
    repo.write("secret.md.j2", "secret")
    done = tracker("build", "--no-site", cwd=repo.path)
    page = repo.path / "docs/tracker/index.md"
    assert "Traceback" not in done.err
    if page.exists():  # an attribute that is refused is an undefined value, which is empty in a list
        text = page.read_text("utf-8")
        assert not any(word in text for word in ("class", "root:", "secret", "globals")), text
    else:
        assert done.code == 2
    assert not list(repo.path.rglob("ran"))


def test_a_template_calls_no_method_of_the_values_that_lead_to_files(repo: GitRepo) -> None:
    """The values of a session page contain the session file, and with it methods of the tool."""
    repo.write("tracker.yml", PLAN + "templates: mine\n")
    for name in ("session", "run", "phase", "criterion", "version", "readiness", "brief", "tracker"):
        repo.write(f"mine/{name}.md.j2", "{{ page.key() }}")
    assert "is not safely callable" in tracker("build", "--no-site", cwd=repo.path).message


def test_a_cache_in_the_repository_is_reported_and_not_read(repo: GitRepo) -> None:
    tracker("build", "--no-site", cwd=repo.path)
    first = contents_in(repo.path / "docs")
    shutil.rmtree(repo.path / "docs")
    cache = cache_folder(repo.path)
    assert cache
    with sqlite3.connect(cache / "cache.sqlite3") as database:
        database.execute("PRAGMA journal_mode = DELETE")
        database.execute("UPDATE texts SET value = '<script>alert(1)</script>' WHERE kind = 'markdown'")
    database.close()
    shutil.copytree(cache, repo.path / ".tracker")
    shutil.rmtree(cache)
    shutil.rmtree(state_folder(repo.path))
    repo.git("add", "--force", ".tracker")
    repo.commit("A cache")
    assert "git tracks files in .tracker" in tracker("check", cwd=repo.path).out
    tracker("build", "--no-site", cwd=repo.path)
    pages = contents_in(repo.path / "docs")
    assert not any(b"<script>" in content for content in pages.values())
    assert pages.keys() == first.keys()


def test_the_users_folders_are_private(repo: GitRepo, cache_home: Path, state_home: Path) -> None:
    tracker("build", "--no-site", cwd=repo.path)
    for home in (cache_home, state_home):
        (folder,) = (home / "session-tracker").iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not (repo.path / ".tracker").exists()


# --- an untrusted build ---------------------------------------------------------------------------------------------


REFUSED = {
    "hooks: [hook.py]\n": "hooks",
    "plugins: [search, macros]\n": "plugins: macros",
    "plugins: {search: {}, gen-files: {scripts: [hook.py]}}\n": "plugins: gen-files",
    "plugins: [{exec: {}}]\n": "plugins: exec",
    "theme: {name: mkdocs, custom_dir: theme}\n": "theme: custom_dir",
    "theme: unknown\n": "theme: unknown",
    "markdown_extensions: [pymdownx.snippets]\n": "markdown_extensions: pymdownx.snippets",
    "markdown_extensions: [{evil: {}}]\n": "markdown_extensions: evil",
    "INHERIT: other.yml\n": "INHERIT",
    f"extra: {{x: {RUNS}}}\n": "!!python/object/apply:os.system",
    "extra: {x: !ENV SECRET}\n": "!ENV",
    "extra_javascript: [x.js]\n": "extra_javascript",
    "extra_javascript: [tracker/assets/tracker.js, x.js]\n": "extra_javascript",
    "extra_javascript: ['https://h/tracker/assets/tracker.js']\n": "extra_javascript",
    "extra_javascript: [/tracker/assets/tracker.js]\n": "extra_javascript",
    "extra_javascript: [{path: tracker/assets/tracker.js, async: true}]\n": "extra_javascript",
    "extra_templates: [x.html]\n": "extra_templates",
    "watch: [/]\n": "watch",
}


@pytest.mark.parametrize("setting", REFUSED)
def test_an_untrusted_build_refuses_what_runs_code(setting: str, site_repo: GitRepo) -> None:
    site_repo.write("mkdocs.yml", "site_name: S\n" + setting)
    site_repo.write("hook.py", "open('ran', 'w')\n")
    message = tracker("build", "--untrusted", cwd=site_repo.path).message
    assert f"an untrusted build refuses {REFUSED[setting]}" in message
    assert not list(site_repo.path.rglob("ran"))


def test_an_untrusted_build_refuses_templates_and_links(site_repo: GitRepo) -> None:
    (site_repo.path / "docs/x.md").symlink_to("../tracker.yml")
    assert "x.md: is a link" in tracker("build", "--untrusted", cwd=site_repo.path).message
    (site_repo.path / "docs/x.md").unlink()
    assert tracker("build", "--untrusted", cwd=site_repo.path).code == 0
    site_repo.write("tracker.yml", PLAN + "templates: mine\n")
    assert "refuses `templates`" in tracker("build", "--untrusted", "--no-site", cwd=site_repo.path).message


@pytest.mark.slow
def test_an_untrusted_build_accepts_what_init_writes(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repository")
    tracker("init", cwd=repo.path)
    done = tracker_process("build", "--untrusted", "--strict", cwd=repo.path)
    assert (done.code, done.err) == (0, "")


# --- nothing reaches outside ----------------------------------------------------------------------------------------


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret").write_text("secret: 1\nsession: secret\n", "utf-8")
    return folder


def run_everything(repo: GitRepo) -> str:
    """Run all commands and return their combined output."""
    (repo.path.parent / "log.md").write_text("# Session 9: 2025-03-01\n\nDone.\n", "utf-8")
    commands = (
        ("init",),
        ("check",),
        ("status",),
        ("build",),
        ("brief",),
        ("ready", "1"),
        ("new",),
        ("import", "../log.md"),
        ("release", "1.0.0"),
        ("audit",),
        ("find", "secret"),
        ("changelog",),
        ("verify",),
    )
    said = ""
    for command in commands:
        done = tracker(*command, cwd=repo.path)
        assert "Traceback" not in done.out + done.err
        said += done.out + done.err
    return said


LINKS = [
    "tracker.yml",
    "sessions/9.yml",
    "sessions",
    "diagnostics/results/x.json",
    "diagnostics/results",
    "reports/x.xml",
    "versions/0.1.0.yml",
    "versions",
    "schemas",
    "schemas/tracker.schema.json",
    "docs",
    "docs/secret.md",
    "docs/tracker",
    "docs/tracker/index.md",
    "docs/tracker/sessions",
    "docs/tracker/.manifest.json",
    "site",
    "site/index.html",
    ".gitignore",
    ".tracker",
    "mkdocs.yml",
    "audit-baseline.json",
    "my",
    "my/home.md.j2",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", LINKS)
@pytest.mark.parametrize("target", ["file", "folder", "nothing"])
def test_a_link_is_followed_neither_to_write_nor_to_read(
    name: str, target: str, site_repo: GitRepo, outside: Path
) -> None:
    repo = site_repo
    if name.startswith("my"):
        repo.write("tracker.yml", PLAN + "templates: my\n")
    link = repo.path / name
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to({"file": outside / "secret", "folder": outside, "nothing": outside / "new"}[target])
    before = contents_in(outside)
    said = run_everything(repo)
    assert contents_in(outside) == before
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]
    assert link.is_symlink()
    assert "secret: 1" not in said
    for folder in ("docs/tracker", "site"):
        if not (repo.path / folder).resolve().is_relative_to(repo.path):
            continue
        pages = {
            path: text
            for path, text in contents_in(repo.path / folder).items()
            if not (repo.path / folder / path).is_symlink()
        }
        assert not [path for path, text in pages.items() if b"secret: 1" in text or b"session: secret" in text]


@pytest.mark.parametrize(
    "name", ["sessions/9.yml", "diagnostics/results/x.json", "reports/x.xml", "versions/1.0.0.yml"]
)
def test_a_link_that_leads_outside_is_a_problem_and_other_files_count(name: str, repo: GitRepo, outside: Path) -> None:
    for place, why in ((outside / "secret", "leads out of"), (repo.path / ".git/config", "leads into .git")):
        link = repo.path / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(place)
        (problem,) = tracker("check", "--format", "json", cwd=repo.path).json["problems"]
        assert problem["file"] == name
        assert why in problem["message"]
    assert tracker("status", "--format", "json", cwd=repo.path).json["sessions"]["count"] == 3


@pytest.mark.parametrize(
    "name", ["sessions/9.yml", "diagnostics/results/x.json", "reports/x.xml", "versions/1.0.0.yml"]
)
def test_a_fifo_is_a_problem_and_not_waited_for(name: str, repo: GitRepo) -> None:
    path = repo.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    (problem,) = tracker("check", "--format", "json", cwd=repo.path).json["problems"]
    assert (problem["file"], problem["message"]) == (name, "not a regular file")


@pytest.mark.parametrize(
    "name", ["tracker.yml", "mkdocs.yml", "docs/tracker/index.md", "audit-baseline.json", ".gitignore"]
)
def test_a_fifo_elsewhere_is_not_waited_for(name: str, site_repo: GitRepo) -> None:
    path = site_repo.path / name
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    run_everything(site_repo)


@pytest.mark.parametrize(
    "name", ["sessions/9.yml", "diagnostics/results/x.json", "reports/x.xml", "versions/1.0.0.yml"]
)
def test_a_huge_file_is_a_problem_and_not_read(name: str, repo: GitRepo) -> None:
    path = repo.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.truncate(2**33)
    (problem,) = tracker("check", "--format", "json", cwd=repo.path).json["problems"]
    assert problem["file"] == name
    assert "bytes, more than the" in problem["message"]


@pytest.mark.parametrize("key", ["sessions", "results", "versions", "docs", "templates"])
@pytest.mark.parametrize("folder", [".git", ".git/x", "sub/.GIT", "./.git/hooks"])
def test_a_plan_names_no_folder_of_git(key: str, folder: str, repo: GitRepo) -> None:
    repo.write("tracker.yml", f"{PLAN}{key}: {folder}\n")
    before = contents_in(repo.path / ".git")
    for command in (("new",), ("build", "--no-site"), ("release", "1.0.0")):
        assert tracker(*command, cwd=repo.path).code in (1, 2), command
    assert contents_in(repo.path / ".git").keys() == before.keys()
    assert "which belongs to git" in tracker("check", cwd=repo.path).out


# --- two commands in parallel ---------------------------------------------------------------------------------------

PAIRS = [
    (("build",), ("build",)),
    (("import", "../log.md"), ("import", "../log.md")),
    (("build",), ("import", "../log.md")),
    (("build",), ("new",)),
    (("new",), ("new",)),
    (("new",), ("new", "--close")),
    (("check", "--fix"), ("new", "--close")),
    (("build", "--no-site"), ("release", "1.0.0")),
    (("build",), ("status",)),
    (("audit",), ("build",)),
]


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "+".join(one[0] for one in pair))
def test_two_commands_together(pair: tuple[tuple[str, ...], tuple[str, ...]], site_repo: GitRepo) -> None:
    sessions = "".join(f"# Session {number}: 2025-03-{number:02}\n\nDone {number}.\n\n" for number in range(10, 20))
    (site_repo.path.parent / "log.md").write_text(sessions, "utf-8")
    children = [tracker_fork(*command, cwd=site_repo.path) for command in pair]
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert all(code in (0, 1) for code in codes), codes
    assert tracker("check", cwd=site_repo.path).code == 0
    assert tracker("build", cwd=site_repo.path).code == 0
    found = contents_in(site_repo.path / "site")
    shutil.rmtree(site_repo.path / "site")
    shutil.rmtree(site_repo.path / "docs/tracker")
    assert tracker("build", cwd=site_repo.path).code == 0
    again = contents_in(site_repo.path / "site")
    assert again.keys() == found.keys()
    assert not list(site_repo.path.rglob("*.tmp"))


def test_a_command_that_waits_in_vain_says_so(repo: GitRepo) -> None:
    child = os.fork()
    if child == 0:
        with user_folders.exclusive(repo.path):
            (repo.path / "held").touch()
            signal.pause()
    while not (repo.path / "held").exists():
        time.sleep(0.01)
    try:
        with (
            pytest.raises(TrackerError, match="another tracker command is writing here"),
            user_folders.exclusive(repo.path, 0.1),
        ):
            pass
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with user_folders.exclusive(repo.path, 0.1):
        pass
