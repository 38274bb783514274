/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes as a file of vulnerability data (tracker, OSV, OpenVEX), as package URLs and
 * CPEs. */

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format/archive/zip.h"
#include "inspect/vuln/vex.h"
#include "inspect/vuln/vuln.h"
#include "base/rfc3339.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_read_names(struct arena *a, const char *text)
{
	struct purl p;
	int64_t when;

	if (purl_parse(a, text, &p) && (!p.type || !*p.name || !purl_covers(&p, &p)))
		abort();
	if (cpe_covers(text, text) && strncmp(text, "cpe:2.3:", 8) != 0)
		abort();
	if (rfc3339_parse(text, &when) && when < -100000)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	AUTO_FD fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct package hello = { .name = "hello",
				 .version = "1.0-1",
				 .architecture = "amd64",
				 .source = "hello",
				 .source_version = "1.0-1",
				 .record = "x" };
	struct image_facts image = { .os = "linux", .architecture = "amd64" };
	struct model m = { .image = &image,
			   .os_id = "debian",
			   .os_version = "13",
			   .kept = -1,
			   .packages = { &hello, 1, 1 } };
	struct remarks problems = { NULL, 0, 0 };
	struct vuln_inputs files = { NULL, 0, 0 };
	struct vulns vulns = { 0 };
	struct error e = { 0 };
	size_t told = 0;

	/* an archive is read in a jail, where no sanitizer runs; fuzz_jar is for those */
	if (zip_is((struct str){ (const char *)data, size }))
		return 0;
	if (fd < 0 || !fd_write(fd, (struct str){ (const char *)data, size }, "memfd", &e))
		abort();
	*list_push(&a, &image.names) = "registry.example/team/demo:1";
	*list_push(&a, &files) = (struct vuln_input){ "memfd", fd, 0 };
	fuzz_read_names(&a, arena_strndup(&a, (const char *)data, size));
	if (!vuln_read(&a, &m, &files, &vulns, &problems, &e) && e.kind != ERR_INPUT)
		abort();
	for (size_t s = 0; e.kind == ERR_NONE && s < VULN_STATES; s++)
		told += vulns.counts[s];
	if (e.kind == ERR_NONE && told != vulns.n)
		abort();
	return 0;
}
