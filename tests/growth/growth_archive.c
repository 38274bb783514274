/* SPDX-License-Identifier: Apache-2.0 */
/* Archives, compressed streams, packages. */

#include "growth/growth.h"

#include <sys/mman.h>

#include "format/archive/ar.h"
#include "format/archive/decompress.h"
#include "format/archive/tar.h"
#include "format/archive/zip.h"
#include "make/deb/deb_control.h"
#include "make/deb/deb_index.h"
#include "make/deb/deb_members.h"
#include "make/deb/deb_parse.h"
#include "support/gen_deb.h"

static void archive_make_ar(struct buf *out, size_t n)
{
	debgen_ar_begin(out);
	for (size_t i = 0; i < n; i++)
		debgen_ar_member(out, "m", STR("ab"));
}

static bool archive_run_ar(struct arena *a, struct str input, struct error *e)
{
	struct ar ar;
	struct ar_member m;
	int got;

	(void)a;
	if (!ar_open(&ar, input, "growth", e))
		return false;
	while ((got = ar_next(&ar, &m, e)) == 1)
		;
	return got == 0;
}

static void archive_make_tar(struct buf *out, size_t n)
{
	debgen_tar_dir(out, "./");
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(out, arena_printf(out->a, "./f%06zu", n - i), "x");
	debgen_tar_end(out);
}

static void archive_make_hardlinks(struct buf *out, size_t n)
{
	debgen_tar_file(out, "./f", "x");
	for (size_t i = 0; i < n; i++)
		debgen_tar_hardlink(out, arena_printf(out->a, "./l%06zu", i), "./f");
	debgen_tar_end(out);
}

static void archive_make_large(struct buf *out, size_t n)
{
	char *text = arena_alloc(out->a, n + 1);

	memset(text, 'x', n);
	debgen_tar_file(out, "./f", text);
	debgen_tar_end(out);
}

static bool archive_run_tar(struct arena *a, struct str input, struct error *e)
{
	const struct tar_options options = { .pax = true };
	struct str_source from;
	struct tar_list list = { 0 };

	str_source_init(&from, input, "growth");
	return tar_read_all(a, &from.base, &options, &list, e);
}

static bool archive_run_entries(struct arena *a, struct str input, struct error *e)
{
	const struct tar_options options = { .pax = true };
	struct str_source from;
	struct tar_entry entry;
	struct str chunk;
	AUTO_TAR *t = NULL;
	int got = 1;

	str_source_init(&from, input, "growth");
	t = tar_open(a, &from.base, &options, e);
	while (t && got == 1 && (got = tar_next(t, &entry, e)) == 1) {
		while ((got = tar_data(t, &chunk, e)) == 1)
			;
		got = got == 0 ? 1 : -1;
	}
	return t && got == 0;
}

/* A zip archive of empty members that are stored. */
static void archive_put(struct buf *b, uint32_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(b, (char)(v >> (8 * i)));
}

static void archive_make_zip(struct buf *out, size_t n)
{
	uint32_t local = 0, directory;

	buf_puts(out, "PK\3\4");
	for (size_t i = 4; i < 30 + 7; i++)
		buf_putc(out, i == 26 ? 7 : 0);
	memcpy(out->p + 30, "000000j", 7);
	directory = (uint32_t)out->n;
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, "PK\1\2");
		for (size_t k = 4; k < 46; k++)
			buf_putc(out, k == 28 ? 7 : 0);
		buf_printf(out, "%06zuj", i);
	}
	buf_puts(out, "PK\5\6");
	archive_put(out, 0, 4);
	archive_put(out, (uint32_t)n, 2);
	archive_put(out, (uint32_t)n, 2);
	archive_put(out, (uint32_t)(out->n - 12 - directory), 4);
	archive_put(out, directory, 4);
	archive_put(out, local, 2);
}

static bool archive_run_zip(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct zip zip;

	return fd >= 0 && fd_write(fd, input, "growth", e) &&
	       zip_open(a, fd, input.n, "growth", &zip, e);
}

