"""`tracker init`: a small workspace that works at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date as Date
from pathlib import Path

from tracker.errors import TrackerError
from tracker.publish.mkdocs import Folders, config_file, folders_of
from tracker.publish.render import template_folder
from tracker.publish.schema import FOLDER, write_schemas
from tracker.sources.repository import Repository
from tracker.workspace import PLAN_FILE


def scaffold(folder: Path) -> Iterator[str]:
    """Write what is missing, and tell each thing done or left to do.

    Raises NotARepository where the folder is in no git repository.
    """
    import jinja2

    with Repository.open(folder) as repository:
        root = repository.folder
    folders = _folders(root)
    pages = f"{folders.documents}/tracker"
    values = {"project": root.name, "today": Date.today(), "pages": pages}
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder() / "init"),
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["yaml"] = _quoted

    def text(name: str) -> str:
        return environment.get_template(name).render(values)

    if (root / PLAN_FILE).exists():
        yield f"kept {PLAN_FILE}"
    else:
        (root / PLAN_FILE).write_text(text("tracker.yml.j2"), encoding="utf-8")
        yield f"wrote {PLAN_FILE}: the plan, with phases, tasks and criteria"
        if not (root / "sessions").exists():
            path = root / "sessions" / f"{values['today']}-1.yml"
            path.parent.mkdir()
            path.write_text(text("session.yml.j2"), encoding="utf-8")
            yield f"wrote {path.relative_to(root)}: an example of a session"
    if not (root / FOLDER).exists():
        write_schemas(root / FOLDER)
        yield f"wrote {FOLDER}/: what editors need to complete and check these files"
    if config_file(root).exists():
        yield f"kept {config_file(root).name}; to show the pages in your site, add to it:\n"
        yield text("mkdocs_add.yml.j2")
    else:
        config_file(root).write_text(text("mkdocs.yml.j2"), encoding="utf-8")
        yield "wrote mkdocs.yml: the site"
        index = root / "docs" / "index.md"
        if not index.exists():
            index.parent.mkdir(exist_ok=True)
            index.write_text(text("index.md.j2"), encoding="utf-8")
            yield "wrote docs/index.md: the first page of the site"
    if added := _ignore(root / ".gitignore", (f"/{pages}/", f"/{folders.site}/", "/.tracker/")):
        yield f"added to .gitignore: {' '.join(added)}"
    yield f"next: commit these files, run `tracker build` and open {folders.site}/index.html"


def _folders(root: Path) -> Folders:
    """Those of an mkdocs.yml that is there and keeps to the repository; else the usual ones."""
    found = Folders()
    if config_file(root).exists():
        with suppress(TrackerError):  # what is wrong with it, `tracker build` says
            found = folders_of(config_file(root))
    inside = [root.joinpath(name).resolve().is_relative_to(root.resolve()) for name in found]
    return Folders(*(Path(name).as_posix() for name in found)) if all(inside) else Folders()


def _ignore(path: Path, lines: Iterable[str]) -> list[str]:
    old = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""
    added = [line for line in lines if line not in old.split()]
    if added:
        gap = "" if not old or old.endswith("\n") else "\n"
        path.write_bytes((old + gap + "\n".join(added) + "\n").encode("utf-8", "surrogateescape"))
    return added


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
