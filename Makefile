# Real-time store inventory. `make` lists the commands.
SHELL := /bin/sh
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python

# Candidates in order; the first version that PyFlink supports is used.
CANDIDATES = "$(PYTHON)" python3.12 python3.11
IS_SUPPORTED = import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(firstword $(MAKEFILE_LIST)) \
		| awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# The run-time lock for `make up`, the development lock for checks and tests.
$(VENV)/installed: LOCK = requirements.txt
$(VENV)/installed-dev: LOCK = requirements-dev.txt

# The stamp is written last: the next run repeats an interrupted installation.
$(VENV)/installed: requirements.txt
$(VENV)/installed-dev: requirements-dev.txt | $(VENV)/installed
$(VENV)/installed $(VENV)/installed-dev:
	@chosen=; for python in $(CANDIDATES); do \
		if "$$python" -c '$(IS_SUPPORTED)' 2>/dev/null; then chosen=$$python; break; fi; \
	done; \
	if [ -z "$$chosen" ]; then \
		echo "Error: Python 3.11 or 3.12 is needed and $(PYTHON) is" \
			"$$("$(PYTHON)" --version 2>&1 | tail -n 1): install one," \
			"or name it as in \`make $(MAKECMDGOALS) PYTHON=/path/to/python3.12\`." >&2; \
		exit 1; \
	fi; \
	[ -e $(VENV) ] || [ "$(MAKECMDGOALS)" != up ] || "$$chosen" stack/early_ports.py || exit 1; \
	$(RUN) -c '$(IS_SUPPORTED)' 2>/dev/null || "$$chosen" -m venv --clear $(VENV) || exit 1; \
	echo "Installing $$(grep -c '==' $(LOCK)) packages into $(VENV)" \
		"for $$($(RUN) --version): 1 to 3 minutes"; \
	$(RUN) -m pip install --disable-pip-version-check --require-hashes --progress-bar off \
		-r $(LOCK) > $(VENV)/install.log 2>&1 & pip=$$!; \
	trap 'kill $$pip; exit 1' INT TERM; \
	while [ -t 1 ] && kill -0 $$pip 2>/dev/null; do \
		sleep 1; \
		printf '\r  %s packages resolved, %s s ' \
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
up: $(VENV)/installed ## Start all services; return when the dashboard shows live inventory
	@$(RUN) -m stack up

.PHONY: down
down: $(VENV)/installed ## Stop all services; keep the state
	@$(RUN) -m stack down

.PHONY: status
status: $(VENV)/installed ## Show state, uptime and memory of each service
	@$(RUN) -m stack status

.PHONY: logs
logs: $(VENV)/installed ## Print the last log lines (SERVICE=job: of one service, FOLLOW=1: and new ones)
	@$(RUN) -m stack logs $(SERVICE) $(if $(FOLLOW),--follow)

.PHONY: viz
viz: $(VENV)/installed ## Open the dashboard
	@$(RUN) -m stack viz

.PHONY: audit
audit: $(VENV)/installed ## Check levels, ledger, orders, transfers and sales by day against the events
	@$(RUN) -m audit

.PHONY: quarantine
quarantine: $(VENV)/installed ## List quarantined records by reason and topic, and the newest
	@$(RUN) -m gate quarantine list

.PHONY: rebuild
rebuild: $(VENV)/installed ## Empty the read model's database; its service fills it again from the topics
	@$(RUN) -m views rebuild

.PHONY: backup
backup: $(VENV)/installed ## Save topics, schemas, offsets and settings while all runs (TO=folder)
	@$(RUN) -m backup create "$(or $(TO),.inventory-backup)"

.PHONY: restore
restore: $(VENV)/installed ## Bring a backup into an empty installation (FROM=folder)
	@$(RUN) -m backup verify "$(or $(FROM),.inventory-backup)"
	@$(RUN) -m stack base
	@$(RUN) -m backup restore "$(or $(FROM),.inventory-backup)"

.PHONY: reset
reset: $(VENV)/installed ## Delete all state after a confirmation (YES=1: without)
	@$(RUN) -m stack reset $(if $(YES),--yes)

.PHONY: schemas
schemas: $(VENV)/installed ## Generate code from the contracts, check and deploy them
	@$(RUN) -m codegen generate
	@$(RUN) -m contracts check
	@$(RUN) -m contracts apply

