/* SPDX-License-Identifier: Apache-2.0 */
/* Requirements files that include others, beside what pip's own parser finds in them. */

#include <criterion/criterion.h>
#include <glob.h>

#include "base/path.h"
#include "format/text/requirements.h"
#include "input/recipe/python_requirements.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define SUM1 "512761e0bb2578dd7380c6baaa0f4ce03e84f95e960231d1dec8bf4d7d6cbea4"
#define SUM2 "c30bb24b7f1e9a19b11b55a546434f74e739bb4c271a3e3a80ff4380d49f7adb"
#define HASH1 " --hash=sha256:" SUM1 "\n"
#define HASH2 " --hash=sha256:" SUM2 "\n"
#define FILES 10

struct included_run {
	struct arena a;
	const char *dir;
	struct dependencies found;
	struct strings inputs;
	struct error e;
};

/* The files ("NAME", text, ...), of which the first is the lock file. */
static bool included_read(struct included_run *r, const char *const *files)
{
	struct buf texts = { .a = &r->a };
	const char *dir = path_dir(&r->a, files[0]);

	r->dir = files_temporary(&r->a);
	for (size_t i = 0; i + 1 < FILES && files[i]; i += 2)
		files_put(arena_printf(&r->a, "%s/app/%s", r->dir, files[i]), files[i + 1]);
	r->found = (struct dependencies){
		.file = arena_printf(&r->a, "%s/app/%s", r->dir, files[0]), .dir = dir
	};
	return python_requirements_read(&r->a, str_of(files[1]), &r->found, &r->inputs, &texts,
					&r->e);
}

static void included_close(struct included_run *r)
{
	files_remove(r->dir);
	arena_free(&r->a);
}

/* "idna 3.7 base.txt:1 [amd64 arm64] 1" */
static const char *included_text(struct included_run *r)
{
	struct buf out = { .a = &r->a };

	list_each(d, &r->found.v) {
		buf_printf(&out, "%s%s %s:%u", d->path, d->lock + strlen(r->dir) + 5,
			   d->platforms.n == 2 ? "both" : d->platforms.v[0]->machine->oci, d->line);
		buf_printf(&out, " %02x%zu\n", d->hashes.v[0].b[0], d->hashes.n);
	}
	return buf_cstr(&out);
}

static const char *const included_files[FILES] = {
	"requirements.txt",
	"-c constraints.txt\n--requirement=parts/web.txt # the web\nsix==1.16.0" HASH1
	"idna --hash=sha256:" SUM2 "\n",
	"parts/web.txt",
	"-r ../base.txt\n-rmore.txt\njinja2==3.1.4" HASH1,
	"parts/more.txt",
	"--requirement \"../base.txt\"\nzipp==3.1 ; sys_platform == 'win32'\n",
	"base.txt",
	"markupsafe>=2,<3\n",
	"constraints.txt",
	"markupsafe==2.1.5 ; platform_machine == 'aarch64'" HASH2
	"markupsafe==2.1.4 ; platform_machine != 'aarch64'" HASH1 "idna==3.7" HASH1
	"six>=1.15\nnot.there==1\n",
};

Test(python_requirements, included_files_and_constraints)
{
	struct included_run r = { .dir = NULL };

	cr_assert(included_read(&r, included_files), "%s:%u: %s", r.e.at.file, r.e.at.line,
		  r.e.cause);
	cr_expect_str_eq(included_text(&r), "idna/3.7/requirements.txt both:4 c31\n"
					    "jinja2/3.1.4/parts/web.txt both:3 511\n"
					    "markupsafe/2.1.4/base.txt amd64:1 511\n"
					    "markupsafe/2.1.5/base.txt arm64:1 c31\n"
					    "six/1.16.0/requirements.txt both:3 511\n");
	cr_expect_eq(r.inputs.n, 4, "each is read once: %zu", r.inputs.n);
	included_close(&r);
}

