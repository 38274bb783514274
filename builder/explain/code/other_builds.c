/* SPDX-License-Identifier: Apache-2.0 */
#include "explain/code/other_builds.h"

static bool other_build_fail(const struct own_project *p, const char *file, const char *program,
			     struct error *e)
{
	return err_set(e, ERR_INPUT,
		       "%s is there, and imgbuild init does not know how %s builds: write a source "
		       "recipe with its steps, as in docs/how-to/compile.md",
		       own_path(p, file), program);
}

/* "app.pro" of a program with Qt, whose sources take programs of Qt; without it ("CONFIG -= qt")
 * they are sources alone. */
static bool other_build_check_qmake(const struct own_project *p, const char *file, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct str text;

	if (!own_head(&a, p, file, &text, e))
		return false;
	if ((!memmem(text.p, text.n, "SOURCES", 7) && !memmem(text.p, text.n, "SUBDIRS", 7)) ||
	    memmem(text.p, text.n, "-= qt", 5) || memmem(text.p, text.n, "-=qt", 4))
		return true;
	return other_build_fail(p, file, "qmake", e);
}

bool other_builds_refuse(const struct own_project *p, struct error *e)
{
	static const struct {
		const char *file, *program;
	} others[] = { { "SConstruct", "scons" },   { "wscript", "waf" },
		       { "MODULE.bazel", "bazel" }, { "WORKSPACE", "bazel" },
		       { "xmake.lua", "xmake" },    { "premake5.lua", "premake" },
		       { "build.zig", "zig" } };
	static const char *const qmake[] = { ".pro", NULL };
	struct strings names = { NULL, 0, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (own_has(p, others[i].file))
			return other_build_fail(p, others[i].file, others[i].program, e);
	}
	if (!own_names(p, "", &names, e))
		return false;
	list_each(x, &names) {
		if (own_name_ends(*x, qmake) && !other_build_check_qmake(p, *x, e))
			return false;
	}
	return true;
}
