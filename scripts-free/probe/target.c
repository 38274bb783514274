/* SPDX-License-Identifier: Apache-2.0 */
/* From text to addresses, by hand: a URL library would be larger than the program. */

#include "probe/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define TIME_MAX_MS (30ull * 24 * 3600 * 1000)

/* What follows `prefix`, or NULL. */
static const char *target_after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool target_parse_time(const char *s, uint64_t *ms)
{
	static const struct {
		const char *unit;
		unsigned factor;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "", 1000 } };
	size_t digits = strspn(s, "0123456789");
	uint64_t n;

	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(s + digits, units[i].unit) != 0)
			continue;
		if (!number_parse(s, digits, TIME_MAX_MS / units[i].factor, &n) || n == 0)
			return false;
		*ms = n * units[i].factor;
		return true;
	}
	return false;
}

/* `n` bytes as a string; false: they do not fit. */
static bool target_copy(char *to, size_t cap, const char *s, size_t n)
{
	if (n >= cap)
		return false;
	memcpy(to, s, n);
	to[n] = '\0';
	return true;
}

static bool target_is_clean(const char *s)
{
	for (; *s; s++) {
		if ((unsigned char)*s <= ' ' || *s == 0x7f)
			return false;
	}
	return true;
}

static bool target_set_ipv4(struct target *t, const char *host, uint16_t port)
{
	struct sockaddr_in *a = (struct sockaddr_in *)&t->address;

	*a = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port) };
	t->address_size = sizeof *a;
	return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host,
			 &a->sin_addr) == 1;
}

static bool target_set_ipv6(struct target *t, const char *host, uint16_t port)
{
	struct sockaddr_in6 *a = (struct sockaddr_in6 *)&t->address;

	*a = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = htons(port) };
	t->address_size = sizeof *a;
	return inet_pton(AF_INET6, host, &a->sin6_addr) == 1;
}

/* HOST[:PORT], of `n` bytes; `port` is the default, 0: it must be said. */
static bool target_read_host(const char *s, size_t n, unsigned port, struct target *t,
			     struct objection *why)
{
	char host[sizeof t->host], *end;
	uint64_t said = port;
	const char *after;
	bool known;

	if (n == 0 || !target_copy(host, sizeof host - 8, s, n)) {
		objection_add(why, "a host is missing or too long");
		return false;
	}
	end = host[0] == '[' ? strchr(host, ']') : strchr(host, ':');
	after = end && host[0] == '[' ? end + 1 : end;
	if (after && after[0] == ':' && !number_parse(after + 1, strlen(after + 1), 65535, &said))
		said = 0;
	if ((after && after[0] != ':' && after[0] != '\0') || said == 0) {
		objection_add(why, "a port from 1 to 65535 has to follow the host, after \":\"");
		return false;
	}
	if (end)
		*end = '\0';
	known = host[0] == '[' ? end && target_set_ipv6(t, host + 1, (uint16_t)said)
			       : target_set_ipv4(t, host, (uint16_t)said);
	if (!known)
		objection_add(why,
			      "the host has to be an IPv4 address, an IPv6 address in brackets or "
			      "localhost: this program looks up no names");
	snprintf(t->host, sizeof t->host, host[0] == '[' ? "%s]:%u" : "%s:%u", host,
		 (unsigned)said);
	return known;
}

static bool target_read_web(const char *rest, unsigned port, struct target *t,
			    struct objection *why)
{
	size_t n = strcspn(rest, "/?#");
	const char *path = rest + n;

	snprintf(t->path, sizeof t->path, "%s%.*s", path[0] == '/' ? "" : "/",
		 (int)strcspn(path, "#"), path);
	if (memchr(rest, '@', n)) {
		objection_add(why,
			      "an address may not hold a user or a password: everybody who may "
			      "inspect the container would see it");
		return false;
	}
	return target_read_host(rest, n, port, t, why);
}

static bool target_read_http(const char *rest, struct target *t, struct objection *why)
{
	t->kind = TARGET_HTTP;
	return target_read_web(rest, 80, t, why);
}

