/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the steps of a source recipe, one after the other. */

#include "make/compile/compile_steps.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/path.h"
#include "base/jobserver.h"
#include "base/parallel.h"
#include "make/compile/dependency_layout.h"
#include "make/compile/incremental.h"
#include "make/compile/local_files.h"
#include "make/compile/package_note.h"
#include "make/compile/step_failure.h"
#include "make/compile/step_words.h"

#define ANSWER_MAX 16384 /* of pkgconf(1) */
#define SHORT_MS 30	 /* a step that takes longer can bear that the next one is prepared */
#define BUILD_REJECTS "/build/rejects"
#define BUILD_DIFF "/build/debian.diff"

struct source_run {
	struct arena *a;
	const struct compile_request *rq;
	const struct sandbox *box;
	const char *log_path;
	struct jobserver jobserver;
};

/* One, and one more for each token that is held. */
static unsigned steps_jobs(const struct source_run *r)
{
	if (r->rq->options->jobs)
		return r->rq->options->jobs;
	return r->jobserver.in < 0 ? parallel_cpus() : 1 + r->jobserver.n;
}

static const char *steps_expand(const struct source_run *r, const char *text)
{
	const struct platform *p = compile_platform(r->rq->lock);

	text = steps_replace(r->a, text, "${jobs}", arena_printf(r->a, "%u", steps_jobs(r)));
	text = steps_replace(r->a, text, "${destdir}", BUILD_DESTDIR);
	text = steps_replace(r->a, text, "${source}", BUILD_SOURCE);
	text = steps_replace(r->a, text, "${production}",
			     r->rq->source->dependencies.dev ? BUILD_PRODUCTION : BUILD_SOURCE);
	text = steps_replace(r->a, text, "${package-note}",
			     note_option(r->a, r->rq->lock, r->rq->source));
	text = steps_replace(r->a, text, "${target}", p->machine->triplet);
	return steps_for_platform(r->a, p, text);
}

static bool steps_is_source(const struct source_recipe *s, const char *name)
{
	static const char *const endings[] = { ".cc", ".cpp", ".cxx" };

	for (size_t i = 0; s->cxx && i < ARRAY_SIZE(endings); i++) {
		if (str_ends(str_of(name), str_of(endings[i])))
			return true;
	}
	return !s->cxx && str_ends(str_of(name), STR(".c"));
}

/* ${sources}: every .c file of the local folders, in order; of a program in C++ those in C++. */
static bool steps_add_sources(const struct source_run *r, struct strings *argv, struct error *e)
{
	const struct source_recipe *s = r->rq->source;

	for (size_t i = 0; i < s->trees.n; i++) {
		struct local_files files = { 0 };

		if (!local_list(r->a, s->trees.v[i], &files, e))
			return false;
		for (size_t k = 0; k < files.n; k++) {
			if (steps_is_source(s, files.v[k].name))
				*list_push(r->a, argv) = arena_printf(r->a, "%s/%s",
								      path_base(s->trees.v[i]),
								      files.v[k].name);
		}
	}
	return true;
}

static void log_command(const struct source_run *r, const char *name, const struct strings *argv)
{
	dprintf(r->box->log, "== %s:", name);
	for (size_t i = 0; i < argv->n; i++)
		dprintf(r->box->log, " %s", argv->v[i]);
	dprintf(r->box->log, "\n");
}

/* Whether it did what it should. */
static bool step_judge(const struct source_run *r, const char *name, const char *dir,
		       enum sandbox_outcome outcome, int status, struct error *e)
{
	const struct failed_step failed = {
		r->rq, r->box, r->log_path, name, dir, outcome, status
	};

	return (outcome == SANDBOX_EXITED && status == 0) || step_failure_tell(r->a, &failed, e);
}

static void step_announce(const struct source_run *r, const char *name, const struct strings *argv)
{
	log_command(r, name, argv);
	progress_note(r->rq->progress, "%s: %s", r->rq->source->name, name);
}

static bool run_argv(const struct source_run *r, const char *name, const char *dir,
		     const struct strings *argv, struct error *e)
{
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	int status = 0;

	step_announce(r, name, argv);
	return sandbox_run(r->box, dir, argv, &outcome, &status, e) &&
	       step_judge(r, name, dir, outcome, status, e);
}

#define RUN(r, name, dir, e, ...)                                                  \
	run_argv((r), (name), (dir),                                               \
		 &(struct strings){ .v = (const char *[]){ __VA_ARGS__ },          \
				    .n = sizeof((const char *[]){ __VA_ARGS__ }) / \
					 sizeof(const char *) },                   \
		 (e))

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

static bool steps_prepare(const struct source_run *r, struct error *e)
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

/* ${pkg-config}: what pkgconf(1) answers in the sandbox, where the modules are. */
static bool steps_ask_pkgconf(const struct source_run *r, struct strings *argv, struct error *e)
{
	const struct strings *modules = &r->rq->source->pkg_config;
	AUTO_FD answer = memfd_create("pkgconf", MFD_CLOEXEC);
	struct sandbox box = *r->box;
	struct strings ask = { 0 };
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	struct str text, line, word;
	int status = 0;

	if (answer < 0)
		return err_sys(e, "make room for what pkgconf says");
	*list_push(r->a, &ask) = "pkgconf";
	*list_push(r->a, &ask) = "--cflags";
	*list_push(r->a, &ask) = "--libs";
	for (size_t i = 0; i < modules->n; i++)
		*list_push(r->a, &ask) = modules->v[i];
	log_command(r, "pkg-config", &ask);
	box.log = answer;
	if (!sandbox_run(&box, BUILD_SOURCE, &ask, &outcome, &status, e) ||
	    !io_read_file(r->a, AT_FDCWD, arena_printf(r->a, "/proc/self/fd/%d", answer),
			  ANSWER_MAX, &text, e) ||
	    !fd_write(r->box->log, text, r->log_path, e))
		return false;
	while (outcome == SANDBOX_EXITED && status == 0 && str_next(&text, '\n', &line)) {
		while (str_next(&line, ' ', &word)) {
			if (word.n)
				*list_push(r->a, argv) = str_dup(r->a, word);
		}
	}
	return step_judge(r, "pkg-config", BUILD_SOURCE, outcome, status, e);
}

