/* SPDX-License-Identifier: Apache-2.0 */
/* Commands in containers, by podman: with a storage of its own in a temporary folder, so that
 * nothing of the user's is seen or left behind, without a network, for at most a minute each. */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "format/text/platform_name.h"
#include "inspect/image/pulled_parts.h"
#include "inspect/suite/command_output.h"
#include "inspect/suite/suite_checks.h"

#define SECONDS "60"
#define PODMAN_FAILED 125 /* podman's own exit status for its own troubles */
#define PROGRAM_NOT_FOUND 127

/* "podman" with the options that every call needs. */
static void podman_begin(const struct runtime *r, struct strings *argv)
{
	*list_push(r->a, argv) = "podman";
	*list_push(r->a, argv) = "--log-level=error";
	*list_push(r->a, argv) = arena_printf(r->a, "--root=%s/root", r->dir);
	*list_push(r->a, argv) = arena_printf(r->a, "--runroot=%s/run", r->dir);
}

static void podman_add(const struct runtime *r, struct strings *argv, const char *word)
{
	*list_push(r->a, argv) = word;
}

static int podman_call(const struct runtime *r, struct strings *argv, struct process_result *out,
		       struct error *e)
{
	podman_add(r, argv, NULL);
	return process_run(r->a, argv->v, NULL, out, e);
}

/* The last line that is not empty. */
static const char *output_last_line(struct arena *a, struct str text)
{
	struct str line, last = STR("it says nothing");

	while (str_next(&text, '\n', &line))
		if (str_trim(line).n)
			last = str_trim(line);
	return str_dup(a, last);
}

/* The image under a name of our own in the temporary folder: podman makes a name for the image of
 * its path, and not every path will do. The reference to it, as podman's transports have it. */
static const char *link_image(const struct runtime *r, const char *image, const struct bundle *b,
			      struct error *e)
{
	static const char *const known[] = { "oci:", "oci-archive:", "docker-archive:" };
	struct str path = str_of(image);
	char cwd[4096];

	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (str_starts(path, str_of(known[i])))
			path = str_from(path, strlen(known[i]));
	if (b->pulled)
		return pulled_parts_lay_out(b->store, b->pulled,
					    arena_printf(r->a, "%s/image", r->dir), e)
			       ? "oci:image"
			       : NULL;
	if (b->tag)
		path.n -= strlen(b->tag) + 1;
	if (!getcwd(cwd, sizeof(cwd))) {
		err_sys(e, "find the working folder");
		return NULL;
	}
	if (symlink(arena_printf(r->a, "%s%s" STR_FMT, path.p[0] == '/' ? "" : cwd,
				 path.p[0] == '/' ? "" : "/", STR_ARG(path)),
		    arena_printf(r->a, "%s/image", r->dir)) < 0) {
		err_sys(e, "make a link in %s", r->dir);
		return NULL;
	}
	return arena_printf(r->a, "%simage%s%s",
			    known[!b->archive		  ? 0
				  : b->form == BUNDLE_OCI ? 1
							  : 2],
			    b->tag ? ":" : "", b->tag ? b->tag : "");
}

bool runtime_open(struct runtime *r, const struct structure_request *req,
		  const struct inspection *image, struct error *e)
{
	struct strings argv = { NULL, 0, 0 };
	struct process_result got;
	const char *link;
	int ok;

	if (r->dir || r->refusal)
		return true;
	r->refusal =
		image->facts.rootfs
			? "a root file system in a folder is not an image that podman could run"
			: req->no_commands;
	if (r->refusal)
		return true;
	r->progress = req->progress;
	if (!file_scratch_make(r->a, &r->scratch, e))
		return false;
	r->dir = r->scratch.path;
	if (!(link = link_image(r, req->image, &image->bundle, e)))
		return false;
	progress_begin(req->progress, "podman", "loading %s", req->image);
	podman_begin(r, &argv);
	podman_add(r, &argv, "pull");
	podman_add(r, &argv, "--quiet");
	if (req->platform)
		podman_add(r, &argv,
			   arena_printf(r->a, "--platform=%s",
					platform_name(r->a, image->facts.os,
						      image->facts.architecture,
						      image->facts.variant)));
	podman_add(r, &argv, link);
	podman_add(r, &argv, NULL);
	ok = process_run(r->a, argv.v, r->dir, &got, e);
	progress_end(req->progress, "podman", false, "loaded");
	if (ok < 0)
		return false;
	if (ok == 0)
		r->refusal = "podman is not installed";
	else if (got.status != 0)
		r->refusal = arena_printf(r->a, "podman cannot load the image: %s",
					  output_last_line(r->a, got.err));
	else
		r->id = output_last_line(r->a, got.out);
	return true;
}

void runtime_close(struct runtime *r)
{
	static const char *const last[][4] = { { "rm", "--all", "--force", NULL },
					       { "rmi", "--all", "--force", NULL } };
	struct error ignored = { 0 };
	struct process_result got;

	if (!r->dir)
		return;
	for (size_t i = 0; r->id && i < ARRAY_SIZE(last); i++) {
		struct strings argv = { NULL, 0, 0 };

		podman_begin(r, &argv);
		for (size_t k = 0; last[i][k]; k++)
			podman_add(r, &argv, last[i][k]);
		if (podman_call(r, &argv, &got, &ignored) < 0)
			err_clear(&ignored);
	}
	if (!file_scratch_remove(&r->scratch, &ignored))
		progress_warn(r->progress, "%s%s; `imgbuild gc` tries again", ignored.context,
			      ignored.cause);
	r->dir = NULL;
}

static void podman_add_variables(struct checking *c, const struct runtime *r, struct strings *argv,
				 const struct expected_values *v)
{
	for (size_t i = 0; i < v->n; i++)
		podman_add(r, argv,
			   arena_printf(r->a, "--env=%s=%s", v->v[i].key,
					expand_variables(r->a, &c->image->facts, v->v[i].value)));
}

