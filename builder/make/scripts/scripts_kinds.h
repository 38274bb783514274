/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_SCRIPTS_SCRIPTS_KINDS_H
#define MAKE_SCRIPTS_SCRIPTS_KINDS_H

/* Kinds of effects that commands of maintainer scripts have. Private to make/scripts/scripts.c. */

#include "make/scripts/shell.h"

enum script_kind {
	KIND_NONE, /* changes nothing outside the script */
	KIND_FILES,
	KIND_OWNERS,
	KIND_USERS,
	KIND_ALTERNATIVES,
	KIND_DIVERSIONS,
	KIND_LDCONFIG,
	KIND_CERTIFICATES,
	KIND_CONFIGURATION,
	KIND_BYTECODE,
	KIND_TRIGGERS,
	KIND_MODULES, /* lists or compiles what other packages brought (scripts_modules.h) */
	KIND_UNKNOWN,
	/* without meaning in an image */
	KIND_SERVICES,
	KIND_KERNEL,
	KIND_QUESTIONS,
	KIND_UPGRADES,
	KIND_COUNT
};

/* "makes, moves or removes files", ... */
const char *script_kind_text(enum script_kind kind);

/* The kind of one command. What its redirections write is another matter (KIND_FILES). */
enum script_kind script_kind_of(const struct shell_script *s, const struct shell_command *c);

#endif
