/* SPDX-License-Identifier: Apache-2.0 */
/* Layers made of a seed. Few names, so that entries meet; all forms of headers; then changed bytes.
 */

#include "support/fixture_layerdiff.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"

#define BLOCK 512

struct mix {
	struct arena *a;
	uint64_t state;
	struct buf tar;
	const char *last; /* file, which hard links like to name */
};

/* splitmix64 */
static uint64_t mix_next(struct mix *m)
{
	uint64_t z = (m->state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static size_t mix_below(struct mix *m, size_t n)
{
	return (size_t)(mix_next(m) % n);
}

#define PICK(m, list) ((list)[mix_below((m), ARRAY_SIZE(list))])

static const char *mix_name(struct mix *m)
{
	static const char *const names[] = {
		"a", "a/b", "a/b/c",	 "a/b/d", "d",	"d/e",	"d/e/f", "d/new", "g",
		"h", "k/m", "usr/lib/x", "./a/n", "a/", "a/b/", "d//e/", "p",	  "q/r",
	};
	static const char *const odd[] = {
		"a/.wh.b",
		".wh.d",
		".wh.g",
		"d/.wh..wh..opq",
		"a/.wh.none",
		"d/.wh.e",
		"a/b/.wh..wh..opq",
		"l",
		"l",
		"./l",
		"/g",
		".wh..wh..opq",
		".wh..wh.plnk/1",
		"l/x",
		".",
		"a/../g",
		"",
	};

	return mix_below(m, 4) ? PICK(m, names) : PICK(m, odd);
}

static void mix_repair(char *block)
{
	unsigned long sum = 0;

	memset(block + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)block[i];
	snprintf(block + 148, 8, "%06lo", sum);
}

/* Not beyond the field, and without a NUL where it fills it. */
static void mix_set_field(char *block, size_t at, size_t room, const char *text)
{
	size_t n = strlen(text);

	memcpy(block + at, text, n < room ? n : room);
}

static void set_form(struct mix *m, char *block)
{
	static const char *const prefixes[] = { "",    "",	  "", "usr/lib", "a", "00000000000",
						"7 7", "\xc3\xa4" };
	static const struct {
		const char *magic;
		size_t n;
	} magics[] = {
		{ "ustar\0"
		  "00",
		  8 },
		{ "ustar\0"
		  "00",
		  8 },
		{ "ustar\0"
		  "00",
		  8 },
		{ "ustar\0"
		  "33",
		  8 },
		{ "ustar  \0", 8 },
		{ "ustar  \0", 8 },
		{ "ustar xx", 8 },
		{ "", 0 },
	};
	size_t form = mix_below(m, ARRAY_SIZE(magics));

	memcpy(block + 257, magics[form].magic, magics[form].n);
	mix_set_field(block, 345, 155, PICK(m, prefixes));
	if (mix_below(m, 12) == 0)
		memcpy(block + 508, "tar", 4);
}

static void mix_put(struct mix *m, const char *block, struct str content)
{
	static const char zeros[BLOCK];

	buf_add(&m->tar, (struct str){ block, BLOCK });
	buf_add(&m->tar, content);
	buf_add(&m->tar, (struct str){ zeros, (BLOCK - content.n % BLOCK) % BLOCK });
}

static void mix_header(char *block, const char *path, char type, unsigned mode, size_t size)
{
	char text[24];

	memset(block, 0, BLOCK);
	mix_set_field(block, 0, 100, path);
	snprintf(text, sizeof(text), "%07o", mode);
	mix_set_field(block, 100, 8, text);
	mix_set_field(block, 108, 8, "0000000");
	mix_set_field(block, 116, 8, "0000000");
	snprintf(text, sizeof(text), "%011zo", size);
	mix_set_field(block, 124, 12, text);
	mix_set_field(block, 136, 12, "14524770000");
	block[156] = type;
}

static void mix_record(struct buf *out, const char *key, const char *value)
{
	size_t n = strlen(key) + strlen(value) + 3, digits = n > 97 ? 3 : n > 8 ? 2 : 1;

	buf_printf(out, "%zu %s=%s\n", n + digits, key, value);
}

static void mix_extension(struct mix *m, size_t size)
{
	static const char types[] = { 'L', 'L', 'L', 'K', 'K', 'x', 'x', 'x', 'x', 'x', 'x', 'g' };
	static const char *const keys[] = { "path",    "path",	"linkpath", "mtime",
					    "comment", "uname", "size" };
	struct buf text = { .a = m->a };
	char type = PICK(m, types), block[BLOCK];

	if (type == 'L' || type == 'K') {
		buf_puts(&text, mix_below(m, 8) ? mix_name(m) : "");
		buf_putc(&text, '\0');
	}
	for (size_t n = type == 'x' || type == 'g' ? 1 + mix_below(m, 2) : 0; n; n--) {
		const char *key = PICK(m, keys);

		mix_record(&text, key,
			   strcmp(key, "mtime") == 0  ? "1700000000.5"
			   : strcmp(key, "size") == 0 ? arena_printf(m->a, "%zu", size)
			   : mix_below(m, 8)	      ? mix_name(m)
						      : "");
	}
	mix_header(block, type == 'g' ? "pax_global_header" : "pax", type, 0644, text.n);
	set_form(m, block);
	mix_repair(block);
	mix_put(m, block, buf_str(&text));
}

/* One or two bytes of a header. */
static void mix_change(struct mix *m, char *block)
{
	static const char bytes[] = { '\0', ' ', '0', '1',    '5',    '7', '8',
				      '/',  '.', 'a', '\x80', '\xff', '-' };
	static const struct {
		size_t at, n;
	} fields[] = {
		{ 0, 12 },   { 100, 8 },  { 108, 8 }, { 124, 12 },  { 136, 12 },
		{ 156, 1 },  { 157, 6 },  { 257, 8 }, { 329, 16 },  { 345, 12 },
		{ 357, 12 }, { 476, 24 }, { 508, 4 }, { 0, BLOCK },
	};

	for (size_t n = 1 + mix_below(m, 2); n; n--) {
		size_t f = mix_below(m, ARRAY_SIZE(fields));

		block[fields[f].at + mix_below(m, fields[f].n)] = PICK(m, bytes);
	}
	mix_repair(block);
}

static void mix_entry(struct mix *m)
{
	static const char types[] = { '0', '0', '0', '0', '0', '\0', '\0', '\0',
				      '5', '5', '5', '1', '2', '2',  '6',  '3' };
	static const unsigned modes[] = { 0644, 0755, 0644, 0755, 04755, 01777, 0, 0120644 };
	static const char *const contents[] = { "", "1", "some content", "#!/bin/sh\n" };
	char type = PICK(m, types), block[BLOCK];
	struct str content = str_of(type == '0' || type == '\0' ? PICK(m, contents) : "");
	const char *path = mix_name(m);

	if (content.n == 1)
		content = str_of(arena_printf(m->a, "%*s%zu", 600, "", mix_below(m, 9)));
	for (size_t n = mix_below(m, 3) ? 0 : 1 + mix_below(m, 2); n; n--)
		mix_extension(m, content.n);
	/* umoci fails when the mode of a FIFO names another type */
	mix_header(block, path, type, PICK(m, modes) & (type == '6' ? 07777 : 0177777), content.n);
	set_form(m, block);
	if (type == '1' || type == '2')
		mix_set_field(block, 157, 100, m->last && mix_below(m, 4) ? m->last : mix_name(m));
	if (type == '0' && !strstr(path, ".wh.") && path[0] && path[strlen(path) - 1] != '/')
		m->last = path;
	mix_repair(block);
	if (mix_below(m, 5) == 0)
		mix_change(m, block);
	mix_put(m, block, content);
}

struct str layerdiff_make(struct arena *a, uint64_t seed)
{
	static const char end[2 * BLOCK];
	struct mix m = { .a = a, .state = seed, .tar = { .a = a } };

	for (size_t n = 1 + mix_below(&m, 4); n; n--)
		mix_entry(&m);
	if (mix_below(&m, 10))
		buf_add(&m.tar, (struct str){ end, mix_below(&m, 10) ? sizeof(end) : BLOCK });
	if (mix_below(&m, 25) == 0)
		m.tar.n -= mix_below(&m, m.tar.n);
	return buf_str(&m.tar);
}

struct str layerdiff_lower(struct arena *a)
{
	static const struct {
		const char *path;
		char type;
		const char *text;
	} entries[] = {
		{ "a/", '5', "" },   { "a/b/", '5', "" }, { "a/b/c", '0', "old" },
		{ "d/", '5', "" },   { "d/e/", '5', "" }, { "d/e/f", '0', "old" },
		{ "g", '0', "old" }, { "l", '2', "d" },
	};
	struct mix m = { .a = a, .tar = { .a = a } };
	char block[BLOCK];

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		bool link = entries[i].type == '2';

		mix_header(block, entries[i].path, entries[i].type,
			   entries[i].type == '5' ? 0755 : 0644,
			   link ? 0 : strlen(entries[i].text));
		mix_set_field(block, 157, 100, link ? entries[i].text : "");
		memcpy(block + 257,
		       "ustar\0"
		       "00",
		       8);
		mix_repair(block);
		mix_put(&m, block, str_of(link ? "" : entries[i].text));
	}
	return buf_str(&m.tar);
}

void layerdiff_repair(char *tar, size_t n)
{
	for (size_t at = 0; at + BLOCK <= n;) {
		char size[13] = "";
		unsigned long long skip;

		memcpy(size, tar + at + 124, 12);
		skip = strtoull(size, NULL, 8);
		mix_repair(tar + at);
		if (skip > n)
			return;
		at += BLOCK + (size_t)(skip + BLOCK - 1) / BLOCK * BLOCK;
	}
}
