/* SPDX-License-Identifier: Apache-2.0 */
/* The image's configuration: what a runtime does with it. */

#include "recipe/reader.h"

static bool read_expose(struct reader *rd, const struct json_node *n, struct strings *out,
			struct error *e)
{
	struct json_node array, item;

	if (!json_opt_strings(rd->a, n, "expose", out, e))
		return false;
	if (!json_get(n, "expose", &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		struct str port, protocol;
		uint64_t v;

		if (!str_cut(str_of(out->v[i]), '/', &port, &protocol))
			protocol = STR("tcp");
		if (!str_u64(port, &v) || v < 1 || v > 65535 ||
		    !(str_eq(protocol, STR("tcp")) || str_eq(protocol, STR("udp"))))
			return json_fail(&item, e, "must be a port like \"3128/tcp\"");
		out->v[i] = arena_printf(rd->a, "%llu/" STR_FMT, (unsigned long long)v,
					 STR_ARG(protocol));
	}
	return true;
}

static bool read_health(struct reader *rd, const struct json_node *n, struct healthcheck *h,
			struct error *e)
{
	static const char *const keys[] = { "test", "interval", "timeout", "start-period", "retries",
					    NULL };
	struct json_node health, test;

	if (!json_get(n, "healthcheck", &health))
		return true;
	h->present = true;
	if (!json_need(&health, "test", &test, e) || !json_no_other_keys(&health, keys, e) ||
	    !json_as_strings(rd->a, &test, &h->test, e))
		return false;
	if (h->test.n == 0)
		return json_fail(&test, e, "must hold a program and its arguments");
	return read_duration(rd, &health, "interval", &h->interval_ms, e) &&
	       read_duration(rd, &health, "timeout", &h->timeout_ms, e) &&
	       read_duration(rd, &health, "start-period", &h->start_period_ms, e) &&
	       json_opt_u64(&health, "retries", &h->retries, e);
}

static bool read_user(struct reader *rd, const struct json_node *n, const char **out,
		      struct error *e)
{
	struct json_node user;
	const char *p;

	if (!json_get(n, "user", &user))
		return true;
	if (!json_as_string(rd->a, &user, out, e))
		return false;
	p = *out + strspn(*out, "0123456789");
	if (p != *out && *p == ':')
		p += 1 + strspn(p + 1, "0123456789");
	return (*out)[0] != '\0' && *p == '\0' ? true :
	       json_fail(&user, e, "must be \"UID\" or \"UID:GID\" in numbers: a name cannot be checked "
				   "for not being root");
}

bool config_read(struct reader *rd, const struct json_node *root, struct recipe *r, struct error *e)
{
	static const char *const keys[] = { "entrypoint", "cmd", "user", "workdir", "stop-signal", "env",
					    "labels", "annotations", "expose", "volumes", "healthcheck",
					    NULL };
	struct image_config *c = &r->config;
	struct json_node n;

	c->workdir = "/";
	if (!json_get(root, "config", &n))
		return true;
	return json_want_object(&n, e) && json_no_other_keys(&n, keys, e) &&
	       json_opt_strings(rd->a, &n, "entrypoint", &c->entrypoint, e) &&
	       json_opt_strings(rd->a, &n, "cmd", &c->cmd, e) && read_user(rd, &n, &c->user, e) &&
	       json_opt_string(rd->a, &n, "workdir", &c->workdir, e) &&
	       json_opt_string(rd->a, &n, "stop-signal", &c->stop_signal, e) &&
	       read_variables(rd, &n, "env", &c->env, e) &&
	       read_variables(rd, &n, "labels", &c->labels, e) &&
	       read_variables(rd, &n, "annotations", &c->annotations, e) &&
	       read_expose(rd, &n, &c->expose, e) &&
	       json_opt_strings(rd->a, &n, "volumes", &c->volumes, e) &&
	       read_health(rd, &n, &c->health, e);
}
