/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the steps of a source recipe, one after the other, or beside each other where it says so. */

#include "make/compile/compile_steps.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/parallel.h"
#include "make/compile/local_files.h"
#include "make/compile/package_note.h"
#include "make/compile/source_run.h"
#include "make/compile/source_unpack.h"
#include "make/compile/step_words.h"

#define ANSWER_MAX 16384 /* of pkgconf(1) */
#define SHORT_MS 30	 /* a step that takes longer can bear that the next one is prepared */

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

static bool steps_is_source(bool cxx, const char *name)
{
	static const char *const endings[] = { ".cc", ".cpp", ".cxx" };

	for (size_t i = 0; cxx && i < ARRAY_SIZE(endings); i++) {
		if (str_ends(str_of(name), str_of(endings[i])))
			return true;
	}
	return !cxx && str_ends(str_of(name), STR(".c"));
}

/* `others`: files of the other language are there. */
static bool steps_fail_sourceless(const struct source_recipe *s, bool others, struct error *e)
{
	static const char *const endings[] = { ".c", ".cc, .cpp or .cxx" };

	if (s->trees.n == 0)
		err_set(e, ERR_INPUT,
			"${sources} are those of a program of \"programs\"; a step of %s names its "
			"files",
			s->file);
	else
		err_set(e, ERR_INPUT, "%s has no %s file%s", s->trees.v[0], endings[s->cxx],
			!others	 ? ""
			: s->cxx ? "; its .c files are compiled without \"language\": \"c++\""
				 : "; with \"language\": \"c++\" those in C++ are compiled");
	return err_at(e, s->at.file, s->at.line, s->at.col);
}

/* A symlink to another source would be the same code twice. */
static bool steps_is_compiled(bool cxx, const struct local_file *f)
{
	return steps_is_source(cxx, f->name) && !(f->target && steps_is_source(cxx, f->target));
}

/* ${sources}: every .c file of the local folders, in order; of a program in C++ those in C++. */
static bool steps_add_sources(const struct source_run *r, struct strings *argv, struct error *e)
{
	const struct source_recipe *s = r->rq->source;
	size_t before = argv->n;
	bool others = false;

	for (size_t i = 0; i < s->trees.n; i++) {
		struct local_files files = { 0 };

		if (!local_list(r->a, s->trees.v[i], &files, e))
			return false;
		for (size_t k = 0; k < files.n; k++) {
			others = others || steps_is_source(!s->cxx, files.v[k].name);
			if (steps_is_compiled(s->cxx, &files.v[k]))
				*list_push(r->a, argv) = arena_printf(r->a, "%s/%s",
								      path_base(s->trees.v[i]),
								      files.v[k].name);
		}
	}
	return argv->n > before || steps_fail_sourceless(s, others, e);
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
	list_append(r->a, &ask, modules);
	run_log_command(r, "pkg-config", &ask);
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
	return run_judge(r, "pkg-config", BUILD_SOURCE, outcome, status, e);
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
	       run_judge(r, p->step->name, p->dir, outcome, status, e);
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
	run_announce(r, step->name, &now.argv);
	if (!now.command)
		now.command = sandbox_prepare(r->a, r->box, now.dir, &now.argv, e);
	ok = now.command && run_planned(r, &now, next, p, e);
	jobserver_give_back(&r->jobserver);
	return ok;
}

/* A step that goes on beside those behind it. */
struct beside_step {
	struct planned_step planned;
	struct source_run run; /* with a box whose log is its own */
	struct sandbox box;
};
struct besides LIST(struct beside_step *);

static void beside_close(struct beside_step *b)
{
	planned_close(&b->planned);
	fd_closep(&b->box.log);
}

static void besides_close(struct besides *all)
{
	list_each(b, all)
		beside_close(*b);
}
#define AUTO_BESIDES __attribute__((cleanup(besides_close))) struct besides

/* Not where only one job may run: as -j says, or make's jobserver. */
static bool step_goes_on(const struct source_run *r, const struct step *step)
{
	return step && step->until && r->rq->options->jobs != 1 && r->jobserver.in < 0;
}

/* Its lines come into the log when it has ended: not among those of others. */
static bool beside_begin(const struct source_run *r, const struct step *step, struct besides *all,
			 struct error *e)
{
	struct beside_step *b = arena_alloc(r->a, sizeof(*b));
	struct planned_step *p = &b->planned;

	*b = (struct beside_step){ .run = *r, .box = *r->box };
	b->run.box = &b->box;
	b->box.log = file_open_unnamed(r->rq->store->fd, e);
	if (b->box.log < 0)
		return err_wrap(e, "the log of %s", step->name);
	*list_push(r->a, all) = b;
	if (!plan_step(&b->run, step, p, e))
		return false;
	run_announce(&b->run, step->name, &p->argv);
	p->command = sandbox_prepare(r->a, &b->box, p->dir, &p->argv, e);
	return p->command && sandbox_release(p->command, e);
}

static bool beside_end(const struct source_run *r, struct beside_step *b, struct error *e)
{
	const struct planned_step *p = &b->planned;
	enum sandbox_outcome outcome = SANDBOX_EXITED;
	int status = 0;
	struct stat st;

	if (!sandbox_wait(p->command, &outcome, &status, e))
		return false;
	planned_close(&b->planned);
	if (fstat(b->box.log, &st) < 0)
		return err_sys(e, "stat the log of %s", p->step->name);
	return io_copy_range(b->box.log, 0, (uint64_t)st.st_size, r->box->log, r->log_path, e) &&
	       run_judge(r, p->step->name, p->dir, outcome, status, e);
}

/* Waits for those that go on until this step (NULL: for all), and hears of those that have ended
 * before. */
static bool besides_end(const struct source_run *r, struct besides *all, const struct step *step,
			struct error *e)
{
	size_t left = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct beside_step *b = all->v[i];
		bool over = !step || strcmp(b->planned.step->until, step->name) == 0 ||
			    !sandbox_runs_for(b->planned.command, 0);

		if (over && !beside_end(r, b, e))
			return false;
		if (over)
			beside_close(b);
		else
			all->v[left++] = b;
	}
	all->n = left;
	return true;
}

static bool run_steps(struct source_run *r, struct error *e)
{
	const struct source_recipe *s = r->rq->source;
	AUTO_PLANNED planned = { 0 };
	AUTO_BESIDES besides = { NULL, 0, 0 };

	if (!source_unpack(r, e))
		return false;
	list_each(step, &s->steps) {
		const struct step *next = step + 1 < s->steps.v + s->steps.n ? step + 1 : NULL;

		if (step_goes_on(r, next))
			next = NULL;
		if (!besides_end(r, &besides, step, e) ||
		    !(step_goes_on(r, step) ? beside_begin(r, step, &besides, e)
					    : run_step(r, step, next, &planned, e)))
			return false;
	}
	return besides_end(r, &besides, NULL, e);
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
