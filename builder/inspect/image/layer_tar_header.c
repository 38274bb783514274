/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of a header block. Knows the four forms that Go tells apart (V7, ustar, star, GNU) and
 * that the prefix field means something else in each. */

#include "inspect/image/layer_tar_header.h"

#include <string.h>

enum tar_form { TAR_V7, TAR_USTAR, TAR_STAR, TAR_GNU };

/* Two's complement, big-endian, without the first bit; the second one is the sign. */
static bool number_base256(struct str field, int64_t *out)
{
	const unsigned char *p = (const unsigned char *)field.p;
	unsigned char inverse = p[0] & 0x40 ? 0xff : 0;
	uint64_t value = 0;

	for (size_t i = 0; i < field.n; i++) {
		unsigned char c = p[i] ^ inverse;

		if (value >> 56)
			return false;
		value = value << 8 | (i ? c : c & 0x7f);
	}
	if (value >> 63)
		return false;
	*out = (int64_t)(inverse ? ~value : value);
	return true;
}

static bool is_filler(char c)
{
	return c == ' ' || c == '\0';
}

/* A numeric field: octal digits between blanks and NULs, or base-256 when the first bit is set. */
static bool number_read(struct str field, int64_t *out)
{
	uint64_t value = 0;

	if (field.p[0] & 0x80)
		return number_base256(field, out);
	while (field.n && is_filler(field.p[0]))
		field = str_from(field, 1);
	while (field.n && is_filler(field.p[field.n - 1]))
		field.n--;
	field.n = strnlen(field.p, field.n);
	for (; field.n; field = str_from(field, 1)) {
		if (field.p[0] < '0' || field.p[0] > '7')
			return false;
		value = value << 3 | (uint64_t)(field.p[0] - '0'); /* at most 12 digits */
	}
	*out = (int64_t)value;
	return true;
}

static struct str field_bytes(const char *block, size_t at, size_t n)
{
	return (struct str){ block + at, n };
}

static struct str field_text(const char *block, size_t at, size_t n)
{
	return (struct str){ block + at, strnlen(block + at, n) };
}

/* POSIX adds up bytes without a sign, Sun's tar bytes with one. */
static bool checksum_ok(const char *block)
{
	int64_t plain = 0, with_sign = 0, want;

	for (size_t i = 0; i < TAR_BLOCK; i++) {
		char c = i >= 148 && i < 156 ? ' ' : block[i];

		plain += (unsigned char)c;
		with_sign += (signed char)c;
	}
	return number_read(field_bytes(block, 148, 8), &want) &&
	       (want == plain || want == with_sign);
}

static enum tar_form form_of(const char *block)
{
	if (memcmp(block + 257, "ustar\0", 6) == 0)
		return memcmp(block + 508, "tar\0", 4) == 0 ? TAR_STAR : TAR_USTAR;
	return memcmp(block + 257, "ustar  \0", 8) == 0 ? TAR_GNU : TAR_V7;
}

static bool is_ascii(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] & 0x80)
			return false;
	return true;
}

static bool is_time(const char *block, size_t at)
{
	int64_t ignored;

	return !block[at] || number_read(field_bytes(block, at, 12), &ignored);
}

/* GNU has times where ustar has the prefix. Old versions of Go wrote a prefix there nevertheless,
 * so what is not a time is still taken for one. */
static struct str prefix_of(const char *block, enum tar_form form)
{
	struct str prefix = field_text(block, 345, form == TAR_STAR ? 131 : 155);
	bool is_prefix = form == TAR_USTAR || form == TAR_STAR ||
			 (form == TAR_GNU && is_ascii(prefix) &&
			  !(is_time(block, 345) && is_time(block, 357)));

	return is_prefix ? prefix : (struct str){ "", 0 };
}

static struct str whole_name(struct arena *a, const char *block, enum tar_form form)
{
	struct str name = field_text(block, 0, 100), prefix = prefix_of(block, form);

	if (prefix.n == 0)
		return str_copy(a, name);
	return str_of(arena_printf(a, STR_FMT "/" STR_FMT, STR_ARG(prefix), STR_ARG(name)));
}

static const char *read_numbers(const char *block, enum tar_form form, struct layer_entry *out)
{
	int64_t mode, uid, gid, size, mtime, major = 0, minor = 0, ignored;

	if (!number_read(field_bytes(block, 124, 12), &size) || size < 0)
		return "its size is not a number";
	if (!number_read(field_bytes(block, 100, 8), &mode) || mode < 0 ||
	    !number_read(field_bytes(block, 108, 8), &uid) ||
	    !number_read(field_bytes(block, 116, 8), &gid) ||
	    !number_read(field_bytes(block, 136, 12), &mtime))
		return "its mode, owner or time is not a number";
	if (form != TAR_V7 && (!number_read(field_bytes(block, 329, 8), &major) ||
			       !number_read(field_bytes(block, 337, 8), &minor)))
		return "its device number is not a number";
	if (form == TAR_STAR && (!number_read(field_bytes(block, 476, 12), &ignored) ||
				 !number_read(field_bytes(block, 488, 12), &ignored)))
		return "its mode, owner or time is not a number";
	out->size = (uint64_t)size;
	out->mode = (unsigned)mode & 07777;
	out->uid = (uint64_t)uid;
	out->gid = (uint64_t)gid;
	out->mtime = mtime;
	out->major = (unsigned)major;
	out->minor = (unsigned)minor;
	return NULL;
}

const char *tar_header_read(struct arena *a, const char block[static TAR_BLOCK],
			    struct layer_entry *out)
{
	enum tar_form form = form_of(block);
	const char *problem;

	*out = (struct layer_entry){ .type = block[156] };
	if (!checksum_ok(block))
		return "the checksum of its header is wrong";
	problem = read_numbers(block, form, out);
	if (problem)
		return problem;
	out->name = whole_name(a, block, form);
	out->link = str_copy(a, field_text(block, 157, 100));
	return NULL;
}
