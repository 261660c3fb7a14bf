"""Find commits and files in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEX = r"[0-9a-fA-F]{7,40}"
_SPAN = re.compile(r"(`{1,8})(?P<text>[^`\n]+)\1")
_PLAIN_HASH = re.compile(rf"(?<![\w./-])(?P<hash>{_HEX})(?![\w/-]|\.\w|\.{{3}}\B)")
_QUOTED_RANGE = re.compile(rf"(?P<a>{_HEX})(?:\s*(?:\.{{2,3}}|→|->|–|,|\+|/|\s)\s*(?P<b>{_HEX}))*")
_SAID_COMMIT = re.compile(
    rf"(?i)\b(?:(?:commits?|revisions?|cherry[- ]?picked|reverted)\b(?: (?:hash(?:es)?|id|log))?[\s:=*#(\[`\"']*"
    rf"|git (?:diff|show|log|revert|cherry-pick|checkout|reset)(?: --?[\w=-]+)* )"
    rf"(?P<hashes>{_HEX}(?:[\s`]*(?:\.{{2,3}}|→|->|–|,|\+|/|&|\band\b)[\s`]*{_HEX})*)(?![\w/-]|\.\w|\.{{3}}\B)"
)
_LINK = re.compile(rf"/commits?/(?P<hash>{_HEX})(?![0-9a-zA-Z])")


def hashes(text: str) -> list[str]:
    """Hashes in a text about commits, where any word of hexadecimal digits is one.

    >>> hashes("`7ecbe25` and 0706412, not 20260215 nor 5000000")
    ['7ecbe25', '0706412']
    """
    found = [match["hash"] for match in _PLAIN_HASH.finditer(text)] + [match["hash"] for match in _LINK.finditer(text)]
    return list(dict.fromkeys(one.lower() for one in found if _is_hash(one, text)))


def said_commits(text: str) -> list[str]:
    """Hashes after the word commit, such as `commit 7ecbe25` and `commits 7ecbe25..0b1c2d3`, and in links."""
    found = [one for match in _SAID_COMMIT.finditer(text) for one in re.findall(rf"\b{_HEX}\b", match["hashes"])]
    found += [match["hash"] for match in _LINK.finditer(text)]
    return list(dict.fromkeys(one.lower() for one in found if _is_hash(one, text)))


def quoted_hashes(text: str) -> list[str]:
    """Hashes in code spans, including ranges and arrows: commits if git knows them.

    >>> quoted_hashes("from `7ecbe25..0b1c2d3` on, `deadline`")
    ['7ecbe25', '0b1c2d3']
    """
    spans = (match["text"].strip() for match in _SPAN.finditer(text))
    found = [one for span in spans if _QUOTED_RANGE.fullmatch(span) for one in re.findall(_HEX, span)]
    return list(dict.fromkeys(one.lower() for one in found))


def _is_hash(word: str, text: str) -> bool:
    """Whether a word is a hash: it has letters and digits, or is quoted as code."""
    if word.isdigit():
        return len(word) == 40 or (
            not re.fullmatch(r"20\d{6}", word) and (f"`{word}`" in text or (word[0] == "0" and len(word) < 11))
        )
    return bool(re.search(r"\d", word)) or f"`{word}`" in text


# --- files ----------------------------------------------------------------------------------------------------------

_PATH = re.compile(
    r"""
    (?:[A-Za-z]:)?[~./\\]*(?:[\w.@+*{}\[\]~$=-]+[/\\])+[\w.@+*{}\[\]~$=-]*     # with folders
    | /?[\w@+*{}~-][\w.@+*{}~-]*\.(?=[A-Za-z*{])[\w*{},]{1,12}(?:\.[A-Za-z]\w{0,40})*       # with a suffix
    | /?\.[A-Za-z][\w.-]+                                                     # .gitignore
    """,
    re.VERBOSE,
)
FILES_WITHOUT_SUFFIX = frozenset(
    [
        "Makefile",
        "Dockerfile",
        "LICENSE",
        "README",
        "Jenkinsfile",
        "Procfile",
        "Vagrantfile",
        "CODEOWNERS",
        "Justfile",
        "CHANGELOG",
        "NOTICE",
        "AUTHORS",
        "VERSION",
        "Gemfile",
        "Rakefile",
        "Pipfile",
        "Containerfile",
    ]
)
_WORDS = frozenset(["README", "LICENSE", "CHANGELOG", "NOTICE", "AUTHORS", "VERSION"])
"""Names that are also words for the file with a suffix."""
SUFFIXES = frozenset(
    """
    adoc asm avi avif awk bash bat bib bmp bz2 c cc cfg cjs clj cmake cmd conf cpp cs csproj css csv cu cuh cxx dart db
    dockerfile docx el env erl ex exs f90 fish flac gbnf gif go gql gradle graphql gz h hcl hpp hs htm html ico ini ino
    ipynb j2 jar java jinja jl jpeg jpg js json json5 jsonc jsonl jsx kt kts less lock log lua m4 make md mdx mk ml
    mov mp3 mp4 msi nim nix npy npz odt onnx orc org out parquet patch pb pdf pem php pickle pkl pl png po ppt pptx
    prisma properties proto ps1 psd pt pth pxd py pyi pyx r rar rb rs rst safetensors sass scala scss service sh sln
    spec sql sqlite sqlite3 sty svelte svg swift tar tex tf tfvars tgz thrift tif tiff tmp toml ts tsv tsx ttf txt
    vim vue wasm wav webm webp whl woff woff2 xls xlsx xml xz yaml yml zig zip zsh
    sol astro mts cts cbm joblib kdl sbt sv vhd pas mm fsx cljs edn erb haml slim twig hbs ejs pug styl xaml resx
    vcxproj tscn gd prefab shader glsl wgsl metal psm1 bicep rmd qmd ics eml xsd xslt wsdl gitignore dockerignore
    bak bin ckpt crt csr dat deb dll dylib exe feather h5 hdf5 iso plist rpm so swp trt
    """.split()  # noqa: SIM905
)
"""File name suffixes by which a word is a path."""
PRODUCTS = frozenset(["node.js", "next.js", "vue.js", "react.js", "express.js", "d3.js", "three.js"])
_ABBREVIATIONS = re.compile(
    r"(?i)(?:e\.g|i\.e|etc|vs|a\.k\.a|approx|no|fig|sec|n/a|w/o|and/or|v?\d+(\.\w+)+|\d.*/.*\d)\.?"
)
_HOST = re.compile(r"(?i)(?:https?|ftp|ssh|git)://|^www\.|@[\w.-]+:|^[\w.-]+@[\w.-]+$")


def is_path(word: str) -> bool:
    """Whether a word looks like the path of a file or folder, or a glob."""
    if word in FILES_WITHOUT_SUFFIX:
        return True
    if (
        _HOST.search(word)
        or word.startswith("path/to/")
        or _ABBREVIATIONS.fullmatch(word)
        or not re.search(r"[A-Za-z]", word)
    ):
        return False
    return bool(_PATH.fullmatch(word)) and word.strip("./\\~") != ""


def is_surely_path(path: str) -> bool:
    """Whether a path needs no repository to be recognized: its suffix is known, or it ends as a folder.

    >>> [word for word in ("a/b.py", "docs/", ".gitignore", "try/except", "I/O", "torch.nn") if is_surely_path(word)]
    ['a/b.py', 'docs/', '.gitignore']
    """
    name = re.split(r"[/\\]", path)[-1]
    suffixes = re.split(r"[.{},]+", name.lower())[1:]  # of `a.tar.gz`, `b.py.bak_1` and `c.{md,html}`
    return (
        not name
        or (name in FILES_WITHOUT_SUFFIX and name not in _WORDS)
        or bool(re.fullmatch(r"\.[A-Za-z][\w.-]+", name))
        or (not SUFFIXES.isdisjoint(suffixes) and path.lower() not in PRODUCTS)
    )


def _is_spaced_path(text: str) -> bool:
    """Whether quoted code is a path with spaces, such as `docs/session notes.txt`, and not a command with paths."""
    first, *others = text.split(" ")
    folder = "/" in first and "." not in first.rpartition("/")[2] and not re.search(r"[|;&<>$]", text)
    return (
        folder
        and bool(others)
        and not any("/" in one or one.startswith("-") for one in others)
        and (is_path(others[-1]) and is_surely_path(others[-1]))
    )


def paths(text: str) -> list[str]:
    """The paths in a text, quoted or not.

    >>> paths("`a/b.py`, **c.md** and [d](docs/d.md) — see v1.2")
    ['a/b.py', 'c.md', 'docs/d.md']
    """
    return list(dict.fromkeys(path for path, _ in _paths(text)))


def lead_paths(text: str) -> tuple[list[str], str]:
    """The paths at the start of a line, and the rest of the line.

    >>> lead_paths("`a.py`, `b.py` — new, as `c.py` was")
    (['a.py', 'b.py'], 'new, as `c.py` was')
    """
    found: list[str] = []
    end = 0
    for path, (start, stop) in _paths(text):
        between = text[end:start] if found else ""
        if found and not re.fullmatch(r"[\s*_`)\]]*(?:,|;|/|&|\+|and|→|->|=>|\s)*[\s*_`(\[]*", between):
            break
        found.append(path)
        end = stop
    rest = re.sub(r"^[\s*_`)\]:]*(?:—|–|--?|:|→)?\s*", "", text[end:]) if found else text
    return list(dict.fromkeys(found)), rest.strip()


def _paths(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    end = 0
    for match in re.finditer(
        r"\[(?P<label>[^\[\]\n]*)\]\((?P<link>[^()\s]+)\)|(?P<ticks>`{1,8})(?P<code>[^`\n]+)(?P=ticks)|(?P<word>[^\s`,;|<>\"()]+)",
        text,
    ):
        if match.start() < end:
            continue
        label = (match["label"] or "").strip("`*_ ")
        word = (label if is_path(label) else match["link"]) or match["code"] or match["word"]
        span = match.span()
        if match["word"]:
            bare = word.strip("*_").rstrip(".:!?*_'’") if not word.startswith("_") else word.rstrip(".:!?*'’")
        else:
            bare = re.sub(r"(?::\d+(?:-\d+)?|#L\d+(?:-L?\d+)?|\s+§.*)$", "", word.strip())
        if is_path(bare) or (match["code"] and _is_spaced_path(bare)):
            yield bare, span
        end = match.end()
