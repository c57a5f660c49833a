.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
LOCK   := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
STAMP  := $(VENV)/.run-stamp
DEVST  := $(VENV)/.dev-stamp
BENCHST := $(VENV)/.bench-stamp
SUPPLY := .venv-supply
SUPPLYST := $(SUPPLY)/.stamp
# What is installed with the bot, by name.
NEEDED = $$(sed -n 's/^\([a-z0-9.-]*\)==.*/\1/p' requirements/run.txt)

.PHONY: help demo run chat test test-faults soak freeze-schema check format messages picture bench-poll bench-telegram bench-slack bench-outbox bench-contacts bench-search licences sbom audit lock clean
help: ## Show this help
	@grep -hE '^[a-z-]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "The venv module is missing; on Debian or Ubuntu: apt install python3-venv"; exit 1; }
$(STAMP): requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Setting up (once) ..."
	@$(BIN)/python -m pip install -q --require-hashes --only-binary :all: -r requirements/run.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@
$(DEVST): requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "Setting up for development (once) ..."
	@$(BIN)/python -m pip install -q --require-hashes --only-binary :all: -r requirements/dev.txt
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@ $(STAMP)
$(BENCHST): requirements/bench.txt $(DEVST)
	@$(BIN)/python -m pip install -q --require-hashes --only-binary :all: -r requirements/bench.txt
	@touch $@
$(SUPPLYST): requirements/supply.txt | $(BIN)/python
	@$(BIN)/python -m venv $(SUPPLY)
	@$(SUPPLY)/bin/python -m pip install -q --require-hashes --only-binary :all: -r requirements/supply.txt
	@touch $@

demo: $(STAMP) ## See the main job done, offline and without any token
	@$(BIN)/pressevagt demo
run: $(STAMP) ## Run the bot with the settings in .env
	@$(BIN)/pressevagt run
chat: $(STAMP) ## Only the chat in this terminal, beside a bot that runs
	@$(BIN)/pressevagt chat
test: $(DEVST) ## Run all tests
	@$(BIN)/python -m pytest
test-faults: $(DEVST) ## Break all that can break, kill -9 fifty times on each engine, count what was lost
	@PRESSEVAGT_FAULT_ROUNDS=50 $(BIN)/python -m pytest tests/faults -n 0 -s --timeout 2400
check: $(DEVST) ## Style, types and who may import whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
format: $(DEVST) ## Bring the code into the house's form
	@$(BIN)/ruff check --fix -q . ; $(BIN)/ruff format .
soak: $(DEVST) ## Live through a month within the hour, on a simulated clock: make soak ARGS="--feeds 100 --destinations 400 --postgres"
	@$(BIN)/python -m tests.soak $(ARGS)
freeze-schema: $(DEVST) ## On the day of a release: keep its schema, filled, for the tests of upgrades
	@$(BIN)/python -m tests.storage.freezing
messages: $(DEVST) ## Enter new messages into the translations
	@$(BIN)/python -m bot.i18n update
picture: $(STAMP) ## Draw the README's picture of an alert anew
	@$(BIN)/pressevagt demo --picture docs/alert.svg
bench-poll: $(BENCHST) ## Poll 1,000 feeds, beside the reader library
	@$(BIN)/python benchmarks/poll.py
bench-telegram: $(DEVST) ## Tell 10,000 chats of one release, beside the plain SDK
	@$(BIN)/python benchmarks/telegram_fan_out.py
bench-slack: $(DEVST) ## Tell 5,000 Slack channels of one release, beside the plain SDK
	@$(BIN)/python benchmarks/slack_fan_out.py
bench-outbox: $(BENCHST) ## Measure the outbox, beside two job queues
	@$(BIN)/python benchmarks/outbox.py $(ARGS)
bench-contacts: $(DEVST) ## Score the reading of press contacts: make bench-contacts CASES=FILE.jsonl
	@$(BIN)/python benchmarks/contacts.py $(CASES)
bench-search: $(DEVST) ## Search in 100,000 releases and in a million, beside SQL by hand; shorter: make bench-search ARGS="--releases 100000"
	@$(BIN)/python benchmarks/search_speed.py $(ARGS)
licences: $(STAMP) $(SUPPLYST) ## Write docs/LICENCES.md: what the bot is built on, and under which licences
	@{ echo "# What it is built on"; echo; echo "Every package that is installed with the bot, made by \`make licences\`. Those under the LGPL (psycopg, python-telegram-bot) are used as libraries of their own, unchanged."; echo; \
	$(SUPPLY)/bin/pip-licenses --python=$(BIN)/python --from=mixed --format=markdown --with-system --packages $(NEEDED); } > docs/LICENCES.md
sbom: $(SUPPLYST) ## Write dist/sbom.json: the bill of materials, as CycloneDX
	@mkdir -p dist && PYTHONWARNINGS=ignore::UserWarning $(SUPPLY)/bin/cyclonedx-py requirements requirements/run.txt --pyproject pyproject.toml --output-reproducible -o dist/sbom.json
audit: $(SUPPLYST) ## Ask an advisory database about what is depended on (needs the network)
	@$(SUPPLY)/bin/pip-audit --disable-pip --require-hashes -r requirements/run.txt
lock: ## Refresh the hashed requirement files (needs uv)
	uv pip compile -q pyproject.toml --all-extras --group dev $(LOCK) -o requirements/dev.txt
	printf 'hatchling\neditables\n' | uv pip compile -q pyproject.toml - $(LOCK) --no-annotate -c requirements/dev.txt -o requirements/run.txt
	uv pip compile -q pyproject.toml --all-extras --group dev --group bench $(LOCK) -c requirements/dev.txt -o requirements/bench.txt
	uv pip compile -q pyproject.toml --all-extras --group supply $(LOCK) -c requirements/dev.txt -o requirements/supply.txt
clean: ## Remove what was set up and cached
	rm -rf $(VENV) $(SUPPLY) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
