/* SPDX-License-Identifier: Apache-2.0 */
/* Elements with a text, as files of Maven have them. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/maven_settings.h"
#include "format/text/xml_values.h"

Test(xml_values, elements_with_a_text_have_a_path)
{
	static const char text[] =
		"<?xml version=\"1.0\"?>\n<!-- <no/> -->\n"
		"<a xmlns=\"urn:x\" y=\"1\">\n <b> one &amp; <![CDATA[<2>]]> </b>\n"
		" <c><d/>more<e>x</e></c>\n <c><d>y</d></c>\n</a>\n";
	AUTO_ARENA a = { 0 };
	struct xml_values l = { NULL, 0, 0 };
	struct buf out = { .a = &a };
	struct error e = { 0 };

	cr_assert(xml_values_read(&a, str_of(text), "x.xml", &l, &e), "%s", e.cause);
	list_each(x, &l)
		buf_printf(&out, "%u %u %s=%s (%s)\n", x->line, x->parent, x->path, x->text,
			   x->name);
	cr_expect_str_eq(buf_cstr(&out), "4 1 a/b=one & <2> (b)\n5 3 a/c/d= (d)\n5 3 a/c/e=x (e)\n"
					 "6 6 a/c/d=y (d)\n");
	cr_expect_str_eq(xml_value_at(&l, "a/c/e")->text, "x");
	cr_expect_null(xml_value_at(&l, "a/c"));
}

Test(xml_values, what_is_no_xml_is_told_with_its_line)
{
	AUTO_ARENA a = { 0 };
	struct buf deep = { .a = &a };
	const struct {
		const char *text;
		unsigned line;
		const char *says;
	} cases[] = {
		{ "", 1, "malformed XML: no element found" },
		{ "<a>\n<b></a>", 2, "malformed XML: mismatched tag" },
		{ "<a>\n&x;</a>", 2, "malformed XML: undefined entity" },
		{ "<!DOCTYPE a [\n<!ENTITY x \"y\">]><a>&x;</a>", 2,
		  "malformed XML: it declares entities, which are not read" },
		{ "<!DOCTYPE a [\n<!ENTITY x SYSTEM \"/etc/passwd\">]><a>&x;</a>", 2,
		  "it declares entities" },
		{ NULL, 1, "too many elements around each other" },
	};

	for (size_t i = 0; i < 65; i++)
		buf_puts(&deep, "<a>");
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = cases[i].text ? cases[i].text : buf_cstr(&deep);
		struct xml_values l = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect(!xml_values_read(&a, str_of(text), "x.xml", &l, &e), "%s", text);
		cr_expect(e.kind == ERR_INPUT && e.at.line == cases[i].line &&
				  strstr(e.cause, cases[i].says),
			  "%zu: %u: %s", i, e.at.line, e.cause);
	}
}

/* maven.apache.org/guides/mini/guide-mirror-settings.html */
Test(xml_values, mirrors_of_maven)
{
	static const char text[] =
		"<settings><localRepository>/x</localRepository><mirrors>\n"
		"<mirror><id>a</id><url>https://a.test/maven//</url><mirrorOf>*</mirrorOf></mirror>\n"
		"<mirror><mirrorOf>inner</mirrorOf><url>file:///x</url></mirror>\n"
		"<mirror><mirrorOf>inner, central</mirrorOf><url>http://b.test</url></mirror>\n"
		"<mirror><url>http://c.test</url></mirror>\n"
		"<mirror><mirrorOf>external:*,!x</mirrorOf><url>http://d.test</url></mirror>\n"
		"<mirror><mirrorOf>*,!central</mirrorOf><url>http://e.test</url></mirror>\n"
		"<mirror><mirrorOf> central </mirrorOf><url>http://f.test</url></mirror>\n"
		"</mirrors></settings>\n";
	AUTO_ARENA a = { 0 };
	struct maven_mirrors l = { NULL, 0, 0 };
	struct buf out = { .a = &a };
	struct error e = { 0 };

	cr_assert(maven_settings_read(&a, str_of(text), "settings.xml", &l, &e), "%s", e.cause);
	list_each(m, &l)
		buf_printf(&out, "%s%s%s%s\n", m->url, m->all ? " all" : "",
			   m->central ? " central" : "", m->by_name ? " by name" : "");
	cr_expect_str_eq(buf_cstr(&out), "https://a.test/maven all central\n"
					 "http://b.test central\n"
					 "http://d.test all central\n"
					 "http://e.test all\n"
					 "http://f.test central by name\n");
}
