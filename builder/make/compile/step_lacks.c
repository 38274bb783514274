/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/step_lacks.h"

#include <ctype.h>

#define LACKS_ASKED_MAX 32
#define CHECK_LINES 12 /* at the end, in which a configure script says why it stops */

/* A name stands between the two texts; `before` "" is the word that ends there. */
static const struct {
	enum lack_kind kind;
	const char *before, *after;
} lacks_forms[] = {
	{ LACK_HEADER, "fatal error: ", ": No such file or directory" },
	{ LACK_LIBRARY, "cannot find -l", "" },
	{ LACK_LIBRARY, "shared or static library '", "' not found" },
	{ LACK_MODULE, "No package '", "' found" },
	{ LACK_MODULE, "Package '", "', required by" },
	{ LACK_MODULE, "Dependency \"", "\" not found" },
	{ LACK_MODULE, "The system library `", "` required by crate" },
	{ LACK_CMAKE_PACKAGE, "package configuration file provided by \"", "\"" },
	{ LACK_CMAKE_PACKAGE, "  Could NOT find ", " (missing: " },
	{ LACK_CMAKE_PACKAGE, " Could NOT find ", ", try to set" },
	{ LACK_PYTHON_MODULE, "ModuleNotFoundError: No module named '", "'" },
	{ LACK_PYTHON_MODULE, "ERROR: Problem encountered: python3 ", " missing" },
	{ LACK_PYTHON_MODULE, "ERROR: python3 is missing modules: ", "" },
	{ LACK_PERL_MODULE, "Can't locate ", " in @INC" },
	{ LACK_MACRO, "possibly undefined macro: ", "" },
	{ LACK_PROGRAM, "bwrap: execvp ", ": No such file or directory" },
	{ LACK_PROGRAM, "env: '", "': No such file or directory" },
	{ LACK_PROGRAM, "exec: \"", "\": executable file not found" },
	{ LACK_PROGRAM, "Program '", "' not found" },
	{ LACK_PROGRAM, "Program or command '", "' not found" },
	{ LACK_PROGRAM, "contains erroneous value: '/usr/bin/", "'" }, /* of Meson */
	{ LACK_PROGRAM, "", " executable not found." },
	{ LACK_PACKAGE, "Make sure ", " package is" },
	{ LACK_PROGRAM, "", ": not found" },
	{ LACK_PROGRAM, "", ": command not found" },
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

/* "deflate in -lz", "lua5.3 >= 5.1", "zlib.h", "bison": what a configure script looked for last. */
static bool lacks_of_check(struct str what, struct step_lack *out)
{
	static const struct str in = STR(" in -l"), least = STR(" >= ");
	const char *lib = memmem(what.p, what.n, in.p, in.n);
	const char *version = memmem(what.p, what.n, least.p, least.n);

	*out = (struct step_lack){ str_ends(what, STR(".h")) ? LACK_HEADER : LACK_CHECKED, what };
	if (lib)
		*out = (struct step_lack){ LACK_LIBRARY,
					   str_from(what, (size_t)(lib - what.p) + in.n) };
	else if (version)
		*out = (struct step_lack){ LACK_ASKED, { what.p, (size_t)(version - what.p) } };
	return lacks_is_name(out->name);
}

/* "checking for bison... no" */
static bool lacks_by_check(struct str line, struct step_lack *out)
{
	static const struct str before = STR("checking for "), after = STR("... no");

	return str_starts(line, before) && str_ends(line, after) && line.n > before.n + after.n &&
	       lacks_of_check((struct str){ line.p + before.n, line.n - before.n - after.n }, out);
}

/* "  xsltproc not found: no manual pages", "  -- libuuid not found.": what CMakeLists.txt say in an
 * error of their own; "error: png.h not found in ./lib": what scripts say. */
static bool lacks_of_message(struct str line, struct step_lack *out)
{
	static const struct str after[] = { STR(" not found"), STR(" NOT found"),
					    STR(" is required") };
	static const struct str header = STR(".h not found");
	const char *end = memmem(line.p, line.n, header.p, header.n), *blank;

	if (end) {
		struct str name = { line.p, (size_t)(end - line.p) + 2 };

		blank = memrchr(name.p, ' ', name.n);
		if (blank)
			name = str_from(name, (size_t)(blank - name.p) + 1);
		*out = (struct step_lack){ LACK_HEADER, name };
		return lacks_is_name(name);
	}
	if (!str_starts(line, STR("  ")))
		return false;
	line = str_from(line, 2);
	if (str_starts(line, STR("-- ")))
		line = str_from(line, 3);
	for (size_t i = 0; i < ARRAY_SIZE(after); i++) {
		const char *at = memmem(line.p, line.n, after[i].p, after[i].n);

		*out = (struct step_lack){ LACK_CHECKED,
					   { line.p, at ? (size_t)(at - line.p) : 0 } };
		if (lacks_is_name(out->name))
			return true;
	}
	return false;
}

/* `  "/usr/bin/grpc_cpp_plugin"` on a line of its own: what a package of CMake names that is there
 * without the one that has it. */
static bool lacks_of_target(struct str line, struct step_lack *out)
{
	static const struct str before = STR("\"/usr/bin/");
	struct str rest;

	line = str_trim(line);
	*out = (struct step_lack){ .kind = LACK_PROGRAM };
	return str_starts(line, before) &&
	       str_cut(str_from(line, before.n), '"', &out->name, &rest) && rest.n == 0 &&
	       lacks_is_name(out->name);
}

/* "configure: error: libtiff not found" */
static bool lacks_of_configure(struct str line, struct step_lack *out)
{
	static const struct str before = STR("configure: error: ");
	const char *end;

	if (!str_starts(line, before))
		return false;
	line = str_from(line, before.n);
	end = memmem(line.p, line.n, " not found", 10);
	*out = (struct step_lack){ LACK_CHECKED, { line.p, end ? (size_t)(end - line.p) : 0 } };
	return lacks_is_name(out->name);
}

/* bindgen, which crates and others make bindings with, loads the compiler's library. */
static bool lacks_of_bindgen(struct str line, struct step_lack *out)
{
	static const struct str sign = STR("Unable to find libclang");

	*out = (struct step_lack){ LACK_PACKAGE, STR("libclang-dev") };
	return memmem(line.p, line.n, sign.p, sign.n) != NULL;
}

static bool lacks_line(struct str line, struct step_lack *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(lacks_forms); i++) {
		if (lacks_by_form(line, i, &out->name)) {
			out->kind = lacks_forms[i].kind;
			return true;
		}
	}
	out->kind = LACK_PROGRAM;
	return (lacks_of_make(line, &out->name) && lacks_is_name(out->name)) ||
	       lacks_of_bindgen(line, out) || lacks_of_target(line, out) ||
	       lacks_of_message(line, out) || lacks_of_configure(line, out);
}

