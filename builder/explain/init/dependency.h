/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_INIT_DEPENDENCY_H
#define EXPLAIN_INIT_DEPENDENCY_H

/* Does the image need a package that one of its packages depends on? */

#include "explain/init/collect.h"
#include "make/compose/depends_report.h"

/* The reason of a package that only those need of which nothing is taken: nothing has to be said of
 * it. */
#define DEPENDENCY_EMPTIED "nothing that is taken depends on it"

/* *reason: why the image does without it; NULL: it is taken, as it is of the same source, has data,
 * or has a program that a file of the image names. */
MUST_CHECK bool dependency_judge(struct collecting *c, const struct depends_miss *m,
				 const char **reason, struct error *e);

#endif
