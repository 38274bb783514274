/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_RECIPE_EDIT_H
#define INPUT_RECIPE_RECIPE_EDIT_H

/* Additions to the text of a recipe that somebody wrote by hand: what is there stays as it is, byte
 * for byte, and what is new is put behind what stands at its place, in the same form. */

#include "base/str.h"

/* Something to add: an element of an array, or a member of an object. */
struct edit {
	const char *component; /* below this component; NULL: the recipe itself */
	size_t provider;       /* below this one of its providers; */
	bool in_provider;      /* if this is set */
	const char *keys[2];   /* from there: "depends", "take"; the second may be NULL */
	const char *member;    /* the key of a member; NULL: an element */
	const char *value;     /* JSON: "\"libx1\"", "{ \"package\": \"x\" }" */
};

/* The text with the addition, in `a`. What of the way to it is missing is made. *added is false,
 * and the text the same, when it is there already: a member of that key, an equal string, or an
 * object for the same "package". ERR_INPUT with the place if the text is not a recipe with such a
 * component. */
MUST_CHECK bool edit_add(struct arena *a, const char *file, struct str text,
			 const struct edit *what, struct str *out, bool *added, struct error *e);

/* Where it belongs: "components[numpy].providers[0].alternatives"; and the line: "\"/a\": \"/b\"".
 */
const char *edit_where(struct arena *a, const struct edit *what);
const char *edit_line(struct arena *a, const struct edit *what);

/* A JSON string. */
const char *edit_string(struct arena *a, const char *text);

#endif
