# SPDX-License-Identifier: Apache-2.0
#
#   make deps image    install what is needed and build the main image into out/cephalo
#   make deps check    install what is needed and run all tests
#   make               the program: ./imgbuild
#   make help          the other targets; V=1 shows every command

ifeq ($(MAKELEVEL),0)
MAKEFLAGS += --jobs=$(shell nproc) --no-print-directory
endif

PREFIX ?= /usr/local
BUILD  ?= build
RECIPE ?= recipes/cephalo.json

# libcurl is not linked: the first request loads it (transfer/http/curl_library.h)
OPENED_LIBS := libcurl
LIBS := libarchive jansson libcrypto libdeflate libzstd liblzma zlib libseccomp yaml-0.1 expat libpcre2-8 libisal

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
        -Wformat=2 -Wwrite-strings -Wundef -Wdate-time -Wimplicit-fallthrough -fno-common
ifeq ($(WERROR),1)
WARN += -Werror
endif
HARDEN := -fstack-protector-strong -fstack-clash-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fPIE
CFLAGS  ?= -O2 -g $(HARDEN)
LDFLAGS ?= -pie -Wl,-z,relro,-z,now -Wl,--as-needed

Q   := $(if $(filter 1,$(V)),,@)
say  = @printf '  %-4s %s\n' $(1) $(2)

BASE_CFLAGS := -std=gnu17 -D_GNU_SOURCE $(WARN) $(CFLAGS) $(SANITIZE) -MMD -MP -pthread
LINK         = $(Q)$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -pthread -o $@
LINK_LIBS    = $(shell pkg-config --libs $(LIBS))
TEST_LIBS    = $(LINK_LIBS) $(shell pkg-config --libs $(OPENED_LIBS)) -lcriterion

# files of a folder and all below it; prerequisites by path are there or make ends
below    = $(sort $(shell find $(1) -name '$(2)' -type f))
is_there = $(if $(wildcard $(1)),$(1),$(error Makefile: $(1) is not there))

