/* SPDX-License-Identifier: Apache-2.0 */
/* Parses ld.so.conf as ldconfig's parse_conf does, against whatever gives it files. Globs match
 * component by component through the folder lists (fnmatch(3) with FNM_PERIOD), as glob(3) does. */

#include "format/elf/ldconf.h"

#include <fnmatch.h>

#include "base/strmap.h"

struct ldconf_reader {
	struct arena *a;
	struct ldconf_source *s;
	struct strings *out;
	size_t n_files;
	struct strmap files;   /* read, or being read */
	struct strmap folders; /* those in `out` */
};

static bool ldconf_read_file(struct ldconf_reader *r, const char *path, unsigned depth,
			     struct error *e);

static bool is_pattern(struct str s)
{
	return memchr(s.p, '*', s.n) || memchr(s.p, '?', s.n) || memchr(s.p, '[', s.n);
}

/* The entries of `folder` that match one component of a pattern. */
static bool match_names(struct ldconf_reader *r, const char *folder, struct str component,
			struct strings *paths, struct error *e)
{
	struct strings names = { 0 };
	const char *pattern = str_dup(r->a, component);

	if (!r->s->list(r->s, *folder ? folder : "/", &names, e))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		if (fnmatch(pattern, names.v[i], FNM_PERIOD) != 0)
			continue;
		if (paths->n == LDCONF_FILES_MAX)
			return err_set(e, ERR_INPUT, "%s/%s matches more than %d files", folder,
				       pattern, LDCONF_FILES_MAX);
		*list_push(r->a, paths) = arena_printf(r->a, "%s/%s", folder, names.v[i]);
	}
	return true;
}

/* All paths that match an absolute pattern, sorted. */
static bool ldconf_expand_glob(struct ldconf_reader *r, struct str pattern, struct strings *paths,
			       struct error *e)
{
	struct str component;

	*list_push(r->a, paths) = "";
	while (str_next(&pattern, '/', &component)) {
		struct strings next = { 0 };

		if (component.n == 0)
			continue;
		for (size_t i = 0; i < paths->n; i++) {
			if (!is_pattern(component))
				*list_push(r->a, &next) = arena_printf(r->a, "%s/" STR_FMT,
								       paths->v[i],
								       STR_ARG(component));
			else if (!match_names(r, paths->v[i], component, &next, e))
				return false;
		}
		*paths = next;
	}
	strings_sort(paths);
	if (paths->n == 1 && paths->v[0][0] == '\0')
		paths->n = 0; /* the root folder is not a file */
	return true;
}

/* A relative pattern starts in the folder of the file that has it. */
static struct str ldconf_absolute(struct ldconf_reader *r, const char *file, struct str pattern)
{
	const char *slash = strrchr(file, '/');

	if (pattern.p[0] == '/' || !slash)
		return pattern;
	return str_of(
		arena_printf(r->a, "%.*s/" STR_FMT, (int)(slash - file), file, STR_ARG(pattern)));
}

static struct str ldconf_next_word(struct str *rest)
{
	size_t n = 0;
	struct str word;

	*rest = str_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word = (struct str){ rest->p, n };
	*rest = str_from(*rest, n);
	return word;
}

static bool ldconf_include(struct ldconf_reader *r, const char *file, struct str rest,
			   unsigned depth, struct error *e)
{
	for (struct str word = ldconf_next_word(&rest); word.n; word = ldconf_next_word(&rest)) {
		struct strings paths = { 0 };

		if (!ldconf_expand_glob(r, ldconf_absolute(r, file, word), &paths, e))
			return false;
		for (size_t i = 0; i < paths.n; i++) {
			if (!ldconf_read_file(r, paths.v[i], depth + 1, e))
				return false;
		}
	}
	return true;
}

static bool ldconf_add_folder(struct ldconf_reader *r, struct str folder, struct error *e)
{
	const char *path;

	if (folder.p[0] != '/')
		return err_set(e, ERR_INPUT, "the folder " STR_FMT " is not absolute",
			       STR_ARG(folder));
	while (folder.n > 1 && folder.p[folder.n - 1] == '/')
		folder.n--;
	path = str_dup(r->a, folder);
	if (!strmap_add(r->a, &r->folders, str_of(path)))
		return true;
	if (r->out->n == LDCONF_FOLDERS_MAX)
		return err_set(e, ERR_INPUT, "more than %d folders", LDCONF_FOLDERS_MAX);
	*list_push(r->a, r->out) = path;
	return true;
}

/* One line without its comment. Old files may say "folder=TYPE"; the type is history. */
static bool ldconf_read_line(struct ldconf_reader *r, const char *file, struct str line,
			     unsigned depth, struct error *e)
{
	struct str rest = line, word = ldconf_next_word(&rest), tail;

	if (word.n == 0)
		return true;
	if (str_eq(word, STR("include")))
		return ldconf_include(r, file, rest, depth, e);
	if (str_eq(word, STR("hwcap")))
		return true;
	str_cut(line, '=', &line, &tail);
	line = str_trim(line);
	return line.n == 0 || ldconf_add_folder(r, line, e);
}

static bool read_lines(struct ldconf_reader *r, const char *file, struct str text, unsigned depth,
		       struct error *e)
{
	struct str line, comment;

	for (unsigned n = 1; str_next(&text, '\n', &line); n++) {
		if (memchr(line.p, '\0', line.n))
			return err_set(e, ERR_INPUT, "holds a NUL byte") || err_at(e, file, n, 1);
		str_cut(line, '#', &line, &comment);
		if (!ldconf_read_line(r, file, str_trim(line), depth, e))
			return err_at(e, file, n, 1);
	}
	return true;
}

static bool ldconf_read_file(struct ldconf_reader *r, const char *path, unsigned depth,
			     struct error *e)
{
	struct str text = { "", 0 };
	bool found = false;

	if (!strmap_add(r->a, &r->files, str_of(path)))
		return true;
	if (depth > LDCONF_DEPTH_MAX || r->n_files++ == LDCONF_FILES_MAX)
		return err_set(e, ERR_INPUT, "%s: too many files include each other", path);
	if (!r->s->read(r->s, path, &text, &found, e))
		return false;
	return !found || read_lines(r, path, text, depth, e);
}

bool ldconf_read(struct arena *a, struct ldconf_source *s, const char *path, struct strings *out,
		 struct error *e)
{
	struct ldconf_reader r = { .a = a, .s = s, .out = out };

	for (size_t i = 0; i < out->n; i++)
		strmap_add(a, &r.folders, str_of(out->v[i]));
	return ldconf_read_file(&r, path, 0, e);
}
