/* SPDX-License-Identifier: Apache-2.0 */
/* The tar writer. It knows the ustar header and pax records (POSIX.1-2017, pax(1)) and nothing of
 * trees, layers or where the bytes go. GNU's own extensions are never written. */

#include "format/archive/tarw.h"

#include <assert.h>
#include <stdio.h>
#include <sys/param.h>

#define BLOCK 512
#define NAME_MAX_USTAR 100
#define PREFIX_MAX_USTAR 155
#define OCTAL7_MAX 07777777u	    /* what fits in a field of 8 bytes */
#define OCTAL11_MAX 077777777777ull /* and in one of 12 */

struct ustar {
	char name[NAME_MAX_USTAR], mode[8], uid[8], gid[8], size[12], mtime[12], chksum[8];
	char typeflag, linkname[NAME_MAX_USTAR], magic[6], version[2], uname[32], gname[32];
	char devmajor[8], devminor[8], prefix[PREFIX_MAX_USTAR], zeros[12];
};
_Static_assert(sizeof(struct ustar) == BLOCK, "a ustar header is one block");

static const char zeros[BLOCK];

void tarw_init(struct tarw *t, struct sink *out)
{
	*t = (struct tarw){ .out = out };
}

static bool tarw_put(struct tarw *t, struct str bytes, struct error *e)
{
	t->size += bytes.n;
	return t->out->write(t->out, bytes, e);
}

/* Octal digits that fill the field but for its final NUL. */
static void field_put_octal(char *field, size_t size, uint64_t value)
{
	field[--size] = '\0';
	while (size) {
		field[--size] = (char)('0' + (value & 7));
		value >>= 3;
	}
}

/* As much of `s` as fits; a field that is full has no NUL. */
static void field_put_text(char *field, size_t size, struct str s)
{
	memcpy(field, s.p, MIN(s.n, size));
}

/* Where to cut a path that is too long for the name field: the index of the slash, or 0 if no cut
 * leaves at most 155 bytes before it and 1 to 100 behind it. */
static size_t prefix_cut(struct str path)
{
	size_t i = path.n > NAME_MAX_USTAR ? path.n - NAME_MAX_USTAR - 1 : 1;

	for (; i <= PREFIX_MAX_USTAR && i + 1 < path.n; i++) {
		if (path.p[i] == '/')
			return i;
	}
	return 0;
}

static bool name_fits(struct str path)
{
	return path.n <= NAME_MAX_USTAR || prefix_cut(path) > 0;
}

static void header_init(struct ustar *h, char type, unsigned mode)
{
	memset(h, 0, sizeof(*h));
	h->typeflag = type;
	field_put_octal(h->mode, sizeof(h->mode), mode & 07777);
	field_put_octal(h->uid, sizeof(h->uid), 0);
	field_put_octal(h->gid, sizeof(h->gid), 0);
	field_put_octal(h->size, sizeof(h->size), 0);
	field_put_octal(h->mtime, sizeof(h->mtime), 0);
	field_put_octal(h->devmajor, sizeof(h->devmajor), 0);
	field_put_octal(h->devminor, sizeof(h->devminor), 0);
	field_put_text(h->magic, sizeof(h->magic), (struct str){ "ustar", 6 });
	field_put_text(h->version, sizeof(h->version), STR("00"));
}

static void header_name(struct ustar *h, struct str path)
{
	size_t cut = path.n > NAME_MAX_USTAR ? prefix_cut(path) : 0;

	if (cut) {
		field_put_text(h->prefix, sizeof(h->prefix), (struct str){ path.p, cut });
		path = str_from(path, cut + 1);
	}
	field_put_text(h->name, sizeof(h->name), path);
}

static bool header_put(struct tarw *t, struct ustar *h, struct error *e)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned sum = 0;

	memset(h->chksum, ' ', sizeof(h->chksum));
	for (size_t i = 0; i < BLOCK; i++)
		sum += p[i];
	field_put_octal(h->chksum, sizeof(h->chksum) - 1,
			sum); /* six digits, NUL, and the space stays */
	return tarw_put(t, (struct str){ (const char *)h, BLOCK }, e);
}

