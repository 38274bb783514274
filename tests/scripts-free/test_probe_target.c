/* SPDX-License-Identifier: Apache-2.0 */
/* What the probe takes for a target, and what for an answer: tables of cases. */

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

#include "probe/ask_socket.h"
#include "probe/target.h"

static const struct {
	const char *s;
	enum target_kind kind;
	const char *host, *path;
} good[] = {
	{ "http://127.0.0.1", TARGET_HTTP, "127.0.0.1:80", "/" },
	{ "http://127.0.0.1:8080/health", TARGET_HTTP, "127.0.0.1:8080", "/health" },
	{ "http://localhost:1/a?b=c#d", TARGET_HTTP, "localhost:1", "/a?b=c" },
	{ "http://localhost?x", TARGET_HTTP, "localhost:80", "/?x" },
	{ "http://[::1]:9000/", TARGET_HTTP, "[::1]:9000", "/" },
	{ "http://[fe80::1]", TARGET_HTTP, "[fe80::1]:80", "/" },
	{ "https://127.0.0.1", TARGET_HTTPS, "127.0.0.1:443", "/" },
	{ "https://[::1]:8443/live?x", TARGET_HTTPS, "[::1]:8443", "/live?x" },
	{ "tcp://10.0.0.1:65535", TARGET_TCP, "10.0.0.1:65535", "" },
	{ "tcp://[::]:1/", TARGET_TCP, "[::]:1", "" },
	{ "unix:///run/x.sock", TARGET_UNIX, "", "/run/x.sock" },
	{ "file:///run/beat", TARGET_FILE, "", "/run/beat" },
	{ "file:///run/beat?max-age=90s", TARGET_FILE, "", "/run/beat" },
	{ "process:nginx", TARGET_PROCESS, "", "nginx" },
};

Test(probe_target, good_ones_are_taken_apart)
{
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		struct objection why = { .len = 0 };
		struct target t;

		cr_expect(target_parse(good[i].s, &t, &why), "%s: %s", good[i].s, why.p);
		cr_expect_eq(t.kind, good[i].kind, "%s", good[i].s);
		cr_expect_str_eq(t.host, good[i].host, "%s", good[i].s);
		cr_expect_str_eq(t.path, good[i].path, "%s", good[i].s);
	}
}

static const struct {
	const char *s, *why;
} bad[] = {
	{ "", "has to begin with" },
	{ "127.0.0.1:80", "has to begin with" },
	{ "HTTP://127.0.0.1/", "has to begin with" },
	{ "https://127.0.0.1:x/", "port from 1 to 65535" },
	{ "https://127.0.0.1/#", "only #ca=/FILE" },
	{ "https://127.0.0.1/#ca=x", "only #ca=/FILE" },
	{ "https://127.0.0.1/#ca=/x,y", "only #ca=/FILE" },
	{ "https://127.0.0.1/#ca=/x,name=", "only #ca=/FILE" },
	{ "https://127.0.0.1/#name=x", "only #ca=/FILE" },
	{ "http://", "host is missing" },
	{ "http:///x", "host is missing" },
	{ "http://example.org/", "looks up no names" },
	{ "http://127.1/", "looks up no names" },
	{ "http://[::1/", "looks up no names" },
	{ "http://[]/", "looks up no names" },
	{ "http://::1/", "port from 1 to 65535" },
	{ "http://127.0.0.1:/", "port from 1 to 65535" },
	{ "http://127.0.0.1:0/", "port from 1 to 65535" },
	{ "http://127.0.0.1:65536/", "port from 1 to 65535" },
	{ "http://127.0.0.1:18446744073709551696/", "port from 1 to 65535" },
	{ "http://127.0.0.1:+80/", "port from 1 to 65535" },
	{ "http://[::1]80/", "port from 1 to 65535" },
	{ "http://u:p@127.0.0.1/", "user or a password" },
	{ "http://127.0.0.1/a b", "blank" },
	{ "http://127.0.0.1/a\r\nX: y", "control" },
	{ "tcp://127.0.0.1", "port from 1 to 65535" },
	{ "tcp://127.0.0.1:80/x", "nothing may follow" },
	{ "unix://run/x", "three slashes" },
	{ "unix:///", "three slashes" },
	{ "file://run/x", "three slashes" },
	{ "file:///x?age=1", "only ?max-age=TIME" },
	{ "file:///x?max-age=", "only ?max-age=TIME" },
	{ "file:///x?max-age=0", "only ?max-age=TIME" },
	{ "process:", "name of a program" },
	{ "process:/usr/bin/x", "name of a program" },
};

