"""The rules about files, in the order in which they claim a path that several match."""

from __future__ import annotations

from tracker.audit.rules.files.applied import Applied
from tracker.audit.rules.files.archive import Archive
from tracker.audit.rules.files.artifact import Artifact
from tracker.audit.rules.files.backup import Backup
from tracker.audit.rules.files.base import FileRule
from tracker.audit.rules.files.condemned import Condemned
from tracker.audit.rules.files.deprecated import Deprecated
from tracker.audit.rules.files.duplicate import Duplicate
from tracker.audit.rules.files.empty import BrokenSymlink, Empty
from tracker.audit.rules.files.finished import Finished
from tracker.audit.rules.files.ignored import Ignored
from tracker.audit.rules.files.one_off import OneOff
from tracker.audit.rules.files.superseded import Superseded
from tracker.audit.rules.files.unreachable import Unreachable

FILE_RULES: tuple[type[FileRule], ...] = (
    Ignored,
    Artifact,
    BrokenSymlink,
    Backup,
    Duplicate,
    Empty,
    Applied,
    Superseded,
    Archive,
    Finished,
    Deprecated,
    OneOff,
    Unreachable,
    Condemned,
)
