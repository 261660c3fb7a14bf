"""Rendering: pages and templates to text. Nothing here reads the clock or writes a file."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from jinja2 import Environment, FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, pass_context
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.loaders import split_template_path
from jinja2.runtime import Context
from markupsafe import Markup

import tracker
from tracker.cache import digest
from tracker.errors import TrackerError
from tracker.files import read_file
from tracker.plural import counted
from tracker.publish import markdown
from tracker.publish.page import Page
from tracker.publish.sandbox import TemplateEnvironment
from tracker.sources.facts import Facts

PACKAGED = Path(tracker.__file__).parent / "templates"
CHECKOUT = Path(tracker.__file__).parent.parent / "templates"
BLOCK = re.compile(r"\s*(?:[-*+]\s|#+\s|\d+[.)]\s|[>|]|```|~~~)")
"""Starts a block of Markdown that is no paragraph."""
OPENING_LETTERS = 400
"""Letters of a text that pages with many entries show."""
TEMPLATE_LIMIT = 2**20
"""Bytes of the largest template that is read."""


def template_folder() -> Path:
    """Where the templates are: inside the installed package, or beside it in a checkout."""
    return PACKAGED if PACKAGED.is_dir() else CHECKOUT


class CompiledTemplates(BytecodeCache):
    """The tool's own templates, compiled once in a process: `tracker serve` renders again and again."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket of a template that was compiled before."""
        bucket.code = self._code.get(bucket.key)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key] = bucket.code


_COMPILED = CompiledTemplates()


@dataclass
class Renderer:
    """Turns pages into text with the tool's templates, which a workspace may override by name."""

    overrides: Path | None = None
    """The workspace's own folder of templates. They are not trusted: see `sandbox`."""
    root: Path | None = None
    """The workspace: a template that a link leads out of it is refused."""
    repository: str | None = None
    """Web address of the repository, for links."""
    prefix: str = ""
    """The way from the repository's root to the workspace: "" or "sub/dir/"."""
    recall: Callable[[str], str | None] = lambda key: None
    """Normalised Markdown of an earlier build, by the digest of its source."""
    learnt: dict[str, str] = field(default_factory=dict)
    """Markdown that had to be normalised, by the digest of its source: it took longest."""

    @classmethod
    def of(cls, facts: Facts) -> Self:
        """What renders the pages of a workspace."""
        workspace = facts.workspace
        return cls(workspace.templates, workspace.root, facts.web_address, facts.repository.prefix)

    @cached_property
    def key(self) -> str:
        """A digest of everything besides a page's values that its text depends on: templates, code, address."""
        own = [path for path in sorted(template_folder().rglob("*")) if path.is_file()]
        code = [Path(__file__), Path(markdown.__file__)]
        contents = [part for path in own + code for part in (path.name, path.read_bytes())]
        for name, path in self._overriding.items():
            contents += [name, self._read(path)]
        return digest(self.repository or "", self.prefix, *contents)

    @cached_property
    def _overriding(self) -> Mapping[str, Path]:
        """The templates of the workspace, by their name below its folder of templates."""
        if self.overrides is None:
            return {}
        return {path.relative_to(self.overrides).as_posix(): path for path in sorted(self.overrides.rglob("*.j2"))}

    def _read(self, path: Path) -> bytes:
        return read_file(path, within=self.root or path.parent, limit=TEMPLATE_LIMIT)

    def _load(self, name: str) -> tuple[str, str, Callable[[], bool]] | None:
        """A template's text, its file, and whether that is unchanged, as Jinja asks for them."""
        if path := self._overriding.get(name):
            return self._read(path).decode("utf-8"), str(path), lambda: True
        path = template_folder().joinpath(*split_template_path(name))
        return (path.read_text("utf-8"), str(path), lambda: True) if path.is_file() else None

    def render(self, page: Page) -> str:
        """The text of a page. Raises TrackerError for a template that a workspace broke."""
        return self.text(page.template, {**page.values, "page": page})

    def text(self, template: str, values: Mapping[str, Any]) -> str:
        """A template filled. Raises TrackerError for one that a workspace broke."""
        try:
            text = self._environment.get_template(template).render(values)
        except TrackerError:
            raise
        except TemplateNotFound as error:
            raise TrackerError(f"{_place(error, template)}: no such template: {error.name}") from error
        except Exception as error:  # a workspace's own template may do anything wrong
            raise TrackerError(f"{_place(error, template)}: {error}") from error
        return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"

    @cached_property
    def _environment(self) -> Environment:
        # The built-in templates need no sandbox, which takes a tenth of the time of a build.
        environment = (Environment if self.overrides is None else TemplateEnvironment)(
            loader=FunctionLoader(self._load),
            autoescape=True,
            finalize=_literal,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            bytecode_cache=_COMPILED if self.overrides is None else None,
        )
        environment.filters |= {
            "prose": self._prose,
            "inline": self._inline,
            "opening": lambda text: self._inline(_opening(str(text))),
            "readable": lambda text: Markup(
                markdown.readable(text if isinstance(text, Markup) else markdown.plain(text))
            ),
            "subject": lambda text: Markup(markdown.subject(str(text))),
            "link": lambda text, url: Markup(markdown.link(str(text), url) if url else markdown.plain(str(text))),
            "code": lambda text: Markup(markdown.code(str(text))),
            "attribute": lambda text: Markup(markdown.attribute(str(text))),
            "fence": lambda text: Markup(markdown.prose(f"~~~~~~~~\n{text}\n~~~~~~~~")),
            "moment": _moment,
            "counted": lambda count, one, many=None: Markup(counted(count, one, many)),
            "fixed": lambda number, digits=1: Markup(f"{number:.{int(digits)}f}"),
            "significant": lambda number: Markup(
                markdown.plain(number) if isinstance(number, str) else f"{number:.6g}"
            ),
            "slug": lambda text: Markup(re.sub(r"[^a-z0-9]+", "-", str(text).lower())),
            "yaml": lambda text: Markup(_yaml_string(str(text))),
            "indented": lambda text, width: Markup(str(text).replace("\n", "\n" + " " * width)),
        }
        environment.globals = {
            "to": _to,
            "commit": self._commit,
            "file": self._file,
            "repository": self.repository,
        }
        return environment

    def _prose(self, text: str, level: int = 2) -> Markup:
        return self._remembered(("prose", str(level)), text, lambda: markdown.prose(text, level=level, link=self._web))

    def _inline(self, text: str) -> Markup:
        return self._remembered(("inline",), text, lambda: markdown.inline(text, link=self._web))

    def _remembered(self, how: tuple[str, ...], text: str, normalise: Callable[[], str]) -> Markup:
        key = digest(self._markdown_key, *how, text)
        known = self.learnt.get(key) or self.recall(key)
        if known is None:
            known = self.learnt[key] = normalise()
        return Markup(known)

    @cached_property
    def _markdown_key(self) -> str:
        return digest(self.repository or "", self.prefix, Path(markdown.__file__).read_bytes())

    def _web(self, target: str) -> str | None:
        """A relative target in prose is a path of the repository."""
        inside = target.removeprefix("./")
        if not self.repository or inside.startswith(("/", "#")) or ".." in inside.split("/"):
            return None
        return f"{self.repository}/blob/HEAD/{self.prefix}{inside}"

    def _commit(self, hash: str) -> Markup:
        short = markdown.code(hash[:7])
        if not self.repository:
            return Markup(short)
        return Markup(f"[{short}]({markdown._address(f'{self.repository}/commit/{hash}')})")

    def _file(self, path: str, line: int | None = None, commit: str | None = None) -> Markup:
        shown = markdown.code(f"{path}:{line}" if line else path)
        if not self.repository:
            return Markup(shown)
        anchor = f"#L{line}" if line else ""
        url = markdown._address(f"{self.repository}/blob/{commit or 'HEAD'}/{self.prefix}{path.replace('#', '%23')}")
        return Markup(f"[{shown}]({url}{anchor})") if url else Markup(shown)


