/* SPDX-License-Identifier: Apache-2.0 */
/* Our own reading of tar headers (POSIX.1-1988 ustar, GNU long names and numbers, POSIX.1-2001
 * extended headers) as they pass: types, sizes and extended records only. Names, ids and times are
 * libarchive's work; agreement is checked in tar.c. */

#include "format/archive/tarfeed.h"

#include <stdio.h>
#include <sys/param.h>

#define SIZE_AT 124
#define SIZE_FIELD 12
#define CHECKSUM_AT 148
#define CHECKSUM_FIELD 8
#define TYPE_AT 156
#define MAGIC_AT 257
#define MAGIC_FIELD 8
#define PREFIX_AT 345
#define PREFIX_FIELD 155
#define LONG_NAME_MAX 8192 /* a path has at most 4095 bytes */
#define END_MARK (2 * TAR_BLOCK)
#define TARFEED_SPARSE "a sparse file, which is not taken: tar without --sparse packs it whole"

static int tarfeed_fail(const struct tarfeed *f, struct error *e, const char *why)
{
	err_set(e, ERR_INPUT, "%s: tar header at byte %llu: %s", f->from->name,
		(unsigned long long)(f->delivered), why);
	return -1;
}

/* A number field: octal digits, with blanks before and blanks or NULs after; or GNU's base 256
 * (first bit set), of which only non-negative values below 2^63 are taken. */
static bool read_number(const char *p, size_t n, uint64_t *out)
{
	uint64_t v = 0;
	size_t i = 0, digits = 0;

	if ((unsigned char)p[0] == 0x80) {
		for (i = 1; i < n; i++) {
			if (v >> 55)
				return false;
			v = v << 8 | (unsigned char)p[i];
		}
		*out = v;
		return true;
	}
	for (; i < n && p[i] == ' '; i++)
		;
	for (; i < n && p[i] >= '0' && p[i] <= '7'; i++, digits++)
		v = v << 3 | (uint64_t)(p[i] - '0'); /* at most 36 bits */
	for (; i < n && (p[i] == ' ' || p[i] == '\0'); i++)
		;
	*out = v;
	return i == n && digits;
}

/* One "LENGTH KEY=VALUE\n" record of an extended header. */
static bool tarfeed_pax_record(struct str *rest, struct str *key, struct str *value)
{
	struct str length, after;
	uint64_t n;

	if (!str_cut(*rest, ' ', &length, &after) || length.n > 5 || !str_u64(length, &n))
		return false;
	if (n > rest->n || n < length.n + 4 || rest->p[n - 1] != '\n')
		return false;
	after.n = (size_t)n - length.n - 2;
	*rest = str_from(*rest, (size_t)n);
	return str_cut(after, '=', key, value) && key->n && !memchr(value->p, '\0', value->n);
}

static int pax_refuse_keyword(const struct tarfeed *f, struct str key, struct error *e)
{
	char shown[128], why[224];

	if (str_starts(key, STR("GNU.sparse.")))
		return tarfeed_fail(f, e, TARFEED_SPARSE);
	str_escape(key, shown, sizeof(shown));
	snprintf(why, sizeof(why), "an extended header with the keyword \"%s\", which is not taken",
		 shown);
	return tarfeed_fail(f, e, why);
}

/* What tars of macOS and of SELinux systems have: nothing that an image without owners has a use
 * for, but a capability, which is as good as setuid. */
static bool pax_is_attribute(struct str key)
{
	static const struct str begins[] = {
		STR("SCHILY.xattr."),	STR("LIBARCHIVE.xattr."), STR("SCHILY.acl."),
		STR("SCHILY.fflags"),	STR("RHT.security."),	  STR("LIBARCHIVE.symlinktype"),
		STR("SCHILY.devmajor"), STR("SCHILY.devminor"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++) {
		if (str_starts(key, begins[i]))
			return !str_ends(key, STR("security.capability"));
	}
	return false;
}

static int pax_keyword(struct tarfeed *f, struct str key, struct str value, struct error *e)
{
	static const char *const harmless[] = {
		"mtime", "atime",      "ctime",	     "uid",	     "gid",
		"uname", "gname",      "comment",    "dev",	     "ino",
		"nlink", "SCHILY.dev", "SCHILY.ino", "SCHILY.nlink", "LIBARCHIVE.creationtime"
	};

	if (f->type == 'g')
		return str_eq(key, STR("comment"))
			       ? 1
			       : tarfeed_fail(f, e, "a global extended header, which is not taken");
	if (str_eq(key, STR("path"))) {
		f->pax_path = value;
		return value.n ? 1 : tarfeed_fail(f, e, "an empty path in an extended header");
	}
	if (str_eq(key, STR("linkpath"))) {
		f->pax_link = value;
		return value.n ? 1 : tarfeed_fail(f, e, "an empty linkpath in an extended header");
	}
	if (str_eq(key, STR("size"))) {
		f->pax_has_size = str_u64(value, &f->size) && f->size <= INT64_MAX;
		return f->pax_has_size ? 1 : tarfeed_fail(f, e, "a bad size in an extended header");
	}
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		if (str_eq(key, str_of(harmless[i])))
			return 1;
	}
	return f->pass_attributes && pax_is_attribute(key) ? 1 : pax_refuse_keyword(f, key, e);
}

