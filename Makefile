# make demo: train and diagnose an example, build this site · make test, make test-slow · make lint · make bench
# make pictures: pictures of the demo's pages, and those of the README (needs chromium and chromedriver)
# make reference: write the generated pages of docs/ · make lowest: write constraints-lowest.txt (needs uv)
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# The programs that tests and benchmarks start need not compile every module again.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo pictures test test-slow mutation lint bench reference lowest clean

demo: $(STAMP)
	@$(BIN)/python examples/demo.py

pictures: demo
	$(BIN)/python -m tests.browser.pictures build/demo/site

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadgroup -m "not slow"

# Large inputs, whole architectures, several processes and the browser: minutes more.
test-slow: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadgroup -m slow

# A sample of the mutants of the modules that decide verdicts; SAMPLE=0 runs all of them.
SAMPLE ?= 200
mutation: $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group mutation
	$(BIN)/python -m benchmarks.mutation --sample $(SAMPLE)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell tracker diagnostics docs/*.md schemas templates *.md action.yml
	$(BIN)/proselint check docs/*.md README.md CONTRIBUTING.md

bench: $(STAMP)
	$(BIN)/python -m benchmarks

# The generated pages of the reference and the JSON Schemas.
reference: $(STAMP)
	$(BIN)/tracker schema
	$(BIN)/python -c "from tracker.publish.schema import reference; print(reference(), end='')" >docs/reference.md
	$(BIN)/python -c "from tracker.cli.reference import commands_reference; print(commands_reference(), end='')" >docs/commands.md
	$(BIN)/python -c "from pathlib import Path; from tracker.audit.rules.reference import with_tables as made; \
	  page = Path('docs/audit.md'); page.write_text(made(page.read_text('utf-8')), 'utf-8')"
	$(BIN)/python -m diagnostics.rules.reference docs/diagnostics.md

lowest:
	uv pip compile pyproject.toml --resolution lowest-direct --python-version 3.11 --universal --no-header --no-annotate \
	  --quiet --output-file constraints-lowest.txt

clean:
	rm -rf .venv .tracker mutants site docs/tracker

# The extras install torch and the SDK of `tracker mcp`; constraints.txt pins everything that CI uses.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is required: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' || { echo "Python's venv module is required: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[diagnostics,mcp]' --group dev
	@touch $(STAMP)
