/* SPDX-License-Identifier: Apache-2.0 */
/* Files of an image that cannot be read while rules look at them. */

#include <criterion/criterion.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/model/model.h"
#include "support/fixture_fault_sweep.h"
#include "support/gen_image.h"

struct audit_scene {
	struct imagegen *image;
	size_t findings;
};

static bool audit_again(void *user, struct error *e)
{
	const struct audit_scene *s = user;
	AUTO_ARENA a = { 0 };
	struct audit_result r;

	return audit_image(&a,
			   &(struct audit_request){ .image = s->image->path, .now = 1790000000 },
			   &r, e) &&
	       r.findings.n == s->findings;
}

/* Texts for each rule that reads one. */
Test(audit, a_text_that_cannot_be_read_is_an_error_of_the_audit, .timeout = 120)
{
	static const char *const calls[] = { "pread64", NULL };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_scene s = { &g, 0 };
	struct audit_result r;
	struct error e = { 0 };

	imagegen_begin(&g, &a);
	g.config = "{ \"User\": \"web\", \"Entrypoint\": [\"/usr/bin/app\"] }";
	imagegen_good(&g);
	imagegen_file(&g, "etc/passwd", 0644, STR("web:x:7:7::/:/bin/false\n"));
	imagegen_file(&g, "etc/shadow", 0600, STR("web::1::::::\n"));
	imagegen_file(&g, "etc/ld.so.preload", 0644, STR("/usr/lib/libx.so\n"));
	imagegen_file(&g, "etc/ssl/certs/ca-certificates.crt", 0644, STR("none\n"));
	imagegen_file(&g, "etc/ssl/other.pem", 0644, STR("none\n"));
	imagegen_file(&g, "usr/bin/tool", 0755, STR("#!/bin/none\n"));
	/* runtimes differ about this: what is left for all of them is judged once more */
	imagegen_file(&g, "etc/f", 0644, STR("1"));
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "etc/h", .type = '1', .link = "etc/f", .mode = 0755 });
	imagegen_layer(&g);
	imagegen_add(&g, &(struct imagegen_entry){ .path = "srv/.wh.d" });
	imagegen_add(&g, &(struct imagegen_entry){ .path = "srv/d/" });
	imagegen_write(&g);
	cr_assert(audit_image(&a, &(struct audit_request){ .image = g.path, .now = 1790000000 }, &r,
			      &e),
		  "%s", e.cause);
	cr_expect(r.model->ambiguous);
	s.findings = r.findings.n;
	cr_expect_gt(fault_sweep(&(struct fault_sweep){ calls, audit_again, &s, true }), 15u);
}
