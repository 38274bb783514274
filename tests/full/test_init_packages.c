/* SPDX-License-Identifier: Apache-2.0 */
/* Sixty popular packages, each an image by one command and no edit, which then does its work under
 * podman. IMGBUILD_INIT_ONLY="nginx redis-server" asks for some of them. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_init.h"
#include "full/init_table.h"
#include "support/fixture_files.h"

#define PACKAGES 60
#define SERVERS 40
#define WORK 50
#define TRIES 40

struct init_asking {
	struct podman *p;
	const struct init_row *row;
	const char *folder; /* of what "setup" makes; /work in containers */
};

/* Rules of which nothing may be accepted. */
static const char *const never_accepted[] = { "shell.program",	     "script.shell",
					      "file.setuid",	     "file.setgid",
					      "elf.library-missing", "script.interpreter-missing" };

/* Where the host reaches the row's port. */
static const char *ask_port(const struct init_asking *k)
{
	struct oracle_run r;

	if (!k->row->port)
		return "";
	r = PODMAN(k->p, "port", "subject", k->row->port);
	return r.status == 0 && str_starts(r.out, STR("127.0.0.1:"))
		       ? str_dup(k->p->a, str_trim(str_from(r.out, sizeof("127.0.0.1:") - 1)))
		       : "";
}

/* Of the container. */
static const char *ask_address(const struct init_asking *k)
{
	struct oracle_run r = PODMAN(k->p, "inspect", "--format", "{{.NetworkSettings.IPAddress}}",
				     "subject");

	return r.status == 0 ? str_dup(k->p->a, str_trim(r.out)) : "";
}

static const char *ask_fill(struct arena *a, const char *word, const char *name, const char *value)
{
	const char *at = strstr(word, name);

	return at ? arena_printf(a, "%.*s%s%s", (int)(at - word), word, value, at + strlen(name))
		  : word;
}

/* "podman run ..." of the row's own image, or of a client's. */
static void ask_run(const struct init_asking *k, const struct init_ask *x, struct strings *args)
{
	struct arena *a = k->p->a;
	bool own = strcmp(x->by, "run") == 0;

	*list_push(a, args) = "run";
	*list_push(a, args) = "--rm";
	*list_push(a, args) = "--interactive";
	*list_push(a, args) = own ? "--network=none" : "--network=podman";
	*list_push(a, args) = arena_printf(a, "--volume=%s:/work:ro", k->folder);
	for (size_t i = 0; i < x->env.n; i++)
		*list_push(a, args) = arena_printf(a, "--env=%s", x->env.v[i]);
	if (x->program)
		*list_push(a, args) = arena_printf(a, "--entrypoint=%s", x->program);
	*list_push(a, args) = init_image_name(k->p, own ? k->row->package : x->by);
}

static struct strings ask_words(const struct init_asking *k, const struct init_ask *x)
{
	struct arena *a = k->p->a;
	struct strings args = { 0 };
	const char *port = ask_port(k), *address = ask_address(k);
	bool host = strcmp(x->by, "host") == 0;

	if (strcmp(x->by, "self") == 0) {
		*list_push(a, &args) = "exec";
		*list_push(a, &args) = "subject";
	} else if (!host) {
		ask_run(k, x, &args);
	}
	for (size_t i = 0; i < x->words.n; i++)
		*list_push(a, &args) = ask_fill(a, ask_fill(a, x->words.v[i], "%PORT%", port),
						"%ADDRESS%", address);
	*list_push(a, &args) = NULL;
	return host ? args : podman_words(k->p, args.v);
}

/* With its input, and an end to waiting. */
static struct oracle_run ask_once(const struct init_asking *k, const struct init_ask *x)
{
	struct arena *a = k->p->a;
	struct strings words = ask_words(k, x), all = { 0 };
	const char *input = arena_printf(a, "%s/.input", k->folder);

	files_put(input, x->input ? x->input : "");
	*list_push(a, &all) = "sh";
	*list_push(a, &all) = "-c";
	*list_push(a, &all) = "input=$1; shift; exec timeout 60 \"$@\" < \"$input\"";
	*list_push(a, &all) = "sh";
	*list_push(a, &all) = input;
	for (size_t i = 0; i < words.n; i++)
		*list_push(a, &all) = words.v[i];
	return oracle_run(a, all.v);
}

/* What it says in the end; NULL: what was expected. */
static const char *ask_until(const struct init_asking *k, const struct init_ask *x)
{
	struct oracle_run r = { 0 }, log = { .out = STR("") };
	unsigned tries = strcmp(x->by, "run") == 0 ? 1 : TRIES;

	for (unsigned i = 0; i < tries; i++) {
		bool said;

		r = ask_once(k, x);
		said = x->says[0] ? strstr(r.out.p, x->says) || strstr(r.err.p, x->says)
				  : r.status == 0;
		if (said && x->log) {
			log = PODMAN(k->p, "logs", "subject");
			said = strstr(log.out.p, x->log) || strstr(log.err.p, x->log);
		}
		if (said)
			return NULL;
		usleep(500000);
	}
	if (k->row->server)
		log = PODMAN(k->p, "logs", "subject");
	return arena_printf(k->p->a,
			    "%s said (%d) %.600s%.600s, not \"%s\"; the log: %.1500s%.1500s", x->by,
			    r.status, r.out.p, r.err.p, x->says, log.out.n ? log.out.p : "",
			    log.err.n ? log.err.p : "");
}

