/* SPDX-License-Identifier: Apache-2.0 */
/* The image's configuration: what a runtime does with it. */

#include <arpa/inet.h>

#include "format/text/regex.h"
#include "input/recipe/key_homes.h"
#include "input/recipe/recipe_reader.h"

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

/* What a runtime makes a signal of: a number, or a name with or without "SIG". */
static bool is_signal(const char *name)
{
	static const char *const names[] = {
		"HUP",	  "INT",  "QUIT",  "ILL",  "TRAP", "ABRT", "IOT",  "BUS",    "FPE",
		"KILL",	  "USR1", "SEGV",  "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
		"CLD",	  "CONT", "STOP",  "TSTP", "TTIN", "TTOU", "URG",  "XCPU",   "XFSZ",
		"VTALRM", "PROF", "WINCH", "IO",   "POLL", "PWR",  "SYS",  "RTMIN",  "RTMAX",
	};
	uint64_t n;

	if (str_u64(str_of(name), &n))
		return n >= 1 && n <= 64;
	if (strncmp(name, "SIG", 3) == 0)
		name += 3;
	if (strncmp(name, "RTMIN+", 6) == 0)
		return str_u64(str_of(name + 6), &n) && n >= 1 && n <= 15;
	if (strncmp(name, "RTMAX-", 6) == 0)
		return str_u64(str_of(name + 6), &n) && n >= 1 && n <= 14;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static bool read_stop_signal(struct reader *rd, const struct json_node *n, const char **out,
			     struct error *e)
{
	struct json_node signal;

	if (!json_get(n, "stop-signal", &signal))
		return true;
	return json_as_string(rd->a, &signal, out, e) &&
	       (is_signal(*out) ||
		json_fail(&signal, e,
			  "\"%s\" is not a signal: it is \"SIGTERM\" or the like, or a number "
			  "from 1 to 64",
			  *out));
}

static bool read_workdir(struct reader *rd, const struct json_node *n, const char **out,
			 struct error *e)
{
	struct json_node dir;

	return !json_get(n, "workdir", &dir) || read_absolute(rd, &dir, out, e);
}

static bool read_volumes(struct reader *rd, const struct json_node *n, struct strings *out,
			 struct error *e)
{
	struct json_node array, item;

	if (!json_opt_strings(rd->a, n, "volumes", out, e))
		return false;
	if (!json_get(n, "volumes", &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		if (!read_absolute(rd, &item, &out->v[i], e))
			return false;
		if (strchr(out->v[i], ':'))
			return json_fail(
				&item, e,
				"a volume is a folder of the image; what is mounted there, "
				"says who runs it (podman run --volume)");
	}
	return true;
}

/* ["CMD", PROGRAM, ...], the same without "CMD", or ["NONE"]. */
static bool read_test(struct reader *rd, const struct json_node *test, struct strings *out,
		      struct error *e)
{
	if (!json_as_strings(rd->a, test, out, e))
		return false;
	if (out->n && strcmp(out->v[0], "CMD-SHELL") == 0)
		return json_fail(test, e,
				 "CMD-SHELL needs a shell, and the image has none; use "
				 "[\"CMD\", \"/program\", ...]");
	if (out->n == 0 || (out->n == 1 && strcmp(out->v[0], "CMD") == 0))
		return json_fail(test, e, "must hold a program and its arguments");
	if (out->n > 1 && strcmp(out->v[0], "NONE") == 0)
		return json_fail(test, e, "nothing can follow \"NONE\"");
	return true;
}

/* What scripts-free/probe takes (target.h there), as docs/recipe.schema.json says it, too. */
#define PROBE_OCTET "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define PROBE_HOST "(localhost|" PROBE_OCTET "([.]" PROBE_OCTET "){3}|\\[[0-9A-Fa-f:.]+\\])"
#define PROBE_PORT                                                  \
	":(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|" \
	"[1-5][0-9]{4}|[1-9][0-9]{0,3})"
#define PROBE_TRUST "(#ca=/[!-+\\-.-~]{1,254}(,name=[!-~]{1,255})?)?"
#define PROBE_TARGET                                                              \
	"^(http://" PROBE_HOST "(" PROBE_PORT ")?([/?][!-~]*)?|"                  \
	"https://" PROBE_HOST "(" PROBE_PORT ")?([/?][!\"$-~]*)?" PROBE_TRUST "|" \
	"tcp://" PROBE_HOST PROBE_PORT "|unix:///[!-~]{1,106}|"                   \
	"file:///[!->@-~]+([?]max-age=[1-9][0-9]{0,6}(ms|s|m|h)?)?|process:[!-.0-~]{1,255})$"

/* Whether an address in brackets is one of IPv6: no expression says that. */
static bool probe_check_brackets(const char *target)
{
	const char *begin = strstr(target, "://");
	char address[INET6_ADDRSTRLEN];
	struct in6_addr ignored;
	size_t n;

	if (!begin || begin[3] != '[')
		return true;
	begin += strlen("://[");
	n = strcspn(begin, "]");
	if (n >= sizeof(address))
		return false;
	memcpy(address, begin, n);
	address[n] = '\0';
	return inet_pton(AF_INET6, address, &ignored) == 1;
}

static bool probe_check_target(struct reader *rd, const struct json_node *n, const char *target,
			       struct error *e)
{
	const char *why = NULL;
	const struct regex *form = regex_compile(rd->a, PROBE_TARGET, &why);

	if (strncmp(target, "http://", 7) == 0 && strstr(target, "#ca="))
		return json_fail(n, e, "#ca=... is of targets that begin with https://");
	if (strlen(target) < 2000 && regex_search(form, str_of(target)) == 1 &&
	    probe_check_brackets(target))
		return true;
	return json_fail(
		n, e,
		"\"%s\" is none of http://HOST[:PORT][/PATH], "
		"https://HOST[:PORT][/PATH][#ca=/FILE[,name=NAME]], tcp://HOST:PORT, unix:///PATH, "
		"file:///PATH[?max-age=TIME] and process:NAME; HOST is an address or localhost, PORT is 1 to 65535",
		target);
}

static bool health_add_target(struct reader *rd, const struct json_node *n, struct healthcheck *h,
			      struct error *e)
{
	const char *target;

	if (!json_as_string(rd->a, n, &target, e) || !probe_check_target(rd, n, target, e))
		return false;
	if (strncmp(target, "https:", 6) == 0)
		h->test.v[1] = PROBE_TLS_PROGRAM;
	*list_push(rd->a, &h->test) = target;
	return true;
}

/* One target or several; a tenth of the timeout is left for saying what is wrong. */
static bool health_read_probe(struct reader *rd, const struct json_node *n, struct recipe *r,
			      struct error *e)
{
	struct healthcheck *h = &r->config.health;
	struct json_node item;

	*list_push(rd->a, &h->test) = "CMD";
	*list_push(rd->a, &h->test) = PROBE_PROGRAM;
	if (h->timeout_ms)
		*list_push(rd->a, &h->test) =
			arena_printf(rd->a, "--timeout=%llums",
				     (unsigned long long)(h->timeout_ms - h->timeout_ms / 10));
	if (!json_node_is_array(n))
		return health_add_target(rd, n, h, e) &&
		       program_add_probe(rd, n, r, h->test.v[1], e);
	for (size_t i = 0; json_item(n, i, &item); i++) {
		if (!health_add_target(rd, &item, h, e))
			return false;
	}
	return json_item(n, 0, &item) ? program_add_probe(rd, n, r, h->test.v[1], e)
				      : json_fail(n, e, "name at least one target");
}

static bool settings_read_health(struct reader *rd, const struct json_node *n, struct recipe *r,
				 struct error *e)
{
	static const char *const keys[] = { "test",	    "probe",   "interval", "timeout",
					    "start-period", "retries", NULL };
	struct healthcheck *h = &r->config.health;
	struct json_node health, test, probe;

	if (!json_get(n, "healthcheck", &health))
		return true;
	h->present = true;
	if (!json_want_object(&health, e) || !json_no_homeless_keys(&health, keys, key_homes, e) ||
	    !read_duration(rd, &health, "interval", &h->interval_ms, e) ||
	    !read_duration(rd, &health, "timeout", &h->timeout_ms, e) ||
	    !read_duration(rd, &health, "start-period", &h->start_period_ms, e) ||
	    !json_opt_u64(&health, "retries", &h->retries, e))
		return false;
	if (!json_get(&health, "probe", &probe))
		return json_need(&health, "test", &test, e) && read_test(rd, &test, &h->test, e);
	if (json_get(&health, "test", &test))
		return json_fail(&probe, e, "stands for a \"test\": name one of the two");
	return health_read_probe(rd, &probe, r, e);
}

/* Digits that are a user or group id; nothing at all if that `may_be_empty`. */
static bool is_id(struct str digits, bool may_be_empty)
{
	uint64_t id;

	if (digits.n == 0)
		return may_be_empty;
	return str_u64(digits, &id) && id < UINT32_MAX;
}

static bool settings_read_user(struct reader *rd, const struct json_node *n, const char **out,
			       struct error *e)
{
	struct json_node user;
	struct str uid, gid;

	if (!json_get(n, "user", &user))
		return true;
	if (!json_as_string(rd->a, &user, out, e))
		return false;
	str_cut(str_of(*out), ':', &uid, &gid);
	return (is_id(uid, false) && is_id(gid, true)) ||
	       json_fail(&user, e,
			 "must be \"UID\" or \"UID:GID\" in numbers: a name cannot be checked "
			 "for not being root");
}

bool config_read(struct reader *rd, const struct json_node *root, struct recipe *r, struct error *e)
{
	static const char *const keys[] = { "entrypoint",  "cmd",     "user",	     "workdir",
					    "stop-signal", "env",     "labels",	     "annotations",
					    "expose",	   "volumes", "healthcheck", NULL };
	struct image_config *c = &r->config;
	struct json_node n;

	if (!r->base && !r->base_image)
		c->workdir = "/"; /* else it has the base's */
	if (!json_get(root, "config", &n))
		return true;
	return json_want_object(&n, e) && json_no_homeless_keys(&n, keys, key_homes, e) &&
	       json_opt_strings(rd->a, &n, "entrypoint", &c->entrypoint, e) &&
	       json_opt_strings(rd->a, &n, "cmd", &c->cmd, e) &&
	       settings_read_user(rd, &n, &c->user, e) && read_workdir(rd, &n, &c->workdir, e) &&
	       read_stop_signal(rd, &n, &c->stop_signal, e) &&
	       read_variables(rd, &n, "env", &c->env, e) &&
	       read_variables(rd, &n, "labels", &c->labels, e) &&
	       read_variables(rd, &n, "annotations", &c->annotations, e) &&
	       read_expose(rd, &n, &c->expose, e) && read_volumes(rd, &n, &c->volumes, e) &&
	       settings_read_health(rd, &n, r, e);
}
