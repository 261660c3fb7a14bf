"""From the sections of a log to the facts of a session: one reader a meaning."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.sources.logs.document import Block, Document, Item, Label, Section, labels
from tracker.sources.logs.meanings import (
    DECISION_LABELS,
    FILE_HEADINGS,
    FILE_KINDS,
    FILE_MEANINGS,
    INCIDENT_LABELS,
    LABELS,
    NEXT_MEANINGS,
    URGENCIES,
    URGENCY_HEADINGS,
    Meaning,
    column,
    match,
    meaning_of,
    plain,
    status_of,
)
from tracker.sources.logs.named import hashes, lead_paths, paths, said_commits

M = Meaning
NOTHING = re.compile(r"(?i)\W*(none|n/?a|nothing|no|-|–|—|tbd)?\W*")
_BOLD_LEAD = re.compile(
    r"\W{0,4}\*\*(?P<lead>[^*\n]+?)[:.]?\*\*\s*(?:\([^)\n]*\)\s*)?(?:—|–|--?|:|→|\.)?\s*(?P<rest>[\s\S]*)"
)
URGENCY_LABEL = re.compile(r"(?i)immediate(ly)?|(short|medium|long)[- ]?term|deferred|later|now|soon|next session")
_SESSION = re.compile(r"\(?\s*(?:S|[Ss]ession )(\d+[A-Z]?)\s*\)?")


@dataclass
class Facts:
    """What was found, field by field, in the shape of a session file."""

    data: dict[str, Any] = field(default_factory=dict)
    unclaimed: list[tuple[int, str]] = field(default_factory=list)
    """Line and title of headings that no rule claimed."""
    doubts: list[tuple[int, str]] = field(default_factory=list)
    unsaid_files: int = 0
    """Files of which nothing says what was done to them."""

    def add(self, name: str, value: Any) -> None:
        """One more entry of a list; one that is there already is none."""
        entries = self.data.setdefault(name, [])
        if value not in entries:
            entries.append(value)

    def write(self, name: str, text: str, *, within: str | None = None) -> None:
        """Prose: what is there already stays before it."""
        place = self.data.setdefault(within, {}) if within else self.data
        before = place.get(name)
        if text.strip() and not (before and text.strip() in before):
            place[name] = f"{before}\n\n{text.strip()}" if before else text.strip()

    def step(self, urgency: str, text: str) -> None:
        """One more next step."""
        text = text.strip()
        if not NOTHING.fullmatch(text):
            steps = self.data.setdefault("next", {}).setdefault(urgency, [])
            if text not in steps:
                steps.append(text)

    def commit(self, hash: str, note: str = "", session: str | None = None) -> None:
        """A commit that is named; the first note counts, and the longer hash."""
        for named in self.data.setdefault("commits", []):
            if named["commit"].startswith(hash) or hash.startswith(named["commit"]):
                named["commit"] = max(named["commit"], hash, key=len)
                if note:
                    named.setdefault("note", note)
                return
        self.data["commits"].append(_filled(commit=hash, note=note, session=session))

    def file(self, kind: str, path: str, note: str = "") -> None:
        """A file that is named; what was said of it first counts."""
        files = self.data.setdefault("files", {})
        if not any(named.get("path") == path for entries in files.values() for named in entries):
            files.setdefault(kind, []).append(_filled(path=path, note=note))


def collect(document: Document, titles: Sequence[Section], facts: Facts) -> None:
    """Find the facts in all of a log; the headings of its head are titles, and mean nothing else."""
    _Collector(document, titles, facts).visit(document.root, None)


class _Collector:
    def __init__(self, document: Document, titles: Sequence[Section], facts: Facts) -> None:
        self._document = document
        self._titles = titles
        self._facts = facts
        self._readers: dict[Meaning, Callable[[Section, Meaning], None]] = {
            M.SUMMARY: lambda section, _: facts.write("summary", self._own_source(section)),
            M.HIGHLIGHTS: self._highlights,
            M.WORK: self._work,
            **dict.fromkeys(FILE_MEANINGS, self._files),
            M.COMMITS: self._commits,
            M.TESTS: self._tests,
            M.DECISIONS: self._decisions,
            M.INCIDENTS: self._incidents,
            M.CAUSE: self._incident_part,
            M.RESOLUTION: self._incident_part,
            M.PROBLEM: self._incident_part,
            M.LEARNINGS: self._learnings,
            M.HANDOFF: lambda section, _: facts.write("state", self._own_source(section), within="handoff"),
            M.BLOCKERS: self._blockers,
            M.METRICS: self._metrics,
            M.QUESTION: self._question,
            M.ANSWER: self._answer,
            M.CONCLUSION: self._answer,
            **dict.fromkeys(NEXT_MEANINGS, self._next),
            M.OPTION: self._option,
        }

    def visit(self, section: Section, within: Meaning | None) -> None:
        """Read a section and all below it."""
        is_title = section in self._titles
        meaning = None if is_title else meaning_of(section.title, within)
        self._everywhere(section, meaning or within)
        if meaning:
            self._read(section, meaning)
        elif within in FILE_MEANINGS or within in NEXT_MEANINGS:
            self._read(section, within)
        elif not is_title and section.level in range(1, 7) and within is None:
            self._facts.unclaimed.append((section.line + 1, section.title))
        for child in section.children:
            self.visit(child, meaning or within)

    def _read(self, section: Section, meaning: Meaning) -> None:
        reader = self._readers.get(meaning)
        if reader:
            reader(section, meaning)

    # --- what counts wherever it stands -------------------------------------------------------------------------------

    def _everywhere(self, section: Section, meaning: Meaning | None) -> None:
        if meaning is M.COMMITS or re.match(r"(?i)\W*commits?\b", section.title):
            for one in hashes(section.title):
                self._facts.commit(one)
        for one in said_commits(section.title):
            self._facts.commit(one)
        for block in section.blocks:
            for label in labels(block):
                self._label(label, meaning)
            texts = [block.text] if block.text else [item.whole for item in block.items]
            for text in texts:
                for one in said_commits(text):
                    self._facts.commit(one)
            if block.kind == "table":
                self._commit_table(block)

    def _label(self, label: Label, within: Meaning | None) -> None:
        meaning = match(plain(label.name), LABELS)
        value = label.value.strip()
        if meaning is M.COMMITS:
            self._commit_line(value)
        elif meaning in FILE_MEANINGS and within not in FILE_MEANINGS:
            self._file_line(value.split("\n")[0], FILE_KINDS.get(meaning))
        elif not value or within in NEXT_MEANINGS:
            return
        elif meaning in URGENCIES and within is not M.DEFERRED:
            self._facts.step(URGENCIES[meaning], value)
        elif meaning is M.BLOCKERS and not NOTHING.fullmatch(value):
            self._facts.data.setdefault("handoff", {}).setdefault("blockers", []).append(value)
        elif meaning is M.HANDOFF and within is not M.HANDOFF:
            self._facts.write("state", value, within="handoff")
        elif meaning is M.LEARNINGS and within is not M.LEARNINGS:
            self._facts.add("learnings", {"text": value})
        elif meaning is M.DECISIONS and within is not M.DECISIONS:
            self._facts.add("decisions", {"decision": value})

    # --- commits --------------------------------------------------------------------------------------------------

    def _commits(self, section: Section, _: Meaning) -> None:
        for block in section.blocks:
            if block.kind == "code":
                lines = block.text.split("\n")
            elif block.kind == "table":
                if column(block.header, "commit") is None:
                    for row in block.rows:
                        self._commit_line(" ".join(row))
                continue
            else:
                lines = [block.text] if block.text else [item.whole for item in block.items]
            for line in lines:
                self._commit_line(line)

    def _commit_table(self, block: Block) -> None:
        hash_column = column(block.header, "commit")
        if hash_column is None:
            return
        note_column = column(block.header, "note")
        for row in block.rows:
            for one in hashes(row[hash_column]):
                self._facts.commit(one, "" if note_column in (None, hash_column) else _one_line(row[note_column or 0]))

    def _commit_line(self, text: str) -> None:
        places = sorted((text.lower().index(one), one) for one in hashes(text))
        ends = [start for start, _ in places[1:]] + [len(text)]
        for (start, one), end in zip(places, ends, strict=False):
            rest = re.sub(r"[\s`,;|([*]+\Z", "", text[start + len(one) : end].split("\n")[0])
            note = re.sub(r"^[`*_)\]\s]*(?:—|–|--?|:|,|=|→|->|\.{2,3})?\s*[`*]?", "", rest).strip()
            session = _SESSION.fullmatch(note)
            if session:
                self._facts.commit(one, session=session[1])
            else:
                whole = re.fullmatch(r"\(([^()]*)\)?", note)
                self._facts.commit(one, whole[1] if whole else note if re.search(r"\w", note) else "")

    # --- files ----------------------------------------------------------------------------------------------------

    def _files(self, section: Section, meaning: Meaning) -> None:
        kind = FILE_KINDS.get(meaning)
        for block in section.blocks:
            if block.kind == "table":
                self._file_table(block, kind)
            elif block.kind == "list":
                self._file_items(block.items, kind)
            elif block.kind == "code":
                for line in block.text.split("\n"):
                    self._file_line(
                        re.sub(r"^[│├└─\s]*(?:(?P<sign>[MADR])\d*\s+)?", "", line),
                        _git_sign(line) or kind,
                        plainly=True,
                    )
            elif block.kind == "paragraph":
                for line in block.text.split("\n"):
                    label = re.match(r"\W*\*\*(?P<name>[^*]+):?\*\*", line)
                    said = match(label["name"], FILE_HEADINGS) if label else None
                    self._file_line(line, FILE_KINDS[said] if said else kind, anywhere=True)

    def _file_items(self, items: tuple[Item, ...], kind: str | None) -> None:
        for item in items:
            label = re.match(
                r"\W*\*\*(?P<name>[^*`.]+):\*\*(?P<rest>.*)|(?P<word>[A-Z][a-z]+):\s(?P<tail>.*)", item.text
            )
            said = match(label["name"] or label["word"], FILE_HEADINGS) if label else None
            if not paths(item.text):
                said = said or match(plain(item.text), FILE_HEADINGS)
            own = FILE_KINDS[said] if said else kind
            text = (label["rest"] or label["tail"] or "") if label and said else item.text
            if paths(text):
                self._file_line(text, own, anywhere=True)
            for block in item.children:
                if block.kind == "list" and not paths(item.text):
                    self._file_items(block.items, own)

    def _file_table(self, block: Block, kind: str | None) -> None:
        file_column = column(block.header, "file")
        if file_column is None:
            file_column = next((i for i in range(len(block.header)) if all(paths(row[i]) for row in block.rows)), None)
        if file_column is None:
            return
        action, note = (
            next((i for i in (column(block.header, role),) if i not in (None, file_column)), None)
            for role in ("action", "note")
        )
        for row in block.rows:
            cell = row[file_column].strip()
            named = paths(cell) or ([_unmarked(cell)] if _unmarked(cell) and " " not in _unmarked(cell) else [])
            others = " ".join(text for index, text in enumerate(row) if index != file_column)
            said = _kind_of(row[action]) if action is not None else None
            said = said or kind or _kind_at_start(others)
            self._named_files(named, said, _one_line(row[note]) if note is not None else "", cell)

    def _file_line(self, text: str, kind: str | None, *, anywhere: bool = False, plainly: bool = False) -> None:
        found, rest = lead_paths(text)
        if plainly and found and not text.strip().startswith(tuple(found)):
            return
        if not anywhere and not found:
            return
        self._named_files(found, _kind_at_start(rest) or _kind_before(text, found) or kind, _one_line(rest), text)

    def _named_files(self, named: list[str], kind: str | None, note: str, text: str) -> None:
        moved = re.search(r"→|->|=>|\bto\b", text)
        if len(named) == 2 and (kind == "renamed" or (kind is None and moved)):
            self._facts.data.setdefault("files", {}).setdefault("renamed", [])
            entry = _filled(**{"from": named[0], "to": named[1]}, note=note)
            if entry not in self._facts.data["files"]["renamed"]:
                self._facts.data["files"]["renamed"].append(entry)
            return
        for path in named:
            self._facts.unsaid_files += kind is None
            self._facts.file("modified" if kind in (None, "renamed") else kind, path, note)

    # --- lists of things ------------------------------------------------------------------------------------------

    def _highlights(self, section: Section, _: Meaning) -> None:
        for text in self._texts(section):
            self._facts.add("highlights", text)

    def _work(self, section: Section, _: Meaning) -> None:
        parts = [child for child in section.children if meaning_of(child.title, M.WORK) in (None, M.WORK)]
        for child in parts:
            if child.level < 7:
                self._facts.add("work", _filled(title=plain(child.title), body=self._own_source(child)))
        for block in section.blocks:
            if block.kind == "table":
                self._task_table(block)
                for row in block.rows:
                    number = column(block.header, "number")
                    cells = [cell for index, cell in enumerate(row) if cell.strip() and index != number]
                    if cells:
                        self._facts.add("work", _filled(title=_one_line(cells[0]), body=" — ".join(cells[1:])))
            for item in block.items:
                self._tick(item)
                self._facts.add("work", _filled(title=_one_line(item.text), body=item.rest))
        numbered = re.match(r"(?i)\W*(part|item|phase|step|task|workstream|track)\s+\d", section.title)
        if not self._facts.data.get("work") or numbered:
            body = self._own_source(section)
            if body and (numbered or not (parts or any(block.items or block.rows for block in section.blocks))):
                self._facts.add("work", _filled(title=plain(section.title), body=body))

    def _tick(self, item: Item) -> None:
        task = re.match(r"\W*(?:[Tt]ask\s+)?(\d+\.\d+[a-z]?)\b(?!\.\d)", item.text)
        if task and item.checked is not None:
            self._facts.data.setdefault("tasks", {})[task[1]] = "complete" if item.checked else "planned"

    def _task_table(self, block: Block) -> None:
        """Statuses of tasks and phases, where a table has both in so many words."""
        names = [plain(name).lower() for name in block.header]
        kind = next((name for name in ("task", "phase") if name in names), None)
        if kind is None or "status" not in names:
            return
        for row in block.rows:
            task = re.match(
                rf"\W*(?:{kind}\s+)?(\d+(?:\.\d+)*[A-Za-z]?)(?![\w-])", row[names.index(kind)], re.IGNORECASE
            )
            status = status_of(row[names.index("status")])
            if task and status:
                self._facts.data.setdefault(f"{kind}s", {})[task[1]] = status

    def _tests(self, section: Section, _: Meaning) -> None:
        before = len(self._facts.data.get("tests", ()))
        for block in section.blocks:
            outcome = column(block.header, "outcome")
            number = column(block.header, "number")
            for row in block.rows:
                first = next((i for i, cell in enumerate(row) if i not in (outcome, number) and cell.strip()), None)
                if first is not None:
                    note = " — ".join(c for i, c in enumerate(row) if i not in (first, outcome, number) and c.strip())
                    result = row[outcome] if outcome is not None else ""
                    self._facts.add("tests", _filled(name=_one_line(row[first]), outcome=_one_line(result), note=note))
            for item in block.items:
                name, said = _split(item.text)
                outcome_said = {None: said, True: said or "done", False: said or "open"}[item.checked]
                self._facts.add("tests", _filled(name=name, outcome=_one_line(outcome_said), note=item.rest))
        for child in section.children:
            if meaning_of(child.title, M.TESTS) is None:
                self._facts.add("tests", _filled(name=plain(child.title), note=self._own_source(child)))
        if len(self._facts.data.get("tests", ())) == before and self._own_source(section):
            self._facts.add("tests", _filled(name=plain(section.title), note=self._own_source(section)))

    def _decisions(self, section: Section, _: Meaning) -> None:
        said = self._labelled(section, DECISION_LABELS)
        parts = [
            child for child in section.children if meaning_of(child.title, M.DECISIONS) is None and child.level < 7
        ]
        if M.DECISIONS in said:
            reasons = said.get(M.RATIONALE) or self._own_source(section)
            self._decision(said[M.DECISIONS], reasons, said.get(M.ALTERNATIVES))
            return
        for child in parts:
            inner = self._labelled(child, DECISION_LABELS)
            self._decision(plain(child.title), self._own_source(child), inner.get(M.ALTERNATIVES))
        found = bool(parts)
        for block in section.blocks:
            found = found or bool(block.items or block.rows)
            for item in block.items:
                title, rest = _split(item.text)
                self._decision(title, "\n\n".join(filter(None, [rest, item.rest])), None)
            self._decision_table(block)
        if not found and self._own_source(section):
            paragraphs = [block.text for block in section.blocks if block.kind == "paragraph"]
            for text in paragraphs or [plain(section.title)]:
                title, rest = _split(text)
                self._decision(_one_line(title), rest or (self._own_source(section) if not paragraphs else ""), None)

    def _decision_table(self, block: Block) -> None:
        what, why, instead = (column(block.header, role) for role in ("decision", "rationale", "alternatives"))
        number = column(block.header, "number")
        if what is None:
            what = next((i for i in range(len(block.header)) if i != number), 0)
        for row in block.rows:
            others = [c for i, c in enumerate(row) if i not in (what, instead, number) and c.strip()]
            reason = row[why] if why not in (None, what) and len(others) == 1 else " — ".join(others)
            self._decision(_one_line(row[what]), reason, row[instead] if instead not in (None, what) else None)

    def _decision(self, decision: str, rationale: str, alternatives: str | None) -> None:
        if decision.strip():
            self._facts.add(
                "decisions",
                _filled(
                    decision=decision.strip(), rationale=rationale, alternatives=[alternatives] if alternatives else []
                ),
            )

    def _incidents(self, section: Section, _: Meaning) -> None:
        parts = [
            child for child in section.children if meaning_of(child.title, M.INCIDENTS) is None and child.level < 7
        ]
        tables = [
            block for block in section.blocks if block.kind == "table" and column(block.header, "problem") is not None
        ]
        lists = [block for block in section.blocks if block.kind == "list"]
        said = self._incident_fields(section)
        if said or not (parts or tables or lists):
            problem = said.get(M.PROBLEM) or plain(section.title)
            self._incident(
                problem, said.get(M.CAUSE) or (self._own_source(section) if not said else ""), said.get(M.RESOLUTION)
            )
            return
        for child in parts:
            inner = self._incident_fields(child)
            problem = plain(child.title) + (f": {inner[M.PROBLEM]}" if M.PROBLEM in inner else "")
            cause = inner.get(M.CAUSE) or ("" if inner else self._own_source(child))
            self._incident(problem, cause, inner.get(M.RESOLUTION))
        for block in tables:
            what, why, fix = (column(block.header, role) for role in ("problem", "cause", "resolution"))
            for row in block.rows:
                self._incident(
                    _one_line(row[what or 0]), row[why] if why is not None else "", row[fix] if fix is not None else ""
                )
        for item in [] if parts else [item for block in lists for item in block.items]:
            self._incident(item.whole, "", "")

    def _incident(self, problem: str, cause: str | None, resolution: str | None) -> None:
        if not NOTHING.fullmatch(problem):
            self._facts.add("incidents", _filled(problem=problem.strip(), cause=cause, resolution=resolution))

    def _incident_fields(self, section: Section) -> dict[Meaning, str]:
        found = self._labelled(section, INCIDENT_LABELS)
        for child in section.children:
            meaning = meaning_of(child.title, M.INCIDENTS)
            if meaning in (M.PROBLEM, M.CAUSE, M.RESOLUTION) and self._own_source(child):
                found.setdefault(meaning, self._own_source(child))
        return found

    def _incident_part(self, section: Section, meaning: Meaning) -> None:
        """A cause or a fix with a heading of its own: of the incident before it, else of one that its heading names."""
        parent = section.parent
        if parent and parent.level and meaning_of(parent.title) is M.INCIDENTS:
            return
        text = self._own_source(section) or "\n\n".join(self._source(child) for child in section.children)
        incidents = self._facts.data.setdefault("incidents", [])
        name = {M.CAUSE: "cause", M.RESOLUTION: "resolution"}.get(meaning)
        if not text:
            return
        if name is None:
            self._incident(text, "", "")
        elif incidents and not incidents[-1].get(name):
            incidents[-1][name] = text
        else:
            title = plain(section.title if not parent or not parent.level else parent.title)
            self._facts.add("incidents", {"problem": title, name: text})

    def _learnings(self, section: Section, _: Meaning) -> None:
        for child in section.children:
            if self._source(child):
                self._facts.add("learnings", {"text": self._source(child), "title": plain(child.title)})
        for text in self._texts(section):
            lead = _BOLD_LEAD.fullmatch(text)
            titled = lead and lead["rest"].strip()
            self._facts.add("learnings", _filled(text=text, title=_one_line(lead["lead"]) if lead and titled else None))

    def _blockers(self, section: Section, _: Meaning) -> None:
        for text in self._texts(section):
            if not NOTHING.fullmatch(text):
                self._facts.data.setdefault("handoff", {}).setdefault("blockers", []).append(text)

    def _metrics(self, section: Section, _: Meaning) -> None:
        for inner in section.walk():
            for block in inner.blocks:
                for row in block.rows:
                    pairs = list(zip(block.header[1:], row[1:], strict=True))
                    value = row[1] if len(row) == 2 else "; ".join(f"{plain(n)}: {c}" for n, c in pairs if c.strip())
                    self._metric(row[0], value)
                for item in block.items:
                    name, value = _split(item.text)
                    self._metric(name, value)

    def _metric(self, name: str, value: str) -> None:
        name = _one_line(plain(name))
        if name and value.strip():
            self._facts.data.setdefault("metrics", {}).setdefault(name, _one_line(value))

    def _question(self, section: Section, _: Meaning) -> None:
        for text in [self._own_source(section)] if self._own_source(section) else []:
            self._facts.add("assessments", {"question": _one_line(text)})

    def _answer(self, section: Section, meaning: Meaning) -> None:
        assessments = self._facts.data.get("assessments")
        if assessments:
            title = section.title.partition(":")[2].strip()
            text = "\n\n".join(filter(None, [title, self._own_source(section)]))
            if text:
                assessments[-1].setdefault("answer" if meaning is M.ANSWER else "conclusion", text)

    # --- next steps -----------------------------------------------------------------------------------------------

    def _next(self, section: Section, meaning: Meaning) -> None:
        urgency = URGENCIES.get(meaning, "immediate")
        when, number = None, None
        for block in section.blocks:
            if block.kind == "paragraph" and not labels(block):
                if not any(other.kind in ("list", "table") for other in section.blocks):
                    self._facts.step(urgency, block.text)
            elif block.kind == "paragraph":
                for label in labels(block):
                    said = match(plain(label.name), URGENCY_HEADINGS)
                    if said:
                        self._facts.step(URGENCIES[said], label.value)
                    elif not any(other.kind in ("list", "table") for other in section.blocks):
                        self._facts.step(urgency, f"**{label.name}:** {label.value}")
            for item in block.items:
                self._next_item(item, urgency)
            when, number = column(block.header, "urgency"), column(block.header, "number")
            for row in block.rows:
                said = match(plain(row[when]), URGENCY_HEADINGS) if when is not None else None
                cells = [
                    c.strip() for i, c in enumerate(row) if c.strip() and i not in (number, when if said else None)
                ]
                self._facts.step(URGENCIES[said] if said else urgency, " — ".join(cells))

    def _next_item(self, item: Item, urgency: str) -> None:
        label = re.fullmatch(r"\W{0,4}(?P<name>[A-Za-z][\w -]{2,20}?):(?:\*\*)?\s*(?P<rest>[\s\S]*)", item.text)
        said = match(label["name"], URGENCY_HEADINGS) if label else None
        if label and said and URGENCY_LABEL.fullmatch(label["name"]):
            if label["rest"].strip():
                self._facts.step(URGENCIES[said], label["rest"])
            for inner in [one for block in item.children for one in block.items]:
                self._facts.step(URGENCIES[said], inner.whole)
            return
        if item.checked:
            return
        aside = re.search(
            r"\(([^()]*\b(?:deferred|low priority|later|someday)\b[^()]*)\)\s*$", item.text, re.IGNORECASE
        )
        self._facts.step("deferred" if aside else urgency, item.whole)

    def _option(self, section: Section, _: Meaning) -> None:
        steps = [item.whole for block in section.blocks for item in block.items]
        body = "\n\n".join(block.text for block in section.blocks if block.kind == "paragraph")
        title = plain(re.sub(r"(?i)\s*[(\[]\s*(?:✅|⭐)?\s*recommended\s*[)\]]", "", section.title))
        chosen = bool(re.search(r"(?i)(?<!not )\brecommended\b|⭐", section.title + body))
        option = _filled(title=title, body=body, steps=steps) | ({"recommended": True} if chosen else {})
        options = self._facts.data.setdefault("next", {}).setdefault("options", [])
        if option not in options:
            options.append(option)

    # --- texts ----------------------------------------------------------------------------------------------------

    def _source(self, section: Section) -> str:
        return self._document.source(section.start, section.end)

    def _own_source(self, section: Section) -> str:
        """Its text up to the first heading below it that has a meaning of its own."""
        meaning = meaning_of(section.title)
        claimed = (child.line for child in section.children if meaning_of(child.title, meaning))
        return self._document.source(section.start, next(claimed, section.end))

    def _texts(self, section: Section) -> Iterator[str]:
        """The items of its lists, the rows of its tables, and its paragraphs where it has neither."""
        plainly = not any(block.items or block.rows for block in section.blocks)
        for block in section.blocks:
            if block.kind == "paragraph" and plainly:
                yield block.text
            yield from (item.whole for item in block.items)
            number = column(block.header, "number")
            yield from (" — ".join(c for i, c in enumerate(row) if c.strip() and i != number) for row in block.rows)

    def _labelled(self, section: Section, table: tuple[tuple[Meaning, str], ...]) -> dict[Meaning, str]:
        found: dict[Meaning, str] = {}
        for block in section.blocks:
            for label in labels(block) if block.kind == "paragraph" or len(block.items) > 1 else []:
                meaning = match(plain(label.name), table)
                if meaning and label.value:
                    found.setdefault(meaning, label.value)
        for child in section.children:
            meaning = match(plain(child.title), table) if child.level == 7 else None
            if meaning and self._source(child):
                found.setdefault(meaning, self._source(child))
        return found


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _unmarked(text: str) -> str:
    return re.sub(r"[`*]", "", text).strip()


def _split(text: str) -> tuple[str, str]:
    """What a line names, and what it says of it: `**name** — rest`, `name: rest`."""
    bold = _BOLD_LEAD.fullmatch(text)
    if bold and bold["rest"].strip():
        return _one_line(bold["lead"]), bold["rest"].strip()
    name, sign, rest = (*re.split(r"(\s+[—–→]\s+|\s+--?\s+|:\s+)", text, maxsplit=1), "", "")[:3]
    return (_one_line(name), rest.strip()) if sign and name.strip() else (text.strip(), "")


def _kind_of(text: str) -> str | None:
    said = match(plain(text), FILE_HEADINGS)
    return FILE_KINDS[said] if said else None


def _kind_at_start(text: str) -> str | None:
    """What the first words say was done: `NEW — patch script`, `(modified)`."""
    start = re.match(r"[\W_]*(\w+)", text)
    return _kind_of(start[1]) if start else None


def _kind_before(text: str, found: list[str]) -> str | None:
    before = text[: text.find(found[0])] if found else ""
    return _kind_of(before) if before.strip(" `*_-") else None


def _git_sign(line: str) -> str | None:
    sign = re.match(r"\s*([MAD])\s+\S", line)
    return {"M": "modified", "A": "created", "D": "removed"}[sign[1]] if sign else None
