/* SPDX-License-Identifier: Apache-2.0 */
#include "make/compile/step_failure.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "make/compile/build_log.h"
#include "make/compile/build_remains.h"
#include "make/compile/source_folder.h"
#include "make/compile/step_advice.h"

#define LOG_LINES 40
#define REJECTS_MAX 16384

/* A line for a person, or for who mends the recipe. */
static void failure_note(const struct failed_step *s, const char *line)
{
	struct build_remains *r = s->rq->options->remains;

	if (r)
		build_remains_tell(r, line);
	else
		progress_note(s->rq->progress, "%s", line);
}

/* Shows the last lines of the log. */
static void failure_show_log(const struct failed_step *s)
{
	AUTO_ARENA a = { 0 };
	struct str rest = build_log_end(&a, s->log_path), line, tail;
	const char *told;
	unsigned lines = 0;

	for (size_t i = rest.n; i > 0; i--) {
		if (rest.p[i - 1] == '\n' && lines++ == LOG_LINES) {
			rest = str_from(rest, i);
			break;
		}
	}
	tail = rest;
	while (str_next(&rest, '\n', &line))
		failure_note(s, arena_printf(&a, "  | " STR_FMT, STR_ARG(line)));
	told = step_advice(&a, s->rq->source, tail);
	if (told)
		failure_note(s, told);
}

/* What patch(1) could not apply, for the log. Written by the build: no link is followed. */
static void failure_log_rejects(struct arena *a, const struct failed_step *s)
{
	struct error ignored = { 0 };
	char text[REJECTS_MAX];
	AUTO_FD fd = open(arena_printf(a, "%s/rejects", s->box->build),
			  O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (n > 0 && !fd_write(s->box->log, (struct str){ text, (size_t)n }, "log", &ignored))
		err_clear(&ignored);
}

/* Lets the person at the terminal look around where the step failed. Its folder is gone afterwards.
 */
static bool failure_open_shell(struct arena *a, const struct failed_step *s, struct error *e)
{
	static const char *const shell[] = { "/bin/sh", "-i", "+m" };
	struct strings argv = { (const char **)shell, 3, 3 };

	if (!s->rq->options->shell_on_failure)
		return true;
	if (access(arena_printf(a, "%s/usr/bin/sh", s->box->root), X_OK) < 0) {
		progress_warn(s->rq->progress,
			      "--shell-on-failure: the toolchain %s has no /bin/sh; add "
			      "the package dash to it",
			      s->rq->source->toolchain->name);
		return true;
	}
	progress_note(s->rq->progress,
		      "step \"%s\" failed; this is a shell in its sandbox, in %s; exit "
		      "ends it",
		      s->name, s->dir);
	return sandbox_shell(s->box, s->dir, &argv, e);
}

static void failure_tell_one(struct arena *a, const struct failed_step *f, const char *name,
			     const char *end)
{
	const struct source_recipe *s = f->rq->source;
	const char *rule = source_folder_ignores(a, s, name);

	if (rule && access(arena_printf(a, "%s/%s", s->folder, name), F_OK) == 0)
		failure_note(f, arena_printf(a,
					     "git ignores %s/%s (%s), so the build had none of it; "
					     "\"ignore\": [\"!%s%s\"] in %s takes it in",
					     s->folder, name, rule, name, end, s->file));
}

/* Third-party code, or the file that locks it, that is there and was left out is the likely reason
 * of a failure. */
static void failure_tell_ignored(struct arena *a, const struct failed_step *s)
{
	const struct dependencies *l = &s->rq->source->dependencies;

	failure_tell_one(a, s, "vendor", "/");
	if (l->file)
		failure_tell_one(a, s,
				 arena_printf(a, "%s%s%s", l->dir, l->dir[0] ? "/" : "",
					      path_base(l->file)),
				 "");
}

static bool failure_report(const struct failed_step *s, struct error *e)
{
	static const char hint[] = "the whole log is in";

	if (s->outcome == SANDBOX_STOPPED)
		return err_set(e, ERR_SYSTEM, "step \"%s\" was stopped", s->name);
	if (s->outcome == SANDBOX_TIMEOUT)
		return err_set(e, ERR_SYSTEM,
			       "step \"%s\" took longer than the %llu s its limits allow; %s %s",
			       s->name, (unsigned long long)s->box->limits.wall_seconds, hint,
			       s->log_path);
	if (s->outcome == SANDBOX_SIGNALLED)
		return err_set(e, ERR_SYSTEM, "step \"%s\" was ended by signal %d (%s); %s %s",
			       s->name, s->status, strsignal(s->status), hint, s->log_path);
	return err_set(e, ERR_INPUT, "step \"%s\" failed with exit status %d; %s %s", s->name,
		       s->status, hint, s->log_path);
}

bool step_failure_tell(struct arena *a, const struct failed_step *s, struct error *e)
{
	if (s->outcome == SANDBOX_STOPPED || s->rq->tried_again)
		return failure_report(s, e);
	if (s->rq->options->remains)
		build_remains_name_step(s->rq->options->remains, s->name);
	failure_log_rejects(a, s);
	failure_show_log(s);
	failure_tell_ignored(a, s);
	return failure_open_shell(a, s, e) && failure_report(s, e);
}
