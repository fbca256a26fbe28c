# Real-time store inventory. `make` lists what there is to do.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

# The first of these that is a Python which PyFlink knows.
CANDIDATES = "$(PYTHON)" python3.12 python3.11
IS_KNOWN = import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) \
		| awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# Written last: an installation that was interrupted goes on at the next run.
$(VENV)/installed: requirements.txt
	@chosen=; for python in $(CANDIDATES); do \
		if "$$python" -c '$(IS_KNOWN)' 2>/dev/null; then chosen=$$python; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo "Error: Python 3.11 or 3.12 is needed and $(PYTHON) is" \
			"$$("$(PYTHON)" --version 2>&1 | tail -n 1): install one," \
			"or name it as in \`make $(MAKECMDGOALS) PYTHON=/path/to/python3.12\`." >&2; \
		exit 1; \
	fi; \
	$(RUN) -c '$(IS_KNOWN)' 2>/dev/null || "$$chosen" -m venv --clear $(VENV) || exit 1; \
	echo "Installing $$(grep -c '==' requirements.txt) packages into $(VENV)" \
		"for $$($(RUN) --version): 1 to 3 minutes"; \
	$(RUN) -m pip install --disable-pip-version-check --require-hashes --progress-bar off \
		-r requirements.txt > $(VENV)/install.log 2>&1 & pip=$$!; \
	trap 'kill $$pip; exit 1' INT TERM; \
	while [ -t 1 ] && kill -0 $$pip 2>/dev/null; do \
		sleep 1; \
		printf '\r  %s of them found, %s s ' \
			"$$(grep -c '^Collecting' $(VENV)/install.log)" "$$((seconds += 1))"; \
	done; \
	wait $$pip && echo "Installed." || { \
		tail -n 5 $(VENV)/install.log >&2; \
		echo "Error: the packages could not be installed: see $(VENV)/install.log," \
			"then run again." >&2; \
		exit 1; \
	}
	@touch $@

.PHONY: up
up: $(VENV)/installed ## Start everything; ends when the dashboard shows live inventory
	@$(RUN) -m stack up

.PHONY: down
down: $(VENV)/installed ## Stop everything; state is kept
	@$(RUN) -m stack down

.PHONY: status
status: $(VENV)/installed ## What runs, since when, how large
	@$(RUN) -m stack status

.PHONY: logs
logs: $(VENV)/installed ## Last log lines of every part (PART=job for one, FOLLOW=1 to go on)
	@$(RUN) -m stack logs $(PART) $(if $(FOLLOW),--follow)

.PHONY: viz
viz: $(VENV)/installed ## Open the dashboard
	@$(RUN) -m stack viz

.PHONY: audit
audit: $(VENV)/installed ## Hold everything that was published against the events
	@$(RUN) -m audit

.PHONY: quarantine
quarantine: $(VENV)/installed ## What was put aside, by reason and topic, and the newest of it
	@$(RUN) -m gate quarantine list

.PHONY: reset
reset: $(VENV)/installed ## Delete all state, after asking (YES=1: without)
	@$(RUN) -m stack reset $(if $(YES),--yes)

.PHONY: schemas
schemas: $(VENV)/installed ## Generate code from the contracts, check them, create topics, register
	@$(RUN) -m codegen generate
	@$(RUN) -m contracts check
	@$(RUN) -m contracts apply

.PHONY: plan
plan: $(VENV)/installed ## What `contracts apply` would change in Kafka and the registry
	@$(RUN) -m contracts plan

.PHONY: replay
replay: $(VENV)/installed ## Send a year of real receipts, 1,469,307 lines (MOST=N: the first N)
	@$(RUN) -m producers completejourney $(if $(MOST),--most $(MOST))

.PHONY: parts
parts: $(VENV)/installed ## Download the Java parts and start nothing
	@$(RUN) -m stack fetch

.PHONY: test
test: parts ## All tests, with a real broker, registry and Flink
	$(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: test-fast
test-fast: $(VENV)/installed ## The tests that start no Kafka and no Flink
	$(RUN) -m pytest -m "not slow"

.PHONY: test-nightly
test-nightly: parts ## All tests, with 20,000 examples for each property
	HYPOTHESIS_PROFILE=nightly $(RUN) -m pytest

.PHONY: check
check: lint types ## Lint and types, and whether the generated files are current
	@$(RUN) -m codegen generate --check
	@$(RUN) -m contracts check

.PHONY: lint
lint: $(VENV)/installed
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

.PHONY: types
types: $(VENV)/installed
	$(RUN) -m mypy

.PHONY: lock
lock: ## Maintainers: lock the Python packages and the Java parts again
	@command -v uv >/dev/null || { echo "Error: make lock needs uv: pip install uv." >&2; exit 1; }
	uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
		--no-emit-index-url --extra dev --no-header pyproject.toml -o requirements.txt
	$(MAKE) $(VENV)/installed
	$(RUN) -m stack lock
