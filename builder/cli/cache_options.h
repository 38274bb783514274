/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_CACHE_OPTIONS_H
#define CLI_CACHE_OPTIONS_H

/* Which caches a build shares with other machines: --cache-from, --cache-to and --cache-key, or
 * else $IMGBUILD_CACHE_FROM, $IMGBUILD_CACHE_TO and $IMGBUILD_CACHE_KEY, or else what images.json
 * says under "cache": each list by itself. */

#include "cli/cli.h"
#include "trust/cache/remote_cache.h"

struct cache_options {
	struct strings from, to, keys;
	const char *passphrase_file;
};

/* The rows; `member` of `type` is the struct cache_options. */
#define CACHE_ROWS(type, member)                                                          \
	{ "--cache-from",                                                                 \
	  0,                                                                              \
	  "CACHE",                                                                        \
	  "take compiled results from type=registry,ref=HOST/NAME, type=http,url=URL or " \
	  "type=local,dir=DIR; repeatable",                                               \
	  OPTION_IS_LIST(type, member.from),                                              \
	  .otherwise = "$IMGBUILD_CACHE_FROM, else images.json" },                        \
		{ "--cache-to",                                                           \
		  0,                                                                      \
		  "CACHE",                                                                \
		  "give compiled results to such a cache; repeatable",                    \
		  OPTION_IS_LIST(type, member.to),                                        \
		  .otherwise = "$IMGBUILD_CACHE_TO, else images.json" },                  \
		{ "--cache-key",                                                          \
		  0,                                                                      \
		  "FILE",                                                                 \
		  "believe what this public key signed, or sign with this private key; "  \
		  "repeatable",                                                           \
		  OPTION_IS_LIST(type, member.keys),                                      \
		  .word = WORD_FILE,                                                      \
		  .otherwise = "$IMGBUILD_CACHE_KEY, else images.json" },                 \
		{ "--passphrase-file",                                                    \
		  0,                                                                      \
		  "FILE",                                                                 \
		  "the passphrase of an encrypted key is its first line",                 \
		  OPTION_IS_TEXT(type, member.passphrase_file),                           \
		  .word = WORD_FILE,                                                      \
		  .otherwise = "$IMGBUILD_PASSPHRASE",                                    \
		  .needs = "--cache-key" }

/* Reads all of it into the order's places and keys; `recipe` is the one whose images.json counts.
 * The keys live until keys_drop(&out->keys). ERR_USAGE for what cannot be a cache, and for one that
 * needs a key and has none; ERR_INPUT from images.json and key files; ERR_SYSTEM. */
MUST_CHECK bool cache_options_read(struct cli *c, const struct cache_options *o, const char *recipe,
				   struct remote_cache_order *out, struct error *e);

#endif
