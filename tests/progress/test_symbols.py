"""The digest of a symbol follows its code, and not its comments, formatting or place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.progress.symbols import code_digest, line_of, may_define

PYTHON = "def fire(times):\n    return [times, 'x', 1.5]\n"
SCRIPT = "function fire(times) { return [times, 'x', 1.5] }\n"


def same(path: str, one: str, other: str, symbol: str = "fire") -> bool:
    digests = [code_digest(text.encode(), path, symbol) for text in (one, other)]
    assert None not in digests
    return digests[0] == digests[1]


@pytest.mark.parametrize(
    "other",
    [
        "# first\n\n" + PYTHON,
        'def fire(times):\n    """Doc."""\n    return [times, "x", 1.5]  # x\n',
        "def fire(\n    times,\n):\n    return [\n        times,\n        'x',\n        1.50,\n    ]\n",
        PYTHON.replace("\n", "\r\n"),
        PYTHON + "def other(): ...\n",
    ],
)
def test_python_that_does_the_same(other: str) -> None:
    assert same("a.py", PYTHON, other)


@pytest.mark.parametrize(
    "other",
    [
        PYTHON.replace("1.5", "1.6"),
        PYTHON.replace("times", "turns"),
        PYTHON.replace("def", "async def"),
        "@cache\n" + PYTHON,
        PYTHON.replace("(times)", "(times=1)"),
        PYTHON.replace("'x'", "b'x'"),
        PYTHON.replace("'x'", "'X'"),
        PYTHON + PYTHON.replace("1.5", "2"),
    ],
)
def test_python_that_does_something_else(other: str) -> None:
    assert not same("a.py", PYTHON, other)


@pytest.mark.parametrize(
    "other",
    [
        "// first\n" + SCRIPT,
        'function fire(times) {\n  // x\n  return [times, "x", 1.5,];\n}\n',
        "/** doc */ function fire(\n  times,\n)\n{ return [ times, 'x', 1.5 ] }",
    ],
)
@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx", "a.mjs"])
def test_scripts_that_do_the_same(path: str, other: str) -> None:
    assert same(path, SCRIPT, other)


@pytest.mark.parametrize(
    "other",
    [
        SCRIPT.replace("1.5", "1.6"),
        SCRIPT.replace("times", "turns"),
        "async " + SCRIPT,
        SCRIPT.replace("'x'", "'y'"),
        SCRIPT.replace("'x'", "`x`"),
        SCRIPT.replace("return", "throw"),
    ],
)
def test_scripts_that_do_something_else(other: str) -> None:
    assert not same("a.js", SCRIPT, other)


def test_operators_and_modifiers_count_in_scripts() -> None:
    assert not same("a.js", "const fire = (a) => a + 1", "const fire = (a) => a - 1")
    assert not same("a.ts", "class A { fire() {} }", "class A { static fire() {} }")


@pytest.mark.parametrize(
    ("path", "one", "other"),
    [
        ("a.js", "x => x", "(x) => x"),
        ("a.ts", "async x => x", "async (x) => x"),
        ("a.js", "'it\\'s \"so\"'", '"it\'s \\"so\\""'),
        ("a.js", "{'a': 1}", "{ a: 1, }"),
        ("a.js", "(a + b)", "a + b"),
        ("a.js", "[0XFF, 1E5, .50]", "[0xff, 1e5, 0.5]"),
        ("a.js", "new Gate", "new Gate()"),
        ("a.tsx", "() => <div a='1'>x y</div>", '() => (\n  <div a="1">\n    x\n    y\n  </div>\n)'),
        ("a.ts", "x as Y", "(x as Y)"),
    ],
)
def test_what_formatters_change_in_scripts(path: str, one: str, other: str) -> None:
    assert same(path, f"const fire = {one}", f"const fire = {other};\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("(a + b) * c", "a + b * c"),
        ("[1,,2]", "[1, 2]"),
        ("'1'", "1"),
        ("'\\n'", "'n'"),
        ("{['a']: 1}", "{a: 1}"),
        ("f(a)(b)", "f(a, b)"),
        ("`a b`", "`a  b`"),
        ("x => x", "x => y"),
        ("<A> x</A>", "<A>x</A>"),
    ],
)
def test_what_formatters_never_change_in_scripts(one: str, other: str) -> None:
    assert not same("a.jsx", f"const fire = {one}", f"const fire = {other}")


def test_unions_are_formatted_in_types() -> None:
    assert same("a.ts", "type fire = A | B", "type fire =\n  | A\n  | (B);\n")
    assert not same("a.ts", "type fire = A | B", "type fire = A & B")


@pytest.mark.parametrize(
    ("path", "text", "symbol"),
    [
        ("a.js", "export default function () {}", "default"),
        ("a.js", "export default class { m() {} }", "default.m"),
        ("a.ts", "class A { constructor(private readonly field: string) {} }", "A.field"),
        ("a.py", "class A:\n    def m(self): ...", "A::m"),
        ("a.py", "def m(self): ...", "m()"),
        ("a.py", "\N{LATIN SMALL LETTER E WITH ACUTE} = 1", "e\N{COMBINING ACUTE ACCENT}"),
        ("a.rs", "impl A { }\nfn m() {}", "A::m"),
    ],
)
def test_names_that_are_found(path: str, text: str, symbol: str) -> None:
    assert line_of(text.encode(), path, symbol) is not None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.go", "func (g *Gate) fire() {}"),
        ("a.rs", "    pub(crate) unsafe fn fire() {}"),
        ("A.java", "  @Test\n  public static void fire() {}"),
        ("A.java", "  private static final int fire = 3;"),
        ("a.c", "static inline void *fire(void)\n{\n}"),
        ("a.h", "#define fire 3"),
        ("a.cpp", "std::vector<int> Gate::fire() {}"),
        ("a.rb", "def self.fire\nend"),
        ("a.kt", "  override suspend fun fire() {}"),
        ("a.cs", "public async Task<int> fire() {}"),
        ("a.sql", "create table fire (x int);"),
        ("a.proto", "message fire {}"),
        ("a.lua", "local function fire() end"),
        ("a.r", "fire <- function(x) x"),
        ("a.sh", "fire() {\n}"),
    ],
)
def test_definitions_in_languages_that_are_not_parsed(path: str, text: str) -> None:
    assert line_of(text.encode(), path, "fire") == text.count("\n", 0, text.index("fire")) + 1
    assert line_of(text.encode(), path, "fir") is None
    assert not may_define(text.encode(), path, "fir")


@pytest.mark.parametrize("text", ["  return fire(x);", "x = fire(y)", "// fire is lit", "  await fire(x)"])
def test_a_use_is_no_definition_and_may_hide_one(text: str) -> None:
    assert line_of(text.encode(), "a.c", "fire") is None
    assert may_define(text.encode(), "a.c", "fire")
    assert not may_define(b"x = fire(y)", "a.py", "fire")


def test_a_parameter_without_modifier_is_no_field() -> None:
    assert line_of(b"class A { constructor(field: string) {} }", "a.ts", "field") is None


def test_a_method_is_not_changed_by_its_neighbour() -> None:
    one = "class A:\n    def fire(self): return 1\n    def rest(self): return 1\n"
    assert same("a.py", one, one.replace("rest(self): return 1", "rest(self): return 2"), "A.fire")
    assert not same("a.py", one, one.replace("rest(self): return 1", "rest(self): return 2"), "A")


def test_what_cannot_be_parsed_is_compared_as_text() -> None:
    broken = "def fire(:\n    return 1\n"
    assert same("a.py", broken, broken)
    assert not same("a.py", broken, broken + "# x\n")
    assert line_of(broken.encode(), "a.py", "fire") == 1
    assert code_digest(broken.encode(), "a.py", "absent") is None


def test_nesting_of_any_depth_is_read() -> None:
    deep = "(" * 20_000 + "1" + ")" * 20_000
    assert line_of(f"function fire() {{}}\nconst x = {deep};".encode(), "a.js", "fire") == 1
    assert line_of(f"def fire(): ...\nx = {'[' * 5000}{']' * 5000}\n".encode(), "a.py", "fire") == 1


@given(
    st.text(max_size=60), st.sampled_from(["a.py", "a.js", "a.ts", "a.tsx", "a.rb"]), st.text(min_size=1, max_size=5)
)
def test_no_text_raises(text: str, path: str, symbol: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    found = line_of(content, path, symbol)
    assert found is None or 1 <= found <= content.count(b"\n") + content.count(b"\r") + 1
    code_digest(content, path, symbol)
