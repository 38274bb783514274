/* SPDX-License-Identifier: Apache-2.0 */
/* Needs against real bytes. Packages are downloaded and looked into by package_probe.c; here is
 * what is asked of whom, and what is remembered of the answers. */

#include "input/resolve/provider_needs.h"

#include "transfer/download/fetch.h"
#include "input/resolve/package_probe.h"

/* The answers for all packages of a provider together. */
struct answers {
	bool *files;   /* one for each of needs_files */
	bool *options; /* of the program that has most of them */
	size_t most;
};

/* Same question, same bytes: same answer. */
static struct digest question_key(struct arena *a, const struct index_package *p,
				  const struct component *c)
{
	struct buf text = { .a = a };

	buf_printf(&text, "needs/2\n%s\n", digest_hex_dup(a, &p->sha256));
	for (size_t i = 0; i < c->needs_files.n; i++)
		buf_printf(&text, "file %s\n", c->needs_files.v[i]);
	for (size_t i = 0; i < c->configured_with.n; i++)
		buf_printf(&text, "option %s\n", c->configured_with.v[i]);
	return digest_of(buf_str(&text));
}

/* The answer of one package: a '1' or '0' for each file, then for each option. */
static bool ask_package(struct arena *a, const struct archive_state *s, const struct component *c,
			const struct index_package *p, struct str *answer, struct error *e)
{
	const struct store *store = s->order->store;
	struct digest key = question_key(a, p, c);
	size_t n = c->needs_files.n + c->configured_with.n;
	int got = store_get_action(a, store, &key, answer, e);

	if (got < 0)
		return false;
	if (got && answer->n == n)
		return true;
	if (!probe_package(a, store, p, c, answer, e))
		return err_wrap(e, "package %.*s", STR_ARG(p->name));
	return store->readonly || store_put_action(store, &key, *answer, e);
}

static void take_answer(const struct component *c, struct str answer, struct answers *all)
{
	struct str options = str_from(answer, c->needs_files.n);
	size_t hits = 0;

	for (size_t i = 0; i < c->needs_files.n; i++)
		all->files[i] |= answer.p[i] == '1';
	for (size_t i = 0; i < options.n; i++)
		hits += options.p[i] == '1';
	if (hits < all->most || hits == 0)
		return;
	all->most = hits;
	for (size_t i = 0; i < options.n; i++)
		all->options[i] = options.p[i] == '1';
}

/* Links that stand for update-alternatives count as files. */
static bool is_link(const struct component *c, const struct provider *p, size_t file)
{
	for (size_t i = 0; i < p->alternatives.n; i++) {
		if (strcmp(p->alternatives.v[i].path, c->needs_files.v[file]) == 0)
			return true;
	}
	return false;
}

/* "no /usr/sbin/x; not configured with --y", or NULL when nothing is missing. */
static const char *list_missing_needs(struct arena *a, const struct component *c,
				      const struct provider *p, const struct answers *all)
{
	struct buf text = { .a = a, .max = 900 };

	for (size_t i = 0; i < c->needs_files.n; i++) {
		if (!all->files[i] && !is_link(c, p, i))
			buf_printf(&text, "%sno %s", text.n ? "; " : "", c->needs_files.v[i]);
	}
	for (size_t i = 0; i < c->configured_with.n; i++) {
		if (!all->options[i])
			buf_printf(&text, "%snot configured with %s", text.n ? "; " : "",
				   c->configured_with.v[i]);
	}
	return text.n ? buf_cstr(&text) : NULL;
}

/* Whether a base image has one of them: whether that has the files is seen in the image. */
static bool needs_of_image(const struct archive_state *s, const struct provider *p)
{
	for (size_t i = 0; i < p->packages.n; i++) {
		const struct index_package *x = index_candidate(&s->index,
								str_of(p->packages.v[i]));

		if (x && index_is_of_image(x))
			return true;
	}
	return false;
}

static bool fetch_packages(struct arena *a, const struct archive_state *s, const struct provider *p,
			   const struct index_package **found, struct error *e)
{
	struct want *wants = arena_array(a, p->packages.n, sizeof(*wants));

	for (size_t i = 0; i < p->packages.n; i++) {
		const struct index_package *x = index_candidate(&s->index,
								str_of(p->packages.v[i]));

		found[i] = x;
		wants[i] = (struct want){ .name = p->packages.v[i],
					  .sha256 = x->sha256,
					  .size = x->size };
		mirrors_urls(a, s->order->mirrors, x->suite->archive, str_dup(a, x->path),
			     x->pin ? x->pin->state->date : state_release(s, x->suite)->date,
			     &wants[i].urls);
	}
	return fetch_wants(s->order->store, wants, p->packages.n, s->order->offline,
			   s->order->progress, e);
}

int needs_met(struct arena *a, const struct archive_state *s, const struct component *c,
	      const struct provider *p, const char **lost, struct error *e)
{
	const struct index_package **found = arena_array(a, p->packages.n, sizeof(*found));
	struct answers all = { arena_array(a, c->needs_files.n, sizeof(bool)),
			       arena_array(a, c->configured_with.n, sizeof(bool)), 0 };

	if (c->needs_files.n + c->configured_with.n == 0 || needs_of_image(s, p))
		return 1;
	if (!fetch_packages(a, s, p, found, e))
		return -1;
	for (size_t i = 0; i < p->packages.n; i++) {
		struct str answer;

		if (!ask_package(a, s, c, found[i], &answer, e))
			return -1;
		take_answer(c, answer, &all);
	}
	*lost = list_missing_needs(a, c, p, &all);
	if (*lost)
		*lost = arena_printf(a, "%s %.*s: %s", p->packages.v[0], STR_ARG(found[0]->version),
				     *lost);
	return *lost == NULL;
}