static void row_start(const struct init_asking *k)
{
	struct arena *a = k->p->a;
	const struct init_row *row = k->row;
	struct strings args = { 0 };

	*list_push(a, &args) = "run";
	*list_push(a, &args) = "--detach";
	*list_push(a, &args) = "--name=subject";
	if (row->port)
		*list_push(a, &args) = arena_printf(a, "--publish=127.0.0.1::%s", row->port);
	*list_push(a, &args) = init_image_name(k->p, row->package);
	for (size_t i = 0; i < row->run.n; i++)
		*list_push(a, &args) = row->run.v[i];
	*list_push(a, &args) = NULL;
	podman_must(k->p, args.v);
}

/* NULL, or what went wrong. */
static const char *row_work(const struct init_asking *k)
{
	const struct init_row *row = k->row;
	const char *wrong = NULL;

	for (size_t i = 0; i < row->asks.n; i++) {
		const char *by = row->asks.v[i].by;

		if (strcmp(by, "host") != 0 && strcmp(by, "self") != 0 && strcmp(by, "run") != 0)
			init_image(k->p, by);
	}
	if (row->server || row->run.n)
		row_start(k);
	for (size_t i = 0; !wrong && i < row->asks.n; i++)
		wrong = ask_until(k, &row->asks.v[i]);
	PODMAN(k->p, "rm", "--force", "--time=0", "subject");
	return wrong;
}

/* The number of findings that the recipe accepts; none may be of the rules above. */
static unsigned row_accepts(struct arena *a, const struct initiated *made, const char *package)
{
	const char *recipe = files_get(a, arena_printf(a, "%s/recipes/%s.json", made->folder,
						       package));
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(never_accepted); i++)
		cr_expect(!strstr(recipe, arena_printf(a, "\"rule\": \"%s\"", never_accepted[i])),
			  "%s accepts %s", package, never_accepted[i]);
	for (const char *at = recipe; (at = strstr(at, "\"rule\": ")); at++)
		n++;
	return n;
}

/* As a new user: init, audit, build again, load, ask. true: it works. */
static bool row_try(struct podman *p, const struct init_row *row)
{
	struct arena *a = p->a;
	struct init_asking k = { p, row, files_temporary(a) };
	struct initiated made = init_folder(a, row->package);
	const char *wrong = NULL;

	if (row->setup.n)
		oracle_ask(a,
			   (const char *const[]){ row->setup.v[0], row->setup.v[1], row->setup.v[2],
						  arena_printf(a, "%s/made", k.folder), NULL });
	ORACLE(a, "chmod", "--recursive", "a+rX", k.folder);
	if (row->ends) {
		cr_expect(strstr(made.run.out.p, row->ends) || strstr(made.run.err.p, row->ends),
			  "%s: %s%s", row->package, made.run.out.p, made.run.err.p);
		wrong = row->ends;
	} else if (made.run.status != 0) {
		wrong = arena_printf(a, "init: %s%s", made.run.out.p, made.run.err.p);
	} else {
		struct oracle_run audit =
			IMGBUILD(a, "audit", "--policy", "strict", "--recipe",
				 arena_printf(a, "%s/recipes/%s.json", made.folder, row->package),
				 arena_printf(a, "%s/out/%s", made.folder, row->package));

		if (audit.status != 0)
			wrong = arena_printf(a, "audit: %s%s", audit.out.p, audit.err.p);
		init_load(p, &made, row->package);
		if (!wrong)
			wrong = row_work(&k);
		fprintf(stderr, "%-30s %-10s %2u accepted  %s\n", row->package, row->class,
			row_accepts(a, &made, row->package), wrong ? "FAILS" : "works");
	}
	if (row->ends)
		fprintf(stderr, "%-30s %-10s              ends: %s\n", row->package, row->class,
			row->ends);
	else
		cr_expect(!wrong, "%s: %s", row->package, wrong);
	PODMAN(p, "rmi", "--force", init_image_name(p, row->package));
	files_remove(made.folder);
	files_remove(k.folder);
	return !wrong;
}

Test(init_packages, sixty_become_images_that_work_or_say_what_is_to_be_decided, .timeout = 10800)
{
	AUTO_ARENA a = { 0 };
	const char *only = getenv("IMGBUILD_INIT_ONLY");
	struct init_table table = { 0 };
	size_t servers = 0, work = 0;
	struct podman p;

	oracle_need("curl");
	init_table_read(&a, &table);
	podman_open(&p, &a);
	for (size_t i = 0; i < table.n; i++) {
		const struct init_row *row = &table.v[i];

		servers += row->server;
		if (only &&
		    !strstr(arena_printf(&a, " %s ", only), arena_printf(&a, " %s ", row->package)))
			continue;
		work += row_try(&p, row);
	}
	podman_close(&p);
	cr_expect_eq(table.n, PACKAGES);
	cr_expect_geq(servers, SERVERS);
	cr_expect(only || work >= WORK, "%zu of %zu work", work, table.n);
}
