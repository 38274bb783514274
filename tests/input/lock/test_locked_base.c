/* SPDX-License-Identifier: Apache-2.0 */
/* Images that a recipe stands on, in its lock, and what may stand on them. */

#include "input/lock/locked_base.h"

#include <criterion/criterion.h>

#include "input/lock/base_locks.h"
#include "support/fixture_json_sweep.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool base_read(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct lock l = { .architecture = "amd64" };
	struct json_node root;

	(void)of;
	if (!json_parse("x.lock.json", text, &doc, e))
		return false;
	root = json_root(&doc);
	return json_want_object(&root, e) && locked_base_read(&a, &root, &l, e);
}

static bool base_read_inner(void *of, struct str text, struct error *e)
{
	AUTO_ARENA a = { 0 };

	return base_read(of, str_of(arena_printf(&a, "{\"base\":" STR_FMT "}", STR_ARG(text))), e);
}

Test(locked_base, every_value_and_every_member_is_checked)
{
	json_sweep(&(struct json_sweep){
		.text = "{\"reference\":\"r:1\",\"digest\":\"" HEX
			"\",\"records\":\"x\",\"packages\":[{\"name\":\"aa\",\"version\":\"1\","
			"\"architecture\":\"amd64\",\"source\":{\"name\":\"ss\",\"version\":\"2\"},"
			"\"provides\":\"p\",\"conflicts\":\"c\",\"breaks\":\"b\",\"partial\":true}]}",
		.read = base_read_inner,
		.optional = (const char *const[]){ "records", "packages[].source",
						   "packages[].provides", "packages[].conflicts",
						   "packages[].breaks", "packages[].partial",
						   NULL },
	});
}

#define BASE(packages) \
	"{\"base\":{\"reference\":\"r\",\"digest\":\"" HEX "\",\"packages\":[" packages "]}}"
#define ONE(name) "{\"name\":\"" name "\",\"version\":\"1\",\"architecture\":\"amd64\"}"

Test(locked_base, packages_stand_in_order_and_once)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ BASE(""), NULL },
		{ BASE(ONE("aa") "," ONE("bb")), NULL },
		{ BASE(ONE("bb") "," ONE("aa")), "package aa is not in order, or there twice" },
		{ BASE(ONE("aa") "," ONE("aa")), "package aa is not in order, or there twice" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct error e = { 0 };

		cr_expect_eq(base_read(NULL, str_of(cases[i].text), &e), cases[i].says == NULL,
			     "%zu: %s", i, e.cause);
		cr_expect(!cases[i].says || strstr(e.cause, cases[i].says), "%s", e.cause);
	}
}

static const struct {
	struct locked_package p;
	const char *kept; /* "name version source source-version"; NULL: not */
} nonsense[] = {
	{ { .name = "aa",
	    .version = "1",
	    .architecture = "amd64",
	    .source = "ss",
	    .source_version = "2" },
	  "aa 1 ss 2" },
	{ { .name = "aa",
	    .version = "1",
	    .architecture = "all",
	    .source = "ss",
	    .source_version = "2" },
	  "aa 1 ss 2" },
	{ { .name = "aa",
	    .version = "1",
	    .architecture = "arm64",
	    .source = "ss",
	    .source_version = "2" },
	  NULL },
	{ { .name = "a a",
	    .version = "1",
	    .architecture = "amd64",
	    .source = "ss",
	    .source_version = "2" },
	  NULL },
	{ { .name = "aa",
	    .version = "",
	    .architecture = "amd64",
	    .source = "ss",
	    .source_version = "2" },
	  NULL },
	/* a source that is none: the package's own */
	{ { .name = "aa",
	    .version = "1",
	    .architecture = "amd64",
	    .source = "S!",
	    .source_version = "2" },
	  "aa 1 aa 1" },
	{ { .name = "aa",
	    .version = "1",
	    .architecture = "amd64",
	    .source = "ss",
	    .source_version = "x y" },
	  "aa 1 aa 1" },
	{ { .name = "aa",
	    .version = "1",
	    .architecture = "amd64",
	    .source = "ss",
	    .source_version = "2" },
	  "aa 1 ss 2" },
};

/* What an image has is of it only if its record says what a package is. */
Test(locked_base, records_that_say_nonsense_are_left_out)
{
	for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
		AUTO_ARENA a = { 0 };
		struct locked_base base = { .reference = "r" };
		const struct locked_package *p;

		locked_base_add(&a, &base, "amd64", &nonsense[i].p);
		p = locked_base_package(&base, "aa");
		cr_expect_eq(p != NULL, nonsense[i].kept != NULL, "%zu", i);
		if (p)
			cr_expect_str_eq(arena_printf(&a, "%s %s %s %s", p->name, p->version,
						      p->source, p->source_version),
					 nonsense[i].kept);
		if (p)
			cr_expect(package_has_role(p, "image") && !p->depends[0] && !p->why[0]);
	}
}

