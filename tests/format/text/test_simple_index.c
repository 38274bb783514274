/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of an index of Python packages, in both forms, and settings that name indexes. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/simple_index.h"

#define SUM "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"

static bool page_says(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static const char *simple_list(struct arena *a, const char *text)
{
	struct simple_files l = { NULL, 0, 0 };
	struct buf out = { .a = a };
	struct error e = { 0 };

	cr_assert(simple_index_read(a, str_of(text), "https://a.test/simple/x/", &l, &e), "%s",
		  e.cause);
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&out, "%s %s %s\n", l.v[i].name, l.v[i].url,
			   l.v[i].has_sha256 ? digest_hex_dup(a, &l.v[i].sha256) : "-");
	return buf_cstr(&out);
}

/* PEP 503 */
Test(simple_index, links_of_html_are_read)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(
		simple_list(
			&a,
			"<!DOCTYPE html>\n<html><head><title>Links</title></head><body>\n"
			"<abbr>x</abbr><a>none</a>\n"
			"<a href=\"../../files/x-1.0-py3-none-any.whl#sha256=" SUM
			"\" data-requires-python=\"&gt;=3\">x-1.0-py3-none-any.whl</a><br/>\n"
			"<A\n href='https://f.test/x-1.0%2Bcpu.tar.gz?a=1&amp;b=2#md5=0'>x</A>\n"
			"<a href=\"x-2.0.zip\">x-2.0.zip</a></body></html>\n"),
		"x-1.0-py3-none-any.whl ../../files/x-1.0-py3-none-any.whl " SUM "\n"
		"x-1.0+cpu.tar.gz https://f.test/x-1.0%2Bcpu.tar.gz?a=1&b=2 -\n"
		"x-2.0.zip x-2.0.zip -\n");
	cr_expect_str_eq(simple_list(&a, ""), "");
	cr_expect_str_eq(simple_list(&a, "<a href=\"x"), "");
}

/* PEP 691 */
Test(simple_index, files_of_json_are_read)
{
	AUTO_ARENA a = { 0 };
	struct simple_files l = { NULL, 0, 0 };
	struct error e = { 0 };

	cr_expect_str_eq(
		simple_list(
			&a,
			" { \"meta\": { \"api-version\": \"1.0\" }, \"name\": \"x\", \"files\": [\n"
			"{ \"filename\": \"x-1.0-py3-none-any.whl\", \"url\": \"https://f.test/x.whl\",\n"
			"  \"hashes\": { \"sha256\": \"" SUM "\" }, \"yanked\": \"broken\" },\n"
			"{ \"filename\": \"x-1.0.tar.gz\", \"url\": \"x.tar.gz\", \"hashes\": {} } ] }"),
		"x-1.0-py3-none-any.whl https://f.test/x.whl " SUM "\nx-1.0.tar.gz x.tar.gz -\n");
	cr_expect(!simple_index_read(&a, STR("{\n \"files\": 1 }"), "https://a.test/x/", &l, &e));
	cr_expect(e.kind == ERR_INPUT && e.at.line == 2, "%s", e.cause);
}

/* packaging.python.org: binary distribution format */
Test(simple_index, names_of_wheels_have_five_or_six_parts)
{
	static const struct {
		const char *file, *name, *version, *tag;
	} cases[] = {
		/* "": it is none */
		{ "a_b-1.0-py3-none-any.whl", "a_b", "1.0", "py3-none-any" },
		{ "a-1.0-2build-cp313-cp313-manylinux_2_17_x86_64.whl", "a", "1.0",
		  "cp313-cp313-manylinux_2_17_x86_64" },
		{ "a-1.0.tar.gz", "", "", "" },
		{ "a-1.0-any.whl", "", "", "" },
		{ "a-1-2-3-4-5-6.whl", "", "", "" },
		{ "a-1-2-3-4-5.whl", "a", "1", "3-4-5" },
		{ "a-1-2-3.whl", "", "", "" },
		{ "a-1-2-3-4.whL", "", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct simple_wheel w;
		bool got = simple_split_wheel(cases[i].file, &w);

		cr_expect_eq(got, cases[i].name[0] != 0, "%s", cases[i].file);
		cr_expect(!got || (str_eq(w.name, str_of(cases[i].name)) &&
				   str_eq(w.version, str_of(cases[i].version)) &&
				   str_eq(w.tag, str_of(cases[i].tag))),
			  "%s", cases[i].file);
	}
}

/* In the order of packaging.utils.parse_wheel_filename()'s build tags. */
Test(simple_index, builds_are_ordered_by_their_number)
{
	static const char *const order[] = { "", "0", "1", "1a", "01b", "2", "9", "10", "10rc" };

	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(order); k++) {
			int got = simple_compare_builds(str_of(order[i]), str_of(order[k]));

			cr_expect_eq((got > 0) - (got < 0), (i > k) - (i < k), "%s %s", order[i],
				     order[k]);
		}
	}
}