/* One version, of which each machine has a file of its own. */
Test(python_requirements, constraints_with_hashes_of_one_machine)
{
	static const char *const files[FILES] = { "requirements.txt", "-c c.txt\nsix\n", "c.txt",
						  "six==1 ; platform_machine == 'aarch64'" HASH2
						  "six==1 ; platform_machine == 'x86_64'" HASH1 };
	struct included_run r = { .dir = NULL };

	cr_assert(included_read(&r, files), "%s", r.e.cause);
	cr_expect_str_eq(included_text(&r), "six/1/requirements.txt amd64:2 511\n"
					    "six/1/requirements.txt arm64:2 c31\n");
	included_close(&r);
}

/* What pip's parser gives, of the same files: requirements, in its order, without repetitions. */
static const char included_script[] = "import sys; sys.path.insert(0, sys.argv[1])\n"
				      "from pip._internal.req.req_file import parse_requirements\n"
				      "from pip._internal.network.session import PipSession\n"
				      "seen = []\n"
				      "for r in parse_requirements(sys.argv[2], PipSession()):\n"
				      "    line = '%d %s' % (r.constraint, r.requirement)\n"
				      "    if line not in seen: seen.append(line)\n"
				      "for line in sorted(seen): print(line)\n";

static int compare_lines(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

struct included_flat {
	struct requirements_include base;
	struct arena *a;
	const char *dir;
	struct requirements *all;
};

static bool included_flat_read(struct requirements_include *base, struct str path, bool constraints,
			       struct error *e)
{
	struct included_flat *f = (struct included_flat *)base;
	const char *file = arena_printf(f->a, "%s/app/%s%s", f->dir,
					str_eq(path, STR("more.txt")) ? "parts/" : "",
					str_starts(path, STR("../")) ? path.p + 3
								     : str_dup(f->a, path));

	file = arena_strndup(f->a, file, strcspn(file, "\""));
	return requirements_read(f->a, str_of(files_get(f->a, file)), file, constraints, f->all, e);
}

Test(python_requirements, as_the_parser_of_pip_reads_them)
{
	struct included_run r = { .dir = NULL };
	struct included_flat f = { .base = { included_flat_read }, .a = &r.a };
	struct requirements all = { .include = &f.base };
	struct strings lines = { NULL, 0, 0 };
	const char *pip = NULL;
	glob_t found;

	oracle_need("python3");
	if (glob("/usr/share/python-wheels/pip-*.whl", 0, NULL, &found) == 0)
		pip = arena_strdup(&r.a, found.gl_pathv[0]);
	globfree(&found);
	if (!pip)
		cr_skip_test("python3-pip-whl is not installed");
	cr_assert(included_read(&r, included_files));
	f.dir = r.dir;
	f.all = &all;
	cr_assert(requirements_read(&r.a, str_of(included_files[1]), "r", false, &all, &r.e), "%s",
		  r.e.cause);
	for (size_t k = 0; k < 2; k++) {
		const struct requirement_list *l = k ? &all.constraints : &all.v;

		list_each(x, l) {
			const char *line = arena_printf(&r.a, "%zu %s" STR_FMT "%s" STR_FMT, k,
							strcmp(x->name, "not-there") == 0
								? "not.there"
								: x->name,
							STR_ARG(x->specifiers),
							x->marker.n ? " ; " : "",
							STR_ARG(x->marker));

			if (!strings_has(&lines, line))
				*list_push(&r.a, &lines) = line;
		}
	}
	cr_assert_gt(lines.n, 0);
	qsort(lines.v, lines.n, sizeof(*lines.v), compare_lines);
	cr_expect_str_eq(str_dup(&r.a,
				 ORACLE(&r.a, "python3", "-c", included_script, pip, r.found.file)),
			 arena_printf(&r.a, "%s\n", strings_join(&r.a, &lines, "\n")));
	included_close(&r);
}

static const struct {
	const char *files[FILES], *file;
	unsigned line;
	const char *says;
} included_faults[] = {
	{ { "requirements.txt", "\n-r base.txt\n" },
	  "requirements.txt",
	  2,
	  "app/base.txt: No such file or directory" },
	{ { "requirements.txt", "-r ../base.txt\n" },
	  "requirements.txt",
	  1,
	  "../base.txt is outside of the source's folder, " },
	{ { "requirements.txt", "-c /etc/c.txt\n" },
	  "requirements.txt",
	  1,
	  "/etc/c.txt is outside of the source's folder, " },
	{ { "requirements.txt", "-r requirements.txt\n" },
	  "requirements.txt",
	  1,
	  "requirements.txt includes itself: remove this line" },
	{ { "requirements.txt", "-r a.txt\n", "a.txt", "-r x/b.txt\n", "x/b.txt",
	    "idna==1" HASH1 "-r ../a.txt\n" },
	  "x/b.txt",
	  2,
	  "a.txt includes itself, by x/b.txt: remove this line" },
	{ { "requirements.txt", "-r a.txt\n", "a.txt", "idna>=1\n" },
	  "a.txt",
	  1,
	  "\"idna>=1\" is not a requirement with a fixed version: write name==version" },
	{ { "requirements.txt", "-r a.txt\n", "a.txt", "idna==1\n" },
	  "a.txt",
	  1,
	  "idna 1 has no --hash=sha256:... of its own" },
	{ { "requirements.txt", "-r a.txt\nidna==1" HASH1, "a.txt", "idna==1" HASH1 },
	  "requirements.txt",
	  2,
	  "idna is there twice for linux/amd64 (see line 1 of " },
	{ { "requirements.txt", "-r a.txt\nidna==1" HASH1, "a.txt", "what ever\n" },
	  "a.txt",
	  1,
	  "\"what ever\" is not a requirement" },
	{ { "requirements.txt", "-c c.txt\nidna==1" HASH1, "c.txt", "\nidna>1\n" },
	  "requirements.txt",
	  2,
	  "/app/c.txt:2 have no version in common: name one version in both" },
	{ { "requirements.txt", "-c c.txt\nidna<1\n", "c.txt", "idna==1" HASH1 },
	  "requirements.txt",
	  2,
	  "idna<1 and the constraint \"idna==1\" of " },
	{ { "requirements.txt", "idna==1" HASH1 "-c c.txt\n", "c.txt", "x;os_name==\n" },
	  "c.txt",
	  1,
	  "the marker \"os_name==\" is malformed" },
	{ { "requirements.txt", "-c c.txt\nidna==1\n", "c.txt", "idna==1\n" },
	  "requirements.txt",
	  2,
	  "idna 1 has no --hash" },
};

Test(python_requirements, what_is_wrong_is_told_with_its_file_and_line)
{
	for (size_t i = 0; i < ARRAY_SIZE(included_faults); i++) {
		struct included_run r = { .dir = NULL };

		cr_expect_not(included_read(&r, included_faults[i].files));
		cr_expect(r.e.kind == ERR_INPUT && strstr(r.e.cause, included_faults[i].says) &&
				  str_ends(str_of(r.e.at.file),
					   str_of(arena_printf(&r.a, "/app/%s",
							       included_faults[i].file))) &&
				  r.e.at.line == included_faults[i].line,
			  "%zu: %s:%u: %s", i, r.e.at.file, r.e.at.line, r.e.cause);
		included_close(&r);
	}
}

/* A circle of files that differ in name only cannot be made; a long chain can. */
Test(python_requirements, files_stand_in_one_another_so_far)
{
	for (size_t n = 15; n <= 16; n++) {
		struct included_run r = { .dir = NULL };
		const char *const files[FILES] = { "requirements.txt", "-r 1.txt\n" };
		struct buf texts = { .a = &r.a };
		const char *app;

		included_read(&r, files);
		app = arena_printf(&r.a, "%s/app", r.dir);
		for (size_t i = 1; i <= n; i++)
			files_put(arena_printf(&r.a, "%s/%zu.txt", app, i),
				  i < n ? arena_printf(&r.a, "-r %zu.txt\n", i + 1) : "");
		err_clear(&r.e);
		cr_expect_eq(python_requirements_read(&r.a, str_of(files[1]), &r.found, &r.inputs,
						      &texts, &r.e),
			     n == 15, "%s", r.e.cause);
		cr_expect(n == 15 || strstr(r.e.cause, "more than 16 files stand in one another"),
			  "%s", r.e.cause);
		included_close(&r);
	}
}
