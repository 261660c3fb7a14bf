"""The commits of a history as a graph: which ones a release contains, and which ones a merge brought in."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from tracker.sources.facts import Facts


class CommitGraph:
    """The parents of every commit of a history, by full hash."""

    def __init__(self, parents: Mapping[str, tuple[str, ...]]) -> None:
        """Take the parents of each commit; parents that are no keys are unknown, as in a shallow clone."""
        self.parents = parents

    @classmethod
    def of(cls, facts: Facts) -> CommitGraph:
        """Return the graph of the history of a workspace, also of the commits that do not touch its folder."""
        if facts.repository.prefix and facts.commit:
            return cls({name: parents for name, _, parents in facts.repository.graph([facts.commit], None)})
        return cls({commit.hash: commit.parents for commit in facts.history.commits})

    def ancestors(self, tips: Iterable[str], without: Collection[str] = ()) -> set[str]:
        """Return the commits reachable from the tips, themselves included, where the way there avoids `without`."""
        found: set[str] = set()
        waiting = [tip for tip in tips if tip in self.parents and tip not in without]
        while waiting:
            commit = waiting.pop()
            if commit not in found:
                found.add(commit)
                waiting += (one for one in self.parents[commit] if one in self.parents and one not in without)
        return found

    @cached_property
    def age(self) -> dict[str, int]:
        """By hash a number that is smaller than that of every parent."""
        age: dict[str, int] = {}
        waiting = [(commit, False) for commit in reversed(list(self.parents))]
        seen: set[str] = set()
        while waiting:
            commit, are_parents_done = waiting.pop()
            if are_parents_done:
                age[commit] = -len(age)
            elif commit not in seen:
                seen.add(commit)
                waiting.append((commit, True))
                waiting += ((one, False) for one in self.parents[commit] if one in self.parents)
        return age

    def merged_by(self, merge: str) -> set[str]:
        """Return the commits that a merge brought in: ancestors of it, but not of its first parent."""
        first, *others = self.parents[merge]
        is_new = {name: name != first for name in (first, *others)}
        waiting = [(self.age[name], name) for name in is_new if name in self.parents]
        heapq.heapify(waiting)
        found: set[str] = set()
        remaining = sum(is_new[name] for _, name in waiting)
        while waiting and remaining:
            _, commit = heapq.heappop(waiting)
            remaining -= is_new[commit]
            if is_new[commit]:
                found.add(commit)
            for parent in self.parents[commit]:
                if parent not in self.parents:
                    continue
                if parent not in is_new:
                    is_new[parent] = is_new[commit]
                    remaining += is_new[parent]
                    heapq.heappush(waiting, (self.age[parent], parent))
                elif is_new[parent] and not is_new[commit]:
                    is_new[parent] = False
                    remaining -= 1
        return found