/* Old versions of npm wrote all of package.json into the header of each file, a keyword for each
 * value: dozens of them, that no program reads. */
static bool pax_is_of_npm(const struct tarfeed *f, struct str key)
{
	return f->pass_attributes && str_starts(key, STR("NODETAR."));
}

/* The extended header that has just been collected. A key given twice means different things to
 * different readers. */
static int read_pax(struct tarfeed *f, struct error *e)
{
	struct str rest = { f->pax, f->pax_size }, key, value;
	struct str seen[16];
	size_t n = 0;

	while (rest.n) {
		if (!tarfeed_pax_record(&rest, &key, &value))
			return tarfeed_fail(f, e, "a malformed extended header");
		if (pax_is_of_npm(f, key))
			continue;
		for (size_t i = 0; i < n; i++) {
			if (str_eq(seen[i], key))
				return tarfeed_fail(f, e, "a keyword twice in an extended header");
		}
		if (n == ARRAY_SIZE(seen))
			return tarfeed_fail(f, e, "too many keywords in an extended header");
		seen[n++] = key;
		if (pax_keyword(f, key, value, e) < 0)
			return -1;
	}
	return 1;
}

/* It belongs to no entry: the extended header of one may follow. */
static int read_comment(struct tarfeed *f, struct error *e)
{
	int ok = read_pax(f, e);

	f->pax_size = 0;
	return ok;
}

static int begin_extension(struct tarfeed *f, char type, uint64_t size, struct error *e)
{
	if (type != 'L' && type != 'K' && f->pax_size)
		return tarfeed_fail(f, e, "two extended headers for one entry");
	if (size == 0 || size > (type == 'x' || type == 'g' ? TAR_PAX_MAX : LONG_NAME_MAX))
		return tarfeed_fail(f, e, "a long name or extended header of unlikely size");
	f->left = size;
	f->extended = true;
	f->type = type;
	f->state = FEED_EXTENSION;
	return 1;
}

static int begin_entry(struct tarfeed *f, char type, uint64_t size, struct error *e)
{
	f->state = FEED_CONTENT;
	f->type = type;
	if (!f->pax_has_size)
		f->size = size;
	if (f->size && type != '0' && type != '\0')
		return tarfeed_fail(f, e, "content on something that is not a regular file");
	/* a size in both places must be the same: readers differ in which one they believe */
	if (f->pax_has_size && f->size != size && size != 0)
		return tarfeed_fail(f, e, "two different sizes for one entry");
	return 1;
}

