"""Text on a page: Python-Markdown shows it as GitHub would, and nothing in it runs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser

import mdformat.plugins
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from markdown import Markdown
from markdown_it import MarkdownIt

from tracker.publish import markdown
from tracker.publish.markdown import attribute, code, inline, link, plain, prose, readable

EXTENSIONS = [
    "abbr",
    "admonition",
    "attr_list",
    "def_list",
    "footnotes",
    "md_in_html",
    "tables",
    "toc",
    "pymdownx.betterem",
    "pymdownx.caret",
    "pymdownx.critic",
    "pymdownx.details",
    "pymdownx.emoji",
    "pymdownx.highlight",
    "pymdownx.inlinehilite",
    "pymdownx.keys",
    "pymdownx.magiclink",
    "pymdownx.mark",
    "pymdownx.smartsymbols",
    "pymdownx.snippets",
    "pymdownx.superfences",
    "pymdownx.tabbed",
    "pymdownx.tasklist",
    "pymdownx.tilde",
]

INLINE = {"a", "br", "code", "del", "em", "img", "s", "strong"}
"""Elements that inline Markdown may produce."""


class Shown(HTMLParser):
    """The text, elements and attributes of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.in_link = False
        self.parts: list[str] = []
        self.elements: Counter[str] = Counter()
        self.attributes: set[tuple[str, str, str | None]] = set()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            # Pages load nothing: an image is a link to it, or part of the link around it.
            self.elements["a"] += not self.in_link
            self.parts.append(dict(attrs)["alt"] or "image" * (not self.in_link))
            return
        self.in_link = self.in_link or tag == "a"
        self.elements[tag] += 1
        self.attributes |= {(tag, name, value) for name, value in attrs}
        if tag not in INLINE:
            self.parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self.in_link = self.in_link and tag != "a"
        if tag not in INLINE:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    @property
    def text(self) -> str:
        return words("".join(self.parts))

    @property
    def structure(self) -> dict[str, int]:
        headings = sum(self.elements[f"h{level}"] for level in range(1, 7))
        counted = ("table", "tr", "td", "th", "ul", "ol", "li", "pre", "blockquote", "hr", "a", "input")
        return {"headings": headings, **{tag: self.elements[tag] for tag in counted}}


def words(text: str) -> str:
    return " ".join(text.split())


@cache
def site() -> Markdown:
    configs = {
        "pymdownx.snippets": {"check_paths": True},
        "pymdownx.highlight": {"use_pygments": False},
        "pymdownx.tabbed": {"alternate_style": True},
    }
    return Markdown(extensions=EXTENSIONS, extension_configs=configs)


def built(page: str) -> Shown:
    return Shown(site().reset().convert(page))


@cache
def github() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    parser.options["parser_extension"] = []
    mdformat.plugins.PARSER_EXTENSIONS["gfm"].update_mdit(parser)
    parser.block.ruler.at("reference", markdown._reference_definition)
    return parser


# --- texts that look like markup ------------------------------------------------------------------------------------

TRICKS = [
    "a\ufffeb\uffffc",
    "{: onclick=alert(1) .x #y }",
    "# Title { .x #y }",
    "!!! note",
    "???+ danger 'x'",
    '=== "Tab"',
    '--8<-- "pyproject.toml"',
    "--8<--",
    "; --8<-- [start:all]",
    "[TOC]",
    "*[HTML]: Hyper Text",
    "[^1]: note",
    "[^1]",
    "^[inline note]",
    "[label]: https://example.org 'title'",
    ":smile: :+1:",
    "{++added++} {--gone--} {~~a~>b~~} {==x==}{>>y<<}",
    "{{ config }} {% raw %} {# note #}",
    "---\ntitle: x\n---",
    "Title: x",
    "++ctrl+alt++ ==mark== ^^ins^^ ~~del~~ H~2~O a^2^",
    ":   definition",
    "/// details | x",
    "<script>alert(1)</script>",
    "<details><summary>x</summary>y</details>",
    "<!-- comment -->",
    "<!-- open",
    "<![CDATA[ x ]]> <?php ?> </p>",
    "&amp; &copy; &#65; &x; & ",
    "[x](javascript:alert(1)) [x](data:text/html,x) <javascript:x>",
    "![x](https://example.org/x.png)",
    "https://example.org/a_b www.example.org me@example.org me@-example.org ftp://x.org",
    "`a` ``b` ``` c",
    "a | b || \\| `|` \\",
    "*a* **b** ***c*** _d_ __e__ snake_case_name __init__",
    "1. a",
    "12) a",
    "- a",
    "+ a",
    "> a",
    "    code",
    "a\\\nb  \nc",
    "===",
    "$x$ \\(y\\) 1/2 3rd (c) (tm) +/- -->",
    "`#!python x` `:::js y` #! x",
    "\x02klzzwxh:0\x03 \x00 \x1b[31m \ud800 \u2028 \x85 \xa0",
    "😀 ä ß 中文 \u200b \ufeff",
    "[ ] open",
    "[x] done",
]

