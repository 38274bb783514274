/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_SUGGEST_PARTS_H
#define EXPLAIN_SUGGEST_PARTS_H

/* Private to suggest.c and suggest_lines.c. */

#include "make/compose/depends_report.h"
#include "make/compose/missing_libraries.h"
#include "explain/suggest_hooks.h"
#include "explain/suggestion.h"
#include "line/chain.h"
#include "input/resolve/library_search.h"

/* Suggestions in the making. Each goes into `recipe` at once, so that the next round has it. */
struct suggesting {
	struct arena *a;
	struct recipe *recipe; /* the one asked for, as read, and what was found */
	const struct platform *platform;
	const struct chain *chain;			    /* of this round */
	struct LIST(const struct missing_library *) absent; /* no package of the lock has them */
	struct suggestions *out;
	const struct suggest_hooks *hooks; /* or NULL */
};

/* What one source of findings asks for. */
void suggest_missing(struct suggesting *s, const struct missing *m);
void suggest_library(struct suggesting *s, const struct missing_library *m, const char *package);
void suggest_scripts(struct suggesting *s, const struct composition *c);
MUST_CHECK bool suggest_depends(struct suggesting *s, const struct depends_report *r,
				struct error *e);

#endif