static void lacks_add(struct arena *a, struct step_lack one, struct step_lacks *out)
{
	list_each(x, out) {
		if (x->kind == one.kind && str_eq(x->name, one.name))
			return;
	}
	*list_push(a, out) = one;
}

/* "error: no libpng (try: `apt-get install libpng16-dev` or `apt-get install libpng-dev`)": those
 * of the last line with such words. */
static void lacks_by_advice(struct arena *a, struct str log, struct step_lacks *out)
{
	static const struct str verb = STR("install ");
	struct str line, word;

	while (str_next(&log, '\n', &line)) {
		struct step_lacks told = { NULL, 0, 0 };
		const char *at;

		if (!memmem(line.p, line.n, "apt install ", 12) &&
		    !memmem(line.p, line.n, "apt-get install ", 16))
			continue;
		while ((at = memmem(line.p, line.n, verb.p, verb.n))) {
			line = str_from(line, (size_t)(at - line.p) + verb.n);
			for (word = line, word.n = 0;
			     word.n < line.n && lacks_is_name((struct str){ line.p + word.n, 1 });)
				word.n++;
			if (str_ends(word, STR("-dev")) && told.n < LACKS_ASKED_MAX)
				lacks_add(a, (struct step_lack){ LACK_PACKAGE, word }, &told);
		}
		if (told.n)
			*out = told;
	}
}

void step_lacks(struct arena *a, struct str log, struct step_lacks *out)
{
	const struct str all = log;
	struct step_lack one;
	struct step_lacks last = { NULL, 0, 0 };
	unsigned since = CHECK_LINES; /* what was looked for last, and not found */
	struct str line;

	while (str_next(&log, '\n', &line)) {
		if (lacks_line(line, &one))
			lacks_add(a, one, out);
		if (str_starts(line, STR("checking "))) {
			since = lacks_by_check(line, &one) ? 0 : CHECK_LINES;
			if (since || one.kind != LACK_ASKED || last.n == LACKS_ASKED_MAX)
				last.n = 0;
			if (!since)
				lacks_add(a, one, &last);
		} else if (since < CHECK_LINES) {
			since++;
		}
	}
	if (out->n == 0 && since < CHECK_LINES)
		*out = last;
	if (out->n == 0)
		lacks_by_advice(a, all, out);
}

const char *step_lack_kind(enum lack_kind kind)
{
	static const char *const names[] = {
		[LACK_HEADER] = "header",
		[LACK_LIBRARY] = "library",
		[LACK_MODULE] = "module of pkg-config",
		[LACK_CMAKE_PACKAGE] = "package of CMake",
		[LACK_PROGRAM] = "program",
		[LACK_PYTHON_MODULE] = "Python module",
		[LACK_PERL_MODULE] = "Perl module",
		[LACK_MACRO] = "macro of autoconf",
		[LACK_ASKED] = "module of pkg-config",
		[LACK_PACKAGE] = "library of the package",
		[LACK_CHECKED] = "program or library",
	};

	return names[kind];
}
