/* SPDX-License-Identifier: Apache-2.0 */
/* Files of which nobody has said yet what they are: what came is told. */

#include <criterion/criterion.h>

#include "support/fixture_depot.h"
#include "support/fixture_faultd.h"

Test(fetch_unknown, what_came_is_told)
{
	static const struct fault_reply script[] = {
		{ .path = "/a", .body = STR("aaa") },
		{ .path = "/b", .body = STR("bb"), .framing = FAULT_CHUNKED },
		{ .path = "/same", .body = STR("aaa") },
		{ .path = "/cut", .body = STR("cccc"), .cuts = true, .cut = 2 },
		{ .path = "/cut", .body = STR("cccc") },
		{ .path = "/no", .status = 404 },
	};
	static const struct {
		const char *paths[2], *text;
	} cases[] = {
		{ { "/a" }, "aaa" },
		{ { "/b" }, "bb" },
		{ { "/same" }, "aaa" },
		{ { "/no", "/cut" }, "cccc" },
	};
	struct want wants[ARRAY_SIZE(cases)];
	struct faultd server;
	struct depot d;
	enum err_kind kind;
	const char *text;

	depot_open(&d);
	faultd_start(&server, script, ARRAY_SIZE(script));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		wants[i] = (struct want){ .name = "x", .size = UINT64_MAX, .unknown = true };
		for (size_t k = 0; k < 2 && cases[i].paths[k]; k++)
			*list_push(&d.a, &wants[i].urls) = faultd_url(&d.a, &server,
								      cases[i].paths[k]);
	}
	cr_assert(depot_fetch(&d, wants, ARRAY_SIZE(wants), &kind, &text), "%s", text);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct digest want = digest_of(str_of(cases[i].text));

		cr_expect(digest_eq(&wants[i].sha256, &want), "%s", cases[i].text);
		cr_expect_eq(wants[i].size, strlen(cases[i].text));
		cr_expect_str_eq(wants[i].url, wants[i].urls.v[wants[i].urls.n - 1]);
		cr_expect(store_has_blob(&d.store, &want, strlen(cases[i].text)));
	}
	faultd_stop(&server);
	depot_close(&d);
}

Test(fetch_unknown, what_does_not_come_is_named)
{
	static const struct fault_reply script[] = {
		{ .path = "/no", .status = 404 },
		{ .path = "/large", .framing = FAULT_CLAIM, .claim = (uint64_t)2 << 30 },
		{ .path = "/other", .body = STR("other") },
	};
	static const struct {
		const char *path, *says;
		bool known;
		enum err_kind kind;
	} cases[] = {
		{ "/no", "x 1.0: http://127.0.0.1:", false, ERR_NETWORK },
		{ "/no", "HTTP 404", false, ERR_NETWORK },
		{ "/large", "bytes announced", false, ERR_NETWORK },
		{ "/other",
		  "x 1.0: expected SHA-256 2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881, "
		  "found 5 bytes with SHA-256",
		  true, ERR_VERIFY },
	};
	struct faultd server;

	faultd_start(&server, script, ARRAY_SIZE(script));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct want want = { .name = "x 1.0", .size = UINT64_MAX };
		struct depot d;
		enum err_kind kind;
		const char *text;

		depot_open(&d);
		want.unknown = !cases[i].known;
		want.sha256 = digest_of(STR("x"));
		*list_push(&d.a, &want.urls) = faultd_url(&d.a, &server, cases[i].path);
		cr_expect(!depot_fetch(&d, &want, 1, &kind, &text));
		cr_expect(kind == cases[i].kind && strstr(text, cases[i].says), "%s", text);
		cr_expect_eq(depot_blobs(&d).n, 0u);
		depot_close(&d);
	}
	faultd_stop(&server);
}