/* The text, packed on the way and unpacked; in pieces of one byte, too. */
struct archive_bytes {
	struct source base;
	struct str rest;
};

static int archive_byte(struct source *s, struct str *chunk, struct error *e)
{
	struct archive_bytes *b = (struct archive_bytes *)s;

	(void)e;
	*chunk = (struct str){ b->rest.p, 1 };
	if (b->rest.n == 0)
		return 0;
	b->rest = str_from(b->rest, 1);
	return 1;
}

static bool archive_unpack(struct str packed, enum codec codec, struct error *e)
{
	struct archive_bytes bytes = { { archive_byte, "growth" }, packed };
	struct str chunk;
	int got;
	AUTO_DECOMPRESS d = { 0 };

	if (!decompress_open(&d, &bytes.base, codec, 1u << 30, e))
		return false;
	while ((got = d.base.next(&d.base, &chunk, e)) == 1)
		;
	return got == 0;
}

static void archive_make_gzip(struct buf *out, size_t n)
{
	struct buf text = { .a = out->a };

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%zx", i * 2654435761u);
	buf_add(out, debgen_gzip(out->a, buf_str(&text)));
}

static void archive_make_xz(struct buf *out, size_t n)
{
	struct buf text = { .a = out->a };

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%zx", i * 2654435761u);
	buf_add(out, debgen_xz(out->a, buf_str(&text)));
}

static void archive_make_zstd(struct buf *out, size_t n)
{
	struct buf text = { .a = out->a };

	for (size_t i = 0; i < n; i++)
		buf_printf(&text, "%zx", i * 2654435761u);
	buf_add(out, debgen_zstd(out->a, buf_str(&text)));
}

static bool archive_run_gzip(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	return archive_unpack(input, CODEC_GZIP, e);
}

static bool archive_run_xz(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	return archive_unpack(input, CODEC_XZ, e);
}

static bool archive_run_zstd(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	return archive_unpack(input, CODEC_ZSTD, e);
}

static void archive_make_deb(struct buf *out, size_t n)
{
	struct buf data = { .a = out->a };
	struct debgen_deb d = { .suffix = "" };

	debgen_tar_dir(&data, "./");
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(&data, arena_printf(out->a, "./f%06zu", n - i), "x");
	debgen_tar_end(&data);
	d.data = buf_str(&data);
	buf_add(out, debgen_deb(out->a, &d));
}

/* All files below folders that merged /usr turns into links. */
static void archive_make_deb_merged(struct buf *out, size_t n)
{
	struct buf data = { .a = out->a };
	struct debgen_deb d = { .suffix = "" };

	debgen_tar_dir(&data, "./");
	debgen_tar_dir(&data, "./bin/");
	for (size_t i = 0; i < n; i++)
		debgen_tar_file(&data, arena_printf(out->a, "./bin/f%06zu", i), "x");
	debgen_tar_end(&data);
	d.data = buf_str(&data);
	buf_add(out, debgen_deb(out->a, &d));
}

static void archive_make_deb_control(struct buf *out, size_t n)
{
	struct buf more = { .a = out->a };
	struct debgen_deb d = { .suffix = "", .more_control = &more, .data = debgen_data(out->a) };

	for (size_t i = 0; i < n; i++)
		debgen_tar_file(&more, arena_printf(out->a, "./c%06zu", n - i), "x");
	buf_add(out, debgen_deb(out->a, &d));
}

static bool archive_sink_end(struct sink *s, struct error *e)
{
	(void)s;
	(void)e;
	return true;
}

static bool archive_run_deb(struct arena *a, struct str input, struct error *e)
{
	const struct deb_options budget = { .control = 64u << 20, .data = 256u << 20 };
	struct buf answer = { .a = a };
	struct buf_sink out;
	struct deb_members members;

	buf_sink_init(&out, &answer, "answer");
	out.base.finish = archive_sink_end;
	return deb_members_find(input, "growth", &members, e) &&
	       deb_parse(input, "growth", &budget, &out.base, e);
}

