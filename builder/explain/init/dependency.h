/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_DEPENDENCY_H
#define EXPLAIN_INIT_DEPENDENCY_H

/* Does the image need a package that one of its packages depends on? */

#include "explain/init/collect.h"
#include "make/compose/depends_report.h"

/* *reason: why the image does without it; NULL: it is taken, as it is of the same source, has data,
 * or has a program that a file of the image names. */
MUST_CHECK bool dependency_judge(struct collecting *c, const struct depends_miss *m,
				 const char **reason, struct error *e);

#endif
