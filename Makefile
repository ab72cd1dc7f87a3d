# Everything starts here: `make` lists what there is. Needs make and Python >= 3.11; PYTHON=... chooses another one.

.POSIX:
.SUFFIXES:
SHELL = /bin/sh
BIN = .venv/bin

.PHONY: help demo test check dev web screenshots bench sample lock clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' Makefile

demo: ## set up everything, load the sample and show the peers of one district
	@scripts/setup.sh run
	@$(BIN)/kompass demo

test: check ## all that CI runs: lint, types, layers, script and every test (PYTEST_ARGS="-k peers" for some)
	$(BIN)/pytest $(PYTEST_ARGS)

check: dev ## lint, format, types, layers, and the script of the pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive api graph_service matching importers
	@$(BIN)/python scripts/audit.py
	$(BIN)/python scripts/build_web.py --check

dev: ## install what developing needs into .venv
	@scripts/setup.sh dev

web: dev ## build the styles and script of the web pages, if anything changed
	@$(BIN)/python scripts/build_web.py

screenshots: dev ## take pictures of the pages into docs/screenshots
	@$(BIN)/python -m scripts.screenshots

bench: dev ## print the figures that docs/ promises, measured on this machine
	$(BIN)/python -m scripts.bench

sample: dev ## build the bundled sample anew from the official files
	$(BIN)/python -m scripts.build_sample

lock: ## resolve the dependencies anew into the lock files
	@scripts/lock.sh

clean: ## remove .venv and what tools leave behind; databases stay
	rm -rf .venv build dist api/static api/web/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
