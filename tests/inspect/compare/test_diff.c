/* SPDX-License-Identifier: Apache-2.0 */
/* Comparing two images. */

#include <criterion/criterion.h>
#include <stdio.h>

#include "base/path.h"
#include "format/debian/changelog.h"
#include "inspect/compare/diff.h"
#include "support/gen_elf.h"
#include "support/gen_image.h"

static void audit_for_diff(struct arena *a, struct imagegen *g, struct audit_result *r)
{
	struct error e = { 0 };

	imagegen_write(g);
	cr_assert(audit_image(a,
			      &(struct audit_request){
				      .image = g->path, .now = 1790000000, .components = true },
			      r, &e),
		  "%s", e.cause);
}

static bool diff_has(const struct diff *d, enum diff_part part, char sign, const char *subject,
		     const char *detail)
{
	for (size_t i = 0; i < d->list.n; i++) {
		const struct difference *x = &d->list.v[i];

		if (x->part == part && x->sign == sign && strcmp(x->subject, subject) == 0 &&
		    strcmp(x->detail, detail) == 0)
			return true;
	}
	return false;
}

static void put_library_version(struct imagegen *g, bool second)
{
	const struct elfgen one = { .soname = "x",
				    .relro = true,
				    .bind_now = true,
				    .symbols = { { .name = "kept", .defined = true },
						 { .name = "lost", .defined = true } } };
	const struct elfgen two = { .soname = "x",
				    .relro = true,
				    .bind_now = true,
				    .needed = { "libdemo.so.1" },
				    .symbols = { { .name = "kept", .defined = true } } };

	imagegen_file(g, "usr/lib/x.so", 0644, elfgen_make(g->a, second ? &two : &one));
}

Test(audit, equal_images_do_not_differ)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result r, s;
	struct buf text = { .a = &a };
	struct diff d;

	imagegen_begin(&g, &a);
	imagegen_begin(&h, &a);
	imagegen_good(&g);
	imagegen_good(&h);
	h.codec = IMAGEGEN_ZSTD;
	audit_for_diff(&a, &g, &r);
	audit_for_diff(&a, &h, &s);
	diff_make(&a, &r, &s, &d);
	cr_expect(d.list.n == 0);
	diff_text(&d, &text);
	cr_expect_str_eq(text.p, "no difference\n");
}

Test(audit, every_kind_of_change_is_told_once)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result r, s;
	struct buf text = { .a = &a };
	struct diff d;

	imagegen_begin(&g, &a);
	imagegen_begin(&h, &a);
	imagegen_good(&g);
	imagegen_good(&h);
	put_library_version(&g, false);
	put_library_version(&h, true);
	imagegen_file(&g, "etc/old", 0644, STR("x"));
	imagegen_file(&h, "etc/new", 0600, STR("xyz"));
	imagegen_file(&g, "etc/same-size", 0644, STR("ab"));
	imagegen_file(&h, "etc/same-size", 0640, STR("cd"));
	imagegen_file(&g, "usr/bin/ping", 0755, STR("p"));
	imagegen_add(&h, &(struct imagegen_entry){
				 .path = "usr/bin/ping",
				 .mode = 0755,
				 .content = STR("p"),
				 .pax = "42 SCHILY.xattr.security.capability=12345\n" });
	imagegen_add(&h, &(struct imagegen_entry){ .path = "etc/l|k", .type = '2', .link = "new" });
	imagegen_layer(&h);
	imagegen_file(&h, "var/lib/dpkg/status.d/hello", 0644,
		      STR("Package: hello\nVersion: 1.0-2\nArchitecture: amd64\n"));
	imagegen_file(&h, "usr/bin/sh", 0755, STR("x"));
	h.config = "{\"User\":\"65533\",\"Entrypoint\":[\"/usr/bin/hello\"],\"Env\":[\"A=b\"],"
		   "\"Healthcheck\":{\"Test\":[\"CMD\",\"/usr/bin/hello\"]}}";
	audit_for_diff(&a, &g, &r);
	audit_for_diff(&a, &h, &s);
	diff_make(&a, &r, &s, &d);
	diff_text(&d, &text);
	cr_expect(diff_has(&d, DIFF_PACKAGES, '~', "hello", "1.0-1 -> 1.0-2 (upgrade)"), "%s",
		  text.p);
	cr_expect(diff_has(&d, DIFF_CONFIG, '~', "user", "65532 -> 65533"), "%s", text.p);
	cr_expect(diff_has(&d, DIFF_CONFIG, '+', "env A", "b"), "%s", text.p);
	cr_expect(diff_has(&d, DIFF_FINDINGS, '+', "shell.program", "/usr/bin/sh: a shell's name"),
		  "%s", text.p);
	cr_expect(diff_has(&d, DIFF_FILES, '-', "/etc/old", "1 bytes"), "%s", text.p);
	cr_expect(diff_has(&d, DIFF_FILES, '+', "/etc/new", "3 bytes"), "%s", text.p);
	cr_expect(diff_has(&d, DIFF_FILES, '+', "/etc/l|k", "link to new"), "%s", text.p);
	cr_expect(diff_has(&d, DIFF_FILES, '~', "/etc/same-size", "mode 0644 -> 0640, content"),
		  "%s", text.p);
	cr_expect(diff_has(&d, DIFF_FILES, '~', "/usr/bin/ping", "capabilities none -> some"), "%s",
		  text.p);
	cr_expect(strstr(text.p, "needs nothing -> libdemo.so.1, lost 1 of 2 symbols") != NULL,
		  "%s", text.p);
	text = (struct buf){ .a = &a };
	diff_markdown(&d, &text);
	cr_expect(strstr(text.p, "| new | /etc/l&#124;k | link to new |") != NULL, "%s", text.p);
}

