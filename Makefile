# Lianchu: `make` lists the commands.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c

PYTHON ?= python3
BIN := .venv/bin
N ?= 10000
TESTS ?= tests
PYTEST_ARGS ?= -n 2

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

.PHONY: venv-run venv-dev
venv-run:
	@$(PYTHON) tools/venv.py run
venv-dev:
	@$(PYTHON) tools/venv.py dev

.PHONY: run
run: venv-run ## bring the system up and serve it (PORT=8080 DEMO=1 INSTANCE_DIR=instance)
	@$(BIN)/python tools/messages.py compile
	@DEMO=$${DEMO:-1} exec $(BIN)/python -m app.serve

.PHONY: test
test: venv-dev ## the whole suite (TESTS=tests/rules for a part; REQUIRE_ALL=1 forbids skips)
	@$(BIN)/python -m pytest $(PYTEST_ARGS) $(TESTS)

.PHONY: fast
fast: venv-dev ## rules and mechanism tests alone, in seconds
	@$(BIN)/python -m pytest $(PYTEST_ARGS) tests/rules tests/mechanism

.PHONY: check
check: lint types contracts translated mechanisms ## everything that can be checked without running the system

.PHONY: lint
lint: venv-dev ## ruff: rules and format
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

.PHONY: format
format: venv-dev ## ruff: mend what can be mended
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.PHONY: types
types: venv-dev ## mypy
	@$(BIN)/mypy

.PHONY: contracts
contracts: venv-dev ## the direction of imports
	@$(BIN)/lint-imports --no-logo

.PHONY: translated
translated: venv-dev ## every text of the screens has its translation
	@$(BIN)/python tools/messages.py check

.PHONY: mechanisms
mechanisms: venv-dev ## every profile is valid
	@$(BIN)/flask --app app mechanism check mechanisms/*/mechanism.yaml

.PHONY: bench
bench: venv-dev ## the benchmarks (N=10000 cases)
	@$(BIN)/python tools/messages.py compile
	@N=$(N) $(BIN)/python -m bench

.PHONY: words
words: venv-dev ## write the reference and the JSON Schema of profiles into docs/
	@$(BIN)/python tools/mechanism_words.py

.PHONY: messages
messages: venv-dev ## collect the texts of the screens into translations/
	@$(BIN)/python tools/messages.py update

.PHONY: migration
migration: venv-dev ## a new migration from the models: make migration m="Add what"
	@$(BIN)/python tools/migration.py "$(m)"

.PHONY: lock
lock: ## pin requirements*.in again, with hashes
	@bash tools/lock.sh
