/* SPDX-License-Identifier: Apache-2.0 */
/* Libarchive knows all four formats, and several streams in a row. */

#include "inspect/image/unwrap.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <sys/stat.h>

#include "base/frames.h"
#include "base/jail.h"
#include "base/wire.h"
#include "inspect/image/scratch_file.h"

#define FLOOR (1ull << 30)
#define RATIO 64

static const struct jail_limits limits = { (uint64_t)512 << 20, 3600, 4 * 3600 };

struct wrapped {
	struct fd_source from;
	struct error *e;
	const char *name;
	int scratch;
	uint64_t budget;
};

bool unwrap_wanted(int fd, uint64_t size)
{
	static const struct str magic[] = {
		STR("\x1f\x8b"),
		STR("\x28\xb5\x2f\xfd"),
		STR("\xfd"
		    "7zXZ"),
		STR("BZh"),
	};
	struct error e = { .kind = ERR_NONE };
	char first[6];

	if (size < sizeof(first) || !fd_pread(fd, first, sizeof(first), 0, "", &e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(magic); i++)
		if (str_starts((struct str){ first, sizeof(first) }, magic[i]))
			return true;
	return false;
}

static la_ssize_t chunk_pull(struct archive *archive, void *ctx, const void **block)
{
	struct wrapped *w = ctx;
	struct str chunk = { "", 0 };

	if (w->from.base.next(&w->from.base, &chunk, w->e) < 0) {
		archive_set_error(archive, EIO, "the archive cannot be read");
		return -1;
	}
	*block = chunk.p;
	return (la_ssize_t)chunk.n;
}

static bool archive_fails(struct archive *archive, struct error *e)
{
	const char *why = archive_error_string(archive);

	return e->kind == ERR_NONE &&
	       err_set(e, ERR_INPUT, "it is compressed and cannot be expanded: %s",
		       why ? why : "it is damaged");
}

/* 1: all of it is written and *size known; 0: damaged. */
static bool archive_expand(struct archive *archive, struct wrapped *w, uint64_t *size,
			   struct error *e)
{
	struct archive_entry *entry;
	const void *bytes;
	la_int64_t at;
	size_t n;
	int got;

	if (archive_read_open2(archive, w, NULL, chunk_pull, NULL, NULL) != ARCHIVE_OK ||
	    archive_read_next_header(archive, &entry) != ARCHIVE_OK)
		return archive_fails(archive, e);
	for (*size = 0; (got = archive_read_data_block(archive, &bytes, &n, &at)) == ARCHIVE_OK;
	     *size += n) {
		if (n > w->budget - *size)
			return err_set(
				e, ERR_INPUT,
				"it expands to more than %llu bytes, the limit for a file of its size",
				(unsigned long long)w->budget);
		if (!fd_pwrite(w->scratch, (struct str){ bytes, n }, *size, "a temporary file", e))
			return false;
	}
	return got == ARCHIVE_EOF || archive_fails(archive, e);
}

/* In the jail. */
static bool job_unwrap(void *ctx, struct sink *out, struct error *e)
{
	struct archive *archive = archive_read_new();
	struct wrapped *w = ctx;
	AUTO_ARENA a = { 0 };
	struct buf message = { .a = &a };
	uint64_t size = 0;
	bool ok;

	w->e = e;
	ok = archive && archive_read_support_filter_gzip(archive) == ARCHIVE_OK &&
	     archive_read_support_filter_zstd(archive) == ARCHIVE_OK &&
	     archive_read_support_filter_xz(archive) == ARCHIVE_OK &&
	     archive_read_support_filter_bzip2(archive) == ARCHIVE_OK &&
	     archive_read_support_format_raw(archive) == ARCHIVE_OK;
	ok = ok ? archive_expand(archive, w, &size, e)
		: err_set(e, ERR_SYSTEM, "libarchive lacks a decompressor");
	archive_read_free(archive);
	if (!ok)
		return err_wrap(e, "%s", w->name);
	wire_put(&message, size);
	return frame_put(out, 'S', buf_str(&message), e);
}

static bool unwrap_take_size(void *to, char kind, struct str message, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct wire w = { .a = &a, .rest = message };

	(void)kind;
	*(uint64_t *)to = wire_get(&w, INT64_MAX);
	return wire_end(&w) || frame_nonsense(e);
}

uint64_t unwrap_budget(uint64_t size)
{
	return size < (INT64_MAX - FLOOR) / RATIO ? size * RATIO + FLOOR : INT64_MAX;
}

bool unwrap_archive(int fd, uint64_t size, uint64_t budget, const char *name, int *out,
		    uint64_t *out_size, struct error *e)
{
	struct wrapped w = { .name = name, .budget = budget };
	AUTO_JAIL jail = { .base.next = NULL };
	struct jail_files files = { { fd, -1 }, -1, 0 };
	struct stat st;

	*out = -1;
	*out_size = 0;
	if (!scratch_open(out, e))
		return false;
	w.scratch = files.scratch = *out;
	files.scratch_max = w.budget;
	fd_source_init(&w.from, fd, 0, size, name);
	if (!jail_start(&jail, name, &limits, &files, job_unwrap, &w, e) ||
	    !frames_each(&jail.base, "S", 64, unwrap_take_size, out_size, e))
		return false;
	if (fstat(*out, &st) < 0)
		return err_sys(e, "stat a temporary file");
	return (uint64_t)st.st_size == *out_size || frame_nonsense(e);
}
