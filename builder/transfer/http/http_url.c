/* SPDX-License-Identifier: Apache-2.0 */
/* Taking URLs apart, and the rules for redirects. Pure: no network, no curl. */

#include "transfer/http/http_url.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

static bool starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && strncasecmp(s.p, prefix.p, prefix.n) == 0;
}

static bool url_is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] <= ' ' || s.p[i] == 0x7f || s.p[i] == '\\')
			return false;
	}
	return true;
}

/* The digits behind the colon; an empty port means the scheme's, as in RFC 3986. */
static bool url_read_port(struct str digits, unsigned *port)
{
	uint64_t value;

	if (digits.n == 0)
		return true;
	if (digits.n > 5 || !str_u64(digits, &value) || value == 0 || value > 65535)
		return false;
	*port = (unsigned)value;
	return true;
}

static bool url_read_host(struct str s, struct http_url *out)
{
	struct str tail = { "", 0 };

	if (s.n && s.p[0] == '[') {
		const char *end = memchr(s.p, ']', s.n);

		if (!end)
			return false;
		out->host = (struct str){ s.p, (size_t)(end - s.p) + 1 };
		tail = str_from(s, out->host.n);
		if (tail.n && tail.p[0] != ':')
			return false;
		tail = str_from(tail, 1);
	} else {
		str_cut(s, ':', &out->host, &tail);
	}
	return out->host.n && url_read_port(tail, &out->port);
}

bool http_url_split(struct str url, struct http_url *out)
{
	struct str authority;
	const char *at;
	size_t n = 0;

	*out = (struct http_url){ .userinfo = { "", 0 } };
	if (url.n > HTTP_URL_MAX - 1 || !url_is_printable(url))
		return false;
	out->https = starts_nocase(url, STR("https://"));
	if (!out->https && !starts_nocase(url, STR("http://")))
		return false;
	out->port = out->https ? 443 : 80;
	authority = str_from(url, out->https ? 8 : 7);
	while (n < authority.n && !strchr("/?#", authority.p[n]))
		n++;
	out->rest = str_from(authority, n);
	authority.n = n;
	at = memchr(authority.p, '@', authority.n);
	if (at) {
		out->userinfo = (struct str){ authority.p, (size_t)(at - authority.p) };
		authority = str_from(authority, out->userinfo.n + 1);
		if (memchr(authority.p, '@', authority.n))
			return false;
	}
	return url_read_host(authority, out);
}

bool http_url_same_origin(const struct http_url *a, const struct http_url *b)
{
	return a->https == b->https && a->port == b->port && a->host.n == b->host.n &&
	       strncasecmp(a->host.p, b->host.p, a->host.n) == 0;
}

/* %00 to %1f and %7f: no file of ours has such a name, and programs that decode a redirect before
 * they hand it on have been fooled with them (CVE-2019-3462). */
static bool encoded_control(struct str s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if ((s.p[i + 1] == '0' || s.p[i + 1] == '1') && isxdigit((unsigned char)s.p[i + 2]))
			return true;
		if (s.p[i + 1] == '7' && (s.p[i + 2] == 'f' || s.p[i + 2] == 'F'))
			return true;
	}
	return false;
}

const char *http_url_redirect(const char *from, const char *to, char out[static HTTP_URL_MAX])
{
	struct http_url a, b;
	char port[8] = "";
	bool same;
	int n;

	if (!http_url_split(str_of(from), &a) || !http_url_split(str_of(to), &b))
		return "to what is not an http or https address";
	same = http_url_same_origin(&a, &b);
	if (a.https && !b.https)
		return "from https to http";
	if (b.userinfo.n && !same)
		return "to an address with credentials";
	if (encoded_control(b.host) || encoded_control(b.rest))
		return "to an address with control characters";
	if (!same)
		a.userinfo.n = 0;
	if (b.port != (b.https ? 443 : 80))
		snprintf(port, sizeof(port), ":%u", b.port);
	n = snprintf(out, HTTP_URL_MAX, "%s://" STR_FMT "%s" STR_FMT "%s" STR_FMT,
		     b.https ? "https" : "http", STR_ARG(a.userinfo), a.userinfo.n ? "@" : "",
		     STR_ARG(b.host), port, STR_ARG(b.rest));
	return n < HTTP_URL_MAX ? NULL : "to an address too long to be one";
}

/* How much of `base` stays in front of a reference (RFC 3986, 5.2.2, without dot segments: a server
 * that writes those gets them back). */
static size_t url_kept_length(const char *base, const struct http_url *u, const char *to)
{
	size_t origin = (size_t)(u->rest.p - base), path = origin + strcspn(u->rest.p, "?#");

	if (to[0] == '/' && to[1] == '/')
		return u->https ? strlen("https:") : strlen("http:");
	if (to[0] == '/')
		return origin;
	if (to[0] == '?')
		return path;
	while (path > origin && base[path - 1] != '/')
		path--;
	return path;
}

/* "scheme:" (RFC 3986, 3.1). */
static bool has_scheme(const char *to)
{
	size_t n = strspn(to, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n && isalpha((unsigned char)to[0]) && to[n] == ':';
}

const char *http_url_join(const char *base, const char *to, char out[static HTTP_URL_MAX])
{
	char whole[HTTP_URL_MAX];
	struct http_url u;
	size_t keep;
	int n;

	if (!http_url_split(str_of(base), &u))
		return "from what is not an http or https address";
	if (has_scheme(to))
		return http_url_redirect(base, to, out);
	keep = url_kept_length(base, &u, to);
	n = snprintf(whole, sizeof(whole), "%.*s%s%s", (int)keep, base,
		     u.rest.n == 0 && to[0] != '/' ? "/" : "", to);
	return n < HTTP_URL_MAX ? http_url_redirect(base, whole, out)
				: "to an address too long to be one";
}

bool http_url_loopback(const struct http_url *u)
{
	struct str host = u->host, part;
	unsigned parts = 0;
	uint64_t n;

	if (str_eq(host, STR("[::1]")) || (host.n == 9 && strncasecmp(host.p, "localhost", 9) == 0))
		return true;
	if (!str_starts(host, STR("127.")) || str_ends(host, STR(".")))
		return false;
	while (str_next(&host, '.', &part)) {
		if (part.n > 3 || !str_u64(part, &n) || n > 255 || ++parts > 4)
			return false;
	}
	return parts == 4;
}

/* Where the authority begins: behind "//", if that stands behind a scheme. */
static const char *url_authority(const char *url)
{
	const char *slashes = strstr(url, "://");

	return slashes ? slashes + 3 : url;
}

const char *http_url_redact(const char *url, char *out, size_t size)
{
	const char *authority = url_authority(url);
	const char *at = NULL;

	/* the last '@' of what any reader may take for the authority */
	for (const char *p = authority; *p && !strchr("/?#", *p); p++) {
		if (*p == '@')
			at = p;
	}
	if (at)
		snprintf(out, size, "%.*s***%s", (int)(authority - url), url, at);
	else
		snprintf(out, size, "%s", url);
	return out;
}
