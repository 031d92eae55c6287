# Two commands: `make demo` and `make test`. Each sets up what it needs in .venv; nothing is installed by hand.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check unit bench clean

demo: $(VENV)/.demo
	$(BIN)/python -m examples.demo

test: check unit

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	sh tests/chromium.sh
	$(BIN)/python -X dev -m pytest

bench: $(VENV)/.dev
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

clean:
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .hypothesis
