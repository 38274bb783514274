/* SPDX-License-Identifier: Apache-2.0 */
/* From stanzas of Packages and Sources to index entries. Every value that becomes a path, a URL,
 * a number or a comparison later is checked here; what an index is signed for is that Debian
 * wrote it, not that it is well-formed. */

#include "input/resolve/stanza.h"

#include "base/strmap.h"
#include "format/debian/debian_names.h"
#include "format/debian/debversion.h"
#include "format/debian/relations.h"

#define RANK_LAST 4 /* extra */

const char *const stanza_source_fields[] = { "Package",	  "Version",	       "Format",
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
static bool stanza_read_origin(const struct deb822 *r, struct index_package *p, struct error *e)
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

static bool architecture_fits(const char *arch, struct str architecture)
{
	return str_eq(architecture, str_of(arch)) || str_eq(architecture, STR("all"));
}

bool stanza_read_package(const char *arch, const struct deb822 *r, struct index_package *p,
			 struct error *e)
{
	if (!stanza_need(r, "Package", name_is_package, &p->name, e) ||
	    !stanza_need(r, "Version", debversion_valid, &p->version, e) ||
	    !stanza_need(r, "Architecture", name_is_architecture, &p->architecture, e))
		return false;
	if (!architecture_fits(arch, p->architecture))
		return deb822_fail(r, "Architecture", e, "expected %s or all, found \"%.*s\"", arch,
				   STR_ARG(p->architecture));
	p->pre_depends = deb822_get(r, "Pre-Depends");
	p->depends = deb822_get(r, "Depends");
	p->conflicts = deb822_get(r, "Conflicts");
	p->breaks = deb822_get(r, "Breaks");
	p->provides = deb822_get(r, "Provides");
	p->essential = str_eq(deb822_get(r, "Essential"), STR("yes"));
	p->any = str_eq(deb822_get(r, "Multi-Arch"), STR("allowed"));
	p->rank = priority_rank(deb822_get(r, "Priority"));
	return stanza_read_origin(r, p, e) && stanza_read_file(r, p, e);
}

/* Of the value of a field: lines without control bytes. */
static bool is_field_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c < 0x20 && c != '\t' && c != '\n') || c == 0x7f)
			return false;
	}
	return true;
}

bool stanza_check_package(const char *arch, const struct index_package *p, struct error *e)
{
	const struct str relations[] = { p->pre_depends, p->depends, p->conflicts, p->breaks,
					 p->provides };
	bool ok = name_is_package(p->name) && debversion_valid(p->version) &&
		  architecture_fits(arch, p->architecture) && name_is_package(p->source) &&
		  debversion_valid(p->source_version) && name_is_pool_path(p->path) &&
		  p->rank <= RANK_LAST;

	for (size_t i = 0; ok && i < ARRAY_SIZE(relations); i++)
		ok = is_field_value(relations[i]);
	return ok || err_set(e, ERR_INPUT, "its parser returned malformed data");
}

bool stanza_read_name(const struct deb822 *r, struct str *out, struct error *e)
{
	return stanza_need(r, "Package", name_is_package, out, e);
}

int stanza_next_provided(struct str *rest, struct str package, struct str *name,
			 struct str *version, struct error *e)
{
	struct relation r;
	struct str group;

	if (!relation_group(rest, &group))
		return 0;
	if (relation_next(&group, &r, e) < 0) {
		err_wrap(e, "Provides of %.*s", STR_ARG(package));
		return -1;
	}
	*name = r.name;
	*version = r.version;
	if (group.n == 0 && (r.op == DEBVERSION_ANY || r.op == DEBVERSION_EQ))
		return 1;
	err_set(e, ERR_INPUT, "Provides of %.*s: \"%.*s\" is not a \"name (= version)\"",
		STR_ARG(package), STR_ARG(r.name));
	return -1;
}

/* "hex size name", one line of Checksums-Sha256. */
static bool read_checksum(struct arena *a, const struct deb822 *r, struct str line,
			  struct index_source *s, struct strmap *names, struct error *e)
{
	struct index_file *f = list_push(a, &s->files);
	struct str hex, size;

	if (!deb822_word(&line, &hex) || !digest_parse(hex, &f->sha256) ||
	    !deb822_word(&line, &size) || !str_u64(size, &f->size) ||
	    !deb822_word(&line, &f->name) || !name_is_file(f->name) || line.n)
		return deb822_fail(r, "Checksums-Sha256", e, "expected \"sha256 size name\"");
	return strmap_add(a, names, f->name) ||
	       deb822_fail(r, "Checksums-Sha256", e, "\"%.*s\" is there twice", STR_ARG(f->name));
}

bool stanza_read_source(struct arena *a, const struct deb822 *r, struct index_source *s,
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
		if (!read_checksum(a, r, line, s, &names, e))
			return false;
	}
	return true;
}
