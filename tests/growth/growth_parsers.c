/* SPDX-License-Identifier: Apache-2.0 */
/* Which functions are parsers, told by the headers alone, so that a new one cannot stay out of the
 * table. A parser is a function that a header of these folders declares and
 *  - whose name has the word "parse", "read", "load" or "decode"; or
 *  - that takes bytes (a struct str, or a struct source) and fills a struct that is neither an
 * arena, an error, nor a plain text. Each is in the table or among the exceptions, with a reason.
 */

#include "growth/growth.h"

#include <stdio.h>
#include <stdlib.h>

#include "support/fixture_code.h"
#include "support/fixture_files.h"

static const char *const folders[] = {
	"builder/format",
	"builder/make/deb",
	"builder/make/scripts",
	"builder/inspect/image",
	"builder/inspect/layers",
	"builder/inspect/model",
	"builder/inspect/vuln",
	"builder/inspect/suite",
	"builder/inspect/sbom",
	"builder/input/release",
	"builder/input/lock",
	"builder/input/recipe",
	"builder/input/resolve",
	"builder/transfer/http",
	"builder/transfer/registry",
	"builder/trust/attestation",
};

struct parser_exception {
	const char *names; /* between blanks */
	const char *reason;
};

static const struct parser_exception exceptions[] = {
	{ "json_load json_load_as yaml_load http_auth_load package_json_load",
	  "reads a file and gives it to the parser of the text" },
	{ "packages_read ownership_read",
	  "gives records to deb822_next() in a jail; growth of its own is in the tests of "
	  "the model" },
	{ "artifact_push artifact_push_if", "is document_read() for a manifest of our own" },
	{ "rootfs_parse",
	  "reads frames of this program's own walk, and contents as layer_parse() does" },
	{ "reader_parse", "is reader_load() for a file that is read twice" },
	{ "curl_library_load", "loads a library of the system" },
	{ "json_walk_line", "counts lines for json_place()" },
	{ "needs_read", "reads no bytes: walks a model" },
	{ "intake_add", "is a part of layer_parse()" },
	{ "check_patterns", "is regex_search() in a loop over the expressions of one test" },
	{ "match_group", "reads one group of relations; all of them are in resolve()" },
	{ "deb_decode deb_decode_missing", "runs deb_parse() in a jail and stores what it says" },
	{ "model_read_keeping model_read_upper image_execution_read layer_start",
	  "runs parsers of the table in jails" },
	{ "release_read release_fetch release_past release_stored",
	  "is clearsign_split() and release_parse() around a "
	  "signature, which other programs check" },
	{ "kept_add kept_add_offer record_read_package record_read_source stanza_read_package "
	  "stanza_read_name stanza_read_source",
	  "reads or writes one entry of an index; all of them are in index_add_packages()" },
	{ "decompress_open_with", "is decompress_open() with another liblzma" },
	{ "release_index_make",
	  "is decompress_open(), deb822_next() and record_making() in a jail" },
	{ "vuln_zip_read", "is zip_open() in a jail; each member is read as a file is" },
	{ "budget_read read_absolute read_package read_package_pattern read_platform read_known_suite read_duration read_digest read_heading "
	  "read_place read_file_place read_variable_path source_read_signature",
	  "reads one value of a document that is in the table" },
	{ "archive_join catalogue_base", "reads one entry of images.json" },
	{ "positions_note", "notes a number under a text, in a strmap" },
	{ "vuln_note_release", "notes one of at most eight texts" },
	{ "layer_memo_note facts_book_add", "keeps a copy of bytes" },
	{ "go_workspace_read go_workspace_add_sums",
	  "is go_sum_read() for each file of a workspace" },
	{ "dependencies_of_npm dependencies_of_pnpm dependencies_of_yarn yarn_project_make",
	  "is the reader of the lock file with json_load() of each package.json" },
	{ "yarn_workspaces_load npm_manifest_read", "is json_parse() of package.json" },
	{ "python_pipfile_read", "is pipfile_lock_read()" },
	{ "python_requirements_read", "is requirements_read() for each file that is included" },
	{ "requirement_split", "reads one line of requirements_read()" },
	{ "python_lock_gather", "is the reader of one form of lock, and toml_tree_read()" },
	{ "attestations_read", "is statement_read() for each one that a registry has" },
	{ "tarw_data sums_add sums_begin hash_source_init jsonw_str http_upload_read artifact_put",
	  "hashes, writes or sends bytes and reads nothing in them" },
};

struct parser_names {
	struct strings all,
		parsers; /* functions that headers declare; those of them that are parsers */
};

/* Has the name this word, between underscores or its ends? */
static bool parser_word(struct str name, struct str word)
{
	struct str one;

	while (str_next(&name, '_', &one)) {
		if (str_eq(one, word))
			return true;
	}
	return false;
}

static struct str parser_last_word(struct str s)
{
	size_t n = s.n;

	while (n && code_is_identifier(s.p[n - 1]))
		n--;
	return str_from(s, n);
}

