/* SPDX-License-Identifier: Apache-2.0 */
/* Whom we believe to be who they say (T23): certificates of every wrong kind against a real TLS
 * server. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "transfer/retry/retry.h"
#include "support/fixture_tls.h"

#define DAY 86400

struct tls_case {
	const char *name;
	struct tls_certificate certificate;
	const char *option; /* of the server */
	bool trust;	    /* the test's authority is trusted */
	bool ok;
	const char *says;
};

/* Asks the server for its file. */
static void check_tls_case(const struct tls_case *c, struct depot *d,
			   const struct tls_server *server)
{
	const char *url = arena_printf(&d->a, "https://127.0.0.1:%u/file", server->port);
	AUTO_HTTP http = HTTP_INIT;
	struct error e = { 0 };
	struct str body = { "", 0 };
	int status = 0;

	d->settings.tries = 1;
	d->settings.ca_file = c->trust ? arena_printf(&d->a, "%s/ca.pem", d->dir) : NULL;
	cr_assert(http_open(&d->a, &d->settings, &http, &e), "%s", e.cause);
	cr_expect_eq(http_get(&d->a, &http, url, 100, &body, &status, &e), c->ok, "%s: %s", c->name,
		     e.cause);
	if (c->ok) {
		cr_expect(status == 200 && str_eq(body, STR("hello")), "%s", c->name);
	} else {
		cr_expect_eq(e.kind, ERR_NETWORK, "%s", c->name);
		cr_expect(strstr(e.cause, c->says), "%s: %s", c->name, e.cause);
	}
}

Test(http, T23_only_servers_with_a_right_certificate_are_believed, .timeout = 60)
{
	static const struct tls_certificate right = { "IP:127.0.0.1", -DAY, DAY, false },
					    other = { "DNS:other.example", -DAY, DAY, false },
					    past = { "IP:127.0.0.1", -2 * DAY, -DAY, false },
					    future = { "IP:127.0.0.1", DAY, 2 * DAY, false },
					    self = { "IP:127.0.0.1", -DAY, DAY, true };
	const struct tls_case cases[] = {
		{ "right", right, NULL, true, true, "" },
		{ "right, TLS 1.2", right, "-tls1_2", true, true, "" },
		{ "wrong host", other, NULL, true, false, "127.0.0.1" },
		{ "expired", past, NULL, true, false, "expired" },
		{ "not yet valid", future, NULL, true, false, "not yet valid" },
		{ "self-signed", self, NULL, true, false, "self" },
		{ "unknown authority", right, NULL, false, false, "issuer" },
		{ "TLS 1.1", right, "-tls1_1", true, false, "" },
		{ "TLS 1.0", right, "-tls1", true, false, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct depot d;
		struct tls_server server;

		depot_open(&d);
		tls_authority(d.dir);
		tls_certificate(d.dir, "server", &cases[i].certificate);
		files_put(arena_printf(&d.a, "%s/file", d.dir), "hello");
		if (!tls_start(&server, d.dir, "server", cases[i].option)) {
			depot_close(&d);
			cr_skip_test("no openssl program here");
		}
		check_tls_case(&cases[i], &d, &server);
		tls_stop(&server);
		depot_close(&d);
	}
}
