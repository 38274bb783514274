/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as what is kept of an index: whatever a parser that was taken over has written, the
 * reader stays within it. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "input/resolve/index_record.h"
#include "input/resolve/package_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask_index(struct arena *a, const struct kept_index *kept)
{
	static const struct suite suite = { .archive = "debian", .codename = "trixie" };
	struct index x = { .a = a, .arch = "amd64" };
	struct strings names = { 0 };
	struct error e = { 0 };
	size_t n;

	index_add_packages(&x, &suite, kept);
	*list_push(a, &names) = "aa";
	if (!index_finish(&x, &e))
		abort();
	(void)!index_add_sources(&x, &suite, &names, kept, "S", &e);
	index_names(a, &x, STR(""), &names);
	for (size_t i = 0; i < names.n && i < 64; i++) {
		index_candidate(&x, str_of(names.v[i]));
		index_providers(&x, str_of(names.v[i]), &n);
	}
	e = (struct error){ 0 };
	if (kept_is_damaged(kept) && index_sound(&x, &e))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct kept_index kept;
	int fd = memfd_create("index", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (kept_open(&a, &kept, fd, size, NULL))
		ask_index(&a, &kept);
	kept_close(&kept);
	return 0;
}
