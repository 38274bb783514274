/* SPDX-License-Identifier: Apache-2.0 */
/* What a registry is known to have, and which of its answers are a yes. */

#include "transfer/registry/push_known.h"

#include <criterion/criterion.h>

#include "transfer/registry/push_document.h"

Test(push_known, a_blob_is_known_in_its_repository)
{
	static const struct reference app = { .host = "r.example", .name = "team/app" };
	static const struct reference others[] = { { .host = "r.example", .name = "team/base" },
						   { .host = "s.example", .name = "team/app" } };
	struct push_known k = PUSH_KNOWN_INIT;

	cr_expect_not(push_known_has(&k, &app, "sha256:00"));
	push_known_add(&k, &app, "sha256:00");
	cr_expect(push_known_has(&k, &app, "sha256:00"));
	cr_expect_not(push_known_has(&k, &app, "sha256:01"));
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		cr_expect_not(push_known_has(&k, &others[i], "sha256:00"), "%zu", i);
	/* who keeps none knows nothing */
	push_known_add(NULL, &app, "sha256:00");
	cr_expect_not(push_known_has(NULL, &app, "sha256:00"));
	push_known_close(&k);
	cr_expect_not(push_known_has(&k, &app, "sha256:00"));
	push_known_close(&k);
}

/* 203 is what a proxy made of an answer. */
Test(push_known, statuses_that_take_what_was_sent)
{
	static const struct {
		int status;
		bool taken;
	} cases[] = {
		{ 0, false },	{ 100, false }, { 199, false }, { 200, true },	{ 201, true },
		{ 202, true },	{ 203, false }, { 204, true },	{ 205, false }, { 299, false },
		{ 301, false }, { 404, false }, { 500, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct http_request r = { .status = cases[i].status };

		cr_expect_eq(push_is_taken(&r), cases[i].taken, "%d", cases[i].status);
	}
}
