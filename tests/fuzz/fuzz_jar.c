/* SPDX-License-Identifier: Apache-2.0 */
/* An archive of Java, with archives in it. */

#include <stdlib.h>
#include <sys/mman.h>

#include "inspect/layers/embedded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = memfd_create("jar", MFD_CLOEXEC);
	struct strings purls = { NULL, 0, 0 };
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, (struct str){ (const char *)data, size }, "jar", &e))
		return 0;
	if (!jar_artifacts_read(&a, fd, size, "a.jar", &purls, &e) && e.kind != ERR_INPUT)
		abort();
	return 0;
}
