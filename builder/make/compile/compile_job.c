/* SPDX-License-Identifier: Apache-2.0 */
/* What a source and its lock say about compiling it. */

#include "make/compile/compile_job.h"

const struct platform *compile_platform(const struct lock *lock)
{
	return platform_of_debian(lock->architecture);
}

const char *compile_role(struct arena *a, const struct source_recipe *s)
{
	if (s->build_depends.n == 0)
		return arena_printf(a, "toolchain:%s", s->toolchain->name);
	return arena_printf(a, "source:%s", s->name);
}
