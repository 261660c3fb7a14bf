"""Read hand-made trackers and check lists as the phases of a plan.

Phases come from headings such as `Phase 8: Selfplay` and from tables with a column of phases; tasks from tables, check
boxes and lists below them. What is not recognized is left out and reported as a doubt.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date as Date
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePath
from typing import Any

from tracker.slugs import slug
from tracker.sources.logs.columns import status_of
from tracker.sources.logs.document import LONGEST_TITLE, Block, Item, LogDocument, Section, decode, labels, parse
from tracker.sources.logs.head import front_matter, read_head
from tracker.sources.logs.identity import find_days, find_id, own_id
from tracker.sources.logs.languages import english
from tracker.sources.logs.meanings import plain
from tracker.sources.logs.texts import filled, one_line, parts, says_nothing

NUMBERED = re.compile(r"(?i)(?<![a-z0-9])v(?:ersion)?[\s_.:-]*(\d+)[._](\d+)(?:[._](\d+))?(?!\d)")
_PHASE_WORDS = (
    r"(?:phase|milestone|stage|sprint|meilenstein|étape|fase|etapa|hito|marco|этап|веха|фаза|faz|aşama|阶段|階段|里程碑|フェーズ"
    r"|マイルストーン|단계|마일스톤)"
)
_CHAPTER = re.compile(r"(?i)(?:chapter|kapitel|chapitre|capítulo|capitolo|глава) (?P<id>\d+)\b[\s:.,–—-]*(?P<rest>.*)")
_PHASE = re.compile(rf"(?i){_PHASE_WORDS}(?: |(?=\d))(?P<id>\d+[a-z]?(?:\.\d+)*|[A-Z])(?![^\W\d_])\W*(?P<rest>.*)")
_TASK_ID = re.compile(
    r"\W*(?:[Tt]ask\s+)?(?P<id>\d+(?:\.\d+)+[a-z]?|[A-Z]{1,5}-\d+)\b[\s:.)*`—–-]*(?P<rest>.*)", re.DOTALL
)
_ROW_ID = re.compile(rf"(?i)\W*{_PHASE_WORDS}?\s*(?P<id>\d+[a-z]?(?:\.\d+)*)\b[\s:.)*—–-]*(?P<rest>.*)")
_ESTIMATE = re.compile(
    r"(?i)\s*[(\[]\s*(?:est\w*[:.]?\s*)?(~?\s*\d[\d.–-]*\s*(?:m|min|minutes?|h|hrs?|hours?|d|days?|weeks?))\s*[)\]]"
)
_STATUS_END = re.compile(
    r"(?i)[\s:—–(\[-]*\b(complete[d]?|done|next|in progress|not started|planned|deferred|blocked|cancell?ed|pending|wip"
    r"|validated|finished|deployed)\b\W*$"
)
_SIGN = re.compile(r"(?:(?P<done>[✅✔☑])|(?P<begun>[🔄🚧])|[⬜🔲☐◻🔳⏳])\ufe0f?\s+(?=\S)")
_MARK = re.compile(r"(?i)^\[(done|complete[d]?|to-?do|wip|pending|in progress)\]\s*")
"""A status in brackets before the title of a task."""
_ENDORSED = re.compile(r"(?P<by>\w.*?) (?:endorsement|approval|sign-?off|certification)")
_IDS = re.compile(r"(?<![\w.])(\d+[a-z]?)(?:\s*(?:-|–|to)\s*(\d+))?(?![\w.])")

_ROLES: tuple[tuple[str, str], ...] = (
    ("prerequisites", r"\b(prerequisites?|preconditions?|entry criteria)\b"),
    ("criteria", r"\b((success|acceptance|exit|completion) (criteria|criterion|metrics)|definition of done)\b"),
    ("decisions", r"\b(architecture |design )?decisions\b"),
    ("achievements", r"\b(achievements?|highlights?|accomplishments?)\b"),
    ("goal", r"^(goals?|objectives?|purpose)$"),
    ("validation", r"\bvalidation (details|notes|results)\b"),
    ("tasks", r"\b(tasks?|to-?dos?|check ?list|work items?|steps|backlog|scope|remaining|next)\b"),
    ("nothing", r"\b(history|change ?log|updates?|references?|files?|notes|commits?|summary)\b"),
)
"""Roles of headings below a phase."""
_LABELS: dict[str, str] = {
    **dict.fromkeys(("owner", "lead", "assignee", "responsible", "assigned to"), "owner"),
    **dict.fromkeys(("goal", "objective", "purpose"), "goal"),
    **dict.fromkeys(("status", "state"), "status"),
    **dict.fromkeys(("depends on", "dependencies", "dependency", "after", "requires"), "depends_on"),
    **dict.fromkeys(("completed", "completed on", "completion date", "date completed", "finished"), "completed"),
    **dict.fromkeys(("validation", "validated", "validation notes", "verified by"), "validation"),
    **dict.fromkeys(("exit criterion", "success criterion", "acceptance criterion", "done when"), "criterion"),
}
_COLUMNS: dict[str, tuple[str, ...]] = {
    "phase": ("phase", "milestone", "stage", "sprint"),
    "task": ("task", "tasks", "work item", "item", "action", "step"),
    "criterion": ("criterion", "criteria", "success criterion", "success criteria", "acceptance criteria"),
    "session": ("session", "sessions"),
    "id": ("#", "id", "no", "no.", "nr"),
    "title": ("title", "name", "description", "what", "summary", "deliverable", "deliverables", "task", "item", "goal"),
    "status": ("status", "state", "done", "progress"),
    "owner": ("owner", "assignee", "lead", "who", "responsible", "team", "assigned to"),
    "estimate": ("estimate", "est.", "est", "estimated time", "effort", "time", "duration"),
    "completed": ("completed", "completed on", "completion date", "date", "finished", "done on"),
    "validation": ("validation", "validated", "verification", "validation notes"),
    "note": ("notes", "note", "comment", "comments", "details", "remarks"),
    "depends_on": ("depends on", "dependencies", "dependency", "blocked by", "after", "prerequisites"),
}
_ORDER = (
    "id", "title", "chapter", "goal", "owner", "status", "completed", "validation", "note", "depends_on",
    "prerequisites", "tasks", "criteria", "decisions", "achievements",
)  # fmt: skip
ID_WORDS = 4
"""Words of an id that is made from a text."""
TASK_WORDS = 15
"""Most words of an item that is a task without saying so."""
_SAID = ("complete", "in progress", "deferred", "cancelled", "blocked")
"""Statuses that are written into a plan; planned is the default."""


@dataclass
class PlanDraft:
    """What one document says of the plan."""

    name: str
    """The file name."""
    date: Date | None
    number: str | None
    """The version of the document, such as 3.9.0."""
    title: str
    phases: list[dict[str, Any]] = field(default_factory=list)
    """As in tracker.yml."""
    achievements: list[str] = field(default_factory=list)
    """Achievements that stand under no phase."""
    endorsements: list[dict[str, str]] = field(default_factory=list)
    deliverables: dict[str, str] = field(default_factory=dict)
    """What each session delivered, by its id."""
    doubts: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of what may be wrong."""

    @property
    def data(self) -> dict[str, Any]:
        """The fields of tracker.yml that the document fills."""
        fields = ("phases", "achievements", "endorsements", "deliverables")
        return filled(**{name: getattr(self, name) for name in fields})


