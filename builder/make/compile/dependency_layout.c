/* SPDX-License-Identifier: Apache-2.0 */
/* Crates are unpacked in the sandbox, into folders that have what cargo wants to know of them
 * already. */

#include "make/compile/dependency_layout.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/cargo_lock.h"
#include "make/compile/dependency_copy.h"
#include "make/compile/node_modules.h"
#include "make/compile/python_layout.h"

#define MODULES "modules"
#define CRATES "vendor"
#define CARGO_HOME "cargo-home"
#define JARS_PROVIDED "provided"
#define JAR_MANIFEST "manifest"
#define MANIFEST_LINE_MAX 72
#define CARGO_CONFIG_MAX (1u << 20)

/* Of npm what is optional everywhere: it may be for another Node.js (input/relock/node_engines.h).
 */
static bool dependency_may_be_left_out(const struct dependencies *l, const struct dependency *d)
{
	bool found = false;

	list_each(x, &l->entries) {
		if (!x->file || strcmp(x->file, d->path) != 0)
			continue;
		if (!x->optional)
			return false;
		found = true;
	}
	return found;
}

/* Both are sorted. A lock that somebody has changed could name more, or less. */
static bool dependencies_are_locked(const struct compile_request *rq, const struct locked_source *s,
				    struct error *e)
{
	const struct dependencies *l = &rq->source->dependencies;
	const struct platform *p = compile_platform(rq->lock);
	size_t n = s ? s->files.n : 0, k = 0;
	bool same = n == 0 || locked_source_is_dependencies(s);

	for (size_t i = 0; same && i < l->v.n; i++) {
		if (!dependency_is_locked(&l->v.v[i], p))
			continue;
		if (k < n && dependency_has_path(&l->v.v[i], s->files.v[k].path))
			k++;
		else
			same = dependency_may_be_left_out(l, &l->v.v[i]);
	}
	return (same && k == n) ||
	       err_set(e, ERR_INPUT, "%s does not name what %s names; run imgbuild lock",
		       rq->lock->file, l->file);
}

/* "serde-1.0.219.crate" -> "vendor/serde-1.0.219" */
static const char *crate_folder(struct arena *a, const struct locked_file *f)
{
	return arena_printf(a, CRATES "/%.*s", (int)(strlen(f->path) - strlen(".crate")), f->path);
}

/* Of a folder whose files have no checksums of their own, cargo compares that of the crate with
 * Cargo.lock. */
static bool crate_prepare(const struct locked_file *f, int workplace, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *text = arena_printf(&a, "{\"files\":{},\"package\":\"%s\"}\n",
					digest_hex_dup(&a, &f->sha256));
	AUTO_FD dir = -1;

	if (!file_mkdirs(workplace, crate_folder(&a, f), e))
		return false;
	dir = file_open_dir(workplace, crate_folder(&a, f), e);
	return dir >= 0 && file_write(dir, ".cargo-checksum.json", 0644, str_of(text), e);
}

/* Settings that take every registry of Cargo.lock from the folder. */
static bool cargo_write_settings(const struct dependencies *l, int workplace, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct strings done = { NULL, 0, 0 };
	AUTO_FD dir = -1;

	buf_puts(&text, "[source.vendored]\ndirectory = \"/build/" CRATES "\"\n"
			"[source.crates-io]\nreplace-with = \"vendored\"\n");
	for (size_t i = 0; i < l->v.n; i++) {
		const char *origin = l->v.v[i].origin;

		if (cargo_lock_is_public(origin) || strings_has(&done, origin))
			continue;
		*list_push(&a, &done) = origin;
		buf_printf(&text,
			   "[source.\"%s\"]\nregistry = \"%s\"\nreplace-with = \"vendored\"\n",
			   origin, strncmp(origin, "registry+", 9) == 0 ? origin + 9 : origin);
	}
	if (!file_mkdirs(workplace, CARGO_HOME, e))
		return false;
	dir = file_open_dir(workplace, CARGO_HOME, e);
	return dir >= 0 && file_write(dir, "config.toml", 0644, buf_str(&text), e);
}

