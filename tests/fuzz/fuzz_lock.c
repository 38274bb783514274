/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as a lock and as a lock of tools. What is read and written again is read as
 * the same, and is written the same way from then on. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "input/lock/lock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef bool fuzz_lock_reader(struct arena *a, const char *path, struct lock *lock,
			      struct error *e);

static bool fuzz_lock_read(struct arena *a, struct str text, fuzz_lock_reader *read,
			   struct lock *lock)
{
	AUTO_FD fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, text, "memfd", &e))
		abort();
	if (read(a, arena_printf(a, "/proc/self/fd/%d", fd), lock, &e))
		return true;
	if (e.kind != ERR_INPUT)
		abort();
	return false;
}

static struct str fuzz_lock_text(struct arena *a, const struct lock *lock)
{
	struct buf text = { .a = a };

	lock_format(lock, &text);
	return buf_str(&text);
}

static void fuzz_lock_round(struct arena *a, struct str bytes, fuzz_lock_reader *read)
{
	struct lock first, second;
	struct str text;

	if (!fuzz_lock_read(a, bytes, read, &first))
		return;
	for (size_t i = 0; i < first.packages.n; i++) {
		if (!first.packages.v[i].state)
			abort();
	}
	text = fuzz_lock_text(a, &first);
	if (!fuzz_lock_read(a, text, read, &second) || second.packages.n != first.packages.n ||
	    second.states.n != first.states.n || !str_eq(fuzz_lock_text(a, &second), text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	AUTO_ARENA a = { 0 };

	fuzz_lock_round(&a, bytes, lock_load);
	fuzz_lock_round(&a, bytes, lock_load_tools);
	return 0;
}
