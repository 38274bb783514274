/* SPDX-License-Identifier: Apache-2.0 */
/* Vulnerability data, against an image of some packages. */

#include "growth/growth.h"

#include <sys/mman.h>
#include <unistd.h>

#include "inspect/vuln/osv.h"
#include "inspect/vuln/tracker.h"
#include "inspect/vuln/vex.h"
#include "inspect/vuln/vuln.h"
#include "inspect/vuln/vuln_data.h"

/* An image that has the package hello. */
static bool vuln_hello(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct image_facts image = { .os = "linux", .architecture = "amd64" };
	struct model m = { .image = &image, .os_id = "debian", .os_version = "13", .kept = -1 };
	struct remarks problems = { NULL, 0, 0 };
	struct vuln_inputs data = { NULL, 0, 0 };
	struct vulns vulns = { 0 };

	*list_push(a, &m.packages) = (struct package){ .name = "hello",
						       .version = "1.0-1",
						       .architecture = "amd64",
						       .source = "hello",
						       .source_version = "1.0-1",
						       .record = "x" };
	*list_push(a, &image.names) = "registry.example/team/demo:1";
	*list_push(a, &data) = (struct vuln_input){ "memfd", fd, 0 };
	return fd >= 0 && fd_write(fd, input, "memfd", e) &&
	       vuln_read(a, &m, &data, &vulns, &problems, e);
}

/* An image that has as many packages as the data speak of: p000000, p000001, ... */
static bool vuln_packages(struct arena *a, struct str input, struct error *e)
{
	AUTO_FD fd = memfd_create("growth", MFD_CLOEXEC);
	struct image_facts image = { .os = "linux", .architecture = "amd64" };
	struct model m = { .image = &image, .os_id = "debian", .os_version = "13", .kept = -1 };
	struct remarks problems = { NULL, 0, 0 };
	struct vuln_inputs data = { NULL, 0, 0 };
	struct vulns vulns = { 0 };
	size_t n = 0;

	for (const char *p = input.p; (p = strstr(p, "CVE-")); p += strlen("CVE-"))
		n++;
	for (size_t i = 0; i < n; i++) {
		const char *name = arena_printf(a, "p%06zu", i);

		*list_push(a, &m.packages) = (struct package){ .name = name,
							       .version = "1.0-1",
							       .architecture = "amd64",
							       .source = name,
							       .source_version = "1.0-1",
							       .record = "x" };
	}
	*list_push(a, &image.names) = "registry.example/team/demo:1";
	*list_push(a, &data) = (struct vuln_input){ "memfd", fd, 0 };
	return fd >= 0 && fd_write(fd, input, "memfd", e) &&
	       vuln_read(a, &m, &data, &vulns, &problems, e) && vulns.n == n;
}

#define RELEASES "{\"releases\":{\"trixie\":{\"status\":\"open\",\"urgency\":\"low\"}}}"
#define OSV                                                                                         \
	"\"affected\":[{\"package\":{\"ecosystem\":\"Debian:13\",\"name\":\"hello\"},\"ranges\":[{" \
	"\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}]}]"
#define VEX                                                                                                 \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"https://a.example/1\",\"author\":\"a\"," \
	"\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,\"statements\":["
#define STATEMENT(id, product)                                                  \
	"{\"vulnerability\":{\"name\":\"" id "\"},\"status\":\"not_affected\"," \
	"\"justification\":\"component_not_present\",\"products\":[{\"@id\":\"" product "\"}]}"

static const struct growth_case vuln_table[] = {
	{ "tracker_read vuln_read vuln_read_components vuln_data_read",
	  "many vulnerabilities of one source", 110, "{\"hello\":{", "\"CVE-2026-#\":" RELEASES ",",
	  "}}", .run = vuln_hello },
	{ "tracker_read", "many sources that the image does not have", 500, "{",
	  "\"q#\":{\"CVE-2026-1\":" RELEASES "},", "}", .run = vuln_hello },
	{ "osv_read", "many records", 63, "", "{\"id\":\"CVE-2026-#\"," OSV "}\n", "",
	  .run = vuln_hello },
	{ "osv_read", "many aliases", 500, "{\"id\":\"CVE-2026-1\",\"aliases\":[", "\"A-#\",",
	  "]," OSV "}", .run = vuln_hello },
	{ "osv_read", "aliases that join many records", 57, "",
	  "{\"id\":\"A-#\",\"aliases\":[\"CVE-2026-1\"]," OSV "}\n", "", .run = vuln_hello },
	{ "osv_read", "many versions", 500,
	  "{\"id\":\"CVE-2026-1\",\"affected\":[{\"package\":{\"ecosystem\":\"Debian:13\","
	  "\"name\":\"hello\"},\"versions\":[",
	  "\"1.#\",", "]}]}", .run = vuln_hello },
	{ "osv_read", "many events", 250,
	  "{\"id\":\"CVE-2026-1\",\"affected\":[{\"package\":{\"ecosystem\":\"Debian:13\","
	  "\"name\":\"hello\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[",
	  "{\"introduced\":\"0.#\"},{\"fixed\":\"0.#\"},", "]}]}]}", .run = vuln_hello },
	{ "vex_read", "many statements", 50, VEX,
	  STATEMENT("CVE-2026-#", "pkg:deb/debian/hello@1.0-1") ",", "]}", .run = vuln_hello },
	{ "vex_read", "many statements of one vulnerability", 300, VEX,
	  STATEMENT("CVE-2026-1", "pkg:deb/debian/q#@1.0-1") ",", "]}", .run = vuln_hello },
	{ "vex_read", "many products", 250,
	  VEX "{\"vulnerability\":{\"name\":\"CVE-2026-1\"},\"status\":\"fixed\","
	      "\"products\":[",
	  "{\"@id\":\"pkg:deb/debian/q#@1.0-1\"},", "]}]}", .run = vuln_hello },
	{ "tracker_read", "vulnerabilities of as many packages", 200, "{",
	  "\"p#\":{\"CVE-2026-#\":" RELEASES "},", "}", .run = vuln_packages },
	{ "osv_read", "records of as many packages", 200, "",
	  "{\"id\":\"CVE-2026-#\",\"affected\":[{\"package\":{\"ecosystem\":\"Debian:13\","
	  "\"name\":\"p#\"},\"versions\":[\"1.0-1\"]}]}\n",
	  "", .run = vuln_packages },
	{ "vex_read", "statements about as many packages", 200, VEX,
	  STATEMENT("CVE-2026-#", "pkg:deb/debian/p#@1.0-1") ",", "]}", .run = vuln_packages },
	{ "vex_read", "statements about one vulnerability of as many packages", 200, VEX,
	  STATEMENT("CVE-2026-1", "pkg:deb/debian/p#@1.0-1") ",", "]}", .run = vuln_packages },
	{ "vex_read", "statements about the image as a whole", 200, VEX,
	  STATEMENT("CVE-2026-#", "pkg:oci/demo?tag=1") ",", "]}", .run = vuln_packages },
	{ "vex_read", "a statement about many packages", 200,
	  VEX "{\"vulnerability\":{\"name\":\"CVE\"},\"status\":\"fixed\",\"products\":[",
	  "{\"@id\":\"pkg:deb/debian/p#\",\"identifiers\":{\"CVE-\":\"pkg:deb/debian/p#\"}},",
	  "]}]}", .run = vuln_packages },
};
const struct growth_cases growth_vuln_cases = { vuln_table, ARRAY_SIZE(vuln_table) };
