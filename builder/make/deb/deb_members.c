/* SPDX-License-Identifier: Apache-2.0 */
/* Which members a .deb has, and in which order. What is inside them is deb_parse.c's business. */

#include "make/deb/deb_members.h"

#include "format/archive/ar.h"

static bool bad_member(const char *file, const char *member, const char *why, struct error *e)
{
	return err_set(e, ERR_INPUT, "%s: member %s: %s", file, member, why);
}

/* "2.<minor>\n", perhaps with more lines: another minor version stays readable (deb(5)). */
static bool check_deb_version(const char *file, const struct ar_member *m, struct error *e)
{
	struct str line, rest, major, minor;
	uint64_t number;

	if (strcmp(m->name, "debian-binary") != 0)
		return err_set(e, ERR_INPUT,
			       "%s is not a Debian package: its first member is %s, not "
			       "debian-binary",
			       file, m->name);
	if (!str_cut(m->data, '\n', &line, &rest) || !str_cut(line, '.', &major, &minor) ||
	    !str_u64(minor, &number))
		return bad_member(file, m->name, "no format version", e);
	return str_eq(major, STR("2")) ||
	       bad_member(file, m->name, "a format version that is not read here (only 2.x is)", e);
}

/* "control.tar" or "data.tar", with a suffix that says how it is compressed. */
static bool deb_take_member(const char *file, const char *base, const struct ar_member *m,
			    struct deb_member *out, struct error *e)
{
	struct str name = str_of(m->name);

	if (!str_starts(name, str_of(base)))
		return err_set(e, ERR_INPUT, "%s: found member %s where %s belongs", file, m->name,
			       base);
	if (!codec_of_suffix(str_from(name, strlen(base)), &out->codec))
		return bad_member(file, m->name,
				  "compressed in a way that is not read here (xz, zstd, "
				  "gzip and none are)",
				  e);
	if (m->data.n == 0)
		return bad_member(file, m->name, "is empty", e);
	memcpy(out->name, m->name, sizeof(out->name));
	out->bytes = m->data;
	return true;
}

/* The next member that is not to be skipped; the end of the file is an error. */
static bool deb_next_member(struct ar *ar, struct ar_member *m, bool skip, struct error *e)
{
	int got;

	do
		got = ar_next(ar, m, e);
	while (got == 1 && skip && m->name[0] == '_');
	return got == 1 ||
	       (got == 0 && err_set(e, ERR_INPUT, "%s ends before its data.tar member", ar->name));
}

bool deb_members_find(struct str file, const char *name, struct deb_members *out, struct error *e)
{
	struct ar_member m;
	struct ar ar;
	int got;

	if (!ar_open(&ar, file, name, e) || !deb_next_member(&ar, &m, false, e) ||
	    !check_deb_version(name, &m, e) || !deb_next_member(&ar, &m, true, e) ||
	    !deb_take_member(name, "control.tar", &m, &out->control, e) ||
	    !deb_next_member(&ar, &m, true, e) ||
	    !deb_take_member(name, "data.tar", &m, &out->data, e))
		return false;
	got = ar_next(&ar, &m, e);
	return got == 0 ||
	       (got == 1 &&
		bad_member(name, m.name, "stands after data.tar, where nothing may be", e));
}
