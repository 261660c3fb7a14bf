"""Each story is a small tree: what must be called unreachable, and above all what must not."""

import pickle

import pytest

from tracker.audit.reachability import Reachability, ReachStatus, analyse, imports_of

DEFINES = "def run():\n    return 1\n"
EXPORTS = "export const value = 1\n"
NEXT = '{"private": true, "dependencies": {"next": "15"}}'
VITE = '{"private": true, "devDependencies": {"vite": "6"}}'


def judged(tree: dict[str, str]) -> Reachability:
    return analyse(tree, tree.get)


def dead(tree: dict[str, str]) -> list[str]:
    return judged(tree).unreachable()


def test_a_python_module_that_nothing_imports_is_unreachable_with_what_it_alone_imports() -> None:
    tree = {
        "app/__init__.py": "",
        "app/main.py": "from app import used\n",
        "app/used.py": DEFINES,
        "app/lost.py": "from .helper import run\n\ndef go():\n    run()\n",
        "app/helper.py": DEFINES,
    }
    result = judged(tree)
    assert result.unreachable() == ["app/helper.py", "app/lost.py"]
    assert result.files["app/helper.py"].importers == ("app/lost.py",)
    assert result.files["app/used.py"].status is ReachStatus.REACHED


@pytest.mark.parametrize(
    "main",
    [
        "import app.lost\n",
        "from app import lost\n",
        "from app.lost import run\n",
        "from .lost import run\n",
        "from . import lost\n",
        "import importlib\nimportlib.import_module('app.lost')\n",
        "import importlib\nimportlib.import_module('.lost', __package__)\n",
        "import importlib\nname = 'x'\nimportlib.import_module(f'app.{name}')\n",
        "import importlib\nname = 'x'\nimportlib.import_module('app.%s' % name)\n",
        "import sys\n__import__(sys.argv[1])\n",
        "import pkgutil, app\nfor found in pkgutil.iter_modules(app.__path__):\n    print(found)\n",
        "PLUGINS = ['app.lost.run']\n",
        "import subprocess\nsubprocess.run(['python', 'app/lost.py'])\n",
        "def broken(:\n    from app.lost import run\n",
    ],
)
def test_a_python_module_that_may_be_loaded_is_not_unreachable(main: str) -> None:
    assert dead({"app/__init__.py": "", "app/main.py": main, "app/lost.py": DEFINES}) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Makefile", "run:\n\tpython app/lost.py\n"),
        ("deploy.sh", "python -m app.lost\n"),
        (".github/workflows/ci.yml", "steps:\n  - run: python app/lost.py --all\n"),
        ("Dockerfile", 'CMD ["gunicorn", "app.lost:run"]\n'),
        ("Procfile", "web: uvicorn app.lost:run\n"),
        ("README.md", "Run it:\n\n    python app/lost.py\n"),
        ("pyproject.toml", '[project.entry-points."x.plugins"]\nlost = "app.lost:run"\n'),
        ("config.yaml", "handler: app.lost.run\n"),
        ("explore.ipynb", '{"cells": [{"cell_type": "code", "source": ["%load_ext x\\n", "from app import lost"]}]}'),
    ],
)
def test_a_module_that_another_text_runs_is_reached(path: str, text: str) -> None:
    result = judged({"app/__init__.py": "", "app/main.py": "", "app/lost.py": DEFINES, path: text})
    assert result.files["app/lost.py"].status is ReachStatus.REACHED


def test_a_document_that_only_describes_a_module_does_not_reach_it() -> None:
    tree = {
        "app/__init__.py": "",
        "app/main.py": "import app.b\n",
        "app/b.py": DEFINES,
        "app/lost.py": DEFINES,
        "docs/api.md": "`app/lost.py` holds helpers.\n",
    }
    assert dead(tree) == ["app/lost.py"]


def test_public_modules_of_a_distribution_are_reached_and_private_ones_need_an_import() -> None:
    manifest = '[build-system]\nrequires = ["hatchling"]\n[project]\nname = "lib"\n'
    tree = {
        "pyproject.toml": manifest,
        "src/lib/__init__.py": "",
        "src/lib/extra.py": DEFINES,
        "src/lib/_lost.py": DEFINES,
    }
    result = judged(tree)
    assert result.files["src/lib/extra.py"].status is ReachStatus.REACHED
    assert result.unreachable() == ["src/lib/_lost.py"]


