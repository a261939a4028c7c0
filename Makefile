# The verbs of the house. `make help` lists them.
# The first Python that is new enough; `make PYTHON=/path/to/python` names another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(or $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c "$(NEW_ENOUGH)" 2>/dev/null; then echo $$p; break; fi; done),$(error Python 3.11 or newer is needed))
BIN := .venv/bin
# A whole `make test` ends within twenty minutes, come what may; pytest still prints its closing line on SIGINT.
TEST_SECONDS ?= 1200
# Processes start in half the time with the bytecode that the first of them keeps, whatever the shell says of it.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench prove messages lock fix clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## everything Anlan and its tests need on this machine
	@$(PYTHON) scripts/bootstrap.py

run: ## the demo district with a storm, at one address
	@$(PYTHON) scripts/bootstrap.py --run
	@exec $(BIN)/anlan up --demo

test: setup ## every test (at most 20 minutes), with the time of each part
	@timeout --signal=INT --kill-after=30 $(TEST_SECONDS) $(BIN)/pytest -m "not prove" -n 2 --dist loadfile --no-loadscope-reorder

check: setup ## style, types, floors, words, docs, TypeScript
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy anlan scripts
	$(BIN)/lint-imports
	$(BIN)/python scripts/messages.py check
	$(BIN)/anlan manage makemigrations --check --dry-run
	$(BIN)/pytest -q tests/architecture tests/docs
	@$(BIN)/python scripts/bootstrap.py typescript

bench: setup ## measure against peers and limits; prints ratios
	@$(BIN)/anlan bench

prove: setup ## the long proofs: 50 kills, 100,000 examples (ANLAN_KILLS, ANLAN_EXAMPLES: fewer)
	@$(BIN)/pytest --prove -n 2 --dist loadfile --no-loadscope-reorder

messages: setup ## put new English strings into the catalogues of their apps
	@$(BIN)/python scripts/messages.py update

lock: setup ## resolve requirements/*.in anew
	@$(BIN)/python scripts/lock.py

fix: setup ## what ruff can mend by itself
	@$(BIN)/ruff check --fix-only . && $(BIN)/ruff format .

clean: ## remove what setup and tests made; var/ (the data) stays
	rm -rf .venv .hypothesis .mypy_cache .ruff_cache .import_linter_cache frontend/node_modules anlan/surfaces/web/static/build anlan/surfaces/field/static/build
	find anlan -name '*.mo' -delete
	find anlan bench scripts tests -name __pycache__ -prune -exec rm -r {} +
