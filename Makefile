# SPDX-License-Identifier: AGPL-3.0-only
# Every verb does the set-up that it needs, once; `make` alone lists them.

BIN := .venv/bin
RUN := .venv/run.stamp
DEV := .venv/dev.stamp
TESTS := .venv/tests.stamp
SLOW := .venv/slow.stamp
PAGES := src/keks_meet/server/pages/source.tar.gz
PYTEST := $(BIN)/pytest
NODE_TOOL := $(BIN)/python -m tools.node

# Tests that open connections run where there is nothing but a loopback interface.
ISOLATED := unshare --map-root-user --net sh -c 'ip link set lo up && exec "$$@"' isolated

# Three at a time: on two processors, one of them waits for something most of the time. Those that are marked as `alone`
# measure, or fill the machine; they come one by one, in a second run. Slow ones move gigabytes, or have six browsers.
WORKERS ?= 3
SLOW_WORKERS ?= 3
ALONE = $(shell grep -rl --include='*.py' 'mark\.alone' tests)
TESTED := $(ISOLATED) $(PYTEST) --durations=10
ALL = $(TESTED) -m "$(1) and not alone" --numprocesses=$(2) --maxschedchunk=1 || failed=1; \
	$(TESTED) -m "$(1) and alone" $(ALONE) || failed=1

# What the pages, and the sources that they offer, are made from.
SOURCES := $(shell find web/src web/pages web/static 2>/dev/null) $(wildcard *.md *.py *.toml config/*.toml web/*) \
	$(shell find .ci benchmarks deploy docs examples requirements spec src/keks_meet tests tools -type f \
		-not -path '*/__pycache__/*' -not -path '*/node_modules/*' -not -path '*/server/pages/*' -not -path '*/e2e/pictures/*' \
		-not -name builtin.toml 2>/dev/null)

# Debian keeps `ip` where only root looks for commands.
export PATH := $(PATH):/usr/sbin:/sbin

# What Python has compiled once need not be compiled again by each process of each test.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run watch test check lint test-slow try-install bench pictures generated build lock clean

help: ## lists these verbs
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 12

setup: $(RUN) $(DEV) $(TESTS) $(PAGES) ## prepares everything for working on keks-meet

run: $(RUN) $(PAGES) ## serves on http://127.0.0.1:24319 (CONFIG=file.toml for another configuration)
	@exec $(BIN)/keks-meet-server $(CONFIG)

watch: $(DEV) $(PAGES) ## serves, and rebuilds and restarts as files change
	@exec $(BIN)/python -m tools.watch $(CONFIG)

test: setup ## runs all tests but the slow ones
	@failed=0; $(call ALL,not slow,$(WORKERS)); $(NODE_TOOL) vitest run || failed=1; exit $$failed

check: lint ## format, lint, types, layers and the fast tests: in less than a minute
	$(PYTEST) -q tests/unit tests/conformance
	$(NODE_TOOL) vitest run

lint: $(DEV) $(PAGES) ## format, lint, types and layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NODE_TOOL) prettier --check --log-level=warn .
	$(NODE_TOOL) oxlint --type-aware --deny-warnings
	for project in . src/core src/tsconfig.worker.json tests; do $(NODE_TOOL) tsc --project $$project || exit; done

test-slow: setup $(SLOW) ## runs the slow tests
	@failed=0; $(call ALL,slow,$(SLOW_WORKERS)); exit $$failed

try-install: setup ## tries deploy/install.sh and docs/server.md on a bare Debian 12 in a container (as root, on Debian)
	tests/deploy/bare_machine.sh
	tests/deploy/bare_machine.sh by_hand

bench: setup ## prints what signaling costs, how long a call takes to be heard and how well it is, how fast files go
	$(BIN)/python -m benchmarks.signaling
	$(ISOLATED) $(BIN)/python -m benchmarks.time_to_sound
	$(ISOLATED) $(BIN)/python -m benchmarks.loss
	$(ISOLATED) $(BIN)/python -m benchmarks.file_transfer
	$(ISOLATED) $(BIN)/python -m benchmarks.rift
	$(ISOLATED) $(BIN)/python -m benchmarks.ports
	$(ISOLATED) $(BIN)/python -m benchmarks.bottleneck

pictures: setup ## takes pictures of the pages into tests/e2e/pictures (ONLY='test-desktop room-2-*' for some)
	$(ISOLATED) $(BIN)/python -m tools.pictures $(ONLY)

generated: setup ## writes what is made from declarations: kinds and limits of both languages, the table of settings
	$(BIN)/python -m tools.protocol
	$(NODE_TOOL) node settings-table.ts

build: $(RUN) ## makes the wheel in dist/
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

lock: ## pins the newest dependencies that pyproject.toml allows (needs uv)
	python3 -m tools.lock

clean: ## removes all that these verbs made
	rm -rf .venv build dist web/node_modules tests/browsers/node_modules src/keks_meet/server/pages src/keks_meet/server/builtin.toml
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache tests/e2e/pictures
	find benchmarks examples src tests tools -name __pycache__ -prune -exec rm -rf {} +

$(RUN): requirements/run.txt pyproject.toml hatch_build.py tools/setup.sh
	tools/setup.sh run
	@touch $@

$(DEV): requirements/dev.txt web/package-lock.json $(RUN)
	tools/setup.sh dev
	@touch $@

$(TESTS): tools/setup.sh | $(RUN)
	tools/setup.sh tests
	@touch $@

$(SLOW): tools/setup.sh requirements/slow.txt tests/browsers/package-lock.json | $(DEV)
	tools/setup.sh slow
	@touch $@

$(PAGES): $(SOURCES) | $(RUN)
	$(BIN)/python -m tools.build_web
