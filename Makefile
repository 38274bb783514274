# SPDX-License-Identifier: Apache-2.0
# make deps image    everything for a first image          make deps check    everything for the tests
# make               ./imgbuild                            make install       to $(DESTDIR)$(PREFIX)

PREFIX  ?= /usr/local
BUILD   ?= build
CC      ?= cc
RECIPE  ?= recipes/cephalo.json
LIBS    := libcurl libarchive jansson libcrypto libdeflate libzstd liblzma zlib

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla \
        -Wformat=2 -Wwrite-strings -Wundef -Wdate-time -Wimplicit-fallthrough -fno-common
ifeq ($(WERROR),1)
WARN += -Werror
endif
HARDEN := -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fPIE
OPT    ?= -O2 -g
CFLAGS  ?= $(OPT) $(HARDEN)
LDFLAGS ?= -pie -Wl,-z,relro,-z,now -Wl,--as-needed

ALL_CFLAGS := -std=gnu17 -D_GNU_SOURCE -Ibuilder $(WARN) $(CFLAGS) $(SANITIZE) -MMD -MP -pthread
ALL_LIBS    = $(shell pkg-config --libs $(LIBS))

SRC  := $(sort $(wildcard builder/*.c builder/*/*.c))
OBJ  := $(SRC:%.c=$(BUILD)/%.o)
CORE := $(filter-out $(BUILD)/builder/main.o,$(OBJ))

RUNTIME_CORE := $(filter-out %/main.c,$(wildcard scripts-free/*/*.c))
UNIT    := $(sort $(wildcard tests/*/test_*.c tests/support/*.c))
UNIT    := $(filter-out tests/runtime/% tests/e2e/%,$(UNIT))
E2E     := $(sort $(wildcard tests/e2e/*.c tests/support/*.c))

.PHONY: all
all: imgbuild

imgbuild: $(OBJ)
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -pthread -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -c -o $@ $<

$(BUILD)/tests/%.o: ALL_CFLAGS += -Itests -Iscripts-free

$(BUILD)/check-unit: $(UNIT:%.c=$(BUILD)/%.o) $(CORE)
	$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -pthread -o $@ $^ $(ALL_LIBS) -lcriterion

.PHONY: check-unit
check-unit: $(BUILD)/check-unit imgbuild
	$(BUILD)/check-unit

.PHONY: clean
clean:
	rm -rf $(BUILD) imgbuild

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
