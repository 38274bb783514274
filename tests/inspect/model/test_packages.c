/* SPDX-License-Identifier: Apache-2.0 */
/* Package records as dpkg and scanners read them: never silently fewer packages. */

#include <criterion/criterion.h>

#include "inspect/model/inspect.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

#define STATUS "var/lib/dpkg/status"

/* "one two": the packages that the image is found to hold; and what is wrong with its records. */
static const char *packages_of(struct imagegen *g, struct strings *problems)
{
	struct inspect_request req = { .image = g->path };
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct buf text = { .a = g->a };
	struct error e = { 0 };

	imagegen_write(g);
	cr_assert(inspect_image(g->a, &req, &in, &e), "%s%s", e.context, e.cause);
	for (size_t i = 0; i < in.model.packages.n; i++)
		buf_printf(&text, "%s%s", i ? " " : "", in.model.packages.v[i].name);
	for (size_t i = 0; i < in.records.problems.n; i++)
		*list_push(g->a, problems) = in.records.problems.v[i].text;
	return buf_cstr(&text);
}

static const char *status_stanza(struct arena *a, const char *name, const char *state)
{
	return arena_printf(
		a,
		"Package: %s\nStatus: install ok %s\nVersion: 1\nArchitecture: all\nMaintainer: x\n"
		"Description: x\n%s\n",
		name, state,
		strcmp(state, "triggers-awaited") == 0	 ? "Triggers-Awaited: p7\n"
		: strcmp(state, "triggers-pending") == 0 ? "Triggers-Pending: x\n"
							 : "");
}

/* dpkg names the states; only two of them leave no file but configuration. */
Test(packages, every_state_in_which_files_are_there_counts)
{
	static const char *const states[] = { "not-installed",	  "config-files",
					      "half-installed",	  "unpacked",
					      "half-configured",  "triggers-awaited",
					      "triggers-pending", "installed" };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct strings problems = { 0 };
	struct buf status = { .a = &a }, want = { .a = &a };
	struct str rest, line, name, state;
	const char *dir = files_temporary(&a);

	for (size_t i = 0; i < ARRAY_SIZE(states); i++)
		buf_printf(&status, "%s",
			   status_stanza(&a, arena_printf(&a, "p%zu", i), states[i]));
	files_put(arena_printf(&a, "%s/status", dir), buf_cstr(&status));
	rest = ORACLE(&a, "dpkg-query", "--admindir", dir, "-W", "-f",
		      "${Package} ${db:Status-Status}\\n");
	while (str_next(&rest, '\n', &line)) {
		if (str_cut(line, ' ', &name, &state) && !str_eq(state, STR("not-installed")) &&
		    !str_eq(state, STR("config-files")))
			buf_printf(&want, "%s" STR_FMT, want.n ? " " : "", STR_ARG(name));
	}
	imagegen_begin(&g, &a);
	imagegen_file(&g, STATUS, 0644, buf_str(&status));
	cr_expect_str_eq(packages_of(&g, &problems), buf_cstr(&want));
	cr_expect_str_eq(buf_cstr(&want), "p2 p3 p4 p5 p6 p7");
	files_remove(dir);
}

Test(packages, records_are_read_through_symlinks)
{
	static const struct {
		struct imagegen_entry entries[3];
	} cases[] = {
		{ { { .path = STATUS, .type = '2', .link = "../../../opt/data" },
		    { .path = "opt/data" } } },
		{ { { .path = "var/lib/dpkg", .type = '2', .link = "/usr/share/dpkg" },
		    { .path = "usr/share/dpkg/status" } } },
		{ { { .path = "var/lib/dpkg/status.d/one", .type = '2', .link = "/opt/one" },
		    { .path = "opt/one" } } },
		{ { { .path = "var/lib/dpkg/status.d", .type = '2', .link = "/opt" },
		    { .path = "opt/one" } } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct strings problems = { 0 };

		imagegen_begin(&g, &a);
		for (const struct imagegen_entry *x = cases[i].entries; x->path; x++) {
			struct imagegen_entry entry = *x;

			if (!entry.type)
				entry.content = str_of(status_stanza(&a, "one", "installed"));
			imagegen_add(&g, &entry);
		}
		cr_expect_str_eq(packages_of(&g, &problems), "one", "%zu", i);
		cr_expect_eq(problems.n, 0, "%zu: %s", i, problems.n ? problems.v[0] : "");
	}
}

Test(packages, a_record_names_its_own_package)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct strings problems = { 0 };

	imagegen_begin(&g, &a);
	imagegen_file(&g, "var/lib/dpkg/status.d/one", 0644, STR("Package: other\nVersion: 1\n"));
	imagegen_file(&g, "var/lib/dpkg/status.d/two", 0644, STR("Package: two\nVersion: 1\n"));
	imagegen_file(&g, "var/lib/dpkg/status.d/two:amd64", 0644,
		      STR("Package: two\nVersion: 1\n"));
	cr_expect_str_eq(packages_of(&g, &problems), "other two two");
	cr_assert_eq(problems.n, 1);
	cr_expect_str_eq(problems.v[0], "it is the record of a package other");
}

