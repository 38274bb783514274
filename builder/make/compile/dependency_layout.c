/* SPDX-License-Identifier: Apache-2.0 */
/* Copies, for the build's user owns what is below /build, and blobs of the store are nobody's.
 * Crates are unpacked in the sandbox, into folders that have what cargo wants to know of them
 * already. */

#include "make/compile/dependency_layout.h"

#include <assert.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "format/text/cargo_lock.h"
#include "make/compile/folder_below.h"
#include "make/compile/node_modules.h"

#define MODULES "modules"
#define CRATES "vendor"
#define CARGO_HOME "cargo-home"
/* pip's place on Debian, which is on sys.path of python3.13 */
#define PYTHON_MODULES "/usr/local/lib/python3.13/dist-packages"
#define CARGO_CONFIG_MAX (1u << 20)

static bool dependency_copy(const struct compile_request *rq, const struct locked_file *f, int dir,
			    struct error *e)
{
	static const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1 } };
	AUTO_ARENA a = { 0 };
	AUTO_FD in = -1, out = -1;
	struct fd_source from;
	struct fd_sink to;
	int got = store_open_blob(rq->store, &f->sha256, f->size, &in, e);

	if (got < 0)
		return false;
	if (got == 0)
		return err_set(e, ERR_SYSTEM, "%s is not in the store; run imgbuild fetch",
			       f->name);
	if (!file_mkdirs(dir, path_dir(&a, f->path), e))
		return false;
	out = openat(dir, f->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (out < 0)
		return err_sys(e, "create %s", f->path);
	fd_source_init(&from, in, 0, f->size, f->name);
	fd_sink_init(&to, out, f->path);
	if (!io_copy(&from.base, &to.base, e))
		return false;
	if (fchmod(out, 0644) < 0 || futimens(out, times) < 0)
		return err_sys(e, "set mode and time of %s", f->path);
	return fd_close(&out, f->path, e);
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
		if (!dependency_is_for(&l->v.v[i], p))
			continue;
		same = k < n && dependency_has_path(&l->v.v[i], s->files.v[k].path);
		k++;
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

/* Wheels are installed as they would be in the image, into the folder of what the steps install. */
static bool python_lay_out(const struct compile_request *rq, const struct locked_source *s,
			   int workplace, struct error *e)
{
	static const struct unpacking how = { .form = UNPACK_WHEEL, .to = PYTHON_MODULES };
	AUTO_FD out = folder_below_open(workplace, "out", e);

	assert(rq->unpack);
	if (out < 0)
		return false;
	for (size_t i = 0; s && i < s->files.n; i++) {
		if (!rq->unpack(rq, &s->files.v[i], &how, out, e))
			return err_wrap(e, "wheel %s", path_base(s->files.v[i].path));
	}
	return true;
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
	if (!file_mkdirs(workplace, MODULES, e))
		return false;
	dir = file_open_dir(workplace, MODULES, e);
	if (dir < 0)
		return false;
	for (size_t i = 0; s && i < s->files.n; i++) {
		if (!dependency_copy(rq, &s->files.v[i], dir, e))
			return err_wrap(e, "dependency %s", s->files.v[i].path);
	}
	return rq->source->dependencies.form != DEPENDENCY_CARGO ||
	       cargo_lay_out(rq, s, workplace, e);
}

void dependencies_set_env(struct arena *a, const struct source_recipe *s, struct variables *env)
{
	if (s->dependencies.form == DEPENDENCY_GO)
		*list_push(a, env) = (struct variable){ "GOPROXY", "file:///build/" MODULES };
	if (s->dependencies.form == DEPENDENCY_CARGO)
		*list_push(a, env) = (struct variable){ "CARGO_HOME", "/build/" CARGO_HOME };
}

void dependencies_unpacking(struct arena *a, const struct source_recipe *s, struct strings *argv)
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

	for (size_t i = 0; s->dependencies.form == DEPENDENCY_CARGO && i < ARRAY_SIZE(words); i++)
		*list_push(a, argv) = words[i];
}

bool dependencies_unpacked(const struct compile_request *rq, const char *workplace, struct error *e)
{
	const struct locked_source *s = lock_source(rq->lock, rq->source->name);
	AUTO_ARENA a = { 0 };

	for (size_t i = 0; s && i < s->files.n; i++) {
		const char *folder = crate_folder(&a, &s->files.v[i]);
		struct stat st;

		if (lstat(arena_printf(&a, "%s/%s/Cargo.toml", workplace, folder), &st) < 0 ||
		    !S_ISREG(st.st_mode))
			return err_set(e, ERR_INPUT, "%s does not hold %s/Cargo.toml",
				       s->files.v[i].path, path_base(folder));
	}
	return true;
}
