/* SPDX-License-Identifier: Apache-2.0 */
/* Writes and reads the index of a decoded package. Believes nothing that it reads. */

#include "make/deb/deb_index.h"

#define MTIME_MAX 077777777777
#define TARGET_MAX 4095

bool deb_is_merged_folder(const char *path)
{
	return path_merged_link(path) != NULL;
}

const char *deb_merged_path(struct arena *a, const char *path)
{
	struct str first, rest;

	if (!str_cut(str_of(path), '/', &first, &rest) || !deb_is_merged_folder(str_dup(a, first)))
		return path;
	return arena_printf(a, "usr/%s", path);
}

void deb_index_write(const struct deb *deb, struct buf *out)
{
	static const char types[] = { [NODE_FILE] = 'f', [NODE_DIR] = 'd', [NODE_LINK] = 'l' };

	for (size_t i = 0; i < deb->control.n; i++) {
		const struct deb_control *c = &deb->control.v[i];

		buf_printf(out, "control %lld %zu %s", (long long)c->mtime, c->text.n, c->name);
		buf_putc(out, '\0');
		buf_add(out, c->text);
		buf_putc(out, '\n');
	}
	for (size_t i = 0; i < deb->entries.n; i++) {
		const struct deb_entry *n = &deb->entries.v[i];

		buf_printf(out, "%c %o %u %u %lld %llu %llu %s", types[n->type], n->mode, n->uid,
			   n->gid, (long long)n->mtime, (unsigned long long)n->offset,
			   (unsigned long long)n->size, n->path);
		buf_putc(out, '\0');
		buf_puts(out, n->target ? n->target : "");
		buf_putc(out, '\0');
		buf_putc(out, '\n');
	}
	buf_puts(out, "end\n");
}

static bool deb_index_fail(struct error *e, const char *what)
{
	return err_set(e, ERR_INPUT, "the index of its files is malformed (%s)", what);
}

/* A number up to the next blank, within `max`. */
static bool deb_index_take_number(struct str *rest, uint64_t max, uint64_t *out)
{
	struct str one, tail;

	if (!str_cut(*rest, ' ', &one, &tail) || !str_u64(one, out) || *out > max)
		return false;
	*rest = tail;
	return true;
}

static bool take_octal(struct str *rest, unsigned *out)
{
	struct str one, tail;
	unsigned v = 0;

	if (!str_cut(*rest, ' ', &one, &tail) || one.n == 0 || one.n > 4)
		return false;
	for (size_t i = 0; i < one.n; i++) {
		if (one.p[i] < '0' || one.p[i] > '7')
			return false;
		v = v << 3 | (unsigned)(one.p[i] - '0');
	}
	*out = v;
	*rest = tail;
	return true;
}

/* The bytes up to a NUL: a C string in place. */
static bool take_string(struct str *rest, const char **out)
{
	const char *end = rest->n ? memchr(rest->p, '\0', rest->n) : NULL;

	if (!end)
		return false;
	*out = rest->p;
	*rest = str_from(*rest, (size_t)(end - rest->p) + 1);
	return true;
}

static bool take_newline(struct str *rest)
{
	if (rest->n == 0 || rest->p[0] != '\n')
		return false;
	*rest = str_from(*rest, 1);
	return true;
}

static bool control_name(const char *name)
{
	return name[0] && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789.+-_") == strlen(name);
}

static bool deb_index_read_control(struct arena *a, struct str *rest, struct deb *deb,
				   struct error *e)
{
	struct deb_control *c = list_push(a, &deb->control);
	uint64_t mtime, length;

	*rest = str_from(*rest, STR("control ").n);
	if (!deb_index_take_number(rest, MTIME_MAX, &mtime) ||
	    !deb_index_take_number(rest, rest->n, &length) || !take_string(rest, &c->name) ||
	    !control_name(c->name) || length > rest->n)
		return deb_index_fail(e, "a control member");
	c->mtime = (int64_t)mtime;
	c->text = (struct str){ rest->p, (size_t)length };
	*rest = str_from(*rest, (size_t)length);
	if (!take_newline(rest))
		return deb_index_fail(e, "the length of a control member");
	return deb->control.n == 1 || strcmp(c[-1].name, c->name) < 0 ||
	       deb_index_fail(e, "the order of control members");
}

