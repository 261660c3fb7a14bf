"""`tracker init` in a repository with a site: the change keeps every line of theirs and shows the pages."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tests.command import contents_in, tracker
from tests.gitrepo import GitRepo

HEAD = "site_name: Mine  # ours\ntheme: {name: material, font: false}\n"
PAGES = {"docs/index.md": "# Mine\n", "docs/guide/index.md": "# Guide\n", "docs/z.md": "# Z\n"}
NAV = "nav:\n  # pages\n  - Home: index.md   # first\n  - Guide:\n      - guide/index.md\n  - Z: z.md\n"
SITES: dict[str, tuple[dict[str, str], dict[str, bool]]] = {
    # files of the site, and which of them list the pages afterwards
    "no nav": ({"mkdocs.yml": HEAD}, {"mkdocs.yml": False}),
    "a nav": ({"mkdocs.yml": HEAD + NAV + "  # - Hidden: h.md\n\nplugins: [search]\n"}, {"mkdocs.yml": True}),
    "a nav at the margin": (
        {"mkdocs.yml": HEAD + "nav:\n- Home: index.md\n- Z: z.md\nextra_css:\n- x.css\n", "docs/x.css": ""},
        {"mkdocs.yml": True},
    ),
    "a nav in one line": ({"mkdocs.yaml": HEAD + "nav: [index.md, {Z: z.md}]\n"}, {"mkdocs.yaml": True}),
    "tags": (
        {
            "mkdocs.yml": HEAD + NAV + "site_url: !ENV [URL, 'https://example.org']\nmarkdown_extensions:\n"
            "  - pymdownx.emoji:\n      emoji_index: !!python/name:material.extensions.emoji.twemoji\n"
        },
        {"mkdocs.yml": True},
    ),
    "awesome-nav": (
        {"mkdocs.yml": HEAD + "plugins:\n  - awesome-nav\n", "docs/.nav.yml": "nav:\n  - index.md\n  - z.md\n"},
        {"mkdocs.yml": False, "docs/.nav.yml": True},
    ),
    "awesome-nav without a file": ({"mkdocs.yml": HEAD + "plugins:\n  - awesome-nav\n"}, {"mkdocs.yml": False}),
    "awesome-pages": (
        {"mkdocs.yml": HEAD + "plugins: [search, awesome-pages]\n", "docs/.pages": "nav:\n  - index.md\n  - z.md\n"},
        {"mkdocs.yml": False, "docs/.pages": True},
    ),
    "literate-nav and section-index": (
        {
            "mkdocs.yml": HEAD + "plugins:\n  - literate-nav: {nav_file: SUMMARY.md}\n  - section-index\n",
            "docs/SUMMARY.md": "- [Home](index.md)\n- [Z](z.md)\n",
        },
        {"mkdocs.yml": False, "docs/SUMMARY.md": True},
    ),
    "blog": ({"mkdocs.yml": HEAD + "plugins:\n  - search\n  - blog\n" + NAV}, {"mkdocs.yml": True}),
    "i18n by suffix": ({"mkdocs.yml": HEAD + NAV + "plugins:\n  - i18n: {languages: []}\n"}, {"mkdocs.yml": True}),
    "another theme": ({"mkdocs.yml": "site_name: Mine\ntheme: readthedocs\n" + NAV}, {"mkdocs.yml": True}),
    "inherited": (
        {"mkdocs.yml": "INHERIT: base.yml\nsite_name: Mine\n", "base.yml": HEAD + NAV},
        {"mkdocs.yml": False, "base.yml": True},
    ),
    "hidden pages": ({"mkdocs.yml": HEAD + NAV + "not_in_nav: |\n  /draft*\n\n# the end\n"}, {"mkdocs.yml": True}),
    "Windows": ({"mkdocs.yml": (HEAD + NAV).replace("\n", "\r\n")}, {"mkdocs.yml": True}),
}


def make(folder: Path, files: dict[str, str]) -> GitRepo:
    repo = GitRepo(folder / "repository")
    for path, content in (PAGES | files).items():
        repo.write(path, content)
    repo.commit()
    return repo


@pytest.mark.parametrize("name", SITES)
def test_the_change_adds_lines_and_keeps_all_others(name: str, tmp_path: Path) -> None:
    files, lists = SITES[name]
    repo = make(tmp_path, files)
    before = contents_in(repo.path)
    shown = tracker("init", cwd=repo.path)
    assert shown.code == 0
    assert "this change shows the pages, and --apply makes it" in shown.out
    assert {path: contents_in(repo.path)[path] for path in files} == {path: before[path] for path in files}
    applied = tracker("init", "--apply", cwd=repo.path)
    assert "by hand" not in applied.out
    after = contents_in(repo.path)
    for path in files:
        old, new = before[path].splitlines(keepends=True), after[path].splitlines(keepends=True)
        flow = [line for line in old if line not in new]
        assert all(b"nav: [" in line for line in flow), (path, flow)  # a list in one line gets longer
        assert (b"tracker/phases/index.md" in after[path] or b"Progress: tracker" in after[path]) == lists.get(
            path, False
        )
    config = next(path for path in files if path.startswith("mkdocs.y"))
    for asset in (b"tracker/assets/tracker.css", b"tracker/assets/tracker.js"):
        assert asset in after[config] or asset in after["base.yml"]
    again = tracker("init", "--apply", cwd=repo.path)
    assert contents_in(repo.path) == after, "a second time there is nothing to do"
    assert "it shows the pages" in again.out


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no nav", "a nav", "another theme", "inherited", "hidden pages", "Windows"])
def test_the_changed_site_builds_without_a_warning(name: str, tmp_path: Path) -> None:
    repo = make(tmp_path, SITES[name][0])
    tracker("init", "--apply", cwd=repo.path)
    built = tracker("build", "--strict", cwd=repo.path)
    assert (built.code, built.err) == (0, ""), built
    home = (repo.path / "site/index.html").read_text("utf-8")
    assert "tracker/sessions/" in home
    assert "guide/" in home, "their navigation is as it was"


def test_pages_of_a_site_in_several_languages_go_to_the_default_one(tmp_path: Path) -> None:
    config = HEAD + (
        "plugins:\n  - i18n:\n      docs_structure: folder\n      languages:\n        - {locale: de, default: true}\n"
        "        - {locale: fr}\nnav:\n  - index.md\n"
    )
    repo = make(tmp_path, {"mkdocs.yml": config, "docs/de/index.md": "# Mein\n"})
    tracker("init", "--apply", cwd=repo.path)
    changed = (repo.path / "mkdocs.yml").read_text("utf-8")
    assert 'docs: "docs/de/tracker"' in (repo.path / "tracker.yml").read_text("utf-8")
    assert "- tracker/index.md" in changed
    assert "/de/tracker/*/*" in changed


@pytest.mark.parametrize(
    ("config", "what"),
    [
        ("site_name: S\nextra_css: {a: b}\n", 'add to extra_css: ["tracker/assets/tracker.css"]'),
        ("site_name: S\nnav: {a: b.md}\n", 'add to nav: [{"Progress": '),
    ],
)
def test_what_cannot_be_changed_is_left_and_said(config: str, what: str, tmp_path: Path) -> None:
    repo = make(tmp_path, {"mkdocs.yml": config})
    done = tracker("init", "--apply", cwd=repo.path)
    assert done.code == 0
    assert what in done.out
    assert contents_in(repo.path)["mkdocs.yml"].startswith(config.encode())


@pytest.mark.parametrize(
    "plugins", ["[awesome-nav: {filename: ../../outside.yml}]", "[literate-nav: {nav_file: ../../outside.yml}]"]
)
def test_no_file_outside_the_repository_is_read(plugins: str, tmp_path: Path) -> None:
    (tmp_path / "outside.yml").write_text("nav:\n  - [broken\n", "utf-8")  # reading it as YAML would be reported
    repo = make(tmp_path, {"mkdocs.yml": f"{HEAD}plugins: {plugins}\n"})
    done = tracker("init", "--apply", cwd=repo.path)
    assert (done.code, done.err) == (0, "")
    assert "kept mkdocs.yml: " in done.out
    assert "outside.yml: a symbolic link leads out" in done.out


def test_settings_inherited_from_outside_of_the_workspace_are_changed_by_hand(tmp_path: Path) -> None:
    files = {"docs/en/mkdocs.yml": HEAD + NAV, "docs/hi/mkdocs.yml": "INHERIT: ../en/mkdocs.yml\nsite_name: Hi\n"}
    repo = make(tmp_path, files | {"docs/hi/docs/index.md": "# Hi\n"})
    repo.write("docs/hi/tracker.yml", "project: P\n")
    done = tracker("init", "--apply", cwd=repo.path / "docs/hi")
    assert (done.code, done.err) == (0, "")
    assert "by hand: ../en/mkdocs.yml: outside of the workspace; add to nav: " in done.out
    assert "changed mkdocs.yml:" in done.out, "what their configuration does not set is set"
    after = contents_in(repo.path)
    assert after["docs/en/mkdocs.yml"].decode() == files["docs/en/mkdocs.yml"]
    assert b"\nnav:" not in after["docs/hi/mkdocs.yml"], "a nav here would replace the inherited one"


def test_a_site_of_zensical_alone_is_left_unchanged(tmp_path: Path) -> None:
    repo = make(tmp_path, {"zensical.toml": "[project]\nsite_name = 'Mine'\n"})
    done = tracker("init", "--apply", cwd=repo.path)
    assert "by hand: zensical.toml is not read; add docs/tracker/index.md to its nav" in done.out
    assert not (repo.path / "mkdocs.yml").exists()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0


@pytest.mark.parametrize(
    ("files", "pages"),
    [
        ({"mkdocs-online.yml": "INHERIT: mkdocs-base.yml\n", "mkdocs-base.yml": HEAD}, "docs/tracker"),
        ({"docs/de/mkdocs.yml": "INHERIT: ../en/mkdocs.yml\n", "docs/en/mkdocs.yml": HEAD}, "docs/en/docs/tracker"),
        ({"docs/mkdocs.yaml": HEAD + "docs_dir: src\n"}, "docs/src/tracker"),
    ],
)
def test_a_site_with_its_configuration_elsewhere_gets_no_second_one(
    files: dict[str, str], pages: str, tmp_path: Path
) -> None:
    repo = make(tmp_path, files)
    done = tracker("init", "--apply", cwd=repo.path)
    assert done.code == 0
    assert f"by hand: {max(files, key=lambda one: 'INHERIT' not in files[one])}" in done.out
    assert not (repo.path / "mkdocs.yml").exists()
    assert tracker("build", "--no-site", cwd=repo.path).code == 0
    assert (repo.path / pages / "index.md").is_file()


def test_ci_files_are_written_and_kept(tmp_path: Path) -> None:
    repo = make(tmp_path, {})
    repo.git("remote", "add", "origin", "git@github.com:Ada/pump.git")
    done = tracker("init", "--ci", cwd=repo.path)
    assert done.code == 0
    workflow = yaml.safe_load((repo.path / ".github/workflows/site.yml").read_text("utf-8"))
    steps = workflow["jobs"]["build"]["steps"]
    assert [step.get("uses", "").partition("@")[0] for step in steps if "uses" in step] == [
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-pages-artifact",
    ]
    assert any("--untrusted" in step.get("run", "") for step in steps), "pull requests run no code of the workspace"
    docs = yaml.safe_load((repo.path / ".readthedocs.yaml").read_text("utf-8"))
    assert docs["version"] == 2
    assert 'site_url: "https://ada.github.io/pump/"' in (repo.path / "mkdocs.yml").read_text("utf-8")
    again = tracker("init", "--ci", cwd=repo.path)
    assert "kept .readthedocs.yaml" in again.out