/* Settings of the project win over those: what it says of sources is left out of the copy. */
static bool cargo_drop_sources(int workplace, const char *name, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct error none = { .kind = ERR_NONE };
	AUTO_FD dir = file_open_dir(workplace, "src/.cargo", &none);
	struct buf out = { .a = &a };
	struct str text, line;
	bool drop = false;

	if (dir < 0 || faccessat(dir, name, F_OK, 0) < 0)
		return true;
	if (!io_read_file(&a, dir, name, CARGO_CONFIG_MAX, &text, e))
		return false;
	while (str_next(&text, '\n', &line)) {
		struct str word = str_trim(line);

		if (str_starts(word, STR("[")))
			drop = str_starts(word, STR("[source.")) ||
			       str_starts(word, STR("[source]"));
		if (!drop)
			buf_printf(&out, STR_FMT "\n", STR_ARG(line));
	}
	return file_write(dir, name, 0644, buf_str(&out), e);
}

static bool cargo_lay_out(const struct compile_request *rq, const struct locked_source *s,
			  int workplace, struct error *e)
{
	for (size_t i = 0; s && i < s->files.n; i++) {
		if (!crate_prepare(&s->files.v[i], workplace, e))
			return false;
	}
	return file_mkdirs(workplace, CRATES, e) &&
	       cargo_write_settings(&rq->source->dependencies, workplace, e) &&
	       cargo_drop_sources(workplace, "config.toml", e) &&
	       cargo_drop_sources(workplace, "config", e);
}

/* Where a jar stands below /build: those of the image among what the steps install. */
static const char *jar_place(struct arena *a, const struct dependency *d)
{
	return arena_printf(a, "%s/%s", d->provided ? JARS_PROVIDED : "out" IMAGE_JARS, d->file);
}

static int compare_jar_ranks(const void *x, const void *y)
{
	const struct dependency *a = *(const struct dependency *const *)x;
	const struct dependency *b = *(const struct dependency *const *)y;

	return (a->rank > b->rank) - (a->rank < b->rank);
}

/* The jars in the order of the class path, which is not that of the lock. */
static const struct dependency **jars_in_order(struct arena *a, const struct dependencies *l)
{
	const struct dependency **out = arena_array(a, l->v.n + 1,
						    sizeof(const struct dependency *));

	for (size_t i = 0; i < l->v.n; i++)
		out[i] = &l->v.v[i];
	qsort(out, l->v.n, sizeof(const struct dependency *), compare_jar_ranks);
	return out;
}

/* A line of a manifest has 72 bytes at most; a blank in front goes on with the one before (JAR file
 * specification). */
static void jar_fold_line(struct str line, struct buf *out)
{
	size_t room = MANIFEST_LINE_MAX;

	for (size_t i = 0; i < line.n; i++) {
		if (room == 0) {
			buf_puts(out, "\r\n ");
			room = MANIFEST_LINE_MAX - 1;
		}
		buf_putc(out, line.p[i]);
		room--;
	}
	buf_puts(out, "\r\n");
}

/* What jar(1) puts into the project's own jar, so that java -jar finds the others. */
static bool jar_write_manifest(const struct dependencies *l, int workplace, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const struct dependency **jars = jars_in_order(&a, l);
	struct buf line = { .a = &a }, text = { .a = &a };

	buf_puts(&text, "Manifest-Version: 1.0\r\n");
	buf_puts(&line, "Class-Path:");
	for (size_t i = 0; i < l->v.n; i++) {
		if (!jars[i]->provided)
			buf_printf(&line, " %s/%s", path_base(IMAGE_JARS), jars[i]->file);
	}
	if (line.n > strlen("Class-Path:"))
		jar_fold_line(buf_str(&line), &text);
	return file_write(workplace, JAR_MANIFEST, 0644, buf_str(&text), e);
}

static bool jars_lay_out(const struct compile_request *rq, const struct locked_source *s,
			 int workplace, struct error *e)
{
	const struct dependencies *l = &rq->source->dependencies;

	for (size_t i = 0; s && i < s->files.n; i++) {
		AUTO_ARENA a = { 0 };

		/* dependencies_are_locked: both have the same paths in the same order */
		if (!dependency_copy(rq, &s->files.v[i], workplace, jar_place(&a, &l->v.v[i]), e))
			return err_wrap(e, "dependency %s", s->files.v[i].path);
	}
	return jar_write_manifest(l, workplace, e);
}