Test(locked_base, of_a_package_that_is_there_twice_one_stays)
{
	static const char *const names[] = { "cc", "aa", "bb", "aa", "cc" };
	AUTO_ARENA a = { 0 };
	struct locked_base base = { .reference = "r" };

	locked_base_sort(&base);
	cr_expect_eq(base.packages.n, 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		locked_base_add(&a, &base, "amd64",
				&(struct locked_package){ .name = names[i],
							  .version = "1",
							  .architecture = "all",
							  .source = "ss",
							  .source_version = "1" });
	locked_base_sort(&base);
	cr_assert_eq(base.packages.n, 3);
	cr_expect_str_eq(base.packages.v[0].name, "aa");
	cr_expect_str_eq(base.packages.v[2].name, "cc");
	cr_expect(locked_base_package(&base, "bb") && !locked_base_package(&base, "b") &&
		  !locked_base_package(&base, "dd") && !locked_base_package(NULL, "aa"));
}

/* ---- what may stand on it ---- */

static const char *one_role[] = { "image" }, *build_role[] = { "toolchain:c" },
		  *library_role[] = { "library" };
static const struct locked_state state = { .archive = "debian", .codename = "trixie" };

#define IMAGE .roles = { one_role, 1, 1 }
#define P(n, v, ...)               \
	{ .name = (n),             \
	  .version = (v),          \
	  .architecture = "amd64", \
	  .depends = "",           \
	  .why = "w",              \
	  IMAGE,                   \
	  __VA_ARGS__ }

#define NEEDY(relations)           \
	{ .name = "own",           \
	  .version = "1",          \
	  .architecture = "amd64", \
	  .depends = (relations),  \
	  .why = "w",              \
	  IMAGE }

struct base_case {
	struct locked_package base, own;
	bool of_image;
	const char *released; /* a name that was let go */
	const char *says;     /* NULL: it may */
};

static const char *base_judge(struct arena *a, const struct base_case *c)
{
	struct lock base = { .file = "base.lock.json",
			     .architecture = "amd64",
			     .of_image = c->of_image };
	struct lock own = { .architecture = "amd64", .compilers = "arm64" };
	const struct recipe recipe = { .file = "recipes/x.json" };
	const struct platform platform = { .option = "" };
	const struct lock *bases[] = { &base };
	struct lock_order o = { .recipe = &recipe,
				.platform = &platform,
				.bases = { bases, 1, 1 } };
	struct strings released = { NULL, 0, 0 };
	struct error e = { 0 };

	*list_push(a, &base.packages) = c->base;
	*list_push(a, &own.packages) = c->own;
	if (c->released)
		*list_push(a, &released) = c->released;
	if (bases_check(&o, &own, &released, &e))
		return NULL;
	return arena_printf(a, "%s%s", e.context, e.cause);
}

Test(locked_base, what_a_package_needs_has_to_be_what_the_base_has)
{
	const struct base_case cases[] = {
		{ P("libc6", "2"), NEEDY("libc6 (>= 2)"), false, NULL, NULL },
		{ P("libc6", "2"), NEEDY("libc6 (>= 3)"), false, NULL,
		  "own 1 (w) needs libc6 (>= 3), and base.lock.json pins libc6 2: run imgbuild "
		  "update recipes/x.json libc6" },
		{ P("libc6", "2"), NEEDY("libc6 (>= 3)"), true, NULL,
		  "own 1 (w) needs libc6 (>= 3), and base.lock.json has libc6 2: name a newer "
		  "image, or run imgbuild update recipes/x.json if its tag has moved" },
		{ P("libc6", "2"), NEEDY("libc6 (>= 3) | other"), false, NULL, NULL },
		{ P("libc6", "2"), NEEDY("libc6 (>= 3) | own (>= 2)"), false, NULL,
		  "own 1 (w) needs libc6 (>= 3) | own (>= 2), and base.lock.json pins libc6 2: run "
		  "imgbuild update recipes/x.json libc6" },
		{ P("libc6", "2"), NEEDY("own (>= 2)"), false, NULL, NULL },
		{ P("libc6", "2"), NEEDY("libc6 (!"), false, NULL, "own: " },
		/* what only compiles is not in the image */
		{ P("libc6", "2"),
		  { .name = "own",
		    .version = "1",
		    .architecture = "amd64",
		    .depends = "libc6 (>= 3)",
		    .why = "w",
		    .roles = { build_role, 1, 1 } },
		  false,
		  NULL,
		  NULL },
		{ P("libc6", "2"),
		  { .name = "own",
		    .version = "1",
		    .architecture = "amd64",
		    .depends = "libc6 (>= 3)",
		    .why = "w",
		    .roles = { library_role, 1, 1 } },
		  false,
		  NULL,
		  "own 1 (w) needs libc6 (>= 3), and base.lock.json pins libc6 2: run imgbuild "
		  "update recipes/x.json libc6" },
		{ P("libc6", "2"),
		  { .name = "own",
		    .version = "1",
		    .architecture = "arm64",
		    .depends = "libc6 (>= 3)",
		    .why = "w",
		    IMAGE },
		  false,
		  NULL,
		  NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *says = base_judge(&a, &cases[i]);

		cr_expect_eq(says != NULL, cases[i].says != NULL, "%zu: %s", i, says ? says : "");
		cr_expect(!says || !cases[i].says || strstr(says, cases[i].says), "%zu: %s", i,
			  says);
	}
}

Test(locked_base, nothing_comes_that_breaks_what_an_image_has)
{
	const struct base_case cases[] = {
		{ P("aa", "2"), P("own", "1", .breaks = "aa (<< 3)"), true, NULL,
		  "own 1 (w) has Breaks: aa (<< 3), and base.lock.json has aa 2: name a newer image" },
		{ P("aa", "2"), P("own", "1", .conflicts = "xx, aa"), true, NULL,
		  "own 1 (w) has Conflicts: aa, and base.lock.json has aa 2" },
		{ P("aa", "2"), P("own", "1", .breaks = "aa (<< 2)"), true, NULL, NULL },
		/* of a lock resolving has seen to it */
		{ P("aa", "2"), P("own", "1", .breaks = "aa (<< 3)"), false, NULL, NULL },
		{ P("aa", "2"), P("own", "1", .breaks = "bb"), true, NULL, NULL },
		{ P("aa", "2"), P("own", "1", .breaks = "aa (!"), true, NULL, "Breaks of own: " },
		{ P("aa", "2"), P("own", "1", .conflicts = "aa (!"), true, NULL,
		  "Conflicts of own: " },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *says = base_judge(&a, &cases[i]);

		cr_expect_eq(says != NULL, cases[i].says != NULL, "%zu: %s", i, says ? says : "");
		cr_expect(!says || !cases[i].says || strstr(says, cases[i].says), "%zu: %s", i,
			  says);
	}
}

Test(locked_base, a_package_that_had_to_change_is_told)
{
	static const struct digest other = { { 1 } };
	const struct base_case cases[] = {
		{ P("aa", "2", .state = &state), P("aa", "3", .file.sha256 = other), false, "aa",
		  "aa (w) has to be 3 beside what else is taken, and base.lock.json pins aa 2" },
		{ P("aa", "2", .state = &state), P("aa", "3", .file.sha256 = other), false, "bb",
		  NULL },
		{ P("aa", "2", .state = &state), P("aa", "2"), false, "aa", NULL },
		/* an image has no files to compare: it is apart, but for one that it has in part */
		{ P("aa", "2"), P("aa", "2"), true, "aa", "aa (w) has to be 2" },
		{ P("aa", "2", .partial = true), P("aa", "2"), true, "aa", NULL },
		{ P("aa", "2", .partial = true), P("aa", "3"), true, "aa", "aa (w) has to be 3" },
		{ P("aa", "2", .state = &state),
		  { .name = "aa",
		    .version = "3",
		    .architecture = "amd64",
		    .depends = "",
		    .why = "w",
		    .roles = { build_role, 1, 1 },
		    .file.sha256 = other },
		  false,
		  "aa",
		  NULL },
		{ { .name = "aa", .version = "2", .state = &state, .roles = { build_role, 1, 1 } },
		  P("aa", "3", .file.sha256 = other),
		  false,
		  "aa",
		  NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		const char *says = base_judge(&a, &cases[i]);

		cr_expect_eq(says != NULL, cases[i].says != NULL, "%zu: %s", i, says ? says : "");
		cr_expect(!says || !cases[i].says || strstr(says, cases[i].says), "%zu: %s", i,
			  says);
	}
}

Test(locked_base, the_first_package_that_is_apart_is_found)
{
	AUTO_ARENA a = { 0 };
	static const struct digest other = { { 1 } };
	struct lock base = { .architecture = "amd64" }, own = base;
	const struct lock *bases[] = { &base };
	const struct locks l = { bases, 1, 1 };
	const struct locked_package there[] = { P("aa", "1", .state = &state),
						P("bb", "1", .state = &state) };
	const struct locked_package taken[] = { P("aa", "1"), P("bb", "2", .file.sha256 = other),
						P("cc", "1") };

	for (size_t i = 0; i < ARRAY_SIZE(there); i++)
		*list_push(&a, &base.packages) = there[i];
	cr_expect_null(bases_apart(&l, &own));
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		*list_push(&a, &own.packages) = taken[i];
	cr_expect_str_eq(bases_apart(&l, &own)->name, "bb");
}
