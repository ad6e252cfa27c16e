# Everything runs in .venv, which `make` makes by itself; nothing else on the machine is touched.
#
#   make demo    play the CDNOW example end to end
#   make test    run the tests
#   make torture kill, race and draw at random for hours (docs/proof.md)
#   make check   ruff, mypy, import-linter
#   make bench   measure runs, deliveries, models and experiments (over an hour: it plays 200 shops)
#   make docs    write docs/commands.md, check the documentation against the program
#   make wheel   build the wheel into dist/
#   make starter copy examples/corner-bakery to where `regulars init` takes it from

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.regulars-run
DEV := $(VENV)/.regulars-dev
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install
STARTER := templates/regulars_templates/starters/corner-bakery

export PATH := $(CURDIR)/$(BIN):$(PATH)
# Modules are compiled once, not by every command that a test starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo test torture check bench docs wheel starter clean

help:
	@sed -n 's/^#   //p' Makefile

# The first Python that is new enough; PYTHON=… chooses another.
$(BIN)/python:
	@for python in $(PYTHON) python3 python3.13 python3.12 python3.11 python3.14; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    if $$python -c 'import ensurepip, venv' 2>/dev/null; then \
	      echo "Making $(VENV) with $$($$python --version)"; \
	      $$python -m venv $(VENV) && exit 0; \
	      rm -rf $(VENV); exit 1; \
	    fi; \
	    without="$$without $$python"; \
	  fi; \
	done; \
	if [ -n "$$without" ]; then \
	  echo "$${without# } has no venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; \
	else \
	  echo "regulars needs Python 3.11 or newer; install one, or name it: make PYTHON=/path/to/python3" >&2; \
	fi; \
	exit 1

$(RUN): pyproject.toml | $(BIN)/python
	@echo "Installing regulars into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(DEV): pyproject.toml | $(BIN)/python
	@echo "Installing regulars and the tools of its developers into $(VENV)"
	@$(PIP) --editable '.[test,check]'
	@touch $@ $(RUN)

demo: $(RUN)
	@examples/demo.sh build/demo

test: $(DEV)
	$(BIN)/python -m pytest -n 2 $(PYTEST)

torture: $(DEV)
	REGULARS_TORTURE=1 $(BIN)/python -m pytest -n 2 --timeout 7200 tests/proof $(PYTEST)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(RUN)
	$(BIN)/python bench/first_run.py --json build/first_run.json
	$(BIN)/python bench/waiting.py --json build/waiting.json
	$(BIN)/python bench/delivery.py --json build/delivery.json
	$(BIN)/python bench/peeking.py
	$(BIN)/python bench/planted.py
	$(BIN)/python bench/foresight.py
	$(BIN)/python bench/btyd.py
	$(BIN)/python bench/analysis.py --json build/analysis.json
	$(BIN)/python bench/rendering.py --json build/rendering.json
	$(BIN)/python bench/engine.py --customers 10000 --events 200000 --json build/engine-10000.json
	$(BIN)/python bench/engine.py --customers 100000 --events 2000000 --json build/engine-100000.json
	$(BIN)/python bench/engine.py --customers 1000000 --events 20000000 --json build/engine-1000000.json
	$(BIN)/python bench/on_server.py postgresql bench/engine.py --json build/engine-postgresql.json
	$(BIN)/python bench/on_server.py mariadb bench/engine.py --json build/engine-mariadb.json
	$(BIN)/python bench/engine_page.py build/engine-10000.json build/engine-100000.json \
		build/engine-1000000.json build/engine-postgresql.json build/engine-mariadb.json
	$(BIN)/python bench/peers.py --json build/peers.json
	$(BIN)/python bench/on_paper.py

docs: $(DEV)
	$(BIN)/python docs/commands.py
	$(BIN)/python -m pytest tests/docs

wheel: $(DEV)
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

# The starter is the example without what makes it.
starter: $(RUN)
	$(BIN)/python examples/corner-bakery/simulate.py examples/corner-bakery/data
	rm -rf $(STARTER)
	mkdir -p $(STARTER)
	cd examples/corner-bakery && cp -R playbook.yaml templates data $(CURDIR)/$(STARTER)

clean:
	rm -rf build dist
