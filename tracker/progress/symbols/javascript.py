"""Definitions in JavaScript and TypeScript, read from the syntax trees of tree-sitter."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import TYPE_CHECKING

from tracker.progress.symbols.definition import Definition

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

SUFFIXES = (".js", ".jsx", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx")
Scope = tuple[str, ...]

FUNCTIONS = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "generator_function",
        "arrow_function",
        "method_definition",
    }
)
DEFINING = frozenset(
    {
        "function_declaration",
        "function_expression",
        "generator_function_declaration",
        "generator_function",
        "function_signature",
        "class_declaration",
        "class",
        "abstract_class_declaration",
        "method_definition",
        "method_signature",
        "abstract_method_signature",
        "property_signature",
        "field_definition",
        "public_field_definition",
        "interface_declaration",
        "type_alias_declaration",
        "enum_declaration",
        "enum_assignment",
        "internal_module",
        "module",
        "pair",
        "variable_declarator",
    }
)
"""The nodes that introduce the name in their field `name`, `property` or `key`."""
VALUES = FUNCTIONS | {"class"}
"""What a variable holds that is a definition also inside a function."""
NAMES = frozenset(
    {
        "identifier",
        "type_identifier",
        "property_identifier",
        "private_property_identifier",
        "shorthand_property_identifier_pattern",
        "nested_identifier",
        "number",
    }
)
REDUNDANT = frozenset("(){}[]<>,;\"'`") | {"${"}
"""What the nesting of the tree says already, or formatters add and remove."""
PROPERTY_MODIFIERS = frozenset({"accessibility_modifier", "override_modifier", "readonly"})
"""What makes a parameter of a constructor a field of its class."""
TRANSPARENT = frozenset({"parenthesized_expression", "parenthesized_type", "required_parameter", "union_type"})
"""Nodes that add nothing to the only child that they have."""


def definitions(content: bytes, path: str) -> list[Definition] | None:
    """Return every definition of a file; None where tree-sitter is not installed."""
    try:
        parser = _parser(path.rpartition(".")[2].lower())
    except ImportError:
        return None
    return list(_definitions(parser.parse(content).root_node))


@cache
def _parser(suffix: str) -> Parser:
    from tree_sitter import Language, Parser

    if suffix in ("ts", "mts", "cts", "tsx"):
        import tree_sitter_typescript as typescript

        return Parser(Language(typescript.language_tsx() if suffix == "tsx" else typescript.language_typescript()))
    import tree_sitter_javascript as javascript

    return Parser(Language(javascript.language()))


def _definitions(root: Node) -> Iterator[Definition]:
    """Walk the tree without recursion: minified code nests deeply."""
    waiting: list[tuple[Node, Scope, bool]] = [(root, (), False)]
    while waiting:
        node, scope, in_function = waiting.pop()
        own = [name for name in _names(node) if name[-1] and _counts(node, name[-1], in_function=in_function)]
        outer = scope[:-1] if node.type == "required_parameter" else scope  # a field of the constructor's class
        yield from (Definition((*outer, *name), node.start_point[0] + 1, _code(node)) for name in own)
        inner = (*scope, *own[0]) if len(own) == 1 else scope
        in_function = node.type in FUNCTIONS or (in_function and node.type not in ("class_body", "interface_body"))
        waiting += [(child, inner, in_function) for child in reversed(node.named_children)]


def _names(node: Node) -> Iterator[Scope]:
    """Return the names that a node introduces, each with what it is a part of: ("exports", "fire")."""
    if node.type == "assignment_expression":
        left = node.child_by_field_name("left")
        if left is not None and left.type == "member_expression":
            yield _member(left)
    elif node.type == "export_statement":
        if node.child_by_field_name("value") is not None and any(one.type == "default" for one in node.children):
            yield ("default",)
    elif node.type == "required_parameter":
        pattern = node.child_by_field_name("pattern")
        if pattern is not None and any(one.type in PROPERTY_MODIFIERS for one in node.children):
            yield (_text(pattern),)
    elif node.type == "property_identifier" and node.parent is not None and node.parent.type == "enum_body":
        yield (_text(node),)
    elif node.type in DEFINING and not (node.parent is not None and node.parent.type in _HOLDERS and _is_value(node)):
        yield from (tuple(name.split(".")) for name in _introduced(node))


_HOLDERS = frozenset(
    {"variable_declarator", "pair", "assignment_expression", "field_definition", "public_field_definition"}
)


def _is_value(node: Node) -> bool:
    """Return whether a function or class is the value of something that has a name of its own."""
    return node.type in VALUES


def _introduced(node: Node) -> Iterator[str]:
    fields = (node.child_by_field_name(name) for name in ("name", "property", "key"))
    target = next((field for field in fields if field is not None), None)
    if target is None:
        return
    if target.type in ("object_pattern", "array_pattern"):
        stack = [target]
        while stack:
            part = stack.pop()
            if part.type in ("identifier", "shorthand_property_identifier_pattern"):
                yield _text(part)
            elif part.type == "pair_pattern":
                stack += [value for value in [part.child_by_field_name("value")] if value is not None]
            elif part.type in ("assignment_pattern", "object_assignment_pattern"):
                stack += [left for left in [part.child_by_field_name("left")] if left is not None]
            else:
                stack += part.named_children
    elif target.type in NAMES:
        yield _text(target)
    elif target.type == "string":
        yield _text(target)[1:-1]


def _member(node: Node) -> Scope:
    """Return the parts of `module.exports.fire` or `Gate.prototype.fire` that name something."""
    parts = tuple(part.strip() for part in _text(node).split("."))
    while len(parts) > 1 and parts[0] in ("module", "exports", "this", "window", "globalThis", "self"):
        parts = parts[1:]
    return tuple(part for part in parts if part != "prototype")


def _counts(node: Node, name: str, *, in_function: bool) -> bool:
    """Return whether a name is a definition: a plain variable of a function is none."""
    if node.type == "assignment_expression":
        return not in_function or _holds_function(node, "right")
    if node.type in ("variable_declarator", "pair") and in_function:
        return name.isupper() or _holds_function(node, "value")
    return True


def _holds_function(node: Node, field: str) -> bool:
    value = node.child_by_field_name(field)
    return value is not None and value.type in VALUES


def _code(node: Node) -> str:
    """Return a form of the syntax tree without comments, white space and what formatters change."""
    parts: list[str] = []
    waiting: list[Node | str] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            parts.append(one)
        elif (leaf := _leaf(one)) is not None:
            parts.append(leaf)
        else:
            inside = _inside(one)
            if one.type in TRANSPARENT and len(inside) == 1:
                waiting += inside
            elif inside or one.type != "arguments":  # `new Gate` is `new Gate()`
                parts += [one.type, "("]
                waiting += [")", *reversed(inside)]
    return " ".join(parts)


def _inside(node: Node) -> list[Node | str]:
    """The children that matter; those whose form depends on their place are returned as text."""
    inside: list[Node | str] = []
    before = ""
    for child in (one for one in node.children if one.type != "comment"):
        if node.type in ("array", "array_pattern") and child.type == "," and before in ("[", ","):
            inside.append("hole")
        elif node.type == "arrow_function" and child.type == "identifier" and before in ("", "async"):
            inside.append(f"formal_parameters ( {_leaf(child)} )")
        elif node.type == "pair" and child.type == "string" and not before and _content(child).isidentifier():
            inside.append(f"property_identifier {_content(child)!r}")
        elif child.type not in REDUNDANT and (node.type, child.type) != ("union_type", "|"):
            inside.append(child)
        before = child.type
    return inside


def _leaf(node: Node) -> str | None:
    """The form of a node without parts; None for any other."""
    if node.type == "string":
        return f"string {_content(node)!r}"
    if node.type == "number":
        return f"number {_number(_text(node))!r}"
    if node.type == "jsx_text":
        return f"text {_rendered(_text(node))!r}"
    if node.child_count:
        return None
    return f"{node.type} {_text(node)!r}" if node.is_named else repr(node.type)


def _content(string: Node) -> str:
    return "".join(map(_unescaped, string.named_children))


def _unescaped(part: Node) -> str:
    text = _text(part)
    return text[1] if part.type == "escape_sequence" and text[1:] in ("'", '"') else text


def _number(text: str) -> str:
    """A number as formatters write it: `.50` as 0.5, `0XFF` as 0xff."""
    try:
        return str(Decimal(text.replace("_", "")).normalize())
    except InvalidOperation:
        return text.lower()


def _rendered(text: str) -> str:
    """The rendered text of JSX: line breaks, and the spaces around them, count as one space."""
    first, *rest = text.split("\n")
    if not rest:
        return text
    return " ".join(filter(None, [first.rstrip(), *(line.strip() for line in rest[:-1]), rest[-1].lstrip()]))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