texts = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=60),
    st.text(alphabet="ab1 \n`*_~^=+-#|[](){}<>!?:;/\\&\"'.$%@8", max_size=40),
    st.lists(st.sampled_from(TRICKS), min_size=1, max_size=3).map(" ".join),
)


def with_glyphs(text: str) -> str:
    """Return the text with a replacement character for every character that no page can show."""
    text = re.sub(r"[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", " ", text)
    return re.sub(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)


def printable(text: str) -> str:
    """Return the text as a page shows it in one line, with one space between words."""
    return words(with_glyphs(text))


def examples(test: Callable[..., None]) -> Callable[..., None]:
    for trick in TRICKS:
        test = example(trick)(test)
    return settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])(test)


PLACES = {
    "paragraph": ("{}", Counter("p")),
    "heading": ("## {}", Counter(["h2"])),
    "item": ("- {}", Counter(["ul", "li"])),
    "cell": ("| {} | b |\n| - | - |\n| {} | d |", Counter(table=1, thead=1, tbody=1, tr=2, th=2, td=2)),
    "emphasis": ("a **{}** b", Counter(["p", "strong"])),
}


@pytest.mark.parametrize("place", PLACES)
@examples
@given(text=texts)
def test_plain_shows_the_text_and_nothing_else(place: str, text: str) -> None:
    page, elements = PLACES[place]
    shown = built(page.format(*[plain(f"x{text}x" if place == "emphasis" else text)] * page.count("{}")))
    assert printable(text) in shown.text
    if printable(text):
        assert +shown.elements == elements
    assert {name for _, name, _ in shown.attributes} <= {"id"}


@pytest.mark.parametrize("place", ["paragraph", "heading", "item", "cell"])
@examples
@given(text=texts)
def test_code_shows_the_text_in_code(place: str, text: str) -> None:
    page, elements = PLACES[place]
    span = code(text)
    shown = built(page.format(*[span] * page.count("{}")))
    assert printable(text) in shown.text
    if span:
        assert +shown.elements == elements + Counter({"code": page.count("{}")})
    assert {name for _, name, _ in shown.attributes} <= {"id"}


@pytest.mark.parametrize("page", ["{}", "before {} after"])
@examples
@given(text=texts)
def test_inline_shows_what_github_shows(page: str, text: str) -> None:
    expected = Shown(github().renderInline(printable(text)))
    shown = built(page.format(inline(text, link=lambda target: f"https://example.org/{target}")))
    assert shown.text == words(page.format(expected.text))
    assert set(shown.elements) <= INLINE | {"p"}
    assert {(tag, name) for tag, name, _ in shown.attributes} <= {("a", "href")}
    assert all(re.match("(https?|mailto|ftp|tel):", value or "") for _, _, value in shown.attributes)


@examples
@given(text=texts)
def test_inline_stays_in_its_table_cell(text: str) -> None:
    row = f"| {inline(text)} | d |"
    assert "\n" not in row
    assert built(f"| a | b |\n| --- | --- |\n{row}").elements["td"] == 2


@examples
@given(text=texts)
def test_link_leads_nowhere_dangerous(text: str) -> None:
    shown = built(f"x {link(text, text)} x")
    assert printable(text) in shown.text
    assert shown.elements["p"] == 1
    for _, name, value in shown.attributes:
        assert name == "href"
        assert not re.match(r"[\s\x00-\x1f]*(javascript|data|vbscript|file):", value or "", re.IGNORECASE)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.example",
        "http://[",
        "",
    ],
)
def test_refused_address_leaves_the_text(url: str) -> None:
    assert link("the text", url) == "the text"


