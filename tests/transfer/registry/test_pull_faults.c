/* SPDX-License-Identifier: Apache-2.0 */
/* A pull whose system calls fail, one after the other: into an empty store, and out of a full one.
 */

#include <criterion/criterion.h>

#include "support/fixture_fault_sweep.h"
#include "support/fixture_files.h"
#include "support/fixture_registry_scene.h"

static bool pull_again(void *user, struct error *e)
{
	struct registry_scene *s = user;
	struct verb_run r;

	files_remove(arena_printf(s->a, "%s/out", s->image.dir));
	r = PULL(s, "--platform", "linux/amd64");
	*e = r.e;
	return r.ok;
}

static bool pull_anew(void *user, struct error *e)
{
	struct registry_scene *s = user;

	files_remove(s->store);
	return pull_again(user, e);
}

Test(pull, a_store_that_cannot_be_written_or_read_is_an_error, .timeout = 300)
{
	static const char *const calls[] = { "pread64",	 "pwrite64",  "write",	"fsync",
					     "renameat", "renameat2", "rename", NULL };
	static const char *const reading[] = { "pread64", "fstat", NULL };
	AUTO_ARENA a = { 0 };
	struct registry_scene s;

	registry_scene_begin(&s, &a);
	registry_scene_gives(&s);
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, pull_anew, &s, false }), 8u);
	cr_assert(PULL(&s).ok);
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ reading, pull_again, &s, false }), 2u);
	registry_scene_end(&s);
}
