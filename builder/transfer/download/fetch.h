/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_DOWNLOAD_FETCH_H
#define TRANSFER_DOWNLOAD_FETCH_H

/* Bytes of known size and digest, in the store, verified. What is wanted comes from a lock
 * (input/lock/lock_wants.h) or from a verified index; this stage knows only URLs and digests. */

#include "base/progress.h"
#include "transfer/download/want.h"
#include "transfer/store/store.h"

/* Downloads what is not in the store yet, several at once; what is there already is hashed again,
 * and fetched anew if it is damaged. Each byte is hashed on its way to a temporary file; only a
 * file of the right size and digest gets its name. Wants with equal digests are one download.
 *
 * A broken transfer is tried again (http_settings.tries, from where it broke if the server can
 * prove that the file is the same), then the next URL is asked; wrong bytes and "not found" lead to
 * the next URL at once. All files are tried before an error is reported, that of the first want in
 * order. Offline: anything missing is ERR_NETWORK listing what is not there. ERR_VERIFY when some
 * URL had wrong bytes and none the right ones, ERR_NETWORK when they cannot be had, ERR_SYSTEM for
 * this machine. */
MUST_CHECK bool fetch_wants(const struct store *s, struct want *wants, size_t n, bool offline,
			    struct progress *progress, struct error *e);

/* As fetch_wants; `settings` NULL: those of the environment (http_settings_from_env). */
struct http_settings;
struct fetch_options {
	const struct http_settings *settings;
	bool offline;
	struct progress *progress;
};
MUST_CHECK bool fetch_wants_with(const struct store *s, const struct fetch_options *options,
				 struct want *wants, size_t n, struct error *e);

/* The size of a file that was fetched by its digest alone. ERR_SYSTEM when the store has it no
 * more, naming it as `name` says. */
MUST_CHECK bool fetch_measure(const struct store *s, const struct digest *sha256, const char *name,
			      uint64_t *size, struct error *e);

#endif