/* "#ca=/etc/ca.pem,name=web.example"; what follows the number sign never goes to the server. */
static bool target_read_trust(const char *s, struct target *t, struct objection *why)
{
	const char *file = target_after(s, "#ca=");
	size_t n = file ? strcspn(file, ",") : 0;
	const char *name = file && file[n] ? target_after(file + n, ",name=") : "";

	if (file && file[0] == '/' && target_copy(t->authorities, sizeof t->authorities, file, n) &&
	    name && (name[0] || !file[n]) &&
	    target_copy(t->peer, sizeof t->peer, name, strlen(name)))
		return true;
	objection_add(why, "only #ca=/FILE and then ,name=NAME may follow the path, as in "
			   "#ca=/etc/ssl/certs/ca-certificates.crt,name=web.example");
	return false;
}

static bool target_read_https(const char *rest, struct target *t, struct objection *why)
{
	const char *trust = rest + strcspn(rest, "#");

	t->kind = TARGET_HTTPS;
	if (trust[0] && !target_read_trust(trust, t, why))
		return false;
	return target_read_web(rest, 443, t, why);
}

static bool target_read_tcp(const char *rest, struct target *t, struct objection *why)
{
	size_t n = strlen(rest);

	t->kind = TARGET_TCP;
	if (n && rest[n - 1] == '/')
		n--;
	if (memchr(rest, '/', n)) {
		objection_add(why, "nothing may follow the port");
		return false;
	}
	return target_read_host(rest, n, 0, t, why);
}

/* The path of a URL without a host: "/run/x.sock" of "unix:///run/x.sock". */
static bool target_read_path(const char *rest, size_t n, struct target *t, struct objection *why)
{
	if (rest[0] == '/' && n > 1 && target_copy(t->path, sizeof t->path, rest, n))
		return true;
	objection_add(why, "a path from the root has to follow: three slashes in all");
	return false;
}

static bool target_read_unix(const char *rest, struct target *t, struct objection *why)
{
	struct sockaddr_un *a = (struct sockaddr_un *)&t->address;

	t->kind = TARGET_UNIX;
	if (!target_read_path(rest, strlen(rest), t, why))
		return false;
	*a = (struct sockaddr_un){ .sun_family = AF_UNIX };
	t->address_size = sizeof *a;
	if (target_copy(a->sun_path, sizeof a->sun_path, t->path, strlen(t->path)))
		return true;
	objection_add(why, "the path of a socket has at most %zu bytes", sizeof a->sun_path - 1);
	return false;
}

static bool target_read_file(const char *rest, struct target *t, struct objection *why)
{
	const char *query = strchr(rest, '?'), *age;

	t->kind = TARGET_FILE;
	t->max_age_ms = UINT64_MAX;
	if (!target_read_path(rest, query ? (size_t)(query - rest) : strlen(rest), t, why))
		return false;
	if (!query)
		return true;
	age = target_after(query, "?max-age=");
	if (age && target_parse_time(age, &t->max_age_ms))
		return true;
	objection_add(why, "only ?max-age=TIME may follow the path, as in ?max-age=90s");
	return false;
}

static bool target_read_process(const char *rest, struct target *t, struct objection *why)
{
	t->kind = TARGET_PROCESS;
	if (rest[0] && !strchr(rest, '/') && target_copy(t->path, 256, rest, strlen(rest)))
		return true;
	objection_add(why, "the name of a program has to follow, without its folder");
	return false;
}

bool target_parse(const char *s, struct target *out, struct objection *why)
{
	static const struct {
		const char *prefix;
		bool (*read)(const char *, struct target *, struct objection *);
	} kinds[] = {
		{ "http://", target_read_http }, { "https://", target_read_https },
		{ "tcp://", target_read_tcp },	 { "unix://", target_read_unix },
		{ "file://", target_read_file }, { "process:", target_read_process },
	};

	memset(out, 0, sizeof *out);
	if (strlen(s) >= TARGET_TEXT_MAX - 1 || !target_is_clean(s)) {
		objection_add(why, "too long, or with a blank or a control character");
		return false;
	}
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		const char *rest = target_after(s, kinds[i].prefix);

		if (rest)
			return kinds[i].read(rest, out, why);
	}
	objection_add(why, "it has to begin with http://, https://, tcp://, unix://, file:// or "
			   "process:");
	return false;
}
