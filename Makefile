# Every command sets up what it needs by itself, and is quick when that is there already.

.PHONY: help demo demo-reset test check fmt lock screenshots bench clean
.DEFAULT_GOAL := help

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## Start a demo marketplace and print its address; Ctrl-C stops it, the data stays
	@tools/setup run
	@exec .venv/bin/aftersale demo

demo-reset: ## The same, from fresh data
	@tools/setup run
	@exec .venv/bin/aftersale demo --reset

test: ## Run every check and every test, on SQLite and on PostgreSQL
	@tools/setup test
	@exec .venv/bin/python -m tools.run_tests all

check: ## Run the checks and the fast tests on SQLite: the inner loop, under a minute
	@tools/setup dev
	@exec .venv/bin/python -m tools.run_tests check

fmt: ## Format the code and fix what can be fixed
	@tools/setup dev
	@.venv/bin/ruff check --quiet --fix-only . && .venv/bin/ruff format .

lock: ## Choose the newest allowed versions again and write requirements/
	@tools/setup lock

screenshots: ## Draw the pictures of the documentation again, from the demo marketplace
	@tools/setup browser
	@exec .venv/bin/python -m tools.screenshots

bench: ## Measure speed on this machine, as ratios to its own peers
	@tools/setup dev
	@exec .venv/bin/python -m benchmarks

clean: ## Remove everything that was made here, the demo's data included
	@rm -rf .venv .tools var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	@find . -name __pycache__ -prune -exec rm -rf {} +
