/* SPDX-License-Identifier: Apache-2.0 */
/* A container, asked until it says what is expected. */

#include "e2e/fixture_asking.h"

#include <string.h>

#include "e2e/fixture_init.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

/* Where the host reaches the row's port. */
static const char *ask_port(const struct init_asking *k)
{
	struct oracle_run r;

	if (!k->row->port)
		return "";
	r = PODMAN(k->p, "port", ASKED, k->row->port);
	return r.status == 0 && str_starts(r.out, STR("127.0.0.1:"))
		       ? str_dup(k->p->a, str_trim(str_from(r.out, sizeof("127.0.0.1:") - 1)))
		       : "";
}

/* Of the container. */
static const char *ask_address(const struct init_asking *k)
{
	struct oracle_run r = PODMAN(k->p, "inspect", "--format", "{{.NetworkSettings.IPAddress}}",
				     ASKED);

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
		*list_push(a, &args) = ASKED;
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

/* Answers of servers have zero bytes in them. */
static bool ask_heard(struct str text, const char *words)
{
	return memmem(text.p, text.n, words, strlen(words)) != NULL;
}

/* What it says in the end; NULL: what was expected. */
static const char *ask_until(const struct init_asking *k, const struct init_ask *x)
{
	struct oracle_run r = { 0 }, log = { .out = STR("") };
	bool once = strcmp(x->by, "run") == 0, said;
	struct test_patience p = PATIENCE;

	do {
		r = ask_once(k, x);
		said = x->says[0] ? ask_heard(r.out, x->says) || ask_heard(r.err, x->says)
				  : r.status == 0;
		if (said && x->log) {
			log = PODMAN(k->p, "logs", ASKED);
			said = strstr(log.out.p, x->log) || strstr(log.err.p, x->log);
		}
		if (said)
			return NULL;
	} while (!once && patience_left(&p));
	if (k->row->server)
		log = PODMAN(k->p, "logs", ASKED);
	return arena_printf(k->p->a,
			    "%s said (%d) %.600s%.600s, not \"%s\"; the log: %.1500s%.1500s", x->by,
			    r.status, r.err.p, r.out.p, x->says, log.out.n ? log.out.p : "",
			    log.err.n ? log.err.p : "");
}

void asking_start(const struct init_asking *k)
{
	struct arena *a = k->p->a;
	const struct init_row *row = k->row;
	struct strings args = { 0 };

	if (!row->server && row->run.n == 0)
		return;
	*list_push(a, &args) = "run";
	*list_push(a, &args) = "--detach";
	*list_push(a, &args) = "--name=" ASKED;
	if (row->port)
		*list_push(a, &args) = arena_printf(a, "--publish=127.0.0.1::%s", row->port);
	for (size_t i = 0; i < k->options.n; i++)
		*list_push(a, &args) = k->options.v[i];
	*list_push(a, &args) = init_image_name(k->p, row->package);
	for (size_t i = 0; i < row->run.n; i++)
		*list_push(a, &args) = row->run.v[i];
	*list_push(a, &args) = NULL;
	podman_must(k->p, args.v);
}

/* Their images. */
static void ask_clients(const struct init_asking *k)
{
	static const char *const others[] = { "host", "self", "run", NULL };

	for (size_t i = 0; i < k->row->asks.n; i++) {
		const char *by = k->row->asks.v[i].by;
		bool client = true;

		for (const char *const *o = others; *o; o++)
			client = client && strcmp(by, *o) != 0;
		if (client)
			init_image(k->p, by);
	}
}

const char *asking_work(const struct init_asking *k)
{
	const char *wrong = NULL;

	ask_clients(k);
	for (size_t i = 0; !wrong && i < k->row->asks.n; i++)
		wrong = ask_until(k, &k->row->asks.v[i]);
	return wrong;
}

void asking_end(const struct init_asking *k)
{
	PODMAN(k->p, "rm", "--force", "--time=0", ASKED);
}
