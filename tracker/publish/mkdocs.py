"""The site: MkDocs runs as its own process into a temporary folder, and its files are then put in their place."""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from tracker.errors import TrackerError
from tracker.publish.mkdocs_config import config_file, folders_of, require_harmless
from tracker.publish.output import OutputDirectory
from tracker.publish.search_index import INDEX, OFFLINE, bounded
from tracker.user_folders import state_folder
from tracker.workspace import PLAN_FILE

QUIET = {"NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
"""Turn off banners about the future of MkDocs, which are not about this site."""
INFORMATION = re.compile(r"^INFO .*\n(?:[ \t].*\n)*", re.MULTILINE)
"""Messages of MkDocs that are not warnings."""
GENERATOR = re.compile(rb'<meta name="generator" content="mkdocs-', re.IGNORECASE)
"""In every page that MkDocs writes."""
ESSENTIAL = ("PATH", "HOME", "LANG", "LANGUAGE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "SOURCE_DATE_EPOCH", "NO_COLOR")
"""Environment variables that the build of an untrusted workspace gets; the others may be secrets."""


def build_site(root: Path, pages: Path, *, strict: bool, untrusted: bool = False) -> Path:
    """Build the site of a workspace and return its folder. A note on stderr says when the pages are not part of it.

    With `untrusted`, settings of mkdocs.yml that run code or read other files are refused.

    Raises TrackerError when there is no mkdocs.yml, when it names unsafe folders, or when MkDocs fails; the site is
    then unchanged.
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
            f"{target}: not a site that MkDocs built; move it, or name another site_dir in {config.name}"
        )
    with tempfile.TemporaryDirectory(prefix="tracker-site-") as name:
        _run(config, Path(name), strict=strict, untrusted=untrusted)
        files = dict(_in_order(Path(name)))
        if INDEX in files and pages.is_relative_to(documents):
            files[INDEX] = bounded(files[INDEX], pages.relative_to(documents).as_posix())
            if OFFLINE in files:
                files[OFFLINE] = b"var __index = " + files[INDEX]
        output.put((), {path: ("", content) for path, content in files.items()})
    return target


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
    _build_here(config, site, changed_only=again)
    if search is not None:
        index.write_bytes(search)


def _build_here(config: Path, site: Path, *, changed_only: bool) -> None:
    """Run MkDocs in this process, which spares its start. Raises TrackerError when it fails."""
    from mkdocs.commands.build import build
    from mkdocs.config import load_config

    os.environ.update(QUIET)
    logging.getLogger("mkdocs").setLevel(logging.ERROR)
    try:
        build(load_config(str(config), site_dir=str(site)), dirty=changed_only)
    except (Exception, SystemExit) as error:  # a plugin may raise anything
        raise TrackerError(f"mkdocs could not build the site: {error}") from error


def _run(config: Path, site: Path, *, strict: bool, untrusted: bool) -> None:
    # -P: modules in the current folder are not imported in place of the installed ones.
    command = [sys.executable, "-P", "-X", "utf8", "-m", "mkdocs", "build"]
    command += ["--config-file", str(config), "--site-dir", str(site), *(["--strict"] if strict else [])]
    done = subprocess.run(
        command, cwd=config.parent, env=_environment(untrusted=untrusted), stderr=subprocess.PIPE, check=False
    )
    # --quiet is no option: with it MkDocs forgets the warnings that --strict is about.
    sys.stderr.write(INFORMATION.sub("", done.stderr.decode("utf-8", "replace")))
    if done.returncode:
        raise TrackerError("mkdocs could not build the site: see its messages above")


def _environment(*, untrusted: bool) -> Mapping[str, str]:
    """The environment of MkDocs, without the settings of Python (PYTHONPATH may name the current folder) and of git."""
    given = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "GIT_"))}
    if untrusted:
        given = {key: value for key, value in given.items() if key in ESSENTIAL or key.startswith("LC_")}
    return given | QUIET | {"PYTHONSAFEPATH": "1"}


def _in_order(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a new site, in an order in which a reader always finds what a page needs: pages come last."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in sorted(files, key=lambda path: (path.suffix == ".html", path)):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


def _is_site(folder: Path) -> bool:
    """Whether MkDocs built what a folder holds: it writes a sitemap and marks its pages."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    pages = [path for path in (folder / "404.html", folder / "index.html") if path.is_file()]
    return (folder / "sitemap.xml").is_file() and any(GENERATOR.search(path.read_bytes()) for path in pages)


def _is_site_file(path: str, content: bytes) -> bool:
    """Whether MkDocs wrote a file that no manifest lists."""
    if path.endswith(".html"):
        return bool(GENERATOR.search(content))
    return path in ("sitemap.xml", "sitemap.xml.gz") or path.startswith(("assets/", "search/", "css/", "js/", "img/"))


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