def test_django_finds_its_files_by_name() -> None:
    tree = {
        "manage.py": "import django\n",
        "shop/__init__.py": "",
        "shop/models.py": "from django.db import models\n",
        "shop/admin.py": DEFINES,
        "shop/migrations/0001_initial.py": DEFINES,
        "shop/management/commands/tidy.py": DEFINES,
        "shop/templatetags/money.py": DEFINES,
        "shop/lost.py": DEFINES,
    }
    assert dead(tree) == ["shop/lost.py"]


def test_a_script_that_nothing_names_is_left_to_another_rule_with_what_it_imports() -> None:
    tree = {
        "main.py": "",
        "repair.py": "import helper\nif __name__ == '__main__':\n    helper.run()\n",
        "helper.py": DEFINES,
    }
    result = judged(tree)
    assert {path: result.files[path].status for path in ("repair.py", "helper.py")} == dict.fromkeys(
        ("repair.py", "helper.py"), ReachStatus.UNKNOWN
    )
    assert "repair.py" in result.files["helper.py"].reason


def test_what_only_tests_import_is_its_own_status_and_tests_of_dead_code_are_listed() -> None:
    tree = {
        "package.json": VITE,
        "src/main.ts": "import './used'\n",
        "src/used.ts": EXPORTS,
        "src/used2.ts": EXPORTS,
        "src/used2.test.ts": "import { value } from './used2'\n",
        "src/lost.ts": "import './lost.css'\n" + EXPORTS,
        "src/lost.css": "a {}",
    }
    result = judged(tree)
    assert result.files["src/used2.ts"].status is ReachStatus.TESTS
    assert result.unreachable() == ["src/lost.ts"]
    assert result.dead_assets == {"src/lost.css": ("src/lost.ts",)}


def test_json_data_among_the_sources_that_nothing_imports_or_names_is_listed() -> None:
    tree = {
        "package.json": VITE,
        "src/main.ts": "import a from './data/a.json'\n",
        "src/data/a.json": "{}",
        "src/data/b.json": "{}",
        "src/lost.ts": EXPORTS,
    }
    assert dict(judged(tree).dead_assets) == {"src/data/b.json": ()}


@pytest.mark.parametrize(
    "main",
    [
        "import './lost'",
        "import { value } from './lost.js'",
        "import type { V } from '@/lost'",
        "export * from './lost'",
        "const x = require('./lost')",
        "const x = lazy(() => import('./lost'))",
        "const x = new Worker(new URL('./lost.ts', import.meta.url))",
        "const x = import.meta.glob('./*.ts')",
        "const x = require.context('.', true, /lost/); require(`./${y}`)",
        "const x = import(`./${name}.ts`)",
        "const x = import('~app/lost')",
        "jest.mock('./lost')",
        "const broken = (<; import y from './lost'",
    ],
)
def test_a_script_that_may_be_loaded_is_not_unreachable(main: str) -> None:
    tree = {
        "package.json": VITE,
        "tsconfig.json": '{"extends": "./base.json"}',
        "src/main.ts": main,
        "src/lost.ts": EXPORTS,
    }
    tree["base.json"] = '{"compilerOptions": {"paths": {"~app/*": ["./src/*"],},},} // comment'
    assert dead(tree) == []


@pytest.mark.parametrize("body", ["// import './lost'", "/* require('./lost') */", "const url = '/lost'"])
def test_a_comment_or_an_address_does_not_reach_a_script(body: str) -> None:
    assert dead({"package.json": VITE, "src/main.ts": body, "src/lost.ts": EXPORTS}) == ["src/lost.ts"]


def test_routes_of_next_are_entries_and_components_need_an_import() -> None:
    tree = {
        "package.json": NEXT,
        "src/app/page.tsx": "import { A } from '@/components/A'\nexport default A\n",
        "src/app/(shop)/cart/[id]/route.ts": EXPORTS,
        "src/middleware.ts": EXPORTS,
        "src/components/A.tsx": "export { B } from './b'\n",
        "src/components/b/index.tsx": EXPORTS,
        "src/components/Lost.tsx": EXPORTS,
        "src/app/page-v2.tsx": EXPORTS,
    }
    assert dead(tree) == ["src/app/page-v2.tsx", "src/components/Lost.tsx"]


