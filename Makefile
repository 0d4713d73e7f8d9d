# make run    a first try: DNS on 127.0.0.1:1053, http://127.0.0.1:8053
# make demo   a province on this machine, for people to look at
# make test   installs what the tests need, runs every test
# make help   the rest

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
# The race detector needs a C compiler.
RACE    := $(if $(shell command -v gcc || command -v clang),-race)

# Programs that tests start, and the Debian packages they are in.
TOOLS    := minisign unbound dnsdist kresd dnsmasq nft named pdns_recursor knotd nsd dig kdig drill dnsperf promtool victoria-metrics chromium ip systemd-analyze gcc pdftotext soffice python3 unshare mount radclient umoci runc nsenter qemu-aarch64-static fstrm_capture dnstap-read iodine iodined
PACKAGES := minisign unbound dnsdist knot-resolver dnsmasq-base nftables bind9 pdns-recursor knot nsd bind9-dnsutils knot-dnsutils ldnsutils dnsperf prometheus victoria-metrics chromium iproute2 systemd gcc libc6-dev poppler-utils libreoffice-writer python3 python3-cryptography util-linux mount freeradius-utils umoci runc qemu-user-static fstrm-bin iodine
# What HTTP/2 wants of a server, as a program; it is in no package of Debian.
H2SPEC   := github.com/summerwind/h2spec/cmd/h2spec@v2.2.1+incompatible
# Let's Encrypt's server for tests, likewise.
PEBBLE   := github.com/letsencrypt/pebble/v2/cmd/pebble@v2.10.1
# What renders the chart for Kubernetes (Apache-2.0), in no package of Debian either: three minutes of a CPU.
HELM     := helm.sh/helm/v3/cmd/helm@v3.19.2
# What finds in a page what keeps people out of it (MPL-2.0), for tests alone, with the SHA-256 of its file.
AXE      := axe-core@4.14.1
AXE_SUM  := 29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c
# What the pages take that a test types.
TOOLS    += jq unzip
PACKAGES += jq unzip
export PATH := $(PATH):$(shell go env GOPATH)/bin

# How long make soak takes.
SOAK     := 1h
# How many hubs make fleet starts: 1 or 3.
HUBS     := 1
# Tests that make proof runs in full size.
PROOFS   := GuidesAre|AStateOfTheVersionBefore|OneOfThreeHubs|AHubIsMadeAnew|AHubIsReplaced|ThreeHubsGiveNodes|ThreeHubsHaveOneLedger|AHubThatNobodyNamed|SomebodySeesWhat|ADamagedDiskOfANode|AGeneratedClientDecides|PlainQuestionsAreAnsweredUnderSiege|InForceWithinASecondOfNotify|KillAtAnyMoment|KillLosesNoTick|TimesOfTrouble|WhateverPublishersDo|OtherResolversBlockTheSame|KilledResolve|KilledManage|UpgradeLosesNothing|RestartsAndUpgradesOf|ASmallBox|AFaultInAny|ListsOnWhichResolveCrashes|AStartWithACountry|AtNoMomentOfAStart|HonestAnswersAreRight|KillsLoseAtMostATick|WhatIsConfirmedOutlives|ALongLedgerIsRead|ThePeriodBefore|ThePagesAreForEverybody|APasskeyIsMade|TwoYearsOfAProvince|ADayOfACountry|TwentySixMonths|APackageInAnEmptyDebian|PagesOfACountryAreQuick|OfficesDoTheirWeek|EveryRoleDoesItsWeek|NothingOfOthersRuns|FiftyPeopleClick|AfterAnyRunOfDecisions|ServersOfOthers|ANodeOfTheVersionBefore|AKilledHub|AHubOfAnOlder|ClientsGoOnAtAnotherNode|TwentyNodesDecideAsOne|TwentyNodesOfThreeHubs|TheWalkThroughAFleet|ManySessionsBeside|AnUrgentOrderPasses|NodesTakeWhatHasChanged|WhatANodeDecidesAlone

.PHONY: run demo fleet screens test tools tools-modules tools-packages build man deb image bench mutants proof fuzz fuzz-short soak repeat differential lint cross help

run: ## run the quick start, state in ./state
	go run -ldflags '-X main.version=$(VERSION)' ./cmd/lachan serve --config configs/quickstart.yaml

demo: ## a province on this machine: 24 schools, two weeks of history, the console at http://127.0.0.1:8088
	go run ./bench/demo

fleet: build ## a hub and two nodes on this machine, by configs/fleet; HUBS=3: three hubs
	go run ./bench/fleet -hubs $(HUBS)

screens: ## pictures of the console's pages in docs/screens, taken of the demonstration by Chromium
	go run ./bench/demo -screens docs/screens -dns 127.0.0.1:21054 -http 127.0.0.1:28054 -console 127.0.0.1:28089

# What go vet says is for lint, which asks it once. Nobody reads what debuggers read of a test.
TESTING := -vet=off -ldflags=-w

