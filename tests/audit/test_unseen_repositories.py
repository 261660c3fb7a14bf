"""Kinds of files and lines that audits of other repositories got wrong: to report, or to leave alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.command import tracker
from tests.gitrepo import GitRepo

BODY = "\n".join(f"step_{number} = {number}" for number in range(30)) + "\n"
MAIN = "async function main() {}\nif (require.main === module) main()\nmodule.exports = { main }\n"


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.write("main.py", "import engine\n\nprint(engine)\n")
    repo.write("engine.py", "def run(): ...\n")
    return repo


def write(repo: GitRepo, files: dict[str, str]) -> None:
    """Commit files, then .gitignore, so that it excludes tracked files; the newest commit brought none of them."""
    for path in sorted(files.keys() - {".gitignore"}):
        repo.write(path, files[path])
    repo.commit("Start")
    repo.write(".gitignore", files.get(".gitignore", "*.local\n"))
    repo.commit("Later")


def found(repo: GitRepo, *arguments: str) -> dict[str, str]:
    """The rule of every default finding, by path."""
    report: Any = tracker("audit", "--format", "json", *arguments, cwd=repo.path).json
    return {
        one["path"]: family["rule"] for family in report["families"] if family["default"] for one in family["paths"]
    }


def untrue(repo: GitRepo) -> list[tuple[str, int]]:
    """Place of every default statement."""
    report: Any = tracker("audit", "--format", "json", cwd=repo.path).json
    return [(one["path"], one["line"]) for one in report["documents"] if one["default"]]


@pytest.mark.parametrize(
    "files",
    [
        {"RELEASE_v2.md": "# Release\n\n- Replaced deprecated calls of the loop\n"},
        {"notes.md": "# Notes\n\nReplaced deprecated calls of the loop.\n"},
        {"dist/assets/reset-password-DBCnoxlE.js": "console.log(1)\n"},
        {"evaluation_scripts/img_size.py": "def area(x):\n    return x\n"},
        {"pkg/__init__.py": "", "pkg/plot.py": "def area(x):\n    return x\n\nfor one in range(3):\n    area(one)\n"},
        {"pkg/__init__.py": "", "pkg/plot.py": "def area(x):\n    print(x)\n\narea(3)\n"},
        {".gitignore": "*.mp4\n", "shots/a.mp4": "x", "README.md": "Run `python main.py --input shots/a.mp4`.\n"},
        {"update-app.sh": "git pull\n"},
        {"notes-4.8.txt": "x", "build.sh": "markdown notes-4.8.txt >notes-4.8.html\n"},
        {"shot.png": "x", "draw.py": "plt.savefig('shot.png')\n", "guide.md": "# Guide\n\n![shot](shot.png)\n"},
        {".gitignore": "logs/*\n", "logs/.gitkeep": ""},
        {
            "docs/overrides/api.html": "<p>",
            "gen.py": "with open('docs/overrides/api.html', 'w') as f:\n    f.write('')\n",
        },
        {
            "static/a.js": BODY,
            "static/a.7d3ce5a98007.js": BODY,
            "static/a.js.gz": "x",
            "use.py": "open('static/a.js')\n",
        },
        {
            "plugin_archive/a.txt": "x",
            "pack.py": "import sys\n\nopen('plugin_archive/' + sys.argv[1], 'w').write('x')\n",
        },
        {"NEWS_READER_QUICK_START.md": "# Start\n\n`python fix_rows.py`\n", "fix_rows.py": "print(1)\n"},
        {"resources/views/users/delete.blade.php": "<x-app></x-app>\n", "parts/add_row.php": "<b>row</b>\n"},
        {
            "webpack.mix.js": "mix.js('a')\n",
            "package.json": "{}",
            "dts/extract.test-d.ts": "x\n",
            "dts/package.json": "{}",
        },
        {"package-lock.json": "{}", "run.sh": "npm install > package-lock.json\n"},
        {"runtime.txt": "python-3.11\n", "deploy.py": "open('runtime.txt', 'w').write('python-3.11')\n"},
        {"tests/examples/a.json~": "x", "tests/a.orig~": "y"},
        {f"tasks/task_{number:03}.txt": "# Task\n\n# Status: done\n" for number in range(1, 5)},
        {f"sep/sep-{number:03}.rst": "Status\n  Obsolete\n\nStatus: Obsolete (discarded)\n" for number in range(1, 5)},
        {"lang/en/errors.txt": BODY, "lang/sq/errors.txt": BODY, "use.py": "open('lang/en/errors.txt')\n"},
        {"sig/a-win32.asc": BODY, "sig/a-windows.asc": BODY, "use.py": "open('sig/a-win32.asc')\n"},
        {"suites/a/a.test.ts": BODY, "suites/b/a.test.ts": BODY}
        | {f"suites/{one}/vitest.config.ts": f"export default '{one}'\n" for one in "ab"},
        {f"poppler/bin/{name}.exe": f"MZ\0{name}" for name in ("a", "b", "c")},
        {".gitignore": "templates/test.html\n", "templates/test.html": "<p>"}
        | {"app.py": "render('test.html')\n" + "".join(f"open('data/{n}.dat')\n" for n in range(60))}
        | {f"data/{number}.dat": str(number) for number in range(60)},
        {"LAUNCH_GUIDE.md": "# Guide\n\n- ✅ **Proven Success**: each part builds on another\n"},
        {"flow_implementation.md": "# Flow implementation\n\n### Phase 1\n\n**Status**: implemented and tested\n"},
        {"restart_and_update.sh": "git pull\n", "update_and_restart.sh": "git pull\n"},
        {
            "app.py": "print(1)\n",
            "app_simple.py": "print(2)\n",
            "app_final.py": "print(3)\n",
            "Procfile": "web: app.py\n",
        },
        {"lang/en/delete-modal.php": "<?php return [\n    'yes' => 'Yes',\n];\n"},
        {"tools/validate-search-words.mjs": "/**\n * Usage: node validate-search-words.mjs\n */\nlook()\n"},
        {"ml_pipeline/clean_rows.py": "print(1)\n", "colab_clean_runner.py": "print(1)\n"},
        {"shop/management/commands/debug_prices.py": "print(1)\n"},
        {f"SQL/2025010{number}_backfill_rows.sql": f"UPDATE a SET b = {number};\n" for number in (1, 2, 3)},
        {".bashrc": "set -o vi\n", "scripts/convert_to_mp4.sh": "ffmpeg a\n"},
        {"install.sh": "git init .\ngit remote add origin lan:/keys\ngit fetch\n"},
        {".planning/quick/one-SUMMARY.md": "# One\n\nstatus: complete\n"},
        {"docs/todos/pending/2026-04-02-fix-pump.md": "# Fix the pump\n\nIt leaks.\n"},
        {"docs/migration.md": "# Migration\n\nThis is feasible if the work is done in steps.\n"},
        {"docs/testing.md": "# Testing\n\n- ✅ **100% Success**: the same in every run\n"},
        {"docs/research/2026-05-19-edge-analysis.md": "# Edges\n\nThere are two.\n"},
        {".gitignore": "/storage/docker\n", "storage/docker/.dockerignore": "*\n"},
        {"thesis_evidence/a.py": BODY, "lib/a.py": BODY, "use.py": "import lib.a\n\nprint(lib.a)\n"},
        {"runs/latest/a.txt": BODY, "runs/one/run-1.txt": BODY, "use.py": "open('runs/latest/a.txt')\n"},
        {"views/alarm/fence/create.html": "", "views/alarm/speed/create.html": "<p>"},
        {
            ".github/workflows/daily.yml": "run: git add data/reports/day_*.json\n",
            "gen.py": "day = 1\nopen(f'data/reports/day_{day}.json', 'w').write('')\n",
            "data/reports/day_2026-01-01.json": "{}",
        },
        {f"roles/db_{one}/tasks/main.yml": f"- name: {one}\n" for one in ("archive", "agents", "views")},
        {"shot.png": "x", "draw.py": "plt.savefig('shot.png')\n", "figures_report.md": "![shot](shot.png)\n"},
        {"configs/a.py": BODY, "configs/b.py": BODY, "train.py": "import configs.a\n\nprint(configs.a)\n"},
        {".gitignore": "pytest.ini\n", "pytest.ini": "[pytest]\ntestpaths = tests\n"},
        {"docs/code-audit-and-archive/a.md": "# A\n"},
        {"journal/pump_fix_complete.md": "# Pump\n\n**Status:** Completed\n"},
        {"tools/test_rows.py": "import rows\n\nprint(1)\nassert rows.count() == 2\n"},
        {"tools/update_rows.py": '"""Update the rows.\n\nRun daily after the close.\n"""\n\nprint(1)\n'},
        {"tools/extract-frames.sh": "# Run this once after cloning\nffmpeg a\n"},
        {"tools/push.bat": "@echo off\ngit push -u origin main\n"},
        {"README.md": "# Pump Template\n", "package.json": '{"private": true, "main": "src/index.ts"}'}
        | {"src/index.ts": "export const a = 1\n", "src/b.ts": "export const b = 1\n"},
    ],
)
def test_left_alone(repo: GitRepo, files: dict[str, str]) -> None:
    write(repo, files)
    assert found(repo) == {}


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("fix-rows.cjs", {"package.json": "{}", "fix-rows.cjs": MAIN}),
        (
            "test_branch.sh",
            {"test_all_branches.sh": "./test_branch.sh main\n", "test_branch.sh": 'echo "${1:-main}"\n'},
        ),
        ("fix-view.ps1", {"fix-view.ps1": "(Get-Content a) -replace '(x)', '$1y' | Set-Content a\n"}),
        ("web/README.md", {"web/README.md": "# Web (Deprecated)\n\nIt was removed.\n"}),
        ("backend/$null", {"backend/$null": ""}),
        ("paper/paper.aux", {"paper/paper.aux": "x"}),
        ("tatus", {"tatus": "\x1b[33m52121da\x1b[m Start\n"}),
        ("=", {"=": ""}),
        ("stats.html", {"stats.html": "<html>\n<title>Rollup Visualizer</title>\n"}),
        ("DEPLOYMENT_FIX_APPLIED.md", {"DEPLOYMENT_FIX_APPLIED.md": "# Deployment\n\nIt starts.\n"}),
        ("pump.ini", {".gitignore": "pump.ini\n", "pump.ini": "[pump]\n"}),
        ("docs/layer_archive/a.md", {"docs/layer_archive/a.md": "# A\n"}),
        ("notes/pump_fix_complete.md", {"notes/pump_fix_complete.md": "# Pump\n\n**Status:** Completed\n"}),
        ("tools/test_rows.py", {"tools/test_rows.py": "import rows\n\nprint(rows.count())\n"}),
        ("tools/update_rows.py", {"tools/update_rows.py": '"""Update the rows daily."""\n\nprint(1)\n'}),
        ("tools/extract-frames.sh", {"tools/extract-frames.sh": "# Run this once\nffmpeg a\n"}),
        ("docs_archive/a.md", {"docs_archive/a.md": "# A\n", "docs_api/b.md": "# B\n"}),
        (
            "start.sh",
            {"start.sh": "git init\ngit add .\ngit commit -m a\ngit push -u origin main\n"},
        ),
        ("img - Copy/a/x.png", {"img - Copy/a/x.png": "x", "img/a/x.png": "x", "use.py": "open('img/a/x.png')\n"}),
        ("web/node_modules/a/package.json", {".gitignore": "node_modules/\n", "web/node_modules/a/package.json": "{}"}),
    ],
)
def test_reported(repo: GitRepo, path: str, files: dict[str, str]) -> None:
    write(repo, files)
    assert path in found(repo)


def test_a_name_alone_does_not_finish_a_report(repo: GitRepo) -> None:
    path = "bug_fix_report_20250810.md"
    write(repo, {path: "# Fixes\n\nTwo of them.\n"})
    assert found(repo) == {}
    report: Any = tracker("audit", "--maybe", "--format", "json", cwd=repo.path).json
    assert [one["path"] for family in report["families"] for one in family["paths"]] == [path]


def test_tries_at_a_file_that_is_in_use(repo: GitRepo) -> None:
    names = ("app", "app_simple", "app_final_fixed", "app_phase2_backup3", "app_payments")
    files = {f"{name}.py": f"print('{name}')\n" for name in names}
    write(repo, files | {"Procfile": "web: python app.py\n", "Procfile_simple": "web: python x.py\n"})
    tries = {"app_simple.py", "app_final_fixed.py", "app_phase2_backup3.py"}
    assert found(repo, "--only", "superseded") == dict.fromkeys(tries, "superseded")


def test_a_sweep_over_many_files_is_no_change_of_a_script(repo: GitRepo) -> None:
    repo.write("package.json", "{}")
    for number in range(60):
        repo.write(f"rows/{number}.csv", "a,b\n")
    write(repo, {"fix-rows.cjs": "run('a')\n"})
    repo.at("2026-06-01T10:00:00+00:00")
    repo.write("fix-rows.cjs", "run('b')\n")
    for number in range(60):
        repo.write(f"rows/{number}.csv", "b,c\n")
    repo.commit("Sweep")
    assert "fix-rows.cjs" in found(repo)
    repo.write("fix-rows.cjs", "run('c')\n")
    repo.commit("Change it")
    assert "fix-rows.cjs" not in found(repo)


def test_data_that_no_code_names_has_no_user(repo: GitRepo) -> None:
    write(
        repo,
        {
            "package.json": '{"main": "src/index.ts"}',
            "src/index.ts": "export const a = 1\n",
            "src/b.ts": "export const b = 1\n",
            "src/lost.json": "{}",
        },
    )
    assert found(repo, "--maybe") == {"src/b.ts": "unreachable"}


def test_files_that_only_a_weak_pattern_or_a_newer_name_speaks_against(repo: GitRepo) -> None:
    write(
        repo,
        {
            ".gitignore": "*\n",
            "conf/shell.json": "{}",
            "complete.go": "package a\n",
            "completeV2.go": "package a\n",
            "db/migrations/1.sql": BODY,
            "db/migrations/2.sql": BODY,
            **{f"db/schema_migration_00{number}_rows.sql": f"UPDATE a SET b = {number};\n" for number in (1, 2, 3)},
            "src/app/api/archive/route.ts": "export const GET = 1\n",
            "src/app/api/backup/route.ts": "export const GET = 2\n",
        },
    )
    assert found(repo, "--maybe") == {}
    report: Any = tracker("audit", "--maybe", "--format", "json", cwd=repo.path).json
    assert report["families"] == []


def test_statements_about_other_things(repo: GitRepo) -> None:
    repo.write("bower_components/kit.js", "const email = user.email\n")
    repo.write("data/halt.txt", "x")
    repo.write("api.py", "conversations = 1\n")
    repo.write(".github/rules.md", "# Rules\n")
    repo.write("gone/part.py", "x = 1\n")
    repo.write("stop.py", "open('data/halt.txt', 'w')\n")
    repo.commit("Start")
    repo.write(
        "guide.md",
        "# Guide\n\nSet `user.email` first.\n\nThe file `data/halt.txt` stops it.\n\n"
        "| part | where | data |\n|---|---|---|\n| pump | `api.py` | `conversations` |\n\n"
        "It is p[0](h) at the start.\n\n`conversations` are in `api.py`.\n\n"
        "It does not include `gone/part.py`.\n\n## What does not exist\n\n- `gone/part.py`\n",
    )
    repo.write(".github/copilot-instructions.md", "# Rules\n\nRead [them](.github/rules.md).\n")
    repo.commit("Guide")
    (repo.path / "bower_components/kit.js").unlink()
    (repo.path / "data/halt.txt").unlink()
    (repo.path / "gone/part.py").unlink()
    repo.write("api.py", "talks = 1\n")
    repo.commit("Later")
    assert untrue(repo) == [("guide.md", 13)]


def test_symbols_that_a_document_says_are_of_another_package(repo: GitRepo) -> None:
    repo.write("lost.py", "".join(f"class Lost{number}: ...\n" for number in range(200)))
    repo.commit("Start")
    (repo.path / "lost.py").unlink()
    lines = (f"`Lost{number}` from `pumps`, and import of it.\n" for number in range(200))
    repo.write("guide.md", "# Guide\n\n" + "".join(lines) + "\n`Lost7` is here.\n")
    repo.commit("Later")
    assert untrue(repo) == []


def test_documents(repo: GitRepo) -> None:
    repo.write("themes/plain/img/icon.ico", "x")
    repo.write("data/rows.csv", "x")
    repo.write("pump/tap.h", "int tap(void);")
    repo.write("app/models.py", "x = 1\n")
    repo.write("index.html", "<p>\n")
    repo.write(
        "vendored.py", "from six import client as http_Incomplete\n\n\nclass IncompleteRead(http_Incomplete): ...\n"
    )
    repo.write("lost.py", "class LostPump: ...\n")
    repo.write("tool.ini", "x")
    repo.commit("Start")
    for path in ("data/rows.csv", "app/models.py", "index.html", "vendored.py", "lost.py", "tool.ini"):
        (repo.path / path).unlink()
    (repo.path / "pump/tap.h").unlink()
    repo.write("include/pump/tap.h", "int tap(void);")
    repo.write(
        "guide.md",
        "# Guide\n\n> #### name\n\nSee [name](#name).\n\n![icon](img/icon.ico)\n\n"
        "Extract the rows to `data/rows.csv`.\n\n"
        '```sh\n  File "app/models.py", line 3, in run\n```\n\nServe with `try_files /index.html`.\n\n'
        "It raises `http.IncompleteRead`, and uses `LostPump` from `pumps`.\n\n"
        "Set it in your `tool.ini`, see [it](../blob/main/tool.md) and [that](blob/main/x.md).\n\n"
        "See [title](#title).\n\n<!-- ```sh\nls\n``` -->\n\n## Title\n\nInclude `pump/tap.h`.\n\n"
        "```bash\n$ ls\n\napp/models.py\n```\n\nversionchanged: `app/models.py`\n\nThe models: `app/models.py`.\n",
    )
    repo.commit("Later")
    assert untrue(repo) == [("guide.md", 39)]
