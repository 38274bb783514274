/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_OWNERSHIP_H
#define INSPECT_MODEL_OWNERSHIP_H

/* Which package, or recipe entry, accounts for which item: md5sums and lists of dpkg. Private to
 * audit/; packages_read() calls it. */

#include "inspect/model/package.h"

MUST_CHECK bool ownership_read(struct arena *a, struct model *m, const struct strings *owned,
			       struct records *out, struct error *e);

#endif