SRC     := $(call below,builder,*.c)
OBJ     := $(SRC:%.c=$(BUILD)/%.o)
CORE    := $(filter-out $(BUILD)/builder/main.o,$(OBJ))
SUPPORT := $(sort $(wildcard tests/support/*.c))
UNIT    := $(filter-out tests/scripts-free/% tests/e2e/% tests/full/%,$(call below,tests,test_*.c))
E2E     := $(sort $(wildcard tests/e2e/*.c))
FULL    := $(sort $(wildcard tests/full/*.c))
FULL_E2E := $(wildcard tests/e2e/fixture_*.c) tests/e2e/lintian.c
PROGRAM := $(filter-out scripts-free/hello/%,$(sort $(wildcard scripts-free/*/*.c)))
RUNTIME := $(sort $(wildcard tests/scripts-free/*.c))
FAKES   := $(patsubst tests/scripts-free/fake/fake_%.c,$(BUILD)/fake/%,$(wildcard tests/scripts-free/fake/*.c))
FUZZ    := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
GROWTH  := $(sort $(wildcard tests/growth/*.c))
BENCH   := $(patsubst tests/bench/bench_%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))

.PHONY: all
all: imgbuild ## the program, ./imgbuild

# "make deps image" installs first and compiles then, also on several processors.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
$(OBJ) $(patsubst %.c,$(BUILD)/%.o,$(UNIT) $(SUPPORT) $(E2E) $(FULL) $(RUNTIME) $(GROWTH) $(PROGRAM)) image check check-full: | deps
endif

imgbuild: $(OBJ)
	$(call say,LINK,$@)
	$(LINK) $^ $(LINK_LIBS)

# texts that are linked in, which the compiler does not tell make
linked_in = $(eval $(BUILD)/$(patsubst %.c,%.o,$(call is_there,$(1))): $(foreach f,$(2),$(call is_there,$(f))))
$(call linked_in,builder/cli/cmd_schema.c,docs/recipe.schema.json)
$(call linked_in,builder/inspect/report/report_html.c,builder/inspect/report/page.css builder/inspect/report/page.js)

$(BUILD)/builder/%.o: builder/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) -Ibuilder -c -o $@ $<

$(BUILD)/scripts-free/%.o: scripts-free/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) -Iscripts-free -c -o $@ $<

$(BUILD)/tests/%.o: tests/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) -Ibuilder -Iscripts-free -Itests -c -o $@ $<

# ---- signer plug-ins: what they have in common with imgbuild is linked in ----

PKCS11        := $(sort $(wildcard signers/pkcs11/*.c))
PKCS11_SHARED := $(filter-out %/yaml.o,$(filter $(BUILD)/builder/base/% $(BUILD)/builder/format/json/% %/base64.o,$(OBJ)))

$(BUILD)/signers/%.o: signers/%.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(BASE_CFLAGS) -Ibuilder $(shell pkg-config --cflags p11-kit-1) -c -o $@ $<

$(BUILD)/imgbuild-signer-pkcs11: $(PKCS11:%.c=$(BUILD)/%.o) $(PKCS11_SHARED)
	$(call say,LINK,$@)
	$(LINK) $^ $(shell pkg-config --libs p11-kit-1 jansson libcrypto libseccomp)

.PHONY: signer-pkcs11 install-signer-pkcs11
signer-pkcs11: $(BUILD)/imgbuild-signer-pkcs11 ## the signer plug-in for PKCS#11 tokens; needs libp11-kit-dev
install-signer-pkcs11: $(BUILD)/imgbuild-signer-pkcs11 ## puts it beside imgbuild
	$(call put,0755,$<,$(PREFIX)/bin/imgbuild-signer-pkcs11)

# ---- images ----

.PHONY: image
image: imgbuild ## the main image, into out/cephalo
	+./imgbuild $(RECIPE)

# ---- tests ----

.PHONY: check check-full check-unit check-growth check-runtime check-e2e check-asan
check: ## all tests, as CI runs them
	$(MAKE) check-unit
	$(MAKE) check-growth
	$(MAKE) check-runtime
	$(MAKE) check-e2e

# what stands behind arrays and lists is poison: tests/base/test_red_zones.c
RED_ZONES := -Wl,--wrap=arena_array,--wrap=list_grow

$(BUILD)/check-unit: $(UNIT:%.c=$(BUILD)/%.o) $(SUPPORT:%.c=$(BUILD)/%.o) $(CORE)
	$(call say,LINK,$@)
	$(LINK) $(RED_ZONES) $^ $(TEST_LIBS)

$(BUILD)/check-e2e: $(E2E:%.c=$(BUILD)/%.o) $(SUPPORT:%.c=$(BUILD)/%.o) $(CORE)
	$(call say,LINK,$@)
	$(LINK) $^ $(TEST_LIBS)

$(BUILD)/check-full: $(FULL:%.c=$(BUILD)/%.o) $(FULL_E2E:%.c=$(BUILD)/%.o) $(SUPPORT:%.c=$(BUILD)/%.o) $(CORE)
	$(call say,LINK,$@)
	$(LINK) $^ $(TEST_LIBS)

$(BUILD)/check-growth: $(GROWTH:%.c=$(BUILD)/%.o) $(SUPPORT:%.c=$(BUILD)/%.o) $(CORE)
	$(call say,LINK,$@)
	$(LINK) $^ $(TEST_LIBS)

$(BUILD)/error-page: $(BUILD)/tests/docs/main.o $(SUPPORT:%.c=$(BUILD)/%.o) $(CORE)
	$(call say,LINK,$@)
	$(LINK) $^ $(TEST_LIBS)

$(BUILD)/check-runtime: $(RUNTIME:%.c=$(BUILD)/%.o) $(BUILD)/tests/support/fixture_port.o $(filter-out %/main.o,$(PROGRAM:%.c=$(BUILD)/%.o))
	$(call say,LINK,$@)
	$(LINK) $^ -lcriterion

# As in the image: static, and only what is used. Sanitizers cannot be linked statically.
RUNTIME_STATIC = $(if $(SANITIZE),,-static-pie -ffunction-sections -fdata-sections -Wl,--gc-sections)

$(BUILD)/scripts-free/healthcheck/healthcheck: $(filter scripts-free/healthcheck/% scripts-free/common/%,$(PROGRAM)) $(wildcard scripts-free/*/*.h)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BASE_CFLAGS) $(RUNTIME_STATIC) -Iscripts-free -o $@ $(filter %.c,$^)

