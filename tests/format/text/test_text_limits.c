/* SPDX-License-Identifier: Apache-2.0 */
/* What readers of texts take at most: exactly so much is read, and one more is not. */

#include <criterion/criterion.h>

#include "format/debian/copyright.h"
#include "format/debian/debian_names.h"
#include "format/json/yaml.h"
#include "format/text/cargo_lock.h"
#include "format/text/go_sum.h"
#include "format/text/maven_lock.h"
#include "format/text/python_marker.h"
#include "format/text/requirements.h"
#include "format/text/toml.h"
#include "format/text/xml_values.h"
#include "format/version/semver_range.h"

#define SUM "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" /* of no bytes */

/* A text with `item` n times in the middle, and with `end` n times behind that. */
static struct str limits_text(struct arena *a, const char *head, const char *item, size_t n,
			      const char *middle, const char *end, const char *tail)
{
	struct buf out = { .a = a };

	buf_puts(&out, head);
	for (size_t i = 0; i < n; i++)
		buf_puts(&out, item);
	buf_puts(&out, middle);
	for (size_t i = 0; i < n; i++)
		buf_puts(&out, end);
	buf_puts(&out, tail);
	return buf_str(&out);
}

static struct str limits_word(struct arena *a, size_t n)
{
	return limits_text(a, "", "a", n, "", "", "");
}

static bool limits_marker(struct arena *a, size_t n)
{
	struct error e = { 0 };

	return python_marker_holds(limits_text(a, "", "(", n, "os_name == \"posix\"", ")", ""),
				   "x86_64", &e) == 1;
}

/* Beside each other they are not within each other. */
static bool limits_markers(struct arena *a, size_t n)
{
	struct error e = { 0 };

	return python_marker_holds(limits_text(a, "", "(os_name == \"posix\") and ", n,
					       "os_name == \"posix\"", "", ""),
				   "x86_64", &e) == 1;
}

static bool limits_requirement(struct arena *a, size_t n)
{
	struct requirements l = { .indexes_alone = false };
	struct error e = { 0 };

	return requirements_read(a,
				 limits_text(a, "", "a", n, "==1 --hash=sha256:" SUM "\n", "", ""),
				 "r.txt", false, &l, &e) &&
	       l.v.n == 1;
}

/* All of a line, with a blank for its end. */
static bool limits_requirement_line(struct arena *a, size_t n)
{
	static const char head[] = "a==1 ; os_name != \"";
	static const char tail[] = "\" --hash=sha256:" SUM;
	struct requirements l = { .indexes_alone = false };
	struct error e = { 0 };
	size_t filled = n - strlen(head) - strlen(tail) - 1;

	return requirements_read(a, limits_text(a, head, "x", filled, tail, "", "\n"), "r.txt",
				 false, &l, &e) &&
	       l.v.n == 1;
}

static bool limits_toml(struct arena *a, struct str text)
{
	struct toml t = { .v = { NULL, 0, 0 } };
	struct error e = { 0 };

	return toml_read(a, text, "x.toml", &t, &e) && t.v.n > 0;
}

static bool limits_toml_arrays(struct arena *a, size_t n)
{
	return limits_toml(a, limits_text(a, "a = ", "[", n, "1", "]", "\n"));
}

static bool limits_toml_tables(struct arena *a, size_t n)
{
	return limits_toml(a, limits_text(a, "a = ", "{ a = ", n, "1", " }", "\n"));
}

static bool limits_toml_keys(struct arena *a, size_t n)
{
	return limits_toml(a, limits_text(a, "a", ".a", n - 1, " = 1\n", "", ""));
}

static bool limits_xml(struct arena *a, struct str text)
{
	struct xml_values l = { NULL, 0, 0 };
	struct error e = { 0 };

	return xml_values_read(a, text, "x.xml", &l, &e) && l.n == 1;
}

