"""Read what a Python file imports, loads and names."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator

from tracker.audit.reachability.model import FileImports

# Functions that load a module by name. Methods count by their last name: `bot.load_extension("cogs.music")`.
LOADERS = frozenset([
    "SourceFileLoader", "__import__", "autodiscover_modules", "autodiscover_tasks", "discover_plugins",
    "find_modules", "import_by_path", "import_from_string", "import_module", "import_object", "import_string",
    "iter_modules", "load_class", "load_extension", "load_module", "load_object", "locate", "maybe_resolve",
    "module_loading", "resolve_name", "run_module", "run_path", "scan", "spec_from_file_location", "symbol_by_name",
    "walk_packages",
])  # fmt: skip
LISTERS = frozenset(["iter_modules", "walk_packages", "find_modules"])
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
MAGIC = re.compile(r"^\s*[%!].*$", re.MULTILINE)
IMPORT_LINE = re.compile(
    r"^[ \t]*(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+\(?([\w, \t*]*)|import[ \t]+([\w., \t]+))", re.MULTILINE
)
QUOTED = re.compile(r"""["']([\w./-]{3,120})["']""")
NAME = re.compile(r"^[\w./*~:@-]{2,160}$")


def python_imports(text: str) -> FileImports:
    """Return what the Python source names. Source that does not parse is read line by line and carries `error`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return _by_line(text, f"does not parse: {type(error).__name__}")
    return _from_tree(tree)


def notebook_imports(text: str) -> FileImports:
    """Return what the code cells of a Jupyter notebook name."""
    try:
        cells = json.loads(text)["cells"]
        code = "\n".join("".join(cell["source"]) for cell in cells if cell.get("cell_type") == "code")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return _by_line(text.replace('\\"', "'").replace("\\n", "\n"), "not a notebook")
    found = python_imports(MAGIC.sub("", code))
    magic = tuple(token for line in MAGIC.findall(code) for token in line.split() if NAME.match(token))
    return FileImports(found.imports, found.strings + magic, found.patterns, (), found.opaque, script=True)


def _by_line(text: str, error: str) -> FileImports:
    names: list[str] = []
    for source, imported, plain in IMPORT_LINE.findall(text):
        stem = source if source.endswith(".") else f"{source}."
        parts = [stem + name.split()[0] for name in imported.split(",") if name.strip(" *\t")]
        names += [source, *parts] if source else [name.split()[0] for name in plain.split(",") if name.strip()]
    strings = tuple(dict.fromkeys(QUOTED.findall(text)))
    return FileImports(tuple(dict.fromkeys(names)), strings, opaque="__import__" in text, error=error)


def _from_tree(tree: ast.Module) -> FileImports:
    imports: dict[str, None] = {}
    strings: dict[str, None] = {}
    patterns: dict[str, None] = {}
    opaque = False
    documentation: set[int] = set()  # strings that stand alone; a walk meets the statement before its string
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            documentation.add(id(node.value))
        elif isinstance(node, ast.Import | ast.ImportFrom):
            imports.update(dict.fromkeys(_imported(node)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            if NAME.match(node.value):
                strings[node.value] = None
            elif len(node.value) < 4000:  # commands and templates inside a longer string
                words = (word for word in node.value.split() if "/" in word or "." in word)
                strings.update(dict.fromkeys(filter(NAME.match, words)))
        elif isinstance(node, ast.JoinedStr):
            patterns[_pattern(node)] = None
        elif isinstance(node, ast.Call) and _called(node) in LOADERS:
            opaque |= _loads_unknown(node)
            for name in _loaded(node):
                (patterns if "*" in name else imports)[name] = None
    kept = tuple(name for name in patterns if "*" in name and NAME.match(name) and name.strip("*./"))
    return FileImports(tuple(imports), tuple(strings), kept, (), opaque, _is_script(tree), _is_module(tree))


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = "." * node.level + (node.module or "")
    for alias in node.names:
        yield base if alias.name == "*" else f"{base}{'' if base.endswith('.') else '.'}{alias.name}"


def _called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _loads_unknown(node: ast.Call) -> bool:
    """Whether the call loads a module whose name has no constant start and is not in a literal list."""
    if _called(node) in LISTERS:
        return True
    if not node.args:
        return bool(node.keywords)
    first = node.args[0]
    if isinstance(first, ast.Constant | ast.List | ast.Tuple | ast.Lambda):
        return False
    return not _pattern(first).split("*")[0].strip("./")


def _loaded(node: ast.Call) -> Iterator[str]:
    yield from (name for argument in node.args[:1] if NAME.match(name := _pattern(argument)) and "/" not in name)


def _pattern(node: ast.AST) -> str:
    """A string expression with `*` for every part that is not constant."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_pattern(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _pattern(node.left) + _pattern(node.right)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return re.sub(r"%[sdr]", "*", _pattern(node.left))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return re.sub(r"\{[^}]*\}", "*", _pattern(node.func.value))
    return "*"


def _is_script(tree: ast.Module) -> bool:
    """Whether running the file does something: a `__main__` guard, a loop, a call, or data that a call returns.

    Beside definitions only the calls of them, of `print`, of `os.chdir` and of what another call returned count:
    others may set up a module.
    """
    defined = {node.name for node in tree.body if isinstance(node, DEFINITION)}
    return any(_acts(node, defined) for node in _statements(tree.body))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of a body and of its `try` blocks."""
    for node in body:
        yield from _statements(node.body) if isinstance(node, ast.Try) else [node]


def _acts(node: ast.stmt, defined: set[str]) -> bool:
    """Whether a statement of a file does something, beside defining and setting up."""
    if isinstance(node, ast.If) and "__main__" in ast.dump(node.test):
        return True
    if isinstance(node, ast.For | ast.While | ast.With | ast.AsyncFor | ast.AsyncWith | ast.Assert):
        return True
    if isinstance(node, ast.Assign):
        source = node.value.value if isinstance(node.value, ast.Subscript) else node.value
        return isinstance(node.targets[0], ast.Tuple) and isinstance(source, ast.Call)
    value = node.value if isinstance(node, ast.Expr) else None
    if isinstance(value, ast.Call):
        chained = isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Call)
        return not defined or chained or _called(value) in {"print", "chdir", *defined}
    return isinstance(value, ast.Await)


def _is_module(tree: ast.Module) -> bool:
    """Whether the file defines a function or a class."""
    return any(isinstance(node, DEFINITION) for node in tree.body)
