"""Files that programs write for one machine, by name and folder: exact kinds, in any repository."""

from __future__ import annotations

import re

from tracker.audit.names import TEST_FOLDERS, Name, words_in

CACHES = frozenset(
    words_in(
        "__pycache__ .pytest_cache .mypy_cache .ruff_cache .ipynb_checkpoints .hypothesis .tox .nox "
        ".gradle .parcel-cache "
        ".next .nuxt .svelte-kit .turbo .cache .sass-cache .venv venv node_modules bower_components "
        "htmlcov .nyc_output dist-newstyle .stack-work "
        ".eggs .terraform .serverless .dart_tool .angular .expo lightning_logs mlruns wandb __MACOSX test-results "
        "playwright-report .playwright-mcp .history"
    )
)
PLACEHOLDERS = frozenset([".gitkeep", ".keep", ".gitignore", ".dockerignore", ".placeholder"])
"""Files that keep a folder in git whose content is excluded."""
FIXTURES = frozenset(words_in("fixtures fixture __fixtures__ testdata test-data test_data"))
LOCAL = frozenset(words_in(".idea .vs .fleet .settings .metadata xcuserdata"))
SUFFIXES = frozenset(
    words_in(
        "pyc pyo pyd class o swp swo pid lprof tsbuildinfo db-journal db-shm db-wal sqlite-journal sqlite-shm "
        "sqlite-wal rej stackdump dmp hprof ilk suo iml aux blg fls fdb_latexmk bcf asv"
    )
)
FILES = re.compile(
    r"\.ds_store|thumbs\.db|desktop\.ini|\._.*|npm-debug\.log.*|yarn-error\.log|yarn-debug\.log.*|\.coverage|celerybeat-schedule"
    r"|nohup\.out|core\.\d+|\.eslintcache|\.stylelintcache|hs_err_pid\d+\.log|local\.properties|settings\.local\.json|.*\.egg-info"
    r"|\.netrwhist|\.python_history|\.bash_history|.*~|\$null|nul|&1|-\d+|=\d[\d.]*",
    re.IGNORECASE,
)
DATABASES = frozenset(words_in("db sqlite sqlite3 db3 mdb"))
CHECKPOINTS = frozenset(words_in("ckpt pt pth pkl pickle joblib h5 npy npz onnx safetensors"))
BINARIES = frozenset(words_in("exe dll dylib obj apk aab ipa msi dmg deb rpm war jar"))
ARCHIVES = frozenset(words_in("zip gz tgz tar 7z rar"))


def is_generated(name: Name) -> bool:
    """Whether a tool writes the file by itself: bytecode, caches, editor and system leftovers.

    What lies among tests and fixtures was put there, unless it is bytecode, a cache or a leftover of a system.
    """
    if name.file in PLACEHOLDERS or name.file == "gradle.properties":
        return False
    cached = any(folder in CACHES or folder.endswith(".egg-info") for folder in name.folders)
    if not FIXTURES.isdisjoint(name.folders) or not TEST_FOLDERS.isdisjoint(name.folders):
        leftover = name.suffix == "pyc" or name.file in (".DS_Store", "Thumbs.db")
        return leftover or (cached and FIXTURES.isdisjoint(name.folders))
    return cached or name.suffix in SUFFIXES or FILES.fullmatch(name.file) is not None


def local_folder(name: Name) -> bool:
    """Whether it lies in a folder that an editor keeps for one person."""
    return any(folder in LOCAL for folder in name.folders)
