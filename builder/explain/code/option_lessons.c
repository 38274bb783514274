/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/option_lessons.h"

#include <ctype.h>

#include "explain/code/folder_names.h"
#include "explain/code/rust_settings.h"

#define LESSONS_WARNINGS_MAX 16

/* What is an error since GCC 10, GCC 11 (whose C++ is C++17) and GCC 14. */
static const char *lessons_option(struct str log)
{
	static const char *const permissive[] = {
		"[-Wimplicit-function-declaration]", "[-Wimplicit-int]",    "[-Wint-conversion]",
		"[-Wincompatible-pointer-types]",    "[-Wreturn-mismatch]", NULL
	};
	struct str line;

	while (str_next(&log, '\n', &line)) {
		if (memmem(line.p, line.n, "multiple definition of `", 24))
			return "-fcommon";
		if (memmem(line.p, line.n, ": error: ISO C++17 does not allow ", 34))
			return "-std=gnu++14";
		/* as configure scripts of autoconf 2.13 try it: main(){return(0);} */
		if (str_ends(line, STR("C compiler cannot create executables.")))
			return "-fpermissive";
		for (size_t i = 0; permissive[i]; i++) {
			if (memmem(line.p, line.n, ": error: ", 9) &&
			    str_ends(line, str_of(permissive[i])))
				return "-fpermissive";
		}
	}
	return NULL;
}

/* "CC=${cc}" or "CXX=${cxx}" of make; options of the compiler without a build system; else CFLAGS
 * or CXXFLAGS. */
static bool lessons_add_option(struct own_project *p, const char *option, bool cxx)
{
	const char *variable = cxx ? "CXX=" : "CC=";

	if (p->plain) {
		*list_push(p->a, &p->options) = option;
		return true;
	}
	list_each(s, &p->steps) {
		list_each(word, &s->run) {
			if (strncmp(*word, variable, strlen(variable)) == 0) {
				*word = arena_printf(p->a, "%s %s", *word, option);
				return true;
			}
		}
	}
	list_each(x, &p->env) {
		if (strcmp(x->name, cxx ? "CXXFLAGS" : "CFLAGS") == 0) {
			x->value = arena_printf(p->a, "%s %s", x->value, option);
			return true;
		}
	}
	return false;
}

/* "undefined reference to `sqrt'": of what is in libm; "libm.so.6: error adding symbols: DSO
 * missing from command line" where a library needs it. */
static bool lessons_lack_mathematics(struct str log)
{
	static const char *const names[] = { "acos",  "asin",  "atan", "atan2",	 "cbrt", "ceil",
					     "cos",   "cosh",  "exp",  "floor",	 "fmod", "hypot",
					     "log",   "log10", "log2", "lround", "pow",	 "rint",
					     "round", "sin",   "sinh", "sqrt",	 "tan",	 "tanh" };
	static const struct str before = STR("undefined reference to `");
	static const struct str needed = STR("/libm.so.6: error adding symbols: DSO missing");
	struct str line, name, rest;

	while (str_next(&log, '\n', &line)) {
		const char *at = memmem(line.p, line.n, before.p, before.n);
		AUTO_ARENA a = { 0 };

		if (memmem(line.p, line.n, needed.p, needed.n))
			return true;
		if (at &&
		    str_cut(str_from(line, (size_t)(at - line.p) + before.n), '\'', &name, &rest) &&
		    name_among(str_dup(&a, name), names, ARRAY_SIZE(names)))
			return true;
	}
	return false;
}

/* "-Wno-error=unused-result" of each "[-Werror=unused-result]". */
static const char *lessons_warnings(struct arena *a, struct str log)
{
	static const struct str before = STR("[-Werror=");
	struct strings words = { NULL, 0, 0 };
	struct str line;

	while (str_next(&log, '\n', &line) && words.n < LESSONS_WARNINGS_MAX) {
		const char *at = memmem(line.p, line.n, before.p, before.n), *word;
		struct str name = { at ? at + before.n : NULL, 0 };

		while (at && name.p + name.n < line.p + line.n &&
		       (isalnum((unsigned char)name.p[name.n]) || memchr("+-", name.p[name.n], 2)))
			name.n++;
		word = arena_printf(a, "-Wno-error=" STR_FMT, STR_ARG(name));
		if (name.n && !strings_has(&words, word))
			*list_push(a, &words) = word;
	}
	return strings_join(a, &words, " ");
}

/* "`#[deny(unused)]` implied by `#[deny(warnings)]`", "`-D unused` implied by `-D warnings`": of
 * warnings that a later rustc has. */
static bool lessons_take_lints(struct own_project *p, struct str log)
{
	static const char option[] = "--cap-lints=warn";
	const char *flags = RUST_FLAGS;

	if (!memmem(log.p, log.n, "implied by `#[deny(warnings)]`", 30) &&
	    !memmem(log.p, log.n, "implied by `-D warnings`", 24))
		return false;
	list_each(x, &p->env) {
		if (strcmp(x->name, "RUSTFLAGS") == 0)
			flags = x->value;
	}
	if (strstr(flags, option))
		return false;
	own_add_env(p, "RUSTFLAGS", arena_printf(p->a, "%s %s", flags, option));
	draft_chose(p->d, "env", arena_printf(p->a, "RUSTFLAGS: %s", option),
		    "the project makes errors of warnings that its Rust did not have");
	return true;
}

/* A later option does not undo one that names its warning. */
static bool lessons_take_warnings(struct own_project *p, struct str log)
{
	const char *options = lessons_warnings(p->a, log);
	bool c, cxx;

	list_each(x, &p->d->choices) {
		if (strcmp(x->value, options) == 0)
			return false;
	}
	c = options[0] && lessons_add_option(p, options, false);
	cxx = options[0] && !p->plain && lessons_add_option(p, options, true);
	if (c || cxx)
		draft_chose(p->d, "options", options,
			    "the project makes errors of warnings that its GCC did not have");
	return c || cxx;
}

bool option_lessons_take(struct own_project *p, const struct build_remains *r)
{
	const char *option = r->step[0] ? lessons_option(r->log) : NULL;

	if (p->plain && r->step[0] && !strings_has(&p->linked, "m") &&
	    lessons_lack_mathematics(r->log)) {
		*list_push(p->a, &p->linked) = "m";
		draft_chose(p->d, "libraries", "m", "the sources compute with it");
		return true;
	}
	if (!option && r->step[0])
		return lessons_take_lints(p, r->log) || lessons_take_warnings(p, r->log);
	list_each(x, &p->d->choices) {
		if (option && strcmp(x->value, option) == 0)
			return false;
	}
	if (!option || !lessons_add_option(p, option, strstr(option, "++") != NULL))
		return false;
	draft_chose(p->d, "options", option, "the sources are older than what GCC asks for now");
	return true;
}