static bool is_zero(struct str s)
{
	return s.n == 0 || (s.p[0] == '\0' && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

/* The sum of all bytes, taken as unsigned, with the sum's own field as blanks. */
static bool checksum_right(const char *block)
{
	uint64_t sum = 0, said;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i - CHECKSUM_AT < CHECKSUM_FIELD ? ' ' : (unsigned char)block[i];
	return read_number(block + CHECKSUM_AT, CHECKSUM_FIELD, &said) && said == sum;
}

/* Numbers that one reader takes as zero, another as the end of the archive. Owner, time and device
 * may be empty, as npm writes the first: to all readers that is 0. */
static bool numbers_right(const char *block)
{
	static const struct {
		size_t at, n;
		bool may_be_empty;
	} fields[] = {
		{ 100, 8, false }, { 108, 8, true }, { 116, 8, true }, /* mode, uid, gid */
		{ 136, 12, true },				       /* mtime */
		{ 329, 8, true },  { 337, 8, true },		       /* device */
	};
	uint64_t number;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		struct str field = { block + fields[i].at, fields[i].n };

		if (!read_number(field.p, field.n, &number) &&
		    !(fields[i].may_be_empty && is_zero(field)))
			return false;
	}
	return true;
}

/* One of the three headers there are; only ustar's has a prefix to its names, but there are readers
 * that take it from the others, too. */
static bool magic_right(const char *block)
{
	const char *magic = block + MAGIC_AT;

	if (memcmp(magic, "ustar\00000", MAGIC_FIELD) == 0)
		return true;
	return (memcmp(magic, "ustar  ", MAGIC_FIELD) == 0 ||
		is_zero((struct str){ magic, MAGIC_FIELD })) &&
	       is_zero((struct str){ block + PREFIX_AT, PREFIX_FIELD });
}

static int see_header(struct tarfeed *f, struct str block, struct error *e)
{
	char type = block.p[TYPE_AT];
	uint64_t size;

	if (is_zero(block)) {
		if (f->extended)
			return tarfeed_fail(f, e,
					    "the archive ends after a long name or extended "
					    "header");
		f->state = FEED_END;
		f->end_at = f->delivered;
		return 1;
	}
	if (!checksum_right(block.p))
		return tarfeed_fail(f, e,
				    f->delivered ? "a wrong checksum"
						 : "a wrong checksum (is it a tar archive?)");
	if (type == 'S') /* its holes stand where others have a prefix */
		return tarfeed_fail(f, e, TARFEED_SPARSE);
	if (!magic_right(block.p))
		return tarfeed_fail(f, e, "neither of the v7, ustar and GNU form");
	if (!read_number(block.p + SIZE_AT, SIZE_FIELD, &size))
		return tarfeed_fail(f, e, "a size that is not a number");
	if (!numbers_right(block.p))
		return tarfeed_fail(f, e, "a mode, owner, time or device that is not a number");
	if (memchr("0125", type, 4) || type == '\0')
		return begin_entry(f, type, size, e);
	if (type == 'L' || type == 'K' || (type == 'x' && f->allow_pax) ||
	    (type == 'g' && f->allow_comments))
		return begin_extension(f, type, size, e);
	if (type == 'x' || type == 'g')
		return tarfeed_fail(f, e,
				    type == 'g'
					    ? "a global extended header, which is not taken"
					    : "an extended header, which packages may not have");
	if (type == '3' || type == '4' || type == '6')
		return tarfeed_fail(f, e, "a device or FIFO, which is not taken");
	return tarfeed_fail(f, e, "an entry of unknown type");
}

static int see_extension(struct tarfeed *f, struct str block, struct error *e)
{
	size_t n = (size_t)MIN(f->left, block.n);

	if (f->type == 'x' || f->type == 'g') {
		memcpy(f->pax + f->pax_size, block.p, n);
		f->pax_size += n;
	}
	f->left -= n;
	if (f->left)
		return 1;
	f->state = FEED_HEADER;
	return f->type == 'x' ? read_pax(f, e) : f->type == 'g' ? read_comment(f, e) : 1;
}

static int tarfeed_see(struct tarfeed *f, struct str block, struct error *e)
{
	if (f->state == FEED_HEADER)
		return see_header(f, block, e);
	if (f->state == FEED_EXTENSION)
		return see_extension(f, block, e);
	/* what libarchive reads beyond the first zero block must be zero: nobody looks at it again
	 */
	if (f->state == FEED_END && !is_zero(block))
		return tarfeed_fail(f, e, "bytes after the end of the tar stream");
	return 1;
}

void tarfeed_expect_header(struct tarfeed *f)
{
	f->state = FEED_HEADER;
	f->extended = false;
	f->pax_size = 0;
	f->pax_has_size = false;
	f->pax_path = f->pax_link = (struct str){ NULL, 0 };
}

/* The next chunk of the source, copied on its way. */
static int tarfeed_pull(struct tarfeed *f, struct error *e)
{
	int got = f->from->next(f->from, &f->rest, e);

	if (got == 1 && f->copy && !f->copy->write(f->copy, f->rest, e))
		return -1;
	return got;
}

static int take_block(struct tarfeed *f, struct str *block, struct error *e)
{
	size_t n = 0;

	if (f->rest.n >= TAR_BLOCK) {
		*block = (struct str){ f->rest.p, TAR_BLOCK };
		f->rest = str_from(f->rest, TAR_BLOCK);
		return 1;
	}
	while (n < TAR_BLOCK) {
		size_t part = MIN(f->rest.n, TAR_BLOCK - n);
		int got;

		if (part) {
			memcpy(f->block + n, f->rest.p, part);
			f->rest = str_from(f->rest, part);
			n += part;
			continue;
		}
		got = tarfeed_pull(f, e);
		if (got == 0 && n)
			return tarfeed_fail(f, e,
					    f->delivered
						    ? "the stream ends in the middle of a block"
						    : "the stream ends in the middle of a "
						      "block (is it a tar archive?)");
		if (got <= 0)
			return got;
	}
	*block = (struct str){ f->block, TAR_BLOCK };
	return 1;
}

int tarfeed_next(struct tarfeed *f, struct str *block, struct error *e)
{
	int got = take_block(f, block, e);

	if (got <= 0)
		return got;
	if (tarfeed_see(f, *block, e) < 0)
		return -1;
	f->delivered += TAR_BLOCK;
	return 1;
}

bool tarfeed_finish(struct tarfeed *f, struct error *e)
{
	struct str block;
	uint64_t zeros = f->delivered - f->end_at; /* libarchive may have read the second block */
	int got;

	if (f->state != FEED_END)
		return err_set(e, ERR_INPUT, "%s: the tar stream has no end mark", f->from->name);
	while ((got = take_block(f, &block, e)) == 1) {
		if (!is_zero(block))
			return err_set(e, ERR_INPUT, "%s: bytes after the end of the tar stream",
				       f->from->name);
		zeros += TAR_BLOCK;
	}
	if (got < 0)
		return false;
	return zeros >= END_MARK ||
	       err_set(e, ERR_INPUT, "%s: the tar stream's end mark is cut short", f->from->name);
}
