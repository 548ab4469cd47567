# Winnow: `make help` lists what can be made.
.DEFAULT_GOAL := help
.PHONY: help setup run demo test lint types arch migrations deploy check bench lock vendor docs fmt installed
PYTHON_BIN := .venv/bin
MANAGE := $(PYTHON_BIN)/python manage.py
PORT_OPTION := $(if $(PORT),--port $(PORT))
# One process more than the smallest machine has cores, since many tests wait, and none idle; TESTS=tests/config narrows, ARGS passes options on.
TESTS ?= tests
ARGS ?= -n 3 --dist worksteal

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## install everything that development needs into .venv
	@scripts/bootstrap dev

installed:
	@scripts/bootstrap run

run: installed ## start Winnow; the first start makes the first admin (PORT=8001 for another port)
	@$(MANAGE) up $(PORT_OPTION)

demo: installed ## start Winnow with a demo project and a one-time sign-in link for each role
	@$(MANAGE) up --demo $(PORT_OPTION)

test: setup ## run every test, those in a browser too
	$(PYTHON_BIN)/pytest $(ARGS) $(TESTS)

lint: setup ## check style and templates
	$(PYTHON_BIN)/ruff check .
	$(PYTHON_BIN)/ruff format --check .
	@git ls-files 'templates/*.html' | xargs $(PYTHON_BIN)/djade --check --target-version 6.1

types: setup ## check types
	$(PYTHON_BIN)/mypy

arch: setup ## check who may import whom
	$(PYTHON_BIN)/lint-imports --no-logo

migrations: setup
	WINNOW_HOME=$(CURDIR)/var/test $(MANAGE) makemigrations --check --dry-run

# A key made on the spot: the check is of the settings, and no key stands in the repository.
deploy: setup
	DATABASE_URL=postgres://winnow@localhost/winnow ALLOWED_HOSTS=winnow.example.org \
	SECRET_KEY=$$($(PYTHON_BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	WINNOW_HOME=$(CURDIR)/var/test $(MANAGE) check --deploy --fail-level WARNING

check: lint types arch migrations deploy ## all of lint, types, arch, migrations and the deployment check

bench: setup ## run the benchmarks and print their tables
	@for part in $(notdir $(basename $(wildcard bench/*.py))); do \
	  if grep -q __main__ bench/$$part.py; then $(PYTHON_BIN)/python -m bench.$$part || exit 1; fi; \
	done

lock: setup ## renew both lock files from pyproject.toml (LOCK=--upgrade for the newest versions)
	scripts/lock $(LOCK)

vendor: setup ## fetch the front-end libraries at their pinned versions
	$(PYTHON_BIN)/python scripts/vendor.py

docs: setup ## write the reference pages that are made from code
	$(PYTHON_BIN)/python -m config.reference
	$(PYTHON_BIN)/python -m review.reference
	WINNOW_HOME=$(CURDIR)/var/test $(MANAGE) api_reference

fmt: setup ## format the code and the templates
	$(PYTHON_BIN)/ruff check --fix-only --quiet .
	$(PYTHON_BIN)/ruff format .
	@git ls-files 'templates/*.html' | xargs $(PYTHON_BIN)/djade --target-version 6.1 || true
