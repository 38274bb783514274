/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/source_unpack.h"

#include <fcntl.h>
#include <time.h>

#include "base/path.h"
#include "make/compile/build_folders.h"
#include "make/compile/dependency_layout.h"
#include "make/compile/incremental.h"

#define BUILD_REJECTS "/build/rejects"
#define BUILD_DIFF "/build/debian.diff"

static bool is_debian_part(const char *name)
{
	return strstr(name, ".debian.tar.") != NULL;
}

static bool is_main_tarball(const char *name)
{
	return strstr(name, ".tar.") && !is_debian_part(name) &&
	       !str_ends(str_of(name), STR(".asc")) && !str_ends(str_of(name), STR(".sig"));
}

/* "x_1.orig-doc.tar.gz": a component, unpacked into the folder "doc" (dpkg-source(1)). */
static const char *component_folder(const struct source_run *r, const char *name)
{
	const char *orig = strstr(name, ".orig-");
	const char *end = orig ? strstr(orig, ".tar.") : NULL;

	return end ? arena_strndup(r->a, orig + 6, (size_t)(end - orig - 6)) : NULL;
}

static bool unpack_tarball(const struct source_run *r, const char *name, const char *dir,
			   struct error *e)
{
	return RUN(r, "unpack", dir, e, "tar", "--extract", "--file",
		   arena_printf(r->a, "/sources/%s", name), "--strip-components=1",
		   "--no-same-owner", "--no-same-permissions");
}

/* The main tarball first: components stand in its folders. */
static bool unpack_tarballs(const struct source_run *r, const struct locked_source *s,
			    bool components, struct error *e)
{
	for (size_t i = 0; i < s->files.n; i++) {
		const char *name = s->files.v[i].name;
		const char *folder = component_folder(r, name);
		const char *dir = folder ? arena_printf(r->a, BUILD_SOURCE "/%s", folder)
					 : BUILD_SOURCE;

		if (!is_main_tarball(name) || components != (folder != NULL))
			continue;
		if (folder && !RUN(r, "unpack", BUILD_SOURCE, e, "mkdir", "-p", dir))
			return false;
		if (!unpack_tarball(r, name, dir, e))
			return false;
	}
	return true;
}

static bool apply_patch(const struct source_run *r, const char *patch, struct error *e)
{
	return RUN(r, arena_printf(r->a, "patch-%s", path_base(patch)), BUILD_SOURCE, e, "patch",
		   "-p1", "--fuzz=0", "--batch", "--forward", "--no-backup-if-mismatch",
		   "--reject-file", BUILD_REJECTS, "--input", patch);
}

/* Source format 1.0: everything Debian has changed is one compressed diff (dpkg-source(1)). */
static bool apply_diff(const struct source_run *r, const char *path, struct error *e)
{
	return RUN(r, "unpack-diff", "/build", e, "cp", path, BUILD_DIFF ".gz") &&
	       RUN(r, "unpack-diff", "/build", e, "gzip", "--decompress", BUILD_DIFF ".gz") &&
	       apply_patch(r, BUILD_DIFF, e);
}

static bool steps_unpack(const struct source_run *r, const struct locked_source *s, struct error *e)
{
	if (!unpack_tarballs(r, s, false, e) || !unpack_tarballs(r, s, true, e))
		return false;
	for (size_t i = 0; i < s->files.n; i++) {
		const char *path = arena_printf(r->a, "/sources/%s", s->files.v[i].name);

		if (is_debian_part(s->files.v[i].name) &&
		    !RUN(r, "unpack-debian", BUILD_SOURCE, e, "tar", "--extract", "--file", path,
			 "--no-same-owner", "--no-same-permissions"))
			return false;
		if (str_ends(str_of(path), STR(".diff.gz")) && !apply_diff(r, path, e))
			return false;
	}
	return true;
}

/* debian/patches/series: a patch a line; blanks, comments and options after the name are skipped.
 */
static bool apply_series(const struct source_run *r, struct error *e)
{
	const char *path = arena_printf(r->a, "%s/src/debian/patches/series", r->box->build);
	struct error missing = { 0 };
	struct str text, line, name, options;

	if (!io_read_file(r->a, AT_FDCWD, path, 1 << 20, &text, &missing))
		return true; /* a source without patches has no series */
	while (str_next(&text, '\n', &line)) {
		line = str_trim(line);
		str_cut(line, ' ', &name, &options);
		if (name.n == 0 || name.p[0] == '#')
			continue;
		if (!apply_patch(r,
				 arena_printf(r->a, BUILD_SOURCE "/debian/patches/" STR_FMT,
					      STR_ARG(name)),
				 e))
			return false;
	}
	return true;
}

/* One time for every file: generated files must not look older than what they are made from. Where
 * a compiler's cache goes by times, it is one that no build had before. */
static bool settle_times(const struct source_run *r, struct error *e)
{
	const char *when = "@1";

	if (incremental_has_cache(r->rq))
		when = arena_printf(r->a, "@%lld", (long long)time(NULL));
	return RUN(r, "settle-times", BUILD_SOURCE, e, "find", ".", "-exec", "touch", "-h", "-d",
		   when, "{}", "+");
}

static bool steps_unpack_dependencies(const struct source_run *r, struct error *e)
{
	struct dependency_steps steps = { NULL, 0, 0 };

	dependencies_unpacking(r->a, r->rq, &steps);
	list_each(step, &steps) {
		if (!run_argv(r, step->name, "/build", &step->run, e))
			return false;
	}
	return steps.n == 0 || dependencies_unpacked(r->rq, r->box->build, e);
}

bool source_unpack(const struct source_run *r, struct error *e)
{
	const struct source_recipe *s = r->rq->source;
	const struct locked_source *locked = lock_source(r->rq->lock, s->name);

	if (s->dependencies.form)
		return steps_unpack_dependencies(r, e);
	if (!locked)
		return true;
	if (!steps_unpack(r, locked, e) || (s->debian_source && !apply_series(r, e)))
		return false;
	for (size_t i = 0; i < s->patches.n; i++) {
		if (!apply_patch(r, arena_printf(r->a, "/sources/%s", path_base(s->patches.v[i])),
				 e))
			return false;
	}
	return settle_times(r, e);
}
