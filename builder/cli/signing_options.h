/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGNING_OPTIONS_H
#define CLI_SIGNING_OPTIONS_H

/* The options of the verbs that sign. */

#include "cli/cli.h"
#include "trust/key/key.h"

struct signing_options {
	struct strings keys;
	const char *passphrase_file;
};

/* The rows; `member` of `type` is the struct signing_options, `option` the one that names keys. */
#define SIGNING_ROWS(type, member, option, text)                                           \
	{ option, 0, "FILE", text, OPTION_IS_LIST(type, member.keys), .word = WORD_FILE }, \
	{                                                                                  \
		"--passphrase-file", 0, "FILE",                                            \
			"the passphrase of an encrypted key is its first line",            \
			OPTION_IS_TEXT(type, member.passphrase_file), .word = WORD_FILE,   \
			.otherwise = "$IMGBUILD_PASSPHRASE", .needs = option               \
	}

/* Reads the private keys that were named. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool signing_keys(struct cli *c, const struct signing_options *o, struct keys *out,
			     struct error *e);

#endif
