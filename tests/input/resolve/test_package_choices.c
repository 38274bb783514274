/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of a package is the candidate, and what components may exchange it for. */

#include <criterion/criterion.h>

#include "input/resolve/package_choices.h"
#include "input/resolve/resolve.h"
#include "support/gen_index.h"

static const struct suite trixie = { .archive = "debian", .codename = "trixie" };
static const struct suite security = { .archive = "debian-security",
				       .codename = "trixie-security" };
static const struct suite backports = { .archive = "debian", .codename = "trixie-backports" };

struct offered_package {
	const struct suite *suite;
	unsigned priority; /* 0: none is given */
	const char *lines;
};

static struct index *index_of_offers(struct arena *a, const struct offered_package *offers,
				     size_t n)
{
	struct index *x = arena_alloc(a, sizeof(*x));
	struct error e = { 0 };

	*x = (struct index){ .a = a, .arch = "amd64" };
	for (size_t i = 0; i < n; i++) {
		if (offers[i].priority)
			index_prioritise(x, offers[i].suite, offers[i].priority);
		cr_assert(indexgen_add(x, offers[i].suite,
				       str_of(indexgen_packages(a, offers[i].lines)), &e),
			  "%s", e.cause);
	}
	cr_assert(index_finish(x, &e), "%s", e.cause);
	return x;
}

/* apt_preferences(5): highest priority, highest version, order of sources. What apt itself says of
 * such archives is asked in tests/e2e/test_apt.c. */
