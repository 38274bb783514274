/* SPDX-License-Identifier: Apache-2.0 */
/* What a component needs, against what was compiled for it; and what programs are stamped with. */

#include "make/compose/fragment_needs.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "make/compose/upstream_record.h"
#include "make/compile/package_note.h"
#include "format/json/json.h"

static void fragment_add_file(struct arena *a, struct fragment *f, const char *path,
			      struct str bytes)
{
	struct node *n = list_push(a, &f->nodes);

	*n = (struct node){ .path = path, .type = NODE_FILE, .mode = 0755 };
	n->content.bytes = bytes.p;
	n->content.size = bytes.n;
}

static bool check_fragment(struct fragment *f, const char *option, const char *file, char *text,
			   size_t size)
{
	struct arena a = { 0 };
	struct component c = { .name = "squid" };
	struct error e = { 0 };
	bool ok;

	if (option) {
		*list_push(&a, &c.configured_with) = "--with-openssl";
		*list_push(&a, &c.configured_with) = option;
	}
	if (file)
		*list_push(&a, &c.needs_files) = file;
	ok = needs_check_fragment(&c, f, &e);
	cr_expect_eq(e.kind, ok ? ERR_NONE : ERR_INPUT);
	text[0] = '\0';
	if (!ok)
		err_format(&e, text, size);
	arena_free(&a);
	return ok;
}

Test(compile, options_are_looked_for_in_what_was_compiled)
{
	struct arena a = { 0 };
	struct fragment f = { 0 };
	char text[500];

	fragment_add_file(&a, &f, "usr/bin/other",
			  STR("\177ELF\0 '--with-openssl' '--prefix=/usr'\0"));
	fragment_add_file(&a, &f, "usr/sbin/squid",
			  STR("\177ELF\0 '--prefix=/usr' '--with-openssl' '--enable-ssl-crtd'\0"
			      "this needs --enable-esi to work\0"));
	fragment_add_file(&a, &f, "usr/share/notes", STR(" '--with-openssl' '--enable-icmp'\0"));
	cr_expect(check_fragment(&f, "--enable-ssl-crtd", NULL, text, sizeof(text)), "%s", text);
	/* a message, a text file and another program do not count */
	cr_expect_not(check_fragment(&f, "--enable-esi", NULL, text, sizeof(text)));
	cr_expect(strstr(text, "--enable-esi, which /usr/bin/other does not record") ||
			  strstr(text, "--enable-esi, which /usr/sbin/squid does not record"),
		  "%s", text);
	cr_expect_not(check_fragment(&f, "--enable-icmp", NULL, text, sizeof(text)));
	arena_free(&a);
}

Test(compile, without_any_program_no_option_is_recorded)
{
	struct arena a = { 0 };
	struct fragment f = { 0 };
	char text[500];

	fragment_add_file(&a, &f, "usr/share/empty", STR(""));
	cr_expect_not(check_fragment(&f, "--enable-x", NULL, text, sizeof(text)));
	cr_expect(strstr(text, "--with-openssl, which no program that was compiled records"), "%s",
		  text);
	arena_free(&a);
}

Test(compile, files_are_looked_for_in_what_was_compiled)
{
	struct arena a = { 0 };
	struct fragment f = { 0 };
	char text[500];

	fragment_add_file(&a, &f, "usr/sbin/squid", STR("x"));
	cr_expect(check_fragment(&f, NULL, "/usr/sbin/squid", text, sizeof(text)));
	cr_expect_not(check_fragment(&f, NULL, "/usr/sbin/squi", text, sizeof(text)));
	cr_expect(strstr(text, "needs /usr/sbin/squi, which its source does not install"), "%s",
		  text);
	arena_free(&a);
}

/* The linker's own decoding is shown by readelf in the end-to-end tests; here: nothing is left that
 * make, libtool or a shell could trip over, and decoding gives the JSON back. */
