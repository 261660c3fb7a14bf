"""The signal `copy`."""

import re
from collections.abc import Iterator

from tracker.audit.signals import Sign, Signal
from tracker.audit.subject import Subject

SURE = re.compile(
    r"(.+?)(~|\.(?:bak|backup|orig|old|save|prev|copy)(?:[._-]?[\w-]*)?|[._-]?\(\d+\)|[ _-]copy(?: ?\d+)?)$",
    re.IGNORECASE | re.DOTALL,
)
WORDS = re.compile(
    r"(.+?)[ ._-]+\(?(old|backup|bak|copy|orig|original|prev|previous|broken|disabled|deprecated|legacy"
    r"|unused|temp|tmp|wip|pre[_-]\w+|before[_-]\w+|save|archived?|outdated|obsolete)\)?\d*$",
    re.IGNORECASE | re.DOTALL,
)


class Copy(Signal):
    """A copy by name, with the original beside it."""

    name = "copy"

    def find(self, subject: Subject) -> Iterator[Sign]:
        """See `Signal.find`."""
        for path, name in subject.names.items():
            folder = f"{name.folder}/" if name.folder else ""
            suffix = f".{name.suffix}" if name.suffix else ""
            sure = SURE.match(name.file) or SURE.match(name.stem)
            found = sure or WORDS.match(name.stem)
            if not found and name.file == name.file.strip():
                continue
            bases = {name.file.strip()} if not found else {found[1], found[1] + suffix, found[1].strip() + suffix}
            originals = [folder + base for base in sorted(bases)]
            original = next((one for one in originals if one in subject.files), None)
            if original and original != path:
                yield Sign(path, f"a copy of {original} by its name", by=original)
            elif sure or found:
                gone = "the original is gone" if subject.past.gone.keys() & originals else "no original is beside it"
                yield Sign(path, f"named as a copy; {gone}", 1.0 if sure else 0.5, variant="alone")
