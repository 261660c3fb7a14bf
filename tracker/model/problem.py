"""Problems in files."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A problem in a file: its place, and a message with what was expected."""

    file: str
    """Relative to the workspace."""
    line: int
    column: int
    field: str
    """Path of the field, such as `files.created[2].path`; empty for the file as a whole."""
    message: str

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.file}:{self.line}:{self.column}:{field} {self.message}"
