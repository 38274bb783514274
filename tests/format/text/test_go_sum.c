/* SPDX-License-Identifier: Apache-2.0 */
/* go.sum as Go writes it, and what is none. The lines are those of published modules. */

#include <criterion/criterion.h>

#include "base/buf.h"
#include "format/text/go_sum.h"

#define ERRORS "h1:bwawxfHBFNV+L2hUp1rHADufV3IMtnDRdf1r5NINEl0="
#define TOML_ZIP "h1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

Test(go_sum, files_of_modules_stand_where_a_proxy_has_them)
{
	static const char text[] =
		"github.com/BurntSushi/toml v1.4.0 " TOML_ZIP "\n"
		"github.com/BurntSushi/toml v1.4.0/go.mod " ERRORS "\r\n\n"
		"github.com/pkg/errors v0.9.1/go.mod " ERRORS "\n"
		"github.com/pkg/errors v0.9.1/go.mod " ERRORS "\n"
		"gopkg.in/yaml.v3 v3.0.0-20200313102051-9f266ea9e77c/go.mod " ERRORS "\n"
		"x.test/~a/b v2.0.0-RC.1+incompatible " ERRORS;
	AUTO_ARENA a = { 0 };
	struct go_sums l = { NULL, 0, 0 };
	struct buf out = { .a = &a };
	struct error e = { 0 };

	cr_assert(go_sum_read(&a, str_of(text), "go.sum", &l, &e), "%s", e.cause);
	for (size_t i = 0; i < l.n; i++)
		buf_printf(&out, "%u %s %s %s%s\n", l.v[i].line, l.v[i].module, l.v[i].version,
			   l.v[i].path, l.v[i].mod ? " mod" : "");
	cr_expect_str_eq(
		buf_cstr(&out),
		"1 github.com/BurntSushi/toml v1.4.0 github.com/!burnt!sushi/toml/@v/v1.4.0.zip\n"
		"2 github.com/BurntSushi/toml v1.4.0 github.com/!burnt!sushi/toml/@v/v1.4.0.mod mod\n"
		"4 github.com/pkg/errors v0.9.1 github.com/pkg/errors/@v/v0.9.1.mod mod\n"
		"6 gopkg.in/yaml.v3 v3.0.0-20200313102051-9f266ea9e77c "
		"gopkg.in/yaml.v3/@v/v3.0.0-20200313102051-9f266ea9e77c.mod mod\n"
		"7 x.test/~a/b v2.0.0-RC.1+incompatible "
		"x.test/~a/b/@v/v2.0.0-!r!c.1+incompatible.zip\n");
	cr_expect_str_eq(go_sum_hash(&a, &l.v[2].hash), ERRORS);
}

Test(go_sum, what_is_no_line_is_told_with_its_place)
{
	static const struct {
		const char *line, *says;
	} cases[] = {
		{ "x.test/a v1.0.0",
		  "expected \"MODULE VERSION HASH\", found \"x.test/a v1.0.0\"" },
		{ "x.test/a v1.0.0 " ERRORS " more", "expected \"MODULE VERSION HASH\"" },
		{ "x.test/a v1.0.0 h2:abcd",
		  "the hash \"h2:abcd\" is not of the kind \"h1:\", which is the only one" },
		{ "x.test/a v1.0.0 h1:abcd", "the hash \"h1:abcd\" is malformed" },
		{ "x.test/a v1.0.0 h1:!!!!", "the hash \"h1:!!!!\" is malformed" },
		{ "x.test/../a v1.0.0 " ERRORS, "\"x.test/../a\" is not the path of a module" },
		{ "/x.test v1.0.0 " ERRORS, "\"/x.test\" is not the path of a module" },
		{ "x.test/ v1.0.0 " ERRORS, "\"x.test/\" is not the path of a module" },
		{ "x.test/a%2f v1.0.0 " ERRORS, "is not the path of a module" },
		{ "x.test/a 1.0.0 " ERRORS, "\"1.0.0\" is not the version of a module" },
		{ "x.test/a v1/../../b " ERRORS, "is not the version of a module" },
		{ "github.com/pkg/errors v0.9.1/go.mod " TOML_ZIP,
		  "github.com/pkg/errors v0.9.1 has another hash in line 1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct go_sums l = { NULL, 0, 0 };
		struct error e = { 0 };
		const char *text = arena_printf(&a, "github.com/pkg/errors v0.9.1/go.mod %s\n%s\n",
						ERRORS, cases[i].line);

		cr_expect(!go_sum_read(&a, str_of(text), "code/go.sum", &l, &e), "%s",
			  cases[i].line);
		cr_expect(e.kind == ERR_INPUT && strstr(e.cause, cases[i].says), "%s: %s",
			  cases[i].line, e.cause);
		cr_expect(strcmp(e.at.file, "code/go.sum") == 0 && e.at.line == 2);
	}
}

Test(go_sum, more_lines_than_are_read_are_refused)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct go_sums l = { NULL, 0, 0 };
	struct error e = { 0 };

	for (unsigned i = 0; i < 100000; i++)
		buf_putc(&text, '\n');
	cr_expect(go_sum_read(&a, buf_str(&text), "go.sum", &l, &e), "%s", e.cause);
	buf_putc(&text, '\n');
	cr_expect_not(go_sum_read(&a, buf_str(&text), "go.sum", &l, &e));
	cr_expect_str_eq(e.cause, "more than 100000 lines are not read");
	cr_expect_eq(e.at.line, 100001u);
}
