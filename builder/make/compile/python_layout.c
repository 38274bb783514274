/* SPDX-License-Identifier: Apache-2.0 */
/* What builds is Debian's python3-build, which calls the back end that pyproject.toml names, and
 * what installs is python3-installer: neither asks a network, and pip is not there. */

#include "make/compile/python_layout.h"

#include <assert.h>

#include "base/path.h"
#include "make/compile/dependency_copy.h"
#include "make/compile/folder_below.h"
#include "make/compile/python_needs.h"

#define SDISTS "sdists"
#define WHEELS "wheels"
#define SDIST_END ".tar.gz"

static bool python_is_wheel(const struct locked_file *f)
{
	return str_ends(str_of(f->path), STR(".whl"));
}

/* "idna/3.7/idna-3.7.tar.gz" -> "idna-3.7" */
static const char *sdist_label(struct arena *a, const struct locked_file *f)
{
	struct str base = str_of(path_base(f->path));

	if (str_ends(base, STR(SDIST_END)))
		base.n -= strlen(SDIST_END);
	return str_dup(a, base);
}

static bool sdist_lay_out(const struct compile_request *rq, const struct locked_file *f,
			  int workplace, struct error *e)
{
	AUTO_ARENA a = { 0 };
	const char *label = sdist_label(&a, f);

	return dependency_copy(rq, f, workplace, arena_printf(&a, SDISTS "/%s" SDIST_END, label),
			       e) &&
	       file_mkdirs(workplace, arena_printf(&a, SDISTS "/%s", label), e);
}

static bool wheels_check_needs(const struct compile_request *rq, int out, struct error *e)
{
	AUTO_FD modules = folder_below_open(out, &PYTHON_MODULES[1], e);

	return modules >= 0 && python_tell_needs(rq, modules, e);
}

bool python_lay_out(const struct compile_request *rq, const struct locked_source *s, int workplace,
		    struct error *e)
{
	static const struct unpacking how = { .form = UNPACK_WHEEL, .to = PYTHON_MODULES };
	AUTO_FD out = folder_below_open(workplace, "out", e);
	bool wheels = false;

	assert(rq->unpack);
	if (out < 0)
		return false;
	for (size_t i = 0; s && i < s->files.n; i++) {
		const struct locked_file *f = &s->files.v[i];

		wheels = wheels || python_is_wheel(f);
		if (!(python_is_wheel(f) ? rq->unpack(rq, f, &how, out, e)
					 : sdist_lay_out(rq, f, workplace, e)))
			return err_wrap(e, "%s %s",
					python_is_wheel(f) ? "wheel" : "source distribution",
					path_base(f->path));
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
		SDIST_STEP(a, out, arena_printf(a, "unpack-%s", label), "tar", "--extract",
			   "--strip-components=1", "--no-same-owner", "--no-same-permissions",
			   "--directory", folder, "--file",
			   arena_printf(a, "/build/" SDISTS "/%s" SDIST_END, label));
		SDIST_STEP(a, out, arena_printf(a, "build-%s", label), "python3", "-m", "build",
			   "--wheel", "--no-isolation", "--skip-dependency-check", "--outdir",
			   wheels, folder);
		/* the name of the wheel is not known before */
		SDIST_STEP(a, out, arena_printf(a, "install-%s", label), "find", wheels, "-name",
			   "*.whl", "-exec", "python3", "-m", "installer", "--no-compile-bytecode",
			   "--destdir=/build/out", "{}", "+");
	}
}
