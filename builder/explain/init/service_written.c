/* SPDX-License-Identifier: Apache-2.0 */
/* Folders that a configuration names, or an option: "logfile /var/log/monit.log". */

#include "base/path.h"
#include "explain/init/service.h"

/* Where services write. In /run a name without a dot is a socket, elsewhere a folder. */
static const struct {
	const char *parent;
	bool folders;
} written_parents[] = {
	{ "/run/", false },	 { "/var/log/", true },	  { "/var/lib/", true },
	{ "/var/cache/", true }, { "/var/spool/", true },
};

/* What ends a path in a configuration. */
#define WRITTEN_ENDS " \t\r\"'`;,:<>(){}[]|&="

static bool written_is_comment(struct str line)
{
	return line.n == 0 || strchr("#;", line.p[0]) || str_starts(line, STR("//")) ||
	       str_starts(line, STR("<!--")) || str_starts(line, STR("--"));
}

static bool written_exists(const struct service *s, const char *path)
{
	return tree_resolve(&s->c->chain->tree, path) || draft_has_dir(s->c->d, path) ||
	       draft_has_file(s->c->d, path) || draft_has_link(s->c->d, path);
}

/* A socket of somebody else's is not the service's to make. */
static bool written_is_other(const struct service *s, const char *path)
{
	return strstr(path, ".sock") && !strstr(path, s->name) &&
	       !(s->program && strstr(path, path_base(s->program)));
}

/* A certificate or a key that nobody has, such as those that the script of ssl-cert makes. */
static void written_certificate(struct service *s, const char *path, const char *from)
{
	static const char *const ends[] = { ".pem", ".key", ".crt", ".cer", ".cert" };
	struct init_draft *d = s->c->d;
	bool is_one = false;

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		is_one = is_one || str_ends(str_of(path), str_of(ends[i]));
	if (!is_one || strncmp(path, "/etc/", 5) != 0 || written_exists(s, path) ||
	    strings_has(&s->certificates, path))
		return;
	*list_push(d->a, &s->certificates) = path;
	draft_leave(
		d,
		"%s names %s, which no package of the image has: mount it, as a key belongs in no "
		"image, or take it out there",
		from, path);
}

/* A file that the configuration includes, and that an administrator's answers would have made. */
static void written_included(struct service *s, struct str line, const char *path, const char *from)
{
	static const char *const includes[] = { "include", "@include", "!include", ".include",
						"%include" };
	struct str first, rest;

	str_cut(line, ' ', &first, &rest);
	if (!name_among(str_dup(s->c->a, first), includes, ARRAY_SIZE(includes)) ||
	    strncmp(path, "/etc/", 5) != 0 || written_exists(s, path))
		return;
	draft_leave(s->c->d,
		    "%s includes %s, which no package of the image has: write it below rootfs/ and "
		    "name it in \"files\", or take the line out",
		    from, path);
}

static void written_path(struct service *s, const char *path, bool is_file, const char *from)
{
	const char *dir;

	written_certificate(s, path, from);
	for (size_t i = 0; i < ARRAY_SIZE(written_parents); i++) {
		const char *parent = written_parents[i].parent, *name = path + strlen(parent);
		bool folder = !is_file && written_parents[i].folders &&
			      !strchr(path_base(path), '.');

		if (strncmp(path, parent, strlen(parent)) != 0 || !*name ||
		    written_exists(s, path) || written_is_other(s, path))
			continue;
		dir = arena_printf(s->c->a, "/%s", path_dir(s->c->a, path + 1));
		service_own_dir(s, folder && !strchr(name, '/') ? path : dir, 0755, from);
	}
}

/* Each path of a line that begins behind what ends one. */
static void written_line(struct service *s, struct str line, const char *from)
{
	const struct str all = line;
	struct arena *a = s->c->a;

	while (line.n) {
		size_t n = 0;
		const char *word;

		while (n < line.n && !strchr(WRITTEN_ENDS, line.p[n]))
			n++;
		word = str_dup(a, (struct str){ line.p, n });
		n += n < line.n;
		line = str_from(line, n);
		if (word[0] != '/' || strpbrk(word, "*?$%\\") || strstr(word, "/../"))
			continue;
		if (strncmp(word, "/var/run/", 9) == 0)
			word += 4;
		n = strlen(word);
		word = arena_strndup(a, word, n - (n > 1 && word[n - 1] == '/'));
		written_included(s, all, word, from);
		written_path(s, word, false, from);
	}
}

static void written_text(struct service *s, struct str text, const char *file)
{
	unsigned number = 0;
	struct str line;

	while (str_next(&text, '\n', &line)) {
		number++;
		line = str_trim(line);
		if (!written_is_comment(line))
			written_line(s, line, arena_printf(s->c->a, "%s:%u", file, number));
	}
}

/* Does an option name a file that the service writes: "--pidfile=/run/x.pid", "-p /run/x.pid"? */
static bool written_by_option(const char *option, const char *path)
{
	static const char *const parts[] = { "pid", "log", "sock" };
	static const char *const ends[] = { ".pid", ".log", ".sock", ".socket" };
	bool is_one = false;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		is_one = is_one || strstr(option, parts[i]);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		is_one = is_one || str_ends(str_of(path), str_of(ends[i]));
	return is_one;
}

/* Files that the entrypoint itself names. */
static void written_words(struct service *s)
{
	const struct strings *l = &s->c->d->entrypoint;

	for (size_t i = 1; i < l->n; i++) {
		const char *word = l->v[i], *value = word[0] == '-' ? strchr(word, '=') : NULL;
		const char *option = value ? arena_strndup(s->c->a, word, (size_t)(value - word))
					   : l->v[i - 1];
		const char *path = value ? value + 1 : word;

		if (path[0] != '/' || option[0] != '-' || strchr(option, '=') ||
		    !written_by_option(option, path))
			continue;
		path += strncmp(path, "/var/run/", strlen("/var/run/")) == 0 ? strlen("/var") : 0;
		written_path(s, path, true,
			     arena_printf(s->c->a, "%s of the entrypoint names %s", option, path));
	}
}

/* Configurations that scripts make of a template. */
static void written_made(struct service *s)
{
	const struct init_draft *d = s->c->d;

	for (size_t i = 0; i < d->files.n; i++) {
		const struct draft_file *f = &d->files.v[i];
		bool named = false;

		for (size_t k = 1; k < s->exec.words.n; k++)
			named = named || strstr(s->exec.words.v[k], f->path);
		if (named && !tree_resolve(&s->c->chain->tree, f->path))
			written_text(s, f->text, f->path);
	}
}

bool service_written(struct service *s, struct error *e)
{
	if (s->daemon || !s->program) /* what those of the table write was tried */
		return true;
	written_words(s);
	for (size_t i = 0; i < s->c->own.n; i++) {
		const struct deb *deb = s->c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			struct collect_text t;

			if (!service_is_config(s, &deb->entries.v[k]))
				continue;
			if (!collect_read(s->c, deb, &deb->entries.v[k], &t, e))
				return false;
			written_text(s, t.text, collect_place(s->c, &t, 0));
		}
	}
	written_made(s);
	return true;
}
