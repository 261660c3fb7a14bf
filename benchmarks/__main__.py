"""`python -m benchmarks`: those of the tracker, one after the other. The others: see README.md."""

from benchmarks import build, history, startup, verdicts

startup.main()
history.main()
verdicts.main()
build.main()
