/* SPDX-License-Identifier: Apache-2.0 */
/* The directory is read whole, contents as streams. Every number in it is checked against the size
 * of the file before it is used. */

#include "format/archive/zip.h"

#include <stdlib.h>
#include <sys/param.h>

#define ZLIB_CONST
#include <zlib.h>

#define END_SIZE 22
#define COMMENT_MAX 65535
#define END64_SIZE 56
#define LOCATOR_SIZE 20
#define ENTRY_SIZE 46
#define LOCAL_SIZE 30
#define HOST_DOS 0
#define HOST_UNIX 3
#define STORED 0
#define DEFLATED 8

static uint64_t zip_number(const char *p, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)p[n];
	return v;
}

static bool zip_fail(const struct zip *z, struct error *e, const char *what)
{
	return err_set(e, ERR_INPUT, "%s: %s", z->file, what);
}

static bool zip_pread(const struct zip *z, char *p, size_t n, uint64_t at, struct error *e)
{
	return fd_pread(z->fd, p, n, z->start + at, z->file, e);
}

bool zip_is(struct str head)
{
	return str_starts(head, STR("PK\3\4")) || str_starts(head, STR("PK\5\6"));
}

/* Where the directory is and how large, as the record at the end says. */
struct directory {
	uint64_t at, size;
};

/* Archives with many members, or large ones, have the true numbers in a second record. */
static bool read_end64(const struct zip *z, uint64_t end_at, struct directory *out, struct error *e)
{
	char locator[LOCATOR_SIZE], end[END64_SIZE];
	uint64_t at;

	if (end_at < LOCATOR_SIZE)
		return zip_fail(z, e, "the zip64 record is not there");
	if (!zip_pread(z, locator, sizeof(locator), end_at - LOCATOR_SIZE, e))
		return false;
	at = zip_number(locator + 8, 8);
	if (memcmp(locator, "PK\6\7", 4) != 0 || end_at < END64_SIZE || at > end_at - END64_SIZE)
		return zip_fail(z, e, "the zip64 record is not there");
	if (!zip_pread(z, end, sizeof(end), at, e))
		return false;
	if (memcmp(end, "PK\6\6", 4) != 0)
		return zip_fail(z, e, "the zip64 record is not there");
	*out = (struct directory){ zip_number(end + 48, 8), zip_number(end + 40, 8) };
	return true;
}

static bool find_directory(const struct zip *z, struct directory *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	size_t n = (size_t)MIN(z->size, END_SIZE + COMMENT_MAX);
	char *tail = arena_text(&scratch, n);
	uint64_t from = z->size - n;

	if (!zip_pread(z, tail, n, from, e))
		return false;
	for (size_t i = n; i-- > 0;) {
		const char *p = tail + i;

		if (n - i < END_SIZE || memcmp(p, "PK\5\6", 4) != 0)
			continue;
		*out = (struct directory){ zip_number(p + 16, 4), zip_number(p + 12, 4) };
		if (zip_number(p + 10, 2) == 0xffff || out->at == UINT32_MAX ||
		    out->size == UINT32_MAX)
			return read_end64(z, from + i, out, e);
		return true;
	}
	return zip_fail(z, e, "the archive has no end record: it is cut short, or no zip");
}

/* The extra field of zip64 holds those numbers that do not fit, in this order. */
static bool read_extra(struct str extra, struct zip_member *m)
{
	uint64_t *const wide[] = { &m->size, &m->packed, &m->offset };

	while (extra.n >= 4) {
		struct str body = str_from(extra, 4);
		size_t n = (size_t)zip_number(extra.p + 2, 2);

		if (n > body.n)
			return false;
		extra = str_from(body, n);
		if (zip_number(body.p - 4, 2) != 1)
			continue;
		body.n = n;
		for (size_t i = 0; i < 3; i++) {
			if (*wide[i] != UINT32_MAX)
				continue;
			if (body.n < 8)
				return false;
			*wide[i] = zip_number(body.p, 8);
			body = str_from(body, 8);
		}
	}
	return true;
}

/* Old writers on Windows have "\\" in place of "/": of an archive of MS-DOS that has no "/" in a
 * name, unzip(1) takes the one for the other. */
static const char *zip_take_name(struct arena *a, const char *p, size_t n, char host)
{
	char *name = arena_strndup(a, p, n);

	if (host == HOST_DOS && !strchr(name, '/')) {
		for (char *c = name; *c; c++)
			*c = *c == '\\' ? '/' : *c;
	}
	return name;
}

static bool zip_read_entry(struct arena *a, struct zip *z, struct str *rest, struct error *e)
{
	const char *p = rest->p;
	size_t name, extra, comment;
	struct zip_member m;

	if (rest->n < ENTRY_SIZE || memcmp(p, "PK\1\2", 4) != 0)
		return zip_fail(z, e, "the directory is malformed");
	name = (size_t)zip_number(p + 28, 2);
	extra = (size_t)zip_number(p + 30, 2);
	comment = (size_t)zip_number(p + 32, 2);
	if (rest->n - ENTRY_SIZE < name + extra + comment)
		return zip_fail(z, e, "the directory is malformed");
	m = (struct zip_member){ .name = zip_take_name(a, p + ENTRY_SIZE, name, p[5]),
				 .flags = (uint16_t)zip_number(p + 8, 2),
				 .method = (uint16_t)zip_number(p + 10, 2),
				 .crc = (uint32_t)zip_number(p + 16, 4),
				 .packed = zip_number(p + 20, 4),
				 .size = zip_number(p + 24, 4),
				 .mode = p[5] == HOST_UNIX ? (uint32_t)zip_number(p + 40, 2) : 0,
				 .offset = zip_number(p + 42, 4) };
	if (!read_extra((struct str){ p + ENTRY_SIZE + name, extra }, &m))
		return zip_fail(z, e, "the directory is malformed");
	*list_push(a, &z->members) = m;
	*rest = str_from(*rest, ENTRY_SIZE + name + extra + comment);
	return true;
}

