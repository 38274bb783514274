/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STRING_SEARCH_H
#define BASE_STRING_SEARCH_H

/* Several words looked for in one pass over a program's bytes, where it has its strings: behind a
 * zero byte, or behind another byte. */

#include "base/str.h"

#define STRING_SEARCH_MAX 8 /* words */

struct string_search {
	const struct str *words; /* of two bytes at least */
	size_t n;
	char or_behind; /* they may stand behind this byte, too; '\0': behind zero bytes alone */
	/* told of each place, in ascending order; `at` is the byte before words[i] */
	void (*found)(void *ctx, size_t i, const char *at);
	void *ctx;
};

/* Linear in `bytes`. */
void string_search(const struct string_search *s, struct str bytes);

#endif
