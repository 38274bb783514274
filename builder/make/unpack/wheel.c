/* SPDX-License-Identifier: Apache-2.0 */
/* One wheel, member by member. What is sent is noted for RECORD as it goes. */

#include "make/unpack/wheel.h"

#include "base/path.h"
#include "format/text/base64.h"
#include "make/unpack/wheel_commands.h"
#include "format/text/wheel_tags.h"

#define TEXT_MAX (8u << 20)
#define PYTHON "/usr/bin/python3"

struct wheel {
	const struct zip *zip;
	struct unpack_writer *u;
	const char *info;    /* "name-1.0.dist-info" */
	const char *data;    /* "name-1.0.data/" */
	const char *modules; /* "usr/local/lib/python3.13/dist-packages" */
	const char *prefix;  /* "usr/local/": where bin and lib are */
	struct buf record;
};

static bool wheel_fail(const struct wheel *w, const char *what, struct error *e)
{
	return err_set(e, ERR_INPUT, "%s is not a wheel: %s", w->zip->file, what);
}

static const struct zip_member *wheel_member(const struct wheel *w, const char *name)
{
	const char *path = arena_printf(w->u->a, "%s/%s", w->info, name);

	for (size_t i = 0; i < w->zip->members.n; i++) {
		if (strcmp(w->zip->members.v[i].name, path) == 0)
			return &w->zip->members.v[i];
	}
	return NULL;
}

static bool wheel_text(const struct wheel *w, const struct zip_member *m, struct str *out,
		       struct error *e)
{
	AUTO_ZIP_SOURCE from = { .inflate = NULL };
	struct buf *text = arena_alloc(w->u->a, sizeof(*text));
	struct buf_sink to;

	*text = (struct buf){ .a = w->u->a, .max = TEXT_MAX };
	buf_sink_init(&to, text, m->name);
	if (!zip_source_open(&from, w->zip, m, e) || !io_copy(&from.base, &to.base, e))
		return err_wrap(e, "%s", w->zip->file);
	*out = (struct str){ buf_cstr(text), text->n };
	return true;
}

/* The next value of a key in WHEEL. false: there is none. */
static bool wheel_next_value(struct str *text, struct str key, struct str *value)
{
	struct str line, name;

	while (str_next(text, '\n', &line)) {
		if (str_cut(line, ':', &name, value) && str_eq(name, key)) {
			*value = str_trim(*value);
			return true;
		}
	}
	return false;
}

static bool wheel_check_format(const struct wheel *w, struct str text, struct error *e)
{
	struct str version;

	if (!wheel_next_value(&text, STR("Wheel-Version"), &version))
		return wheel_fail(w, "its WHEEL names no Wheel-Version", e);
	return str_starts(version, STR("1.")) ||
	       err_set(e, ERR_INPUT,
		       "%s has wheel format " STR_FMT ", which is not known; known: 1.x",
		       w->zip->file, STR_ARG(version));
}

/* One of its tags has to fit the Python and the machine of the image. */
static bool wheel_check_tags(const struct wheel *w, struct str text, struct error *e)
{
	const struct wheel_target t = { wheel_python_of(w->u->how->to), w->u->machine };
	struct buf all = { .a = w->u->a, .max = 400 };
	struct str tag;

	while (wheel_next_value(&text, STR("Tag"), &tag)) {
		if (wheel_tag_fits(tag, &t))
			return true;
		buf_printf(&all, "%s" STR_FMT, all.n ? ", " : "", STR_ARG(tag));
	}
	if (all.n == 0)
		return wheel_fail(w, "its WHEEL names no Tag", e);
	return err_set(e, ERR_INPUT, "%s is for %s, and not for CPython 3.%u on %s with glibc 2.%d",
		       w->zip->file, buf_cstr(&all), t.minor, t.machine, WHEEL_GLIBC);
}

/* The one folder "NAME-VERSION.dist-info", and the version of the format in its WHEEL. */
static bool wheel_find_info(struct wheel *w, struct error *e)
{
	const struct zip_member *m;
	struct str text;

	for (size_t i = 0; i < w->zip->members.n; i++) {
		struct str dir, rest;

		if (!str_cut(str_of(w->zip->members.v[i].name), '/', &dir, &rest) ||
		    !str_ends(dir, STR(".dist-info")))
			continue;
		if (w->info && !str_eq(dir, str_of(w->info)))
			return wheel_fail(w, "it has two .dist-info folders", e);
		if (!w->info)
			w->info = str_dup(w->u->a, dir);
	}
	if (!w->info || !(m = wheel_member(w, "WHEEL")) || !wheel_member(w, "METADATA"))
		return wheel_fail(w, "it has no .dist-info with WHEEL and METADATA", e);
	w->data = arena_printf(w->u->a, "%.*s.data/", (int)(strlen(w->info) - 10), w->info);
	return wheel_text(w, m, &text, e) && wheel_check_format(w, text, e) &&
	       wheel_check_tags(w, text, e);
}