/* A step of the recipe, and its command, if that waits in its sandbox. */
struct planned_step {
	const struct step *step;
	const char *dir;
	struct strings argv;
	struct sandbox_command *command;
};

static void planned_close(struct planned_step *p)
{
	if (p->command)
		sandbox_close(p->command);
	p->command = NULL;
}
#define AUTO_PLANNED __attribute__((cleanup(planned_close))) struct planned_step

static bool plan_step(const struct source_run *r, const struct step *step, struct planned_step *p,
		      struct error *e)
{
	*p = (struct planned_step){ .step = step, .dir = BUILD_SOURCE };
	if (step->dir)
		p->dir = arena_printf(r->a, "%s/%s", BUILD_SOURCE, step->dir);
	for (size_t i = 0; i < step->run.n; i++) {
		const char *word = step->run.v[i];

		if (strcmp(word, "${sources}") == 0) {
			if (!steps_add_sources(r, &p->argv, e))
				return false;
		} else if (strcmp(word, "${pkg-config}") == 0) {
			if (!steps_ask_pkgconf(r, &p->argv, e))
				return false;
		} else {
			*list_push(r->a, &p->argv) = steps_expand(r, word);
		}
	}
	return true;
}

static bool step_has_word(const struct step *step, const char *word)
{
	for (size_t i = 0; i < step->run.n; i++) {
		if (strstr(step->run.v[i], word))
			return true;
	}
	return false;
}

/* Makes the next step's namespaces while this one runs, where its words are known already. What
 * fails here is tried again, and told, when it is the step's turn. */
static void step_prepare(const struct source_run *r, const struct step *step,
			 struct planned_step *p)
{
	struct error ignored = { 0 };

	if (step_has_word(step, "${pkg-config}") ||
	    (r->jobserver.in >= 0 && step_has_word(step, "${jobs}")))
		return;
	if (plan_step(r, step, p, &ignored))
		p->command = sandbox_prepare(r->a, r->box, p->dir, &p->argv, &ignored);
	if (p->command && !sandbox_guard(p->command, &ignored))
		planned_close(p);
	err_clear(&ignored);
}

static bool run_planned(const struct source_run *r, const struct planned_step *p,
			const struct step *next, struct planned_step *then, struct error *e)
{
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	int status = 0;

	if (!sandbox_release(p->command, e))
		return false;
	if (next && sandbox_runs_for(p->command, SHORT_MS))
		step_prepare(r, next, then);
	return sandbox_wait(p->command, &outcome, &status, e) &&
	       step_judge(r, p->step->name, p->dir, outcome, status, e);
}

/* *p: the step, if it was prepared before; then the one that follows. */
static bool run_step(struct source_run *r, const struct step *step, const struct step *next,
		     struct planned_step *p, struct error *e)
{
	AUTO_PLANNED now = *p;
	bool ok;

	*p = (struct planned_step){ 0 };
	if (now.command && !sandbox_runs_for(now.command, 0))
		planned_close(&now); /* the step before it left no room for it, say */
	/* borrows from make, while the step runs, what is free when it begins */
	if (step_has_word(step, "${jobs}"))
		jobserver_take(&r->jobserver, parallel_cpus() - 1);
	if (!now.command && !plan_step(r, step, &now, e))
		return false;
	step_announce(r, step->name, &now.argv);
	if (!now.command)
		now.command = sandbox_prepare(r->a, r->box, now.dir, &now.argv, e);
	ok = now.command && run_planned(r, &now, next, p, e);
	jobserver_give_back(&r->jobserver);
	return ok;
}

static bool run_steps(struct source_run *r, struct error *e)
{
	const struct source_recipe *s = r->rq->source;
	AUTO_PLANNED planned = { 0 };

	if (!steps_prepare(r, e))
		return false;
	for (size_t i = 0; i < s->steps.n; i++) {
		const struct step *next = i + 1 < s->steps.n ? &s->steps.v[i + 1] : NULL;

		if (!run_step(r, &s->steps.v[i], next, &planned, e))
			return false;
	}
	return true;
}

bool steps_run(const struct compile_request *rq, const struct sandbox *box, const char *log_path,
	       struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct source_run r = { &a, rq, box, log_path, JOBSERVER_INIT };
	struct sandbox expanded = *box;
	bool ok;

	expanded.env = (struct variables){ 0 };
	for (size_t i = 0; i < box->env.n; i++)
		*list_push(&a, &expanded.env) = (struct variable){
			box->env.v[i].name, steps_expand(&r, box->env.v[i].value)
		};
	r.box = &expanded;
	if (rq->options->jobs == 0)
		jobserver_open(&r.jobserver, rq->options->makeflags);
	ok = run_steps(&r, e);
	jobserver_close(&r.jobserver);
	return ok;
}