static void add_options(const struct runtime *r, struct strings *argv, const struct run_options *o)
{
	if (o->user)
		podman_add(r, argv, arena_printf(r->a, "--user=%s", o->user));
	if (o->privileged)
		podman_add(r, argv, "--privileged");
	if (o->tty)
		podman_add(r, argv, "--tty");
	if (o->env_file)
		podman_add(r, argv, arena_printf(r->a, "--env-file=%s", o->env_file));
	for (size_t i = 0; i < o->env_vars.n; i++)
		podman_add(r, argv, arena_printf(r->a, "--env=%s", o->env_vars.v[i]));
	for (size_t i = 0; i < o->capabilities.n; i++)
		podman_add(r, argv, arena_printf(r->a, "--cap-add=%s", o->capabilities.v[i]));
	for (size_t i = 0; i < o->bind_mounts.n; i++)
		podman_add(r, argv, arena_printf(r->a, "--volume=%s", o->bind_mounts.v[i]));
}

/* One command in a container of `image`. With `name` the container stays. */
static int container_run(struct checking *c, const struct runtime *r, const struct test_suite *s,
			 const char *image, const char *name, const struct command_line *line,
			 struct process_result *out, struct error *e)
{
	struct strings argv = { NULL, 0, 0 };
	const struct strings *w = &line->words;

	podman_begin(r, &argv);
	podman_add(r, &argv, "run");
	podman_add(r, &argv, name ? arena_printf(r->a, "--name=%s", name) : "--rm");
	podman_add(r, &argv, "--network=none");
	podman_add(r, &argv, "--timeout=" SECONDS);
	add_options(r, &argv, &s->options);
	podman_add_variables(c, r, &argv, &s->global_env);
	podman_add_variables(c, r, &argv, &c->test->command.env);
	podman_add(r, &argv,
		   arena_printf(r->a, "--entrypoint=%s",
				expand_variables(r->a, &c->image->facts, w->v[0])));
	podman_add(r, &argv, image);
	for (size_t i = 1; i < w->n; i++)
		podman_add(r, &argv, expand_variables(r->a, &c->image->facts, w->v[i]));
	return podman_call(r, &argv, out, e);
}

/* Each command of the set-up changes the image that the next one sees. */
static bool set_up(struct checking *c, const struct runtime *r, const struct test_suite *s,
		   const char **image, struct error *e)
{
	const struct command_lines *l = &c->test->command.setup;
	struct process_result got;

	for (size_t i = 0; i < l->n && c->out->outcome != OUTCOME_FAILED; i++) {
		const char *name = arena_printf(r->a, "setup-%zu-%zu", c->number, i);
		struct strings argv = { NULL, 0, 0 };

		if (container_run(c, r, s, *image, name, &l->v[i], &got, e) < 0)
			return false;
		if (got.status != 0) {
			check_failed(c, "setup %s exits with %d: %s", l->v[i].words.v[0],
				     got.status, output_last_line(r->a, got.err));
			return true;
		}
		podman_begin(r, &argv);
		podman_add(r, &argv, "commit");
		podman_add(r, &argv, "--quiet");
		podman_add(r, &argv, name);
		if (podman_call(r, &argv, &got, e) < 0)
			return false;
		if (got.status != 0)
			check_failed(c, "podman commit: %s", output_last_line(r->a, got.err));
		*image = output_last_line(r->a, got.out);
	}
	return true;
}

static bool tear_down(struct checking *c, const struct runtime *r, const struct test_suite *s,
		      const char *image, struct error *e)
{
	const struct command_lines *l = &c->test->command.teardown;
	struct process_result got;

	for (size_t i = 0; i < l->n; i++) {
		if (container_run(c, r, s, image, NULL, &l->v[i], &got, e) < 0)
			return false;
		if (got.status != 0)
			check_failed(c, "teardown %s exits with %d: %s", l->v[i].words.v[0],
				     got.status, output_last_line(r->a, got.err));
	}
	return true;
}

/* A whole line in "command" is the name of one program, which is not there. */
static const char *arguments_note(const struct command_line *line, int status)
{
	return status == PROGRAM_NOT_FOUND && line->words.n == 1 && strchr(line->words.v[0], ' ')
		       ? "; \"command\" is the program alone, its arguments stand in \"args\""
		       : "";
}

bool check_command(struct checking *c, struct runtime *r, const struct test_suite *s,
		   struct error *e)
{
	const struct command_test *t = &c->test->command;
	const char *image = r->id;
	struct process_result got;

	if (r->refusal) {
		c->out->outcome = OUTCOME_SKIPPED;
		c->out->reason = r->refusal;
		return true;
	}
	if (!set_up(c, r, s, &image, e))
		return false;
	if (c->out->outcome == OUTCOME_FAILED)
		return true;
	if (container_run(c, r, s, image, NULL, &t->command, &got, e) < 0)
		return false;
	if (got.status == PODMAN_FAILED && t->exit_code != PODMAN_FAILED) {
		check_failed(c, "podman: %s", output_last_line(r->a, got.err));
	} else {
		check_patterns(c, &t->expected_output, &t->excluded_output, got.out, "its output");
		check_patterns(c, &t->expected_error, &t->excluded_error, got.err,
			       "its error output");
		if (got.status != t->exit_code)
			check_failed(c, "it exits with %d, not %lld%s%s%s", got.status,
				     (long long)t->exit_code, got.err.n ? ": " : "",
				     got.err.n ? output_last_line(r->a, got.err) : "",
				     arguments_note(&t->command, got.status));
	}
	return tear_down(c, r, s, image, e);
}
