/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SIGNING_OPTIONS_H
#define CLI_SIGNING_OPTIONS_H

/* The options of the verbs that sign. */

#include "cli/cli.h"
#include "trust/key/certificates.h"
#include "trust/key/key.h"

struct signing_options {
	struct strings keys, certificates;
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

/* The row of those that sign images. */
#define CERTIFICATE_ROW(type, member, option)                                      \
	{ "--certificate",                                                         \
	  0,                                                                       \
	  "FILE",                                                                  \
	  "the certificates of a key, its own first: sign as notation does, too; " \
	  "repeatable",                                                            \
	  OPTION_IS_LIST(type, member.certificates),                               \
	  .word = WORD_FILE,                                                       \
	  .needs = option }

/* Reads the private keys that were named. ERR_INPUT, ERR_SYSTEM. */
MUST_CHECK bool signing_keys(struct cli *c, const struct signing_options *o, struct keys *out,
			     struct error *e);

/* Reads the certificates; each must be of one of the keys: ERR_USAGE. Else as certificates_load().
 */
MUST_CHECK bool signing_certificates(struct cli *c, const struct signing_options *o,
				     const struct keys *keys, struct certificate_chains *out,
				     struct error *e);

#endif