test: tools ## install what the tests need and run every test; with CI=true none may be skipped
	go test -json $(RACE) $(TESTING) -parallel 4 -timeout 20m ./... | go run ./bench/gate $(if $(CI),-skips=false)

tools: ## install the programs that tests start, where they are missing
	@$(MAKE) --no-print-directory -j 2 tools-modules tools-packages

tools-modules:
	@command -v h2spec >/dev/null || go install $(H2SPEC) || echo "not installed: h2spec, from $(H2SPEC). Its test is left out"
	@command -v pebble >/dev/null || go install $(PEBBLE) || echo "not installed: pebble, from $(PEBBLE). Its tests are left out"
	@command -v helm >/dev/null || go install -ldflags=-w $(HELM) || echo "not installed: helm, from $(HELM). Its tests are left out"
	@echo "$(AXE_SUM)  bin/axe.min.js" | sha256sum --status -c 2>/dev/null || { \
		mkdir -p bin/axe && (cd bin/axe && npm pack --silent $(AXE) >/dev/null && tar xzf axe-core-*.tgz package/axe.min.js) && \
		echo "$(AXE_SUM)  bin/axe/package/axe.min.js" | sha256sum --status -c && mv bin/axe/package/axe.min.js bin/ && rm -r bin/axe; \
	} || echo "not installed: bin/axe.min.js, from $(AXE) by npm. Its test is left out"

tools-packages:
	@missing=""; for t in $(TOOLS); do command -v $$t >/dev/null || missing="$$missing $$t"; done; \
	python3 -c "import cryptography" 2>/dev/null || /usr/bin/python3 -c "import cryptography" 2>/dev/null || missing="$$missing python3-cryptography"; \
	if [ -z "$$missing" ]; then exit 0; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "installing for the tests:$$missing"; \
		{ apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $(PACKAGES); } </dev/null; \
	else \
		echo "not installed:$$missing. The tests that need one of them are left out and named in the end;"; \
		echo "to have all: sudo apt-get install $(PACKAGES)"; \
	fi

build: ## bin/lachan, static
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/lachan ./cmd/lachan

man: build ## the manual below bin/man, in English and in Vietnamese; completions for shells in bin/completion
	bin/lachan man bin/man
	mkdir -p bin/completion
	for s in bash zsh fish; do bin/lachan completion $$s > bin/completion/lachan.$$s; done

# The time of what is packed, and its version as Debian compares them: 1.2+3.gabc of v1.2-3-gabc, else by the time.
EPOCH       = $(shell git log -1 --format=%ct)
DEB_VERSION = $(shell case "$(VERSION)" in (v[0-9]*) echo "$(VERSION)" | sed 's/^v//; s/-/+/; s/-/./g' ;; \
	(*) date -u -d "@$(EPOCH)" "+0~%Y%m%d.%H%M%S.$(VERSION)" | tr - + ;; esac)
# What a program is made of, as CycloneDX (Apache-2.0); a tool of this target alone.
CYCLONEDX   := github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0
# A secret key of minisign that signs SHA256SUMS; none: they are not signed.
MINISIGN_KEY :=

deb: ## Debian packages below bin for amd64 and arm64, what they are made of, SHA256SUMS; MINISIGN_KEY=FILE signs these
	@mkdir -p bin/deb && rm -f bin/SHA256SUMS bin/SHA256SUMS.minisig
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/deb/lachan ./cmd/lachan
	@set -e; for a in amd64 arm64; do name=bin/lachan_$(DEB_VERSION)_$$a; echo "$$name.deb"; \
		GOOS=linux GOARCH=$$a CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/deb/lachan-$$a ./cmd/lachan; \
		SOURCE_DATE_EPOCH=$(EPOCH) HOST_PROGRAM=bin/deb/lachan deploy/deb/build bin/deb/lachan-$$a $$a '$(DEB_VERSION)' bin; \
		go run $(CYCLONEDX) bin -json -std -noserial -version '$(VERSION)' -output $$name.cdx.json bin/deb/lachan-$$a; \
		sed -i "s/\"timestamp\": \"[^\"]*\"/\"timestamp\": \"$$(date -u -d @$(EPOCH) +%FT%TZ)\"/" $$name.cdx.json; \
	done; cd bin; sha256sum lachan_$(DEB_VERSION)_*.deb lachan_$(DEB_VERSION)_*.cdx.json > SHA256SUMS
	@if [ -n '$(MINISIGN_KEY)' ]; then minisign -S -s '$(MINISIGN_KEY)' -m bin/SHA256SUMS; fi

image: ## images for containers below bin, for amd64 and arm64: what docker load, podman load and skopeo take
	@mkdir -p bin/image
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/image/lachan ./cmd/lachan
	@deploy/deb/licences bin/image/lachan > bin/image/licences
	@set -e; for a in amd64 arm64; do name=bin/lachan_$(VERSION)_$$a.image.tar; echo "$$name"; \
		GOOS=linux GOARCH=$$a CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/image/lachan-$$a ./cmd/lachan; \
		SOURCE_DATE_EPOCH=$(EPOCH) go run ./deploy/image -program bin/image/lachan-$$a -architecture $$a \
			-version '$(VERSION)' -licences bin/image/licences -output "$$name"; \
	done

