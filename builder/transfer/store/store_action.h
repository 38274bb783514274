/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_ACTION_H
#define TRANSFER_STORE_STORE_ACTION_H

/* For the store itself: the file of a result. */

#include "transfer/store/store.h"

/* Writes it; to give it its name (borrowed) is left to the caller. ERR_SYSTEM. */
MUST_CHECK bool action_write(const struct store *s, struct file_new *f, const char *name,
			     struct str text, struct error *e);

#endif
