/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts in the languages of ccache(1) and distcc(1): each becomes a tunnel, and a port of the
 * sandbox's loopback address takes its place in the text. */

#include "make/compile/launcher.h"

#define FIRST_PORT 20000

/* "host", "host:port", "[::1]:port"; the part before an "@" is not the host's. */
static bool split_host(struct arena *a, struct str text, const char *port, struct tunnel *out)
{
	struct str host, rest;

	if (str_starts(text, STR("["))) {
		if (!str_cut(str_from(text, 1), ']', &host, &rest) || (rest.n && rest.p[0] != ':'))
			return false;
		rest = str_from(rest, 1);
	} else if (!str_cut(text, ':', &host, &rest)) {
		rest = (struct str){ "", 0 };
	}
	out->host = str_dup(a, host);
	out->service = rest.n ? str_dup(a, rest) : port;
	return host.n > 0 && strspn(out->service, "0123456789") == strlen(out->service);
}

/* Notes a tunnel and gives its place inside, "127.0.0.1:PORT". NULL if `text` is not a host. */
static const char *add_tunnel(struct arena *a, struct launcher *l, struct str text,
			      const char *port)
{
	struct tunnel t = { .port = (uint16_t)(FIRST_PORT + l->tunnels.n) };

	if (!split_host(a, text, port, &t))
		return NULL;
	*list_push(a, &l->tunnels) = t;
	return arena_printf(a, "127.0.0.1:%u", t.port);
}

/* "http://user@host:80/path|layout=bazel": the host is replaced, all else stays. */
static bool add_storage(struct arena *a, struct launcher *l, struct str word, struct buf *out,
			struct error *e)
{
	const struct str http = STR("http://"), redis = STR("redis://");
	struct str scheme = str_starts(word, http) ? http : redis, rest, authority, user, host;
	const char *inside = NULL;

	if (str_starts(word, scheme)) {
		rest = str_from(word, scheme.n);
		authority = (struct str){ rest.p, 0 };
		while (authority.n < rest.n && !strchr("/|", rest.p[authority.n]))
			authority.n++;
		if (!str_cut(authority, '@', &user, &host)) {
			host = authority;
			user.n = 0;
		}
		inside = add_tunnel(a, l, host, scheme.p == http.p ? "80" : "6379");
	}
	if (!inside)
		return err_set(e, ERR_USAGE,
			       "CCACHE_REMOTE_STORAGE: " STR_FMT ": only http://HOST[:PORT]... and "
			       "redis://HOST[:PORT]... can be reached from the sandbox",
			       STR_ARG(word));
	buf_printf(out, "%s" STR_FMT STR_FMT "%s%s" STR_FMT, out->n ? " " : "", STR_ARG(scheme),
		   STR_ARG(user), user.n ? "@" : "", inside, STR_ARG(str_from(rest, authority.n)));
	return true;
}

/* "host:port/limit,options"; "localhost" is not a host but the sandbox itself. */
static bool add_host(struct arena *a, struct launcher *l, struct str word, struct buf *out,
		     struct error *e)
{
	struct str host = { word.p, 0 };
	const char *inside;

	while (host.n < word.n && !strchr("/,", word.p[host.n]))
		host.n++;
	if (str_starts(word, STR("-")) || str_eq(host, STR("localhost"))) {
		buf_printf(out, "%s" STR_FMT, out->n ? " " : "", STR_ARG(word));
		return true;
	}
	inside = memchr(host.p, '@', host.n) || str_starts(word, STR("+"))
			 ? NULL
			 : add_tunnel(a, l, host, "3632");
	if (!inside)
		return err_set(e, ERR_USAGE,
			       "DISTCC_HOSTS: " STR_FMT
			       ": only HOST[:PORT][/LIMIT][,OPTION...] can be "
			       "reached from the sandbox",
			       STR_ARG(word));
	buf_printf(out, "%s%s" STR_FMT, out->n ? " " : "", inside, STR_ARG(str_from(word, host.n)));
	return true;
}

static bool launcher_add_each(struct arena *a, struct launcher *l, const char *name,
			      const char *value,
			      bool (*add)(struct arena *, struct launcher *, struct str,
					  struct buf *, struct error *),
			      struct error *e)
{
	struct str rest = str_of(value ? value : ""), word;
	struct buf out = { .a = a };

	while (str_next(&rest, ' ', &word)) {
		if (str_trim(word).n && !add(a, l, str_trim(word), &out, e))
			return false;
	}
	if (out.n)
		*list_push(a, &l->env) = (struct variable){ name, buf_cstr(&out) };
	return true;
}

bool launcher_parse(struct arena *a, const char *name, const char *remote_storage,
		    const char *distcc_hosts, struct launcher *out, struct error *e)
{
	*out = (struct launcher){ 0 };
	if (!name || !name[0])
		return true;
	out->ccache = strcmp(name, "ccache") == 0;
	out->distcc = strcmp(name, "distcc") == 0;
	if (out->ccache)
		return launcher_add_each(a, out, "CCACHE_REMOTE_STORAGE", remote_storage,
					 add_storage, e);
	if (!out->distcc)
		return err_set(e, ERR_USAGE,
			       "IMGBUILD_LAUNCHER=%s: only \"ccache\" and \"distcc\" are known",
			       name);
	if (!distcc_hosts || !distcc_hosts[0])
		return err_set(e, ERR_USAGE,
			       "IMGBUILD_LAUNCHER=distcc: DISTCC_HOSTS names no host");
	return launcher_add_each(a, out, "DISTCC_HOSTS", distcc_hosts, add_host, e);
}
