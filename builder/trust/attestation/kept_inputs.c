/* SPDX-License-Identifier: Apache-2.0 */
/* The list of the files that a build read. Links are written last, so that no file is written
 * through one. */

#include "trust/attestation/kept_inputs.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
#include "format/json/json.h"
#include "format/json/jsonw.h"

#define LIST_FORMAT 1

static void kept_write_input(struct jsonw *w, const struct kept_input *f)
{
	char hex[DIGEST_TEXT];

	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "path", f->path);
	if (f->type == KEPT_LINK)
		jsonw_cstr(w, "link", f->target);
	else if (f->type == KEPT_FOLDER)
		jsonw_bool(w, "folder", true);
	else {
		digest_hex(&f->sha256, hex);
		jsonw_cstr(w, "sha256", hex);
		jsonw_u64(w, "offset", f->offset);
		jsonw_u64(w, "size", f->size);
		if (f->executable)
			jsonw_bool(w, "executable", true);
	}
	jsonw_object_end(w);
}

struct str kept_inputs_text(struct arena *a, const struct kept_inputs *l)
{
	char hex[DIGEST_TEXT];
	struct buf text = { .a = a };
	struct jsonw w;

	digest_hex(&l->archive, hex);
	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "format", LIST_FORMAT);
	jsonw_object_inline(&w, "archive");
	jsonw_cstr(&w, "sha256", hex);
	jsonw_u64(&w, "size", l->size);
	jsonw_object_end(&w);
	jsonw_array(&w, "files");
	for (size_t i = 0; i < l->v.n; i++)
		kept_write_input(&w, &l->v.v[i]);
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_str(&text);
}

static bool kept_read_digest(struct arena *a, const struct json_node *object, struct digest *out,
			     struct error *e)
{
	struct json_node n;
	const char *hex;

	if (!json_need(object, "sha256", &n, e) || !json_as_string(a, &n, &hex, e))
		return false;
	return digest_parse(str_of(hex), out) ||
	       json_fail(&n, e, "must be 64 hexadecimal digits, in lower case");
}

/* Below one of the two folders, without "..", and behind the file before it. */
static bool kept_read_path(struct arena *a, const struct json_node *n, const char *before,
			   const char **out, struct error *e)
{
	struct error wrong = { 0 };
	const char *text, *path;

	if (!json_as_string(a, n, &text, e))
		return false;
	*out = text;
	if (!path_normalise(a, str_of(text), &path, &wrong))
		return json_fail(n, e, "%s", wrong.cause);
	if (strcmp(path, text) != 0 || (!str_starts(str_of(text), STR(KEPT_REPOSITORY "/")) &&
					!str_starts(str_of(text), STR(KEPT_BUILTIN "/"))))
		return json_fail(n, e,
				 "is not a path below " KEPT_REPOSITORY "/ or " KEPT_BUILTIN "/");
	return !before || strcmp(before, text) < 0 ||
	       json_fail(n, e, "is there twice, or not in order");
}

static bool kept_read_bytes(struct arena *a, const struct json_node *n, uint64_t archive,
			    struct kept_input *out, struct error *e)
{
	struct json_node offset, size;

	if (!kept_read_digest(a, n, &out->sha256, e) || !json_need(n, "offset", &offset, e) ||
	    !json_as_u64(&offset, &out->offset, e) || !json_need(n, "size", &size, e) ||
	    !json_as_u64(&size, &out->size, e) ||
	    !json_opt_bool(n, "executable", &out->executable, e))
		return false;
	return (out->offset <= archive && out->size <= archive - out->offset) ||
	       json_fail(&size, e, "the archive does not have these bytes: it has %llu",
			 (unsigned long long)archive);
}

static bool kept_read_input(struct arena *a, const struct json_node *n, struct kept_inputs *l,
			    struct error *e)
{
	static const char *const keys[] = { "path",   "link", "folder",	    "sha256",
					    "offset", "size", "executable", NULL };
	const char *before = l->v.n ? l->v.v[l->v.n - 1].path : NULL;
	struct kept_input *f = list_push(a, &l->v);
	struct json_node path, kind;
	bool folder = false;

