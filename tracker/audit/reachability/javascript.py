"""Read what a JavaScript or TypeScript file, or a single-file component, imports, loads and names."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from tracker.audit.reachability.model import FileImports

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
FRONT_MATTER = re.compile(r"\A\s*---\r?\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)
SOURCE = re.compile(r"""(?:\bsrc|\bhref|\bimport|\bfrom|\bimport\(|\brequire\()\s*=?\s*["']([^"'\s]+)["']""")
SPECIFIER = re.compile(r"""^[\w@~$#.\-/\[\]()+*{},:!?&=%]{1,200}$""")
QUOTED = re.compile(r"""["'`]([\w@~$#./-]{2,200})["'`]""")
LOADERS = frozenset([
    "context", "glob", "globEager", "import", "importActual", "importScripts", "register", "require",
    "requireActual", "resolve",
])  # fmt: skip
BUNDLE = 300_000  # characters; a longer source is the output of a bundler and its imports are read without parsing
STATEMENTS = ("for_statement", "for_in_statement", "while_statement", "try_statement", "if_statement")
COMPONENTS = (".vue", ".svelte", ".astro", ".mdx")
QUERY = """
(import_statement source: (string) @import)
(export_statement source: (string) @import)
(call_expression function: [(import) (identifier) (member_expression)] arguments: (arguments . (_))) @call
(string (string_fragment) @string)
(template_string) @template
"""
QUERY_TYPES = (
    QUERY + "(import_require_clause (string) @import)\n(import_statement (import_require_clause (string) @import))\n"
)


def javascript_imports(path: str, text: str) -> FileImports:
    """Return what the source names. Where a part does not parse, its quoted strings still count."""
    if path.endswith(COMPONENTS):
        return _component(path, text)
    if len(text) > BUNDLE:
        names = filter(SPECIFIER.match, dict.fromkeys(SOURCE.findall(text)))
        return FileImports(tuple(names), module=True)
    return _from_source(text, _grammar(path))


def _component(path: str, text: str) -> FileImports:
    """The script blocks of a single-file component, plus every `src`, `import` and `from` of its markup."""
    blocks = [body for _, body in SCRIPT.findall(text)]
    front = FRONT_MATTER.match(text) if path.endswith(".astro") else None
    blocks += [front.group(1)] if front else []
    found = _from_source("\n;\n".join(blocks), "tsx" if "tsx" in text[:4000] else "typescript")
    outside = tuple(name for name in SOURCE.findall(text) if SPECIFIER.match(name))
    imports = tuple(dict.fromkeys(found.imports + outside))
    return FileImports(imports, found.strings, found.patterns, (), found.opaque, script=False, module=True)


def _grammar(path: str) -> str:
    if path.endswith((".ts", ".mts", ".cts")):
        return "typescript"
    return "tsx" if path.endswith(".tsx") else "javascript"


@cache
def _parser(grammar: str) -> tuple[Parser, Query]:
    """The parser and its query; the libraries are loaded when the first such file is read."""
    import tree_sitter
    import tree_sitter_javascript
    import tree_sitter_typescript

    source = {
        "javascript": tree_sitter_javascript.language,
        "typescript": tree_sitter_typescript.language_typescript,
        "tsx": tree_sitter_typescript.language_tsx,
    }[grammar]
    language = tree_sitter.Language(source())
    return tree_sitter.Parser(language), tree_sitter.Query(language, QUERY if grammar == "javascript" else QUERY_TYPES)


def _from_source(text: str, grammar: str) -> FileImports:
    from tree_sitter import QueryCursor

    parser, query = _parser(grammar)
    root = parser.parse(text.encode("utf-8", "replace")).root_node
    captures = QueryCursor(query).captures(root)
    imports = {_literal(node): None for node in captures.get("import", [])}
    strings = {_text(node): None for node in captures.get("string", [])}
    templates = {_template(node): None for node in captures.get("template", [])}
    patterns = {name: None for name in templates if name.startswith(("./", "../", "@/", "~/")) and "**" not in name}
    opaque = False
    for call in captures.get("call", []):
        name, known = _load(call)
        if name:
            (patterns if "*" in name else imports)[name] = None
        opaque |= not known
    if root.has_error:
        strings.update(dict.fromkeys(QUOTED.findall(text)))
        imports.update(dict.fromkeys(SOURCE.findall(text)))
    literals = [name for name in templates if "*" not in name]
    return FileImports(
        tuple(name for name in imports if SPECIFIER.match(name)),
        tuple(name for name in (*strings, *literals) if name not in imports and SPECIFIER.match(name)),
        tuple(name for name in patterns if "/" in name and SPECIFIER.match(name) and name.strip("*./")),
        (),
        opaque,
        _is_script(root),
        _is_module(root, text),
    )


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _literal(node: Node) -> str:
    return _text(node)[1:-1]


def _template(node: Node) -> str:
    """The template string with `*` for every substitution."""
    if node.type == "binary_expression":
        return "".join(_template(child) for child in node.named_children)
    if node.type == "string":
        return _literal(node)
    if node.type != "template_string":
        return "*"
    return "".join("*" if child.type == "template_substitution" else _text(child) for child in node.named_children)


def _load(call: Node) -> tuple[str, bool]:
    """The name that `import(…)`, `require(…)` and relatives load, and whether all of it is known."""
    function = call.child_by_field_name("function")
    arguments = call.child_by_field_name("arguments")
    if function is None or arguments is None:
        return "", True
    whole = _text(function)
    called = whole.rsplit(".", 1)[-1]
    plain = function.type in ("import", "identifier") and called in ("import", "require")
    inner = [child for child in arguments.named_children if child.type != "comment"]
    if called not in LOADERS or not inner or (called.startswith("glob") and not whole.startswith("import.meta")):
        return "", True
    name = _template(inner[0])
    if name.split("*")[0].strip("./") or not plain or name.endswith((".json", ".css")):
        return ("" if name.startswith("*") else name), True
    return "", False


def _is_script(root: Node) -> bool:
    """Whether the top level runs something rather than only defining it."""
    for node in root.children:
        if node.type in STATEMENTS:
            return True
        first = node.named_children[0].type if node.type == "expression_statement" and node.named_children else ""
        if first in ("call_expression", "await_expression"):
            return True
    return False


def _is_module(root: Node, text: str) -> bool:
    exports = any(node.type == "export_statement" for node in root.children)
    return exports or "module.exports" in text or "exports." in text
