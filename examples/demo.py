"""`make demo`: train the example under the diagnostics, check this repository's own claims, build its site.

It works on a copy of the repository, so the demo's runs are not mixed with the recorded ones.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "build" / "demo"


def run(title: str, *command: str, cwd: Path = DEMO) -> None:
    """Run one step of the demo. Exit when it fails."""
    shown = " ".join(Path(part).name if Path(part).is_absolute() else part for part in command)
    print(f"\n== {title}\n$ {shown}", flush=True)
    start = time.perf_counter()
    done = subprocess.run([sys.executable if part == "python" else part for part in command], cwd=cwd, check=False)
    if done.returncode:
        sys.exit(f"{title}: failed (exit {done.returncode})")
    print(f"({time.perf_counter() - start:.1f} s)", flush=True)


def main() -> None:
    """Clone the repository, compare the models of the example, show the status and build the site."""
    shutil.rmtree(DEMO, ignore_errors=True)
    DEMO.parent.mkdir(exist_ok=True)
    run("Clone this repository", "git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(DEMO), cwd=ROOT)
    origin = subprocess.run(
        ["git", "remote", "get-url", "origin"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if origin.returncode == 0:  # so that pages link to the commits on the real remote
        subprocess.run(["git", "remote", "set-url", "origin", origin.stdout.strip()], cwd=DEMO, check=True)
    tracker = str(Path(sys.executable).with_name("tracker"))
    run(
        "Train a network that loses to trees, and one that does not, and compare them",
        tracker,
        "diagnose",
        "--compare",
        "examples/compare.yml",
    )
    run("Check sessions, git and results against each other", tracker, "status")
    run("Build the pages and the site", tracker, "build", "--strict")
    site = DEMO / "site"
    pages = site / "tracker" / "runs"
    comparisons, runs = (sorted(pages.glob(f"*z-{name}*.html")) for name in ("tabular", "tabular-raw"))
    comparisons = [page for page in comparisons if not page.name.split("z-")[1].startswith("tabular-")]
    print(
        f"""
Open   file://{site}/tracker/index.html
First  file://{comparisons[-1] if comparisons else site}
       the models side by side, and why the network lost
       file://{runs[-1] if runs else site}
       its diagnosis, the curves, and the features that dominate the others
Then   file://{site}/tracker/progress.html
       every criterion of this project with the evidence for it"""
    )


if __name__ == "__main__":
    main()