def read_plan_document(name: str, content: bytes) -> PlanDraft:
    """Read one tracker or check list. Raises UnreadableLog.

    >>> draft = read_plan_document("a.md", b"# Plan v1.2\\n\\n## Phase 1: Kiln\\n\\n- [x] 1.1 Bricks\\n")
    >>> draft.number, draft.phases[0]["title"], draft.phases[0]["tasks"]
    ('1.2.0', 'Kiln', [{'id': '1.1', 'title': 'Bricks', 'status': 'complete'}])
    """
    text = decode(content)
    front, lines, wrong = front_matter(text)
    document = parse("\n" * lines + "\n".join(text.split("\n")[lines:]))
    head = read_head(document, front)
    dated = [label.value for label in (*head.fields.get("date", ()), *head.others) if find_days(label.value)]
    days = next((found for one in (*dated, head.title, name) if (found := find_days(one))), None)
    versions = [f"v{label.value}" for label in head.others if plain(label.name).lower().endswith("version")]
    number = _number([*versions, head.title, PurePath(name).stem])
    draft = PlanDraft(name, days.first if days else None, number, head.title)
    if wrong:
        draft.doubts.append((1, wrong))
    _PlanReader(document, draft).read()
    return draft


def _number(texts: list[str]) -> str | None:
    found = next((match for text in texts if (match := NUMBERED.search(text))), None)
    return f"{int(found[1])}.{int(found[2])}.{int(found[3] or 0)}" if found else None