def test_address_is_encoded() -> None:
    shown = built(link("a", "https://example.org/a b(c)?x=1&copy=2#é"))
    assert shown.attributes == {("a", "href", "https://example.org/a%20b%28c%29?x=1&copy=2#%C3%A9")}


@examples
@given(text=texts)
def test_attribute_is_one_value_everywhere(text: str) -> None:
    value = attribute(text)
    for page in (f'<svg><text data-x="{value}">t</text></svg>', f'a <b data-x="{value}">t</b> c'):
        shown = built(page)
        assert {(name, value) for _, name, value in shown.attributes} == {("data-x", printable(text))}


# --- prose ----------------------------------------------------------------------------------------------------------

PROSE = {
    "headings": ("# One\n\nTwo\n===\n\nThree\n---\n\n###### Six ##\n\n####\n\n# C#\n"),
    "head lines": ("**Date:** 2031-05-01  \n**Focus:** soldering\n**Team:** two of us\\\nand a cat\n"),
    "tight list after paragraph": ("Done:\n- one\n- two\n  - three\n    - four\n- five\n"),
    "two-space nesting": ("* a\n  * b\n    * c\n\n      text of c\n  * d\n"),
    "numbers": ("1. one\n2. two\n   - sub\n   - sub\n3. three\n\ntext\n\n4. four\n5. five\n"),
    "parentheses": ("1) one\n2) two\n   a) no list\n"),
    "kinds of lists": ("- a\n- b\n* c\n* d\n1. e\n2. f\n3) g\n"),
    "loose list": ("- a\n\n- b\n\n  more of b\n\n      code of b\n- c\n"),
    "tasks": ("- [ ] open\n- [x] done `x`\n  - [X] nested\n- [ ]\n- [y] not one\n"),
    "table": ("| a | b |\n|---|:-:|\n| `x \\| y` | **b** c |\n| only one |\n| one | two | three |\n\ntext\n"),
    "table without borders": ("a | b\n--|--\n1 | 2\n"),
    "table directly after text": ("Before:\n| a | b |\n|---|---|\n| 1 | 2 |\n- item\n"),
    "table in item": ("- item\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |\n- item\n"),
    "tables without rows": (
        "| a | **b** | `c \\| {{ d }}` | e_f_ | |\n|---|---|---|---|---|\n\ntext\n\n"
        "| a |\n|---|\n\n| b |\n|---|\n- c\n\n  | d |\n  |---|\n"
    ),
    "one column": ("| a |\n|---|\n| 1 |\n"),
    "fences": ("```python\ndef f():\n\n    return 1\n```\n~~~\na\n~~~\n```` md\n```\ninner\n```\n````\n"),
    "fence after text": ("Run:\n```bash\nls   -l\n\tcd x\n```\nThen:\n"),
    "fence in items": (
        "1. one\n   ```bash\n   a\n\n   b\n   ```\n2. two\n\n   ```\n   c\n   ```\n   - d\n     ```\n     e\n     ```\n"
    ),
    "fence first in item": (
        "- ```\n  a\n  ```\n- # heading\n- > quote\n- - nested\n-\n- | a | b |\n  |---|---|\n  | 1 | 2 |\n"
    ),
    "fence with a strange language": (
        "```mermaid\ngraph\n```\n```{.x onclick=y}\na\n```\n```py title='x' hl_lines='1'\nb\n```\n"
    ),
    "fence of instructions": (
        '```\n--8<-- "x"\n{{ x }} {% y %}\n{++ z ++}\n```\n- a\n  ```\n  {{ b }}\n\n  c\n  ```\n'
    ),
    "empty fence": ("```\n```\n\ntext\n\n```\n\n```\n"),
    "unclosed fence": ("text\n```\ncode\n# no heading\n"),
    "unclosed table": ("| a | b |\n|---|\n| c |\n"),
    "indented code": ("text\n\n    code\n\n        more\n\ntext\n"),
    "quotes": ("> a\n> > b\n> - c\n>\n> ```\n> d\n>\n> e\n> ```\n\n> f\n\ntext\n> lazy\nline\n"),
    "rules": ("a\n\n---\n\n***\n- a\n- - -\n- b\n"),
    "links": (
        "[a](https://example.org/a_(b)) [b][l] [l] <https://example.org> https://example.org/x. www.example.org\n"
        "\n[l]: /x 'y'\n"
    ),
    "relative": ("[a](b.md) ![c](d.png) [e](#f) [`g`](h.py#L3)\n"),
    "images": ("![a *b*](https://example.org/x.png) [![badge](https://example.org/y.svg)](https://example.org)\n"),
    "emphasis": (
        "**a**b *c*d_e_ ***f*** **g *h* i** *j **k*** ~~l~~ **`m`** **(n)**: __o__ 2*3*4 **p**: **q**, **“r”**\n"
    ),
    "html": (
        "<details>\n<summary>a</summary>\n\n- b\n\n</details>\n\n<script>\nalert(1)\n</script>\nx <b>y</b> <!-- z -->\n"
    ),
    "numbers that are no lists": ("10. a\n\n1986\\. A year\n\n\\- no item\n\n\\# no heading\n\n3.14 is pi\n"),
    "escapes": ("\\*a\\* \\_b\\_ \\`c\\` &lt;d&gt; &amp;amp; \\[e](f) \\| \\\\\n"),
    "footnotes": ("a[^1]\n\n[^1]: word\n[^2]: two words\n"),
    "continuations": ("- a\nb\n- c\n\n  d\n\ne\n\n1. f\ng\n"),
    "numbers wide": ("98. a\n99. b\n100. c\n\n     d\n     - e\n"),
    "carriage returns": ("# a\r\n\r\n- b\r\n- c\r\rd\r\n"),
    "nothing": (" \n\n"),
    "tricks": "\n\n".join(TRICKS),
    "tricks in items": "\n".join("- " + trick.replace("\n", "\n  ") for trick in TRICKS),
    "code and tables of tricks in items": "\n".join(
        f"- ```\n  --8<-- x\n  {trick}\n  ```\n- | a |\n  |---|\n  | {trick} |"
        for trick in TRICKS
        if not {"`", "|", "\n"} & set(trick)
    ),
    "tricks in code": "\n".join(f"`` {trick} ``\n\n```\n{trick}\n```\n" for trick in TRICKS if "`" not in trick),
}