/* Settings that no file tells of. */
Test(audit, system_and_pace_of_the_health_check_are_settings)
{
	struct image_facts x = { .os = "linux" }, y = { .os = "windows" };
	AUTO_ARENA a = { 0 };
	struct diff d = { 0 };

	x.pace = (struct health_pace){ .interval_ns = 500000000 };
	y.pace = (struct health_pace){ .interval_ns = 30000000000,
				       .timeout_ns = 3000000000,
				       .start_period_ns = 60000000000,
				       .retries = 3 };
	diff_settings(&a, &x, &y, &d);
	cr_expect_eq(d.list.n, 2);
	cr_expect(diff_has(&d, DIFF_CONFIG, '~', "os", "linux -> windows"));
	cr_expect(diff_has(&d, DIFF_CONFIG, '~', "healthcheck pace",
			   "interval 0.5 s -> interval 30 s, timeout 3 s, start period 60 s, "
			   "retries 3"));
}

#define CHANGELOG                                                                                                      \
	"hello (1.0-4) unstable; urgency=low\n\n  * Not in this image yet.\n\n -- N <n@example.org>  Thu, 01 Jan\n\n"  \
	"hello (1.0-3) trixie-security; urgency=high\n\n  * CVE-2026-1: do not\n    fall over.\n  * Second.\n\n"       \
	" -- N <n@example.org>  Thu, 01 Jan\n\n"                                                                       \
	"hello (1.0-2) trixie; urgency=medium\n\n  [ Somebody ]\n  * Third.\n\n -- N <n@example.org>  Thu, 01 Jan\n\n" \
	"hello (1.0-1) trixie; urgency=medium\n\n  * Old.\n\n -- N <n@example.org>  Thu, 01 Jan\n"

