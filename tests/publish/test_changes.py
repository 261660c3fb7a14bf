"""Which commits a changelog lists, in real repositories: merges, squashes, reverts, corrections, cherry-picks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path)
    repo.write("tracker.yml", "project: P\nrepository: https://github.com/team/app\n")
    repo.commit("chore: begin")
    return repo


def change(repo: GitRepo, message: str, path: str = "app.py") -> str:
    old = repo.path / path
    repo.write(path, (old.read_text("utf-8") if old.exists() else "") + f"{message}\n")
    return repo.commit(message)


def entries(repo: GitRepo, *options: str) -> list[str]:
    """The entries of the unreleased changes, each with its section and without links."""
    done = tracker("changelog", "--unreleased", "--print", *options, cwd=repo.path)
    assert done.code == 0, done
    found, section = [], ""
    for line in done.out.splitlines():
        section = line[4:] if line.startswith("### ") else section
        if line.startswith("- "):
            found.append(f"{section}: {line[2:].partition(' ([')[0]}")
    return found


def test_a_commit_and_its_revert_cancel(repo: GitRepo) -> None:
    change(repo, "feat: kept")
    gone = change(repo, "feat: gone")
    repo.git("revert", "--no-edit", gone)
    assert entries(repo) == ["Added: kept"]


def test_a_reverted_revert_leaves_the_change(repo: GitRepo) -> None:
    change(repo, "feat: back (#7)")
    repo.git("revert", "--no-edit", "HEAD")
    repo.git("revert", "--no-edit", "HEAD")
    assert entries(repo) == ["Added: back"]
    repo.git("revert", "--no-edit", "HEAD")
    assert entries(repo) == []


def test_a_revert_of_a_released_change_is_listed_and_so_is_its_return(repo: GitRepo) -> None:
    change(repo, "feat: x")
    assert tracker("release", cwd=repo.path).code == 0
    repo.git("revert", "--no-edit", "HEAD")
    assert entries(repo) == ['Changed: Revert "feat: x"']
    assert tracker("release", cwd=repo.path).code == 0
    repo.git("revert", "--no-edit", "HEAD")
    assert entries(repo) == ["Added: x"]


def test_a_revert_without_a_hash_is_known_by_its_subject_or_number(repo: GitRepo) -> None:
    change(repo, "Add a (#12)")
    change(repo, "Add b (#13)")
    change(repo, "Add c (#14)")
    change(repo, 'Revert "Add a (#12)" (#15)')
    change(repo, "Go back (#16)\n\nReverts team/app#13")
    change(repo, 'Revert "b, with another title" (#16)\n\nReverts team/app#13\r\n')
    change(repo, "feat(api): d (#17)")
    change(repo, "revert(api): d (#18)")
    change(repo, "revert(api): older (#18)")
    change(repo, "fix: e")
    change(repo, "revert: fix: e")
    assert entries(repo) == ["Added: Add c", "Changed: revert(api): older", "Changed: Go back"]


def test_a_squash_that_quotes_a_revert_is_none(repo: GitRepo) -> None:
    kept = change(repo, "feat: kept")
    change(repo, f"feat: squashed (#12)\n\n* try\n\n* Revert it\n\nThis reverts commit {kept}.")
    gone = change(repo, "feat: gone")
    change(repo, f"Back to the old way\n\nThis reverts commit {gone}.")
    assert entries(repo) == ["Added: squashed", "Added: kept"]


def test_the_revert_of_a_merge_cancels_its_commits(repo: GitRepo) -> None:
    for name in ("one", "two"):
        repo.git("checkout", "-q", "-b", name)
        change(repo, f"feat: {name} a", f"{name}.py")
        change(repo, f"feat: {name} b", f"{name}.py")
        repo.git("checkout", "-q", "main")
        number = {"one": 7, "two": 8}[name]
        repo.git("merge", "-q", "--no-ff", "-m", f"Merge pull request #{number} from team/{name}", name)
    assert entries(repo) == ["Added: two b", "Added: two a", "Added: one b", "Added: one a"]
    text = tracker("changelog", "--print", cwd=repo.path).out
    assert re.search(r"- one a \(\[#7\]\(https://github.com/team/app/pull/7\), ", text)
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    assert entries(repo) == ["Added: one b", "Added: one a"]
    change(repo, "Revert #7 (#9)")
    assert entries(repo) == []


def test_reverts_of_equal_subjects_and_of_a_merge_that_git_does_not_list_for_a_folder(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    repo.write("part/tracker.yml", "project: P\n")
    repo.commit("chore: begin")
    for message in ("feat: x", "feat: x", 'Revert "feat: x"', 'Revert "feat: x"', "feat: kept"):
        change(repo, message, "part/app.py")
    repo.git("checkout", "-q", "-b", "side")
    change(repo, "feat: side", "part/side.py")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge branch 'side'", "side")
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")
    done = tracker("changelog", "--print", cwd=tmp_path / "part")
    assert [line.split(" (")[0] for line in done.out.splitlines() if line.startswith("- ")] == ["- kept"]


def test_a_revert_may_quote_the_title_of_a_pull_request(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "side")
    change(repo, "feat: a", "side.py")
    repo.git("checkout", "-q", "main")
    kept = change(repo, "fix: b")
    repo.git("merge", "-q", "--no-ff", "-m", "Merge pull request #7 from team/side", "-m", "Add a side", "side")
    change(repo, 'Revert "Add a side" (#8)')
    assert entries(repo) == ["Fixed: b"]
    change(repo, f"revert {kept}")
    change(repo, "revert #99 and more")
    assert entries(repo) == ["Changed: revert #99 and more"]


def test_merges_are_recognised_by_their_parents(repo: GitRepo) -> None:
    change(repo, "Merge sort for long lists")
    repo.git("checkout", "-q", "-b", "side")
    change(repo, "feat: side", "side.py")
    repo.git("checkout", "-q", "main")
    change(repo, "feat: main", "main.py")
    repo.git("merge", "-q", "-m", "feat: everything of the side", "side")
    assert entries(repo) == ["Added: main", "Added: side", "Changed: Merge sort for long lists"]


def test_the_oldest_commits_of_a_shallow_clone_may_be_merges(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("checkout", "-q", "-b", "side")
    change(repo, "feat: side", "side.py")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "feat: all of it", "side")
    change(repo, "fix: seen")
    shallow = GitRepo(tmp_path / "shallow")
    shallow.git("pull", "-q", "--depth=2", f"file://{repo.path}", "main")
    assert entries(shallow) == ["Fixed: seen"]
    assert "this is a shallow clone" in tracker("changelog", "--print", cwd=shallow.path).err


def test_corrections_and_cherry_picks_are_no_changes_of_their_own(repo: GitRepo) -> None:
    picked = change(repo, "fix: crash")
    change(repo, "fixup! fix: crash")
    change(repo, "squash! fix: crash")
    change(repo, "amend! fix: crash")
    repo.git("checkout", "-q", "-b", "maintenance", "HEAD~4")
    repo.git("cherry-pick", "-x", picked)
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "-s", "ours", "-m", "Keep", "maintenance")
    assert entries(repo) == ["Fixed: crash"]
    assert len(re.findall(r"/commit/", tracker("changelog", "--print", cwd=repo.path).out)) == 2


def test_without_types_the_files_show_what_users_do_not_notice(repo: GitRepo) -> None:
    change(repo, "Add a feature")
    change(repo, "Improve a feature")
    change(repo, "Add a test", "tests/test_app.py")
    change(repo, "Fix a typo", "docs/guide.md")
    change(repo, "Log", "sessions.txt")
    change(repo, "feat: documented by its author", "README.md")
    assert entries(repo) == [
        *("Added: documented by its author", "Added: Add a feature"),
        *("Changed: Log", "Changed: Improve a feature"),
    ]


def test_where_documentation_is_the_product_it_is_listed(repo: GitRepo) -> None:
    for number in range(3):
        change(repo, f"Add link {number}", "README.md")
    assert entries(repo) == ["Added: Add link 2", "Added: Add link 1", "Added: Add link 0"]


def test_a_message_without_a_subject_and_one_of_many_lines(repo: GitRepo) -> None:
    repo.write("app.py")
    repo.git("add", "-A")
    repo.git("commit", "-q", "--allow-empty-message", "-m", "")
    change(repo, "feat: many lines\n" + "- and more\n" * 50)
    (entry,) = entries(repo)
    assert entry.startswith("Added: many lines - and more")
    assert len(entry) == len("Added: ") + 200
    assert entry.endswith("…")


def test_paths_and_scopes_of_a_monorepo(repo: GitRepo) -> None:
    change(repo, "feat(api): one", "packages/api/a.py")
    change(repo, "feat(web): two", "packages/web/a.py")
    change(repo, "fix: three", "packages/api/a.py")
    assert entries(repo, "--path", "packages/api") == ["Added: **api:** one", "Fixed: three"]
    assert entries(repo, "--scope", "WEB") == ["Added: **web:** two"]
    assert entries(repo, "--scope", "api", "--scope", "web", "--path", "*.py") == [
        *("Added: **web:** two", "Added: **api:** one"),
    ]
    assert entries(repo, "--path", "nowhere") == []
    done = tracker("changelog", "--path", "packages/api", "--output", "packages/api/CHANGELOG.md", cwd=repo.path)
    assert done.code == 0
    assert "three" in (repo.path / "packages/api/CHANGELOG.md").read_text("utf-8")
    assert tracker("changelog", "--output", "../out.md", cwd=repo.path).code == 2
    assert "add --print or --output" in tracker("changelog", "--scope", "api", cwd=repo.path).err
    assert not (repo.path / "CHANGELOG.md").exists()


HOSTILE = [
    ("feat: <script>alert(1)</script>", "- \\<script>alert(1)\\</script>"),
    ("feat: ping @octocat and @team/all, not a@b.org", "- ping `@octocat` and `@team/all`, not a@b.org"),
    ("feat: *args and **kwargs_ [x](javascript:y)", "- \\*args and \\*\\*kwargs\\_ \\[x\\](javascript:y)"),
    ("feat: use `a*b` <!-- tracker changelog ends -->", "- use `a*b` \\<!-- tracker changelog ends -->"),
    ("feat: # no heading", "- \\# no heading"),
    ("feat: {{ 7 * 7 }} {% raw %}", "- \\{{ 7 \\* 7 }} {% raw %}"),
    ("feat: ![x](http://evil.example/x.png)", "- \\!\\[x\\](http://evil.example/x.png)"),
    ("feat: \u202egnp.exe", "- gnp.exe"),
]


@pytest.mark.parametrize(("subject", "line"), HOSTILE)
def test_a_hostile_subject_is_shown_literally(subject: str, line: str, repo: GitRepo) -> None:
    change(repo, subject)
    assert tracker("changelog", cwd=repo.path).code == 0
    path = repo.path / "CHANGELOG.md"
    once = path.read_bytes()
    assert line in [text.partition(" ([`")[0] for text in once.decode().splitlines()]
    assert tracker("changelog", cwd=repo.path).code == 0
    assert path.read_bytes() == once


def test_contributors_by_mailmap_without_bots(repo: GitRepo) -> None:
    repo.write(".mailmap", "Grace Hopper <grace@example.org> <gh@old.example>\n")
    change(repo, "feat: a\n\nCo-authored-by: ghopper <gh@old.example>\nco-authored-by: Eve <eve@example.org>\r\n")
    repo.write("b.py")
    repo.git("add", "-A")
    for author in ("ghopper <gh@old.example>", "dependabot[bot] <1+dependabot[bot]@users.noreply.github.com>"):
        repo.git("commit", "-q", "--allow-empty", "-m", f"feat: {author[0]}", "--author", author)
    text = tracker("changelog", "--print", cwd=repo.path).out
    assert text.partition("### Contributors\n\n")[2].splitlines()[0] == "Ada, Grace Hopper, Eve"


def test_a_session_that_describes_its_changes_stands_for_its_commits(repo: GitRepo) -> None:
    change(repo, "feat: raw subject (S1)")
    change(repo, "feat: of another session (S2)")
    one = "{session: S1, date: 2026-01-01, focus: x, changes: {added: [{text: Curated, breaking: true, scope: api}]}}\n"
    repo.write("sessions/1.yml", one)
    repo.write("sessions/2.yml", "{session: S2, date: 2026-01-01, focus: x, changes: {proposed: true, added: [No]}}\n")
    repo.commit("Log")
    assert entries(repo) == [
        "Added: **Breaking:** **api:** Curated (session S1)",
        "Added: of another session (S2)",
    ]
