/* SPDX-License-Identifier: Apache-2.0 */
/* What decides whether a compiled source is taken from the store. */

#include "make/compile/compile_key.h"

#include <criterion/criterion.h>

#include "support/fixture_files.h"
#include "support/fixture_workshop.h"

Test(compile_key, the_signature_of_a_source_is_part_of_its_key)
{
	static const char *const files[] = { "tool.asc", "author.gpg" };
	struct workshop w;
	struct compile_request rq;
	struct digest keys[4];
	struct error e = { 0 };

	workshop_open(&w);
	rq = (struct compile_request){
		.store = &w.depot.store, .lock = &w.lock, .source = &w.source, .options = &w.options
	};
	cr_assert(compile_key_digest(&w.depot.a, &rq, &keys[0], &e), "%s", e.cause);
	for (size_t i = 0; i < 2; i++)
		files_put(arena_printf(&w.depot.a, "%s/%s", w.depot.dir, files[i]), "first");
	w.source.signature.file = arena_printf(&w.depot.a, "%s/%s", w.depot.dir, files[0]);
	*list_push(&w.depot.a, &w.source.signature.keyrings) = arena_printf(&w.depot.a, "%s/%s",
									    w.depot.dir, files[1]);
	*list_push(&w.depot.a, &w.source.signature.signers) = "0123";
	cr_assert(compile_key_digest(&w.depot.a, &rq, &keys[1], &e), "%s", e.cause);
	for (size_t i = 0; i < 2; i++) {
		files_put(arena_printf(&w.depot.a, "%s/%s", w.depot.dir, files[i]), "second");
		cr_assert(compile_key_digest(&w.depot.a, &rq, &keys[2 + i], &e), "%s", e.cause);
	}
	for (size_t i = 0; i + 1 < ARRAY_SIZE(keys); i++)
		cr_expect_not(digest_eq(&keys[i], &keys[i + 1]), "%zu", i);
	workshop_close(&w);
}

/* Of two results of one key the first would be taken where the limit is raised. */
Test(compile_key, limits_that_steps_can_feel_are_part_of_the_key)
{
	struct workshop w;
	struct compile_request rq;
	struct digest usual, one;
	struct error e = { 0 };
	uint64_t *const felt[] = { &w.source.limits.memory_mib, &w.source.limits.file_mib,
				   &w.source.limits.processes };

	workshop_open(&w);
	rq = (struct compile_request){
		.store = &w.depot.store, .lock = &w.lock, .source = &w.source, .options = &w.options
	};
	cr_assert(compile_key_digest(&w.depot.a, &rq, &usual, &e), "%s", e.cause);
	w.source.limits.wall_seconds++;
	cr_assert(compile_key_digest(&w.depot.a, &rq, &one, &e), "%s", e.cause);
	cr_expect(digest_eq(&one, &usual), "after the time there is no result");
	for (size_t i = 0; i < ARRAY_SIZE(felt); i++) {
		++*felt[i];
		cr_assert(compile_key_digest(&w.depot.a, &rq, &one, &e), "%s", e.cause);
		cr_expect_not(digest_eq(&one, &usual), "%zu", i);
		--*felt[i];
	}
	workshop_close(&w);
}
