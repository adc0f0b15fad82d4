# Two commands do everything on a fresh machine with Python 3.11+:
#   make check   sets up and runs the checker on examples/
#   make test    sets up and runs every test

PYTHON ?= python3
BIN := .venv/bin

.PHONY: check test lint benchmark

check: .venv/checker
	$(BIN)/checker check examples/notes --fail-on never

test: .venv/everything lint
	$(BIN)/pytest --numprocesses auto --dist loadfile

lint: .venv/everything
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

benchmark: .venv/everything
	$(BIN)/python -m benchmarks

.venv/checker: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --editable .
	touch $@

.venv/everything: .venv/checker
	$(BIN)/pip install --quiet --editable '.[training,test]'
	touch $@
