# The front door. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PREFIX ?= $(HOME)/.local
SWIFT_BUILD = swift build --explicit-target-dependency-import-check error
RELEASE = -c release -Xswiftc -static-stdlib
DOCUMENTATION = .build/documentation

.PHONY: help setup build release install test check lint format layers demo bench docs fuzz-cel fuzz-registry fuzz-archive fuzz-journal fuzz-delivery fuzz-packages fuzz-specification fuzz-site fuzz-telemetry hostile-cel tsan-cel tsan-transfer tsan-web tsan-kubernetes conformance-cel kill-transfer kill-registry kill-apiserver fuzz-records clean fuzz-kubernetes

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

setup: ## install what is missing (apt packages by name; nothing to do, no root needed)
	@scripts/setup

build: setup ## build everything for development
	$(SWIFT_BUILD)

release: setup ## build the release binaries of ocm and sovereign, with the Swift runtime inside
	$(SWIFT_BUILD) $(RELEASE) --product ocm
	$(SWIFT_BUILD) $(RELEASE) --product sovereign

install: release ## install ocm and sovereign into $(PREFIX)/bin
	@for program in ocm sovereign; do \
		install -D -m 0755 -s "$$($(SWIFT_BUILD) $(RELEASE) --show-bin-path)/$$program" "$(PREFIX)/bin/$$program" && \
		echo "installed $(PREFIX)/bin/$$program"; done

test: setup ## run all tests
	scripts/test

lint: ## check the layout of the code
	scripts/lint

format: ## lay the code out
	swift format format --recursive --in-place Package.swift Sources Tests Benchmarks

layers: ## check that imports follow the architecture
	scripts/check-layers

check: setup lint layers ## what a change must pass: lint, layers, strict build, tests
	$(SWIFT_BUILD) --build-tests
	scripts/test

demo: setup ## the journey: build, sign, verify, carry over an air gap, verify again
	scripts/demo

bench: setup ## measure time and memory, beside skopeo on the same bytes (SUITE=carry, default all; ARGS=--json)
	$(SWIFT_BUILD) $(RELEASE) --product ocm
	$(SWIFT_BUILD) $(RELEASE) --product sovereign
	$(SWIFT_BUILD) $(RELEASE) --product benchmarks
	"$$($(SWIFT_BUILD) $(RELEASE) --show-bin-path)/benchmarks" $(or $(SUITE),all) $(ARGS)

fuzz-cel: ## look for crashes of expressions, patterns, templates and changes in documents (SECONDS=600 for each)
	@for target in expression pattern template localization; do scripts/fuzz $$target $(or $(SECONDS),600) || exit 1; done

fuzz-registry: ## look for crashes of what reads the answers of registries (SECONDS=600)
	@scripts/fuzz registry $(or $(SECONDS),600)

fuzz-site: ## look for crashes of what the site registry reads: requests, tokens, credentials, rules, records (SECONDS=600 for each)
	@for target in request jwt access records; do scripts/fuzz $$target $(or $(SECONDS),600) || exit 1; done

fuzz-specification: ## look for crashes of what reads transformation specifications, in all forms (SECONDS=600)
	@scripts/fuzz specification $(or $(SECONDS),600)

fuzz-telemetry: ## look for crashes of what reads traces, and lines that are forged in logs and metrics (SECONDS=600)
	@scripts/fuzz trace $(or $(SECONDS),600)

fuzz-kubernetes: ## look for crashes of what reads objects of Kubernetes, their schemas, patches, managed fields, selectors and credentials, and the frames of forwarded ports (SECONDS=600 for each)
	@for target in protobuf schema patch selector frame credentials; do scripts/fuzz $$target $(or $(SECONDS),600) || exit 1; done

fuzz-archive: ## look for crashes of what reads volumes, inventories and records of archives (SECONDS=600)
	@scripts/fuzz archive $(or $(SECONDS),600)

fuzz-packages: ## look for crashes of what reads the documents of package repositories (SECONDS=600 for each)
	@for target in xml packument s3 helmindex; do scripts/fuzz $$target $(or $(SECONDS),600) || exit 1; done

kill-transfer: setup ## kill transfers of 1 GiB at random moments, run them again, print what moved twice (POINTS=100)
	$(SWIFT_BUILD) $(RELEASE) --product ocm
	scripts/kill-transfer "$$($(SWIFT_BUILD) $(RELEASE) --show-bin-path)/ocm" $(or $(POINTS),100)

kill-registry: setup ## kill a registry under load at random moments, check what it had acknowledged (POINTS=200)
	$(SWIFT_BUILD) $(RELEASE) --product sovereign
	scripts/kill-registry "$$($(SWIFT_BUILD) $(RELEASE) --show-bin-path)/sovereign" $(or $(POINTS),200)

kill-apiserver: setup ## kill a Kubernetes API server under load at random moments, check what it had acknowledged (POINTS=100)
	$(SWIFT_BUILD) --build-tests
	KILL_POINTS=$(or $(POINTS),100) swift test --skip-build --filter APIServerKillTests

fuzz-records: ## look for crashes of the reader of a registry's records (SECONDS=600)
	@scripts/fuzz records $(or $(SECONDS),600)

fuzz-journal: ## look for crashes of the reader of transfers' journals (SECONDS=600)
	@scripts/fuzz journal $(or $(SECONDS),600)

fuzz-delivery: ## look for crashes of what reads deltas, gzips for them, and logs of evidence (SECONDS=600 for each)
	@for target in delta tokens evidence; do scripts/fuzz $$target $(or $(SECONDS),600) || exit 1; done

hostile-cel: ## measure time and memory of expressions that mean harm
	$(SWIFT_BUILD) -c release --product hostile-expressions
	"$$($(SWIFT_BUILD) -c release --show-bin-path)/hostile-expressions"

tsan-cel: ## evaluate shared expressions from many threads under ThreadSanitizer
	scripts/tsan-cel

tsan-transfer: ## run the tests of what transfers are made of under ThreadSanitizer
	scripts/tsan-transfer

tsan-web: ## run the tests of the web server under ThreadSanitizer
	scripts/tsan-web

tsan-kubernetes: ## run the tests of Kubernetes' API, its client and its controllers under ThreadSanitizer
	scripts/tsan-kubernetes

conformance-cel: ## run the vectors of the expression language, with a count for each file
	scripts/conformance-cel

docs: setup ## build the documentation of the expression engine; any warning fails it
	$(SWIFT_BUILD) --target CEL
	rm -rf $(DOCUMENTATION) && mkdir -p $(DOCUMENTATION)/symbols
	swift symbolgraph-extract -module-name CEL -minimum-access-level public \
		-target "$$(uname -m)-unknown-linux-gnu" -I "$$(swift build --show-bin-path)/Modules" -I Sources/CYAML \
		-output-dir $(DOCUMENTATION)/symbols
	docc convert Sources/CEL/CEL.docc --additional-symbol-graph-dir $(DOCUMENTATION)/symbols \
		--fallback-display-name CEL --fallback-bundle-identifier org.sovereign.cel --warnings-as-errors \
		--output-path $(DOCUMENTATION)/CEL.doccarchive
	@echo "see it: docc preview Sources/CEL/CEL.docc --additional-symbol-graph-dir $(DOCUMENTATION)/symbols"

clean: ## remove what was built
	rm -rf .build build
