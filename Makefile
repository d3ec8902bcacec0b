# What there is to do, a target each. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh
# What `premise --version` says.
commit = $$(git rev-parse --short=12 HEAD 2>/dev/null || echo 'commit unknown')
sources := Sources Tests Benchmarks Fuzz Package.swift

.PHONY: help run install test test-one test-planted fuzz bench bench-quick thresholds catalogue coverage format format-check clean

help: ## Prints this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## Installs what is needed, builds a release and runs the demo: start here.
	@Scripts/install run
	@echo "==> building a release"
	@PREMISE_COMMIT="$(commit)" swift build -c release --product premise
	@echo "==> running: premise demo"
	@.build/release/premise demo

install: ## Builds a release and installs the program, its manual page and the shells' completions; PREFIX=/usr/local.
	@Scripts/install run
	@PREMISE_COMMIT="$(commit)" swift build -c release --product premise
	@Scripts/install-program .build/release/premise "$(or $(PREFIX),/usr/local)"

test: ## Installs what is needed and runs all tests; PREMISE_CASES=×10: more random cases, PARALLEL=1: side by side.
	@Scripts/install test
	@Scripts/test

test-one: ## Runs the tests that match TEST=…; PREMISE_SEED=n replays one seed.
	@test -n "$(TEST)" || { echo "usage: make test-one TEST=Suite" >&2; exit 2; }
	@Scripts/install test
	@Scripts/test "$(TEST)"

test-planted: ## Plants bugs on purpose and sees that the tests notice.
	@Scripts/install test
	@Scripts/test-planted

fuzz: ## Feeds the parsers and decoders with garbage, under sanitizers; TARGET=question one of them, SECONDS_EACH=60 for how long.
	@Scripts/install run
	@Scripts/fuzz $(TARGET)

bench: ## Measures everything beside its peers and writes Benchmarks/RESULTS.md; ONLY=sentry,audit,… some of it, without the page.
	@Scripts/install bench
	@Scripts/bench $(if $(ONLY),--print --only $(ONLY))

bench-quick: ## A small version of every benchmark, in minutes, to see that they work; writes no page.
	@Scripts/install bench
	@Scripts/bench --print --quick $(if $(ONLY),--only $(ONLY))

thresholds: ## After make test: counts the instructions of some kernels and compares them with Benchmarks/Thresholds.
	@Scripts/install test
	@Scripts/thresholds

catalogue: ## Generates the catalogue of PostgreSQL's functions, operators and casts from a private server.
	@Scripts/install test
	@Scripts/catalogue/generate

coverage: ## Writes Specs/coverage.md: what of PostgreSQL's catalogue is evaluated.
	@Scripts/install test
	@Scripts/coverage

format: ## Formats the Swift files.
	@swift format -i -r -p $(sources)

format-check: ## Fails if a Swift file is not formatted.
	@echo "==> checking the format"
	@swift format lint -r -s -p $(sources)

clean: ## Removes everything that was built.
	@rm -rf .build .build-*
