/* SPDX-License-Identifier: Apache-2.0 */
/* From stanzas of Packages and Sources to index entries. Every value that becomes a path, a URL,
 * a number or a comparison later is checked here; what an index is signed for is that Debian
 * wrote it, not that it is well-formed. */

#include "base/strmap.h"
#include "format/debian/deb822.h"
#include "format/debian/debversion.h"
#include "input/resolve/package_index.h"
#include "format/debian/debian_names.h"

const char *const index_package_fields[] = {
	"Package",	  "Version",   "Architecture", "Multi-Arch", "Source",	  "Pre-Depends",
	"Depends",	  "Conflicts", "Breaks",       "Provides",   "Essential", "Priority",
	"Installed-Size", "Filename",  "Size",	       "SHA256",     NULL
};

const char *const index_source_fields[] = { "Package",	 "Version",	      "Format",
					    "Directory", "Extra-Source-Only", "Checksums-Sha256",
					    NULL };

/* A mandatory field that passes `check`. */
static bool stanza_need(const struct deb822 *r, const char *field, bool (*check)(struct str),
			struct str *out, struct error *e)
{
	return deb822_need(r, field, out, e) &&
	       (check(*out) ||
		deb822_fail(r, field, e, "\"%.*s\" is not a valid %s", STR_ARG(*out), field));
}

/* "Source: name (version)"; either part may be missing. */
static bool stanza_read_source(const struct deb822 *r, struct index_package *p, struct error *e)
{
	struct str text = deb822_get(r, "Source"), name, version;

	p->source = p->name;
	p->source_version = p->version;
	if (text.n == 0)
		return true;
	if (str_cut(text, '(', &name, &version)) {
		if (!str_ends(version, STR(")")))
			return deb822_fail(r, "Source", e, "expected \"name (version)\"");
		version.n--;
		p->source_version = version;
	}
	p->source = str_trim(name);
	if (!name_is_package(p->source) || !debversion_valid(p->source_version))
		return deb822_fail(r, "Source", e, "expected \"name (version)\"");
	return true;
}

static bool stanza_read_file(const struct deb822 *r, struct index_package *p, struct error *e)
{
	struct str text;

	if (!stanza_need(r, "Filename", name_is_pool_path, &p->path, e) ||
	    !deb822_need(r, "Size", &text, e))
		return false;
	if (!str_u64(text, &p->size))
		return deb822_fail(r, "Size", e, "expected a number of bytes");
	if (!deb822_need(r, "SHA256", &text, e))
		return false;
	if (!digest_parse(text, &p->sha256))
		return deb822_fail(r, "SHA256", e, "expected 64 lower-case hexadecimal digits");
	text = deb822_get(r, "Installed-Size");
	if (text.n && !str_u64(text, &p->installed_size))
		return deb822_fail(r, "Installed-Size", e, "expected a number of KiB");
	return true;
}

/* Higher ranks are preferred less; an unknown priority counts as optional. */
static unsigned priority_rank(struct str priority)
{
	static const char *const names[] = { "required", "important", "standard", "optional",
					     "extra" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (str_eq(priority, str_of(names[i])))
			return i;
	}
	return PRIORITY_OPTIONAL;
}

static bool stanza_read_package(const struct index *x, const struct deb822 *r,
				struct index_package *p, struct error *e)
{
	if (!stanza_need(r, "Package", name_is_package, &p->name, e) ||
	    !stanza_need(r, "Version", debversion_valid, &p->version, e) ||
	    !stanza_need(r, "Architecture", name_is_architecture, &p->architecture, e))
		return false;
	if (!str_eq(p->architecture, str_of(x->arch)) && !str_eq(p->architecture, STR("all")))
		return deb822_fail(r, "Architecture", e, "expected %s or all, found \"%.*s\"",
				   x->arch, STR_ARG(p->architecture));
	p->pre_depends = deb822_get(r, "Pre-Depends");
	p->depends = deb822_get(r, "Depends");
	p->conflicts = deb822_get(r, "Conflicts");
	p->breaks = deb822_get(r, "Breaks");
	p->provides = deb822_get(r, "Provides");
	p->essential = str_eq(deb822_get(r, "Essential"), STR("yes"));
	p->any = str_eq(deb822_get(r, "Multi-Arch"), STR("allowed"));
	p->rank = priority_rank(deb822_get(r, "Priority"));
	return stanza_read_source(r, p, e) && stanza_read_file(r, p, e);
}

bool index_add_packages(struct index *x, const struct suite *suite, struct str text,
			const char *file, struct error *e)
{
	struct deb822 r;
	int got;

	deb822_init(&r, text, file);
	while ((got = deb822_next(&r, e)) > 0) {
		struct index_package *p = arena_alloc(x->a, sizeof(*p));

		p->suite = suite;
		p->priority = index_priority(x, suite);
		p->number = x->versions.n;
		if (!stanza_read_package(x, &r, p, e))
			return false;
		*list_push(x->a, &x->versions) = p;
	}
	return got == 0;
}

/* "hex size name", one line of Checksums-Sha256. */
static bool read_checksum(struct index *x, const struct deb822 *r, struct str line,
			  struct index_source *s, struct strmap *names, struct error *e)
{
	struct index_file *f = list_push(x->a, &s->files);
	struct str hex, size;

	if (!deb822_word(&line, &hex) || !digest_parse(hex, &f->sha256) ||
	    !deb822_word(&line, &size) || !str_u64(size, &f->size) ||
	    !deb822_word(&line, &f->name) || !name_is_file(f->name) || line.n)
		return deb822_fail(r, "Checksums-Sha256", e, "expected \"sha256 size name\"");
	return strmap_add(x->a, names, f->name) ||
	       deb822_fail(r, "Checksums-Sha256", e, "\"%.*s\" is there twice", STR_ARG(f->name));
}

static bool read_source_stanza(struct index *x, const struct deb822 *r, struct index_source *s,
			       struct error *e)
{
	struct strmap names = { NULL };
	struct str lines, line;

	if (!stanza_need(r, "Version", debversion_valid, &s->version, e) ||
	    !stanza_need(r, "Directory", name_is_pool_path, &s->directory, e) ||
	    !deb822_need(r, "Format", &s->format, e) ||
	    !deb822_need(r, "Checksums-Sha256", &lines, e))
		return false;
	while (deb822_line(&lines, &line)) {
		if (!read_checksum(x, r, line, s, &names, e))
			return false;
	}
	return true;
}

bool index_add_sources(struct index *x, const struct suite *suite, const struct strings *names,
		       struct str text, const char *file, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct strmap wanted = { NULL };
	struct deb822 r;
	int got;

	for (size_t i = 0; i < names->n; i++)
		*strmap_slot(&scratch, &wanted, str_of(names->v[i])) = &wanted;
	deb822_init(&r, text, file);
	while ((got = deb822_next(&r, e)) > 0) {
		struct index_source *s;
		struct str name;

		if (!stanza_need(&r, "Package", name_is_package, &name, e))
			return false;
		if (!strmap_get(&wanted, name))
			continue;
		s = arena_alloc(x->a, sizeof(*s));
		s->name = name;
		s->suite = suite;
		s->priority = index_priority(x, suite);
		if (!read_source_stanza(x, &r, s, e))
			return false;
		*list_push(x->a, &x->sources) = s;
	}
	return got == 0;
}
