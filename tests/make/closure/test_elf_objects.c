/* SPDX-License-Identifier: Apache-2.0 */
/* Many ELF files, and a reader of them that cannot be started or heard. */

#include "make/closure/elf_objects.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/fixture_fault_sweep.h"
#include "support/gen_elf.h"

#define FILES 1025 /* one more than are read at once */

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

/* Of many files, each of which is there but a few that a file system cuts off while they are
 * mapped: to touch the rest of their bytes ends a process. */
Test(elf_objects, a_file_that_breaks_the_reader_is_the_only_one_lost, .timeout = 60)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = memfd_create("cut", MFD_CLOEXEC);
	struct str file = elfgen_make(&a, &(struct elfgen){ .soname = "liba.so" });
	struct objects o = { .a = &a };
	struct nodes files = { 0 };
	struct node *v = arena_array(&a, 9, sizeof(*v));
	struct mapping cut;
	struct error e = { 0 };

#if defined(__SANITIZE_ADDRESS__)
	cr_skip_test("AddressSanitizer takes the signal");
#endif
	cr_assert(fd_write(fd, file, "cut", &e) && io_map_known(fd, 0, file.n, "cut", &cut, &e));
	cr_assert_eq(ftruncate(fd, 0), 0);
	for (size_t i = 0; i < 9; i++) {
		bool is_cut = i == 2 || i == 3 || i == 8;

		v[i] = (struct node){ .path = arena_printf(&a, "usr/lib/lib%zu.so", i),
				      .type = NODE_FILE,
				      .content = { .size = file.n,
						   .bytes = is_cut ? cut.bytes.p : file.p,
						   .is_elf = 1 } };
		*list_push(&a, &files) = &v[i];
	}
	cr_assert(objects_read(&o, &files, &e), "%s", e.cause);
	for (size_t i = 0; i < 9; i++) {
		const struct object *object = objects_find(&o, &v[i]);

		cr_assert(object);
		if (i == 2 || i == 3 || i == 8)
			cr_expect(object->file.bad &&
					  strstr(object->file.bad, "crashes its parser (signal 7)"),
				  "%zu: %s", i, object->file.bad);
		else
			cr_expect(!object->file.bad &&
					  strcmp(object->file.elf->soname, "liba.so") == 0,
				  "%zu", i);
	}
	io_unmap(&cut);
}
