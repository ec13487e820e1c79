# `make run` and `make test` do everything on a fresh machine with Python 3.11, Node 20 and make.
.DEFAULT_GOAL := help
PY := .venv/bin/python

.PHONY: help run demo test lint types format lock assets bench clean

help: ## show what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.venv/.installed: requirements/dev.txt
	@test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

node_modules/.installed: package.json package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

ASSET_SOURCES := $(shell find assets/css assets/js assets/images assets/icons.txt templates vite.config.js -type f 2>/dev/null)

assets/dist/manifest.json: node_modules/.installed $(ASSET_SOURCES)
	npm run build --silent
	@touch $@

assets: assets/dist/manifest.json

run: .venv/.installed assets ## install what is missing, build, migrate, start web, worker and beat
	$(PY) manage.py up

demo: .venv/.installed assets ## the same, with the demo group
	$(PY) manage.py up --demo

test: .venv/.installed assets ## run the whole suite
	$(PY) -m pytest --cov --cov-report=term

lint: .venv/.installed ## ruff, types, templates, migrations, deployment check
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: .venv/.installed ## format Python and templates
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

lock: ## compile requirements/*.in to locked files with hashes
	.venv/bin/uv --native-tls pip compile -q --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/dev.in -o requirements/dev.txt
	.venv/bin/uv --native-tls pip compile -q --generate-hashes --no-header --no-annotate --no-emit-index-url requirements/base.in -c requirements/dev.txt -o requirements/base.txt