/* "usr/local/" for "usr/local/lib/python3.13/dist-packages"; else the folder of modules itself. */
static bool wheel_find_places(struct wheel *w, struct error *e)
{
	const char *lib;

	if (!path_normalise(w->u->a, str_of(w->u->how->to), &w->modules, e))
		return false;
	lib = strstr(arena_printf(w->u->a, "/%s", w->modules), "/lib/python");
	w->prefix = lib ? arena_strndup(w->u->a, w->modules, strlen(w->modules) + 1 - strlen(lib))
			: arena_printf(w->u->a, "%s%s", w->modules, w->modules[0] ? "/" : "");
	return true;
}

/* A path as RECORD has it: relative to the folder of modules. */
static const char *wheel_relative(const struct wheel *w, const char *path)
{
	struct buf out = { .a = w->u->a };
	size_t common = 0, i = 0;
	const char *from = w->modules;

	if (!from[0])
		return path;
	for (; path[i] && from[i] == path[i]; i++) {
		if (path[i] == '/')
			common = i + 1;
	}
	if (!from[i] && path[i] == '/')
		return path + i + 1;
	buf_puts(&out, "../");
	for (const char *p = from + common; *p; p++)
		buf_puts(&out, *p == '/' ? "../" : "");
	buf_puts(&out, path + common);
	return buf_cstr(&out);
}

/* Names with commas, quotes or line ends are quoted (RFC 4180). */
static void record_put_name(struct wheel *w, const char *name)
{
	if (!strpbrk(name, ",\"\r\n")) {
		buf_puts(&w->record, name);
		return;
	}
	buf_putc(&w->record, '"');
	for (; *name; name++)
		buf_printf(&w->record, *name == '"' ? "\"\"" : "%c", *name);
	buf_putc(&w->record, '"');
}

