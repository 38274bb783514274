/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_NPMRC_H
#define FORMAT_TEXT_NPMRC_H

/* .npmrc (docs.npmjs.com: npmrc): settings, one a line, of which those that name registries are
 * kept: "registry = URL", "@scope:registry = URL". What holds credentials is passed over. */

#include "base/str.h"

struct npmrc_registry {
	const char *scope; /* "@scope", or "" for all others */
	const char *url;   /* without a final slash */
};

struct npmrc LIST(struct npmrc_registry);

/* Adds what the file `file` says of scopes that `out` has nothing of: in one file the last line
 * counts, of more files the first that is read. ${NAME} stands for a variable of the environment.
 * ERR_INPUT at the line that counts: an address that is not http or https, or that holds
 * credentials, or a variable that is not set. */
MUST_CHECK bool npmrc_read(struct arena *a, struct str text, const char *file, struct npmrc *out,
			   struct error *e);

/* What the text says of `key`; of several lines the last one counts. NULL: nothing. */
const char *npmrc_setting(struct arena *a, struct str text, const char *key);

/* Whether the text says `key`, and what: a setting that is true or false. As npm reads it, a key by
 * itself is true, and the last of several lines counts. */
bool npmrc_flag(struct str text, const char *key, bool *value);

/* What npm takes for true: all but "false" and "null", also 0. */
bool npmrc_is_true(struct str value);

/* The registry of a package "name" or "@scope/name", or NULL. */
const char *npmrc_registry_of(const struct npmrc *l, const char *package);

#endif
