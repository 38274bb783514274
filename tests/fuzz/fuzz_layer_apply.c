/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as the tars of two layers, applied one on the other. The image around them is
 * always right, so that nothing stands between the bytes and the reader. */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "audit/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int put(struct str bytes)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, bytes, "memfd", &e))
		__builtin_trap();
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = put((struct str){ (const char *)data, size });
	size_t half = size / 1024 * 512;
	struct member members[] = { { "0", NULL, 0, half }, { "1", NULL, half, size - half } };
	struct bundle b = { .name = "fuzz", .fd = fd, .archive = true, .members = { members, 2, 2 } };
	struct image_facts image = { .os = "linux", .architecture = "amd64" };
	struct error e = { 0 };
	struct model m;

	for (size_t i = 0; i < 2; i++) {
		struct str tar = { (const char *)data + members[i].offset, members[i].size };

		*list_push(&a, &image.layers) = (struct image_layer){
			.part = members[i].name, .size = members[i].size, .diff_id = digest_of(tar) };
	}
	if (model_read(&a, &b, &image, &m, &e))
		for (size_t i = 1; i < m.items.n; i++)
			if (path_order(m.items.v[i - 1]->path, m.items.v[i]->path) >= 0)
				__builtin_trap();	/* sorted, each path once */
	model_close(&m);
	return 0;
}