	if (!json_want_object(n, e) || !json_no_other_keys(n, keys, e) ||
	    !json_need(n, "path", &path, e) || !kept_read_path(a, &path, before, &f->path, e) ||
	    !json_opt_bool(n, "folder", &folder, e))
		return false;
	if (json_get(n, "link", &kind)) {
		f->type = KEPT_LINK;
		return json_as_string(a, &kind, &f->target, e) &&
		       (f->target[0] || json_fail(&kind, e, "must not be empty"));
	}
	if (folder) {
		f->type = KEPT_FOLDER;
		return true;
	}
	return kept_read_bytes(a, n, l->size, f, e);
}

bool kept_inputs_read(struct arena *a, struct str text, struct kept_inputs *out, struct error *e)
{
	static const char *const keys[] = { "format", "archive", "files", NULL };
	static const char *const archive_keys[] = { "sha256", "size", NULL };
	AUTO_JSON doc = { 0 };
	struct json_node root, format, archive, size, list, item;
	uint64_t version = 0;

	*out = (struct kept_inputs){ .size = 0 };
	if (!json_parse(KEPT_LIST_FILE, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "format", &format, e) ||
	    !json_as_u64(&format, &version, e))
		return false;
	if (version != LIST_FORMAT)
		return json_fail(&format, e,
				 "this imgbuild reads format %d; a newer one wrote this",
				 LIST_FORMAT);
	if (!json_no_other_keys(&root, keys, e) || !json_need(&root, "archive", &archive, e) ||
	    !json_no_other_keys(&archive, archive_keys, e) ||
	    !kept_read_digest(a, &archive, &out->archive, e) ||
	    !json_need(&archive, "size", &size, e) || !json_as_u64(&size, &out->size, e))
		return false;
	if (out->size > KEPT_BYTES_MAX)
		return json_fail(&size, e, "is more than %u", KEPT_BYTES_MAX);
	if (!json_need(&root, "files", &list, e) || !json_want_array(&list, e))
		return false;
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!kept_read_input(a, &item, out, e))
			return false;
	}
	return true;
}

static bool kept_restore_file(const struct kept_input *f, struct str archive, int dirfd,
			      struct error *e)
{
	const struct str bytes = { archive.p + f->offset, (size_t)f->size };
	const struct digest found = digest_of(bytes);
	AUTO_FD fd = -1;

	if (!digest_eq(&found, &f->sha256))
		return err_set(e, ERR_VERIFY,
			       "%s: " KEPT_ARCHIVE_FILE " has other bytes than " KEPT_LIST_FILE
			       " names",
			       f->path);
	fd = openat(dirfd, f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    f->executable ? 0755 : 0644);
	if (fd < 0)
		return err_sys(e, "create %s", f->path);
	return fd_write(fd, bytes, f->path, e) && fd_close(&fd, f->path, e);
}

static bool kept_restore_input(const struct kept_input *f, struct str archive, int dirfd,
			       struct error *e)
{
	AUTO_ARENA a = { 0 };

	if (f->type == KEPT_FOLDER)
		return file_mkdirs(dirfd, f->path, e);
	return file_mkdirs(dirfd, path_dir(&a, f->path), e) &&
	       (f->type == KEPT_LINK || kept_restore_file(f, archive, dirfd, e));
}

bool kept_inputs_restore(const struct kept_inputs *l, struct str archive, int dirfd,
			 struct error *e)
{
	const struct digest found = digest_of(archive);

	if (archive.n != l->size || !digest_eq(&found, &l->archive))
		return err_set(e, ERR_VERIFY,
			       KEPT_ARCHIVE_FILE " is not the archive that " KEPT_LIST_FILE
						 " names");
	for (size_t i = 0; i < l->v.n; i++) {
		if (!kept_restore_input(&l->v.v[i], archive, dirfd, e))
			return false;
	}
	for (size_t i = 0; i < l->v.n; i++) {
		const struct kept_input *f = &l->v.v[i];

		if (f->type == KEPT_LINK && symlinkat(f->target, dirfd, f->path) < 0)
			return err_sys(e, "make the symlink %s", f->path);
	}
	return true;
}