/* In the alphabet for URLs and without padding (RFC 4648, 5). */
static const char *record_digest(struct arena *a, struct str bytes)
{
	char *text = arena_strdup(a, base64_encode(a, bytes));

	for (char *p = text; *p; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? '\0' : *p;
	return text;
}

/* "path,sha256=BASE64URL,SIZE" */
static void record_put(struct wheel *w, const char *path, const struct digest *d)
{
	const struct fragment *f = &w->u->fragment;
	const struct str bytes = { (const char *)d->b, sizeof(d->b) };

	record_put_name(w, wheel_relative(w, path));
	buf_printf(&w->record, ",sha256=%s,%llu\n", record_digest(w->u->a, bytes),
		   (unsigned long long)f->nodes.v[f->nodes.n - 1].content.size);
}

static bool wheel_put(struct wheel *w, const char *path, bool executable, struct source *from,
		      struct error *e)
{
	struct digest d;

	if (!unpacked_add_file(w->u, path, executable, from, &d, e))
		return false;
	record_put(w, path, &d);
	return true;
}

static bool wheel_put_text(struct wheel *w, const char *path, bool executable, struct str text,
			   struct error *e)
{
	struct str_source from;

	str_source_init(&from, text, path);
	return wheel_put(w, path, executable, &from.base, e);
}

/* "#!python" and "#!pythonw" stand for the interpreter. */
static bool wheel_put_script(struct wheel *w, const struct zip_member *m, const char *path,
			     struct error *e)
{
	struct str text, line, rest;

	if (!wheel_text(w, m, &text, e))
		return false;
	if (str_starts(text, STR("#!python"))) {
		str_cut(text, '\n', &line, &rest);
		text = str_of(arena_printf(w->u->a, "#!" PYTHON "\n" STR_FMT, STR_ARG(rest)));
	}
	return wheel_put_text(w, path, true, text, e);
}

/* Where a member goes; NULL: nowhere. *script: it is one of the wheel's scripts. */
static bool wheel_place(struct wheel *w, const char *name, const char **path, bool *script,
			struct error *e)
{
	struct str rest = str_of(name), scheme;
	const char *clean;

	*script = false;
	*path = NULL;
	if (name[0] == '/')
		return err_set(e, ERR_INPUT, "%s: \"%s\" is an absolute name", w->zip->file, name);
	if (!path_normalise(w->u->a, rest, &clean, e))
		return err_wrap(e, "%s: %s", w->zip->file, name);
	if (!str_starts(str_of(clean), str_of(w->data))) {
		*path = arena_printf(w->u->a, "%s%s%s", w->modules, w->modules[0] ? "/" : "",
				     clean);
		return true;
	}
	rest = str_of(clean + strlen(w->data));
	if (!str_cut(rest, '/', &scheme, &rest))
		return wheel_fail(w, "a file stands directly in its .data", e);
	*script = str_eq(scheme, STR("scripts"));
	if (str_eq(scheme, STR("purelib")) || str_eq(scheme, STR("platlib")))
		*path = arena_printf(w->u->a, "%s%s" STR_FMT, w->modules, w->modules[0] ? "/" : "",
				     STR_ARG(rest));
	else if (*script)
		*path = arena_printf(w->u->a, "%sbin/" STR_FMT, w->prefix, STR_ARG(rest));
	else if (str_eq(scheme, STR("data")))
		*path = arena_printf(w->u->a, "%s" STR_FMT, w->prefix, STR_ARG(rest));
	else if (!str_eq(scheme, STR("headers")))
		return err_set(e, ERR_INPUT, "%s: the scheme \"" STR_FMT "\" of %s is not known",
			       w->zip->file, STR_ARG(scheme), name);
	return true;
}

/* Those that the installer writes. */
static bool wheel_is_ours(const struct wheel *w, const char *name)
{
	static const char *const ours[] = { "RECORD", "INSTALLER" };
	size_t n = strlen(w->info);

	return strncmp(name, w->info, n) == 0 && name[n] == '/' &&
	       name_among(name + n + 1, ours, ARRAY_SIZE(ours));
}

static bool wheel_add(struct wheel *w, const struct zip_member *m, struct error *e)
{
	AUTO_ZIP_SOURCE from = { .inflate = NULL };
	const char *path;
	bool script;

	if (str_ends(str_of(m->name), STR("/")) || wheel_is_ours(w, m->name))
		return true;
	if (!wheel_place(w, m->name, &path, &script, e))
		return false;
	if (!path)
		return true;
	if (script)
		return wheel_put_script(w, m, path, e);
	if (!zip_source_open(&from, w->zip, m, e))
		return err_wrap(e, "%s", w->zip->file);
	return wheel_put(w, path, m->mode & 0111, &from.base, e) || err_wrap(e, "%s", w->zip->file);
}

/* A program for each entry point that is one. */
static bool wheel_add_commands(struct wheel *w, struct error *e)
{
	const struct zip_member *m = wheel_member(w, "entry_points.txt");
	struct entry_commands all = { 0 };
	struct str text;

	if (!m)
		return true;
	if (!wheel_text(w, m, &text, e) || !commands_read(w->u->a, text, &all, e))
		return err_wrap(e, "%s: entry_points.txt", w->zip->file);
	for (size_t i = 0; i < all.n; i++) {
		const char *path = arena_printf(w->u->a, "%sbin/%s", w->prefix, all.v[i].name);

		if (!wheel_put_text(w, path, true, command_text(w->u->a, PYTHON, &all.v[i]), e))
			return false;
	}
	return true;
}

bool wheel_read(const struct zip *z, struct unpack_writer *u, struct error *e)
{
	struct wheel w = { .zip = z, .u = u, .record = { .a = u->a } };
	const char *dir, *record;
	struct str_source from;

	if (!wheel_find_info(&w, e) || !wheel_find_places(&w, e))
		return false;
	dir = arena_printf(u->a, "%s%s%s", w.modules, w.modules[0] ? "/" : "", w.info);
	for (size_t i = 0; i < z->members.n; i++) {
		if (!wheel_add(&w, &z->members.v[i], e))
			return false;
	}
	if (!wheel_add_commands(&w, e) ||
	    !wheel_put_text(&w, arena_printf(u->a, "%s/INSTALLER", dir), false, STR("imgbuild\n"),
			    e))
		return false;
	record = arena_printf(u->a, "%s/RECORD", dir);
	record_put_name(&w, wheel_relative(&w, record));
	buf_puts(&w.record, ",,\n");
	str_source_init(&from, buf_str(&w.record), record);
	return unpacked_add_file(u, record, false, &from.base, NULL, e);
}