Test(audit, upgrades_tell_their_changelogs_and_lost_symbols_their_names)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result r, s;
	struct buf text = { .a = &a };
	struct error e = { 0 };
	struct diff d;

	imagegen_begin(&g, &a);
	imagegen_begin(&h, &a);
	imagegen_good(&g);
	imagegen_good(&h);
	put_library_version(&g, false);
	put_library_version(&h, true);
	imagegen_layer(&h);
	imagegen_file(&h, "var/lib/dpkg/status.d/hello", 0644,
		      STR("Package: hello\nVersion: 1.0-3\nArchitecture: amd64\n"));
	imagegen_file(&h, "usr/share/doc/hello/changelog.Debian.gz", 0644,
		      imagegen_compress(&a, STR(CHANGELOG), IMAGEGEN_GZIP));
	audit_for_diff(&a, &g, &r);
	audit_for_diff(&a, &h, &s);
	diff_make(&a, &r, &s, &d);
	cr_assert(diff_more(&a, &d, NULL, &e), "%s", e.cause);
	diff_text(&d, &text);
	cr_expect(strstr(text.p,
			 "  ~ hello  1.0-1 -> 1.0-3 (upgrade)\n"
			 "      1.0-3 (trixie-security): CVE-2026-1: do not fall over.; Second.\n"
			 "      1.0-2 (trixie): Third.\n"),
		  "%s", text.p);
	cr_expect(strstr(text.p, "lost 1 of 2 symbols\n      lost: lost\n"), "%s", text.p);
	text = (struct buf){ .a = &a };
	diff_markdown(&d, &text);
	cr_expect(strstr(text.p,
			 "&#40;upgrade&#41;<br>1.0-3 &#40;trixie-security&#41;: CVE-2026-1"),
		  "%s", text.p);
	text = (struct buf){ .a = &a };
	diff_json(&d, &text);
	cr_expect(strstr(text.p, "\"more\": [\"lost: lost\"]"), "%s", text.p);
}

Test(audit, a_damaged_changelog_tells_nothing)
{
	AUTO_ARENA a = { 0 };
	static const char *const texts[] = { "", "no changelog at all\n", "hello (1.0-2\n  * x\n",
					     "\x1f\x8b", "(((\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct strings out = { NULL, 0, 0 };

		changelog_between(&a, str_of(texts[i]), "1.0-1", "1.0-3", &out);
		cr_expect_eq(out.n, 0, "%s", texts[i]);
	}
}

static void put_node_package(struct imagegen *g, const char *name, const char *version)
{
	imagegen_file(g, arena_printf(g->a, "app/node_modules/%s/package.json", name), 0644,
		      str_of(arena_printf(g->a, "{\"name\":\"%s\",\"version\":\"%s\"}",
					  path_base(name), version)));
}

/* Packages of languages, in the order of their ecosystem; one may be there in several versions. */
Test(audit, a_difference_names_packages_of_languages)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_IMAGEGEN h;
	struct audit_result r, s;
	struct diff d;

	imagegen_begin(&g, &a);
	imagegen_good(&g);
	put_node_package(&g, "same", "1.0.0");
	put_node_package(&g, "moved", "1.0.0-rc.1");
	put_node_package(&g, "two", "1.0.0");
	put_node_package(&g, "same/node_modules/two", "2.0.0");
	put_node_package(&g, "gone", "1.0.0");
	audit_for_diff(&a, &g, &r);
	imagegen_begin(&h, &a);
	imagegen_good(&h);
	put_node_package(&h, "same", "1.0.0");
	put_node_package(&h, "moved", "1.0.0");
	put_node_package(&h, "two", "1.0.1");
	put_node_package(&h, "same/node_modules/two", "2.0.0");
	put_node_package(&h, "new", "3.0.0");
	audit_for_diff(&a, &h, &s);
	diff_make(&a, &r, &s, &d);
	cr_expect(
		diff_has(&d, DIFF_PACKAGES, '~', "pkg:npm/moved", "1.0.0-rc.1 -> 1.0.0 (upgrade)"));
	cr_expect(diff_has(&d, DIFF_PACKAGES, '~', "pkg:npm/two", "1.0.0, 2.0.0 -> 1.0.1, 2.0.0"));
	cr_expect(diff_has(&d, DIFF_PACKAGES, '-', "pkg:npm/gone", "1.0.0"));
	cr_expect(diff_has(&d, DIFF_PACKAGES, '+', "pkg:npm/new", "3.0.0"));
	for (size_t i = 0; i < d.list.n; i++)
		cr_expect(!strstr(d.list.v[i].subject, "pkg:npm/same"));
}
