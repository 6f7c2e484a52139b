# Everything a person does with a checkout. Each target sets up what it needs; nothing but Python 3.11+ and git is assumed.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready
SAMPLE = flows/sample/articles

.PHONY: run test drivers check bench eval drill serve lock clean

run: $(READY) ## load the bundled sample through the flow and show what is in the warehouse
	$(BIN)/broadsheet ingest archive $(SAMPLE) --source sample
	@echo; echo "Documents by site and day"; $(BIN)/broadsheet sql - < sql/queries/documents_by_site_and_day.sql
	@echo; echo "What was refused, and why"; $(BIN)/broadsheet sql - < sql/queries/rejects_by_reason.sql
	@echo; echo "What was edited"; $(BIN)/broadsheet sql - < sql/queries/edited_headlines.sql

test: drivers ## every test, a process for each core
	$(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder

drivers: $(READY) ## the DuckDB drivers that BI tools ship, each in an environment of its own
	$(BIN)/python -m tests.drivers

check: $(READY) ## linters, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/sqlfluff lint --disable-progress-bar sql

bench: $(READY) ## speed and memory, on the data in BROADSHEET_GOLD_DATA
	$(BIN)/python -m tests.bench

eval: $(READY) ## the quality of documents on the gold sets in BROADSHEET_GOLD_DATA, trafilatura beside us
	$(BIN)/python -m tests.eval

drill: $(READY) ## kills of ingest and refresh that further runs must make whole; hostile pages among all gold pages
	$(BIN)/python -m tests.drills.kills
	$(BIN)/python -m tests.drills.refresh_kills
	$(BIN)/python -m tests.drills.hostile_warcs

serve: $(READY) ## the Prefect server, its UI and the deployments, on loopback
	$(BIN)/broadsheet serve

lock: $(READY) ## pin every dependency anew, with hashes
	$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --upgrade -o requirements.lock

clean: ## the environment and the caches; the warehouse in data/ stays
	rm -rf $(VENV) .drivers .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Broadsheet needs Python 3.11 or later; set PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	@# Before 25 pip fails on a lock with hashes where a package that is wanted with an extra has a newer release.
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=25'
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@
