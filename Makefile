# Patchbay. `make help` says what there is; CONTRIBUTING.md says more.
#
# Go, make and git are all it takes. Every other tool is a Go program at a
# version pinned in .ci/*.mod; it is built into .tools/ when it is first needed.
# Only the tests with Microsoft's clients want Node.js and Chromium.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

GO        ?= go
FUZZTIME  ?= 20000x
TESTFLAGS ?=

# Nothing of ours needs cgo, but the race detector does.
export CGO_ENABLED := 0

# Tests look for races where there is a C compiler, which the race detector
# needs on most systems. `make test RACE=` does without it.
cc    = $(firstword $(shell $(GO) env CC))
RACE ?= $(if $(shell command -v $(cc) 2>/dev/null),-race)

# Where git does not trust the checkout (it belongs to somebody else), builds
# are not stamped with the commit.
ifneq ($(shell git rev-parse HEAD >/dev/null 2>&1 && echo ok),ok)
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)
endif

# Programs that go into bin/: the host, and every bot.
programs = ./host/patchbay $(shell $(GO) list -f '{{if eq .Name "main"}}{{.ImportPath}}{{end}}' ./plugins/... ./examples/...)

.PHONY: help
help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# Building and running.

.PHONY: build
build: ## Build patchbay and every bot into bin/
	$(GO) build -o bin/ $(programs)

.PHONY: demo
demo: build ## Play one conversation on loopback, then stay; DEMO=once, API=chat-api, LINE=8x8, PORT=8080, LOGS=1
	@bin/demo

# Measuring.

.PHONY: bench
bench: ## Measure webhooks and messages per second beside their parts, for about two minutes; BENCHFLAGS='-rounds 5'
	$(GO) run ./host/bench $(BENCHFLAGS)

# Checking.

.PHONY: clients
clients: host/testdata/clients/node_modules/.package-lock.json ## Get Microsoft's Direct Line clients, which tests run where there are Node.js and Chromium

host/testdata/clients/node_modules/.package-lock.json: host/testdata/clients/package.json host/testdata/clients/package-lock.json
	cd host/testdata/clients && npm ci
	touch $@

.PHONY: test
test: ## Run all tests, with the race detector where there is a C compiler
ifeq ($(RACE),)
	@echo '*** NO RACE DETECTOR: it needs a C compiler ($(cc)), and there is none. ***' >&2
endif
ifeq ($(wildcard host/testdata/clients/node_modules),)
	@echo "*** NOT RUN: the tests with Microsoft's clients; make clients gets them. ***" >&2
endif
	@$(if $(RACE),CGO_ENABLED=1) $(GO) test $(RACE) $(TESTFLAGS) ./...

KILLS ?= 100

.PHONY: crash
crash: ## Kill a host under load KILLS (100) times, for about four minutes, and count what is lost, twice, out of order or stranded
	@mkdir -p bin
	$(GO) build -o bin/ ./host/crash
	@bin/crash -kills $(KILLS) $(CRASHFLAGS)

N ?= 2000
FROM ?= 1

.PHONY: seeds
seeds: ## Play N (2000) seeded days of a small host with everything going wrong
	$(GO) test ./bridge -run '^TestSeeds$$' -timeout 60m -seeds $(N) -from $(FROM)

.PHONY: lint
lint: lint-format lint-imports lint-go lint-proto ## Check format, import rules, code and proto

.PHONY: lint-format
lint-format:
	@unformatted=$$("$$($(GO) env GOROOT)/bin/gofmt" -l .ci bridge examples host plugins proto) && \
	if [ -n "$$unformatted" ]; then echo "not as gofmt writes it:"; echo "$$unformatted"; exit 1; fi

.PHONY: lint-imports
lint-imports:
	$(GO) test -run '^Test(Imports|Rules|Folders|NoSleep)$$' ./host

.PHONY: lint-go
lint-go: .tools/golangci-lint
	$(GO) vet ./...
	.tools/golangci-lint run ./...

.PHONY: lint-proto
lint-proto: .tools/buf
	.tools/buf lint proto
	.ci/breaking

.PHONY: fuzz
fuzz: ## Fuzz every Fuzz function, FUZZTIME (20000x) inputs each
	.ci/fuzz $(FUZZTIME)

.PHONY: vulncheck
vulncheck: .tools/govulncheck ## Look for known vulnerabilities in what is used (needs the network)
	.tools/govulncheck ./...

# Generated code.

.PHONY: generate
generate: .tools/buf .tools/protoc-gen-go .tools/protoc-gen-go-grpc ## Generate the Go of proto/
	cd proto && PATH="$(CURDIR)/.tools:$$PATH" ../.tools/buf generate

.PHONY: check-generated
check-generated: .tools/buf .tools/protoc-gen-go .tools/protoc-gen-go-grpc ## Check that the Go of proto/ is fresh
	@copy=$$(mktemp -d) && trap 'rm -rf "$$copy"' EXIT && cp -R proto "$$copy" && \
	find "$$copy/proto" -name '*.pb.go' -delete && \
	(cd "$$copy/proto" && PATH="$(CURDIR)/.tools:$$PATH" "$(CURDIR)/.tools/buf" generate) && \
	if git --no-pager diff --no-index --exit-code proto "$$copy/proto"; \
	then echo 'generated code is fresh'; \
	else echo 'generated code is not what `make generate` makes'; exit 1; fi

# Tools. Building one again costs nothing once it is in Go's build cache.

.PHONY: tools
tools: .tools/golangci-lint .tools/govulncheck .tools/buf .tools/protoc-gen-go .tools/protoc-gen-go-grpc ## Build the tools ahead of their use

go_tool = $(GO) build -modfile=$(1) -o .tools/ $(2) && touch $@

.tools/golangci-lint: .ci/tools.mod .ci/tools.sum
	$(call go_tool,.ci/tools.mod,github.com/golangci/golangci-lint/v2/cmd/golangci-lint)

.tools/govulncheck: .ci/tools.mod .ci/tools.sum
	$(call go_tool,.ci/tools.mod,golang.org/x/vuln/cmd/govulncheck)

.tools/protoc-gen-go: .ci/tools.mod .ci/tools.sum
	$(call go_tool,.ci/tools.mod,google.golang.org/protobuf/cmd/protoc-gen-go)

.tools/protoc-gen-go-grpc: .ci/tools.mod .ci/tools.sum
	$(call go_tool,.ci/tools.mod,google.golang.org/grpc/cmd/protoc-gen-go-grpc)

.tools/buf: .ci/buf.mod .ci/buf.sum
	$(call go_tool,.ci/buf.mod,github.com/bufbuild/buf/cmd/buf)

# Housekeeping.

.PHONY: tidy
tidy: ## Tidy go.mod
	$(GO) mod tidy

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin .tools host/testdata/clients/node_modules
