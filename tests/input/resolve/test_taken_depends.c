/* SPDX-License-Identifier: Apache-2.0 */
/* What a component takes of what its packages depend on; and how packages of libraries are named.
 */

#include <criterion/criterion.h>

#include "input/resolve/taken_depends.h"
#include "input/resolve/library_search.h"
#include "support/gen_index.h"

#define PACKAGES                                                                          \
	"node 20; Depends: libnode1, node-undici (>= 5) | node-fetch, debconf\n"          \
	"libnode1 20; Depends: node-acorn, media\n node-undici 5; Depends: node-llhttp\n" \
	"node-fetch 3\n node-llhttp 1\n node-acorn 8\n mime 1; Provides: media\n debconf 1\n other 1"

struct depends_listener {
	struct progress progress;
	struct arena a;
	struct buf said;
};

static void depends_listen(struct progress *p, const char *text)
{
	struct depends_listener *l = (struct depends_listener *)p;

	buf_printf(&l->said, "%s\n", text);
}

/* "node-undici(needed by node, taken by component node)", in the order of taking. */
static const char *depends_taken(struct depends_listener *l, const char *const *patterns)
{
	static const struct request asked = { "node", "asked for by a test" };
	const struct index *x = indexgen_index(&l->a, PACKAGES);
	struct component c = { .name = "node" };
	struct picks picks = { 0 }, out = { 0 };
	struct strings roots = { 0 };
	struct buf text = { .a = &l->a };
	struct error e = { 0 };

	l->progress.warn = depends_listen;
	l->said = (struct buf){ .a = &l->a };
	*list_push(&l->a, &roots) = "node";
	for (unsigned i = 0; patterns[i]; i++)
		*list_push(&l->a, &c.depends.take) = (struct depends_take){
			patterns[i], { .file = "x.json", .line = 7, .col = 10 + i }
		};
	cr_assert(resolve_pinned(&l->a, x, &asked, 1, &picks, &(struct strings){ 0 }, &e), "%s",
		  e.cause);
	cr_assert(depends_take(&l->a, x, &picks, &roots, &c, &l->progress, &out, &e), "%s",
		  e.cause);
	for (size_t i = 0; i < out.n; i++)
		buf_printf(&text, "%s%.*s", i ? " " : "", STR_ARG(out.v[i].package->name));
	return text.n ? buf_cstr(&text) : "";
}

Test(taken_depends, what_is_taken_is_what_the_resolver_chose)
{
	static const struct {
		const char *const patterns[3];
		const char *taken;
	} cases[] = {
		{ { "node-undici" }, "node-undici" },
		{ { "node-*" }, "node-undici node-acorn node-llhttp" },
		{ { "node-llhttp" }, "node-llhttp" }, /* over two steps */
		{ { "media" }, "mime" },	      /* by a virtual name */
		{ { "mime" }, "mime" },
		{ { "libnode1", "mime" }, "libnode1 mime" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depends_listener l = { 0 };

		cr_expect_str_eq(depends_taken(&l, cases[i].patterns), cases[i].taken, "%s",
				 cases[i].patterns[0]);
		cr_expect_str_eq(buf_cstr(&l.said), "");
		arena_free(&l.a);
	}
}

Test(taken_depends, a_pattern_that_takes_nothing_is_told_with_its_place)
{
	static const char *const patterns[] = { "node-acorn", "other", "nothing-*", NULL };
	struct depends_listener l = { 0 };

	cr_expect_str_eq(depends_taken(&l, patterns), "node-acorn");
	cr_expect_str_eq(
		buf_cstr(&l.said),
		"x.json:7:11: depends: \"other\" takes nothing: no package of component node depends on it\n"
		"x.json:7:12: depends: \"nothing-*\" takes nothing: no package of component node depends on it\n");
	arena_free(&l.a);
}

/* Names of Debian 13. */
Test(taken_depends, packages_of_libraries_are_named_after_sonames)
{
	static const struct {
		const char *soname, *package;
	} cases[] = {
		{ "libharfbuzz.so.0", "libharfbuzz0" }, /* libharfbuzz0b */
		{ "libasound.so.2", "libasound2" },	/* libasound2t64 */
		{ "libX11.so.6", "libx11-6" },
		{ "libdb-5.3.so", "libdb5.3" },
		{ "libpcre2-8.so.0", "libpcre2-8-0" },
		{ "libGL.so.1", "libgl1" },
		{ "libstdc++.so.6", "libstdc++6" },
		{ "libjvm.so", NULL },
		{ "libx.so.", NULL },
		{ "x", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *name = library_package_name(&a, cases[i].soname);

		cr_expect(cases[i].package ? name && strcmp(name, cases[i].package) == 0 : !name,
			  "%s: %s", cases[i].soname, name ? name : "none");
	}
}