def _opening(text: str) -> str:
    """The first paragraph of a text, for pages that list many; lists, tables and code are left out.

    >>> _opening("| a |\\n|---|\\n\\nIt leaks.\\n\\n- here")
    'It leaks. …'
    """
    blocks = re.split(r"\n\s*\n", text.strip())
    first = next((one for one in blocks if not BLOCK.match(one)), blocks[0])
    shown = _shortened(first)
    return shown if shown == text.strip() else f"{shown} …"


def _shortened(text: str) -> str:
    """The start of a long text, up to a word, with its emphasis and code closed."""
    if len(text) <= OPENING_LETTERS:
        return text
    start = text[:OPENING_LETTERS].rpartition(" ")[0] or text[:OPENING_LETTERS]
    return start + "".join(mark for mark in ("`", "**") if start.count(mark) % 2)


def _place(error: Exception, template: str) -> str:
    """File and line of the template that went wrong."""
    if isinstance(error, TemplateSyntaxError):
        return f"{error.filename or template}:{error.lineno}"
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    return f"{frames[-1].filename}:{frames[-1].lineno}" if frames else template


def _literal(value: Any) -> Any:
    """Text that no filter made safe is shown exactly as given: a template cannot forget to escape."""
    return Markup(markdown.plain(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


@pass_context
def _to(context: Context, text: Any, target: str | None) -> Markup:
    """A link with literal text to another page; the text alone without one."""
    shown = text if isinstance(text, Markup) else Markup(markdown.plain(str(text)))
    return Markup(f"[{shown}]({_page(context).relative(target)})") if target else shown


def _page(context: Context) -> Page:
    page = context.get("page")
    assert isinstance(page, Page)
    return page


def _moment(moment: datetime | None) -> Markup:
    return Markup(f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}" if moment else "–")


def _yaml_string(text: str) -> str:
    """A double-quoted scalar of YAML, in one line of what can be printed."""
    quoted = " ".join(markdown._clean(text).split()).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(one if one.isprintable() else f"\\U{ord(one):08x}" for one in quoted) + '"'


def assets(folder: Path | None = None) -> Mapping[str, bytes]:
    """Files of the site that are no pages, by their path below the folder of the pages."""
    base = folder or template_folder()
    return {f"assets/{path.name}": path.read_bytes() for path in sorted((base / "assets").glob("*")) if path.is_file()}