static size_t decimal_digits(size_t n)
{
	size_t count = 1;

	while (n /= 10)
		count++;
	return count;
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
static void pax_put_record(struct buf *b, const char *key, struct str value)
{
	size_t rest = strlen(key) + value.n + 3;
	size_t n = rest + decimal_digits(rest);

	if (decimal_digits(n) > decimal_digits(rest))
		n = rest + decimal_digits(n);
	buf_printf(b, "%zu %s=", n, key);
	buf_add(b, value);
	buf_putc(b, '\n');
}

static void record_number(struct buf *b, const char *key, int64_t value)
{
	char number[24];
	int n = snprintf(number, sizeof(number), "%lld", (long long)value);

	pax_put_record(b, key, (struct str){ number, (size_t)n });
}

/* The records that an entry needs beyond its ustar header, by keyword; often none. */
static void pax_put_records(struct buf *b, const struct tarw_entry *entry, struct str path)
{
	if (entry->gid > OCTAL7_MAX)
		record_number(b, "gid", entry->gid);
	if (entry->type == TARW_LINK && strlen(entry->target) > NAME_MAX_USTAR)
		pax_put_record(b, "linkpath", str_of(entry->target));
	if (entry->mtime < 0 || (uint64_t)entry->mtime > OCTAL11_MAX)
		record_number(b, "mtime", entry->mtime);
	if (!name_fits(path))
		pax_put_record(b, "path", path);
	if (entry->size > OCTAL11_MAX)
		record_number(b, "size", (int64_t)entry->size);
	if (entry->uid > OCTAL7_MAX)
		record_number(b, "uid", entry->uid);
}

static bool pad_to_block(struct tarw *t, size_t n, struct error *e)
{
	size_t pad = (BLOCK - n % BLOCK) % BLOCK;

	return pad == 0 || tarw_put(t, (struct str){ zeros, pad }, e);
}

static bool extended_put(struct tarw *t, const struct buf *b, struct error *e)
{
	struct ustar h;

	header_init(&h, 'x', 0644);
	field_put_text(h.name, sizeof(h.name),
		       STR("PaxHeaders/entry")); /* readers of pax ignore it */
	field_put_octal(h.size, sizeof(h.size), b->n);
	return header_put(t, &h, e) && tarw_put(t, buf_str(b), e) && pad_to_block(t, b->n, e);
}

/* A value with a record of its own is 0 in the ustar header, or cut if it is a text. */
static void header_fill(struct ustar *h, const struct tarw_entry *entry, struct str path)
{
	static const char type[] = { [TARW_FILE] = '0', [TARW_DIR] = '5', [TARW_LINK] = '2' };

	header_init(h, type[entry->type], entry->mode);
	header_name(h, path);
	field_put_octal(h->uid, sizeof(h->uid), entry->uid > OCTAL7_MAX ? 0 : entry->uid);
	field_put_octal(h->gid, sizeof(h->gid), entry->gid > OCTAL7_MAX ? 0 : entry->gid);
	field_put_octal(h->size, sizeof(h->size), entry->size > OCTAL11_MAX ? 0 : entry->size);
	if (entry->mtime >= 0 && (uint64_t)entry->mtime <= OCTAL11_MAX)
		field_put_octal(h->mtime, sizeof(h->mtime), (uint64_t)entry->mtime);
	if (entry->type == TARW_LINK)
		field_put_text(h->linkname, sizeof(h->linkname), str_of(entry->target));
}

bool tarw_entry(struct tarw *t, const struct tarw_entry *entry, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf extended = { .a = &a };
	struct str path = str_of(entry->path);
	struct ustar h;

	assert(t->left == 0 && path.n > 0 && entry->size <= INT64_MAX);
	assert(entry->type == TARW_FILE || entry->size == 0);
	if (entry->type == TARW_DIR)
		path = str_of(arena_printf(&a, "%s/", entry->path));
	pax_put_records(&extended, entry, path);
	if (extended.n && !extended_put(t, &extended, e))
		return false;
	header_fill(&h, entry, path);
	t->left = entry->size;
	t->pad = (BLOCK - (unsigned)(entry->size % BLOCK)) % BLOCK;
	return header_put(t, &h, e);
}

bool tarw_data(struct tarw *t, struct str bytes, struct error *e)
{
	assert(bytes.n <= t->left);
	if (bytes.n == 0)
		return true;
	t->left -= bytes.n;
	if (!tarw_put(t, bytes, e))
		return false;
	return t->left > 0 || t->pad == 0 || tarw_put(t, (struct str){ zeros, t->pad }, e);
}

bool tarw_finish(struct tarw *t, struct error *e)
{
	assert(t->left == 0);
	return tarw_put(t, (struct str){ zeros, BLOCK }, e) &&
	       tarw_put(t, (struct str){ zeros, BLOCK }, e);
}
