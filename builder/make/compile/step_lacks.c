/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/step_lacks.h"

#include <ctype.h>

/* A name stands between the two texts; `before` "" is the word that ends there. */
static const struct {
	const char *kind, *before, *after;
} lacks_forms[] = {
	{ "header", "fatal error: ", ": No such file or directory" },
	{ "library", "cannot find -l", "" },
	{ "module of pkg-config", "No package '", "' found" },
	{ "module of pkg-config", "Package '", "', required by" },
	{ "package of CMake", "package configuration file provided by \"", "\"" },
	{ "program", "bwrap: execvp ", ": No such file or directory" },
	{ "program", "", ": not found" },
	{ "program", "", ": command not found" },
};

/* "make[1]: yacc: No such file or directory" */
static bool lacks_of_make(struct str line, struct str *name)
{
	struct str who, rest;

	return str_cut(line, ':', &who, &rest) && str_starts(who, STR("make")) &&
	       str_cut(str_trim(rest), ':', name, &rest) &&
	       str_eq(str_trim(rest), STR("No such file or directory"));
}

static bool lacks_is_name(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!isalnum((unsigned char)name.p[i]) && !memchr("_+-./", name.p[i], 5))
			return false;
	}
	return name.n > 0;
}

static bool lacks_by_form(struct str line, size_t form, struct str *name)
{
	struct str before = str_of(lacks_forms[form].before);
	struct str after = str_of(lacks_forms[form].after);
	const char *at = before.n ? memmem(line.p, line.n, before.p, before.n) : line.p, *end;

	if (!at)
		return false;
	*name = str_from(line, (size_t)(at - line.p) + before.n);
	end = after.n ? memmem(name->p, name->n, after.p, after.n) : NULL;
	if (after.n && !end)
		return false;
	if (end)
		name->n = (size_t)(end - name->p);
	if (!before.n && name->n) {
		const char *blank = memrchr(name->p, ' ', name->n);

		*name = blank ? str_from(*name, (size_t)(blank - name->p) + 1) : *name;
	}
	if (!after.n) {
		const char *blank = memchr(name->p, ' ', name->n);
		const char *colon = memchr(name->p, ':', name->n);

		blank = blank && (!colon || blank < colon) ? blank : colon;
		name->n = blank ? (size_t)(blank - name->p) : name->n;
	}
	return lacks_is_name(*name);
}

bool step_lacks(struct str log, const char **kind, struct str *name)
{
	bool found = false;
	struct str line, one;

	while (str_next(&log, '\n', &line)) {
		for (size_t i = 0; i < ARRAY_SIZE(lacks_forms); i++) {
			if (lacks_by_form(line, i, &one)) {
				*kind = lacks_forms[i].kind;
				*name = one;
				found = true;
				break;
			}
		}
		if (lacks_of_make(line, &one) && lacks_is_name(one)) {
			*kind = "program";
			*name = one;
			found = true;
		}
	}
	return found;
}
