"""The facts found in a log, in the structure of a session file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from tracker.sources.logs.texts import filled, says_nothing

SHORTEST_HASH = 7


@dataclass
class LogFacts:
    """Collects facts. The first value of a field and the first note of an entry are kept."""

    data: dict[str, Any] = field(default_factory=dict)
    unclaimed: list[tuple[int, str]] = field(default_factory=list)
    """Line and title of headings that no rule understands."""
    doubts: list[tuple[int, str]] = field(default_factory=list)
    """Line and text of what may be wrong."""
    unsaid: dict[str, int] = field(default_factory=dict)
    """Files without a stated change, with the line that names each first."""

    _known: set[str] = field(default_factory=set)
    _commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By their first digits; a shorter word is not a hash."""
    _files: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """By their path."""

    def _is_new(self, name: str, value: Any) -> bool:
        key = f"{name} {value!r}"
        if key in self._known:
            return False
        self._known.add(key)
        return True

    def add(self, name: str, value: Any) -> None:
        """Add an entry to a list, unless it is in the list."""
        if self._is_new(name, value):
            self.data.setdefault(name, []).append(value)

    def write(self, name: str, text: str, *, within: str | None = None) -> None:
        """Add prose after what the field has."""
        place = self.data.setdefault(within, {}) if within else self.data
        before = place.get(name)
        if text.strip() and not (before and text.strip() in before):
            place[name] = f"{before}\n\n{text.strip()}" if before else text.strip()

    def step(self, urgency: str, text: str) -> None:
        """Add a next step."""
        text = text.strip()
        if not says_nothing(text) and self._is_new(f"next {urgency}", text):
            self.data.setdefault("next", {}).setdefault(urgency, []).append(text)

    def blocker(self, text: str) -> None:
        """Add a blocker."""
        if not says_nothing(text) and self._is_new("blockers", text.strip()):
            self.data.setdefault("handoff", {}).setdefault("blockers", []).append(text.strip())

    def decision(self, decision: str, rationale: str = "", alternatives: str | None = None) -> None:
        """Add a decision."""
        if not says_nothing(decision):
            instead = [alternatives] if alternatives else []
            self.add("decisions", filled(decision=decision.strip(), rationale=rationale, alternatives=instead))

    def incident(self, problem: str, cause: str | None = None, resolution: str | None = None) -> None:
        """Add an incident."""
        if not says_nothing(problem):
            self.add("incidents", filled(problem=problem.strip(), cause=cause, resolution=resolution))

    def learning(self, text: str, title: str | None = None) -> None:
        """Add a learning."""
        if not says_nothing(text):
            self.add("learnings", filled(text=text.strip(), title=title))

    def question(self, question: str) -> None:
        """Add an open question."""
        if not says_nothing(question):
            self.add("assessments", {"question": question.strip()})

    def work(self, title: str, body: str = "") -> None:
        """Add a piece of work."""
        if title.strip() and not says_nothing(body if any(map(str.isalnum, body)) else title):
            self.add("work", filled(title=title, body=body))

    def status(self, kind: str, name: str, status: str) -> None:
        """Add the status of a task or phase; the last one counts. `kind` is `tasks` or `phases`."""
        self.data.setdefault(kind, {})[name] = status

    def test(self, name: str, outcome: str = "", note: str = "") -> None:
        """Add a test or check."""
        if name.strip():
            self.add("tests", filled(name=name, outcome=outcome, note=note))

    def commit(self, hash: str, note: str = "", session: str | None = None) -> None:
        """Add a commit. The first note and the longer hash are kept."""
        named = self._commits.get(hash[:SHORTEST_HASH])
        if named and (named["commit"].startswith(hash) or hash.startswith(named["commit"])):
            named["commit"] = max(named["commit"], hash, key=len)
            if note:
                named.setdefault("note", note)
        elif self._is_new("commits", hash):
            entry = self._commits[hash[:SHORTEST_HASH]] = filled(commit=hash, note=note, session=session)
            self.data.setdefault("commits", []).append(entry)

    def has_commit(self, hash: str) -> bool:
        """Whether a commit was added, under a longer or shorter hash."""
        named = self._commits.get(hash[:SHORTEST_HASH])
        return bool(named and (named["commit"].startswith(hash) or hash.startswith(named["commit"])))

    def file(self, kind: str | None, path: str, note: str = "", line: int = 0) -> None:
        """Add a file. `kind` is what was done to it, or None while the log has not stated it."""
        files = self.data.setdefault("files", {})
        there = self._files.get(path)
        if there is None:
            entry = filled(path=path, note=note)
            self._files[path] = (kind or "modified", entry)
            files.setdefault(kind or "modified", []).append(entry)
            if kind is None:
                self.unsaid[path] = line
        elif path in self.unsaid:
            name, one = there
            if note:
                one["note"] = note
            if kind is not None:
                del self.unsaid[path]
                files[name].remove(one)
                if not files[name]:
                    del files[name]
                files.setdefault(kind, []).append(one)
                self._files[path] = (kind, one)

    def paths(self) -> list[str]:
        """Every path among the files, both paths of a renamed one included."""
        entries = [entry for found in self.data.get("files", {}).values() for entry in found]
        return [entry[key] for entry in entries for key in ("path", "from", "to") if key in entry]

    def rename_file(self, before: str, after: str) -> None:
        """Write a path of the files otherwise."""
        for entries in self.data.get("files", {}).values():
            for entry in entries:
                entry.update({key: after for key in ("path", "from", "to") if entry.get(key) == before})

    def drop_files(self, paths: Collection[str]) -> None:
        """Remove the entries of some paths."""
        files = self.data.get("files", {})
        for kind in list(files):
            keys = ("path", "from", "to")
            files[kind] = [one for one in files[kind] if not any(one.get(key) in paths for key in keys)]
            if not files[kind]:
                del files[kind]
        self.unsaid = {path: line for path, line in self.unsaid.items() if path not in paths}

    def renamed(self, before: str, after: str, note: str = "") -> None:
        """Add a renamed file."""
        entry = filled(**{"from": before, "to": after}, note=note)
        if self._is_new("renamed", entry):
            self.data.setdefault("files", {}).setdefault("renamed", []).append(entry)
