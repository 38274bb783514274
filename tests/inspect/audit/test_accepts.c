/* SPDX-License-Identifier: Apache-2.0 */
/* What is said in favour of a finding: exceptions, what the recipe brought or names, what Debian
 * does. */

#include <criterion/criterion.h>

#include "inspect/audit/rules.h"
#include "support/fixture_audited.h"
#include "support/gen_elf.h"
#include "support/gen_image.h"

#define NOW 1790000000 /* 2026-09-21 */

static const struct elfgen without_pie = {
	.program = true, .fixed = true, .relro = true, .bind_now = true
};

Test(audit, an_exception_needs_its_rule_its_path_and_its_day)
{
	static const struct {
		struct audit_accept accept;
		bool holds;
	} cases[] = {
		{ { "file.setuid", "/usr/bin/x", "known", NULL, NULL }, true },
		{ { "file.*", "/usr/bin/*", "known", NULL, NULL }, true },
		{ { "*", "/usr/**", "known", NULL, NULL }, true },
		{ { "file.setuid", NULL, "known", NULL, NULL }, true },
		{ { "file.setuid", "/usr/", "known", "2026-09-21", NULL }, true },
		{ { "file.setuid", "/usr/bin/x", "known", "2026-09-20", NULL }, false },
		{ { "file.setgid", "/usr/bin/x", "known", NULL, NULL }, false },
		{ { "file.setuid", "/usr/*", "known", NULL, NULL }, false },
		{ { "file.setuid", "/usr/bin/xy", "known", NULL, NULL }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_request req = { .now = NOW };
		struct audit_result r;

		imagegen_begin(&g, &a);
		imagegen_good(&g);
		imagegen_file(&g, "usr/bin/x", 04755, STR("x"));
		imagegen_write(&g);
		req.image = g.path;
		*list_push(&a, &req.accept) = cases[i].accept;
		*list_push(&a, &req.owned) = "/usr/bin/x";
		r = audited(&a, &req);
		cr_expect(r.findings.n == 1, "case %zu: %s", i, audited_text(&a, &r));
		cr_expect((r.findings.v[0].accepted != NULL) == cases[i].holds, "case %zu", i);
		cr_expect(audit_failed(&r, SEV_LOW) != cases[i].holds, "case %zu", i);
		cr_expect(r.unused.n == !cases[i].holds, "case %zu", i);
	}
}

Test(audit, what_the_recipe_brought_is_owned)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = NOW };
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, "etc/mine", 0644, STR("x"));
	imagegen_write(&g);
	req.image = g.path;
	r = audited(&a, &req);
	cr_expect(audited_has(&r, "file.unowned", "etc/mine"));
	*list_push(&a, &req.owned) = "etc/mine";
	r = audited(&a, &req);
	cr_expect(r.findings.n == 0, "%s", audited_text(&a, &r));
}

Test(audit, what_the_builder_knows_of_old_sources_is_told)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_request req = { .now = NOW };
	struct audit_result r;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	req.image = g.path;
	*list_push(&a, &req.outdated) = "squid 2 of trixie is newer; 1 is used";
	r = audited(&a, &req);
	cr_assert_eq(r.findings.n, 1, "%s", audited_text(&a, &r));
	cr_expect_str_eq(r.findings.v[0].rule->id, "source.outdated");
	cr_expect_str_eq(r.findings.v[0].message, "squid 2 of trixie is newer; 1 is used");
}

/* An interpreter is expected where the recipe names it, and so is how Debian builds Python; what
 * somebody says of it goes before. */
Test(audit, what_the_recipe_names_and_what_debian_does_is_expected)
{
	static const char record[] =
		"Package: python3.13-minimal\nVersion: 1\nArchitecture: amd64\n";
	static const struct {
		const char *path, *package, *reason;
	} cases[] = {
		{ NULL, NULL, NULL },
		{ "/usr/bin/python3*", NULL, "the recipe names /usr/bin/python3*" },
		{ "/usr/bin/py", NULL, "the recipe names /usr/bin/py" },
		{ NULL, "python3.13-minimal", "the recipe names python3.13-minimal" },
		{ NULL, "python3", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_request req = { .now = NOW };
		struct audit_result r;
		size_t looked = 0;
		char md5[33];

		if (cases[i].path)
			*list_push(&a, &req.expected.paths) = cases[i].path;
		if (cases[i].package)
			*list_push(&a, &req.expected.packages) = cases[i].package;
		imagegen_begin(&g, &a);
		imagegen_good(&g);
		imagegen_file(&g, "usr/bin/python3.13", 0755, elfgen_make(&a, &without_pie));
		imagegen_add(&g, &(struct imagegen_entry){ .path = "usr/bin/py",
							   .type = '2',
							   .mode = 0777,
							   .link = "python3.13" });
		imagegen_file(&g, "var/lib/dpkg/status.d/python3.13-minimal", 0644, STR(record));
		md5_hex(elfgen_make(&a, &without_pie), md5);
		imagegen_file(&g, "var/lib/dpkg/status.d/python3.13-minimal.md5sums", 0644,
			      str_of(arena_printf(&a, "%s  usr/bin/python3.13\n", md5)));
		imagegen_write(&g);
		req.image = g.path;
		r = audited(&a, &req);
		for (size_t k = 0; k < r.findings.n; k++) {
			const struct finding *f = &r.findings.v[k];

			if (strcmp(f->rule->id, "program.interpreter") == 0) {
				cr_expect((f->accepted != NULL) == (cases[i].reason != NULL),
					  "case %zu", i);
				if (f->accepted)
					cr_expect_str_eq(f->accepted->reason, cases[i].reason);
				looked++;
			} else if (strcmp(f->rule->id, "elf.no-pie") == 0) {
				cr_assert(f->accepted, "case %zu: %s", i, audited_text(&a, &r));
				cr_expect_str_eq(f->accepted->reason,
						 "Debian builds its Python without PIE");
				looked++;
			}
		}
		cr_expect_eq(looked, 2, "case %zu: %s", i, audited_text(&a, &r));
		cr_expect_eq(audit_failed(&r, SEV_MEDIUM), cases[i].reason == NULL, "case %zu: %s",
			     i, audited_text(&a, &r));
	}
}
