"""Programs that run tests, and what they print where there was nothing to run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

_PROGRAMS = """
pytest py.test tox nox jest vitest mocha ava ctest phpunit pest rspec unittest nose2 bats busted
"""
PROGRAMS = frozenset(_PROGRAMS.split())
"""Programs that do nothing but run tests."""
_BUILDERS = """
npm yarn pnpm bun cargo go mvn mvnw dotnet make just task rake rails mix swift deno gradle gradlew sbt bazel bazelisk
artisan composer manage.py hatch pdm poetry meson ninja zig stack cabal flutter dart ng playwright xcodebuild lein
invoke
"""
BUILDERS = frozenset(_BUILDERS.split())
"""Programs that run tests when they are asked to."""
TESTS = re.compile(r":?(?:[\w.-]+:)*(?:tests?|nextest)(?:[:._-][\w:.-]*|[A-Z]\w*)?")
"""What such a program is asked for: `test:unit`, `:app:test`, `testDebug`."""
OTHER_TESTS = {"make": "check", "ninja": "check", "gradle": "check", "gradlew": "check", "mvn": "verify"}
OTHER_TESTS |= {"mvnw": "verify", "rake": "spec", "node": "--test"}
"""What else runs tests, by program."""
_INSTALLERS = "install i add get new init create remove uninstall update upgrade publish list"
INSTALLERS = frozenset(_INSTALLERS.split())
"""What a program is asked for that goes on with the names of packages."""
_PREFIXES = """
sudo time nice nohup env exec command timeout xvfb-run uv uvx poetry pipenv pdm hatch rye run npx pnpx bunx bundle
coverage do then else { ! stdbuf unbuffer php node ruby
"""
PREFIXES = frozenset(_PREFIXES.split())
"""Programs that run the one that is named after them."""
_VALUED = "--extra --with --group --only-group --python --package --env-file --project --directory"
VALUED = frozenset(_VALUED.split())
"""Options of such programs that are followed by a value."""
_WITHOUT = """
--version --help -h --collect-only --co --fixtures --markers --no-run --listTests --list -list --list-tests --show-only
-DskipTests -Dmaven.test.skip=true --setup-plan --dry-run
"""
WITHOUT = frozenset(_WITHOUT.split())
"""Options with which no test runs."""
OTHER_WITHOUT = {"ctest": "-N", "make": "-n", "go": "-c", "command": "-v"}
"""More of them, by program."""
NO_TESTS = re.compile(
    r"\bno tests ran\b|^Ran 0 tests\b|^No tests executed!|^No tests were found!!!|^No tests? (?:files? )?found\b"
    r"|^\s*0 passing\b|^0 examples, 0 failures\b|^No test is available\b",
    re.MULTILINE,
)
"""What test runners print when there was nothing to run."""
NOTHING = re.compile(r"\[no test files\]|^running 0 tests|^testing: warning: no tests to run", re.MULTILINE)
SOMETHING = re.compile(r"^ok\s+\S+\s+(?!.*\[no tests to run\])|^running [1-9]\d* tests?|^--- |^FAIL\b", re.MULTILINE)
"""What those print that report each package on a line of its own, without and with tests."""
PYTHON = re.compile(r"(?:python|pypy)[\d.]*")
SKIPPED = re.compile(r"[A-Za-z_]\w*=.*|-.*|\d+[smhd]?", re.DOTALL)
"""Variables, options and durations before the program."""


def runs_runner(words: Sequence[str]) -> bool:
    """Whether a command runs tests.

    >>> runs_runner(["uv", "run", "pytest", "-q"]), runs_runner(["uv", "pip", "install", "pytest"])
    (True, False)
    """
    if not WITHOUT.isdisjoint(words):
        return False
    while words:
        name, rest = program_name(words[0]), words[1:]
        if OTHER_WITHOUT.get(name) in rest:
            return False
        if name in PROGRAMS or _asks_for_tests(name, rest):
            return True
        if not (SKIPPED.fullmatch(words[0]) or name in PREFIXES or PYTHON.fullmatch(name)):
            return False
        words = rest[1:] if words[0] in VALUED else rest
    return False


def _asks_for_tests(program: str, arguments: Sequence[str]) -> bool:
    """Whether a program that can run tests is asked to."""
    if OTHER_TESTS.get(program) in arguments[:3]:
        return True
    asked = [word for word in arguments if not word.startswith("-") and word != "run"][:3]
    is_asked = any(TESTS.fullmatch(word) for word in asked)
    return program in BUILDERS and is_asked and INSTALLERS.isdisjoint(asked)


def program_name(word: str) -> str:
    """Return the name of a program without its folder."""
    return PurePosixPath(word).name


def ran_no_tests(output: str) -> bool:
    """Whether test runners say that there was nothing to run.

    >>> ran_no_tests("no tests ran in 0.01s"), ran_no_tests("3 passed in 0.10s")
    (True, False)
    """
    return bool(NO_TESTS.search(output)) or bool(NOTHING.search(output) and not SOMETHING.search(output))
