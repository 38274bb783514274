/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_LOCK_LOCAL_DOWNLOAD_H
#define INPUT_LOCK_LOCAL_DOWNLOAD_H

/* Downloads that lie in the repository ("file"): their way into the store. */

#include "input/recipe/source_types.h"
#include "transfer/store/store.h"

/* Copies s->local into the store, unless it is there, and gives its size. Does nothing for a source
 * that has no such file. ERR_VERIFY when it is not what `sha256` says, ERR_INPUT when it is no
 * file, ERR_SYSTEM. */
MUST_CHECK bool local_download_store(const struct store *s, const struct source_recipe *source,
				     uint64_t *size, struct error *e);

#endif