Test(compile, the_note_survives_command_lines)
{
	struct arena a = { 0 };
	struct lock lock = { .architecture = "amd64" };
	struct source_recipe s = { .name = "squid", .package = "squid-openssl", .suffix = "+x1" };
	struct buf decoded = { .a = &a };
	const char *option, *p;

	*list_push(&a, &lock.states) = &(struct locked_state){ .codename = "trixie" };
	*list_push(&a, &lock.sources) = (struct locked_source){ .name = "squid",
								.version = "1:6.13-2~b" };
	option = note_option(&a, &lock, &s);
	cr_expect_eq(strspn(option,
			    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._%=,"),
		     strlen(option), "%s", option);
	cr_assert_eq(strncmp(option, "-Wl,--package-metadata=", 23), 0);
	cr_expect_null(strchr(option + 4, ','));
	for (p = option + 23; *p; p++) {
		if (*p == '%') {
			const char hex[] = { p[1], p[2], '\0' };

			buf_putc(&decoded, (char)strtol(hex, NULL, 16));
			p += 2;
		} else {
			buf_putc(&decoded, *p);
		}
	}
	cr_expect_str_eq(
		buf_cstr(&decoded),
		"{\"type\":\"deb\",\"os\":\"debian\",\"osVersion\":\"13\",\"name\":\"squid-openssl\","
		"\"version\":\"1:6.13-2~b+x1\",\"architecture\":\"amd64\"}");
	s.package = NULL;
	cr_expect(str_eq(note_text(&a, &lock, &s),
			 STR("{\"type\":\"generic\",\"name\":\"squid\",\"version\":\"1:6.13-2~b\","
			     "\"architecture\":\"amd64\"}")));
	arena_free(&a);
}

Test(compile, upstream_sources_are_described_not_disguised)
{
	struct arena a = { 0 };
	struct source_recipe s = { .name = "python-3.12" };
	struct locked_source locked = { .name = "python-3.12", .version = "3.12.13" };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	AUTO_JSON doc = { 0 };

	*list_push(&a, &s.urls) = "http://127.0.0.1/\"quoted\".tar.xz";
	s.sha256 = digest_of(STR("x"));
	cr_expect_str_eq(upstream_path(&a, &locked),
			 "var/lib/db/sbom/python-3.12-3.12.13.spdx.json");
	upstream_document(&s, &locked, 86400, &text);
	cr_assert(json_parse("document", buf_str(&text), &doc, &e));
	cr_expect(strstr(buf_cstr(&text), "\"created\": \"1970-01-02T00:00:00Z\""));
	cr_expect(strstr(buf_cstr(&text),
			 "pkg:generic/python-3.12@3.12.13?checksum=sha256:"
			 "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"));
	cr_expect_null(strstr(buf_cstr(&text), "pkg:deb"));
	arena_free(&a);
}

/* Many jars do not say what they are: the lock file does. */
Test(compile, jars_are_described_by_their_lock_file)
{
	AUTO_ARENA a = { 0 };
	const struct source_recipe s = { .name = "app" };
	struct locked_source locked = { .name = "app", .version = "" };
	struct dependencies jars = { .text = digest_of(STR("lock")) };
	struct buf text = { .a = &a };
	struct error e = { 0 };
	AUTO_JSON doc = { 0 };
	const char *b = "\"referenceLocator\": \"pkg:maven/org.a/b@1.0\"";

	*list_push(&a, &jars.v) = (struct dependency){ .name = "org.a:b",
						       .version = "1.0",
						       .path = "org/a/b/1.0/b-1.0.jar",
						       .hash = digest_of(STR("b")) };
	*list_push(&a, &jars.v) = (struct dependency){
		.name = "c:c", .version = "2", .path = "c/c/2/c-2.jar", .hash = digest_of(STR("c"))
	};
	*list_push(&a, &locked.files) = (struct locked_file){ .path = "c/c/2/c-2.jar",
							      .url = "https://r.test/c.jar" };
	cr_expect_str_eq(upstream_jars_path(&a, &s), "var/lib/db/sbom/app-jars.spdx.json");
	upstream_jars_document(&s, &locked, &jars, 86400, &text);
	cr_assert(json_parse("x.spdx.json", buf_str(&text), &doc, &e), "%s", e.cause);
	cr_expect(strstr(buf_cstr(&text), b), "%s", buf_cstr(&text));
	cr_expect(strstr(buf_cstr(&text), "\"pkg:maven/c/c@2\""));
	cr_expect(strstr(buf_cstr(&text), "\"downloadLocation\": \"https://r.test/c.jar\""));
	cr_expect(strstr(buf_cstr(&text), digest_hex_dup(&a, &jars.v.v[0].hash)));
	cr_expect(strstr(buf_cstr(&text), "\"relatedSpdxElement\": \"SPDXRef-Package-2\""));
}
