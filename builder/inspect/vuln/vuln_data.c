/* SPDX-License-Identifier: Apache-2.0 */
/* Opens data files, tells what they are, and hands their entries to the readers. */

#include "inspect/vuln/vuln_data.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/vuln/osv.h"
#include "inspect/vuln/tracker.h"
#include "inspect/vuln/vex.h"
#include "inspect/vuln/vuln_zip.h"
#include "format/archive/zip.h"

static struct str skip_json_blanks(struct str s)
{
	while (s.n && strchr(" \t\r\n", s.p[0]) && s.p[0])
		s = str_from(s, 1);
	return s;
}

/* An object whose members are objects is the tracker's; records and statements begin with texts,
 * numbers or lists, or with one object that no source package is called like. */
static bool is_tracker(struct str head)
{
	struct str key, rest;

	head = skip_json_blanks(str_from(head, 1));
	if (!head.n || head.p[0] != '"')
		return true; /* {}, or something to complain about */
	str_cut(str_from(head, 1), '"', &key, &rest);
	rest = skip_json_blanks(rest);
	if (!rest.n || rest.p[0] != ':')
		return true;
	rest = skip_json_blanks(str_from(rest, 1));
	return rest.n && rest.p[0] == '{' && !str_eq(key, STR("database_specific")) &&
	       !str_eq(key, STR("document"));
}

/* What other tools call vulnerability data, by a member that theirs alone has. */
static const char *vuln_foreign_form(const struct json_node *root)
{
	static const char *const forms[][2] = {
		{ "bomFormat", "a CycloneDX document" }, { "spdxVersion", "an SPDX document" },
		{ "document", "a CSAF document" },	 { "matches", "a report of Grype" },
		{ "Results", "a report of Trivy" },	 { "runs", "a report in SARIF" },
	};
	struct json_node one;

	for (size_t i = 0; json_node_is_object(root) && i < ARRAY_SIZE(forms); i++) {
		if (json_get(root, forms[i][0], &one))
			return forms[i][1];
	}
	return NULL;
}

static bool vuln_check_form(const struct json_node *root, struct error *e)
{
	const char *form = vuln_foreign_form(root);
	struct json_node id;

	return !form || json_get(root, "id", &id) ||
	       json_fail(
		       root, e,
		       "this is %s; vulnerability data are the security tracker's, OSV records or "
		       "OpenVEX documents",
		       form);
}

static bool vuln_read_document(struct vuln_set *s, const struct jsoncut *c,
			       const struct jsoncut_piece *piece, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, context;

	if (!jsoncut_parse(c, piece, &doc, e))
		return false;
	root = json_root(&doc);
	return (json_get(&root, "@context", &context)
			? vex_read(s, &root, piece, e)
			: vuln_check_form(&root, e) && osv_read(s, &root, e)) ||
	       jsoncut_fail(piece, e);
}

static bool read_documents(struct vuln_set *s, struct jsoncut *c, struct error *e)
{
	struct jsoncut_piece piece;
	int got;

	c->max = VULN_DOCUMENT_MAX;
	while ((got = jsoncut_next(c, &piece, e)) == 1) {
		if (!vuln_read_document(s, c, &piece, e))
			return false;
		s->entries++;
	}
	return got == 0;
}

static bool read_entries(struct vuln_set *s, struct jsoncut *c, struct error *e)
{
	struct str head = skip_json_blanks(c->chunk);

	if (str_starts(head, STR("\x1f\x8b")) ||
	    str_starts(head, STR("\xfd"
				 "7zXZ")) ||
	    str_starts(head, STR("\x28\xb5\x2f\xfd"))) {
		err_set(e, ERR_INPUT, "it is compressed: unpack it first");
		return err_at(e, c->file, 1, 1);
	}
	if (head.n && head.p[0] == '[')
		c->form = JSONCUT_ITEMS;
	else if (head.n && head.p[0] == '{' && is_tracker(head))
		return tracker_read(s, c, e);
	return read_documents(s, c, e);
}

