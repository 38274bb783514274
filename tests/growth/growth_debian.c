/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's texts. */

#include "growth/growth.h"

#include "format/debian/changelog.h"
#include "format/debian/copyright.h"
#include "format/debian/deb822.h"
#include "format/debian/debian_names.h"
#include "format/debian/purl.h"
#include "format/debian/relations.h"
#include "inspect/sbom/licence_expression.h"
#include "inspect/sbom/naming.h"

static bool debian_stanzas(struct arena *a, struct str input, struct error *e)
{
	struct deb822 r;
	int got;

	(void)a;
	deb822_init(&r, input, "growth");
	while ((got = deb822_next(&r, e)) == 1) {
		struct str value = deb822_get(&r, "Files"), line, word;

		while (deb822_line(&value, &line)) {
			while (deb822_word(&line, &word))
				;
		}
	}
	return got == 0;
}

static bool debian_copyright(struct arena *a, struct str input, struct error *e)
{
	struct licence_refs refs = { NULL, 0, 0, 0 };
	struct licences l = { NULL, 0, 0 };
	struct copyright c;

	(void)e;
	copyright_read(a, input, &c);
	for (size_t i = 0; i < c.n; i++)
		copyright_text(&c, str_of(c.v[i].name));
	licences_of(a, &c, &refs, &l);
	licences_expression(a, &l);
	return true;
}

static bool debian_changelog(struct arena *a, struct str input, struct error *e)
{
	struct strings out = { NULL, 0, 0 };

	(void)e;
	changelog_between(a, input, "0.1", "999999999", &out);
	return out.n > 0;
}

static bool debian_relations(struct arena *a, struct str input, struct error *e)
{
	struct str rest = input, group;
	struct relation r;
	int got = 0;

	while (got == 0 && relation_group(&rest, &group)) {
		while ((got = relation_next_build(&group, "amd64", &r, e)) == 1)
			relation_format(a, &r);
	}
	while (got == 0 && relation_group(&input, &group)) {
		while ((got = relation_next(&group, &r, e)) == 1)
			;
	}
	return got == 0;
}

static bool debian_build_relations(struct arena *a, struct str input, struct error *e)
{
	struct str group;
	struct relation r;
	int got = 0;

	(void)a;
	while (got == 0 && relation_group(&input, &group)) {
		while ((got = relation_next_build(&group, "amd64", &r, e)) == 1)
			;
	}
	return got == 0;
}

static bool debian_version(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	(void)e;
	debversion_split(input);
	return debversion_valid(input) && debversion_compare(input, str_from(input, 2)) != 0;
}

static bool debian_purl(struct arena *a, struct str input, struct error *e)
{
	struct purl p;

	(void)e;
	if (!purl_parse(a, str_dup(a, input), &p))
		return false;
	purl_qualifier(&p, "none");
	purl_text(a, &p);
	return true;
}

static bool debian_cpe(struct arena *a, struct str input, struct error *e)
{
	const char *text = str_dup(a, input);

	(void)e;
	cpe_covers(text, text);
	return true;
}

static bool debian_note(struct arena *a, struct str input, struct error *e)
{
	struct sbom_package p = { 0 };
	const char *name, *mail;

	(void)e;
	naming_person(a, str_dup(a, input), &name, &mail);
	return naming_note(a, str_dup(a, input), &p) &&
	       naming_id(a, "Package", p.name, p.ref) != NULL;
}

static bool debian_pool_path(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	(void)e;
	return name_is_pool_path(input);
}

#define DEP5 "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\n"