def test_alerts_and_diagrams_survive() -> None:
    shown = prose("> [!WARNING]\n> Too **hot**\n> - x\n\n```mermaid\ngraph TD\n```\n")
    assert shown == "> **Warning**\n>\n> Too **hot**\n>\n> - x\n\n```mermaid\ngraph TD\n```"
    assert prose("> [!OTHER] x") == "> &#x5b;!OTHER&#x5d; x"


def on_page(text: str) -> Shown:
    # Front matter and a heading come first on every page, and another text may follow.
    page = prose(text, link=lambda target: f"https://example.org/{target.lstrip('/')}")
    return built(f"PAGE\n\n{page}\n\nEND")


def on_github(text: str) -> Shown:
    return Shown("<p>PAGE</p>" + github().render(with_glyphs(text)) + "<p>END</p>")


@pytest.mark.parametrize("sample", PROSE)
def test_prose_has_the_structure_and_text_that_github_gives_it(sample: str) -> None:
    page, expected = on_page(PROSE[sample]), on_github(PROSE[sample])
    assert page.structure == expected.structure
    assert page.text == expected.text


lines = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "  ", "   ", "    ", "      "]),
    st.sampled_from(["", "", "- ", "* ", "1. ", "7) ", "> ", "- [ ] ", "### ", "- > ", "1. - "]),
    st.sampled_from(["", "word", "two **words**", "`x`", "[t](https://x.org)", "*e*:", "```", "---", *TRICKS]),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.lists(lines, max_size=12).map("\n".join))
def test_prose_of_any_lines_is_what_github_shows(text: str) -> None:
    page, expected = on_page(text), on_github(text)
    assert page.structure == expected.structure
    assert page.text == expected.text


