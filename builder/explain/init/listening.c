/* SPDX-License-Identifier: Apache-2.0 */
/* Lines that say where a daemon listens. */

#include "explain/init/listening.h"

#include <strings.h>

#define HOSTS_MAX 16 /* of so many ports the host is looked for in the whole text */

/* First words of such lines, whatever their case. */
static const char *const listening_words[] = {
	"listen",	"listener",   "port",	   "tcpport",	    "tcp_port",
	"server.port",	"http_port",  "bind-port", "bind",	    "listen-port",
	"control-port", "serverport", "smtpport",  "listenaddress", "rpc-port",
};

static bool listening_is_word(struct str word)
{
	for (size_t i = 0; i < ARRAY_SIZE(listening_words); i++) {
		if (strlen(listening_words[i]) == word.n &&
		    strncasecmp(listening_words[i], word.p, word.n) == 0)
			return true;
	}
	return false;
}

/* "80", "80;", "[::]:80", "127.0.0.1:80", "*:80". 0: none. */
static unsigned listening_number(struct str word)
{
	uint64_t port;

	while (word.n && strchr(";,\"'", word.p[word.n - 1]))
		word.n--;
	for (size_t i = word.n; i > 0; i--) {
		if (word.p[i - 1] == ':') {
			word = str_from(word, i);
			break;
		}
	}
	return str_u64(word, &port) && port > 0 && port < 65536 ? (unsigned)port : 0;
}

static bool listening_is_loopback(struct str rest)
{
	static const char *const own[] = { "127.", "[::1]", "localhost", "::1" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
		if (memmem(rest.p, rest.n, own[i], strlen(own[i])))
			return true;
	}
	return false;
}

static void listening_add(struct arena *a, struct listening_ports *out, struct listening_port p)
{
	for (size_t i = 0; i < out->n; i++) {
		if (out->v[i].port == p.port) {
			out->v[i].loopback = out->v[i].loopback && p.loopback;
			return;
		}
	}
	*list_push(a, out) = p;
}

/* The first word of a line, and what stands behind it: "port = 80", "\"port\": 80,", "port: 80". */
static void listening_split(struct str line, struct str *word, struct str *rest)
{
	size_t n = 0;

	line = str_trim(line);
	line = str_from(line, line.n && strchr("\"'", line.p[0]));
	while (n < line.n && !strchr(" \t=:\"'", line.p[n]))
		n++;
	*word = (struct str){ line.p, n };
	*rest = str_from(line, n);
	while (rest->n && strchr(" \t=:\"'", rest->p[0]))
		*rest = str_from(*rest, 1);
}

/* "http_host = 127.0.0.1" of "http_port": does a line of its own say so? */
static bool listening_has_own_host(struct str text, struct str port)
{
	const size_t n = strlen("port");

	if (port.n <= n || strncasecmp(port.p + port.n - n, "port", n) != 0)
		return false;
	port.n -= n;
	for (struct str line; str_next(&text, '\n', &line);) {
		struct str word, rest;

		listening_split(line, &word, &rest);
		if (str_starts(word, port) && str_eq(str_from(word, port.n), STR("host")) &&
		    listening_is_loopback(rest))
			return true;
	}
	return false;
}

void listening_read(struct arena *a, struct str text, struct listening_ports *out)
{
	struct str all = text;
	unsigned number = 0;

	for (struct str line; str_next(&text, '\n', &line);) {
		size_t n = 0;
		struct str word, rest;
		unsigned port;

		number++;
		listening_split(line, &word, &rest);
		if (!listening_is_word(word))
			continue;
		while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\t')
			n++;
		port = listening_number((struct str){ rest.p, n });
		if (port)
			listening_add(a, out,
				      (struct listening_port){
					      port, number,
					      listening_is_loopback(rest) ||
						      (out->n < HOSTS_MAX &&
						       listening_has_own_host(all, word)) });
	}
}
