/* SPDX-License-Identifier: Apache-2.0 */
/* What is promised of the pinned libraries: those for amd64 and for arm64 write the same bytes. A
 * program that shares nothing with the builder loads each; the one for arm64 runs in qemu. */

#include <fcntl.h>
#include <stdlib.h>

#include <criterion/criterion.h>

#include "input/release/mirrors.h"
#include "input/lock/tools_lock.h"
#include "input/lock/lock_wants.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"

#define INPUT ((size_t)200 << 20)
#define ARM_LIBRARIES "/usr/aarch64-linux-gnu"

/* A pinned package's .deb in the user's store, unpacked by dpkg. */
static const char *unpack_tool(struct arena *a, const char *dir, const char *name,
			       const struct platform *machine)
{
	struct store store = STORE_INIT;
	struct recipe r = { 0 };
	struct mirrors mirrors = { 0 };
	struct lock_order o = { .store = &store, .mirrors = &mirrors };
	const char *to = arena_printf(a, "%s/%s-%s", dir, name, machine->machine->debian);
	const struct locked_package *p;
	struct lock lock = { 0 }, one;
	struct error e = { 0 };

	cr_assert(store_open(a, NULL, &store, &e) && recipe_load(a, "recipes/hello.json", &r, &e) &&
			  tools_load(a, tools_path(a, r.repository), &lock, &e) > 0 &&
			  mirrors_find(a, NULL, getenv("IMGBUILD_MIRROR"), r.archive, "/", &mirrors,
				       &e),
		  "%s", e.cause);
	p = tools_find(&lock, name, machine);
	tools_for(a, &lock, name, machine, &one);
	cr_assert(p && lock_fetch(a, &o, &one, NULL, NULL, &e), "%s", e.cause);
	ORACLE(a, "dpkg", "--extract",
	       arena_printf(a, "%s/blobs/sha256/%s", store.path,
			    digest_hex_dup(a, &p->file.sha256)),
	       to);
	store_close(&store);
	return to;
}

static void add_file_contents(struct arena *a, struct buf *out, const char *dir, size_t most)
{
	struct strings files = files_below(a, dir, "");
	size_t end = out->n + most;

	for (size_t i = 0; i < files.n && out->n < end; i++) {
		AUTO_ARENA one = { 0 };
		struct error ignored = { 0 };
		struct str text;

		if (io_read_file(&one, AT_FDCWD, files.v[i], 64 << 20, &text, &ignored))
			buf_add(out, text);
	}
}

/* Programs, libraries and tables, texts, what does not compress, and nothing but zeros. */
static const char *mixed_input(struct arena *a, const char *dir)
{
	const char *path = arena_printf(a, "%s/input", dir);
	struct buf text = { .a = a };
	struct error e = { 0 };

	add_file_contents(a, &text, "/usr/lib/x86_64-linux-gnu/gconv", 20 << 20);
	add_file_contents(a, &text, "/usr/bin", 60 << 20);
	add_file_contents(a, &text, "/usr/share", 60 << 20);
	buf_add(&text, depot_noise(a, 20 << 20, 1));
	buf_add(&text, (struct str){ arena_alloc(a, 10 << 20), 10 << 20 });
	while (text.n < INPUT)
		buf_add(&text,
			(struct str){ text.p, INPUT - text.n < text.n ? INPUT - text.n : text.n });
	cr_assert(file_write_path(path, 0600, buf_str(&text), &e), "%s", e.cause);
	return path;
}

static const char *digest_of_output(struct arena *a, const struct oracle_run *r)
{
	struct digest d = digest_of(r->out);

	cr_assert(r->status == 0 && r->out.n > 0, "%d: %s", r->status, r->err.p);
	return digest_hex_dup(a, &d);
}

Test(machines, the_libraries_for_amd64_and_arm64_write_the_same, .timeout = 3600)
{
	static const struct {
		const char *format, *package, *file;
	} cases[] = { { "gzip", TOOLS_GZIP, "libdeflate.so.0" },
		      { "zstd", TOOLS_ZSTD, "libzstd.so.1" } };
	const struct platform *amd64 = platform_find(STR("linux/amd64")),
			      *arm64 = platform_find(STR("linux/arm64"));
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *here = arena_printf(&a, "%s/here", dir);
	const char *there = arena_printf(&a, "%s/there", dir), *input;

	oracle_need("aarch64-linux-gnu-gcc");
	oracle_need("qemu-aarch64-static");
	if (platform_of_host() != amd64)
		cr_skip_test("this machine is not amd64");
	ORACLE(&a, "gcc", "-O2", "-o", here, "tests/full/compress/compress.c", "-ldl");
	ORACLE(&a, "aarch64-linux-gnu-gcc", "-O2", "-o", there, "tests/full/compress/compress.c",
	       "-ldl");
	input = mixed_input(&a, dir);
	for (size_t i = 0; i < 2; i++) {
		AUTO_ARENA one = { 0 };
		const char *x = arena_printf(&one, "%s/usr/lib/%s/%s",
					     unpack_tool(&a, dir, cases[i].package, amd64),
					     amd64->machine->triplet, cases[i].file);
		const char *y = arena_printf(&one, "%s/usr/lib/%s/%s",
					     unpack_tool(&a, dir, cases[i].package, arm64),
					     arm64->machine->triplet, cases[i].file);
		struct oracle_run first = oracle_run(&one,
						     (const char *const[]){ here, cases[i].format,
									    x, input, NULL });
		struct oracle_run second =
			oracle_run(&one, (const char *const[]){ "qemu-aarch64-static", "-L",
								ARM_LIBRARIES, there,
								cases[i].format, y, input, NULL });

		cr_expect_str_eq(digest_of_output(&one, &first), digest_of_output(&one, &second),
				 "%s", cases[i].format);
	}
	files_remove(dir);
}
