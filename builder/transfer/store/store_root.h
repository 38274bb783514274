/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TRANSFER_STORE_STORE_ROOT_H
#define TRANSFER_STORE_STORE_ROOT_H

/* Toolchain file systems are unpacked once and used as they stand there. What one held when it was
 * made is noted as a digest of all names, modes, links and contents below it. */

#include "transfer/store/store.h"

/* Notes what the root `name` holds; `fd` is its folder. */
MUST_CHECK bool store_root_seal(const struct store *s, int fd, const char *name, struct error *e);

/* Compares a root with what was noted: 1 the same, 0 not (it is removed, with a warning, unless the
 * store is read-only), 2 nothing is noted, -1 error. */
MUST_CHECK int store_root_check(const struct store *s, const char *name, struct error *e);

#endif
