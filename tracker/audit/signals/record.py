"""The signal `record`."""

import re
from collections.abc import Iterator

from tracker.audit.names import Kind, words_in
from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

WORDS = frozenset(
    words_in(
        "action analysis assessment audit backup bug bugs changes checklist cleanup comparison complete "
        "completed completion consolidation current day debug debugging decision deployment deprecated "
        "diagnosis diagnostic diagnostics draft drafts enhancement enhancements evaluation final findings fix "
        "fixed fixes gap gaps handoff handover implementation implemented improvement improvements incident "
        "investigation issue issues items legacy log migration milestone next note notes old phase plan "
        "planning plans postmortem progress proposal readiness ready recap refactor refactoring report "
        "reports result results retrospective review roadmap session sprint status steps summaries summary "
        "task tasks temp test testing tmp todo todolist todos tracker tracking troubleshooting update updates "
        "v1 v2 validation verification week work"
    )
)
DATED = re.compile(r"(19|20)\d{2}[-_]?(0[1-9]|1[0-2])([-_]?\d{2})?|\b\d{10,13}\b|\d{8}")


class Record(Signal):
    """A plan, report or note about one piece of work: true when it was written."""

    name = "record"
    action = "archive"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            if name.kind is not Kind.DOCUMENT or name.conventional:
                continue
            words = WORDS & set(name.words)
            shouted = name.stem == name.stem.upper() and any(map(str.isalpha, name.stem))
            if words:
                yield Sign(
                    path,
                    f"a record of one piece of work by its name ({', '.join(sorted(words))})",
                    min(1.0, 0.4 + 0.3 * len(words)),
                )
            if shouted:
                yield Sign(path, "a note by the look of its name", variant="shouted")
            if DATED.search(name.stem):
                yield Sign(path, "a record of one day by its name", variant="dated")