.PHONY: plan
plan: $(VENV)/installed ## Show the changes that `contracts apply` would make in Kafka and the registry
	@$(RUN) -m contracts plan || [ $$? -eq 2 ] # 2: there are changes

.PHONY: replay
replay: $(VENV)/installed ## Send a year of real receipts, 1,469,307 lines (LIMIT=N: the first N)
	@$(RUN) -m producers completejourney $(if $(LIMIT),--limit $(LIMIT))

.PHONY: artifacts
artifacts: $(VENV)/installed ## Download the Java artifacts
	@$(RUN) -m stack fetch

.PHONY: cluster
cluster: artifacts $(VENV)/installed-dev ## Start the test cluster of docs/operations/cluster.md
	@$(RUN) -m tests.support.cluster up

.PHONY: cluster-down
cluster-down: $(VENV)/installed-dev ## Stop the test cluster; keep its state
	@$(RUN) -m tests.support.cluster down

.PHONY: test
# A test that hangs in a library of C hears no signal: its process ends, with the lines where it hangs.
test: artifacts $(VENV)/installed-dev ## Run the tests, with a real broker, registry and Flink
	$(RUN) -m pytest -m "not nightly" -n 2 --dist loadfile --no-loadscope-reorder \
		--max-worker-restart 0 -o faulthandler_timeout=720 -o faulthandler_exit_on_timeout=true

.PHONY: test-fast
test-fast: $(VENV)/installed-dev ## Run the tests that start neither Kafka nor Flink
	$(RUN) -m pytest -m "not slow and not nightly"

.PHONY: test-nightly
test-nightly: artifacts $(VENV)/installed-dev ## Run all tests, with 20,000 examples for each property
	HYPOTHESIS_PROFILE=nightly $(RUN) -m pytest

.PHONY: faults
faults: artifacts $(VENV)/installed-dev ## Break a pipeline by seeded faults (SEED=7 RUNS=5)
	@$(RUN) -m tests.support.faults $(if $(SEED),--seed $(SEED)) $(if $(RUNS),--runs $(RUNS)) \
		$(if $(FAULTS),--faults $(FAULTS)) $(if $(KINDS),--kinds $(KINDS)) \
		$(if $(LONGEST),--longest $(LONGEST)) $(if $(SETTLE),--settle $(SETTLE)) \
		$(if $(PLANTED),--planted $(PLANTED)) $(if $(WRITE),--write)

.PHONY: bench
bench: artifacts $(VENV)/installed-dev ## Measure the job beside a peer; write docs/benchmarks.md
	@$(RUN) -m benchmarks.cost --page

.PHONY: check
check: lint types imports spelling ## Check style, types, imports, spelling, generated files, contracts
	@$(RUN) -m codegen generate --check
	@$(RUN) -m contracts check

.PHONY: lint
lint: $(VENV)/installed-dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

.PHONY: types
types: $(VENV)/installed-dev
	$(RUN) -m mypy

.PHONY: imports
imports: $(VENV)/installed-dev
	$(VENV)/bin/lint-imports

.PHONY: spelling
spelling: $(VENV)/installed-dev
	$(RUN) -m codespell_lib

.PHONY: coverage
coverage: $(VENV)/installed-dev ## Run the fast tests and report their line coverage
	$(RUN) -m pytest -m "not slow and not nightly" -n 2 --cov --cov-report=term:skip-covered

COMPILE = uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-header --no-strip-extras

.PHONY: screenshots
screenshots: artifacts $(VENV)/installed-dev ## Take the pictures of docs/pages from a pipeline that has just started
	@$(RUN) -m stack up
	@$(RUN) -m tests.support.screenshots

.PHONY: lock
lock: ## Maintainers: update the locks of the Python packages and the Java artifacts
	@command -v uv >/dev/null || { echo "Error: make lock needs uv: pip install uv." >&2; exit 1; }
	$(COMPILE) --extra pipeline pyproject.toml -o requirements.txt
	$(COMPILE) --extra pipeline --extra dev --constraint requirements.txt pyproject.toml -o requirements-dev.txt
	$(MAKE) $(VENV)/installed
	$(RUN) -m stack lock
