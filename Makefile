# Every target prepares what it needs. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FLINK  := .venv-flink
QUIX   := .venv-quix
PEER   := .venv-usaddress
DATA   ?= ../shared/data
ARGS   ?=
export PYTHONHASHSEED := 0

.PHONY: help setup demo test test-pages test-worlds test-faults flink test-flink quix usaddress address-models address-directory lint format lock docs world-card clean
.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z%-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/.ready: requirements/setup.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' || \
	  { echo "ringwatch needs Python 3.11 to 3.13; $(PYTHON) is $$($(PYTHON) --version 2>&1). Use: make PYTHON=python3.12 ..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
	  { echo "python's venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/setup.txt
	@mirror=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true); \
	  UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$mirror}}; \
	  if [ -n "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX; else unset UV_DEFAULT_INDEX; fi; \
	  $(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes requirements/setup.txt requirements/dev.txt && \
	  $(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.ready ## prepare .venv; then .venv/bin/ringwatch works

demo: setup ## the whole job on the embedded stack, with live progress (ARGS=--once ends after the report)
	@$(BIN)/ringwatch demo $(ARGS)

test: setup ## unit, contract and end-to-end tests; on real Neo4j and Kafka where Java 17 and Maven are present
	$(BIN)/python -m pytest -m "not faults and not pages and not flink" -n 2 --dist loadgroup $(ARGS)

test-pages: setup ## reports in Chromium: screenshots into build/pages, print, axe-core; needs chromium and npm
	$(BIN)/python -m pytest -m pages tests/pages $(ARGS)

test-faults: setup ## the suite that kills real processes
	$(BIN)/python -m pytest -m faults tests/faults $(ARGS)

# An environment of its own for what wants other versions of what we use.
.venv-%/.ready: requirements/%.txt $(VENV)/.ready
	@test -x $(@D)/bin/python || $(BIN)/uv venv -q --python $(BIN)/python $(@D)
	@mirror=$$($(BIN)/python -m pip config get global.index-url 2>/dev/null || true); \
	  UV_DEFAULT_INDEX=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$mirror}}; \
	  if [ -n "$$UV_DEFAULT_INDEX" ]; then export UV_DEFAULT_INDEX; else unset UV_DEFAULT_INDEX; fi; \
	  $(BIN)/uv pip sync -q --python $(@D)/bin/python --require-hashes $<
	@touch $@

flink: $(FLINK)/.ready ## Flink 2.2 in an environment of its own, .venv-flink (700 MB; runs on Java 17)

test-flink: setup flink ## the catalogue as Flink SQL: equal to the engine, from a file and over real Kafka
	$(BIN)/python -m pytest -m flink tests/flink $(ARGS)

quix: $(QUIX)/.ready ## Quix Streams in an environment of its own, .venv-quix (a peer of bench-velocity)

usaddress: $(PEER)/.ready ## usaddress in an environment of its own, .venv-usaddress (a peer of bench-address)

address-models: setup ## make the address parser's models anew, from its own generator and the data in DATA
	$(BIN)/python -m nlp.tagger.build $(if $(wildcard $(DATA)),$(DATA)) $(ARGS)

address-directory: setup ## make the directory of places anew from the post offices in DATA
	$(BIN)/python -m nlp.directory.compile $(DATA)/addresses/pincodes

lint: setup ## ruff, mypy --strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## apply ruff's fixes and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: setup ## write docs/schemas anew from the message types
	$(BIN)/python -m events.json_schema docs/schemas

test-worlds: setup ## of these, the gates that keep the simulated world from being a toy, on three presets
	$(BIN)/python -m pytest -s tests/worlds $(ARGS)

world-card: setup ## measure the simulated world's presets anew and write the card into docs/world.md
	@$(BIN)/python -m bench.world_card $(ARGS)

lock: $(VENV)/.ready ## compile requirements/ anew from pyproject.toml
	cd requirements && ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url setup.in -o setup.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url ../pyproject.toml --extra embedded --extra s3 --group ../pyproject.toml:dev -o dev.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url ../pyproject.toml --extra s3 -c dev.txt -o run.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url flink.in -o flink.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url quix.in -o quix.txt
	cd requirements && ../$(BIN)/uv pip compile -q --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url usaddress.in -o usaddress.txt

bench-%: setup ## one benchmark; progress on stderr, one JSON object on stdout
	@$(BIN)/python -m bench.$(subst -,_,$*) $(ARGS)

clean: ## remove what setup and runs made
	rm -rf $(VENV) $(FLINK) $(QUIX) $(PEER) var build dist .mypy_cache .ruff_cache .pytest_cache