bool zip_open_at(struct arena *a, int fd, uint64_t start, uint64_t size, const char *file,
		 struct zip *out, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct directory dir = { 0, 0 };
	struct str rest;
	char *text;

	*out = (struct zip){ .fd = fd, .file = file, .start = start, .size = size };
	if (!find_directory(out, &dir, e))
		return false;
	if (dir.size > ZIP_DIRECTORY_MAX)
		return zip_fail(out, e, "its directory is too large");
	if (dir.at > size || dir.size > size - dir.at)
		return zip_fail(out, e, "its directory stands outside of it");
	text = arena_text(&scratch, (size_t)dir.size);
	if (!zip_pread(out, text, (size_t)dir.size, dir.at, e))
		return false;
	rest = (struct str){ text, (size_t)dir.size };
	while (rest.n)
		if (!zip_read_entry(a, out, &rest, e))
			return false;
	return true;
}

bool zip_open(struct arena *a, int fd, uint64_t size, const char *file, struct zip *out,
	      struct error *e)
{
	return zip_open_at(a, fd, 0, size, file, out, e);
}

static bool zip_refuse_member(const struct zip_source *s, struct error *e, const char *what)
{
	return err_set(e, ERR_INPUT, "%s: %s", s->base.name, what);
}

static int zip_member_damaged(const struct zip_source *s, struct error *e, const char *what)
{
	return zip_refuse_member(s, e, what) ? 0 : -1;
}

static int zip_member_finish(struct zip_source *s, struct error *e)
{
	if (s->given != s->member->size || s->crc != s->member->crc)
		return zip_member_damaged(s, e, "it is not what the directory of the archive says");
	return 0;
}

static int zip_member_give(struct zip_source *s, struct str bytes, struct str *chunk,
			   struct error *e)
{
	if (bytes.n > s->member->size - s->given)
		return zip_member_damaged(s, e,
					  "it is larger than the directory of the archive says");
	s->given += bytes.n;
	s->crc = (uint32_t)crc32(s->crc, (const Bytef *)bytes.p, (uInt)bytes.n);
	*chunk = bytes;
	return 1;
}

static int zip_next(struct source *base, struct str *chunk, struct error *e)
{
	struct zip_source *s = (struct zip_source *)base;
	z_stream *z = s->inflate;

	while (!s->ended) {
		int got = s->in.n ? 1 : s->packed.base.next(&s->packed.base, &s->in, e), status;

		if (got < 0)
			return -1;
		if (got == 0 && z)
			return zip_member_damaged(s, e, "it is cut short");
		if (got == 0)
			break;
		if (!z) {
			struct str all = s->in;

			s->in.n = 0;
			return zip_member_give(s, all, chunk, e);
		}
		z->next_in = (const Bytef *)s->in.p;
		z->avail_in = (uInt)s->in.n;
		z->next_out = (Bytef *)s->out;
		z->avail_out = sizeof(s->out);
		status = inflate(z, Z_NO_FLUSH);
		s->in = str_from(s->in, s->in.n - z->avail_in);
		s->ended = status == Z_STREAM_END;
		if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
			return zip_member_damaged(s, e, "it is damaged");
		if (z->avail_out < sizeof(s->out))
			return zip_member_give(s,
					       (struct str){ s->out,
							     sizeof(s->out) - z->avail_out },
					       chunk, e);
	}
	s->ended = true;
	return zip_member_finish(s, e);
}

bool zip_source_open(struct zip_source *s, const struct zip *z, const struct zip_member *m,
		     struct error *e)
{
	char local[LOCAL_SIZE];
	uint64_t at;
	z_stream *inflating;

	s->base = (struct source){ zip_next, m->name };
	s->member = m;
	s->inflate = NULL;
	s->in = (struct str){ NULL, 0 };
	s->given = s->crc = 0;
	s->ended = false;
	if (m->flags & 1 || (m->method != STORED && m->method != DEFLATED))
		return zip_refuse_member(s, e,
					 m->flags & 1 ? "it is encrypted"
						      : "its compression is not known here");
	if (m->offset > z->size || z->size - m->offset < LOCAL_SIZE)
		return zip_refuse_member(s, e, "it stands outside of the archive");
	if (!zip_pread(z, local, sizeof(local), m->offset, e))
		return false;
	at = m->offset + LOCAL_SIZE + zip_number(local + 26, 2) + zip_number(local + 28, 2);
	if (memcmp(local, "PK\3\4", 4) != 0 || at > z->size || m->packed > z->size - at)
		return zip_refuse_member(s, e, "it stands outside of the archive");
	fd_source_init(&s->packed, z->fd, z->start + at, m->packed, m->name);
	if (m->method == STORED)
		return true;
	inflating = calloc(1, sizeof(*inflating));
	if (!inflating || inflateInit2(inflating, -15) != Z_OK) {
		free(inflating);
		return err_set(e, ERR_SYSTEM, "%s: no memory to decompress it", m->name);
	}
	s->inflate = inflating;
	return true;
}

void zip_source_close(struct zip_source *s)
{
	if (s->inflate)
		inflateEnd(s->inflate);
	free(s->inflate);
	s->inflate = NULL;
}
