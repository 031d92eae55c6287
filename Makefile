# Two commands: `make demo` and `make test`. Each sets up what it needs in .venv; nothing is installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check unit fuzz crash bench bench-records bench-banner screenshots clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile

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
	PYTHONHASHSEED=0 $(BIN)/python -X dev -m pytest -n 3 --dist loadfile # one seed: all workers must collect in one order

fuzz: $(VENV)/.dev ## a million mutated pages against another parser, FUZZ_SECONDS (900) at most; FUZZ_SEED, FUZZ_COUNT
	$(BIN)/python -m tests.fuzz

crash: $(VENV)/.dev ## a real server killed 50 times under load: nothing it acknowledged is lost
	CONSENT_CRASHES=50 $(BIN)/python -m pytest -s tests/records/test_crash.py

bench-records: $(VENV)/.dev ## what records cost beside a commit for each, on this disk and on slower ones
	$(BIN)/python -m tests.bench.records
	$(BIN)/python -m tests.bench.workers
	$(BIN)/python -m tests.bench.disks

bench: $(VENV)/.dev ## what it costs on this machine; CONSENT_CORPUS names a folder of pages to measure on
	$(BIN)/python -m tests.bench

bench-banner: $(VENV)/.dev ## when the banner is there and what it weighs, beside three others out of the npm registry
	$(BIN)/python -m tests.bench.banner

screenshots: $(VENV)/.dev ## pictures of every layout into build/screenshots, the best into docs/images
	$(BIN)/python -m tests.shots --docs

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
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .import_linter_cache .hypothesis
