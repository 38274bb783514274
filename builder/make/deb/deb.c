/* SPDX-License-Identifier: Apache-2.0 */
/* Decoded packages as the store has them. How they get there is deb_decode.c; what is refused on
 * the way is deb_members.c (the file), format/archive/tar.h (its archives) and deb_control.c (its
 * control file). */

#include "make/deb/deb.h"

#include "make/deb/deb_control.h"
#include "make/deb/deb_decode.h"
#include "make/deb/deb_index.h"

/* "data SHA256 SIZE\n" */
static bool take_data(struct str *text, struct digest *digest, uint64_t *size)
{
	struct str line, rest, word, hex, number;

	if (!str_cut(*text, '\n', &line, &rest) || !str_cut(line, ' ', &word, &line) ||
	    !str_cut(line, ' ', &hex, &number))
		return false;
	*text = rest;
	return str_eq(word, STR("data")) && digest_parse(hex, digest) && str_u64(number, size);
}

/* Takes the beginning of what the store knows about a package. */
static bool take_decoded(struct str *text, struct digest *data, uint64_t *size)
{
	if (!str_starts(*text, STR(DEB_ACTION_HEAD)))
		return false;
	*text = str_from(*text, STR(DEB_ACTION_HEAD).n);
	return take_data(text, data, size);
}

/* 1 and an open package, 0 if it is not decoded, -1. */
static int open_decoded(struct arena *a, const struct store *s, const struct deb_package *p,
			struct deb *deb, struct error *e)
{
	struct digest key = deb_action_key(p), *data = arena_alloc(a, sizeof(*data));
	struct str index;
	uint64_t size = 0;
	int got = store_get_action(a, s, &key, &index, e);

	/* a result that cannot be read (another version wrote it) counts as absent */
	if (got == 1)
		got = take_decoded(&index, data, &size)
			      ? store_open_blob(s, data, size, &deb->data.fd, e)
			      : 0;
	if (got <= 0)
		return got;
	deb->data.name = p->name;
	deb->data.digest = data;
	return deb_index_read(a, index, size, deb, e) && control_check(deb, e) ? 1 : -1;
}

static bool deb_wrap_error(const struct deb_package *p, struct error *e)
{
	return err_wrap(e, "package %s %s (%s)", p->name, p->version, p->architecture);
}

bool deb_open(struct arena *a, const struct store *s, const struct deb_package *p, struct deb *deb,
	      struct error *e)
{
	int got;

	*deb = (struct deb){ .package = p, .data = { .fd = -1 } };
	got = open_decoded(a, s, p, deb, e);
	if (got == 0 && deb_decode(s, p, NULL, e)) {
		got = open_decoded(a, s, p, deb, e);
		if (got == 0)
			err_set(e, ERR_SYSTEM, "its decoded form vanished from the store");
	}
	if (got == 1)
		return true;
	deb_close(deb);
	return deb_wrap_error(p, e);
}

void deb_close(struct deb *deb)
{
	fd_closep(&deb->data.fd);
}

/* Room for what take_decoded() takes. */
#define HEAD_MAX 256

static bool has_decoded(const struct store *s, const struct deb_package *p)
{
	AUTO_ARENA a = { 0 };
	struct digest key = deb_action_key(p), data;
	struct str text = store_peek_action(&a, s, &key, HEAD_MAX);
	uint64_t size;

	return take_decoded(&text, &data, &size) && store_has_blob(s, &data, size);
}

bool deb_seems_decoded(const struct store *s, const struct deb_package *p)
{
	return has_decoded(s, p) && store_has_blob(s, &p->file.sha256, p->file.size);
}

bool deb_decode_missing(const struct store *s, const struct deb_package *p,
			const struct xz_library *xz, struct progress *progress, struct error *e)
{
	bool done;

	if (has_decoded(s, p))
		return true;
	progress_work_begin(progress, "decode", p->name);
	done = deb_decode(s, p, xz, e);
	progress_work_end(progress, p->file.size);
	return done || deb_wrap_error(p, e);
}
