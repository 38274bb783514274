/* SPDX-License-Identifier: Apache-2.0 */
/* Of a tar the whole stream is kept and its files point into it; of a zip only the contents are. */

#include "make/unpack/unpack_archive.h"

#include <sys/stat.h>

#include "format/archive/decompress.h"
#include "format/archive/tar.h"
#include "format/archive/zip.h"
#include "make/unpack/wheel.h"

#define MIB ((uint64_t)1 << 20)
#define BUDGET_MIN (64 * MIB)
#define BUDGET_MAX (16384 * MIB)
#define EXPANSION_MAX 200 /* text compresses to a tenth, zeros to a thousandth */
#define TARGET_MAX 4095
#define HEAD_SIZE 6

uint64_t unpack_budget(uint64_t size)
{
	uint64_t most = size > BUDGET_MAX / EXPANSION_MAX ? BUDGET_MAX : size * EXPANSION_MAX;

	return most < BUDGET_MIN ? BUDGET_MIN : most;
}

static bool archive_head(const struct unpack_archive *x, char out[static HEAD_SIZE],
			 struct error *e)
{
	memset(out, 0, HEAD_SIZE);
	return fd_pread(x->fd, out, x->size < HEAD_SIZE ? (size_t)x->size : HEAD_SIZE, 0, x->name,
			e);
}

/* A frame of zstd that is passed over, with which pzstd(1) begins. */
static bool archive_is_passed(struct str head)
{
	return (head.p[0] & 0xf0) == 0x50 && memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0;
}

/* By what it begins with: names of downloads tell little. */
static bool archive_codec(const struct unpack_archive *x, enum codec *out, struct error *e)
{
	char bytes[HEAD_SIZE];
	struct str head = { bytes, sizeof(bytes) };

	if (!archive_head(x, bytes, e))
		return false;
	*out = str_starts(head, STR("\x1f\x8b")) ? CODEC_GZIP
	       : str_starts(head, STR("\xfd"
				      "7zXZ\0"))
		       ? CODEC_XZ
	       : str_starts(head, STR("\x28\xb5\x2f\xfd")) || archive_is_passed(head) ? CODEC_ZSTD
										      : CODEC_NONE;
	if (str_starts(head, STR("BZh")))
		return err_set(e, ERR_INPUT,
			       "%s is compressed with bzip2, which is not supported; tar archives "
			       "may be compressed with gzip, xz or zstd",
			       x->name);
	if (zip_is(head))
		return err_set(e, ERR_INPUT, "%s is a zip archive: write \"unpack\": \"zip\"",
			       x->name);
	return true;
}

static bool archive_refuse_setid(const char *archive, const char *name, struct error *e)
{
	return err_set(e, ERR_INPUT, "%s: %s is setuid or setgid, which a download may not bring",
		       archive, name);
}

static bool archive_add_entry(const struct unpack_archive *x, struct unpack_writer *u,
			      const struct tar_entry *t, struct error *e)
{
	const char *path;

	if (t->type == TAR_DIR)
		return true;
	if (!unpacked_place(u, t->path, &path, e))
		return err_wrap(e, "%s: %s", x->name, t->path);
	if (!path)
		return true;
	if (t->type == TAR_SYMLINK && x->how->form == UNPACK_NPM)
		return true;
	if (t->type == TAR_SYMLINK) {
		unpacked_note_link(u, path, t->target);
		return true;
	}
	if (t->mode & (S_ISUID | S_ISGID))
		return archive_refuse_setid(x->name, t->path, e);
	unpacked_note_file(u, path, t->mode & 0111, t->offset, t->size);
	return true;
}

static bool archive_read_tar(struct arena *a, const struct unpack_archive *x,
			     struct unpack_writer *u, struct error *e)
{
	struct tar_options options = { .copy = &u->content.base,
				       .pax = true,
				       .comments = true,
				       .attributes = true,
				       .loose = x->how->form == UNPACK_NPM };
	AUTO_DECOMPRESS plain = { .state = NULL };
	struct fd_source file;
	struct tar_list list = { 0 };
	enum codec codec;

