/* SPDX-License-Identifier: Apache-2.0 */
/* Asks what a health check asks, and says why if the answer is no: for HEALTHCHECK of Docker and
 * exec probes of Kubernetes in images without a shell. Exit status 0: all is well, 1: something is
 * not, 2: the command line is wrong. */

#include <stdio.h>
#include <string.h>

#include "probe/ask_socket.h"
#include "probe/ask_system.h"
#include "probe/ask_tls.h"

#define PROBE_DEFAULT_MS 3000
#define PROBE_USAGE 2

static const char probe_help[] =
	"Usage: probe [--timeout=TIME] TARGET...\n"
	"Exit status 0 if every target is well; 1 if one is not, and why on stderr; 2: usage.\n"
	"  http://HOST[:PORT][/PATH]     a GET request is answered with a status from 200 to 399\n"
	"  https://HOST[:PORT][/PATH]    the same over TLS 1.2, whatever the certificate;\n"
	"    ...#ca=/FILE[,name=NAME]      or one that the authorities in FILE vouch for\n"
	"  tcp://HOST:PORT               a server accepts connections\n"
	"  unix:///PATH                  a server accepts connections on a Unix socket\n"
	"  file:///PATH[?max-age=TIME]   the file exists, and was written at most TIME ago\n"
	"  process:NAME                  a process of this name runs\n"
	"HOST: an IPv4 address, an IPv6 address in brackets, or localhost.\n"
	"TIME: 500ms, 3s, 1m, 2h; the timeout is for all targets together, 3s if not said.\n";

static bool probe_ask(const struct target *t, struct deadline deadline, struct objection *why)
{
	switch (t->kind) {
	case TARGET_FILE:
		return ask_file(t, why);
	case TARGET_PROCESS:
		return ask_process(t, why);
	default:
		return ask_socket(t, deadline, why);
	}
}

static bool probe_can_ask(const struct target *t, struct objection *why)
{
	return t->kind != TARGET_HTTPS || ask_tls_is_there() ||
	       objection_add(why, "this program has no TLS: an image whose recipe probes https:// "
				  "has one that does, probe-tls");
}

/* Twice: nothing is asked before every target has been read. */
static int probe_targets(char **v, uint64_t timeout)
{
	struct deadline deadline = deadline_in(timeout);
	struct target t;

	for (int asking = 0; asking < 2; asking++) {
		for (char **p = v; *p; p++) {
			struct objection why = { .len = 0 };

			if (target_parse(*p, &t, &why) && probe_can_ask(&t, &why) &&
			    (!asking || probe_ask(&t, deadline, &why)))
				continue;
			objection_print(&why, *p);
			return asking ? 1 : PROBE_USAGE;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t timeout = PROBE_DEFAULT_MS;
	int first = 1;

	if (argc == 2 && strcmp(argv[1], "--help") == 0)
		return fputs(probe_help, stdout) < 0 || fflush(stdout) != 0;
	if (argc > 1 && strncmp(argv[1], "--timeout=", 10) == 0) {
		if (!target_parse_time(argv[1] + 10, &timeout)) {
			fputs("probe: --timeout wants a time like 500ms, 3s or 1m\n", stderr);
			return PROBE_USAGE;
		}
		first = 2;
	}
	if (first >= argc || argv[first][0] == '-') {
		fputs(probe_help, stderr);
		return PROBE_USAGE;
	}
	return probe_targets(argv + first, timeout);
}