/* What is left of a stream whose first bytes are in c->chunk already. Of one that tells nothing
 * nobody can say that there is nothing to tell: it may be what is left of a download. */
static bool read_stream(struct vuln_set *s, struct jsoncut *c, struct error *e)
{
	size_t before = s->entries;

	if (!read_entries(s, c, e))
		return false;
	if (s->entries > before)
		return true;
	err_set(e, ERR_INPUT, "it holds no vulnerability data");
	return err_at(e, c->file, 1, 1);
}

static bool is_vuln_file(const char *name)
{
	return name[0] != '.' &&
	       (str_ends(str_of(name), STR(".json")) || str_ends(str_of(name), STR(".jsonl")));
}

/* Whose members are read. */
struct zip_reading {
	struct vuln_set *set;
	const char *path;
};

static bool read_member(void *to, const char *name, struct source *content, struct error *e)
{
	const struct zip_reading *r = to;
	AUTO_ARENA scratch = { 0 };
	AUTO_JSONCUT c = { .file = arena_printf(&scratch, "%s/%s", r->path, name),
			   .from = content };

	return content->next(content, &c.chunk, e) >= 0 && read_stream(r->set, &c, e);
}

static bool read_zip(struct vuln_set *s, int fd, const char *path, struct error *e)
{
	struct zip_reading reading = { s, path };
	const struct vuln_zip v = { is_vuln_file, read_member, &reading };
	size_t n;

	return vuln_zip_read(&v, fd, path, &n, e) &&
	       (n || err_set(e, ERR_INPUT, "%s holds no .json or .jsonl files", path));
}

static bool vuln_read_file(struct vuln_set *s, int fd, const char *path, struct error *e)
{
	AUTO_JSONCUT c = { .file = path };
	struct fd_source src;

	fd_source_init(&src, fd, 0, FD_SOURCE_ALL, path);
	c.from = &src.base;
	if (src.base.next(&src.base, &c.chunk, e) < 0)
		return false;
	return zip_is(c.chunk) ? read_zip(s, fd, path, e) : read_stream(s, &c, e);
}

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static bool names_in(struct arena *a, int fd, const char *path, struct strings *out,
		     struct error *e)
{
	DIR *d __attribute__((cleanup(close_dir))) = NULL;
	const struct dirent *entry;
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0 || !(d = fdopendir(own)))
		return err_sys(e, "read the folder %s", path);
	while ((errno = 0, entry = readdir(d)) != NULL)
		if (is_vuln_file(entry->d_name))
			*list_push(a, out) = arena_strdup(a, entry->d_name);
	strings_sort(out);
	return errno == 0 || err_sys(e, "read the folder %s", path);
}

static bool read_folder(struct vuln_set *s, const char *path, int dir, struct error *e)
{
	AUTO_ARENA scratch = { 0 };
	struct strings names = { NULL, 0, 0 };

	if (!names_in(&scratch, dir, path, &names, e))
		return false;
	if (names.n == 0)
		return err_set(e, ERR_INPUT, "%s holds no .json or .jsonl files", path);
	for (size_t i = 0; i < names.n; i++) {
		const char *name = arena_printf(&scratch, "%s/%s", path, names.v[i]);
		AUTO_FD fd = openat(dir, names.v[i], O_RDONLY | O_NONBLOCK | O_CLOEXEC);

		if (fd < 0)
			return err_sys(e, "open %s", name);
		if (!vuln_read_file(s, fd, name, e))
			return false;
	}
	return true;
}

static bool vuln_read_path(struct vuln_set *s, const char *path, struct error *e)
{
	AUTO_FD fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_INPUT, "--cve: %s is not there", path);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "open %s", path);
	return S_ISDIR(st.st_mode) ? read_folder(s, path, fd, e) : vuln_read_file(s, fd, path, e);
}

bool vuln_data_read(struct vuln_set *s, const struct vuln_input *in, struct error *e)
{
	return in->fd < 0 ? vuln_read_path(s, in->name, e) : vuln_read_file(s, in->fd, in->name, e);
}
