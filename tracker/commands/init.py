"""`tracker init`: write a small workspace that works without further changes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date as Date
from pathlib import Path
from urllib.parse import urlsplit

from tracker.commands.existing_site import change_for, configs_elsewhere, pages_folder
from tracker.errors import TrackerError
from tracker.files import create_file, read_file, write_file
from tracker.publish.mkdocs_config import Folders, config_file, folders_of
from tracker.publish.render import template_folder
from tracker.publish.schema import FOLDER, write_schemas
from tracker.sources.plan import read_plan
from tracker.sources.repository import Repository
from tracker.sources.results import results_ignored
from tracker.workspace import PLAN_FILE

ZENSICAL = "zensical.toml"
"""The configuration of a site that Zensical builds without MkDocs."""


def scaffold(folder: Path, *, apply: bool = False) -> Iterator[str]:
    """Write the files that are missing, and report each step and what is left to do.

    The change that shows the pages in an existing site is printed, and made with `apply`.

    Raises NotARepository when the folder is not in a git repository, and UnsafePath when a link is in the way.
    """
    import jinja2

    with Repository.open(folder) as repository:
        root = repository.folder
    folders = _folders(root)
    config = config_file(root)
    elsewhere = [] if os.path.lexists(config) else _elsewhere(root)
    pages = _pages(root, config, folders, elsewhere)
    values = {"project": root.name, "today": Date.today(), "pages": pages, "site_url": _site_url(root)}
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
    if not os.path.lexists(config) and (note := _other_site(root, pages, elsewhere)):
        yield f"by hand: {note}"
    elif write(config, "mkdocs.yml.j2"):
        yield "wrote mkdocs.yml: the site"
        if write(root / "docs" / "index.md", "index.md.j2"):
            yield "wrote docs/index.md: the first page of the site"
    else:
        yield from _existing_site(root, config, folders, pages, apply=apply)
    if added := _ignore(root, (f"/{pages}/", f"/{folders.site}/", "/.tracker/")):
        yield f"added to .gitignore: {' '.join(added)}"
    if warning := _results_ignored(root):
        yield warning
    yield f"next: commit these files, run `tracker build` and open {folders.site}/index.html"


def _elsewhere(root: Path) -> list[Path]:
    with suppress(TrackerError, OSError):
        return configs_elsewhere(root)
    return []


def _pages(root: Path, config: Path, folders: Folders, elsewhere: list[Path]) -> str:
    """Where the pages go: where the plan says, or below the documents of the site."""
    with suppress(TrackerError, OSError):  # `tracker check` reports it
        plan, _ = read_plan(root)
        if plan is not None:
            return plan.docs
    with suppress(TrackerError, OSError):  # `tracker build` reports it
        if elsewhere:
            return _pages_of(root, elsewhere[0])
        return pages_folder(config, folders.documents)
    return f"{folders.documents}/tracker"


def _pages_of(root: Path, config: Path) -> str:
    """Where the pages go in a site whose configuration is in another folder or has another name."""
    folder = config.parent.relative_to(root)
    pages = pages_folder(config, (folder / folders_of(config).documents).as_posix())
    inside = root.joinpath(pages).resolve().is_relative_to(root.resolve())
    return Path(pages).as_posix() if inside else f"{Folders().documents}/tracker"


def _other_site(root: Path, pages: str, elsewhere: list[Path]) -> str | None:
    """What must be done by hand in a site that the tracker does not build, if there is one."""
    entry = f"add {Path(pages).name}/index.md to its nav"
    if os.path.lexists(root / ZENSICAL):
        return f"{ZENSICAL} is not read; add {pages}/index.md to its nav, and build with --no-site"
    names = ", ".join(path.relative_to(root).as_posix() for path in elsewhere[:3])
    return f"{names}: only mkdocs.yml in this folder is read; {entry}, and build with --no-site" if names else None


def _existing_site(root: Path, config: Path, folders: Folders, pages: str, *, apply: bool) -> Iterator[str]:
    """Print or make the change that shows the pages in a site, and say what must be done by hand."""
    try:
        change = change_for(root, config, folders.documents, pages)
    except (TrackerError, ValueError, OSError) as error:
        yield f"kept {config.name}: {error}"
        return
    for note in change.notes:
        yield f"by hand: {note}"
    if not change.edits:
        yield f"kept {config.name}" + ("" if change.notes else ": it shows the pages")
        return
    names = ", ".join(edit.path.relative_to(root).as_posix() for edit in change.edits)
    if apply:
        change.apply(root)
    yield f"changed {names}:" if apply else f"kept {names}; this change shows the pages, and --apply makes it:"
    for edit in change.edits:
        yield edit.diff(root)


def _site_url(root: Path) -> str | None:
    """Where GitHub or GitLab would publish the site, if the repository is there."""
    with Repository.open(root) as repository:
        address = urlsplit(repository.remote or "")
    hosts = {"github.com": "github.io", "gitlab.com": "gitlab.io"}
    owner, _, name = address.path.strip("/").partition("/")
    if address.hostname not in hosts or not name:
        return None
    return f"https://{owner.lower()}.{hosts[address.hostname]}/{name}/"


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
