/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_SOURCE_SIGNATURE_H
#define MAKE_COMPILE_SOURCE_SIGNATURE_H

/* What an author has signed, checked before it is used. */

#include "base/buf.h"
#include "input/recipe/source_types.h"

/* Checks the file `fd`, known as `name`, against the signature if there is one (its `file` is set).
 * ERR_VERIFY naming both files, ERR_SYSTEM. */
MUST_CHECK bool source_signature_check(struct arena *a, const struct source_signature *s, int fd,
				       const char *name, struct error *e);

/* Adds what decides that check, for keys: what was found good by another keyring is checked anew.
 * Nothing where there is no signature. ERR_SYSTEM. */
MUST_CHECK bool source_signature_add(struct arena *a, const struct source_signature *s,
				     struct buf *out, struct error *e);

#endif
