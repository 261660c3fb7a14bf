"""The programs of the batteries and what their manifest says about them."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict, cast

BATTERIES = {
    name: Path(__file__).parent / name
    for name in (
        *("programs", "holdout", "reports", "questions", "fresh", "probes", "rest", "tasks", "last"),
        *("domains", "domains_check"),
    )
}


@dataclass(frozen=True, slots=True)
class Program:
    """A training script. `causes`: rule ids that are right as the cause, the primary one first; none for a healthy
    program. `also`: rule ids that are true of it besides. `good`: the last printed number, where training works; empty
    where that number does not show it."""

    name: str
    text: str
    good: str
    plants: str = ""
    causes: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    fix: tuple[tuple[str, str], ...] = ()

    def fixed(self) -> "Program":
        """The healthy twin: the same program without its fault. ValueError if a replacement has no place."""
        text = self.text
        for old, new in self.fix:
            if text.count(old) < 1:
                raise ValueError(f"{self.name}: the text to replace is not in the program: {old!r}")
            text = text.replace(old, new)
        return Program(f"{self.name}_twin", text, self.good)

    def is_good(self, output: str) -> bool:
        """Whether the last number in `output` fulfils `good`; False if there is none or it is NaN. ValueError where
        `good` is empty."""
        value = last_number(output)
        relation, bound = self.good.split()
        return value is not None and (value >= float(bound) if relation == ">=" else value <= float(bound))


def last_number(output: str) -> float | None:
    """The number that ends the output.

    >>> last_number("epoch 1\\naccuracy: 0.97\\n")
    0.97
    """
    words = re.split(r"[\s:=]+", output.strip())
    try:
        return float(words[-1])
    except ValueError:
        return None


def load_programs(folder: Path = BATTERIES["programs"]) -> list[Program]:
    """All programs of the manifest, in its order."""
    entries = tomllib.loads((folder / "manifest.toml").read_text(encoding="utf-8"))
    return [_program(folder / f"{name}.py", cast("ProgramEntry", entry)) for name, entry in entries.items()]


class ProgramEntry(TypedDict):
    """A table of the manifest."""

    good: str
    plants: NotRequired[str]
    cause: NotRequired[list[str]]
    also: NotRequired[list[str]]
    fix: NotRequired[list[list[str]]]


def _program(path: Path, entry: ProgramEntry) -> Program:
    return Program(
        path.stem,
        path.read_text(encoding="utf-8"),
        entry["good"],
        entry.get("plants", ""),
        tuple(entry.get("cause", [])),
        tuple(entry.get("also", [])),
        tuple((old, new) for old, new in entry.get("fix", [])),
    )
