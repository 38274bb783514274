/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as the tars of two layers, parsed in process and applied one on the other; and
 * the same bytes as what a parser says, as if it had been taken over. */

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect/layers/layer_merge.h"
#include "inspect/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int fuzz_memory_file(struct str bytes)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, bytes, "memfd", &e))
		__builtin_trap();
	return fd;
}

/* What is said of a layer, or nothing if it is malformed. */
static struct str fuzz_parse_layer(struct arena *a, const struct image_layer *layer, int fd,
				   uint64_t offset)
{
	AUTO_FD scratch = fuzz_memory_file(STR(""));
	const struct layer_job job = { layer, 0, NULL, fd, offset, layer->size, scratch };
	struct buf said = { .a = a };
	struct error e = { 0 };
	struct buf_sink out;

	buf_sink_init(&out, &said, "answer");
	if (layer_parse(&job, &out.base, &e))
		return buf_str(&said);
	if (e.kind != ERR_INPUT)
		__builtin_trap();
	return (struct str){ "", 0 };
}

static bool fuzz_collect_layer(struct arena *a, struct model *m, size_t index, struct str said,
			       struct items *items)
{
	struct change change = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	struct layer_budget budget = { .entries = 0 };
	struct error e = { 0 };
	struct str_source from;

	str_source_init(&from, said, "a layer");
	if (!layer_collect(a, a, &from.base, m, index, &budget, &change, &e))
		return e.kind != ERR_INPUT ? (__builtin_trap(), false) : false;
	merge_change(a, a, m, &change, index, items);
	for (size_t i = 1; i < items->n; i++)
		if (path_order(items->v[i - 1]->path, items->v[i]->path) >= 0)
			__builtin_trap(); /* sorted, each path once */
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str input = { (const char *)data, size };
	AUTO_FD fd = fuzz_memory_file(input);
	size_t half = size / 1024 * 512;
	struct str tars[] = { { input.p, half }, str_from(input, half) };
	struct image_facts image = { .os = "linux", .architecture = "amd64" };
	struct items items = { NULL, 0, 0 }, others = items;
	struct model m = { .image = &image, .kept = -1 };

	for (size_t i = 0; i < 2; i++) {
		struct image_layer *layer = list_push(&a, &image.layers);

		*layer = (struct image_layer){ .size = tars[i].n,
					       .diff_id = content_digest_of(tars[i], false) };
		list_push(&a, &m.layers);
	}
	for (size_t i = 0; i < 2; i++) {
		struct str said = fuzz_parse_layer(&a, &image.layers.v[i], fd, i ? half : 0);

		/* what our own parser says is always believed */
		if (said.n && !fuzz_collect_layer(&a, &m, i, said, &items))
			__builtin_trap();
	}
	(void)fuzz_collect_layer(&a, &m, 0, input, &others);
	model_close(&m);
	return 0;
}
