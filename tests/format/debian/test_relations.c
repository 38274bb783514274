/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of relations, and of version constraints in recipes. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "input/resolve/constraint.h"
#include "format/debian/debian_names.h"
#include "format/debian/relations.h"

/* "name:qualifier op version" of each alternative, separated by '/', groups by ';' */
static const char *relations_parsed(struct arena *a, const char *text, const char *arch,
				    struct error *e)
{
	struct str rest = str_of(text), group;
	struct buf out = { .a = a };
	int got = 0;

	while (relation_group(&rest, &group)) {
		struct relation r;
		size_t n = 0;

		while ((got = arch ? relation_next_build(&group, arch, &r, e)
				   : relation_next(&group, &r, e)) > 0)
			buf_printf(&out, "%s%s", n++ ? "/" : "", relation_format(a, &r));
		if (got < 0)
			return NULL;
		buf_putc(&out, ';');
	}
	return out.n ? buf_cstr(&out) : "";
}

Test(relations, binary_relations_are_read)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "a1", "a1;" },
		{ "libc6 (>= 2.39), libssl3t64 (>=3.0.0)",
		  "libc6 (>= 2.39);libssl3t64 (>= 3.0.0);" },
		{ "a1 | b1 (= 1:2-3)|c1:any", "a1/b1 (= 1:2-3)/c1:any;" },
		{ "python3:any (>= 3.13~) ,\n perl:native", "python3:any (>= 3.13~);perl:native;" },
		{ "a1,, b1,", "a1;b1;" },
		{ "a1(<<1)", "a1 (<< 1);" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		const char *got = relations_parsed(&a, cases[i][0], NULL, &e);

		cr_assert(got, "%s: %s", cases[i][0], e.cause);
		cr_assert_str_eq(got, cases[i][1]);
	}
}

Test(relations, malformed_relations_are_refused)
{
	static const char *const cases[] = {
		"A",
		"a",
		"a_b",
		"aa |",
		"| aa",
		"aa (1)",
		"aa (> 1)",
		"aa (< 1)",
		"aa (>= )",
		"aa (>= 1",
		"aa >= 1",
		"aa bb",
		"aa: (>= 1)",
		"aa:",
		"aa (>= 1) x",
		"aa (>= 1_2)",
		"aa [amd64]",
		"aa <!nocheck>",
		"aa (>= 1) (<< 2)",
		"../x",
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };

		cr_assert_null(relations_parsed(&a, cases[i], NULL, &e), "%s", cases[i]);
		cr_assert_eq(e.kind, ERR_INPUT);
	}
}

Test(relations, build_relations_obey_architectures_and_profiles)
{
	static const char *const cases[][2] = {
		{ "aa [amd64]", "aa;" },
		{ "aa [arm64]", ";" },
		{ "aa [!amd64]", ";" },
		{ "aa [!arm64 !i386]", "aa;" },
		{ "aa [linux-any]", "aa;" },
		{ "aa [any-amd64]", "aa;" },
		{ "aa [any-i386] | bb", "bb;" },
		{ "aa <!nocheck>", "aa;" },
		{ "aa <nocheck>", ";" },
		{ "aa <cross> <!nocheck !nodoc>", "aa;" },
		{ "aa (>= 1) [amd64] <!nodoc>", "aa (>= 1);" },
		{ "aa <!nocheck nodoc>", ";" },
		{ "aa [i386] <!nocheck>", ";" },
		{ "aa [amd64] <nocheck>", ";" },
		{ "aa <nocheck> <nodoc>", ";" },
		{ "aa <nocheck> <!nodoc>", "aa;" },
	};
	static const char *const malformed[] = { "aa [amd64] x", "aa <!nocheck> [amd64]",
						 "aa [amd64] [i386]", "aa <!nocheck", "aa [amd64" };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		const char *got = relations_parsed(&a, cases[i][0], "amd64", &e);

		cr_assert(got, "%s: %s", cases[i][0], e.cause);
		cr_assert_str_eq(got, cases[i][1], "%s: %s", cases[i][0], got);
	}
	for (size_t i = 0; i < ARRAY_SIZE(malformed); i++) {
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };

		cr_expect_null(relations_parsed(&a, malformed[i], "amd64", &e), "%s", malformed[i]);
		cr_expect_eq(e.kind, ERR_INPUT, "%s", malformed[i]);
	}
}

