/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_IMAGE_PAX_RECORD_H
#define INSPECT_IMAGE_PAX_RECORD_H

/* One record of an extended header after the other; what they mean is for pax.c and sparse.c. */

#include "base/str.h"

/* Takes one record from `rest`; false at the end or, with *ok false, when it is malformed. */
bool pax_record(struct str *rest, struct str *key, struct str *value, bool *ok);

#endif
