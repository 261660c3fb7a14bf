"""`tracker init`: a small workspace that works at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date as Date
from pathlib import Path

from tracker.publish.render import template_folder
from tracker.publish.schema import FOLDER, write_schemas
from tracker.sources.repository import Repository
from tracker.workspace import PLAN_FILE

IGNORED = ("/docs/tracker/", "/site/", "/.tracker/")


def scaffold(folder: Path) -> Iterator[str]:
    """Write what is missing, and tell each thing done or left to do.

    Raises NotARepository where the folder is in no git repository.
    """
    import jinja2

    with Repository.open(folder) as repository:
        root = repository.folder
        values = {"project": root.name, "today": Date.today()}
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
    if (root / "mkdocs.yml").exists():
        yield "kept mkdocs.yml; to show the pages in your site, add to it:\n"
        yield text("mkdocs_add.yml.j2")
    else:
        (root / "mkdocs.yml").write_text(text("mkdocs.yml.j2"), encoding="utf-8")
        yield "wrote mkdocs.yml: the site"
        index = root / "docs" / "index.md"
        if not index.exists():
            index.parent.mkdir(exist_ok=True)
            index.write_text(text("index.md.j2"), encoding="utf-8")
            yield "wrote docs/index.md: the first page of the site"
    if added := _ignore(root / ".gitignore"):
        yield f"added to .gitignore: {' '.join(added)}"
    yield "next: commit these files, run `tracker build` and open site/index.html"


def _ignore(path: Path) -> list[str]:
    old = path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else ""
    added = [line for line in IGNORED if line not in old.split()]
    if added:
        gap = "" if not old or old.endswith("\n") else "\n"
        path.write_bytes((old + gap + "\n".join(added) + "\n").encode("utf-8", "surrogateescape"))
    return added


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