static const struct growth_case debian_table[] = {
	{ "deb822_init deb822_next", "many stanzas", 750, "", "Package: p#\nVersion: 1\n\n", "",
	  .run = debian_stanzas },
	{ "deb822_next deb822_word deb822_line", "a value of many lines", 1250, "Files:\n",
	  " 0123 45 f#\n", "", .run = debian_stanzas },
	{ "deb822_next deb822_word", "a value of many words", 5000, "Files: a", " b", "\n",
	  .run = debian_stanzas },
	{ "deb822_next", "too many fields", 1250, "", "F#: v\n", "", .run = debian_stanzas,
	  .refused = true },
	{ "deb822_next", "one long line", 25000, "Files: ", "a", "\n", .run = debian_stanzas },
	{ "deb822_next", "empty lines", 12500, "A: b\n", "\n", "", .run = debian_stanzas },
	{ "copyright_read licences_of", "paragraphs of files", 65, DEP5,
	  "Files: f#\nLicense: L#\n text of it\n\n", "", .run = debian_copyright },
	{ "copyright_read", "the same licence in many paragraphs", 500, DEP5,
	  "Files: f#\nLicense: MIT\n\n", "", .run = debian_copyright },
	{ "copyright_read", "more licences than are kept", 66, DEP5, "License: L#\n text\n\n", "",
	  .run = debian_copyright },
	{ "copyright_read licences_of", "a licence with a long text", 1000, DEP5 "License: own\n",
	  " line of text\n", "", .run = debian_copyright },
	{ "copyright_read licences_of licences_expression", "a licence of many names", 15,
	  DEP5 "License: ", "L# and ", "MIT\n", .run = debian_copyright },
	{ "copyright_read", "prose with many pointers", 1000, "",
	  "see /usr/share/common-licenses/GPL-2 there\n", "", .run = debian_copyright },
	{ "copyright_read", "prose with pointers to many names", 84, "",
	  "/usr/share/common-licenses/N# ", "", .run = debian_copyright },
	{ "changelog_between", "many entries", 250, "",
	  "p (1.~) trixie; urgency=low\n\n  * Change #.\n\n -- A <a@b.example>  Mon, 01 Jan 2024 00:00:00 +0000\n\n",
	  "", .run = debian_changelog },
	{ "changelog_between", "an entry of many lines", 750, "p (1.0) trixie; urgency=low\n\n",
	  "  * Change #.\n", "\n -- A <a@b.example>  Mon, 01 Jan 2024 00:00:00 +0000\n",
	  .run = debian_changelog },
	{ "relation_next relation_group relation_next_build", "many groups", 500, "",
	  "p# (>= 1.0), ", "qq", .run = debian_relations },
	{ "relation_next", "many alternatives", 500, "", "p# (>= 1.0) | ", "qq",
	  .run = debian_relations },
	{ "relation_next", "one long version", 5000, "pp (>= 1", "0", ")",
	  .run = debian_relations },
	{ "relation_next_build", "many architectures", 1000, "pp [", "a# ", "amd64]",
	  .run = debian_build_relations },
	{ "relation_next_build", "many profiles", 1000, "pp ", "<!p#> ", "",
	  .run = debian_build_relations },
	{ "debversion_split debversion_compare debversion_valid", "a version of digits", 12500,
	  "1:", "1", "-1", .run = debian_version },
	{ "debversion_compare", "a version of signs and zeros", 5000, "1", "a0.", "-1",
	  .run = debian_version },
	{ "debversion_split", "a version of hyphens", 12500, "1", "-", "1", .run = debian_version },
	{ "purl_parse purl_text", "many qualifiers", 375, "pkg:deb/debian/curl@1?", "k~=v&", "z=1",
	  .run = debian_purl },
	{ "purl_parse", "escaped bytes", 2500, "pkg:deb/debian/a", "%41", "@1",
	  .run = debian_purl },
	{ "purl_parse", "many components", 2500, "pkg:generic", "/a", "/b@1", .run = debian_purl },
	{ "cpe_covers", "a long name", 5000, "cpe:2.3:a:", "\\:*", ":c:1", .run = debian_cpe },
	{ "naming_note naming_person", "a note of many members", 750,
	  "{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1\",", "\"k#\":\"v\",", "}",
	  .run = debian_note },
	{ "name_is_pool_path", "many components", 7500, "pool", "/a", "", .run = debian_pool_path,
	  .refused = true },
};
const struct growth_cases growth_debian_cases = { debian_table, ARRAY_SIZE(debian_table) };
