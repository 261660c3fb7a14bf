"""Which code files no entry point reaches.

`analyse` follows imports and references of Python and JavaScript/TypeScript from every entry point that a manifest,
a framework's convention, a workflow, a build file or a document names. What cannot be followed counts as reached.
"""

from tracker.audit.reachability.graph import analyse, imports_of
from tracker.audit.reachability.model import FileImports, Reachability

__all__ = ["FileImports", "Reachability", "analyse", "imports_of"]