Test(packages, what_is_too_much_is_told, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct strings problems = { 0 };
	struct buf status = { .a = &a };

	imagegen_begin(&g, &a);
	for (unsigned i = 0; i < 100005; i++)
		buf_printf(&status, "Package: p%u\nVersion: 1\n\n", i);
	imagegen_file(&g, STATUS, 0644, buf_str(&status));
	packages_of(&g, &problems);
	cr_assert_eq(problems.n, 1);
	cr_expect_str_eq(problems.v[0],
			 "there are more than 100000 packages: the rest is not looked at");
	for (unsigned i = 0; i < 400000; i++)
		buf_printf(&status, "Package: q%u\nVersion: 1\n\n", i);
	problems.n = 0;
	imagegen_end(&g);
	imagegen_begin(&g, &a);
	imagegen_file(&g, STATUS, 0644, buf_str(&status));
	cr_expect_str_eq(packages_of(&g, &problems), "");
	cr_assert_eq(problems.n, 1);
	cr_expect_str_eq(problems.v[0], "it is too large to be read");
}

Test(packages, conffiles_of_a_record_belong_to_its_package)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct inspect_request req;
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct error e = { 0 };
	const struct item *i;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "etc/one.conf", 0644, STR("x\n"));
	imagegen_file(
		&g, "var/lib/dpkg/status.d/one", 0644,
		STR("Package: one\nVersion: 1\nConffiles:\n /etc/one.conf 0123456789abcdef0123456789abcdef\n"));
	imagegen_write(&g);
	req = (struct inspect_request){ .image = g.path };
	cr_assert(inspect_image(&a, &req, &in, &e), "%s%s", e.context, e.cause);
	i = model_at(&in.model, "etc/one.conf");
	cr_assert(i && i->package);
	cr_expect_str_eq(i->package->name, "one");
}

/* One defect each, at one side of the line and at the other: half a hexadecimal digit is none. */
Test(packages, a_line_of_md5sums_is_right_or_told)
{
	static const struct {
		const char *line;
		bool ok;
	} cases[] = {
		{ "0123456789abcdef0123456789abcdef  opt/one", true },
		{ "0123456789abcdef0123456789abcdef  o", true },
		{ "0123456789abcdef0123456789abcdeg  opt/one", false },
		{ "g123456789abcdef0123456789abcdef  opt/one", false },
		{ "0123456789Abcdef0123456789abcdef  opt/one", false },
		{ "/:23456789abcdef0123456789abcdef  opt/one", false },
		{ "`123456789abcdef0123456789abcdef  opt/one", false },
		{ "0123456789abcdef0123456789abcdef opt/one", false },
		{ "0123456789abcdef0123456789abcdef *opt/one", false },
		{ "0123456789abcdef0123456789abcdef  ", false },
		{ "0123456789abcdef0123456789abcde  opt/one", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct strings problems = { 0 };

		imagegen_begin(&g, &a);
		imagegen_file(&g, "var/lib/dpkg/status.d/one", 0644,
			      STR("Package: one\nVersion: 1\n"));
		imagegen_file(&g, "var/lib/dpkg/status.d/one.md5sums", 0644,
			      str_of(arena_printf(&a, "%s\n", cases[i].line)));
		cr_expect_str_eq(packages_of(&g, &problems), "one");
		cr_expect_eq(problems.n, cases[i].ok ? 0 : 1, "\"%s\"", cases[i].line);
		if (problems.n)
			cr_expect(strstr(problems.v[0], "a line is not an MD5 sum"), "%s",
				  problems.v[0]);
	}
}