$(BUILD)/scripts-free/probe/probe: $(filter scripts-free/probe/%,$(PROGRAM)) $(wildcard scripts-free/probe/*.h)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BASE_CFLAGS) $(RUNTIME_STATIC) -Iscripts-free -o $@ $(filter %.c,$^)

# TEST_PATHS: takes its folders from $$TEST_ROOT; no such switch is in the program of the image.
$(BUILD)/test-runtime/entrypoint: $(filter scripts-free/entrypoint/% scripts-free/common/%,$(PROGRAM)) $(wildcard scripts-free/*/*.h)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(BASE_CFLAGS) $(RUNTIME_STATIC) -DTEST_PATHS=1 -Iscripts-free -o $@ $(filter %.c,$^)

# Fakes fork thousands of children, which sanitizers do not bear, and are not what is tested.
$(BUILD)/fake/%: tests/scripts-free/fake/fake_%.c
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(Q)$(CC) $(filter-out $(SANITIZE),$(BASE_CFLAGS)) $(LDFLAGS) -Iscripts-free -o $@ $<

RUNTIME_PROGRAMS = $(FAKES) $(BUILD)/test-runtime/entrypoint $(BUILD)/scripts-free/healthcheck/healthcheck \
                   $(BUILD)/scripts-free/probe/probe

