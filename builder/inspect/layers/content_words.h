/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_CONTENT_WORDS_H
#define INSPECT_LAYERS_CONTENT_WORDS_H

/* Several words looked for in one pass, where programs have their strings: behind a zero byte. */

#include "base/str.h"

#define CONTENT_WORDS_MAX 8

/* Calls found(ctx, i, at) for each place where a zero byte and words[i], of two bytes at least,
 * stand in `bytes`, in ascending order; `at` is the zero byte. n is at most CONTENT_WORDS_MAX.
 * Linear in `bytes`. */
void content_words(struct str bytes, const struct str *words, size_t n,
		   void (*found)(void *ctx, size_t i, const char *at), void *ctx);

#endif
