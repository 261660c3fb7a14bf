"""The rule `one-off`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from tracker.audit.context import AuditContext
from tracker.audit.family import FileFinding
from tracker.audit.names import SCRIPT_FOLDERS, SHELL, Kind, Name, words_in
from tracker.audit.reachability.conventions import is_test
from tracker.audit.rules.files.base import WORD, FileRule, in_series, is_of_tool, is_sample

VERBS = frozenset(
    words_in(
        "add apply backfill check clean cleanup compare convert correct create debug delete diagnose diagnostic "
        "dump enhance enrich examine extract find fix fixing fixup force hotfix import insert inspect "
        "investigate kill locate migrate migration modernize move patch peek populate purge reclassify recover "
        "refactor remove rename repair replace repro reproduce reset restore revert rewrite scratch "
        "seed simulate temp test tmp transfer trim try tweak update upgrade validate verify "
        "verificar corrigir arreglar probar actualizar limpiar"
    )
)
"""Words that begin the name of a script for one occasion."""
KEPT = frozenset(words_in("seed create"))
"""Verbs of what may be needed for a new copy, too."""
RECURRING = frozenset(words_in("check validate verify clean cleanup reset update import restore test find"))
"""Verbs of tools that are run again and again, too."""
ELSEWHERE = frozenset(words_in("dist build out public static assets"))
"""Folders of what a build made, and of what is served."""
PIPELINE = frozenset(words_in("pipeline pipelines preprocess preprocessing etl"))
"""Words in the names of folders that hold the steps of a process."""
OPERATING = frozenset(words_in("restart start stop deploy server service run build install setup env dev prod"))
"""Words in the names of shell scripts that are run again and again."""
DEBUGGING = frozenset(words_in("debug peek scratch tmp temp hotfix diagnose diagnostic inspect reproduce repro"))
HOME = frozenset(words_in(".bashrc .zshrc .profile .bash_profile .zprofile .vimrc"))
"""Files at the top of a home directory, where scripts are for a person to run."""
SUFFIXES = frozenset(words_in("py js mjs cjs ts sh ps1 bat cmd sql rb php pl"))
ARGUMENTS = re.compile(
    r"\bargparse\b|\bimport click\b|\btyper\b|sys\.argv\[|process\.argv|\byargs\b|\bcommander\b"
    r"|\bparseArgs\b|\bminimist\b"
    r"|\bOptionParser\b|\bdocopt\b|\bfire\.Fire|ARGV\b|\$argv\b"
    r"|^\W*(?:[Uu]sage\W+)?(?:[A-Z][A-Z_]+=\S+ )+\S*(?:node|npx|tsx|python3?|php|ruby)\b",
    re.MULTILINE,
)
SHELL_ARGUMENTS = re.compile(r"\$\{?[1-9@*]|\bgetopts\b|\$#")
WINDOWS_ARGUMENTS = {
    "ps1": re.compile(r"^param\s*\(|\$args\b", re.IGNORECASE | re.MULTILINE),
    "bat": re.compile(r"%~?[1-9*]"),
    "cmd": re.compile(r"%~?[1-9*]"),
}
"""By suffix; what means an argument in one shell is a part of a pattern in another."""
BOOTSTRAP = re.compile(r"^\s*(?:git init(?! --bare)|git remote add origin|gh repo create)\b", re.MULTILINE)
FETCHES = re.compile(r"^\s*git (?:fetch|pull|merge)\b", re.MULTILINE)
"""What sets up a copy of a repository that is elsewhere."""
AGAIN = re.compile(
    r"\A(?:.*\n){0,15}?.*\b(?:run|execute|schedule)[sd]?\b.*"
    r"\b(?:daily|nightly|weekly|hourly|every (?:day|night|week|hour)|regularly|periodically|after cloning)\b",
    re.IGNORECASE,
)
"""Opening lines that say when it is run again."""
USAGE = re.compile(r"\A(?:.*\n){0,20}\W*usage\b", re.IGNORECASE)
SCHEMA = re.compile(
    r"\b(?:CREATE|ALTER)\s+(?:OR\s+REPLACE\s+)?(?:TABLE|FUNCTION|POLICY|TYPE|VIEW|INDEX|TRIGGER)\b", re.IGNORECASE
)
"""SQL that documents the schema."""
HARMLESS = re.compile(r"^.*dry[-_]?run.*$", re.IGNORECASE | re.MULTILINE)
"""An argument that only keeps a script from doing its work."""
TESTS = re.compile(
    r"^\s*(?:async )?def test_|^class \w*Test|\b(?:describe|it|test)\s*\(\s*['\"`]|unittest\.main|pytest\.mark",
    re.MULTILINE,
)
DOCTEST = re.compile(r"^\s*>>> |\bdoctest\b", re.MULTILINE)
ASSERTS = re.compile(r"\bassert\b|\bassert[A-Z(]|\bexpect\(|\bpytest\b|\bunittest\b|\.should\b|\bassert\.")
PLAIN_ASSERT = re.compile(r"^\s*assert\b", re.MULTILINE)
DEFINES = re.compile(
    r"^\s*(?:export\s|module\.exports|exports\.)|^(?:app|router|server|bp)\s*=|\.listen\(|@(?:app|router)\.|create_app",
    re.MULTILINE,
)
MAIN = re.compile(r"require\.main\s*===?\s*module|import\.meta\.url\s*===?|import\.meta\.main")
"""How a JavaScript module runs when it is the program."""
PYTHON_BODY = re.compile(
    r"__name__\s*==\s*['\"]__main__|^(?:print|asyncio\.run|main|conn|cur|db|with|for|if|try)\b", re.MULTILINE
)


class OneOff(FileRule):
    """A script for one occasion: its name begins with an ad-hoc verb, it takes no arguments, was not changed after its
    first day, holds no tests, and nothing live names or runs it."""

    id = "one-off"
    noun = ("script for one occasion", "scripts for one occasion")

    def find(self) -> Iterator[FileFinding]:
        """See `FileRule.find`."""
        context = self.context
        candidates = [
            path
            for path, name in context.names.items()
            if _is_candidate(name) and _verb(name) and _written_once(context, path)
        ]
        found = list(self._without_arguments(candidates))
        if not HOME.isdisjoint(context.files):
            found = [replace(one, maybe=True) for one in found]
        yield from found
        yield from self._called({one.path for one in found if not one.maybe}, candidates)
        yield from self._bootstraps(frozenset(candidates))

    def _called(self, done: set[str], candidates: list[str]) -> Iterator[FileFinding]:
        """Scripts that only finished one-off scripts run, with or without arguments."""
        for path in candidates:
            users = [user.path for user in self.uses.of(path) if not user.document]
            if path not in done and users and done.issuperset(users):
                name = self.context.names[path]
                proof = f"only {users[0]} runs it, a script for one occasion itself"
                yield self.finding(
                    path, proof, f"{name.folder}/" if name.folder else "./", by=users[0], maybe=name.words[0] in KEPT
                )

    def _without_arguments(self, candidates: list[str]) -> Iterator[FileFinding]:
        """The candidates that take no arguments and are neither tests nor modules."""
        context = self.context
        for path in candidates:
            name, source = context.names[path], context.source(path)
            if (
                not source.strip()
                or in_series(context, name)
                or _takes_arguments(name, source)
                or _is_test(name, source)
                or not _runs(name, source)
            ):
                continue
            schema = name.suffix == "sql" and SCHEMA.search(source) is not None
            born = context.history.files[path].born
            proof = f"“{_verb(name)}”, no arguments, unchanged since {context.history.label(born)}, and nothing runs it"
            # what the newest commit brought may still be in use: nothing came after it
            maybe = _is_kept(name, source) or schema or not born
            yield self.finding(path, proof, f"{name.folder}/" if name.folder else "./", maybe=maybe)

    def _bootstraps(self, known: frozenset[str]) -> Iterator[FileFinding]:
        """Shell scripts that set up this repository, which exists."""
        for path, name in self.living.items():
            if name.suffix not in ("sh", "ps1", "bat", "cmd") or path in known or name.conventional:
                continue
            source = self.context.source(path)
            if (
                (found := BOOTSTRAP.search(source))
                and not FETCHES.search(source)
                and not _takes_arguments(name, source)
            ):
                history = self.context.history.files.get(path)
                proof = f"runs “{found[0].strip()}” to set up this repository, which exists; nothing runs it"
                group = f"{name.folder}/" if name.folder else "./"
                yield self.finding(path, proof, group, maybe=history is None or not history.born)


def _is_candidate(name: Name) -> bool:
    plain = name.suffix in SUFFIXES and not name.conventional and not is_sample_script(name) and not is_of_tool(name)
    plain = plain and not (name.suffix in ("js", "mjs", "cjs", "ts") and is_test(name.file))
    code_folder = name.kind is Kind.CODE and bool({"src", "lib", "app", "packages", "components"} & set(name.folders))
    return (
        plain
        and not code_folder
        and not any("migration" in folder.lower() for folder in name.folders)
        and "versions" not in name.folders
        and name.folders[-2:] != ("management", "commands")
        and not ELSEWHERE & set(name.folders)
        and not any(not PIPELINE.isdisjoint(WORD.split(folder.lower())) for folder in name.folders)
        and (name.suffix != "php" or not name.folders or bool(SCRIPT_FOLDERS & set(name.folders)))
        and not (name.suffix in SHELL and name.words[:1] != ("test",) and OPERATING & set(name.words))
    )


def _verb(name: Name) -> str | None:
    """The first word of its name, where that says what the script was for."""
    first = next((word for word in name.words if word not in ("quick", "final")), "")
    return first if first in VERBS else None


def is_sample_script(name: Name) -> bool:
    """Whether it lies among tests or samples; a script in a tests folder that looks into a problem is no test."""
    return is_sample(name) and not (set(name.words) & DEBUGGING or name.words[:2] == ("verify", "fix"))


def _written_once(context: AuditContext, path: str) -> bool:
    """Whether no commit changed a file after the day of its creation; renames and sweeping commits do not count."""
    history = context.history.files.get(path)
    if history is None:
        return False
    commits = context.history.commits
    days = (commits[history.changed].date - commits[history.born].date).days
    return days < 1 or history.commits <= history.names


def _takes_arguments(name: Name, source: str) -> bool:
    """Whether it is meant for more than one occasion."""
    pattern = WINDOWS_ARGUMENTS.get(name.suffix) or (SHELL_ARGUMENTS if name.suffix in SHELL else ARGUMENTS)
    return pattern.search(HARMLESS.sub("", source)) is not None


def _is_test(name: Name, source: str) -> bool:
    """Whether a test runner finds it by its name, or something in it that can fail."""
    named = name.stem.endswith((".spec", ".test"))
    if name.suffix == "sql":
        return re.search(r"RAISE EXCEPTION|\bASSERT\b|\bplan\(", source) is not None
    asserts = name.words[0] == "test" and PLAIN_ASSERT.search(source)
    if name.suffix == "py" and (asserts or DOCTEST.search(source)):
        return True
    return TESTS.search(source) is not None and (named or ASSERTS.search(source) is not None)


def _runs(name: Name, source: str) -> bool:
    """Whether it does something when it is run, and is no module for others."""
    if MAIN.search(source):
        return True
    if name.suffix == "py":
        return PYTHON_BODY.search(source) is not None
    return DEFINES.search(source) is None


def _is_kept(name: Name, source: str) -> bool:
    """Whether it may as well be a tool: by its name, its usage notes, or because others can import it."""
    if name.words[0] in KEPT or AGAIN.match(source):
        return True
    if name.suffix == "py" or name.words[0] not in RECURRING:
        return False
    short = len(name.words) < 3 and (bool(name.folders) or name.suffix in SHELL)
    documented = name.suffix not in SHELL and name.words[0] != "test" and USAGE.match(source) is not None
    return short or documented or DEFINES.search(source) is not None
