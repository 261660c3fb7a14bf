"""`tracker init`: write a small workspace that works without further changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date as Date
from pathlib import Path

from tracker.errors import TrackerError
from tracker.files import create_file, read_file, write_file
from tracker.publish.mkdocs_config import Folders, config_file, folders_of
from tracker.publish.render import template_folder
from tracker.publish.schema import FOLDER, write_schemas
from tracker.sources.plan import read_plan
from tracker.sources.repository import Repository
from tracker.sources.results import results_ignored
from tracker.workspace import PLAN_FILE


def scaffold(folder: Path) -> Iterator[str]:
    """Write the files that are missing, and report each step and what is left to do.

    Raises NotARepository when the folder is not in a git repository, and UnsafePath when a link is in the way.
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

    def write(path: Path, name: str) -> bool:
        """Write a file that does not exist; nothing that exists is replaced."""
        try:
            create_file(path, text(name).encode(), within=root)
        except FileExistsError:
            return False
        return True

    if write(root / PLAN_FILE, "tracker.yml.j2"):
        yield f"wrote {PLAN_FILE}: the plan, with phases, tasks and criteria"
        example = root / "sessions" / f"{values['today']}-1.yml"
        if not os.path.lexists(example.parent) and write(example, "session.yml.j2"):
            yield f"wrote {example.relative_to(root)}: an example of a session"
    else:
        yield f"kept {PLAN_FILE}"
    if not os.path.lexists(root / FOLDER):
        write_schemas(root / FOLDER, within=root)
        yield f"wrote {FOLDER}/: schemas with which editors complete and check these files"
    config = config_file(root)
    if write(config, "mkdocs.yml.j2"):
        yield "wrote mkdocs.yml: the site"
        if write(root / "docs" / "index.md", "index.md.j2"):
            yield "wrote docs/index.md: the first page of the site"
    else:
        yield f"kept {config.name}; to show the pages in your site, add to it:\n"
        yield text("mkdocs_add.yml.j2")
    if added := _ignore(root, (f"/{pages}/", f"/{folders.site}/", "/.tracker/")):
        yield f"added to .gitignore: {' '.join(added)}"
    if warning := _results_ignored(root):
        yield warning
    yield f"next: commit these files, run `tracker build` and open {folders.site}/index.html"


def _results_ignored(root: Path) -> str | None:
    """Return a warning where git ignores the results folder of the plan; a plan that cannot be read has none."""
    try:
        plan, _ = read_plan(root)
    except TrackerError:  # `tracker check` reports it
        plan = None
    if plan is None:
        return None
    with Repository.open(root) as repository:
        warning = results_ignored(repository, plan.results)
    return (
        f"warning: {warning}; remove the pattern from .gitignore, or set `results:` in {PLAN_FILE}" if warning else None
    )


def _folders(root: Path) -> Folders:
    """The folders of an existing mkdocs.yml that are inside the repository; else the usual ones."""
    found = Folders()
    if os.path.lexists(config_file(root)):
        with suppress(TrackerError):  # `tracker build` reports it
            found = folders_of(config_file(root))
    inside = [root.joinpath(name).resolve().is_relative_to(root.resolve()) for name in found]
    return Folders(*(Path(name).as_posix() for name in found)) if all(inside) else Folders()


def _ignore(root: Path, lines: Iterable[str]) -> list[str]:
    path = root / ".gitignore"
    try:
        old = read_file(path, within=root).decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        old = ""
    added = [line for line in lines if line not in old.split()]
    if added:
        gap = "" if not old or old.endswith("\n") else "\n"
        text = old + gap + "\n".join(added) + "\n"
        write_file(path, text.encode("utf-8", "surrogateescape"), within=root)
    return added


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)
