/* SPDX-License-Identifier: Apache-2.0 */
/* Pipfile.lock beside the requirements that pipenv 2022.12 of Debian 12 prints for it
 * (`pipenv requirements --hash`). */

#include "format/text/pipfile_lock.h"

#include <criterion/criterion.h>

#include "base/buf.h"

#define SUM1 "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"
#define SUM2 "612761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"
#define META                                                                               \
	"\"_meta\": { \"hash\": { \"sha256\": \"x\" }, \"pipfile-spec\": 6, \"sources\": " \
	"[ { \"name\": \"own\", \"url\": \"https://own.test/simple\", \"verify_ssl\": true } ] }"
#define DEFAULT(package) "{ " META ",\n\"default\": { " package " } }"

static const char pipfile_text[] =
	"{ " META ",\n\"default\": {\n"
	"\"Flask\": { \"hashes\": [ \"sha256:" SUM1 "\", \"sha256:" SUM2
	"\" ], \"index\": \"own\", "
	"\"version\": \"==2.2.2\", \"extras\": [\"async\"] },\n"
	"\"colorama\": { \"hashes\": [ \"sha256:" SUM1 "\" ], \"markers\": \"sys_platform == "
	"'win32'\", \"version\": \"==0.4.6\" } },\n"
	"\"develop\": { \"black\": { \"hashes\": [], \"version\": \"==22\" } } }\n";

static const char pipfile_printed[] =
	"-i https://own.test/simple\n"
	"flask[async]==2.2.2 --hash=sha256:" SUM1 " --hash=sha256:" SUM2 "\n"
	"colorama==0.4.6 ; sys_platform == 'win32' --hash=sha256:" SUM1 "\n";

static const char *pipfile_told(struct arena *a, const struct requirements *l)
{
	struct buf out = { .a = a };

	buf_printf(&out, "%s\n", strings_join(a, &l->indexes, " "));
	list_each(r, &l->v) {
		buf_printf(&out, "%s %s [" STR_FMT "]", r->name, r->version, STR_ARG(r->marker));
		list_each(d, &r->hashes)
			buf_printf(&out, " %s", content_digest_text(a, d));
		buf_puts(&out, "\n");
	}
	return buf_cstr(&out);
}

Test(pipfile_lock, as_pipenv_prints_it)
{
	struct requirements l = { .v = { NULL, 0, 0 } }, printed = { .v = { NULL, 0, 0 } };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	cr_assert(pipfile_lock_read(&a, str_of(pipfile_text), "Pipfile.lock", &l, &e), "%s",
		  e.cause);
	cr_assert(requirements_read(&a, str_of(pipfile_printed), "r.txt", false, &printed, &e),
		  "%s", e.cause);
	cr_expect_str_eq(pipfile_told(&a, &l), pipfile_told(&a, &printed));
	cr_expect_eq(l.indexes_alone, printed.indexes_alone);
	cr_expect_eq(l.v.v[1].line, 4);
}

/* An address that pipenv fills in is none. */
Test(pipfile_lock, an_index_with_variables_is_left_to_settings)
{
	static const char text[] =
		"{ \"_meta\": { \"pipfile-spec\": 6, \"sources\": [ { \"url\": "
		"\"https://$ME:${WORD}@own.test/simple\" } ] }, \"default\": {} }";
	struct requirements l = { .v = { NULL, 0, 0 } };
	AUTO_ARENA a = { 0 };
	struct error e = { 0 };

	cr_assert(pipfile_lock_read(&a, str_of(text), "Pipfile.lock", &l, &e), "%s", e.cause);
	cr_expect_eq(l.indexes.n, 0);
	cr_expect_not(l.indexes_alone);
}

static const struct {
	const char *text, *says;
} pipfile_faults[] = {
	{ "{}", "1: it has no \"pipfile-spec\": pipenv lock writes it anew" },
	{ "[]", "1: expected an object" },
	{ "{ \"_meta\": { \"pipfile-spec\": 5 } }", "1: pipfile-spec 5 is not known, 6 is" },
	{ DEFAULT("\"a\": 1"), "2: expected an object" },
	{ DEFAULT("\"a\": { \"version\": \"==1\" }"),
	  "2: a has no hashes: pipenv lock writes them" },
	{ DEFAULT("\"a\": { \"version\": \"*\", \"hashes\": [\"sha256:" SUM1 "\"] }"),
	  "2: a has no fixed version: pipenv lock writes it" },
	{ DEFAULT("\"a\": { \"version\": \"==1.*\", \"hashes\": [\"sha256:" SUM1 "\"] }"),
	  "2: a has no fixed version" },
	{ DEFAULT("\"a\": { \"version\": \"==1\", \"hashes\": [\"md5:1\"] }"),
	  "2: a: \"md5:1\" is not a hash: " CONTENT_DIGEST_FORMS },
	{ DEFAULT("\"a\": { \"git\": \"https://a.test/a.git\", \"ref\": \"1\" }"),
	  "2: a comes from https://a.test/a.git (git), of which no hash of a file is known: put a "
	  "wheel of it on a server that is an index, or take a release, and run pipenv lock" },
	{ DEFAULT("\"a\": { \"editable\": true, \"path\": \".\" }"), "2: a comes from . (path)" },
	{ "{ \"_meta\": { \"pipfile-spec\": 6, \"sources\": [\n{ \"url\": \"https://me:x@own.test\" } ] "
	  "} }",
	  "2: sources: the address holds credentials" },
};

Test(pipfile_lock, what_is_wrong_is_told_with_its_line)
{
	for (size_t i = 0; i < sizeof(pipfile_faults) / sizeof(*pipfile_faults); i++) {
		struct requirements l = { .v = { NULL, 0, 0 } };
		AUTO_ARENA a = { 0 };
		struct error e = { 0 };
		const char *got;

		cr_expect_not(pipfile_lock_read(&a, str_of(pipfile_faults[i].text), "Pipfile.lock",
						&l, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		got = arena_printf(&a, "%u: %s%s", e.at.line, e.context, e.cause);
		cr_expect(strstr(got, strchr(pipfile_faults[i].says, ' ') + 1) &&
				  strncmp(got, pipfile_faults[i].says, 2) == 0,
			  "%s: %s", pipfile_faults[i].text, got);
	}
}
