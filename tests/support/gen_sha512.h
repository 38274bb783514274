/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_GEN_SHA512_H
#define SUPPORT_GEN_SHA512_H

/* Images whose parts are named by SHA-512, as sha512sum gives it. */

#include "support/gen_image.h"

/* "sha512:HEX" of each part. */
struct sha512_names {
	const char *manifest, *config;
	struct strings layers;
};

/* The layout of `g` anew, with every part named by SHA-512. `edit` (may be NULL) changes the config
 * before. Failures end the test. */
void sha512_rename(struct imagegen *g, const struct imagegen_edit *edit, struct sha512_names *out);

/* 128 hexadecimal digits. */
const char *sha512_of_file(struct arena *a, const char *path);

/* The path of a part in the layout. */
const char *sha512_blob(const struct imagegen *g, const char *name);

#endif
