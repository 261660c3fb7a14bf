"""The rule `unticked`, of boxes whose work is done."""

import re
from collections.abc import Iterator
from typing import Any

from tracker.audit.rules.documents.base import DocumentRule, Statement
from tracker.audit.rules.documents.documents import COMMENT, Document, DocumentContext
from tracker.audit.rules.documents.paths import WRITTEN
from tracker.model import Status

BOX = re.compile(r"(\s*(?:[-*+]|\d+[.)])\s+\[) (\]\s+)(.*)")
TO_DO = re.compile(
    r"\W*(?:(?P<come>create|write)|(?P<go>delete|remove|git rm))\b\W*(?:(?:a|an|the|new|old|file|script)\W+){0,3}"
    + WRITTEN
    + r"[`*_\"']*\s*(?:$|[,;.(:\u2013\u2014]|-\s)",
    re.IGNORECASE,
)


class DoneBoxes(DocumentRule):
    """A box is left open, though a session says that its task is done, or the file that it names has come or gone."""

    rule = "unticked"
    confidence = 0.95

    def __init__(self, context: DocumentContext) -> None:
        super().__init__(context)
        self._done = dict(self._said())
        self._found: list[Statement] = []

    @classmethod
    def note(cls, document: Document) -> bool:
        """Whether an open box asks for a file to come or go."""
        boxes = map(BOX.fullmatch, (line.text for line in document.all_lines if "[ ]" in line.text))
        return any(TO_DO.match(COMMENT.sub("", box[3])) for box in boxes if box)

    def concerns(self, document: Document, note: Any) -> bool:
        """See `DocumentRule.concerns`."""
        return bool(note or (self._done and self.audit.text(document.path).open_boxes))

    def read(self, document: Document) -> None:
        """See `DocumentRule.read`."""
        for line in document.all_lines if self.audit.text(document.path).open_boxes else ():
            box = BOX.fullmatch(line.text)
            if box and (reason := self._why(document, COMMENT.sub("", box[3]))):
                after = f"{box[1]}x{box[2]}{box[3]}"
                self._found.append(
                    self.statement(document.path, line, box[3], f"open, though {reason[0]}", reason[1], after)
                )

    def conclude(self) -> Iterator[Statement]:
        """See `DocumentRule.conclude`."""
        return iter(self._found)

    def _why(self, document: Document, text: str) -> tuple[str, str | None] | None:
        """Why the work is done, and the commit that shows it."""
        plain = _plain(text)
        for key in (plain, text.strip("*` ").partition(" ")[0].strip("*`:.")):
            if key in self._done:
                return self._done[key], None
        if not (found := TO_DO.match(text)):
            return None
        meant = document.meant(found[3])
        past = self.audit.history
        written = past.files[document.path].born if document.path in past.files else len(past.commits)
        if found["come"]:
            path = next((one for one in meant if one in past.files), None)
            if path and past.files[path].born <= written:  # what was there before the box is not what it asks for
                by = past.commits[past.files[path].born].hash[:9]
                return f"{path} is there since {by}", by
        elif not any(self.context.exists(one) for one in meant):
            path = next((one for one in meant if one in past.gone), None)
            if path and past.gone[path].commit <= written:
                by = self.audit.became(path)[1]
                return f"{path} was removed by {by}", by
        return None

    def _said(self) -> Iterator[tuple[str, str]]:
        """Ids and titles of tasks that the sessions say are done, each with who says so; the last saying counts."""
        facts = self.context.facts
        if facts is None:
            return
        titles = {task.id: task.title for phase in facts.plan.phases for task in phase.tasks}
        last = {task: (one.session, status) for one in facts.sessions for task, status in one.session.tasks.items()}
        for task, (session, status) in last.items():
            if status == Status.COMPLETE:
                reason = f"session {session.session} says that task {task} is done"
                yield task, reason
                if task in titles:
                    yield _plain(titles[task]), reason
        for one in facts.sessions:
            for work in one.session.work:
                if len(_plain(work.title).split()) >= 3:
                    yield _plain(work.title), f"session {one.session.session} says that it is done"


def _plain(text: str) -> str:
    """A text without its signs, in lower context."""
    return " ".join(re.findall(r"[^\W_]+", text.lower()))
