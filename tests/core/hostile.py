"""Workspaces with one text in every place where people, git or programs may write text."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command import tracker, tracker_process
from tests.core.texts import filled
from tests.gitrepo import GitRepo
from tracker.model import Session
from tracker.sources import yaml

HARMLESS = "word"
HOSTILE = (
    "<script>window.ran = 1</script>",
    '"><img src=x onerror="window.ran = 2">',
    "</td></tr></table></div></body>",
    "<!-- <b>",
    "]]> <![CDATA[ <?php",
    "a | b || c |",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "{: .x #y onclick=window.ran=3 } {.z}",
    "x ` `` ``` ~~~ | `",
    "[x](javascript:window.ran=4) ![](https://elsewhere.example/i.png)",
    "x [y]: https://elsewhere.example <https://elsewhere.example>",
    "x *a _b ~~c ==d ++e ^f^ **g __h",
    "&lt;b&gt; &amp; &#60;script&#62;",
    "back\\slash \\| \\` \\<b>",
    'quote\' "double" $math$ \\(y\\) :smile: (c) +/-',
    'x --8<-- "tracker.yml"',
    "x # y !!! note ??? /// tab",
    "😀 é \u202e \u2028 \u200b \ufeff z",
    "x\ny | z\n<script>window.ran = 5</script>",
    "%s %(a)s {0} ${HOME} $(id) `id`",
)


def make(folder: Path, texts: tuple[str, ...]) -> GitRepo:
    """Create a repository whose sessions, plan, results, commits and file names contain the texts."""
    repo = GitRepo(folder)
    assert tracker("init", cwd=folder).code == 0
    for path in (folder / "sessions").iterdir():
        path.unlink()
    phases = []
    for number, text in enumerate(texts):
        name = f"{number:02}" + text.replace("/", "_")
        repo.write(f"src/{name}", text)
        head = repo.commit(f"{text}\n\n{text}", f"--author={text.splitlines()[0].translate(NO_NAME)} <a@example.org>")
        repo.remove(f"src/{name}")
        gone = repo.commit(f"S{number} {text}")
        write_session(repo, number, text, head)
        write_results(repo, number, text, name, gone)
        phases.append(phase(number, text, name, head))
    repo.write("tracker.yml", yaml.dump({"project": " ".join(texts), "phases": phases}))
    repo.commit("\n".join(texts))
    return repo


def build(folder: Path, texts: tuple[str, ...]) -> Path:
    """Create such a workspace and build its site, without any warning."""
    repo = make(folder, texts)
    done = tracker_process("build", "--strict", cwd=repo.path)
    assert (done.code, done.err) == (0, ""), done
    return repo.path


NO_NAME = str.maketrans("", "", "<>\n")
"""Characters that git removes from a name."""


def write_session(repo: GitRepo, number: int, text: str, commit: str) -> None:
    """Return a session with the text in every text field."""
    special = {"session": f"{number} {text}", "commit": commit, "task": f"t{number} {text}", "until": day(number)}
    data = filled(Session, text, special) | {"date": day(number)}
    data["commits"] += [f"0123{number:04}"]
    data["tasks"] = {f"t{number} {text}": "done", text: "planned"}
    data["phases"] = {f"{number:02} {text}": "complete", text: "planned"}
    data["runs"] = [f"{number} {text}"]
    repo.write(f"sessions/{number:02}{text.replace('/', '_')}.yml", yaml.dump(data))


def write_results(repo: GitRepo, number: int, text: str, name: str, commit: str) -> None:
    """Return a result of the diagnostics and an arbitrary JSON result, with the text in every possible place."""
    source = {"commit": commit, "dirty": True}
    any_json = {"name": f"{number} {text}", text: {text: [text, {text: 0.5}]}, "source": source, "session": text}
    repo.write(f"diagnostics/results/{name}.json", json.dumps(any_json))


def phase(number: int, text: str, name: str, commit: str) -> dict[str, object]:
    """Return a phase with the text in every field and with every kind of evidence."""
    evidence = [
        {"result": f"{number} {text}", "value": json.dumps(text), "contains": text},
        {"result": text},
        {"commit": commit},
        {"file": f"src/{name}"},
        {"file": "mkdocs.yml", "contains": "site_name"},
        {"test": text},
        {"attested": {"by": text, "session": f"{number} {text}", "note": text}},
    ]
    criteria = [
        {"id": f"{kind}{number:02} {text}", "text": text, "evidence": evidence, "covers": [f"src/{name}", "src/*"]}
        for kind in "cq"
    ]
    return {
        "id": f"{number:02} {text}",
        "title": text,
        "chapter": text,
        "goal": text,
        "owner": text,
        "prerequisites": criteria[1:],
        "tasks": [{"id": f"t{number} {text}", "title": text, "estimate": text, "note": text}],
        "criteria": criteria[:1],
    }


def day(number: int) -> str:
    """Return a different day for each session."""
    return f"2025-03-{number + 1:02}"