static bool limits_xml_depth(struct arena *a, size_t n)
{
	return limits_xml(a, limits_text(a, "", "<a>", n, "x", "</a>", ""));
}

static bool limits_xml_name(struct arena *a, size_t n)
{
	return limits_xml(a, limits_text(a, "<", "a", n, "/>", "", ""));
}

static bool limits_xml_text(struct arena *a, size_t n)
{
	return limits_xml(a, limits_text(a, "<a>", "x", n, "</a>", "", ""));
}

static bool limits_yaml(struct arena *a, size_t n)
{
	struct error e = { 0 };
	AUTO_JSON doc = { 0 };

	return yaml_parse(a, "x.yaml", limits_text(a, "", "[", n, "1", "]", "\n"), &doc, &e);
}

static bool limits_go(struct arena *a, struct str text)
{
	struct go_sums l = { NULL, 0, 0 };
	struct error e = { 0 };

	return go_sum_read(a, text, "go.sum", &l, &e) && l.n == 1;
}

#define GO_HASH " h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"

static bool limits_go_module(struct arena *a, size_t n)
{
	return limits_go(a, limits_text(a, "", "a", n, " v1.0.0" GO_HASH, "", ""));
}

static bool limits_go_version(struct arena *a, size_t n)
{
	return limits_go(a, limits_text(a, "a v", "1", n - 1, GO_HASH, "", ""));
}

static bool limits_crate(struct arena *a, const char *head, size_t n, const char *tail)
{
	struct cargo_crates l = { NULL, 0, 0 };
	struct error e = { 0 };

	return cargo_lock_read(a, limits_text(a, head, "1", n, tail, "", ""), "Cargo.lock", &l,
			       &e) &&
	       l.n == 1;
}

#define CRATE_SOURCE                                                               \
	"\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\n" \
	"checksum = \"" SUM "\"\n"

static bool limits_crate_name(struct arena *a, size_t n)
{
	return limits_crate(a, "version = 4\n[[package]]\nname = \"a", n - 1,
			    "\"\nversion = \"1.0.0" CRATE_SOURCE);
}

static bool limits_crate_version(struct arena *a, size_t n)
{
	return limits_crate(a, "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.", n - 4,
			    CRATE_SOURCE);
}

static bool limits_copyright(struct arena *a, size_t n)
{
	struct copyright c;

	copyright_read(a,
		       limits_text(a, "Format: x\n\nFiles: *\nLicense: ", "a", n, "\n Text.\n", "",
				   ""),
		       &c);
	return copyright_text(&c, limits_word(a, n)).n == strlen("Text.");
}

/* A whole number of JavaScript. */
static bool limits_semver(struct arena *a, size_t n)
{
	const char *range = arena_printf(a, "<1.0.%zu", n);

	return semver_range_has(str_of(range), STR("1.0.0"));
}

static bool limits_package(struct arena *a, size_t n)
{
	return name_is_package(limits_word(a, n));
}

static bool limits_architecture(struct arena *a, size_t n)
{
	return name_is_architecture(limits_word(a, n));
}

static bool limits_file(struct arena *a, size_t n)
{
	return name_is_file(limits_word(a, n));
}

/* 255 characters at most between two slashes, and 1024 with all of them. */
static struct str limits_path(struct arena *a, const char *head, size_t n)
{
	struct buf out = { .a = a };

	buf_puts(&out, head);
	while (out.n < n)
		buf_putc(&out, out.n % 200 == 199 && out.n + 1 < n ? '/' : 'a');
	return buf_str(&out);
}

static bool limits_pool_path(struct arena *a, size_t n)
{
	return name_is_pool_path(limits_path(a, "pool/", n));
}

static bool limits_dependency_path(struct arena *a, size_t n)
{
	return name_is_dependency_path(limits_path(a, "", n));
}

