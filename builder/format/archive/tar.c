/* SPDX-License-Identifier: Apache-2.0 */
/* The one user of libarchive, and of its tar reader only. Five statuses become three, every entry
 * is compared with what tarfeed.c saw of its header, and the policy of the header file is applied.
 * Compression, packages and the tree are others' business. */

#include "format/archive/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include "format/archive/tarfeed.h"
#include "base/path.h"

#define ENTRIES_MAX 1000000
#define NAMES_MAX (64u << 20)
#define TARGET_MAX 4095
#define MTIME_MAX 077777777777 /* eleven octal digits: the year 2242 */

struct tar {
	struct archive *archive;
	struct arena *a;
	struct tarfeed feed;
	struct error *e; /* of the call under way, for the callback */
	bool loose;	 /* tar_options.loose */
	locale_t utf8;	 /* for extended headers; 0: not needed */
	size_t entries, max_entries;
	size_t names, max_names;
	uint64_t start, size; /* content of the current entry */
	bool open;	      /* there is a current entry */
	bool ended;
};

static int tar_fail(struct tar *t, struct error *e, const char *path, const char *why)
{
	char shown[256];

	str_escape(str_of(path), shown, sizeof(shown));
	err_set(e, ERR_INPUT, "%s: entry \"%s\": %s", t->feed.from->name, shown, why);
	return -1;
}

/* 1 something, 0 the end, -1 with *e set. A warning is an error: half a package is not a package.
 */
static int tar_fold_status(struct tar *t, int status, struct error *e)
{
	const char *why;

	if (e->kind != ERR_NONE) /* the callback has already said why */
		return -1;
	if (status == ARCHIVE_OK)
		return 1;
	if (status == ARCHIVE_EOF)
		return 0;
	why = archive_error_string(t->archive);
	err_set(e, ERR_INPUT, "%s: malformed tar: %s", t->feed.from->name,
		why ? why : "libarchive does not say why");
	return -1;
}

static la_ssize_t read_block(struct archive *archive, void *context, const void **out)
{
	struct tar *t = context;
	struct str block;
	int got = tarfeed_next(&t->feed, &block, t->e);

	if (got < 0) {
		archive_set_error(archive, EINVAL, "see the error of the callback");
		return -1;
	}
	if (got == 0)
		return 0;
	*out = block.p;
	return (la_ssize_t)block.n;
}

static bool tar_start(struct tar *t, struct error *e)
{
	bool ok;

	t->archive = archive_read_new();
	if (!t->archive)
		return err_set(e, ERR_SYSTEM, "%s: no memory for a tar reader", t->feed.from->name);
	t->e = e;
	ok = tar_fold_status(t, archive_read_support_format_tar(t->archive), e) == 1 &&
	     tar_fold_status(t, archive_read_open2(t->archive, t, NULL, read_block, NULL, NULL),
			     e) == 1;
	t->e = NULL;
	return ok;
}

static locale_t tar_utf8(void)
{
	return newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
}

void tar_locale_open(struct tar_locale *l)
{
	l->handle = (void *)tar_utf8();
}

void tar_locale_close(struct tar_locale *l)
{
	if (l->handle)
		freelocale((locale_t)l->handle);
	l->handle = NULL;
}

struct tar *tar_open(struct arena *a, struct source *from, const struct tar_options *options,
		     struct error *e)
{
	struct tar *t = calloc(1, sizeof(*t));

	if (!t) {
		err_set(e, ERR_SYSTEM, "%s: no memory for a tar reader", from->name);
		return NULL;
	}
	t->a = a;
	t->feed.from = from;
	t->feed.copy = options->copy;
	t->feed.allow_pax = options->pax;
	t->feed.allow_comments = options->pax && options->comments;
	t->loose = options->loose;
	t->feed.pass_attributes = options->pax && options->attributes;
	/* libarchive converts names of extended headers from UTF-8 to the locale's encoding, and a
	 * name that the C locale cannot say is a warning, that is to us, an error. The names are
	 * then taken from the header as it is (tar_take_entry). */
	t->utf8 = options->pax ? tar_utf8() : (locale_t)0;
	t->max_entries = options->max_entries ? options->max_entries : ENTRIES_MAX;
	t->max_names = options->max_names ? options->max_names : NAMES_MAX;
	if (!tar_start(t, e))
		tar_close(&t);
	return t;
}