static bool deb_index_check_path(struct arena *scratch, const char *path, struct error *e)
{
	struct error why = { 0 };
	struct str rest = str_of(path), one;
	const char *normal;

	if (!path_normalise(scratch, rest, &normal, &why) || strcmp(normal, path) != 0 || !path[0])
		return deb_index_fail(e, "a path");
	if (deb_merged_path(scratch, path) != path)
		return deb_index_fail(e, "a path that merged /usr does not have");
	while (str_next(&rest, '/', &one)) {
		if (str_starts(one, STR(".wh.")))
			return deb_index_fail(e, "a path that layers would take for a deletion");
	}
	return true;
}

static bool check_entry(const struct deb_entry *n, uint64_t data_size, struct error *e)
{
	if (n->offset % 512 || n->offset > data_size || n->size > data_size - n->offset)
		return deb_index_fail(e, "content outside the archive");
	if (n->type != NODE_FILE && n->size)
		return deb_index_fail(e, "content on something that is not a file");
	if (n->type == NODE_LINK ? !n->target[0] || strlen(n->target) > TARGET_MAX
				 : n->target[0] != '\0')
		return deb_index_fail(e, "a link target");
	if (n->type != NODE_LINK && deb_is_merged_folder(n->path))
		return deb_index_fail(e, "a folder that merged /usr does not have");
	return true;
}

static bool deb_index_take_type(struct str *rest, enum node_type *out)
{
	char c = rest->n >= 2 && rest->p[1] == ' ' ? rest->p[0] : '?';

	*out = c == 'd' ? NODE_DIR : c == 'l' ? NODE_LINK : NODE_FILE;
	*rest = str_from(*rest, 2);
	return c == 'f' || c == 'd' || c == 'l';
}

static bool deb_index_read_entry(struct arena *a, struct str *rest, uint64_t data_size,
				 struct deb *deb, struct error *e)
{
	struct deb_entry *n = list_push(a, &deb->entries);
	uint64_t uid, gid, mtime;

	if (!deb_index_take_type(rest, &n->type) || !take_octal(rest, &n->mode) ||
	    !deb_index_take_number(rest, UINT32_MAX - 1, &uid) ||
	    !deb_index_take_number(rest, UINT32_MAX - 1, &gid) ||
	    !deb_index_take_number(rest, MTIME_MAX, &mtime) ||
	    !deb_index_take_number(rest, UINT64_MAX, &n->offset) ||
	    !deb_index_take_number(rest, UINT64_MAX, &n->size) || !take_string(rest, &n->path) ||
	    !take_string(rest, &n->target) || !take_newline(rest))
		return deb_index_fail(e, "an entry");
	n->uid = (uint32_t)uid;
	n->gid = (uint32_t)gid;
	n->mtime = (int64_t)mtime;
	if (deb->entries.n > 1 && strcmp(n[-1].path, n->path) >= 0)
		return deb_index_fail(e, "its entries are not sorted by path");
	if (!check_entry(n, data_size, e))
		return false;
	if (n->type != NODE_LINK)
		n->target = NULL;
	return true;
}

bool deb_index_read(struct arena *a, struct str text, uint64_t data_size, struct deb *deb,
		    struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct str rest = text;

	deb->control.n = deb->control.cap = 0;
	deb->entries.n = deb->entries.cap = 0;
	while (str_starts(rest, STR("control "))) {
		if (!deb_index_read_control(a, &rest, deb, e))
			return false;
	}
	while (!str_starts(rest, STR("end\n"))) {
		if (!deb_index_read_entry(a, &rest, data_size, deb, e) ||
		    !deb_index_check_path(&scratch, deb->entries.v[deb->entries.n - 1].path, e))
			return false;
	}
	return rest.n == STR("end\n").n || deb_index_fail(e, "bytes after its end");
}