@dataclass(frozen=True)
class _PlaceInPlan:
    """Where in a document something stands."""

    chapter: str | None = None
    phase: str | None = None
    """The key of the phase in `_PlanReader.phases`."""
    role: str | None = None
    heading: str = ""
    """The nearest heading that names no phase and has no role: a phase where the document has no others."""


class _PlanReader:
    """Collects the phases of a document, by chapter and id."""

    def __init__(self, document: LogDocument, draft: PlanDraft) -> None:
        self._document = document
        self._draft = draft
        self._phases: dict[str, dict[str, Any]] = {}
        sections = list(document.root.walk())
        self._has_phases = any(_PHASE.match(_CHAPTER.sub(r"\g<rest>", plain(one.title))) for one in sections) or any(
            "phase" in _roles(block) for one in sections for block in one.blocks
        )

    def read(self) -> None:
        """Read the whole document into the draft."""
        self._visit(self._document.root, _PlaceInPlan())
        for phase in self._phases.values():
            phase["title"] = phase["title"] or f"Phase {phase['id']}"
            is_complete = phase.get("status") == "complete"
            if is_complete and not any(task.get("status") for task in phase.get("tasks", ())):
                phase.pop("tasks", None)  # a bare list: its phase says that it is complete, its items say nothing
            if is_complete and not (phase.get("tasks") or phase.get("criteria")):
                evidence = [_attested(phase, "reported as complete")]
                text = "The phase is complete, as its tracker says"
                phase["criteria"] = [{"id": f"{phase['id']}-complete", "text": text, "evidence": evidence}]
        self._draft.phases = list(self._consistent(_with_chapters(list(self._phases.values()))))
        if not self._draft.phases:
            self._draft.doubts.append((1, "no phase, task or check box was recognized"))

    def _consistent(self, phases: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The phases without rows that repeat a task of another table, and without dependencies in a circle."""
        tasks = {task["id"] for phase in phases for task in phase.get("tasks", ())}
        needed = {one["id"]: [name for name in one.get("depends_on", ()) if name not in tasks] for one in phases}
        while circle := _circle(needed):
            needed[circle[1]].remove(circle[0])
            self._draft.doubts.append((1, f"phase {circle[1]} and {circle[0]} depend on each other: one is left out"))
        self._drop_repeated_tasks(phases)
        for phase in phases:
            if phase["id"] in tasks:
                self._draft.doubts.append((1, f"phase {phase['id']} left out: a task has this id"))
            else:
                changed = {**phase, "depends_on": needed[phase["id"]]}
                yield {name: changed[name] for name in phase if changed[name]}

    def _drop_repeated_tasks(self, phases: list[dict[str, Any]]) -> None:
        """Leave out the tasks whose id an earlier phase has."""
        seen: set[str] = set()
        for phase in phases:
            for task in [one for one in phase.get("tasks", ()) if one["id"] in seen]:
                phase["tasks"].remove(task)
                text = f"task {task['id']} of phase {phase['id']} left out: another phase has a task with this id"
                self._draft.doubts.append((1, text))
            seen.update(one["id"] for one in phase.get("tasks", ()))

    def _visit(self, section: Section, place: _PlaceInPlan) -> None:
        place = self._entered(section, place)
        for block in section.blocks:
            self._block(block, place)
        if place.role in ("goal", "validation") and place.phase:
            prose = [block for block in section.blocks if block.kind != "table"]
            text = "\n\n".join(self._document.source(block.line, block.end) for block in prose)
            self._field(self._phases[place.phase], place.role, text, section.line)
        for child in section.children:
            self._visit(child, place)

    def _entered(self, section: Section, place: _PlaceInPlan) -> _PlaceInPlan:
        """The place of what is under a heading."""
        title = plain(section.title)
        if not title or section.level == 0:
            return place
        chapter = _CHAPTER.match(title)
        if chapter:
            place = _PlaceInPlan(chapter=_chapter(chapter["id"], chapter["rest"]))
            title = chapter["rest"]
        phase = _PHASE.match(title)
        if phase and not re.match(r"\d|and\b", phase["rest"]):
            place = self._entered_phase(section, place, phase["id"], phase["rest"])
            return replace(place, role="tasks") if place.role is None and _is_task_list(section) else place
        role = _role(title)
        if section.level == 1 or chapter:
            return replace(place, role=None, heading=title)
        return replace(place, role=role, heading=place.heading if role else title)

    def _entered_phase(self, section: Section, place: _PlaceInPlan, name: str, rest: str) -> _PlaceInPlan:
        role = _role(_STATUS_END.sub("", rest))
        key = self._phase(place.chapter, name, "" if role else rest)
        status = _status_at_end(section.title)
        if status in _SAID and not role:
            self._phases[key].setdefault("status", status)
        return replace(place, phase=key, role=role, heading="")

    def _phase(self, chapter: str | None, name: str, title: str) -> str:
        """The key of a phase, which is added if it is new."""
        key = f"{chapter or ''}/{name}"
        if chapter is None:  # a later section may leave out the chapter
            known = [one for one in self._phases if one.endswith(f"/{name}")]
            key = known[0] if len(known) == 1 else key
        phase = self._phases.setdefault(key, {"id": name, "title": "", "chapter": chapter})
        title = one_line(title)[:LONGEST_TITLE]
        title = _ESTIMATE.sub("", title)
        title = (_STATUS_END.sub("", title).strip() or title).strip(" :–—-")
        phase["title"] = phase["title"] or title
        return key

    def _block(self, block: Block, place: _PlaceInPlan) -> None:
        if place.role == "nothing" and not any(item.checked is not None for item in block.items):
            return
        if block.header:
            self._table(block, _roles(block), place)
        for label in labels(block) if block.kind == "paragraph" else ():
            self._label(plain(label.name), label.value, place, label.line)
        for item in _with_signs_as_boxes(block.items):
            self._item(item, place)

    def _table(self, block: Block, roles: Mapping[str, int], place: _PlaceInPlan) -> None:
        if "phase" in roles:
            self._phase_rows(block, roles, place)
        elif "task" in roles:
            self._task_rows(block, roles, place)
        elif "criterion" in roles or place.role in ("criteria", "prerequisites"):
            self._criteria_rows(block, roles, place)
        elif "session" in roles and "title" in roles:
            self._session_rows(block, roles)
        elif "title" in roles and {"id", "estimate", "status"} & set(roles):
            self._task_rows(block, roles, place)
        else:
            self._draft.doubts.append((block.line + 1, f"table not understood: {' | '.join(block.header)}"))

    # --- phases -----------------------------------------------------------------------------------------------------

    def _phase_rows(self, block: Block, roles: Mapping[str, int], place: _PlaceInPlan) -> None:
        at = roles["phase"]
        for number, row in enumerate(block.rows, block.line + 2):
            found = _ROW_ID.fullmatch(row[at].replace("*", "").strip())
            name = found["id"] if found else slug(plain(row[at]))
            if not name:
                continue
            titles = [found["rest"] if found else row[at]]
            titles += [row[roles["title"]]] if roles.get("title", at) != at else []
            title = next((one for one in titles if re.search(r"\w", one)), f"Phase {name}")
            phase = self._phases[self._phase(place.chapter, name, plain(title))]
            for role in ("owner", "validation", "completed", "depends_on", "status", "note"):
                if role in roles:
                    self._field(phase, role, row[roles[role]], number)

    def _label(self, name: str, value: str, place: _PlaceInPlan, line: int) -> None:
        """Read a labelled line."""
        endorsed = _ENDORSED.fullmatch(name)
        role = _LABELS.get(english(name).lower())
        if endorsed and re.search(r"\w", value):
            self._draft.endorsements.append({"by": endorsed["by"].strip(), "of": one_line(value)})
        elif place.phase and role == "criterion":
            self._criterion(value, replace(place, role="criteria"), line, holds=False)
        elif place.phase and role:
            self._field(self._phases[place.phase], role, value, line)

    def _field(self, phase: dict[str, Any], role: str, value: str, line: int) -> None:
        """Set a field of a phase, unless it is set or the value says nothing."""
        if role == "status":
            status = status_of(value)
            if status in _SAID:
                phase.setdefault("status", status)
            elif status is None and re.search(r"\w", value):
                self._draft.doubts.append((line + 1, f"status not understood: {one_line(value)!r}"))
        elif not re.search(r"\w", value):
            return
        elif role == "completed":
            if days := find_days(value):
                phase.setdefault("completed", days.first.isoformat())
        elif role == "depends_on":
            phase.setdefault("depends_on", list(dict.fromkeys(_ids(value))))
        else:
            phase.setdefault(role, one_line(value) if role == "owner" else value.strip())

    def _session_rows(self, block: Block, roles: Mapping[str, int]) -> None:
        """Read what each session delivered."""
        for row in block.rows:
            name = find_id(row[roles["session"]]) or own_id(row[roles["session"]])
            if name and row[roles["title"]].strip():
                self._draft.deliverables.setdefault(name, one_line(row[roles["title"]]))

    # --- tasks and criteria -----------------------------------------------------------------------------------------

    def _task_rows(self, block: Block, roles: Mapping[str, int], place: _PlaceInPlan) -> None:
        column = roles.get("title", roles.get("task", 0))
        for number, row in enumerate(block.rows, block.line + 2):
            first = row[roles.get("id", roles.get("task", column))]
            found = _TASK_ID.fullmatch(first.strip())
            title = row[column]
            if found and (not title.strip() or title == first):
                title = found["rest"]
            said = {role: row[roles[role]] for role in ("estimate", "note", "owner") if role in roles}
            said["status"] = (status_of(row[roles["status"]]) or "") if "status" in roles else ""
            self._task(found["id"] if found else None, title or first, place, number, said)

    def _item(self, item: Item, place: _PlaceInPlan) -> None:
        if place.role in ("criteria", "prerequisites"):
            self._criterion(item.text, place, item.line, holds=item.checked is True and not item.cancelled)
        elif place.role == "achievements":
            of_phase = self._phases[place.phase].setdefault("achievements", []) if place.phase else None
            (self._draft.achievements if of_phase is None else of_phase).append(item.whole.strip())
        elif place.role == "decisions" and place.phase:
            title, why = parts(item.text)
            rationale = "\n\n".join(filter(None, [why, item.rest]))
            decision = filled(decision=one_line(title), rationale=rationale)
            self._phases[place.phase].setdefault("decisions", []).append(decision)
        elif item.checked is not None or (place.phase and place.role == "tasks"):
            self._task_item(item, place)
        for block in item.children:
            for inner in block.items:
                if inner.checked is not None:
                    self._item(inner, place)

    def _task_item(self, item: Item, place: _PlaceInPlan) -> None:
        phase = _PHASE.match(plain(item.text))
        if phase and item.checked is not None:
            key = self._phase(place.chapter, phase["id"], phase["rest"])
            status = "cancelled" if item.cancelled else "complete" if item.checked else ""
            self._phases[key] |= filled(status=status)
            return
        found = _TASK_ID.fullmatch(item.text)
        status = "cancelled" if item.cancelled else "complete" if item.checked else status_of(item.text[:2]) or ""
        note = "" if any(block.items for block in item.children) else item.rest
        name, title = (found["id"], found["rest"]) if found else (None, item.text)
        self._task(name, title, place, item.line, {"status": status, "note": note})

    def _task(self, name: str | None, title: str, place: _PlaceInPlan, line: int, said: dict[str, str]) -> None:
        key = place.phase or self._phase_of(name, place, line)
        if key is None:
            return
        title = one_line(title)[:LONGEST_TITLE]
        if (estimate := _ESTIMATE.search(title)) and not said.get("estimate"):
            said["estimate"] = estimate[1]
        title = _MARK.sub("", one_line(re.sub(rf"\A{_SIGN.pattern}", "", _ESTIMATE.sub("", title)))).strip(" :–—")
        if says_nothing(title):
            return
        tasks = self._phases[key].setdefault("tasks", [])
        if not re.search(r"\w", title) or any(task["title"] == title and not name for task in tasks):
            return
        if said.get("status") not in _SAID:
            said["status"] = ""
        made = _made(f"{self._phases[key]['id']}.", title, tasks)
        task = filled(id=name or made, title=title, **{role: value.strip() for role, value in said.items()})
        there = next((one for one in tasks if name and one["id"] == name), None)
        if there is None:
            tasks.append(task)
        else:
            there.update({role: value for role, value in task.items() if role not in there})

    def _phase_of(self, name: str | None, place: _PlaceInPlan, line: int) -> str | None:
        """The phase of a task that stands under none: by its id, or made from the nearest heading."""
        if name and "." in name:
            prefix = name.split(".")[0]
            return self._phase(place.chapter, prefix, "" if self._has_phases else f"Phase {prefix}")
        heading = place.heading or self._draft.title or PurePath(self._draft.name).stem
        if not slug(heading):
            self._draft.doubts.append((line + 1, "a task outside of any phase was left out"))
            return None
        if self._has_phases and f"{place.chapter or ''}/{slug(heading)}" not in self._phases:
            self._draft.doubts.append((line + 1, f"tasks outside of any phase: {heading!r} became one"))
        return self._phase(place.chapter, slug(heading), heading)

    def _criteria_rows(self, block: Block, roles: Mapping[str, int], place: _PlaceInPlan) -> None:
        column = roles.get("criterion", roles.get("title", 0))
        role = place.role if place.role in ("criteria", "prerequisites") else "criteria"
        for number, row in enumerate(block.rows, block.line + 2):
            status = status_of(" ".join(cell for index, cell in enumerate(row) if index != column))
            self._criterion(row[column], replace(place, role=role), number, holds=status == "complete")

    def _criterion(self, text: str, place: _PlaceInPlan, line: int, *, holds: bool) -> None:
        ticked = re.match(r"\W*(✅|✔|☑)\W*", text)
        text = one_line(text[ticked.end() :] if ticked else text)
        if not place.phase or not place.role:
            self._draft.doubts.append((line + 1, "a criterion outside of any phase was left out"))
            return
        phase = self._phases[place.phase]
        found = phase.setdefault(place.role, [])
        if re.search(r"\w", text) and not any(one["text"] == text for one in found):
            evidence = [_attested(phase, "ticked")] if holds or ticked else []
            others = [*phase.get("criteria", ()), *phase.get("prerequisites", ())]
            found.append(filled(id=_made(f"{phase['id']}-", text, others), text=text, evidence=evidence))


def _is_task_list(section: Section) -> bool:
    """Whether the tasks of a phase are the one list below its heading: short items without labels, and no headings."""
    lists = [block for block in section.blocks if block.kind == "list"]
    items = [item for block in lists for item in block.items]
    stated = [label for block in lists for label in labels(block)]
    short = all(len(item.text.split()) <= TASK_WORDS for item in items)
    return len(lists) == 1 and short and not stated and not section.children and _status_at_end(section.title) is None


def _with_signs_as_boxes(items: tuple[Item, ...]) -> Iterator[Item]:
    """The items of a list; where each begins with a sign such as ✅ or ⬜, the sign is its check box."""
    signs = [_SIGN.match(item.text) for item in items]
    for item, sign in zip(items, signs, strict=True):
        if sign and all(signs) and item.checked is None:
            yield replace(item, text=item.text[0 if sign["begun"] else sign.end() :], checked=sign["done"] is not None)
        else:
            yield item


def _made(prefix: str, text: str, others: Iterable[Mapping[str, Any]]) -> str:
    """An id from the first words of a text, so that it stays when others are added before it."""
    name = "-".join(slug(plain(text)).split("-")[:ID_WORDS]) or "item"
    taken = {one["id"] for one in others}
    numbers = itertools.chain([f"{prefix}{name}"], (f"{prefix}{name}-{number}" for number in itertools.count(2)))
    return next(one for one in numbers if one not in taken)


def _attested(phase: Mapping[str, Any], note: str) -> dict[str, Any]:
    return {"attested": {"by": phase.get("owner") or "the imported tracker", "note": note}}


def _roles(block: Block) -> dict[str, int]:
    """The columns of a table by role."""
    names = [english(plain(name)).lower() or name.strip() for name in block.header]
    return {
        role: next(names.index(word) for word in words if word in names)
        for role, words in _COLUMNS.items()
        if not set(words).isdisjoint(names)
    }


def _status_at_end(title: str) -> str | None:
    """The status that a heading ends with, or shows by a sign: not that of `Complete workflows`."""
    end = _STATUS_END.search(plain(title))
    return status_of(end[0]) if end else status_of(re.sub(r"[\w\s]", "", title))


def _role(title: str) -> str | None:
    title = english(title)
    return next((role for role, words in _ROLES if re.search(words, title, re.IGNORECASE)), None)


def _chapter(number: str, rest: str) -> str:
    """The name of a chapter without the words that only say that this is its tracker."""
    rest = re.split(r"(?i)\bphase \d", rest)[0]
    rest = re.sub(r"(?i)\b(implementation|progress|tracker|table|status|plan|checklist|v\d[\w.]*)\b", "", rest)
    rest = one_line(rest).strip(" :.,–—-()")
    return f"Chapter {number}: {rest}" if re.search(r"\w{3}", rest) else f"Chapter {number}"


def _ids(text: str) -> Iterator[str]:
    """The ids of phases in a text such as `Phases 1-3, 6`."""
    for found in _IDS.finditer(text):
        if found[2] and found[1].isdigit() and 0 < int(found[2]) - int(found[1]) < 30:
            yield from map(str, range(int(found[1]), int(found[2]) + 1))
        else:
            yield found[1]


def _circle(needed: Mapping[str, Iterable[str]]) -> list[str]:
    """Ids of which each one is needed by the next, the first again at the end; none where no circle is."""
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _with_chapters(phases: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The phases in the order of their fields; an id that several chapters use is named `chapter/id`."""
    ids = [phase["id"] for phase in phases]
    ready: list[dict[str, Any]] = []
    for phase in phases:
        chapter = re.search(r"\d+", phase["chapter"] or "")
        if chapter and ids.count(phase["id"]) > 1:
            phase = _renamed(phase, f"{chapter[0]}/")
        known = {*ids, *(one["id"] for one in ready)}
        phase["depends_on"] = [name for name in phase.get("depends_on", ()) if name in known and name != phase["id"]]
        ready.append({name: phase[name] for name in _ORDER if phase.get(name)})
    return ready


def _renamed(phase: dict[str, Any], prefix: str) -> dict[str, Any]:
    """A phase whose ids begin with its chapter."""
    lists: dict[str, Any] = {
        name: [{**one, "id": f"{prefix}{one['id']}"} for one in phase[name]]
        for name in ("tasks", "criteria", "prerequisites")
        if name in phase
    }
    return {**phase, **lists, "id": f"{prefix}{phase['id']}"}