void tar_close(struct tar **t)
{
	if (!*t)
		return;
	archive_read_free((*t)->archive);
	if ((*t)->utf8)
		freelocale((*t)->utf8);
	free(*t);
	*t = NULL;
}

/* Components without surprises: path_normalise would quietly drop what is checked here. */
static const char *check_entry_name(struct str name, bool loose)
{
	struct str rest = name, one;

	if (name.n == 0)
		return "an empty name";
	if (name.p[0] == '/')
		return "an absolute name";
	if (str_starts(name, STR("./")))
		rest = str_from(name, 2);
	else if (str_eq(name, STR(".")))
		rest.n = 0;
	while (str_next(&rest, '/', &one)) {
		if (!loose && (one.n == 0 || str_eq(one, STR("."))))
			return "a name with an empty or \".\" component";
		if (str_starts(one, STR(".wh.")))
			return "a name that layers would take for a deletion (.wh.)";
	}
	return NULL;
}

/* A name or hard-link target, checked, counted and normalised. */
static int tar_take_name(struct tar *t, const char *name, const char **out, struct error *e)
{
	const char *why = check_entry_name(str_of(name), t->loose);

	if (why)
		return tar_fail(t, e, name, why);
	t->names += strlen(name);
	if (t->names > t->max_names)
		return tar_fail(t, e, name, "too many bytes of names");
	if (path_normalise(t->a, str_of(name), out, e))
		return 1;
	err_wrap(e, "%s", t->feed.from->name);
	return -1;
}

static int take_target(struct tar *t, struct tar_entry *out, const char *target, struct error *e)
{
	if (!target || !target[0])
		return tar_fail(t, e, out->path, "a link without a target");
	if (out->type == TAR_HARDLINK)
		return tar_take_name(t, target, &out->target, e);
	if (strlen(target) > TARGET_MAX)
		return tar_fail(t, e, out->path, "a link target of more than 4095 bytes");
	t->names += strlen(target);
	if (t->names > t->max_names)
		return tar_fail(t, e, out->path, "too many bytes of names");
	out->target = arena_strdup(t->a, target);
	return 1;
}

/* What the header's type byte says, in agreement with libarchive. */
static int tar_take_type(struct tar *t, struct archive_entry *entry, struct tar_entry *out,
			 struct error *e)
{
	mode_t type = archive_entry_filetype(entry);
	const char *hard = archive_entry_hardlink(entry);
	bool agreed;

	switch (t->feed.type) {
	case '1':
		out->type = TAR_HARDLINK;
		agreed = hard != NULL;
		break;
	case '2':
		out->type = TAR_SYMLINK;
		agreed = !hard && type == AE_IFLNK;
		break;
	case '5':
		out->type = TAR_DIR;
		agreed = !hard && type == AE_IFDIR;
		break;
	default:
		out->type = TAR_FILE;
		agreed = !hard && type == AE_IFREG;
		break;
	}
	return agreed ? 1 : tar_fail(t, e, out->path, "readers do not agree about its type");
}

static int take_metadata(struct tar *t, struct archive_entry *entry, struct tar_entry *out,
			 struct error *e)
{
	la_int64_t uid = archive_entry_uid(entry), gid = archive_entry_gid(entry);

	if (uid < 0 || gid < 0 || uid >= UINT32_MAX || gid >= UINT32_MAX)
		return tar_fail(t, e, out->path, "an owner that is not a user or group id");
	out->uid = (uint32_t)uid;
	out->gid = (uint32_t)gid;
	out->mode = archive_entry_perm(entry) & 07777;
	out->mtime = archive_entry_mtime(entry);
	if (out->mtime < 0 || out->mtime > MTIME_MAX)
		return tar_fail(t, e, out->path, "a time before 1970 or after 2242");
	if ((!t->feed.pass_attributes &&
	     (archive_entry_xattr_count(entry) || archive_entry_acl_types(entry))) ||
	    archive_entry_sparse_count(entry))
		return tar_fail(t, e, out->path, "extended attributes, access lists or holes");
	return 1;
}

/* The content begins where libarchive stopped, which must be where the feed stopped. */
static int take_content(struct tar *t, struct archive_entry *entry, struct tar_entry *out,
			struct error *e)
{
	la_int64_t at = archive_filter_bytes(t->archive, 0);