static const struct {
	const char *text, *version;
	int holds;
} constraints[] = {
	{ NULL, "1", 1 },
	{ ">= 3.12", "3.13.5-2+deb13u5", 1 },
	{ ">= 3.12", "3.11.9-1", 0 },
	{ "3.12.*", "3.12.13", 1 },
	{ "3.12.*", "3.12-1", 1 },
	{ "3.12.*", "3.13.5-2", 0 },
	{ "3.12.*", "3.120-1", 0 },
	{ "= 6.13", "6.13-2+deb13u4", 1 },
	{ "= 6.13-2", "6.13-2+deb13u4", 0 },
	{ "= 6.13-2+deb13u4", "6.13-2+deb13u4", 1 },
	{ ">= 3.12, << 3.14", "3.13.5-2", 1 },
	{ ">= 3.12, << 3.13", "3.13.5-2", 0 },
	{ "<< 3.14", "3.14~rc1-1", 1 },
	{ ">= 1", "1:0.5-1", 0 },
	{ ">= 1:0-0", "1:0.5-1", 1 },
	/* epochs count where the term has one */
	{ "= 2.3", "1:2.3-4", 1 },
	{ "<< 3", "1:2.3-4", 1 },
	{ "= 1:2.3", "1:2.3-4", 1 },
	{ "= 0:2.3", "1:2.3-4", 0 },
	{ "= 0:2.3", "2.3-4", 1 },
	{ ">= 2:1", "1:2.3-4", 0 },
	{ "= 2.3-4", "1:2.3-4", 1 },
	{ "= 1:2.3-4", "1:2.3-4", 1 },
	{ "= 2:2.3-4", "1:2.3-4", 0 },
	{ "1:2.*", "1:2.3-4", 1 },
	{ "2:2.*", "1:2.3-4", 0 },
	{ "2.*", "1:2.3-4", 1 },
	/* revisions too */
	{ "<= 6.13", "6.13-2+deb13u4", 1 },
	{ ">> 6.13", "6.13-2+deb13u4", 0 },
	{ ">= 6.13-2", "6.13-2+deb13u4", 1 },
	{ ">= 6.13-2", "6.13-2~bpo12+1", 0 },
	{ ">= 6.13-2~", "6.13-2~bpo12+1", 1 },
	{ ">= 6.13", "6.13-2~bpo12+1", 1 },
	{ "6.13-2.*", "6.13-2+deb13u4", 1 },
	{ "6.13-2.*", "6.13-2.1", 1 },
	{ "6.13-2.*", "6.13-20", 0 },
	{ "6.13-2.*", "6.14-2", 0 },
	{ "6.13-2.*", "6.13-2~bpo12+1", 0 },
	{ "= 13-0", "13", 1 },
	{ ">= 1.0", "1.0-0-1", 1 },
	{ ">> 1.0", "1.0-0-1", 1 },
	{ "= 2", "1:2:3-4", 0 },
	/* what comes before */
	{ ">= 13", "13~rc1", 0 },
	{ ">= 13~", "13~rc1", 1 },
	{ "<< 13", "13~rc1", 1 },
	{ "13.*", "13~rc1", 0 },
	{ "13.*", "13.0~rc1", 1 },
	{ "13.*", "13", 1 },
	{ "13.*", "130", 0 },
	/* how people number */
	{ "3.12.*", "3.12+dfsg-1", 1 },
	{ "1.1.1.*", "1.1.1n-0+deb11u5", 1 },
	{ "3.9.*", "3.09.1-1", 1 },
	{ "= 1.0", "1.00-1", 1 },
	{ "3.1.*", "3.12-1", 0 },
	{ "13.0.*", "13.1-1", 0 },
	{ "13.0.*", "13.0.1-1", 1 },
	{ "13.0.*", "13-1", 0 },
	/* native packages */
	{ "= 13.8", "13.8+deb13u6", 1 },
	{ ">> 13.8", "13.8+deb13u6", 0 },
	{ "= 13.8+deb13u6", "13.8+deb13u6", 1 },
	{ ">= 13.8+deb13u7", "13.8+deb13u6", 0 },
	{ "= 1.2", "1.2+b1", 1 },
	{ "= 1.2", "1.2+deb13u1+b2", 1 },
	{ ">= 1.2", "1.2~bpo13+1", 1 },
	{ "= 1.2", "1.2~deb13u1", 1 },
	{ "= 1.2", "1.2+nmu1", 0 },
	{ "13.8.*", "13.8+deb13u6", 1 },
	{ "= 1", "1+b", 0 },
	{ "3.12", "3.12-1", -1 },
	{ "> 3", "3", -1 },
	{ ">= ", "3", -1 },
	{ ">= 3,", "3", 1 },
	{ ">= 3,,<< 4", "3", -1 },
	{ "*", "3", -1 },
	{ ".*", "3", -1 },
	{ "", "3", 1 },
};

Test(constraint, terms_speak_of_the_parts_that_they_have)
{
	for (size_t i = 0; i < ARRAY_SIZE(constraints); i++) {
		struct error e = { 0 };
		int got = constraint_holds(constraints[i].text, str_of(constraints[i].version), &e);

		cr_assert_eq(got, constraints[i].holds, "%s / %s: %d", constraints[i].text,
			     constraints[i].version, got);
		cr_assert_eq(e.kind, got < 0 ? ERR_INPUT : ERR_NONE);
	}
}

Test(names, what_becomes_a_path_is_checked)
{
	cr_assert(name_is_package(STR("libstdc++6")) && name_is_package(STR("a.b-c+d")));
	cr_assert_not(name_is_package(STR("a")) || name_is_package(STR("-a")) ||
		      name_is_package(STR("a/b")) || name_is_package((struct str){ "a\0b", 3 }));
	cr_assert(name_is_essential(STR("dpkg")) && name_is_essential(STR("util-linux")));
	cr_assert_not(name_is_essential(STR("dpk")) || name_is_essential(STR("libc6")));
	cr_assert(name_is_pool_path(STR("pool/main/g/gcc/gcc_4%3a14_amd64.deb")) == false);
	cr_assert(name_is_pool_path(STR("pool/updates/main/s/squid/squid_6.13-2+deb13u4~x:y.deb")));
	cr_assert_not(name_is_pool_path(STR("pool/")) || name_is_pool_path(STR("pool/..")) ||
		      name_is_pool_path(STR("pool/a/../b")) || name_is_pool_path(STR("dists/")) ||
		      name_is_pool_path(STR("etc/passwd")) || name_is_pool_path(STR("/pool/a")));
	cr_assert(name_is_pool_path(STR("dists/trixie/pool/stable/amd64/docker-ce_5.deb")));
	cr_assert_not(name_is_architecture(STR("")) || name_is_architecture(STR("a/b")));
}