Test(package_choices, priority_comes_before_version_before_order)
{
	static const struct {
		struct offered_package offers[2];
		const char *version, *suite;
	} cases[] = {
		{ { { &trixie, 0, "aa 1" }, { &backports, 100, "aa 2" } }, "1", "trixie" },
		{ { { &trixie, 0, "aa 1" }, { &backports, 1, "aa 2" } }, "1", "trixie" },
		{ { { &trixie, 0, "aa 1" }, { &security, 500, "aa 2" } }, "2", "trixie-security" },
		{ { { &trixie, 0, "aa 2" }, { &backports, 990, "aa 1" } },
		  "1",
		  "trixie-backports" },
		{ { { &trixie, 990, "aa 2" }, { &backports, 1001, "aa 1" } },
		  "1",
		  "trixie-backports" },
		{ { { &trixie, 0, "bb 1" }, { &backports, 1, "aa 1" } }, "1", "trixie-backports" },
		{ { { &trixie, 0, "aa 1" }, { &security, 0, "aa 1; Depends: bb" } },
		  "1",
		  "trixie" },
		{ { { &trixie, 100, "aa 1" }, { &security, 0, "aa 1; Depends: bb" } },
		  "1",
		  "trixie-security" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct index *x = index_of_offers(&a, cases[i].offers, 2);
		const struct index_package *p = index_candidate(x, STR("aa"));

		cr_expect(str_eq(p->version, str_of(cases[i].version)), "case %zu", i);
		cr_expect_str_eq(p->suite->codename, cases[i].suite, "case %zu", i);
	}
}

#define STABLE                                                                                  \
	"app 1-1; Depends: libapp (= 1-1), libc6\n libapp 1-1; Depends: data (>= 1)\n data 1\n" \
	" libc6 2.41\n other 1-1; Provides: virtual"
#define NEWER                                                               \
	"app 2-1~bpo13+1; Depends: libapp (= 2-1~bpo13+1), libc6, fresh\n"  \
	" libapp 2-1~bpo13+1; Depends: data (>= 2)\n data 3\n libc6 2.42\n" \
	" fresh 1; Depends: engine (>= 7)\n engine 7; Provides: virtual (= 7)\n other 2-1"
#define FIXED "app 1-1+deb13u1; Depends: libapp (= 1-1), libc6"

static struct index *three_suites(struct arena *a)
{
	static const struct offered_package offers[] = { { &trixie, 500, STABLE "\n engine 6" },
							 { &security, 500, FIXED },
							 { &backports, 100, NEWER } };

	return index_of_offers(a, offers, 3);
}

/* What a component gets: "app=1 libapp=1 ..." of what the provider's packages need, or the loss. */
static const char *choice_taken(struct choices *c, const struct component *component,
				const char *package)
{
	struct request request = { package, "asked for by the test" };
	struct buf text = { .a = c->a };
	struct provider p = { 0 };
	struct picks picks = { 0 };
	struct error e = { 0 };
	const char *lost = "";

	*list_push(c->a, &p.packages) = package;
	switch (choices_take(c, component, &p, &lost, &e)) {
	case 0:
		return lost;
	case 1:
		break;
	default:
		return arena_strdup(c->a, e.cause);
	}
	if (!resolve_pinned(c->a, c->x, &request, 1, &picks, &(struct strings){ 0 }, &e))
		return arena_strdup(c->a, e.cause);
	for (size_t i = 0; i < picks.n; i++)
		buf_printf(&text, "%s%.*s=%.*s", i ? " " : "", STR_ARG(picks.v[i].package->name),
			   STR_ARG(picks.v[i].package->version));
	return buf_cstr(&text);
}

Test(package_choices, a_component_names_its_suite_or_version)
{
	static const struct {
		const char *package, *version, *suite, *gets;
	} cases[] = {
		{ "app", NULL, NULL, "app=1-1+deb13u1 data=1 libapp=1-1 libc6=2.41" },
		{ "app", "= 1-1", NULL, "app=1-1 data=1 libapp=1-1 libc6=2.41" },
		/* what no candidate meets, and what that needs, and no more */
		{ "app", NULL, "trixie-backports",
		  "app=2-1~bpo13+1 data=3 engine=7 fresh=1 libapp=2-1~bpo13+1 "
		  "libc6=2.41" },
		{ "app", ">= 2", "trixie-backports",
		  "app=2-1~bpo13+1 data=3 engine=7 fresh=1 "
		  "libapp=2-1~bpo13+1 libc6=2.41" },
		{ "app", NULL, "trixie", "app=1-1 data=1 libapp=1-1 libc6=2.41" },
		{ "app", ">= 2", NULL, "app 1-1+deb13u1 of trixie-security does not satisfy >= 2" },
		{ "app", "= 2", NULL, "app 1-1+deb13u1 of trixie-security does not satisfy = 2" },
		{ "app", ">= 3", "trixie-backports",
		  "app 2-1~bpo13+1 of trixie-backports does not satisfy >= 3" },
		{ "data", NULL, "trixie-security", "trixie-security has no package data" },
		{ "nothing", NULL, "trixie", "no suite has a package nothing" },
		{ "fresh", NULL, NULL, "engine (>= 7) is needed by fresh; trixie has 6" },
		{ "fresh", NULL, "trixie-backports", "engine=7 fresh=1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct index *x = three_suites(&a);
		struct choices c = { .a = &a, .x = x };
		struct component component = { .name = "x",
					       .version = cases[i].version,
					       .suite = cases[i].suite };
		struct component none = { .name = "y" };

		cr_expect_str_eq(choice_taken(&c, &component, cases[i].package), cases[i].gets,
				 "case %zu", i);
		choices_undo(&c, 0);
		cr_expect_str_eq(choice_taken(&c, &none, "app"), cases[0].gets, "after case %zu",
				 i);
		cr_expect_eq(c.moves.n, 0, "the candidate is what it has");
	}
}

Test(package_choices, provides_are_those_of_the_candidates)
{
	AUTO_ARENA a = { 0 };
	struct index *x = three_suites(&a);
	struct choices c = { .a = &a, .x = x };
	struct component component = { .name = "x", .suite = "trixie-backports" };
	size_t n;

	cr_expect(str_eq(index_providers(x, STR("virtual"), &n)->by->name, STR("other")));
	cr_expect_eq(n, 1);
	cr_expect_str_eq(choice_taken(&c, &component, "other"), "other=2-1");
	cr_expect_null(index_providers(x, STR("virtual"), &n));
	cr_expect_str_eq(choice_taken(&c, &component, "engine"), "engine=7");
	cr_expect(str_eq(index_providers(x, STR("virtual"), &n)->by->name, STR("engine")));
	choices_undo(&c, 0);
	cr_expect(str_eq(index_providers(x, STR("virtual"), &n)->by->name, STR("other")));
}

Test(package_choices, a_pin_is_the_candidate_whatever_the_priorities)
{
	static const struct component none = { .name = "y" },
				      old = { .name = "x", .version = "<< 2" };
	AUTO_ARENA a = { 0 };
	struct index x = { .a = &a, .arch = "amd64" };
	struct choices c = { .a = &a, .x = &x };
	struct locked_package pin = { .name = "aa",
				      .version = "2",
				      .architecture = "amd64",
				      .source = "aa",
				      .source_version = "2",
				      .depends = "" };
	struct error e = { 0 };

	index_prioritise(&x, &backports, 100);
	cr_assert(indexgen_add(&x, &trixie, str_of(indexgen_packages(&a, "aa 1")), &e));
	cr_assert(indexgen_add(&x, &backports, str_of(indexgen_packages(&a, "aa 2")), &e));
	pin.file = (struct locked_file){ .name = "aa.deb",
					 .path = "pool/aa.deb",
					 .size = 1000,
					 .sha256 = digest_of(STR("aa 2")) };
	index_add_pin(&x, &backports, &pin);
	cr_assert(index_finish(&x, &e));
	cr_expect_str_eq(choice_taken(&c, &none, "aa"), "aa=2");
	cr_expect_str_eq(choice_taken(&c, &old, "aa"), "aa=1",
			 "a pin that does not satisfy is left");
}