Test(text_limits, so_much_and_no_more)
{
	static const struct {
		const char *what;
		bool (*takes)(struct arena *a, size_t n);
		size_t most; /* 0: there is none */
	} cases[] = {
		{ "markers in one another", limits_marker, 32 },
		{ "markers beside one another", limits_markers, 0 },
		{ "the name of a requirement", limits_requirement, 128 },
		{ "the line of a requirement", limits_requirement_line, 1 << 20 },
		{ "arrays of TOML in one another", limits_toml_arrays, 16 },
		{ "tables of TOML in one another", limits_toml_tables,
		  15 }, /* keys, with the first */
		{ "keys of TOML", limits_toml_keys, 16 },
		{ "elements of XML around each other", limits_xml_depth, 64 },
		{ "the name of an element", limits_xml_name, 128 },
		{ "the text of an element", limits_xml_text, 64 << 10 },
		{ "lists of YAML in one another", limits_yaml, 64 },
		{ "a module of Go", limits_go_module, 512 },
		{ "its version", limits_go_version, 512 },
		{ "a package of Cargo", limits_crate_name, 64 },
		{ "its version", limits_crate_version, 128 },
		{ "the name of a licence", limits_copyright, 200 },
		{ "a number of a version", limits_semver, 9007199254740991 },
		{ "a package", limits_package, 128 },
		{ "an architecture", limits_architecture, 32 },
		{ "a file", limits_file, 255 },
		{ "a path of an archive", limits_pool_path, 1024 },
		{ "a path of a dependency", limits_dependency_path, 1024 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		size_t n = cases[i].most ? cases[i].most : 100;

		cr_expect(cases[i].takes(&a, n), "%s: %zu", cases[i].what, n);
		cr_expect_eq(cases[i].takes(&a, n + 1), cases[i].most == 0, "%s: %zu",
			     cases[i].what, n + 1);
	}
}

/* The least of a name: one character, or two of a package. */
Test(text_limits, empty_names_are_none)
{
	cr_expect(!name_is_package(STR("")) && !name_is_package(STR("a")) &&
		  name_is_package(STR("aa")));
	cr_expect(!name_is_architecture(STR("")) && name_is_architecture(STR("a")));
	cr_expect(!name_is_file(STR("")) && name_is_file(STR("a")) && !name_is_file(STR(".")) &&
		  !name_is_file(STR("..")) && name_is_file(STR("...")));
	cr_expect(!name_is_dependency_path(STR("")) && name_is_dependency_path(STR("a")) &&
		  !name_is_dependency_path(STR("a/")) && !name_is_dependency_path(STR("a//b")) &&
		  !name_is_dependency_path(STR("a/../b")));
	cr_expect(!name_is_pool_path(STR("")) && name_is_pool_path(STR("pool/a")) &&
		  name_is_pool_path(STR("dists/a")) && !name_is_pool_path(STR("a/a")) &&
		  !name_is_pool_path(STR("pool/")) && !name_is_pool_path(STR("pool//a")) &&
		  !name_is_pool_path(STR("pool/./a")));
}

/* Copyright files in prose name licences by where Debian has them. */
Test(text_limits, prose_names_licences_by_their_place)
{
	static const struct {
		const char *text, *names;
	} cases[] = {
		{ "", "" },
		{ "nothing", "" },
		{ "/usr/share/common-licenses/", "" },
		{ "see /usr/share/common-licenses/GPL-2. Or /usr/share/common-licenses/LGPL-2.1+,",
		  "GPL-2 LGPL-2.1+" },
		{ "/usr/share/common-licenses/BSD /usr/share/common-licenses/BSD", "BSD" },
		{ "/usr/share/common-licenses/Artistic and more words", "Artistic" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct strings names = { NULL, 0, 0 };
		struct copyright c;

		copyright_read(&a, str_of(cases[i].text), &c);
		for (size_t k = 0; k < c.n; k++)
			*list_push(&a, &names) = c.v[k].name;
		cr_expect_str_eq(names.n ? strings_join(&a, &names, " ") : "", cases[i].names);
	}
}