@examples
@given(text=st.one_of(texts, st.text()))
def test_prose_runs_nothing(text: str) -> None:
    shown = built(prose(text))
    allowed = {
        "blockquote",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "input",
        "label",
        "li",
        "ol",
        "p",
        "pre",
        "span",
        "ul",
        "div",
    }
    assert set(shown.elements) <= allowed | INLINE | {"table", "tbody", "td", "th", "thead", "tr"}
    assert {name for _, name, _ in shown.attributes} <= {"class", "disabled", "checked", "href", "id", "style", "type"}
    assert all(
        re.match("(https?|mailto|ftp|tel):", value or "") for _, name, value in shown.attributes if name == "href"
    )


@pytest.mark.parametrize(("level", "tags"), [(1, ["h2", "h3", "h5"]), (2, ["h3", "h4", "h6"]), (4, ["h5", "h6", "h6"])])
def test_headings_begin_below_the_level(level: int, tags: list[str]) -> None:
    shown = built(prose("## a\n### b\n##### c\n", level=level))
    assert Counter(tag for tag in shown.elements.elements() if tag.startswith("h")) == Counter(tags)


def test_numbers_are_kept() -> None:
    # Without `sane_lists` Python-Markdown counts every list from one.
    html = Markdown(extensions=[*EXTENSIONS, "sane_lists"]).convert(prose("text\n\n4. four\n5. five\n"))
    assert '<ol start="4">' in html


def test_relative_target_without_a_place_leads_nowhere() -> None:
    shown = 'see <a title="notes.md">the **notes**</a> and chart'
    assert prose("see [the **notes**](notes.md) and ![chart](chart.png)") == shown
    hostile = built(prose("[a](<b\" onclick=\"x> 'c')"))
    assert [name for _, name, _ in hostile.attributes] == ["title"]
    assert inline("[a](b.md)", link=lambda target: f"https://x.org/{target}") == "[a](https://x.org/b.md)"
    assert prose("[a](b.md)", link=lambda _: "javascript:alert(1)") == '<a title="b.md">a</a>'
    assert prose("[a](javascript:alert(1))") == "[a](javascript:alert(1))".replace("[", "&#x5b;").replace("]", "&#x5d;")


def test_definitions_stay_in_their_text() -> None:
    shown = built(prose("[a] [b]\n\n[a]: https://x.org/1") + "\n\n" + prose("[a] [b]\n\n[b]: https://x.org/2"))
    assert {value for _, _, value in shown.attributes} == {"https://x.org/1", "https://x.org/2"}
    assert shown.text == "a [b] [a] b"


@pytest.mark.parametrize(
    "text",
    [
        "\n".join("  " * depth + f"- w{depth}" for depth in range(200)),
        "> " * 500 + "word",
        "- " * 500 + "word",
        "**a *b " * 40 + "c* d** " * 40,
        "word " * 200_000,
        "`" * 1_000_000,
        "- item\n" * 3 + "a *b* [c](d)\n" * 20_000,
        "word\n\n" * 400_000,
    ],
    ids=["lists", "quotes", "markers", "emphasis", "megabyte line", "backticks", "paragraph", "large"],
)
@pytest.mark.slow
def test_what_no_parser_holds_is_shown_as_code(text: str) -> None:
    for page in (prose(text), inline(text)):
        without_references = re.sub("&#x([0-9a-f]+);", lambda match: chr(int(match[1], 16)), page)
        assert Counter(re.findall(r"\w+", text)) <= Counter(re.findall(r"\w+", without_references))
    assert re.search("^(```|<pre>)", prose(text), re.MULTILINE)
    assert prose(text) == prose(text)


def test_only_the_deep_block_becomes_code() -> None:
    shown = built(prose("# a\n\n" + "> " * 40 + "b\n\n- c\n"))
    assert (shown.elements["h3"], shown.elements["pre"], shown.elements["li"]) == (1, 1, 1)


@given(st.text(max_size=60) | st.text("#1.)-+*_`<>&;x[]()|~$!=\\\\ ab", max_size=30))
@example("1. a")
@example("- a")
@example("&amp; & &#x3c;")
def test_what_is_readable_is_shown_alike(text: str) -> None:
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    for made in (plain(text), inline(text)):
        for frame in ("- {} (session 1)\n", "| a | b |\n|---|---|\n| {} | c |\n"):
            assert parser.render(frame.replace("{}", readable(made))) == parser.render(frame.replace("{}", made))
