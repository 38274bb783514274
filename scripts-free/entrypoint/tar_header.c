/* SPDX-License-Identifier: Apache-2.0 */
/* ustar fields: octal numbers, NUL-terminated, and a checksum over the block. */

#include "entrypoint/tar_header.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_USTAR 100
#define SIZE_MAX_USTAR 077777777777ULL
#define ID_MAX_USTAR 07777777U

static void tar_put_octal(unsigned char *at, size_t width, uint64_t v)
{
	at[width - 1] = '\0';
	for (size_t i = width - 1; i-- > 0; v >>= 3)
		at[i] = (unsigned char)('0' + (v & 7));
}

static void tar_put_text(unsigned char *at, size_t width, const char *s)
{
	memcpy(at, s, strnlen(s, width));
}

bool tar_needs_pax(const char *name, const struct stat *st, uint64_t size, const char *link)
{
	return strlen(name) > NAME_MAX_USTAR || size > SIZE_MAX_USTAR ||
	       st->st_uid > ID_MAX_USTAR || st->st_gid > ID_MAX_USTAR ||
	       (link != NULL && strlen(link) > NAME_MAX_USTAR);
}

void tar_header(unsigned char block[TAR_BLOCK], const char *name, char type, const struct stat *st,
		uint64_t size, const char *link)
{
	unsigned sum = 0;

	memset(block, 0, TAR_BLOCK);
	tar_put_text(block, NAME_MAX_USTAR, name);
	tar_put_octal(block + 100, 8, st->st_mode & 07777);
	tar_put_octal(block + 108, 8, st->st_uid <= ID_MAX_USTAR ? st->st_uid : 0);
	tar_put_octal(block + 116, 8, st->st_gid <= ID_MAX_USTAR ? st->st_gid : 0);
	tar_put_octal(block + 124, 12, size <= SIZE_MAX_USTAR ? size : 0);
	tar_put_octal(block + 136, 12, st->st_mtime > 0 ? (uint64_t)st->st_mtime : 0);
	memset(block + 148, ' ', 8);
	block[156] = (unsigned char)type;
	if (link != NULL)
		tar_put_text(block + 157, NAME_MAX_USTAR, link);
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += block[i];
	tar_put_octal(block + 148, 7, sum);
}

/* The length counts its own digits. */
size_t tar_pax_record(char *out, size_t cap, const char *keyword, const char *value)
{
	size_t body = strlen(keyword) + strlen(value) + 3, total = body + 1;
	int n;

	for (size_t limit = 10; total >= limit; limit *= 10)
		total = total + 1;
	n = snprintf(out, cap, "%zu %s=%s\n", total, keyword, value);
	return n > 0 && (size_t)n < cap && (size_t)n == total ? total : 0;
}