/* What Python's html.parser finds, which pip uses. */
Test(simple_index, links_are_found_however_they_are_written)
{
	AUTO_ARENA a = { 0 };

	cr_expect_str_eq(
		simple_list(&a,
			    "<!-- <a href=\"no-1.0.zip\"> -->\n"
			    "<a data-requires-python=\">=3.6\" href=\"a-1.0.zip\">a</a>\n"
			    "<a class=x href=b-1.0.zip#sha256=" SUM ">b</a><A HREF = 'c-1.0.zip'>\n"
			    "<a data-href=\"no\" href=\"d-1.0&#43;e&#x2B;f.zip\" title='>'>x<a>\n"
			    "a < b <abbr href=\"no\"><a\nhref\n=\n\"g-1.0.zip\"\n><a href>"),
		"a-1.0.zip a-1.0.zip -\nb-1.0.zip b-1.0.zip " SUM "\nc-1.0.zip c-1.0.zip -\n"
		"d-1.0+e+f.zip d-1.0+e+f.zip -\ng-1.0.zip g-1.0.zip -\n");
}

Test(simple_index, pages_tell_of_pythons_of_files_taken_back_and_of_a_base)
{
	static const struct {
		const char *text, *python, *yanked, *base;
	} cases[] = {
		{ "<base href=\"/f/\"><base href=\"/g/\"><a data-yanked href=a.zip>", NULL, NULL,
		  "/f/" },
		{ "<a href=a.zip data-yanked=\"\" data-requires-python=\"&gt;=3.8,&lt;4\">",
		  ">=3.8,<4", "", NULL },
		{ "<a href=a.zip data-yanked='it &quot;broke&quot;'>", NULL, "it \"broke\"", NULL },
		{ "{\"files\":[{\"filename\":\"a.zip\",\"url\":\"a\",\"yanked\":true,"
		  "\"requires-python\":\"<3\"}]}",
		  "<3", "", NULL },
		{ "{\"files\":[{\"filename\":\"a.zip\",\"url\":\"a\",\"yanked\":false,"
		  "\"requires-python\":null}]}",
		  NULL, NULL, NULL },
		{ "{\"files\":[{\"filename\":\"a.zip\",\"url\":\"a\",\"yanked\":\"x\"}]}", NULL,
		  "x", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct simple_files l = { NULL, 0, 0 };
		struct error e = { 0 };
		const struct simple_file *f;

		cr_assert(simple_index_read(&a, str_of(cases[i].text), "https://a.test/x/", &l, &e),
			  "%s", e.cause);
		cr_assert_eq(l.n, 1, "%s", cases[i].text);
		f = &l.v[0];
		cr_expect(page_says(f->python, cases[i].python), "%s", cases[i].text);
		cr_expect(page_says(f->yanked, cases[i].yanked), "%s", cases[i].text);
		cr_expect(page_says(f->base, cases[i].base), "%s", cases[i].text);
	}
}

Test(simple_index, json_that_is_no_index_is_told)
{
	static const char *const cases[][2] = {
		{ "{", "not valid JSON" },
		{ " {\"files\":[", "not valid JSON" },
		{ "{}", "the key \"files\" is missing" },
		{ "{\"files\":{}}", "expected an array" },
		{ "{\"files\":[1]}", "expected an object" },
		{ "{\"files\":[{\"filename\":1}]}", "expected a string" },
		{ "{\"files\":[{\"filename\":\"a\",\"url\":1}]}", "expected a string" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct simple_files l = { NULL, 0, 0 };
		struct error e = { 0 };

		cr_expect_not(simple_index_read(&a, str_of(cases[i][0]), "http://127.0.0.1/x/", &l,
						&e),
			      "%s", cases[i][0]);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, cases[i][1]), "%s: %s",
			  cases[i][0], e.cause);
	}
}
