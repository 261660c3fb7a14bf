"""Text made safe for pages: what people wrote, in Markdown that Python-Markdown shows as GitHub would.

Text from people is data. Three things stand between it and a page, and each has one answer here:

- Python-Markdown reads lists, code, emphasis and tables by other rules than GitHub. `prose` parses with markdown-it's
  GitHub rules and writes the tree again with mdformat, by renderers that use only forms on which both agree.
- The extensions of a site (attribute lists, admonitions, snippets, macros, …) would take some texts as instructions.
  Characters that could begin one are written as character references, which no extension reads.
- Code cannot hold character references; where it could be an instruction it is written as HTML, which can.

Sources: the GitHub Flavored Markdown specification; Python-Markdown 3 and pymdown-extensions 10 and later.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token
    from mdformat.renderer import RenderContext, RenderTreeNode

Link = Callable[[str], str | None]
"""Where a relative target is on the site or the web; None: nowhere."""

SCHEMES = frozenset({"http", "https", "mailto", "ftp", "tel"})
"""What a link may lead to. Anything else (`javascript:`, `data:`, …) is shown as text."""

# fmt: off
LANGUAGES = frozenset([
    "bash", "c", "cmake", "console", "cpp", "cs", "csharp", "css", "csv", "cuda", "cython", "diff", "docker",
    "dockerfile", "go", "graphql", "groovy", "haskell", "hcl", "html", "http", "ini", "java", "javascript", "js",
    "json", "json5", "jsonc", "jsonl", "jsx", "julia", "kotlin", "latex", "less", "lua", "make", "makefile",
    "markdown", "matlab", "md", "mermaid", "nginx", "nix", "objc", "ocaml", "pascal", "patch", "perl", "php",
    "powershell", "proto", "protobuf", "ps1", "py", "pycon", "pytb", "python", "python3", "r", "rb", "rst", "ruby",
    "rust", "sass", "scala", "scss", "sh", "shell", "sql", "svg", "swift", "tcl", "terraform", "tex", "text",
    "toml", "ts", "tsx", "txt", "typescript", "vim", "xml", "yaml", "yml", "zig", "zsh",
])
# fmt: on
"""Languages that only colour a fence, and mermaid, which browsers draw. Sites give others to programs of their own."""

LARGEST_TEXT = 2_000_000
LONGEST_PARAGRAPH = 10_000
DEEPEST = 30
"""Beyond these a text is no longer prose: parsers, here or in the site builder, need too long or too deep a stack."""

NOTHING = "<!-- -->"
"""Holds a place that Python-Markdown would not see empty, and keeps apart what it would join; shows nothing."""


# --- characters -----------------------------------------------------------------------------------------------------

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_OTHER_LINE_ENDS = re.compile(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

_RISKY = re.compile(
    r"""
      [&<>\\`*\[\]{}|~^$\#\xa0]
    | (?<![a-z0-9])_ | _(?![a-z0-9])      # emphasis, but not inside a word
    | (?<=\+)\+ | (?<==)=                       # ++keys++, ==mark==
    | (?<=/)/ | (?<=w{3})\. | @(?=[-\w])     # addresses become links; so would /// blocks
    | :(?=[-+\w]+:)                             # :emoji:
    | (?<=[\d+=c])/(?=[\d=o-]) | \((?=(?:c|r|tm)\)) | (?<=\d)[snrt](?=[tdh]\b)   # symbols: 1/2, +/-, (c), 1st
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RISKY_FIRST = re.compile(r"[-+:!?=/;]|(?<=\d)[.)]")
_FIRST = re.compile(r"\d*.")
_RISKY_CODE = re.compile(r"[`|<&\\\n]|\{[{%#+~=>-]|^[#:]|^\s|\s$|8<|^\Z")
_RISKY_BLOCK = re.compile(r"\{[{%#+~=>-]|8<-")
_PUNCTUATION = re.compile(r"[^\w ,.]|_|(?<=w{3})\.|(?<=\d)[snrt](?=[tdh]\b)", re.IGNORECASE)
"""With www. and 1st: inside a list item extensions read what stands between tags of HTML."""
_URL_UNSAFE = re.compile(r"[^A-Za-z0-9._~:/?#@!&*,;=%+-]")


def _reference(match: re.Match[str]) -> str:
    # Hexadecimal: the digits of a decimal one could be taken for the number of an issue.
    return "".join(f"&#x{ord(character):x};" for character in match[0])


def _clean(text: str) -> str:
    """No character that means something to the site builder itself, and one kind of line end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", _OTHER_LINE_ENDS.sub(" ", text))


def _escape(text: str) -> str:
    return _RISKY.sub(_reference, text)


def _escape_start(rendered: str) -> str:
    """The same text where a line begins, and with it perhaps a list, a heading or a block of some extension."""
    return _FIRST.sub(lambda first: _RISKY_FIRST.sub(_reference, first[0]), rendered, count=1)


# --- literal text ---------------------------------------------------------------------------------------------------


def plain(text: str) -> str:
    """Literal text for a paragraph, heading, table cell or link text: shown exactly as given, in one line.

    >>> plain("[x] {{ y }}")
    '&#x5b;x&#x5d; &#x7b;&#x7b; y &#x7d;&#x7d;'
    """
    return _escape_start(_escape(" ".join(_clean(text).split())))


def readable(fragment: str) -> str:
    r"""The output of `plain` or `inline` for a file that is also read as plain text: a backslash only where needed.

    CommonMark and GitHub show it as they would show the fragment; the extensions of a site might not.

    >>> readable(plain("# Heat (#12), a_b *c* & <d>"))
    '\\# Heat (#12), a_b \\*c\\* & \\<d>'
    """
    return _TAG_OR_REFERENCE.sub(_readable, fragment)


_TAG_OR_REFERENCE = re.compile(r"<[^>]*>|&#x(?P<code>[0-9a-f]+);")
_ALWAYS_MARKS = frozenset("\\`*_[]<|~$")


def _readable(match: re.Match[str]) -> str:
    character = chr(int(match["code"], 16)) if match["code"] else ""
    if not character or not character.isprintable():
        return match[0]
    is_first = match.string[: match.start()].isdigit() or match.start() == 0
    marks = character in _ALWAYS_MARKS or (character == "&" and not match.string[match.end() :].startswith(" "))
    return f"\\{character}" if character in string.punctuation and (marks or is_first) else character


def subject(text: str) -> str:
    """The subject of a commit as a forge shows it: literal text with code spans. `@name` is code: it notifies no one.

    >>> subject("Use `a*b`, not *x*, @someone")
    'Use `a*b`, not &#x2a;x&#x2a;, `@someone`'
    """
    cleaned = _DIRECTIONS.sub("", " ".join(_clean(text).split()))
    parts: list[str] = []
    end = 0
    for match in _CODE_OR_MENTION.finditer(cleaned):
        parts += [_escape(cleaned[end : match.start()]), code(match["code"] or match["mention"])]
        end = match.end()
    return _escape_start("".join([*parts, _escape(cleaned[end:])]))


_CODE_OR_MENTION = re.compile(r"(?<!`)`(?P<code>[^`]+)`(?!`)|(?<![\w@./`])(?P<mention>@[A-Za-z0-9][\w/.-]*)")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def code(text: str) -> str:
    """A code span that shows exactly this text, in one line, also in a table cell.

    >>> code("a | b")
    '<code>a &#x7c; b</code>'
    """
    text = re.sub(r"\s+", " ", _clean(text))
    return f"<code>{_escape(text)}</code>" if _RISKY_CODE.search(text) else f"`{text}`"


def link(text: str, url: str) -> str:
    """A link with literal text; without an acceptable address the text alone.

    >>> link("S88", "sessions/88 a.md")
    '[S88](sessions/88%20a.md)'
    """
    return _linked(plain(text), _address(_clean(url)))


def attribute(text: str) -> str:
    """Text for a double-quoted attribute or a text node of HTML, XML or SVG.

    >>> attribute('"<b>"')
    '&#x22;&#x3c;b&#x3e;&#x22;'
    """
    return _PUNCTUATION.sub(_reference, " ".join(_clean(text).split()))


def _address(url: str) -> str | None:
    """The address as it may stand in a link, or None."""
    url = url.strip()
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return None
    # A colon before the first slash is a scheme to some browser, independent of what precedes it.
    before_path = re.split(r"[/?#]", url, maxsplit=1)[0]
    if not url or (scheme not in SCHEMES if scheme or ":" in before_path else url.startswith("//")):
        return None
    return _URL_UNSAFE.sub(lambda match: quote(match[0]), url)


def _linked(rendered: str, address: str | None) -> str:
    # Python-Markdown leaves character references in addresses to the browser.
    return f"[{rendered}]({address.replace('&', '&amp;')})" if address else rendered


# --- Markdown -------------------------------------------------------------------------------------------------------


def prose(text: str, *, level: int = 2, link: Link | None = None) -> str:
    """Markdown as people write it, in Markdown that a MkDocs site shows as GitHub would.

    Headings are moved so that the top one is below one of `level`. HTML is shown, not run. Links to other places of the
    web stay, images become links; relative targets lead where `link` says, else nowhere. Blocks that no parser
    can hold (a paragraph of a megabyte, lists 200 deep) are shown as code. Never raises; ends without a line end.

    >>> print(prose("# Work\\n1) one\\n   - two"))
    ### Work
    <BLANKLINE>
    1. one
        - two
    """
    text = _clean(text)
    if len(text) > LARGEST_TEXT:
        return _code_block(text)
    tokens = _parser().parse(text)
    _move_headings(tokens, level)
    return _render(tokens, link)


def inline(text: str, *, link: Link | None = None) -> str:
    """Markdown for one line, such as a list item or a table cell: emphasis, code and links by the rules of `prose`.

    >>> inline("**a** | <b>\\n`c`")
    '**a** &#x7c; &#x3c;b&#x3e; `c`'
    """
    text = " ".join(_clean(text).split())
    if len(text) > LONGEST_PARAGRAPH:
        return plain(text)
    tokens = _parser().parseInline(text)
    if _is_abyss(tokens):
        return plain(text)
    return _escape_start(_render(tokens, link))


@cache
def _parser() -> MarkdownIt:
    """GitHub's rules without HTML. Imported late and made once: that costs more than a page."""
    import mdformat.plugins
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.options["parser_extension"] = [_Renderers]
    mdformat.plugins.PARSER_EXTENSIONS["gfm"].update_mdit(parser)
    parser.block.ruler.at("reference", _reference_definition)
    parser.core.ruler.before("inline", "deep_blocks", _show_abysses_as_code)
    parser.core.ruler.push("deep_inlines", _show_abysses_as_code)
    return parser


def _render(tokens: Sequence[Token], link: Link | None) -> str:
    from mdformat.renderer import MDRenderer

    options = {"mdformat": {"compact_tables": True}, "parser_extension": _parser().options["parser_extension"]}
    return MDRenderer().render(tokens, options, {"link": link}, finalize=False)


def _reference_definition(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Link definitions, but a footnote's text is text: sections of a page may number theirs alike."""
    from markdown_it.rules_block import reference

    is_footnote = state.src.startswith("[^", state.bMarks[start] + state.tShift[start])
    return not is_footnote and reference(state, start, end, silent)


def _depth(tokens: Iterable[Token]) -> int:
    return max((token.level + _depth(token.children or ()) for token in tokens), default=0)


def _is_abyss(tokens: Iterable[Token]) -> bool:
    tokens = tuple(tokens)
    too_long = any(token.type == "inline" and len(token.content) > LONGEST_PARAGRAPH for token in tokens)
    return too_long or _depth(tokens) > DEEPEST


def _show_abysses_as_code(state: StateCore) -> None:
    """Replaces top-level blocks that are nested too deep, or too long, by code blocks of their source."""
    from markdown_it.token import Token

    kept: list[Token] = []
    block: list[Token] = []
    for token in state.tokens:
        block.append(token)
        if token.level or token.nesting == 1:
            continue
        first, last = block[0].map or (0, 0)
        if last > first and _is_abyss(block):
            source = state.src.split("\n")[first:last]
            block = [Token("fence", "code", 0, content="\n".join(source), map=[first, last])]
        kept += block
        block = []
    state.tokens = kept


def _move_headings(tokens: Sequence[Token], level: int) -> None:
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    shift = level + 1 - min((int(token.tag[1:]) for token in headings), default=0)
    for token in headings:
        token.markup = "#" * min(int(token.tag[1:]) + shift, 6)


# --- renderers: forms that GitHub and Python-Markdown read alike ------------------------------------------------------


def _children(node: RenderTreeNode, context: RenderContext) -> str:
    return "".join(child.render(context) for child in node.children)


_BREAK_BEFORE = re.compile(r"(^|[ (])\Z")
_BREAK_AFTER = re.compile(r"[ .,:)]|\Z")
_WORD_START = re.compile(r"[A-Za-z0-9`]")
_WORD_END = re.compile(r"[A-Za-z0-9`]\Z")


def _emphasis(node: RenderTreeNode, context: RenderContext) -> str:
    """With marks where no rule for marks could read them otherwise, else as HTML."""
    marks, tag = {"strong": ("**", "strong"), "em": ("*", "em"), "s": ("", "del")}[node.type]
    text = _children(node, context)
    before, after = node.previous_sibling, node.next_sibling
    stands_free = (not before or _BREAK_BEFORE.search(_literal(before))) and (
        not after or _BREAK_AFTER.match(_literal(after))
    )
    holds_text = all(child.type in ("text", "code_inline", "softbreak") for child in node.children)
    nested = node.parent is not None and node.parent.type in ("strong", "em", "s")
    if marks and stands_free and holds_text and not nested and _WORD_START.match(text) and _WORD_END.search(text):
        return f"{marks}{text}{marks}"
    return f"<{tag}>{text}</{tag}>"


def _literal(node: RenderTreeNode) -> str:
    """The text of a neighbour, with a stand-in for anything that is not just text."""
    return {"text": node.content, "softbreak": " "}.get(node.type, "x")


def _inside_link(node: RenderTreeNode) -> bool:
    return node.parent is not None and (node.parent.type == "link" or _inside_link(node.parent))


def _link(node: RenderTreeNode, context: RenderContext) -> str:
    shown, target = _children(node, context), str(node.attrs["href"])
    address = _resolve(target, context)
    if address is None and shown and _is_relative(target):  # it leads nowhere from here; the text shows where it led
        title = _escape(target).replace('"', "&#x22;")
        return f'<a title="{title}">{shown}</a>'
    return _linked(shown, address)


def _image(node: RenderTreeNode, context: RenderContext) -> str:
    # No page loads anything from elsewhere.
    alternative = _escape("".join(child.content for child in node.walk() if child.type in ("text", "code_inline")))
    if _inside_link(node):
        return alternative
    address = _resolve(str(node.attrs["src"]), context)
    return _linked(alternative or "image", address) if address else alternative


def _resolve(target: str, context: RenderContext) -> str | None:
    if not _is_relative(target):
        return _address(target)
    resolve: Link | None = context.env["link"]
    return _address((resolve and resolve(target)) or "")


def _is_relative(url: str) -> bool:
    return not urlsplit(url).scheme and not url.startswith("//")


def _blocks(nodes: Sequence[RenderTreeNode], context: RenderContext) -> str:
    """Blocks one after the other; Python-Markdown would join neighbouring lists, and neighbouring quotes."""
    rendered: list[str] = []
    before: RenderTreeNode | None = None
    for node in nodes:
        if before and _joins(before, node):
            rendered.append(NOTHING)
        rendered.append(node.render(context))
        before = node
    return "\n\n".join(rendered)


_LISTS = ("bullet_list", "ordered_list")


def _joins(before: RenderTreeNode, node: RenderTreeNode) -> bool:
    return (before.type in _LISTS and node.type in _LISTS) or (before.type == node.type == "blockquote")


_ALERT = re.compile(r"&#x5b;!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)&#x5d;\s*")


def _quote(node: RenderTreeNode, context: RenderContext) -> str:
    """A quote; an alert of GitHub has its kind as a title, because few sites know the syntax."""
    text = _blocks(node.children, context)
    if alert := _ALERT.match(text):
        text = f"**{alert[1].capitalize()}**\n\n{text[alert.end() :]}".rstrip()
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def _list_item(node: RenderTreeNode, context: RenderContext) -> str:
    first, rest = node.children[:1], node.children[1:]
    if not first or first[0].type != "paragraph":
        # Nothing but text may follow a list marker.
        return f"{NOTHING}\n\n{_blocks(node.children, context)}".strip()
    text = first[0].render(context) or NOTHING
    if not rest:
        return text
    tight = first[0].hidden and rest[0].type in _LISTS
    return f"{text}\n{'' if tight else chr(10)}{_blocks(rest, context)}"


def _list(node: RenderTreeNode, context: RenderContext) -> str:
    number = int(node.attrs.get("start", 1))
    items = [item.render(context) for item in node.children]
    markers = [f"{number + index}. " if node.type == "ordered_list" else "- " for index in range(len(items))]
    # Four columns for every marker: Python-Markdown knows no other indentation.
    indented = [marker + re.sub(r"\n(?=[^\n])", "\n    ", item) for marker, item in zip(markers, items, strict=True)]
    loose = any("\n\n" in item for item in items) or any(
        child.type == "paragraph" and not child.hidden for item in node.children for child in item.children
    )
    return ("\n\n" if loose else "\n").join(indented)


def _table(text: str, node: RenderTreeNode, _: RenderContext) -> str:
    """A table without rows as HTML: Python-Markdown would give it an empty one."""
    header, *rows = (row for part in node.children for row in part.children)
    if rows or not all(_is_plain(cell) for cell in header.walk()):
        return text
    cells = "".join(f"<th>{_html(cell)}</th>" for cell in header.children)
    return f"<table><thead><tr>{cells}</tr></thead></table>"


_PLAIN_ELEMENTS = {"code_inline": "code", "strong": "strong", "em": "em", "s": "del"}


def _is_plain(node: RenderTreeNode) -> bool:
    return node.type in ("tr", "th", "inline", "text", *_PLAIN_ELEMENTS)


def _html(node: RenderTreeNode) -> str:
    text = "".join(map(_html, node.children)) if node.children else _PUNCTUATION.sub(_reference, node.content)
    element = _PLAIN_ELEMENTS.get(node.type)
    return f"<{element}>{text}</{element}>" if element else text


def _code_block(content: str, language: str = "") -> str:
    if not content.strip() or _RISKY_BLOCK.search(content):
        return f"<pre><code>{_PUNCTUATION.sub(_reference, content)}</code></pre>".replace("\n", "&#xa;")
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", content)), default=0))
    return f"{fence}{language if language in LANGUAGES else ''}\n{content}\n{fence}"


class _Renderers:
    """The parser extension that mdformat asks for its renderers."""

    RENDERERS: Mapping[str, Callable[[RenderTreeNode, RenderContext], str]] = {
        "root": lambda node, context: _blocks(node.children, context),
        "paragraph": lambda node, context: _escape_start(_children(node, context).strip()),
        "heading": lambda node, context: f"{node.markup} {_children(node, context).strip() or NOTHING}",
        "blockquote": _quote,
        "bullet_list": _list,
        "ordered_list": _list,
        "list_item": _list_item,
        "fence": lambda node, _: _code_block(node.content.removesuffix("\n"), (node.info.split() or [""])[0]),
        "code_block": lambda node, _: _code_block(node.content.removesuffix("\n")),
        "text": lambda node, _: _escape(node.content),
        "code_inline": lambda node, _: code(node.content),
        # The only HTML there is: the task list plugin puts it before the text of an item.
        "html_inline": lambda node, _: "[x]" if "checked=" in node.content else "[ ]",
        # One line a paragraph: no other line can begin with something that an extension takes for a block.
        "softbreak": lambda *_: " ",
        "hardbreak": lambda *_: "<br> ",
        "em": _emphasis,
        "strong": _emphasis,
        "s": _emphasis,
        "link": _link,
        "gfm_autolink": _link,
        "image": _image,
    }
    POSTPROCESSORS: Mapping[str, Callable[[str, RenderTreeNode, RenderContext], str]] = {"table": _table}
