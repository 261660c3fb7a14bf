"""`tracker init --ci`: configuration that builds and publishes the site on GitHub Pages and on Read the Docs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path

import jinja2

from tracker.files import create_file
from tracker.publish.mkdocs_config import config_file, folders_of
from tracker.publish.render import template_folder
from tracker.sources.repository import Repository

DISTRIBUTION = "session-tracker"
FILES = {
    ".github/workflows/site.yml": ("pages.yml.j2", "GitHub Pages; choose `GitHub Actions` in the settings of Pages"),
    ".readthedocs.yaml": ("readthedocs.yaml.j2", "Read the Docs"),
}


def write_ci(folder: Path) -> Iterator[str]:
    """Write the files that are missing, and report each. A file that exists is kept. Raises NotARepository."""
    with Repository.open(folder) as repository:
        root, prefix = repository.root, repository.prefix
        workspace = repository.folder
    config = config_file(workspace)
    values = {
        "requirement": requirement(),
        "workspace": prefix.rstrip("/") or ".",
        "config": f"{prefix}{config.name}",
        "site": f"{prefix}{folders_of(config).site}",
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_folder() / "init"), keep_trailing_newline=True, autoescape=False
    )
    environment.filters["json"] = lambda text: json.dumps(text, ensure_ascii=False)
    for path, (template, purpose) in FILES.items():
        try:
            create_file(root / path, environment.get_template(template).render(values).encode(), within=root)
        except FileExistsError:
            yield f"kept {path}"
            continue
        yield f"wrote {path}: builds and publishes the site on {purpose}"


def requirement() -> str:
    """How pip installs this version of the tracker: from the repository that it came from, or by its number."""
    found = Distribution.from_name(DISTRIBUTION)
    origin = json.loads(found.read_text("direct_url.json") or "{}")
    vcs = origin.get("vcs_info")
    if vcs:
        return f"{DISTRIBUTION} @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    return f"{DISTRIBUTION}=={found.version}"
