/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as an image configuration, and as the index of an archive. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "inspect/image/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The bytes as what an old archive says of a layer. */
static void read_legacy(struct arena *a, struct str text)
{
	static const char tags[] = "{\"a\":{\"b\":\"x\"}}";
	AUTO_FD fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct member members[] = { { "repositories", NULL, 0, sizeof(tags) - 1 },
				    { "x/json", NULL, sizeof(tags) - 1, text.n },
				    { "x/layer.tar", NULL, sizeof(tags) - 1, text.n } };
	struct bundle b = { .name = "fuzz",
			    .fd = fd,
			    .archive = true,
			    .members = { members, 3, 3 },
			    .form = BUNDLE_DOCKER };
	struct image_facts facts = { 0 };
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, (struct str){ tags, sizeof(tags) - 1 }, "memfd", &e) ||
	    !fd_write(fd, text, "memfd", &e))
		abort();
	if (!docker_v1_read(a, &b, &facts, &e) && e.kind != ERR_INPUT)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char layout[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct str text = { (const char *)data, size };
	struct member members[] = { { "index.json", NULL, sizeof(layout) - 1, size },
				    { "manifest.json", NULL, sizeof(layout) - 1, size },
				    { "oci-layout", NULL, 0, sizeof(layout) - 1 } };
	struct bundle b = {
		.name = "fuzz", .fd = fd, .archive = true, .members = { members, 3, 3 }
	};
	struct image_facts facts = { 0 };
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, ((struct str){ layout, sizeof(layout) - 1 }), "memfd", &e) ||
	    !fd_write(fd, text, "memfd", &e))
		abort();
	if (!image_config_read(&a, "config", text, &facts, &e))
		err_clear(&e);
	read_legacy(&a, text);
	for (int form = BUNDLE_OCI; form <= BUNDLE_DOCKER; form++) {
		b.form = (enum bundle_form)form;
		if (!manifest_read(&a, &b, "linux/amd64", &facts, &e))
			err_clear(&e);
	}
	return 0;
}
