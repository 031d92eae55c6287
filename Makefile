# Two commands: `make demo` and `make test`. Each sets up what it needs in .venv; nothing is installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check unit bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.demo ## a newspaper with simulated partners; PORT chooses the port, 0 a free one
	$(BIN)/python -m examples.demo

test: check unit ## everything a change must pass: check, then unit

check: $(VENV)/.dev ## ruff, mypy, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev ## the tests; a Chromium is installed where there is none
	sh tests/chromium.sh
	sh tests/postgres.sh
	$(BIN)/python -X dev -m pytest

bench: $(VENV)/.dev ## what it costs on this machine; CONSENT_CORPUS names a folder of pages to measure on
	$(BIN)/python -m tests.bench

# A virtual environment with the newest pip: dependency groups need pip 25.1 or newer.
$(VENV)/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed; set PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.demo: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --group demo
	@touch $@

$(VENV)/.dev: $(VENV)/.venv pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . --group dev --group demo
	@touch $@ $(VENV)/.demo

clean: ## take away .venv and caches
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .import_linter_cache .hypothesis