Test(probe_target, authorities_stand_behind_a_number_sign)
{
	struct objection why = { .len = 0 };
	struct target t;

	cr_assert(
		target_parse("https://127.0.0.1:8443/a?b#ca=/etc/a.pem,name=b.example", &t, &why));
	cr_expect_str_eq(t.path, "/a?b");
	cr_expect_str_eq(t.authorities, "/etc/a.pem");
	cr_expect_str_eq(t.peer, "b.example");
	cr_assert(target_parse("https://127.0.0.1#ca=/etc/a.pem", &t, &why));
	cr_expect_str_eq(t.host, "127.0.0.1:443");
	cr_expect_str_eq(t.path, "/");
	cr_expect_str_eq(t.authorities, "/etc/a.pem");
	cr_expect_str_eq(t.peer, "");
}

Test(probe_target, bad_ones_say_what_to_write)
{
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct objection why = { .len = 0 };
		struct target t;

		cr_expect_not(target_parse(bad[i].s, &t, &why), "%s", bad[i].s);
		cr_expect(strstr(why.p, bad[i].why), "%s: %s", bad[i].s, why.p);
	}
}

Test(probe_target, a_path_that_is_too_long_is_refused)
{
	struct objection why = { .len = 0 };
	char s[TARGET_TEXT_MAX + 64] = "unix:///";
	struct target t;

	memset(s + 8, 'a', 107);
	cr_expect_not(target_parse(s, &t, &why));
	cr_expect_str_eq(why.p, "the path of a socket has at most 107 bytes");
	s[8 + 106] = '\0';
	cr_expect(target_parse(s, &t, &why));
	memcpy(s, "file:///", 8);
	memset(s + 8, 'a', sizeof s - 9);
	cr_expect_not(target_parse(s, &t, &why));
}

Test(probe_target, the_address_is_that_of_the_text)
{
	struct objection why = { .len = 0 };
	struct target t;
	char text[64];

	cr_assert(target_parse("tcp://192.0.2.7:513", &t, &why));
	cr_expect_eq(((struct sockaddr_in *)&t.address)->sin_port, htons(513));
	inet_ntop(AF_INET, &((struct sockaddr_in *)&t.address)->sin_addr, text, sizeof text);
	cr_expect_str_eq(text, "192.0.2.7");
	cr_assert(target_parse("tcp://[2001:db8::7]:513", &t, &why));
	inet_ntop(AF_INET6, &((struct sockaddr_in6 *)&t.address)->sin6_addr, text, sizeof text);
	cr_expect_str_eq(text, "2001:db8::7");
}

Test(probe_target, times_have_a_unit_and_a_limit)
{
	static const struct {
		const char *s;
		uint64_t ms; /* 0: refused */
	} times[] = {
		{ "1", 1000 },
		{ "500ms", 500 },
		{ "3s", 3000 },
		{ "1m", 60000 },
		{ "2h", 7200000 },
		{ "720h", 2592000000 },
		{ "721h", 0 },
		{ "0s", 0 },
		{ "", 0 },
		{ "s", 0 },
		{ "-1s", 0 },
		{ "1d", 0 },
		{ "1.5s", 0 },
		{ "1 s", 0 },
		{ "99999999999h", 0 },
		{ "18446744073709551617ms", 0 },
	};

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		uint64_t ms = 0;

		cr_expect_eq(target_parse_time(times[i].s, &ms), times[i].ms > 0, "%s", times[i].s);
		cr_expect_eq(ms, times[i].ms, "%s: %llu", times[i].s, (unsigned long long)ms);
	}
}

Test(probe_target, only_a_status_line_has_a_status)
{
	static const struct {
		const char *s;
		unsigned status;
	} lines[] = {
		{ "HTTP/1.1 200 OK\r\n", 200 }, { "HTTP/1.0 503\r\n", 503 },
		{ "HTTP/1.1 204 \r\n", 204 },	{ "HTTP/2 200 OK\r\n", 0 },
		{ "HTTP/1.1 2000\r\n", 0 },	{ "HTTP/1.1  20 OK\r\n", 0 },
		{ "HTTP/1.x 200 OK\r\n", 0 },	{ "HTTP/1.1 20", 0 },
		{ "SSH-2.0-OpenSSH_9\r\n", 0 }, { "", 0 },
	};

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		cr_expect_eq(ask_status(lines[i].s, strlen(lines[i].s)), lines[i].status, "%s",
			     lines[i].s);
}
