/* SPDX-License-Identifier: Apache-2.0 */
/* Whom we believe to be who they say (T23): certificates of every wrong kind against a real TLS
 * server. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/depot.h"
#include "support/files.h"
#include "support/tls.h"

#define DAY 86400

Test(http, T23_only_servers_with_a_right_certificate_are_believed, .timeout = 60)
{
	static const struct {
		const char *name;
		struct tls_certificate certificate;
		const char *option;	/* of the server */
		bool trust;		/* the test's authority is trusted */
		bool ok;
		const char *says;
	} cases[] = {
		{ "right", { "IP:127.0.0.1", -DAY, DAY, false }, NULL, true, true, "" },
		{ "right, TLS 1.2",
		  { "IP:127.0.0.1", -DAY, DAY, false },
		  "-tls1_2",
		  true,
		  true,
		  "" },
		{ "wrong host",
		  { "DNS:other.example", -DAY, DAY, false },
		  NULL,
		  true,
		  false,
		  "127.0.0.1" },
		{ "expired",
		  { "IP:127.0.0.1", -2 * DAY, -DAY, false },
		  NULL,
		  true,
		  false,
		  "expired" },
		{ "not yet valid",
		  { "IP:127.0.0.1", DAY, 2 * DAY, false },
		  NULL,
		  true,
		  false,
		  "not yet valid" },
		{ "self-signed", { "IP:127.0.0.1", -DAY, DAY, true }, NULL, true, false, "self" },
		{ "unknown authority",
		  { "IP:127.0.0.1", -DAY, DAY, false },
		  NULL,
		  false,
		  false,
		  "issuer" },
		{ "TLS 1.1", { "IP:127.0.0.1", -DAY, DAY, false }, "-tls1_1", true, false, "" },
		{ "TLS 1.0", { "IP:127.0.0.1", -DAY, DAY, false }, "-tls1", true, false, "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct depot d;
		struct tls_server server;
		AUTO_HTTP http = HTTP_INIT;
		struct error e = { 0 };
		struct str body = { "", 0 };
		int status = 0;

		depot_open(&d);
		tls_authority(d.dir);
		tls_certificate(d.dir, "server", &cases[i].certificate);
		files_put(arena_printf(&d.a, "%s/file", d.dir), "hello");
		if (!tls_start(&server, d.dir, "server", cases[i].option)) {
			depot_close(&d);
			cr_skip_test("no openssl program here");
		}
		d.settings.tries = 1;
		d.settings.ca_file = cases[i].trust ? arena_printf(&d.a, "%s/ca.pem", d.dir) : NULL;
		cr_assert(http_open(&d.a, &d.settings, &http, &e), "%s", e.cause);
		cr_expect_eq(http_get(&d.a, &http,
				      arena_printf(&d.a, "https://127.0.0.1:%u/file", server.port),
				      100, &body, &status, &e),
			     cases[i].ok, "%s: %s", cases[i].name, e.cause);
		if (cases[i].ok) {
			cr_expect(status == 200 && str_eq(body, STR("hello")), "%s", cases[i].name);
		} else {
			cr_expect_eq(e.kind, ERR_NETWORK, "%s", cases[i].name);
			cr_expect(strstr(e.cause, cases[i].says), "%s: %s", cases[i].name, e.cause);
		}
		tls_stop(&server);
		depot_close(&d);
	}
}
