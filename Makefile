# Works on a bare machine with Python 3.11+, make and a package index, as any user.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LIBRARIES := $(VENV)/.libraries
READY := $(VENV)/.ready
PLACES := alerts/gazetteer/places.sqlite
ENTITIES := alerts/gazetteer/entities.sqlite
PIP := python -m pip --quiet --disable-pip-version-check
# Of the tests at once, more than there are processors: most of the time they wait for disks, databases
# and processes.
JOBS ?= 4
COMPILE := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header

help: ## say what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

$(LIBRARIES): requirements-dev.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Tocsin needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "this Python lacks venv: install it (Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(READY): $(LIBRARIES) pyproject.toml hatch_build.py
	$(BIN)/$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# Installing has made the table of places; what it is made from may have changed since.
$(PLACES): $(READY) $(wildcard alerts/gazetteer/*.tsv alerts/gazetteer/*.py) alerts/text/normalize.py
	$(BIN)/python -m alerts.gazetteer.making
	@touch $@

$(ENTITIES): $(READY) $(wildcard alerts/gazetteer/entities/*.yml alerts/gazetteer/entity_*.py alerts/model/*.py alerts/text/*.py alerts/text/spelling/* alerts/watchlists/*.py alerts/watchlists/*/*.py)
	$(BIN)/python -m alerts.watchlists.making
	@touch $@

run: $(READY) $(PLACES) $(ENTITIES) ## poll, match and deliver with rules/, until Ctrl-C
	$(BIN)/tocsin run

demo: $(READY) $(PLACES) $(ENTITIES) ## the whole system with no account and no network
	$(BIN)/tocsin demo

test: ## everything that CI runs
	$(MAKE) --jobs=2 --output-sync lint tables
	$(BIN)/pytest --numprocesses=$(JOBS) --dist=worksteal --durations=15

lint: $(LIBRARIES) ## what can be said of the code without running it
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

tables: $(READY) $(PLACES) $(ENTITIES) ## places and entities, as the program looks them up

bench: $(READY) $(PLACES) $(ENTITIES) ## speed and memory, as figures
	$(BIN)/python -m tests.bench

soak: $(READY) $(PLACES) $(ENTITIES) ## hostile publishers beside good ones, for some minutes
	$(BIN)/python -m tests.soak

fmt: $(READY) ## lay out the code
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

docs: $(READY) $(PLACES) $(ENTITIES) ## the pages of docs/ and the schema that are made from the code
	$(BIN)/python -m alerts.watchlists.reference
	$(BIN)/python -m alerts.workbench.lint.page

texts: $(READY) ## the texts of the interface, for their translators: alerts/locales
	$(BIN)/python -m alerts.locales.updating

wheel: ## what is installed on servers: dist/tocsin-*.whl
	rm -rf build dist
	$(PYTHON) -m venv build/venv
	build/venv/bin/$(PIP) install --require-hashes --only-binary :all: -r requirements-build.lock
	build/venv/bin/$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

lock: ## choose versions anew (needs uv on the PATH)
	$(COMPILE) --extra apprise --extra postgres --group dev pyproject.toml --output-file requirements-dev.lock
	$(COMPILE) --extra apprise --extra postgres --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock
	$(COMPILE) --constraint requirements-dev.lock --group build --output-file requirements-build.lock

clean: ## remove what was made
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist

.PHONY: help run demo test lint tables bench soak fmt docs texts wheel lock clean
