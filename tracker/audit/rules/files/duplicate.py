"""The rule `duplicate`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding
from tracker.audit.names import CONVENTIONAL, TEST_FOLDERS, Kind, Name, words_in
from tracker.audit.rules.files.base import DIGEST, SAMPLES, FileRule, is_sample, is_served
from tracker.audit.uses import Uses
from tracker.plural import counted

SMALLEST = 300
"""Bytes; smaller contents are equal by chance."""
PAIR, SHARE = 3, 0.8
"""Files in common, and their share of a folder, that make it a copy of another."""
MANIFESTS = (
    *("package.json", "pyproject.toml", "setup.py", "go.mod", "Cargo.toml", "pom.xml", "build.gradle"),
    *("conftest.py", "vitest.config.ts", "vitest.config.js", "jest.config.js", "jest.config.ts"),
)
"""What makes a folder a package, or a suite of tests with a configuration of its own."""
SIGNATURES = frozenset(words_in("asc sig md5 sha1 sha256 sha512"))
EDITIONS = frozenset(
    words_in(
        "latest config configs configuration configurations migrations lang langs language languages locale locales "
        "i18n l10n translations versioned_docs"
    )
)
"""Folders of the newest results, of settings, migrations, translations, and documentation of earlier versions."""
MANY = 3
"""Copies of one content; more are deliberate, as licences and configurations are."""


class Duplicate(FileRule):
    """The same content lies elsewhere, where it is used, and nothing uses this copy. A folder that repeats another is
    one family. Tests, fixtures, samples, configurations and images are left out."""

    id = "duplicate"
    default = False

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context, uses = self.context, self.uses
        same = dict(_copies(context, uses))
        pairs = Counter((context.names[path].folder, context.names[best].folder) for path, best in same.items())
        for path, best in same.items():
            name = context.names[path]
            pair = folder, other = name.folder, context.names[best].folder
            files = len(context.by_folder[folder])
            repeats = folder != other and pairs[pair] >= max(PAIR, SHARE * files)
            group = f"{folder or '.'}/ repeats {other or '.'}/" if repeats else ""
            used = uses.live(best, (path,)) is not None
            proof = f"identical to {best}" + (", which is used" if used else "")
            yield self.finding(path, proof, group, by=best)

    @classmethod
    def title(cls, group: str, count: int) -> str:
        """See `FileRule.title`."""
        return (
            f"{group}: {counted(count, 'identical file')}"
            if group
            else f"{counted(count, 'copy', 'copies')} of a file elsewhere"
        )


def _copies(context: AuditContext, uses: Uses) -> Iterator[tuple[str, str]]:
    """Each copy with the file to keep: the one that is used, and outside of archives."""
    for paths in context.shared:
        text, names = context.text(paths[0]), [context.names[path] for path in paths]
        if text.size < SMALLEST or len(paths) > MANY or any(_has_reason(name) for name in names):
            continue
        if len({_package(context, path) for path in paths}) > 1:
            continue  # packages that are alike, or one that holds another project
        best = max(
            paths,
            key=lambda path: (
                not context.names[path].archived,
                len(uses.of(path)),
                context.names[path].folder.count("/"),
                -len(path),
            ),
        )
        yield from ((path, best) for path in paths if path != best)


def _package(context: AuditContext, path: str) -> str:
    """The nearest folder above a file that has a manifest; "" where there is none."""
    folder = path
    while folder := folder.rpartition("/")[0]:
        if any(f"{folder}/{name}" in context.files for name in MANIFESTS):
            break
    return folder


def _has_reason(name: Name) -> bool:
    """Whether copies of such a file are deliberate or harmless."""
    folders = {folder.lower() for folder in name.folders}
    needed_where_it_is = CONVENTIONAL.fullmatch(name.stem) is not None or name.file.startswith(".")
    return (
        (is_sample(name) if name.kind is not Kind.TEST else not folders.isdisjoint(SAMPLES - TEST_FOLDERS))
        or needed_where_it_is
        or name.kind in (Kind.CONFIG, Kind.ASSET)
        or name.suffix in SIGNATURES
        or not folders.isdisjoint(EDITIONS)
        or (is_served(name) and DIGEST.search(name.file) is not None)
    )
