# Everything sets up what it needs by itself. On the machine: Python 3.11 or newer, make, a package registry.
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: run dev test test-sqlite test-postgresql test-browser test-wheel lint format bench screenshots corpora assets translations migration lock ready ready-dev clean help

PYTHON ?= python3
PORT   ?= 8000
DEMO   ?= 1
# Where `make run` takes mail; empty for nowhere.
LISTEN ?= 127.0.0.1:2525
# One more than there are cores: a third of the time tests wait for processes and servers.
JOBS   ?= 3
ARGS   ?=

VENV := .venv
BIN  := $(VENV)/bin
CRM  := $(BIN)/python -m crm
MO   := crm/translations/de/LC_MESSAGES/messages.mo
# Compiled modules are half of the start-up time, whatever the caller's environment says.
export PYTHONDONTWRITEBYTECODE :=
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:
	@echo "make run [PORT=8000] [DEMO=0] · make test · make lint · make bench · make dev · make screenshots"
	@echo "make assets · make translations · make migration NAME=… · make lock · make corpora · make format · make clean"

run: ready
	@CRM_LISTEN_SMTP="$${CRM_LISTEN_SMTP-$(LISTEN)}" exec $(CRM) run --port $(PORT) $(if $(filter-out 0,$(DEMO)),--demo)

# Reloads on change; without worker and receiver.
dev: ready
	@$(CRM) migrate
	@exec $(BIN)/python -m flask --app wsgi run --debug --port $(PORT)

# — tests —

test: test-sqlite test-postgresql test-browser test-wheel

test-sqlite: ready-dev $(VENV)/.dovecot
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not browser" $(ARGS)

test-postgresql: ready-dev
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m "not browser and not slow" --database postgresql $(ARGS)

test-browser: ready-dev $(VENV)/.chromium
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup -m browser $(ARGS)

test-wheel: ready-dev
	$(BIN)/python tools/wheel.py

lint: ready-dev
	$(BIN)/python -m ruff check crm tests tools hatch_build.py wsgi.py
	$(BIN)/python -m mypy
	$(BIN)/python -m crm.translations missing

format: ready-dev
	$(BIN)/python -m ruff check --fix crm tests tools

# — measuring and showing —

# Two large data sets are made at the first time and kept in var/bench (1.2 GB). ARGS=--quick for a first look.
bench: ready
	@$(CRM) bench --full var/bench $(ARGS)

screenshots: ready-dev $(VENV)/.chromium
	$(BIN)/python -m tests.browser.screenshots $(ARGS)

corpora: ready-dev
	$(BIN)/python -m tests.corpora.measure_mail $(ARGS)
	$(BIN)/python -m tests.corpora.measure_contacts $(ARGS)

# — parts —

ready: $(VENV)/.installed $(VENV)/.node assets $(MO)

ready-dev: ready $(VENV)/.dev

# An environment that was moved or whose Python is gone is made anew.
$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say make PYTHON=python3.12 if it has another name."; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

# Whoever only runs it need not wait for what tests and checks need.
$(VENV)/.dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.node: package-lock.json tools/assets.py $(VENV)/.installed
	$(BIN)/python tools/assets.py install
	@touch $@

# Quick, and looks into every template: always done.
assets: $(VENV)/.node
	@$(BIN)/python tools/assets.py

translations: $(MO)

$(MO): $(wildcard crm/translations/de/*.po crm/translations/du/*.po) crm/translations/du.py $(VENV)/.installed
	@$(BIN)/python -m crm.translations

$(VENV)/.chromium: $(VENV)/.dev
	@sh tools/chromium.sh
	@touch $@

# The tests of fetching mail are left out where there is none.
$(VENV)/.dovecot: $(VENV)/.dev tools/dovecot.sh
	@sh tools/dovecot.sh
	@touch $@

# NAME=inbox_add_closed_at writes the next migration; INITIAL=1 the first one anew (until the first release).
migration: $(VENV)/.dev
	@$(BIN)/python tools/migration.py $(if $(INITIAL),initial --initial,"$(NAME)")

# The lock files pin versions and hashes, not addresses: they work with any registry.
lock: $(VENV)/.dev
	@$(BIN)/python tools/lock.py

clean:
	rm -rf $(VENV) node_modules crm/static/vendor dist
