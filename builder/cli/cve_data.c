/* SPDX-License-Identifier: Apache-2.0 */
/* Where vulnerability data come from. */

#include "cli/cve_data.h"

#include <stdlib.h>
#include <unistd.h>

#include "format/debian/deb822.h"
#include "input/recipe/recipe.h"
#include "transfer/download/feed.h"

/* The addresses that "debian" stands for. */
static bool cve_find_places(struct cli *c, const char *near, struct strings *out, struct error *e)
{
	const char *named = getenv("IMGBUILD_CVE"), *repository;
	struct str rest = str_of(named ? named : ""), one;

	while (deb822_word(&rest, &one))
		*list_push(c->a, out) = str_dup(c->a, one);
	repository = out->n ? NULL : recipe_repository(c->a, near);
	if (repository && !recipe_cve_places(c->a, repository, out, e))
		return false;
	if (!out->n)
		*list_push(c->a, out) = CVE_TRACKER;
	return true;
}

static bool cve_open_feed(struct cli *c, const char *url, struct cve_data *out, struct error *e)
{
	const struct feed_context context = { &out->store, c->offline, c->progress };
	struct feed feed;

	if (out->store.fd < 0) {
		out->store.progress = c->progress;
		if (!store_open(c->a, c->cache_dir, &out->store, e))
			return false;
	}
	if (!feed_open(c->a, &context, url, &feed, e))
		return err_wrap(e, "--cve");
	*list_push(c->a, &out->inputs) = (struct vuln_input){ feed.name, feed.fd, feed.when };
	return true;
}

static bool cve_open_value(struct cli *c, const char *value, const char *near, struct cve_data *out,
			   struct error *e)
{
	struct strings places = { 0 };

	if (strstr(value, "://"))
		return cve_open_feed(c, value, out, e);
	if (strcmp(value, CVE_DEBIAN) != 0) {
		vuln_input_add(c->a, &out->inputs, value);
		return true;
	}
	if (!cve_find_places(c, near, &places, e))
		return false;
	for (size_t i = 0; i < places.n; i++) {
		if (!cve_open_feed(c, places.v[i], out, e))
			return false;
	}
	return true;
}

bool cve_data_open(struct cli *c, const struct strings *values, const char *near,
		   struct cve_data *out, struct error *e)
{
	for (size_t i = 0; i < values->n; i++) {
		if (!cve_open_value(c, values->v[i], near, out, e))
			return false;
	}
	return true;
}

void cve_data_close(struct cve_data *d)
{
	for (size_t i = 0; i < d->inputs.n; i++) {
		if (d->inputs.v[i].fd >= 0)
			close(d->inputs.v[i].fd);
	}
	d->inputs.n = 0;
	store_close(&d->store);
}
