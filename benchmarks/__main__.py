"""`python -m benchmarks`: run the benchmarks of the tracker in sequence. README.md describes the others."""

from benchmarks import build, history, startup, verdicts

startup.main()
history.main()
verdicts.main()
build.main()