static void archive_make_index(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "f 644 0 0 0 0 0 f%06zu", i);
		buf_putc(out, '\0');
		buf_putc(out, '\0');
		buf_putc(out, '\n');
	}
	buf_puts(out, "end\n");
}

static void archive_make_index_control(struct buf *out, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "control 0 1 c%06zu", i);
		buf_putc(out, '\0');
		buf_puts(out, "x\n");
	}
	buf_puts(out, "end\n");
}

static bool archive_run_index(struct arena *a, struct str input, struct error *e)
{
	struct deb deb = { 0 };

	if (!deb_index_read(a, input, 1u << 20, &deb, e))
		return false;
	for (size_t i = 0; i < deb.entries.n; i++)
		deb_find(&deb, deb.entries.v[i].path);
	for (size_t i = 0; i < deb.control.n; i++)
		deb_control_find(&deb, deb.control.v[i].name);
	return true;
}

static bool archive_run_control(struct arena *a, struct str input, struct error *e)
{
	const struct deb_package package = { .name = "demo",
					     .version = "1",
					     .architecture = "all" };
	struct deb deb = { .package = &package };

	*list_push(a, &deb.control) = (struct deb_control){ "control", input, 0 };
	return control_check(&deb, e);
}

static bool archive_run_md5sums(struct arena *a, struct str input, struct error *e)
{
	(void)a;
	return md5sums_check(input, e);
}

#define CONTROL "Package: demo\nVersion: 1\nArchitecture: all\nDescription: x\n"

static const struct growth_case archive_table[] = {
	{ "ar_open ar_next", "many members", 1250, .make = archive_make_ar, .run = archive_run_ar },
	{ "tar_read_all", "many files", 250, .make = archive_make_tar, .run = archive_run_tar },
	{ "tar_open tar_next tar_data", "many files", 250, .make = archive_make_tar,
	  .run = archive_run_entries },
	{ "tar_read_all", "many hard links", 250, .make = archive_make_hardlinks,
	  .run = archive_run_tar },
	{ "tar_read_all", "one large file", 1000000, .make = archive_make_large,
	  .run = archive_run_entries },
	{ "zip_open", "many members", 1250, .make = archive_make_zip, .run = archive_run_zip },
	{ "decompress_open", "gzip, byte by byte", 1200, .make = archive_make_gzip,
	  .run = archive_run_gzip },
	{ "decompress_open", "xz, byte by byte", 610, .make = archive_make_xz,
	  .run = archive_run_xz },
	{ "decompress_open", "zstd, byte by byte", 2500, .make = archive_make_zstd,
	  .run = archive_run_zstd },
	{ "deb_parse deb_members_find", "a package of many files", 130, .make = archive_make_deb,
	  .run = archive_run_deb },
	{ "deb_parse", "files below folders that are merged", 110, .make = archive_make_deb_merged,
	  .run = archive_run_deb },
	{ "deb_parse", "a package of many control files", 100, .make = archive_make_deb_control,
	  .run = archive_run_deb },
	{ "deb_index_read", "many files", 750, .make = archive_make_index,
	  .run = archive_run_index },
	{ "deb_index_read", "many control files", 1250, .make = archive_make_index_control,
	  .run = archive_run_index },
	{ "control_check", "a field of many lines", 5000, CONTROL, " line\n", "",
	  .run = archive_run_control },
	{ "control_check", "too many fields", 5000, CONTROL, "F#: x\n", "",
	  .run = archive_run_control, .refused = true },
	{ "md5sums_check", "many files", 1250, "", "0123456789abcdef0123456789abcdef  f#\n", "",
	  .run = archive_run_md5sums },
};
const struct growth_cases growth_archive_cases = { archive_table, ARRAY_SIZE(archive_table) };
