"""An imported log on the built site: no structure and no text is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command import tracker, tracker_process
from tests.gitrepo import GitRepo
from tests.logs import samples
from tests.publish.test_markdown import Shown, github
from tracker.sources import yaml

pytestmark = pytest.mark.xdist_group("page")
LOGS = {"tables.md": samples.TABLES, "lists.md": samples.LISTS, "blocks.md": samples.BLOCKS}
LOG = re.compile(r'<h2 id="the-log-as-it-was-written">.*?</h2>(?P<log>.*?)</article>', re.DOTALL)
NAVIGATION = re.compile(r'<a class="headerlink".*?</a>|<label class="task-list-control">|</label>', re.DOTALL)


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    repo = GitRepo(tmp_path_factory.mktemp("site"))
    assert tracker("init", cwd=repo.path).code == 0
    for name, text in LOGS.items():
        repo.write(f"notes/{name}", text)
    repo.commit()
    assert tracker("import", *(f"notes/{name}" for name in LOGS), cwd=repo.path).code == 0
    done = tracker_process("build", "--strict", cwd=repo.path)
    assert (done.code, done.err) == (0, ""), done
    return repo


@pytest.mark.parametrize("name", LOGS)
def test_the_page_has_all_of_a_log(repo: GitRepo, name: str) -> None:
    (file,) = (path for path in sessions(repo.path) if yaml.load(path.read_bytes()).data.get("log") == LOGS[name])
    page = (repo.path / f"site/tracker/sessions/{file.stem.lower()}.html").read_text("utf-8")
    match = LOG.search(page)
    assert match
    built, source = Shown(NAVIGATION.sub("", match["log"])), Shown(github().render(LOGS[name]))
    assert built.structure == source.structure
    assert built.text == source.text


def sessions(folder: Path) -> list[Path]:
    return sorted((folder / "sessions").glob("*.yml"))
