# `make run` and `make test` do everything on a fresh machine with Python 3.11, Node 20 and make.
# What is finished is not done again: each step leaves a stamp or a file, and make compares the times.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PY := .venv/bin/python
# What pytest gets besides; `make test PYTEST_ARGS="tests/readings -x"` runs a part.
PYTEST_ARGS ?=
# Two processes halve the time on two cores, a third takes longer again; each starts the services that its tests ask for.
PYTEST_PROCESSES ?= 2

.PHONY: help run demo test test-postgresql check-cases fuzz assets lint types format lock bench clean

help: ## show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

# Python. The virtual environment is made by the first interpreter that is new enough.
$(PY):
	@for python in python3.11 python3.12 python3.13 python3; do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    echo "Making .venv with $$($$python --version)"; exec $$python -m venv .venv; \
	  fi; \
	done; \
	echo "studygroup needs Python 3.11 or newer, and none was found on the PATH. On Debian: apt-get install python3 python3-venv" >&2; exit 1

PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --require-hashes

.venv/.base: requirements/base.txt | $(PY)
	@echo "Installing what studygroup runs on (requirements/base.txt)"
	@$(PIP_INSTALL) -r requirements/base.txt
	@touch $@

.venv/.dev: requirements/dev.txt | $(PY)
	@echo "Installing what its tests need (requirements/dev.txt)"
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@ .venv/.base

# Assets.
node_modules/.installed: package.json package-lock.json
	@node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || \
	  { echo "studygroup needs Node 20 or newer to build its assets, and found $$(node --version 2>/dev/null || echo none)." >&2; exit 1; }
	@echo "Installing what the assets are built from (package-lock.json)"
	@npm ci --loglevel error --no-audit --no-fund
	@touch $@

# Tailwind reads the class names that stand in templates, and the few that stand in Python.
ASSET_SOURCES := $(shell find assets templates -path assets/dist -prune -o -type f -print) \
  $(wildcard */forms.py */forms/*.py commons/templatetags/*.py mathtext/*.py)

assets/dist/manifest.json: node_modules/.installed vite.config.js $(ASSET_SOURCES)
	@echo "Building the assets"
	@npm run build --silent -- --logLevel error
	@touch $@

assets: assets/dist/manifest.json ## build CSS, JavaScript, fonts and icons

# Running.
run: .venv/.base assets ## install what is missing, build, migrate, start web, worker and beat (PORT=, HOST=)
	@$(PY) manage.py up

demo: .venv/.base assets ## the same, with the demo group and two log-ins
	@$(PY) manage.py up --demo

# Checking.
test: .venv/.dev assets ## run the whole suite and print its coverage
	@$(PY) -m pytest -n $(PYTEST_PROCESSES) --cov --cov-report=term $(PYTEST_ARGS)

# Without TEST_POSTGRES_URL it starts a server of its own for as long as it lasts.
SERVICES := $(if $(TEST_POSTGRES_URL),,$(PY) -m tests.services.run)
test-postgresql: .venv/.dev assets ## run what touches the database on PostgreSQL
	@$(SERVICES) sh -c 'DATABASE_URL=$$TEST_POSTGRES_URL/studygroup exec $(PY) -m pytest -q -n $(PYTEST_PROCESSES) --database-only -m "not browser and not slow" $(PYTEST_ARGS)'

# Times in the page are those of one process; JOBS=2 is for a quicker look at the answers.
JOBS ?= 1
check-cases: .venv/.dev ## judge all cases of the checker, write docs/stepcheck-results.md
	@$(PY) -m tests.stepcheck.results --jobs $(JOBS)

# What is found is shrunk and kept in var/fuzz.
MINUTES ?= 10
SEED ?= 0
fuzz: .venv/.dev ## put broken notes to the checker (MINUTES=, SEED=)
	@$(PY) -m tests.stepcheck.fuzz --minutes $(MINUTES) --seed $(SEED)

TYPED := $(wildcard stepcheck mathtext */actions.py */actions studygroup/environment.py studygroup/leash.py studygroup/processes.py)
PRODUCTION := $(shell grep -v '^\#' tests/studygroup/production.env)

lint: .venv/.dev assets ## ruff, types, templates, migrations, deployment check
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy $(TYPED)
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 --check {} +
	@$(PY) manage.py makemigrations --check --dry-run
	@env $(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

format: .venv/.dev ## format Python and templates
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .
	@find templates -name '*.html' -exec .venv/bin/djade --target-version 5.2 {} +

bench: .venv/.dev assets ## compare pages with a minimal view, the checker with other engines
	@$(PY) -m bench

# The registry's address stays out of the lock files; versions and hashes are what is locked.
UV_COMPILE := .venv/bin/uv --native-tls pip compile -q --generate-hashes --no-header --no-annotate --no-emit-index-url --no-strip-extras
lock: .venv/.dev ## compile requirements/*.in to locked files with hashes
	@$(UV_COMPILE) requirements/dev.in -o requirements/dev.txt
	@$(UV_COMPILE) requirements/base.in -c requirements/dev.txt -o requirements/base.txt

clean: ## delete what can be made again; var/ stays
	rm -rf .venv node_modules assets/dist .pytest_cache .mypy_cache .ruff_cache .coverage .coverage.* htmlcov