# what `make fuzz` and `make bench` link is compiled, so that it does not fall behind
NOT_RUN := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/fuzz/fuzz_*.c tests/bench/*.c))

check-unit: $(BUILD)/check-unit imgbuild $(NOT_RUN) ## tests of builder/ and of the style
	$(TEST_ENV) $(BUILD)/check-unit

# Counts instructions under valgrind: what twice the input costs. GROWTH_ONLY: the cases that have this word.
check-growth: $(BUILD)/check-growth ## how the cost of parsers grows with their input
	$(BUILD)/check-growth $(GROWTH_ONLY)

check-runtime: $(BUILD)/check-runtime $(RUNTIME_PROGRAMS) ## tests of scripts-free/, the programs inside images
	$(TEST_ENV) $(BUILD)/check-runtime

# The images are built first: compiling Squid takes longer than a test may. What `make check-full`
# runs is linked, so that it does not fall behind.
check-e2e: $(BUILD)/check-e2e $(BUILD)/check-full imgbuild ## whole images: builds them, then podman, registries, mirrors on 127.0.0.1
	./imgbuild --progress=plain recipes/hello.json recipes/cephalo.json recipes/cephalo-slim.json \
	    recipes/cephalo-packages.json recipes/cephalo-py-source.json
	./imgbuild --progress=plain --platform linux/arm64 recipes/hello.json recipes/cephalo-packages.json
	$(TEST_ENV) $(BUILD)/check-e2e --jobs 2

# What takes too long for every day: the longer variants of the tests, both Debians, both machines.
check-full: imgbuild ## check with its longer variants, on both Debian releases; hours
	IMGBUILD_FULL=1 $(MAKE) check
	$(MAKE) check-full-run

.PHONY: check-full-run
check-full-run: $(BUILD)/check-full
	$(TEST_ENV) $(BUILD)/check-full --jobs 1

# A leak is printed by AddressSanitizer but only abort_on_error makes criterion see it.
check-asan: imgbuild ## the unit tests under AddressSanitizer and UBSan
	$(MAKE) BUILD=build-asan SANITIZE="-fsanitize=address,undefined -fno-omit-frame-pointer" CFLAGS="-O1 -g" LDFLAGS= \
	        TEST_ENV="ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1 LSAN_OPTIONS=suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0" check-asan-run

.PHONY: check-asan-run
check-asan-run: $(BUILD)/check-unit $(BUILD)/check-runtime $(RUNTIME_PROGRAMS)
	$(TEST_ENV) $(BUILD)/check-unit
	$(TEST_ENV) $(BUILD)/check-runtime

# ---- fuzzing, figures, analysis ----

FUZZ_SECONDS ?= 30
FUZZ_CC      := clang -std=gnu17 -D_GNU_SOURCE -O1 -g -fno-sanitize-recover=all -Ibuilder -Iscripts-free -Itests
# targets over the programs of the images; all others are over the builder
FUZZ_RUNTIME := $(addprefix $(BUILD)/fuzz/fuzz_,http_request squid_conf log_escape der)

.PHONY: fuzz
fuzz: $(FUZZ) ## every fuzz target, FUZZ_SECONDS=30 each
	for f in $^; do $$f -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=2048 || exit 1; done

$(BUILD)/fuzz/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer-no-link,address,undefined -c -o $@ $<

FUZZ_BUILDER_OBJ := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out builder/main.c,$(SRC)))
FUZZ_RUNTIME_OBJ := $(patsubst %.c,$(BUILD)/fuzz/%.o,$(filter-out %/main.c,$(PROGRAM)))

$(FUZZ_RUNTIME): $(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_RUNTIME_OBJ)
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^

# two readings of one layer: what compares them is the tests', too
$(BUILD)/fuzz/fuzz_layer_umoci: $(patsubst %,$(BUILD)/fuzz/tests/support/%.o,fixture_layerdiff gen_layer fixture_unpacked)

$(filter-out $(FUZZ_RUNTIME),$(FUZZ)): $(BUILD)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_BUILDER_OBJ)
	$(call say,FUZZ,$@)
	$(Q)$(FUZZ_CC) -fsanitize=fuzzer,address,undefined -o $@ $^ $(LINK_LIBS) -pthread

.PHONY: bench
.SECONDARY:
bench: imgbuild $(BENCH) $(RUNTIME_PROGRAMS) ## figures beside those of peers
	$(BUILD)/bench/closure
	$(BUILD)/bench/layer
	$(BUILD)/bench/scale
	$(BUILD)/bench/build
	$(BUILD)/bench/change
	$(BUILD)/bench/lock
	$(BUILD)/bench/network
	$(BUILD)/bench/fleet
	$(BUILD)/bench/simulation
	$(BUILD)/bench/edit
	$(BUILD)/bench/compile
	$(BUILD)/bench/rebase 100
	$(BUILD)/bench/sign
	$(BUILD)/bench/runtime $(BUILD)
	./imgbuild --progress=plain recipes/cephalo.json -o $(BUILD)/bench-image/cephalo
	$(BUILD)/bench/transfer $(BUILD)/bench-image/cephalo
	rm -rf $(BUILD)/bench-image/bundle
	umoci unpack --rootless --image $(BUILD)/bench-image/cephalo:cephalo:latest $(BUILD)/bench-image/bundle
	$(BUILD)/bench/start $(BUILD)/bench-image/bundle/rootfs
	$(BUILD)/bench/load $(BUILD)/bench-image/bundle/rootfs

$(BUILD)/bench/%: $(BUILD)/tests/bench/bench_%.o $(SUPPORT:%.c=$(BUILD)/%.o) $(CORE)
	@mkdir -p $(@D)
	$(call say,LINK,$@)
	$(LINK) $^ $(TEST_LIBS)

# Debian 12 and 13 both have this one; others break lines in other places.
CLANG_FORMAT := clang-format-19
C_FILES      := $(sort $(shell find builder scripts-free signers tests -name '*.c' -o -name '*.h'))
# misspelt on purpose in tests, and words of ours
SPELLED      := nd,fpr,platfroms,nknown,compnents,te,pakages,paht,debain,debians,verfy,nin,filetests,buidl,pyton,plian,componets,titel,debgu,fo,crate,nam
# Dead stores: it does not see that a cleanup attribute reads a variable. Padding: fields are in the
# order that reads best. vfork and strcat: of fakes and tests, which know their sizes.
LINT_CHECKS  := -*,clang-analyzer-*,bugprone-infinite-loop,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,-clang-analyzer-deadcode.DeadStores,-clang-analyzer-optin.performance.Padding,-clang-analyzer-unix.Vfork,-clang-analyzer-security.insecureAPI.vfork,-clang-analyzer-security.insecureAPI.strcpy
LINT_FLAGS    = -std=gnu17 -D_GNU_SOURCE -Ibuilder -Iscripts-free -Itests $(shell pkg-config --cflags p11-kit-1 2>/dev/null)
# Release 2.10 (Debian 12) knows neither the macros of criterion nor _Noreturn; and NULL is a
# pointer, as POSIX has it.
CPPCHECK_FLAGS := --quiet --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 \
                  --suppress=missingIncludeSystem --suppress=nullPointerRedundantCheck \
                  --suppress=ctuuninitvar --suppress=comparePointers --suppress=varFuncNullUB \
                  '-DTest(suite,name,...)=void suite\#\#_\#\#name(void)' \
                  '-DTestSuite(suite,...)=void suite\#\#_suite(void)' \
                  '-D_Noreturn=__attribute__((noreturn))' -D_GNU_SOURCE -D__x86_64__ \
                  -Ibuilder -Iscripts-free -Itests

.PHONY: lint
lint: $(patsubst %.c,$(BUILD)/tidy/%,$(filter-out tests/e2e/projects/%,$(filter %.c,$(C_FILES)))) ## layout, clang-tidy, cppcheck and spelling of all sources
	$(CLANG_FORMAT) --dry-run -Werror $(C_FILES)
	codespell --ignore-words-list=$(SPELLED) builder scripts-free signers tests docs README.md Makefile
	cppcheck $(CPPCHECK_FLAGS) builder scripts-free signers tests

# a file at a time, so that make -j helps and what was looked at is not looked at again
$(BUILD)/tidy/%: %.c
	@mkdir -p $(@D)
	$(call say,TIDY,$<)
	$(Q)$(CC) $(LINT_FLAGS) -MM -MP -MT $@ -MF $@.d $<
	$(Q)clang-tidy --quiet --warnings-as-errors='*' --checks=$(LINT_CHECKS) $< -- $(LINT_FLAGS) && touch $@

.PHONY: format
format: ## lay the C sources out as .clang-format says
	$(CLANG_FORMAT) -i $(C_FILES)

# For editors and language servers: one entry for each .c file, as it is compiled here.
compile_commands.json: Makefile ## what language servers read
	@{ printf '['; sep=; for f in $(filter %.c,$(C_FILES)); do \
	    printf '%s\n{"directory":"%s","file":"%s","command":"cc -std=gnu17 -D_GNU_SOURCE $(WARN) $(LINT_FLAGS) -c %s"}' \
	        "$$sep" '$(CURDIR)' "$$f" "$$f"; sep=,; done; printf '\n]\n'; } > $@

# ---- documents made from tables ----

.PHONY: docs
docs: imgbuild $(BUILD)/error-page ## the man page and the reference pages that are made from tables
	./imgbuild manual page >docs/imgbuild.1
	./imgbuild manual recipe-page >docs/imgbuild-recipe.5
	./imgbuild manual reference >docs/reference/cli.md
	./imgbuild manual recipe >docs/reference/recipe.md
	./imgbuild manual source >docs/reference/source.md
	$(BUILD)/error-page >docs/reference/errors.md

# ---- installation ----

RUN_PACKAGES   := gcc make pkg-config libc6-dev libcurl4-openssl-dev libarchive-dev libjansson-dev libssl-dev \
                  libdeflate-dev libzstd-dev liblzma-dev zlib1g-dev libseccomp-dev libyaml-dev libexpat1-dev libpcre2-dev libisal-dev bubblewrap sqv gpgv \
                  debian-archive-keyring ca-certificates
CHECK_PACKAGES := git redis-tools libcriterion-dev gnupg openssl curl xz-utils zstd bzip2 binutils patchelf python3 python3-jsonschema python3-pip-whl podman runc \
                  conmon catatonit netavark aardvark-dns iptables nftables skopeo umoci buildah docker-registry mmdebstrap busybox-static toybox strace faketime \
                  chromium valgrind dpkg-dev qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross graphviz groff-base zsh fish
BENCH_PACKAGES := libtree ninja-build pax-utils python3-pyelftools
LINT_PACKAGES  := clang-tidy clang $(CLANG_FORMAT) cppcheck codespell
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

# The packages of the tests come along when a check is made in the same call.
.PHONY: deps
deps: ## what the other goals of the same call need, by apt-get
	$(SUDO) apt-get update --quiet
	$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends \
	    $(RUN_PACKAGES) $(if $(filter check% bench,$(MAKECMDGOALS)),$(CHECK_PACKAGES)) \
	    $(if $(filter bench,$(MAKECMDGOALS)),$(BENCH_PACKAGES)) \
	    $(if $(filter lint fuzz,$(MAKECMDGOALS)),$(LINT_PACKAGES)) \
	    $(if $(filter lint signer-pkcs11 install-signer-pkcs11,$(MAKECMDGOALS)),libp11-kit-dev)

# what comes with imgbuild, as a repository: bases and toolchains with their files, and locks to start from
BUILTIN_BASES := cc-debian13
BUILTIN_FILES := docs/recipe.schema.json locks/tools.lock.json $(call below,recipes/toolchain,*.json) $(call below,recipes/family,*.json) \
                 $(call below,scripts-free/probe,*.[ch]) \
                 $(foreach b,$(BUILTIN_BASES),$(call is_there,recipes/$(b).json) $(wildcard recipes/$(b).lock.json recipes/$(b).*.lock.json) \
                                              $(call below,rootfs/$(b),*))
DOC_FILES     := README.md $(filter-out docs/imgbuild.1 docs/imgbuild-recipe.5 docs/recipe.schema.json,$(call below,docs,*))

SHARE       := $(PREFIX)/share
COMPLETIONS := bash=bash-completion/completions/imgbuild zsh=zsh/vendor-completions/_imgbuild fish=fish/vendor_completions.d/imgbuild.fish
shell_of     = $(firstword $(subst =, ,$(1)))
place_of     = $(SHARE)/$(lastword $(subst =, ,$(1)))

# $(call put,MODE,FILE,TO)
put = install -D -m $(1) $(2) $(DESTDIR)$(3)

# Two calls of make may install at once: each writes a file of its own ($$$$: the number of the process) and gives it the name.
$(BUILD)/completion/%: imgbuild
	@mkdir -p $(@D)
	./imgbuild completion $* > $@.$$$$ && mv $@.$$$$ $@

# The catalogue without this repository's own images.
$(BUILD)/images.json: images.json
	@mkdir -p $(@D)
	sed -z 's/,\n  "images": {.*\n  }\n}/\n}/' images.json > $@.$$$$ && mv $@.$$$$ $@

# what it needs to run; recipes/sources/imgbuild.json makes imgbuild's own image of it
.PHONY: install-program
install-program: imgbuild $(BUILD)/images.json
	$(call put,0755,imgbuild,$(PREFIX)/bin/imgbuild)
	$(call put,0644,$(BUILD)/images.json,$(SHARE)/imgbuild/images.json)
	$(Q)set -e; $(foreach f,$(BUILTIN_FILES),$(call put,0644,$(f),$(SHARE)/imgbuild/$(f));)

.PHONY: install
install: install-program $(foreach c,$(COMPLETIONS),$(BUILD)/completion/$(call shell_of,$(c))) ## into PREFIX=/usr/local, below DESTDIR
	$(call put,0644,docs/imgbuild.1,$(SHARE)/man/man1/imgbuild.1)
	$(call put,0644,docs/imgbuild-recipe.5,$(SHARE)/man/man5/imgbuild-recipe.5)
	$(Q)set -e; $(foreach c,$(COMPLETIONS),$(call put,0644,$(BUILD)/completion/$(call shell_of,$(c)),$(call place_of,$(c)));)
	$(Q)set -e; $(foreach f,$(DOC_FILES),$(call put,0644,$(f),$(SHARE)/doc/imgbuild/$(f));)

.PHONY: uninstall
uninstall: ## removes what install put there
	rm -f $(addprefix $(DESTDIR),$(PREFIX)/bin/imgbuild $(PREFIX)/bin/imgbuild-signer-pkcs11 $(SHARE)/man/man1/imgbuild.1 $(SHARE)/man/man5/imgbuild-recipe.5 $(foreach c,$(COMPLETIONS),$(call place_of,$(c))))
	rm -rf $(DESTDIR)$(SHARE)/imgbuild $(DESTDIR)$(SHARE)/doc/imgbuild

# A package for the Debian that this runs on. It is linked without a build id, which tells of folders (and strip(1) cannot
# take that out without losing RELRO), and has no times of its own: it is the same wherever it is made.
DEB              := $(BUILD)/deb
DEB_OUT          := $(BUILD)
DEB_ROOT         := $(DEB)/root
DEB_VERSION       = $(shell sed -n 's/.*IMGBUILD_VERSION "\(.*\)"/\1/p' builder/base/version.h)~deb$(shell sed -n 's/^VERSION_ID="\(.*\)"/\1/p' /etc/os-release)
DEB_ARCHITECTURE  = $(shell dpkg --print-architecture)
DEB_MAINTAINER   ?= The imgbuild authors <imgbuild@packages.invalid>
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || stat --format=%Y builder/base/version.h)
deb deb-build: export SOURCE_DATE_EPOCH := $(SOURCE_DATE_EPOCH)

define DEB_CONTROL
Package: imgbuild
Version: $(DEB_VERSION)
Section: admin
Priority: optional
Architecture: $(DEB_ARCHITECTURE)
Maintainer: $(DEB_MAINTAINER)
Depends: $(DEB_DEPENDS), bubblewrap, ca-certificates, debian-archive-keyring, sqv | gpgv
Description: build distroless Debian images from a recipe
 imgbuild makes OCI images without a shell, a package manager or anything else
 that the recipe does not ask for. Packages are proved against the signatures
 of the archive, libraries are found by reading ELF files, sources are compiled
 in a sandbox, and the same recipe and lock give the same bytes.
 .
 It needs no root, no daemon and no Docker.
endef

define DEB_COPYRIGHT
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: imgbuild

Files: *
Copyright: 2026 The imgbuild authors
License: Apache-2.0
 On Debian systems, the text of the Apache License, version 2.0, is in
 /usr/share/common-licenses/Apache-2.0.
endef

define DEB_CHANGELOG
imgbuild ($(DEB_VERSION)) stable; urgency=medium

  * Made from the source tree with make deb.

 -- $(DEB_MAINTAINER)  $(shell date --utc --rfc-email --date=@$(SOURCE_DATE_EPOCH))
endef

deb: export COPYRIGHT = $(DEB_COPYRIGHT)
deb: export CHANGELOG = $(DEB_CHANGELOG)
deb-build: export CONTROL = $(DEB_CONTROL)

.PHONY: deb
deb: imgbuild ## a package for the Debian that this is
	rm -rf $(DEB)
	$(MAKE) install DESTDIR=$(abspath $(DEB_ROOT)) PREFIX=/usr
	$(CC) $(CFLAGS) $(LDFLAGS) -pthread -s -Wl,--build-id=none -o $(DEB_ROOT)/usr/bin/imgbuild $(OBJ) $(LINK_LIBS)
	echo "$$COPYRIGHT" > $(DEB_ROOT)/usr/share/doc/imgbuild/copyright
	echo "$$CHANGELOG" > $(DEB_ROOT)/usr/share/doc/imgbuild/changelog
	gzip --best --no-name $(DEB_ROOT)/usr/share/doc/imgbuild/changelog $(DEB_ROOT)/usr/share/man/man1/imgbuild.1 \
	    $(DEB_ROOT)/usr/share/man/man5/imgbuild-recipe.5
	mkdir -p $(DEB)/debian $(DEB_ROOT)/DEBIAN
	printf 'Source: imgbuild\n\nPackage: imgbuild\nArchitecture: any\n' > $(DEB)/debian/control
	$(CC) -shared -Wl,--no-as-needed -o $(DEB)/opened.so -xc /dev/null $(shell pkg-config --libs $(OPENED_LIBS))
	$(MAKE) deb-build DEB_DEPENDS="$$(cd $(DEB) && dpkg-shlibdeps --warnings=0 -O root/usr/bin/imgbuild opened.so | sed 's/^shlibs:Depends=//')"

.PHONY: deb-build
deb-build:
	echo "$$CONTROL" > $(DEB_ROOT)/DEBIAN/control
	cd $(DEB_ROOT) && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum > DEBIAN/md5sums
	chmod -R u=rwX,go=rX $(DEB_ROOT)
	find $(DEB_ROOT) -exec touch --no-dereference --date=@$(SOURCE_DATE_EPOCH) {} +
	mkdir -p $(DEB_OUT)
	dpkg-deb --root-owner-group --threads-max=1 -Zxz --build $(DEB_ROOT) $(DEB_OUT)/imgbuild_$(DEB_VERSION)_$(DEB_ARCHITECTURE).deb

.PHONY: clean
clean: ## removes what was built, but not out/
	rm -rf build build-asan build-full imgbuild

# A target says after "##" what it is for.
.PHONY: help
help: ## this list; V=1 before any target shows every command
	@sed -n 's/^\([a-z][a-z0-9_.-]*\):[^#]*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  %-24s%s\n", $$1, $$2 }'

-include $(shell find $(BUILD) -path $(BUILD)/debs -prune -o -path $(BUILD)/lintian -prune -o -path $(BUILD)/deb -prune -o -name '*.d' -type f -print 2>/dev/null)
