/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_WHY_H
#define EXPLAIN_WHY_H

/* Why is it in the image? The chain from a file, a library or a package back to the lines of the
 * recipe, and to what is known without a recipe: who owns it, and who needs it. */

#include "inspect/model/inspect.h"
#include "inspect/model/model_loader.h"
#include "explain/origin.h"

enum why_kind { WHY_FILE, WHY_LIBRARY, WHY_PACKAGE, WHY_MISSING };

/* One stop on the way: a file, and what is known of it. */
struct why_stop {
	const struct item *item;
	const char *as; /* the name under which the next stop needs it, or NULL */
	struct reasons reasons;
};

struct why {
	const char *asked;
	enum why_kind kind;
	const struct package *package;		    /* WHY_PACKAGE */
	const char *locator;			    /* of a language's package that was asked for */
	struct LIST(struct why_stop) chain;	    /* from what was asked to what is kept */
	struct LIST(const struct item *) needed_by; /* all that need it, sorted */
	size_t files;				    /* WHY_PACKAGE: that it has in the image */
};

struct why_subject {
	const struct inspection *image;
	const struct needs *needs;
	const struct makings *makings; /* empty: the image was made by others */
};

/* `what` is a path, the soname or file name of a library, or a package: of Debian, or of a
 * language, then also by its package URL. ERR_USAGE with the nearest names when the image has no
 * such thing, or several files of that name. */
MUST_CHECK bool why_find(struct arena *a, const struct why_subject *s, const char *what,
			 struct why *out, struct error *e);

/* The forms. `note`: a line about the recipe, or NULL. */
void why_text(const struct why_subject *s, const struct why *w, const char *note, struct buf *out);
void why_json(const struct why_subject *s, const struct why *w, const char *note, struct buf *out);

#endif
