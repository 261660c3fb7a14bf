"""The site: a builder writes it into a temporary folder, and its files are then put in their place."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from tracker.errors import TrackerError
from tracker.plural import counted
from tracker.publish.mkdocs import build_mkdocs, rebuild_mkdocs
from tracker.publish.mkdocs_config import config_file, folders_of, require_harmless
from tracker.publish.output import OutputDirectory
from tracker.publish.search_index import INDEX, bounded_indexes
from tracker.publish.site_faults import faults
from tracker.publish.zensical import build_zensical
from tracker.user_folders import state_folder
from tracker.workspace import PLAN_FILE

GENERATOR = re.compile(rb'<meta name="generator" content="(?:mkdocs|zensical)-', re.IGNORECASE)
"""In every page that a builder writes."""
SITE_FILES = ("sitemap.xml", "sitemap.xml.gz", "search.js", "search.json")
SITE_FOLDERS = ("assets/", "search/", "css/", "js/", "img/")
"""What else builders write."""


class Builder(StrEnum):
    """What builds a site from the pages."""

    MKDOCS = "mkdocs"
    ZENSICAL = "zensical"


def build_site(
    root: Path, pages: Path, builder: Builder = Builder.MKDOCS, *, strict: bool, untrusted: bool = False
) -> Path:
    """Build the site of a workspace and return its folder. A note on stderr says when the pages are not part of it.

    With `untrusted`, settings of mkdocs.yml that run code or read other files are refused.

    Raises TrackerError when there is no mkdocs.yml, when it names unsafe folders, or when the builder fails; the site
    is then unchanged.
    """
    config = config_file(root)
    if not config.is_file():
        raise TrackerError(f"{config}: no such file; `tracker init` writes one, and --no-site does without")
    if untrusted:
        require_harmless(config)
    folders = folders_of(config)
    target = root / folders.site
    if not target.resolve().is_relative_to(root.resolve()) or target.resolve() == root.resolve():
        raise TrackerError(f"{config}: site_dir leads to {target.resolve()}, expected a folder inside {root}")
    documents = root / folders.documents
    if not pages.resolve().is_relative_to(documents.resolve()):
        where = pages.relative_to(root).as_posix()
        print(
            f"tracker: the site lacks the pages: they are in {where}, and {config.name} takes its "
            f"documents from {folders.documents}; set `docs: {folders.documents}/tracker` in {PLAN_FILE}",
            file=sys.stderr,
        )
    _require_inside(root, documents, untrusted=untrusted)
    output = OutputDirectory(root, target, state_folder(root) / "site.json", _is_site_file, alone=False)
    if target.exists() and not len(output) and not _is_site(target):
        raise TrackerError(
            f"{target}: not a site that MkDocs or Zensical built; move it, or name another site_dir in {config.name}"
        )
    with tempfile.TemporaryDirectory(prefix="tracker-site-") as name:
        _run(builder, config, Path(name), strict=strict, untrusted=untrusted)
        files = dict(_in_order(Path(name)))
        if pages.is_relative_to(documents):
            files |= bounded_indexes(files, pages.relative_to(documents).as_posix())
        output.put((), {path: ("", content) for path, content in files.items()})
    return target


def _run(builder: Builder, config: Path, site: Path, *, strict: bool, untrusted: bool) -> None:
    if builder is Builder.MKDOCS:
        build_mkdocs(config, site, strict=strict, untrusted=untrusted)
        return
    build_zensical(config, site, strict=strict, untrusted=untrusted)
    found = list(faults(site, config))
    for one in found:
        print(f"WARNING -  {one}", file=sys.stderr)
    if found and strict:
        raise TrackerError(f"the site has {counted(len(found), 'fault')}: see the messages above")


def preview_site(root: Path, site: Path) -> None:
    """Build the site into the folder `site`, after the first time only the pages that changed.

    Raises TrackerError when there is no mkdocs.yml, or when MkDocs fails; the site then has its last good pages.
    """
    config = config_file(root)
    if not config.is_file():
        raise TrackerError(f"{config}: no such file; `tracker init` writes one")
    built = site / "sitemap.xml"
    again = built.is_file() and config.stat().st_mtime < built.stat().st_mtime
    index = site / INDEX
    search = index.read_bytes() if again and index.is_file() else None  # a partial build would index what changed
    rebuild_mkdocs(config, site, changed_only=again)
    if search is not None:
        index.write_bytes(search)


def _in_order(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a new site, in an order in which a reader always finds what a page needs: pages come last."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.suffix == ".html", path)):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def _is_site(folder: Path) -> bool:
    """Whether a builder wrote what a folder holds: it writes a sitemap and marks its pages."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    pages = [path for path in (folder / "404.html", folder / "index.html") if path.is_file()]
    return (folder / "sitemap.xml").is_file() and any(GENERATOR.search(path.read_bytes()) for path in pages)


def _is_site_file(path: str, content: bytes) -> bool:
    """Whether a builder wrote a file that no manifest lists."""
    if path.endswith(".html"):
        return bool(GENERATOR.search(content))
    return path in ("sitemap.xml", "sitemap.xml.gz", "search.js", "search.json") or path.startswith(
        ("assets/", "search/", "css/", "js/", "img/")
    )


def _require_inside(root: Path, documents: Path, *, untrusted: bool) -> None:
    """Refuse links among the documents that lead out of the repository: MkDocs would publish what they lead to."""
    top = next((one for one in (root, *root.parents) if (one / ".git").exists()), root).resolve()
    for folder, folders, files in os.walk(documents):
        for name in (*folders, *files):
            path = Path(folder, name)
            if not path.is_symlink():
                continue
            real = path.resolve()
            outside = not real.is_relative_to(top) or ".git" in real.relative_to(top).parts
            if outside or untrusted:
                where = "leads out of the repository" if outside else "is a link, which an untrusted build refuses"
                raise TrackerError(f"{path}: {where}; replace it by a copy, or remove it")
