/* SPDX-License-Identifier: Apache-2.0 */
/* Package and archive fixtures, byte by byte. */

#include "support/gen_deb.h"

#include <assert.h>
#include <stdio.h>

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#define BLOCK 512

static void put_field(char *header, size_t at, size_t n, const char *text)
{
	memcpy(header + at, text, strlen(text) < n ? strlen(text) : n);
}

static void put_octal(char *header, size_t at, size_t n, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%0*llo", (int)n - 1, (unsigned long long)value);
	memcpy(header + at, text, n - 1);
}

static void put_checksum(char *header)
{
	unsigned sum = 0;
	char text[8];

	memset(header + 148, ' ', 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(text, sizeof(text), "%06o", sum);
	memcpy(header + 148, text, 7);
}

static void debgen_pad(struct buf *tar)
{
	while (tar->n % BLOCK)
		buf_putc(tar, '\0');
}

void debgen_tar_entry(struct buf *tar, const struct debgen_entry *e)
{
	char h[BLOCK] = { 0 };

	put_field(h, 0, 100, e->name);
	put_octal(h, 100, 8, e->mode ? e->mode : 0644);
	put_octal(h, 108, 8, 0);
	put_octal(h, 116, 8, 0);
	put_octal(h, 124, 12, e->content.n);
	put_octal(h, 136, 12, 1700000000);
	if (e->size_field)
		memcpy(h + 124, e->size_field, 12);
	if (e->uid_field)
		memcpy(h + 108, e->uid_field, 8);
	if (e->mtime_field)
		memcpy(h + 136, e->mtime_field, 12);
	h[156] = e->type ? e->type : '0';
	if (e->link)
		put_field(h, 157, 100, e->link);
	if (!e->no_magic)
		memcpy(h + 257, "ustar\00000", 8);
	put_checksum(h);
	buf_add(tar, (struct str){ h, BLOCK });
	buf_add(tar, e->content);
	debgen_pad(tar);
}

void debgen_tar_file(struct buf *tar, const char *name, const char *content)
{
	debgen_tar_entry(tar, &(struct debgen_entry){ .name = name, .content = str_of(content) });
}

void debgen_tar_dir(struct buf *tar, const char *name)
{
	debgen_tar_entry(tar, &(struct debgen_entry){ .name = name, .type = '5', .mode = 0755 });
}

void debgen_tar_link(struct buf *tar, const char *name, const char *target)
{
	debgen_tar_entry(tar, &(struct debgen_entry){
				      .name = name, .type = '2', .mode = 0777, .link = target });
}

void debgen_tar_hardlink(struct buf *tar, const char *name, const char *target)
{
	debgen_tar_entry(tar, &(struct debgen_entry){ .name = name, .type = '1', .link = target });
}

void debgen_tar_pax(struct buf *tar, char type, const char *records)
{
	debgen_tar_entry(tar, &(struct debgen_entry){
				      .name = "pax", .type = type, .content = str_of(records) });
}

void debgen_tar_end(struct buf *tar)
{
	for (size_t i = 0; i < (size_t)2 * BLOCK; i++)
		buf_putc(tar, '\0');
}

void debgen_ar_begin(struct buf *ar)
{
	buf_puts(ar, "!<arch>\n");
}

void debgen_ar_header(struct buf *ar, const char *name, const char *size, const char *magic)
{
	buf_printf(ar, "%-16s%-12s%-6s%-6s%-8s%-10s%s", name, "1700000000", "0", "0", "100644",
		   size, magic);
}

void debgen_ar_member(struct buf *ar, const char *name, struct str data)
{
	char size[24];

	snprintf(size, sizeof(size), "%zu", data.n);
	debgen_ar_header(ar, name, size, "`\n");
	buf_add(ar, data);
	if (data.n % 2)
		buf_putc(ar, '\n');
}

struct str debgen_xz(struct arena *a, struct str bytes)
{
	size_t n = 0, size = lzma_stream_buffer_bound(bytes.n);
	char *p = arena_alloc(a, size);
	lzma_ret r = lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)bytes.p,
					     bytes.n, (uint8_t *)p, &n, size);

	assert(r == LZMA_OK);
	(void)r;
	return (struct str){ p, n };
}

struct str debgen_zstd(struct arena *a, struct str bytes)
{
	size_t size = ZSTD_compressBound(bytes.n);
	char *p = arena_alloc(a, size);
	ZSTD_CCtx *z = ZSTD_createCCtx();
	size_t n;

	ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	n = ZSTD_compress2(z, p, size, bytes.p, bytes.n);
	assert(!ZSTD_isError(n));
	ZSTD_freeCCtx(z);
	return (struct str){ p, n };
}

struct str debgen_gzip(struct arena *a, struct str bytes)
{
	z_stream z = { 0 };
	size_t size;
	char *p;

	deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	size = deflateBound(&z, bytes.n);
	p = arena_alloc(a, size);
	z.next_in = (Bytef *)(uintptr_t)bytes.p;
	z.avail_in = (uInt)bytes.n;
	z.next_out = (Bytef *)p;
	z.avail_out = (uInt)size;
	deflate(&z, Z_FINISH);
	size = z.total_out;
	deflateEnd(&z);
	return (struct str){ p, size };
}

struct str debgen_compress(struct arena *a, struct str bytes, const char *suffix)
{
	if (strcmp(suffix, "xz") == 0)
		return debgen_xz(a, bytes);
	if (strcmp(suffix, "zst") == 0)
		return debgen_zstd(a, bytes);
	return strcmp(suffix, "gz") == 0 ? debgen_gzip(a, bytes) : bytes;
}

struct str debgen_data(struct arena *a)
{
	struct buf tar = { .a = a };

	debgen_tar_dir(&tar, "./");
	debgen_tar_dir(&tar, "./usr/");
	debgen_tar_dir(&tar, "./usr/bin/");
	debgen_tar_entry(&tar, &(struct debgen_entry){ .name = "./usr/bin/demo",
						       .mode = 0755,
						       .content = STR("a program\n") });
	debgen_tar_link(&tar, "./usr/bin/demo-link", "demo");
	debgen_tar_dir(&tar, "./usr/share/");
	debgen_tar_dir(&tar, "./usr/share/doc/");
	debgen_tar_dir(&tar, "./usr/share/doc/demo/");
	debgen_tar_file(&tar, "./usr/share/doc/demo/copyright", "free\n");
	debgen_tar_end(&tar);
	return buf_str(&tar);
}

struct str debgen_deb(struct arena *a, const struct debgen_deb *d)
{
	const char *suffix = d->suffix ? d->suffix : "xz";
	const char *dot = suffix[0] ? "." : "";
	struct buf control = { .a = a }, deb = { .a = a };

	debgen_tar_dir(&control, "./");
	debgen_tar_file(&control, "./control", d->control ? d->control : DEBGEN_CONTROL);
	if (d->more_control)
		buf_add(&control, buf_str(d->more_control));
	debgen_tar_end(&control);
	debgen_ar_begin(&deb);
	debgen_ar_member(&deb, "debian-binary", STR("2.0\n"));
	debgen_ar_member(&deb, arena_printf(a, "control.tar%s%s", dot, suffix),
			 debgen_compress(a, buf_str(&control), suffix));
	debgen_ar_member(&deb, arena_printf(a, "data.tar%s%s", dot, suffix),
			 debgen_compress(a, d->data, suffix));
	return buf_str(&deb);
}
