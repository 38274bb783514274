/* SPDX-License-Identifier: Apache-2.0 */
/* Many ELF files, and a reader of them that cannot be started or heard. */

#include "make/closure/elf_objects.h"

#include <criterion/criterion.h>

#include "support/fixture_fault_sweep.h"
#include "support/gen_elf.h"

#define FILES 513 /* one more than are read at once */

static bool objects_read_again(void *user, struct error *e)
{
	AUTO_ARENA a = { 0 };
	struct objects o = { .a = &a };
	struct object *last;
	const struct nodes *files = user;

	return objects_read(&o, files, e) && objects_get(&o, files->v[files->n - 1], &last, e) &&
	       last->file.is_elf && !last->file.bad && last->file.elf->soname &&
	       strcmp(last->file.elf->soname, "liba.so") == 0;
}

Test(elf_objects, a_reader_that_cannot_be_had_is_an_error, .timeout = 120)
{
	static const char *const calls[] = { "socketpair", "pipe2", "clone", "clone3", "poll",
					     "ppoll",	   "read",  "wait4", NULL };
	AUTO_ARENA a = { 0 };
	struct str file = elfgen_make(&a, &(struct elfgen){ .soname = "liba.so" });
	struct nodes files = { 0 };
	struct node *v = arena_array(&a, FILES, sizeof(*v));

	for (size_t i = 0; i < FILES; i++) {
		v[i] = (struct node){ .path = arena_printf(&a, "usr/lib/lib%03zu.so", i),
				      .type = NODE_FILE,
				      .content = { .size = file.n, .bytes = file.p } };
		*list_push(&a, &files) = &v[i];
	}
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, objects_read_again, &files, false }),
		     4u);
}
