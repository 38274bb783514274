/* SPDX-License-Identifier: Apache-2.0 */
/* Control files, one defect each, at both sides of every bound (deb-control(5)). */

#include <criterion/criterion.h>

#include "make/deb/deb_control.h"

#define HEAD "Package: demo\nVersion: 1.0\nArchitecture: amd64\n"

/* The cause of the refusal, or "". */
static const char *control_told(struct arena *a, const char *name, struct str control,
				struct error *e)
{
	const struct deb_package p = { .name = name,
				       .version = "1.0",
				       .architecture = "amd64",
				       .at = { .file = "x.lock.json", .line = 7, .col = 3 } };
	struct deb deb = { .package = &p };

	*e = (struct error){ 0 };
	if (control.p)
		*list_push(a, &deb.control) = (struct deb_control){ .name = "control",
								    .text = control };
	return control_check(&deb, e) ? "" : e->cause;
}

Test(deb_control, a_stanza_is_checked_line_by_line)
{
	static const struct {
		const char *control, *says;
	} cases[] = {
		{ HEAD, "" },
		{ HEAD "X: y\n z\n\tz\n", "" },
		{ HEAD "x-y_z!: \n", "" },
		{ HEAD "Tab:\tx\n", "" },
		{ HEAD "~: x\n", "" },
		{ HEAD ": x\n", "a line that is no" },
		{ HEAD "-X: y\n", "a line that is no" },
		{ HEAD "#X: y\n", "a line that is no" },
		{ HEAD "X y: z\n", "a line that is no" },
		{ HEAD "X\xc3\xa4: z\n", "a line that is no" },
		{ HEAD "X\n", "a line that is no" },
		{ HEAD "\n", "a line that is no" },
		{ "\tx\n" HEAD, "a line that is no" },
		{ " x\n" HEAD, "a line that is no" },
		{ HEAD "X: y\nx: z\n", "a field that occurs twice" },
		{ HEAD "X: \x7f\n", "control bytes" },
		{ HEAD "X: \x1f\n", "control bytes" },
		{ HEAD "X: \r\n", "control bytes" },
		{ HEAD "X: y", "no newline at its end" },
		{ "package: demo\nVERSION: 1.0\nArchitecture: amd64\n", "" },
		{ "Version: 1.0\nArchitecture: amd64\n", "Package, Version or Architecture" },
		{ "Package: demo\nArchitecture: amd64\n", "Package, Version or Architecture" },
	};
	AUTO_ARENA a = { 0 };
	struct error e;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *told = control_told(&a, "demo", str_of(cases[i].control), &e);

		cr_expect(cases[i].says[0] ? strstr(told, cases[i].says) != NULL : !told[0],
			  "%zu: \"%s\"", i, told);
		cr_expect_eq(e.kind, cases[i].says[0] ? ERR_INPUT : ERR_NONE);
	}
	cr_expect(strstr(control_told(&a, "demo", (struct str){ NULL, 0 }, &e), "it is not there"));
}

Test(deb_control, a_package_that_the_lock_does_not_mean_is_told_at_its_place)
{
	AUTO_ARENA a = { 0 };
	struct error e;

	cr_expect(strstr(control_told(&a, "other", STR(HEAD), &e),
			 "says Package \"demo\" where the lock says \"other\""));
	cr_expect(e.kind == ERR_VERIFY && e.at.line == 7 && e.at.col == 3, "%u:%u", e.at.line,
		  e.at.col);
	cr_expect_str_eq(e.at.file, "x.lock.json");
}

Test(deb_control, names_are_those_that_dpkg_takes)
{
	static const struct {
		const char *name;
		bool ok;
	} cases[] = {
		{ "ab", true },	  { "a+", true },     { "0a", true },	   { "a-b.c", true },
		{ "a", false },	  { "", false },      { "+a", false },	   { "-a", false },
		{ ".a", false },  { "aB", false },    { "a_", false },	   { "a b", false },
		{ "a/b", false }, { "%0200d", true }, { "%0201d", false },
	};
	AUTO_ARENA a = { 0 };
	struct error e;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		bool is_long = cases[i].name[0] == '%';
		const char *name = !is_long	 ? cases[i].name
				   : cases[i].ok ? arena_printf(&a, "%0200d", 0)
						 : arena_printf(&a, "%0201d", 0);
		const char *told = control_told(&a, name,
						str_of(arena_printf(&a,
								    "Package: %s\nVersion: 1.0\n"
								    "Architecture: amd64\n",
								    name)),
						&e);

		cr_expect_eq(!told[0], cases[i].ok, "\"%s\": %s", name, told);
	}
}

Test(deb_control, a_stanza_has_so_many_fields)
{
	AUTO_ARENA a = { 0 };

	for (unsigned n = 127; n <= 129; n++) {
		struct buf text = { .a = &a };
		struct error e;
		const char *told;

		buf_puts(&text, HEAD);
		for (unsigned i = 3; i < n; i++)
			buf_printf(&text, "X%u: y\n", i);
		told = control_told(&a, "demo", buf_str(&text), &e);
		cr_expect(n <= 128 ? !told[0] : strstr(told, "too many fields") != NULL, "%u: %s",
			  n, told);
	}
}

Test(deb_control, a_field_is_found_without_case_and_trimmed)
{
	cr_expect(str_eq(control_field(STR("A: 1\nBb:  two \n three\nC:\n"), "bB"), STR("two")));
	cr_expect(str_eq(control_field(STR("A: 1\nC:\n"), "c"), STR("")));
	cr_expect_null(control_field(STR("A: 1\nBb: 2\n"), "B").p);
	cr_expect_null(control_field(STR(" B: 2\n"), "B").p, "a line that goes on is none");
	cr_expect_null(control_field(STR(""), "B").p);
}

#define SUM "0123456789abcdef0123456789abcdef"

Test(deb_control, sums_are_checked_line_by_line)
{
	static const struct {
		const char *text;
		unsigned line; /* the bad one; 0: none */
	} cases[] = {
		{ "", 0 },
		{ SUM "  usr/bin/x\n", 0 },
		{ SUM "  x\n" SUM "  y z\n", 0 },
		{ SUM "  x\n" SUM "  \n", 2 },
		{ SUM "  /x\n", 1 },
		{ SUM " x\n", 1 },
		{ SUM " *x\n", 1 },
		{ SUM "x  y\n", 1 },
		{ "0123456789abcdef0123456789abcdeF  x\n", 1 },
		{ "g123456789abcdef0123456789abcdef  x\n", 1 },
		{ SUM "  x\n\n" SUM "  y\n", 2 },
	};
	struct error e = { 0 };
	char nul[] = SUM "  x\n";

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };

		e = (struct error){ 0 };
		cr_expect_eq(md5sums_check(str_of(cases[i].text), &e), cases[i].line == 0, "%zu",
			     i);
		if (cases[i].line)
			cr_expect(strstr(e.cause, arena_printf(&a, "in line %u: ", cases[i].line)),
				  "%zu: %s", i, e.cause);
	}
	e = (struct error){ 0 };
	cr_expect_not(md5sums_check(STR(SUM "  x"), &e));
	cr_expect(strstr(e.cause, "no newline at the end"), "%s", e.cause);
	nul[5] = '\0';
	e = (struct error){ 0 };
	cr_expect_not(md5sums_check((struct str){ nul, sizeof(nul) - 1 }, &e));
	cr_expect(strstr(e.cause, "control bytes"), "%s", e.cause);
}