def test_components_of_vue_and_svelte_import_and_are_imported() -> None:
    tree = {
        "package.json": VITE,
        "index.html": '<script type="module" src="/src/entry.ts"></script>',
        "src/entry.ts": "import App from './App.vue'",
        "src/App.vue": "<script setup lang='ts'>\nimport B from './B.svelte'\n</script>\n<template><B/></template>",
        "src/B.svelte": "<script>import { value } from '$lib/value'</script>",
        "src/lib/value.ts": EXPORTS,
        "src/Lost.vue": "<template/>",
    }
    assert dead(tree) == ["src/Lost.vue"]


def test_packages_of_a_workspace_reach_each_other_through_their_exports() -> None:
    tree = {
        "package.json": '{"private": true, "workspaces": ["packages/*"]}',
        "packages/web/package.json": '{"name": "web", "private": true}',
        "packages/web/src/index.ts": "import { value } from '@my/ui/button'",
        "packages/ui/package.json": '{"name": "@my/ui", "private": true, "exports": {"./*": "./dist/*.js"}}',
        "packages/ui/src/index.ts": EXPORTS,
        "packages/ui/src/button.ts": EXPORTS,
        "packages/web/src/lost.ts": EXPORTS,
    }
    assert dead(tree) == ["packages/web/src/lost.ts"]


def test_nothing_is_unreachable_without_an_entry_point_or_where_most_is_not_reached() -> None:
    assert dead({"package.json": VITE, "src/a.ts": EXPORTS}) == []
    assert dead({"package.json": VITE, "src/main.ts": ""} | {f"src/x{i}.ts": EXPORTS for i in range(9)}) == []


@pytest.mark.parametrize(
    "path",
    [
        "public/a.ts",
        "src/vendor/a.ts",
        "src/a.d.ts",
        "examples/a.ts",
        "api/a.ts",
        "src/templates/a.ts",
        "src/generated/a.ts",
    ],
)
def test_files_that_are_served_copied_or_generated_are_unknown(path: str) -> None:
    assert judged({"package.json": VITE, "src/main.ts": "", path: EXPORTS}).files[path].status is ReachStatus.UNKNOWN


def test_unreadable_files_are_unknown_with_the_reason_and_other_languages_are_not_judged() -> None:
    result = analyse({"a.go": "", "b.py": "", "app.py": ""}, {"a.go": "", "app.py": ""}.get)
    assert "a.go" not in result.files
    assert result.files["b.py"].reason == "the file cannot be read"


def test_facts_can_be_kept_and_given_back_instead_of_the_text() -> None:
    tree = {"app/__init__.py": "", "app/main.py": "import app.b\n", "app/b.py": DEFINES, "app/lost.py": DEFINES}
    first = judged(tree)
    kept = pickle.loads(pickle.dumps(dict(first.facts)))
    asked: list[str] = []
    second = analyse(tree, lambda path: asked.append(path), kept)
    assert second.unreachable() == first.unreachable() == ["app/lost.py"]
    assert asked == []


@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.vue", "a.ipynb", "a.sh", "a.md", "package.json", "a.astro"])
@pytest.mark.parametrize("text", ["", "\x00\ufffd", "{[(" * 300, "import " * 50, "`${" * 40, "--- \n<script>"])
def test_any_text_is_read_without_an_error(path: str, text: str) -> None:
    assert imports_of(path, text) == imports_of(path, text)
    judged({path: text})


def test_programs_of_a_folder_that_another_tool_runs_are_unknown() -> None:
    names = [f"used_{number}" for number in range(9)]
    tree = {"main.py": "".join(f"import {name}\n" for name in names) + "print(used_1)\n"}
    tree |= {f"{name}.py": DEFINES for name in names}
    tree |= {f"scenes/stage_{number}.py": "class Stage: ...\n" for number in range(5)}
    assert dead(tree) == []
    assert dead(tree | {"scenes/__init__.py": ""}) != []


def test_what_a_package_exports_with_a_pattern_or_loads_by_its_place_is_reached() -> None:
    manifest = '{"name": "a", "version": "1.0.0", "exports": {".": "./src/index.js", "./unsafe/*": "./lib/*"}}'
    assert dead({"package.json": manifest, "src/index.js": EXPORTS, "lib/deep/part.js": EXPORTS}) == []
    nuxt = '{"main": "src/module.ts", "dependencies": {"@nuxt/kit": "3"}}'
    assert dead({"package.json": nuxt, "src/module.ts": EXPORTS, "src/runtime/plugin.ts": EXPORTS}) == []
    vite = {"package.json": '{"main": "src/main.ts"}', "src/main.ts": "use('/src/proxy')\n" + EXPORTS}
    assert dead(vite | {"src/proxy.ts": EXPORTS}) == []