/* "struct x *out": does a caller get something in it? */
static bool parser_fills(struct str parameter)
{
	static const char *const no[] = { "arena", "error",    "str",	 "source",
					  "sink",  "progress", "strings" };
	struct str name;

	if (!str_starts(parameter, STR("struct ")) || !memchr(parameter.p, '*', parameter.n))
		return false;
	name = str_from(parameter, strlen("struct "));
	for (size_t i = 0; i < ARRAY_SIZE(no); i++) {
		size_t n = strlen(no[i]);

		if (name.n > n && memcmp(name.p, no[i], n) == 0 && name.p[n] == ' ')
			return false;
	}
	return true;
}

static bool parser_takes(struct str parameter)
{
	return (str_starts(parameter, STR("struct str ")) &&
		!memchr(parameter.p, '*', parameter.n)) ||
	       str_starts(parameter, STR("struct source *"));
}

/* A declaration without its semicolon. */
static void parser_declaration(struct arena *a, struct str text, struct parser_names *out)
{
	static const struct str words[] = {
		{ "parse", 5 }, { "read", 4 }, { "load", 4 }, { "decode", 6 }
	};
	struct str head, parameters, one, name;
	bool takes = false, fills = false, is = false;

	if (!str_cut(text, '(', &head, &parameters))
		return;
	name = parser_last_word(str_trim(head));
	if (name.n == 0 || str_eq(name, STR("__attribute__")) ||
	    str_starts(str_trim(head), STR("typedef")))
		return;
	*list_push(a, &out->all) = str_dup(a, name);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		is |= parser_word(name, words[i]);
	while (str_next(&parameters, ',', &one)) {
		takes |= parser_takes(str_trim(one));
		fills |= parser_fills(str_trim(one));
	}
	if (is || (takes && fills))
		*list_push(a, &out->parsers) = str_dup(a, name);
}

/* The last byte of a preprocessor line, which may go on in the next one. */
static char *parser_line_end(char *p)
{
	while (p[1] && (p[0] != '\n' || p[-1] == '\\'))
		p++;
	return p;
}

/* The declarations of a header: what stands between semicolons, outside of braces and preprocessor
 * lines. */
static void parser_header(struct arena *a, const char *text, struct parser_names *out)
{
	char *code = code_only(a, text), *begin = code;
	int depth = 0;

	for (char *p = code; *p; p++) {
		if (*p == '#' && (p == code || p[-1] == '\n')) {
			p = begin = parser_line_end(p);
		} else if (*p == '{') {
			depth++;
		} else if (*p == '}') {
			depth--;
			begin = p + 1;
		} else if (*p == ';' && depth == 0) {
			parser_declaration(a, (struct str){ begin, (size_t)(p - begin) }, out);
			begin = p + 1;
		}
	}
}

static bool parser_in(const char *names, const char *name)
{
	struct str rest = str_of(names), one;

	while (str_next(&rest, ' ', &one)) {
		if (str_eq(one, str_of(name)))
			return true;
	}
	return false;
}

static bool parser_known(const struct growth_list *l, const char *name)
{
	bool known = false;

	for (size_t i = 0; i < l->n; i++)
		known |= parser_in(l->v[i]->parsers, name);
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		known |= parser_in(exceptions[i].names, name);
	return known;
}

/* Names that no function has: what they stood for is gone, or has another name. */
static size_t parser_stale(struct arena *a, const char *names, const struct parser_names *found)
{
	struct str rest = str_of(names), one;
	size_t n = 0;

	while (str_next(&rest, ' ', &one)) {
		if (one.n == 0 || strings_has(&found->all, str_dup(a, one)))
			continue;
		fprintf(stderr, "growth: no header declares " STR_FMT "()\n", STR_ARG(one));
		n++;
	}
	return n;
}

/* The rule itself: of these the first three are parsers. */
static size_t parser_rule(struct arena *a)
{
	static const char sample[] =
		"struct x { bool (*f)(struct str s, struct x *out); };\n"
		"#define AUTO(x) \\\n\tbool x_read(int)\n"
		"/* bool c_read(int n); */ MUST_CHECK bool x_read_all(int n);\n"
		"bool x_split(struct arena *a, struct str s,\n\t struct x *out, struct error *e);\n"
		"void x_parse(void);\n"
		"bool x_spread(struct arena *a, struct str s);\nbool x_put(struct sink *to, struct str s);\n"
		"static inline int x_in(struct str s) { return s.n; }\n";
	struct parser_names found = { { NULL, 0, 0 }, { NULL, 0, 0 } };

	parser_header(a, sample, &found);
	if (found.parsers.n == 3 && found.all.n == 5)
		return 0;
	fprintf(stderr, "growth: of the sample %zu of %zu are parsers\n", found.parsers.n,
		found.all.n);
	return 1;
}

size_t growth_parsers_missing(struct arena *a, const struct growth_list *l)
{
	struct parser_names found = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	size_t missing = parser_rule(a);

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		struct strings headers = files_below(a, folders[i], ".h");

		for (size_t k = 0; k < headers.n; k++)
			parser_header(a, files_get(a, headers.v[k]), &found);
	}
	strings_sort(&found.all);
	for (size_t i = 0; i < found.parsers.n; i++) {
		if (parser_known(l, found.parsers.v[i]))
			continue;
		fprintf(stderr, "growth: %s() is a parser and is not in the table\n",
			found.parsers.v[i]);
		missing++;
	}
	for (size_t i = 0; i < l->n; i++)
		missing += parser_stale(a, l->v[i]->parsers, &found);
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
		missing += parser_stale(a, exceptions[i].names, &found);
	return missing;
}