bool dependencies_lay_out(const struct compile_request *rq, int workplace, struct error *e)
{
	const struct locked_source *s = lock_source(rq->lock, rq->source->name);
	AUTO_FD dir = -1;

	if (!rq->source->dependencies.form)
		return true;
	if (!dependencies_are_locked(rq, s, e))
		return false;
	if (rq->source->dependencies.form == DEPENDENCY_NPM)
		return node_modules_lay_out(rq, s, workplace, e);
	if (rq->source->dependencies.form == DEPENDENCY_PYTHON)
		return python_lay_out(rq, s, workplace, e);
	if (rq->source->dependencies.form == DEPENDENCY_MAVEN)
		return jars_lay_out(rq, s, workplace, e);
	if (!file_mkdirs(workplace, MODULES, e))
		return false;
	dir = file_open_dir(workplace, MODULES, e);
	if (dir < 0)
		return false;
	for (size_t i = 0; s && i < s->files.n; i++) {
		if (!dependency_copy(rq, &s->files.v[i], dir, s->files.v[i].path, e))
			return err_wrap(e, "dependency %s", s->files.v[i].path);
	}
	return rq->source->dependencies.form != DEPENDENCY_CARGO ||
	       cargo_lay_out(rq, s, workplace, e);
}

static const char *jars_class_path(struct arena *a, const struct dependencies *l)
{
	const struct dependency **jars = jars_in_order(a, l);
	struct strings paths = { NULL, 0, 0 };

	for (size_t i = 0; i < l->v.n; i++)
		*list_push(a, &paths) = arena_printf(a, "/build/%s", jar_place(a, jars[i]));
	return strings_join(a, &paths, ":");
}

void dependencies_set_env(struct arena *a, const struct source_recipe *s, struct variables *env)
{
	if (s->dependencies.form == DEPENDENCY_GO)
		*list_push(a, env) = (struct variable){ "GOPROXY", "file:///build/" MODULES };
	if (s->dependencies.form == DEPENDENCY_CARGO)
		*list_push(a, env) = (struct variable){ "CARGO_HOME", "/build/" CARGO_HOME };
	if (s->dependencies.form == DEPENDENCY_PYTHON)
		*list_push(a, env) = (struct variable){ "PYTHONPATH", "/build/out" PYTHON_MODULES };
	if (s->dependencies.form == DEPENDENCY_MAVEN)
		*list_push(a, env) = (struct variable){ "CLASSPATH",
							jars_class_path(a, &s->dependencies) };
}

/* All crates in one go. */
static void crates_unpack(struct arena *a, struct dependency_steps *out)
{
	static const char *const words[] = {
		"find",
		"/build/" MODULES,
		"-name",
		"*.crate",
		"-exec",
		"tar",
		"--extract",
		"--skip-old-files",
		"--no-same-owner",
		"--no-same-permissions",
		"--directory",
		"/build/" CRATES,
		"--file",
		"{}",
		";",
	};
	struct step *step = list_push(a, out);

	step->name = "unpack-dependencies";
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		*list_push(a, &step->run) = words[i];
}

void dependencies_unpacking(struct arena *a, const struct compile_request *rq,
			    struct dependency_steps *out)
{
	if (rq->source->dependencies.form == DEPENDENCY_CARGO)
		crates_unpack(a, out);
	if (rq->source->dependencies.form == DEPENDENCY_PYTHON)
		python_build_steps(a, rq, out);
}

bool dependencies_unpacked(const struct compile_request *rq, const char *workplace, struct error *e)
{
	const struct locked_source *s = lock_source(rq->lock, rq->source->name);
	bool crates = rq->source->dependencies.form == DEPENDENCY_CARGO;
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; crates && s && i < s->files.n; i++) {
		const char *folder = crate_folder(&a, &s->files.v[i]);
		struct stat st;

		if (lstat(arena_printf(&a, "%s/%s/Cargo.toml", workplace, folder), &st) < 0 ||
		    !S_ISREG(st.st_mode))
			return err_set(e, ERR_INPUT, "%s does not hold %s/Cargo.toml",
				       s->files.v[i].path, path_base(folder));
	}
	return true;
}
