/* SPDX-License-Identifier: Apache-2.0 */
/* An authority of one certificate. */

#include "support/fixture_certificate.h"

#include "support/fixture_files.h"

void certificate_make(struct arena *a, const char *pem, const char *from, const char *until,
		      const char *path)
{
	const char *dir = files_temporary(a), *conf = arena_printf(a, "%s/conf", dir);
	const char *request = arena_printf(a, "%s/request", dir);

	files_put(
		conf,
		arena_printf(
			a,
			"[req]\ndistinguished_name=name\n[name]\n[ca]\ndefault_ca=one\n"
			"[one]\ndatabase=%s/index\nserial=%s/serial\nnew_certs_dir=%s\npolicy=any\n"
			"default_md=default\n[any]\ncommonName=supplied\n",
			dir, dir, dir));
	files_put(arena_printf(a, "%s/index", dir), "");
	files_put(arena_printf(a, "%s/serial", dir), "01\n");
	ORACLE(a, "openssl", "req", "-new", "-config", conf, "-key", pem, "-subj", "/CN=rebuilder",
	       "-out", request);
	ORACLE(a, "openssl", "ca", "-batch", "-selfsign", "-notext", "-config", conf, "-keyfile",
	       pem, "-in", request, "-startdate", from, "-enddate", until, "-out", path);
	files_remove(dir);
}