	if (!archive_codec(x, &codec, e))
		return false;
	fd_source_init(&file, x->fd, 0, x->size, x->name);
	if (!decompress_open(&plain, &file.base, codec, unpack_budget(x->size), e))
		return false;
	decompress_take_several(&plain);
	if (!tar_read_all(a, &plain.base, &options, &list, e))
		return false;
	for (size_t i = 0; i < list.entries.n; i++) {
		if (!archive_add_entry(x, u, &list.entries.v[i], e))
			return false;
	}
	return true;
}

static bool archive_add_member(const struct unpack_archive *x, const struct zip *z,
			       const struct zip_member *m, struct unpack_writer *u, struct error *e)
{
	AUTO_ZIP_SOURCE from = { .inflate = NULL };
	struct buf target = { .a = u->a, .max = TARGET_MAX };
	struct buf_sink to;
	const char *path;

	if (str_ends(str_of(m->name), STR("/")) || S_ISDIR(m->mode))
		return true;
	if (m->name[0] == '/')
		return err_set(e, ERR_INPUT, "%s: \"%s\" is an absolute name", x->name, m->name);
	if (!unpacked_place(u, m->name, &path, e))
		return err_wrap(e, "%s: %s", x->name, m->name);
	if (!path)
		return true;
	if ((m->mode & S_IFMT) && !S_ISREG(m->mode) && !S_ISLNK(m->mode))
		return err_set(e, ERR_INPUT, "%s: %s is not a file, folder or symlink", x->name,
			       m->name);
	if (S_ISREG(m->mode) && m->mode & (S_ISUID | S_ISGID))
		return archive_refuse_setid(x->name, m->name, e);
	if (!zip_source_open(&from, z, m, e))
		return err_wrap(e, "%s", x->name);
	if (!S_ISLNK(m->mode))
		return unpacked_add_file(u, path, m->mode & 0111, &from.base, NULL, e) ||
		       err_wrap(e, "%s", x->name);
	buf_sink_init(&to, &target, m->name);
	if (!io_copy(&from.base, &to.base, e))
		return err_wrap(e, "%s", x->name);
	if (!target.n || memchr(buf_str(&target).p, '\0', target.n))
		return err_set(e, ERR_INPUT, "%s: the symlink %s leads nowhere", x->name, m->name);
	unpacked_note_link(u, path, buf_cstr(&target));
	return true;
}

static bool archive_read_zip(struct arena *a, const struct unpack_archive *x,
			     struct unpack_writer *u, struct error *e)
{
	char bytes[HEAD_SIZE];
	struct zip z;

	if (!archive_head(x, bytes, e))
		return false;
	if (!zip_is((struct str){ bytes, sizeof(bytes) }))
		return err_set(e, ERR_INPUT, "%s is not a zip archive", x->name);
	if (!zip_open(a, x->fd, x->size, x->name, &z, e))
		return false;
	if (x->how->form == UNPACK_WHEEL)
		return wheel_read(&z, u, e);
	for (size_t i = 0; i < z.members.n; i++) {
		if (!archive_add_member(x, &z, &z.members.v[i], u, e))
			return false;
	}
	return true;
}

bool unpack_archive_read(const struct unpack_archive *x, struct sink *out, struct error *e)
{
	AUTO_ARENA a = { 0 };
	bool tar = x->how->form == UNPACK_TAR || x->how->form == UNPACK_NPM;
	struct unpack_writer u;

	unpacked_begin(&u, &a, x->how, x->name, unpack_budget(x->size), out);
	u.machine = x->machine;
	return (tar ? archive_read_tar(&a, x, &u, e) : archive_read_zip(&a, x, &u, e)) &&
	       unpacked_finish(&u, e);
}
