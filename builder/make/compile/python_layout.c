/* SPDX-License-Identifier: Apache-2.0 */
/* What builds is Debian's python3-build, which calls the back end that pyproject.toml names, and
 * what installs is python3-installer: neither asks a network, and pip is not there. */

#include "make/compile/python_layout.h"

#include <assert.h>

#include "base/path.h"
#include "format/text/simple_index.h"
#include "make/compile/dependency_copy.h"
#include "make/compile/folder_below.h"
#include "make/compile/python_local.h"
#include "make/compile/python_needs.h"

#define SDISTS "sdists"
#define WHEELS "wheels"

static bool python_is_wheel(const struct locked_file *f)
{
	return str_ends(str_of(f->path), STR(".whl"));
}

/* "idna/3.7/idna-3.7.tar.gz" -> "idna-3.7" */
static const char *sdist_label(struct arena *a, const struct locked_file *f)
{
	struct str base = str_of(path_base(f->path));

	base.n -= simple_sdist_end(base).n;
	return str_dup(a, base);
}

/* The program of Python that unpacks it, for what tar cannot without others; NULL: tar does. */
static const char *sdist_unpacker(const struct locked_file *f)
{
	struct str end = simple_sdist_end(str_of(path_base(f->path)));

	return str_eq(end, STR(".zip"))					? "zipfile"
	       : memchr(end.p, 'x', end.n) || memchr(end.p, 'b', end.n) ? "tarfile"
									: NULL;
}

static bool sdist_lay_out(const struct compile_request *rq, const struct locked_file *f,
			  int workplace, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *label = sdist_label(&a, f);

	return dependency_copy(rq, f, workplace, arena_printf(&a, SDISTS "/%s", path_base(f->path)),
			       e) &&
	       file_mkdirs(workplace, arena_printf(&a, SDISTS "/%s", label), e);
}

static bool wheels_check_needs(const struct compile_request *rq, int out, struct error *e)
{
	AUTO_FD modules = folder_below_open(out, &PYTHON_MODULES[1], e);

	return modules >= 0 && python_tell_needs(rq, modules, e);
}

static bool python_lay_out_file(const struct compile_request *rq, const struct locked_file *f,
				int workplace, int out, struct error *e)
{
	static const struct unpacking how = { .form = UNPACK_WHEEL, .to = PYTHON_MODULES };

	return (python_is_wheel(f) ? rq->unpack(rq, f, &how, out, e)
				   : sdist_lay_out(rq, f, workplace, e)) ||
	       err_wrap(e, "%s %s", python_is_wheel(f) ? "wheel" : "source distribution",
			path_base(f->path));
}

bool python_lay_out(const struct compile_request *rq, const struct locked_source *s, int workplace,
		    struct error *e)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD out = folder_below_open(workplace, "out", e);
	struct python_local_wheels local = { NULL, 0, 0 };
	bool wheels;

	assert(rq->unpack);
	if (out < 0 || !python_local_wheels(&a, rq, &local, e))
		return false;
	wheels = local.n > 0;
	for (size_t i = 0; s && i < s->files.n; i++) {
		wheels = wheels || python_is_wheel(&s->files.v[i]);
		if (!python_lay_out_file(rq, &s->files.v[i], workplace, out, e))
			return false;
	}
	list_each(f, &local) {
		if (!python_lay_out_file(rq, f, workplace, out, e))
			return false;
	}
	return !wheels || wheels_check_needs(rq, out, e);
}

static void sdist_add_step(struct arena *a, struct dependency_steps *out, const char *name,
			   const char *const *words)
{
	struct step *step = list_push(a, out);

	step->name = name;
	for (; *words; words++)
		*list_push(a, &step->run) = *words;
}
#define SDIST_STEP(a, out, name, ...) \
	sdist_add_step((a), (out), (name), (const char *const[]){ __VA_ARGS__, NULL })

/* tar takes the folder that all of the archive stands in away, the others leave it. */
static void sdist_add_unpacking(struct arena *a, const struct locked_file *f, const char *folder,
				struct dependency_steps *out)
{
	const char *name = arena_printf(a, "unpack-%s", sdist_label(a, f));
	const char *file = arena_printf(a, "/build/" SDISTS "/%s", path_base(f->path));
	const char *unpacker = sdist_unpacker(f);

	if (!unpacker)
		SDIST_STEP(a, out, name, "tar", "--extract", "--strip-components=1",
			   "--no-same-owner", "--no-same-permissions", "--directory", folder,
			   "--file", file);
	else if (strcmp(unpacker, "zipfile") == 0)
		SDIST_STEP(a, out, name, "python3", "-m", "zipfile", "-e", file, folder);
	else
		SDIST_STEP(a, out, name, "python3", "-m", "tarfile", "--filter", "data", "-e", file,
			   folder);
}

static void sdist_add_build(struct arena *a, const struct locked_file *f, const char *folder,
			    const char *wheels, struct dependency_steps *out)
{
	const char *name = arena_printf(a, "build-%s", sdist_label(a, f));

	if (!sdist_unpacker(f))
		SDIST_STEP(a, out, name, "python3", "-m", "build", "--wheel", "--no-isolation",
			   "--skip-dependency-check", "--outdir", wheels, folder);
	else /* the name of the folder in the archive is its author's choice */
		SDIST_STEP(a, out, name, "find", folder, "-mindepth", "1", "-maxdepth", "1",
			   "-type", "d", "-exec", "python3", "-m", "build", "--wheel",
			   "--no-isolation", "--skip-dependency-check", "--outdir", wheels, "{}",
			   "+");
}

void python_build_steps(struct arena *a, const struct compile_request *rq,
			struct dependency_steps *out)
{
	const struct locked_source *s = lock_source(rq->lock, rq->source->name);

	for (size_t i = 0; s && i < s->files.n; i++) {
		const struct locked_file *f = &s->files.v[i];
		const char *label = sdist_label(a, f);
		const char *folder = arena_printf(a, "/build/" SDISTS "/%s", label);
		const char *wheels = arena_printf(a, "/build/" WHEELS "/%s", label);

		if (python_is_wheel(f))
			continue;
		sdist_add_unpacking(a, f, folder, out);
		sdist_add_build(a, f, folder, wheels, out);
		/* the name of the wheel is not known before */
		SDIST_STEP(a, out, arena_printf(a, "install-%s", label), "find", wheels, "-name",
			   "*.whl", "-exec", "python3", "-m", "installer", "--no-compile-bytecode",
			   "--destdir=/build/out", "{}", "+");
	}
}