	if (t->feed.state != FEED_CONTENT || at < 0 || (uint64_t)at != t->feed.delivered)
		return tar_fail(t, e, out->path, "readers do not agree where it is");
	if (out->type == TAR_FILE && (uint64_t)archive_entry_size(entry) != t->feed.size)
		return tar_fail(t, e, out->path, "readers do not agree about its size");
	t->start = out->offset = t->feed.delivered;
	t->size = out->size = t->feed.size;
	return 1;
}

/* The name as written; from an extended header, without libarchive's conversions. */
static int tar_take_entry(struct tar *t, struct archive_entry *entry, struct tar_entry *out,
			  struct error *e)
{
	const char *name = archive_entry_pathname(entry);
	const char *target = archive_entry_hardlink(entry);
	const struct tarfeed *f = &t->feed;

	*out = (struct tar_entry){ .path = "" };
	if (f->pax_path.p)
		name = str_dup(t->a, f->pax_path);
	if (!target)
		target = archive_entry_symlink(entry);
	if (f->pax_link.p)
		target = str_dup(t->a, f->pax_link);
	if (!name)
		return tar_fail(t, e, "", "a name that cannot be read");
	if (tar_take_name(t, name, &out->path, e) < 0 || tar_take_type(t, entry, out, e) < 0 ||
	    take_metadata(t, entry, out, e) < 0 || take_content(t, entry, out, e) < 0)
		return -1;
	if (out->path[0] == '\0' && out->type != TAR_DIR)
		return tar_fail(t, e, name, "the root is not a folder");
	if (out->type == TAR_FILE && str_ends(str_of(name), STR("/")))
		return tar_fail(t, e, name, "a file whose name ends in a slash");
	if (out->type == TAR_SYMLINK || out->type == TAR_HARDLINK)
		return take_target(t, out, target, e);
	return 1;
}

/* Moves behind the current entry's content and its padding. */
static int leave_entry(struct tar *t, struct error *e)
{
	uint64_t padded = (t->size + TAR_BLOCK - 1) / TAR_BLOCK * TAR_BLOCK;

	if (!t->open)
		return 1;
	t->open = false;
	if (tar_fold_status(t, archive_read_data_skip(t->archive), e) < 0)
		return -1;
	if (t->feed.delivered - t->start != padded) {
		err_set(e, ERR_INPUT, "%s: readers do not agree where an entry ends",
			t->feed.from->name);
		return -1;
	}
	tarfeed_expect_header(&t->feed);
	return 1;
}

static int tar_read_header(struct tar *t, struct archive_entry **entry, struct error *e)
{
	locale_t before = t->utf8 ? uselocale(t->utf8) : (locale_t)0;
	int status = archive_read_next_header(t->archive, entry);

	if (before)
		uselocale(before);
	return tar_fold_status(t, status, e);
}

static int next_entry(struct tar *t, struct tar_entry *out, struct error *e)
{
	struct archive_entry *entry;
	int got;

	if (leave_entry(t, e) < 0)
		return -1;
	got = tar_read_header(t, &entry, e);
	if (got < 0)
		return -1;
	if (got == 0) {
		t->ended = true;
		return tarfeed_finish(&t->feed, e) ? 0 : -1;
	}
	if (++t->entries > t->max_entries) {
		err_set(e, ERR_INPUT, "%s has more than %zu entries", t->feed.from->name,
			t->max_entries);
		return -1;
	}
	t->open = true;
	return tar_take_entry(t, entry, out, e);
}

int tar_next(struct tar *t, struct tar_entry *out, struct error *e)
{
	int got;

	if (t->ended)
		return 0;
	t->e = e;
	got = next_entry(t, out, e);
	t->e = NULL;
	t->ended = got != 1;
	return got;
}

int tar_data(struct tar *t, struct str *chunk, struct error *e)
{
	const void *p;
	size_t n;
	la_int64_t offset;
	int got;

	if (!t->open || t->ended)
		return 0;
	t->e = e;
	do
		got = tar_fold_status(t, archive_read_data_block(t->archive, &p, &n, &offset), e);
	while (got == 1 && n == 0);
	t->e = NULL;
	if (got == 1)
		*chunk = (struct str){ p, n };
	return got;
}