bench: ## measure beside other servers, what is aimed at, and how it grows, an hour; then the parts, in the form that benchstat reads
	go run ./bench/run
	go run ./bench/run -aims
	go run ./bench/run -upstreams
	go run ./bench/run -curves
	go test -run '^$$' -bench . -benchmem -benchtime 300ms ./blocklist/... ./policy/... ./metrics/... ./resolver/... ./cmd/...

# How many fuzz targets run at once; the cores are shared among them.
FUZZERS  := 2

# Every fuzz target for the time given as $(1), those of a package in one program. What one says is shown when it is done.
# Before Go 1.27 a target may fail with "context deadline exceeded" alone, when its time is over (golang/go#75804): it gets
# its time again, three times at most.
define fuzz-all
	@programs=$$(mktemp -d) && trap 'rm -rf "$$programs"' EXIT && \
	grep -rEl '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u | \
	xargs -n 1 -P $(FUZZERS) sh -c 'program=$$0/$$(echo "$$1" | tr ./ __) && \
		go test $(TESTING) -c -fuzz Fuzz -o "$$program" "$$1" </dev/null || exit 255; cd "$$1"; \
		for target in $$(grep -hEo "^func Fuzz[A-Za-z0-9_]*" *_test.go | cut -d " " -f 2 | sort); do \
			for try in 1 2 3; do \
			said=$$("$$program" -test.run "^$$" -test.fuzz "^$$target\$$" -test.fuzztime $(1) -test.fuzzminimizetime 5s \
				-test.fuzzcachedir "$$(go env GOCACHE)/fuzz/$$(go list)" \
				-test.parallel $$(( ($$(nproc) + $(FUZZERS) - 1) / $(FUZZERS) )) 2>&1 </dev/null) && \
				{ echo "$$1 $$target: $$(echo "$$said" | grep ^fuzz | tail -n 1)"; continue 2; }; \
			case "$$said" in *"Failing input"*) break;; *"    context deadline exceeded"*) ;; *) break;; esac; \
			done; echo "$$1 $$target"; echo "$$said"; exit 255; \
		done' "$$programs"
endef

fuzz: ## ten minutes of every fuzz target
	$(call fuzz-all,10m)

fuzz-short: ## half a second of every fuzz target
	$(call fuzz-all,500ms)

proof: tools ## what takes longest, in full size: sieges, 200,000 names by zone transfer, 200 kills, publishers that misbehave, a year of a province
	TEST_PROOF=1 go test -count=1 -timeout 1h -v -run '$(PROOFS)' ./test ./blocklist/rpzout ./metrics ./metrics/history ./metrics/report ./admin ./admin/ledger ./console/statistics ./fleet/hub ./fleet/node

differential: ## a million questions to the resolver and a million decisions of policy, and to their plain references
	go test -count=1 -timeout 30m -run TestDifferential ./resolver -differential 1000000
	go test -count=1 -timeout 60m -run TestDecisionsAgree ./policy -differential 1000000
	go test -count=1 -timeout 30m -run TestExplainIsTheServer ./cmd/lachan/explain -differential 100000

soak: ## an hour at 60% of what the server can, a list changes each minute
	go run ./bench/run -soak $(SOAK)

# Which mutants are drawn, how many, and of which area (all of them without one).
SEED     := 1
N        := 150
AREA     :=

mutants: tools ## change the code at N=150 random places by SEED=1 (or 1,2,3), one at a time: would the tests notice?
	go run ./bench/mutants -seed $(SEED) -n $(N) $(if $(AREA),-area $(AREA))

repeat: ## every test twenty times over
	go test $(RACE) -count=20 -timeout 4h ./...

# Systems that the program is built for, beside the one it is built on, and those of them that
# stand for the others in what is vetted: of each kernel one, of the narrow ones one.
SYSTEMS  := linux/arm linux/arm64 linux/386 darwin/arm64 freebsd/amd64
VETTED   := linux/386 darwin/arm64 freebsd/amd64

cross: ## build for other systems, and vet what differs there
	@for s in $(SYSTEMS); do echo "$$s"; \
		GOOS=$${s%/*} GOARCH=$${s#*/} CGO_ENABLED=0 go build -trimpath -o /dev/null ./cmd/lachan || exit 1; \
	done; for s in $(VETTED); do echo "vet $$s"; \
		GOOS=$${s%/*} GOARCH=$${s#*/} CGO_ENABLED=0 go vet ./internal/... ./resolver/... ./blocklist ./policy ./cmd/... || exit 1; \
	done

lint: ## gofmt, vet, staticcheck
	@unformatted=$$(gofmt -l .); if [ -n "$$unformatted" ]; then echo "gofmt -w:"; echo "$$unformatted"; exit 1; fi
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14
