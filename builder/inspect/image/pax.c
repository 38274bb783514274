/* SPDX-License-Identifier: Apache-2.0 */
/* pax records. Knows which keys change what an entry is; all others are carried by and ignored. */

#include "inspect/image/pax.h"

#include "inspect/image/pax_record.h"

/* Attributes with which a runtime's storage hides files, or shows other modes than they have. */
static bool is_storage_attribute(struct str key)
{
	static const struct str prefixes[] = {
		STR("SCHILY.xattr.trusted.overlay."),
		STR("SCHILY.xattr.user.overlay."),
		STR("SCHILY.xattr.user.fuseoverlayfs."),
		STR("SCHILY.xattr.user.containers.override_"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(key, prefixes[i]))
			return true;
	return false;
}

static bool has_nul(struct str s)
{
	return s.n && memchr(s.p, '\0', s.n);
}

static bool pax_is_text(struct str key)
{
	return str_eq(key, STR("path")) || str_eq(key, STR("linkpath")) ||
	       str_eq(key, STR("uname")) || str_eq(key, STR("gname"));
}

/* An empty value is as none. */
static bool pax_keep(struct pax_said *pax, struct str key, struct str value)
{
	struct {
		struct str key;
		struct str *slot;
	} known[] = {
		{ STR("path"), &pax->name },
		{ STR("linkpath"), &pax->link },
		{ STR("size"), &pax->size },
		{ STR("uid"), &pax->uid },
		{ STR("gid"), &pax->gid },
		{ STR("mtime"), &pax->mtime },
		{ STR("atime"), &pax->atime },
		{ STR("ctime"), &pax->ctime },
		{ STR("SCHILY.xattr.security.capability"), &pax->capability },
		{ STR("GNU.sparse.major"), &pax->sparse.major },
		{ STR("GNU.sparse.minor"), &pax->sparse.minor },
		{ STR("GNU.sparse.name"), &pax->sparse.name },
		{ STR("GNU.sparse.size"), &pax->sparse.size },
		{ STR("GNU.sparse.realsize"), &pax->sparse.real_size },
		{ STR("GNU.sparse.numblocks"), &pax->sparse.count },
		{ STR("GNU.sparse.map"), &pax->sparse.map },
	};

	if (has_nul(key) || (pax_is_text(key) && has_nul(value)))
		return false;
	pax->overlay |= is_storage_attribute(key);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_eq(key, known[i].key))
			*known[i].slot = value;
	return true;
}

bool pax_parse(struct str text, struct pax_said *pax, struct error *e)
{
	struct str key, value;
	bool ok;

	const struct str all = text;

	*pax = (struct pax_said){ .long_name = pax->long_name, .long_link = pax->long_link };
	while (pax_record(&text, &key, &value, &ok)) {
		if (sparse_is_pair(key))
			pax->sparse.pairs = all;
		if (!pax_keep(pax, key, value))
			return err_set(e, ERR_INPUT, "a pax key or value has a NUL byte in it");
	}
	return ok || err_set(e, ERR_INPUT, "a pax record is malformed");
}

bool pax_harmless(struct str text)
{
	struct pax_said pax = { .name = { NULL, 0 } };
	struct error e = { .kind = ERR_NONE };

	return pax_parse(text, &pax, &e) && !pax.name.n && !pax.link.n && !pax.size.n &&
	       !pax.uid.n && !pax.gid.n && !pax.capability.n && !pax.overlay &&
	       memcmp(&pax.sparse, &(struct sparse_said){ .major = { NULL, 0 } },
		      sizeof(pax.sparse)) == 0;
}

static bool pax_number(struct str text, uint64_t *out, const char *what, struct error *e)
{
	return !text.n || str_u64(text, out) ||
	       err_set(e, ERR_INPUT, "pax %s is not a number", what);
}

/* "1514722362.123", "-1.5": the whole seconds. */
static bool pax_seconds(struct str text, int64_t *out)
{
	struct str whole, fraction;
	bool negative = text.n && text.p[0] == '-';
	uint64_t value;

	str_cut(str_from(text, negative), '.', &whole, &fraction);
	if (!str_u64(whole, &value) || value > INT64_MAX)
		return false;
	for (size_t i = 0; i < fraction.n; i++)
		if (fraction.p[i] < '0' || fraction.p[i] > '9')
			return false;
	*out = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static bool time_of(struct str text, int64_t *out, const char *what, struct error *e)
{
	return !text.n || pax_seconds(text, out) ||
	       err_set(e, ERR_INPUT, "pax %s is not a number", what);
}

bool pax_apply(const struct pax_said *pax, struct layer_entry *x, struct error *e)
{
	int64_t ignored;

	if (pax->name.n)
		x->name = pax->name;
	if (pax->link.n)
		x->link = pax->link;
	if (pax->long_name.n)
		x->name = pax->long_name;
	if (pax->long_link.n)
		x->link = pax->long_link;
	x->capability = pax->capability;
	x->overlay = pax->overlay;
	return pax_number(pax->size, &x->size, "size", e) &&
	       pax_number(pax->uid, &x->uid, "uid", e) && pax_number(pax->gid, &x->gid, "gid", e) &&
	       time_of(pax->mtime, &x->mtime, "mtime", e) &&
	       time_of(pax->atime, &ignored, "atime", e) &&
	       time_of(pax->ctime, &ignored, "ctime", e);
}
