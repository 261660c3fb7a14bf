"""The signal `identical`."""

from collections import Counter
from collections.abc import Iterator

from tracker.audit.names import TEST_FOLDERS, Kind, Name
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

SMALLEST = 256
"""Bytes; smaller contents are the same by chance."""
FIXTURES = TEST_FOLDERS | {"fixtures", "testdata"}
PAIR = 3
"""Files in common that make a folder a copy of another."""
SHARE = 0.8
"""Of the files of the folder."""


class Identical(Signal):
    """The same content lies elsewhere. Tests, fixtures and tiny files are left out.

    Of a folder that is a copy of another one thing is said.
    """

    name = "identical"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        same = dict(_copies(subject))
        pairs = Counter((subject.names[path].folder, subject.names[best].folder) for path, best in same.items())
        for path, best in same.items():
            pair = folder, other = subject.names[path].folder, subject.names[best].folder
            files = len(subject.by_folder[folder])
            if folder != other and pairs[pair] >= max(PAIR, SHARE * files):
                detail = f"{pairs[pair]} of {files} files of {folder or '.'}/ are the same as in {other or '.'}/"
                yield Sign(path, detail, by=f"{other or '.'}/")
            else:
                yield Sign(path, f"the same content as {best}", by=best)


def _copies(subject: Subject) -> Iterator[tuple[str, str]]:
    """Each file with another that has the same content, is no copy itself, and is the one to keep."""
    for paths in subject.shared:
        text = subject.text(paths[0])
        if text.size < SMALLEST and not text.binary:
            continue
        if all(_is_fixture(subject.names[path]) for path in paths):
            continue
        best = max(
            paths,
            key=lambda path: (len(subject.mentioned.get(path, ())), not subject.names[path].archived, -len(path)),
        )
        yield from ((path, best) for path in paths if path != best)


def _is_fixture(name: Name) -> bool:
    return name.kind is Kind.TEST or any(folder.lower() in FIXTURES for folder in name.folders)
