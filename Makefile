# QloBooks. `make help` lists the targets.
SHELL := /bin/bash
NPM := npm --prefix frontend
TOOL := go tool -modfile=internal/tools/go.mod

.DEFAULT_GOAL := help
.PHONY: help demo cents race test check test-go test-frontend test-browser chromium pictures lint types generate verify vuln menu build package bench bench-million crash migrate-new frontend-deps

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

frontend-deps: frontend/node_modules/.made

frontend/node_modules/.made: frontend/package.json frontend/package-lock.json
	$(NPM) ci --no-audit --no-fund
	@touch $@

frontend/dist/index.html: frontend/node_modules/.made $(shell find frontend/src frontend/index.html frontend/vite.config.ts frontend/public -type f 2>/dev/null)
	$(NPM) run build
	@touch $@

demo: frontend/dist/index.html ## run the whole product on a sample hotel, nothing else needed
	go run ./internal/demo

build: frontend/dist/index.html ## build the programs into bin/
	go build -o bin/ ./api ./worker
	go build -o bin/sandbox ./internal/sandbox

PACKAGE_VERSION ?= 0.0.0~dev
PACKAGE_ARCH ?= $(shell go env GOARCH)

package: frontend/dist/index.html ## build a Debian package into bin/ (PACKAGE_VERSION, PACKAGE_ARCH)
	CGO_ENABLED=0 GOARCH=$(PACKAGE_ARCH) go build -trimpath -ldflags "-s -w -X main.version=$(PACKAGE_VERSION)" -o bin/package/qlobooks-api ./api
	CGO_ENABLED=0 GOARCH=$(PACKAGE_ARCH) go build -trimpath -ldflags "-s -w" -o bin/package/qlobooks-worker ./worker
	PACKAGE_VERSION=$(PACKAGE_VERSION) PACKAGE_ARCH=$(PACKAGE_ARCH) $(TOOL) nfpm package --config internal/tools/package/nfpm.yaml --packager deb --target bin/

test: frontend/dist/index.html chromium ## all tests: front end, Go, browser; ends with a table
	go run ./internal/suite

check: lint types ## what daily work asks for in a minute and a half: lint, front end, short Go tests of what was changed
	go run ./internal/suite -short -slowest 0

test-go: frontend/dist/index.html ## the Go tests alone
	go run ./internal/suite parts "whole product"

race: frontend/dist/index.html ## all Go tests with the race detector, which takes longer
	CGO_ENABLED=1 go test -race -parallel 4 -timeout 90m ./...

test-frontend: frontend/node_modules/.made ## the front end's tests alone
	go run ./internal/suite "front end"

test-browser: frontend/dist/index.html chromium ## the browser's tests alone
	go run ./internal/suite browser

chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || command -v chromium-browser >/dev/null || \
	  { echo "Chromium is missing; trying to install it from the distribution"; \
	    { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get -q update && apt-get -q install -y --no-install-recommends chromium; } || \
	    { echo "The browser tests need Chromium. Install it with: apt-get install chromium"; exit 1; }; }

crash: ## kill workers, Redis and the database a hundred times while thousands of documents are posted
	CRASH=full go test -count=1 -timeout 40m -v -run TestNothingIsDoubledOrLost ./internal/crash

bench: ## measure calls, pace, speed and a hotel of BENCH_ORDERS (100 000) orders; prints a table and writes bench.json
	go run ./internal/bench

bench-million: ## measure a hotel of a million orders against one of a hundred thousand; an hour and 10 GB
	BENCH=scale BENCH_ORDERS=1000000 go run ./internal/bench

cents: ## hold 100 000 generated orders to the cent
	@out=$$(mktemp); QLOBOOKS_ORDERS=100000 go test -count=1 -timeout 60m -run 'GeneratedOrders|NoOrder|FoundOrders' -v ./internal/flow >$$out 2>&1; code=$$?; \
	if [ $$code = 0 ]; then grep -v 'order [0-9]' $$out; else cat $$out; fi; rm -f $$out; exit $$code

lint: ## look for mistakes without running anything
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { echo "gofmt would change:"; gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...

types: frontend/node_modules/.made
	$(NPM) run lint --silent

generate: frontend/node_modules/.made ## make everything that is made: OpenAPI file, client types, titles of causes
	go test -count=1 ./internal/fault -run TestThePagesShowTheSameTitles -update
	$(TOOL) swag init -q -g rest.go -d api/rest,internal/settings --parseInternal --requiredByDefault --outputTypes json -o docs
	cd internal/tools && go run ./openapi ../../docs/swagger.json ../../docs/openapi.json
	$(NPM) run generate

verify: lint generate menu vuln ## make everything again and fail on a difference
	@git diff --exit-code --stat -- docs frontend/src/api frontend/src/lib/texts/titles.gen.json || { echo "Generated files were out of date: run make generate and commit."; exit 1; }

vuln: ## look for known vulnerabilities in what is called
	cd internal/tools && go run ./vuln ../..

menu: frontend/node_modules/.made ## fail when the documentation's pictures show another menu than there is
	cd frontend && node_modules/.bin/vitest run src/app/pictures.test.ts --reporter=dot

pictures: frontend/dist/index.html chromium ## draw the documentation's pictures anew
	cd frontend && E2E_PART=pictures node e2e/run.mjs

migrate-new: ## make a migration: make migrate-new NAME=what_it_adds
	@n=$$(printf '%04d' $$(( $$(ls migrations/*.sql | sed -E 's/.*\/0*([0-9]+)_.*/\1/' | sort -n | tail -1) + 1 ))); \
	  printf -- '-- What and why.\n\n-- +goose Up\n\n-- +goose Down\n' > migrations/$${n}_$(NAME).sql; echo migrations/$${n}_$(NAME).sql
