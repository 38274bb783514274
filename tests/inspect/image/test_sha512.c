/* SPDX-License-Identifier: Apache-2.0 */
/* Layouts whose parts are named by SHA-512, as sha512sum gives it. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "support/fixture_files.h"
#include "support/gen_sha512.h"

/* Renames the parts; the diff_id of the one layer is a SHA-512, too: its tar is not compressed.
 * `wrong`: that is not the tar's. Gives the diff_id's digits. */
static const char *sha512_make(struct imagegen *g, bool wrong, struct sha512_names *names)
{
	struct arena *a = g->a;
	const struct imagegen_layer *l = &g->layers.v[0];
	const char *hex = sha512_of_file(a, imagegen_blob(g, &l->digest));
	const struct imagegen_edit edit = {
		.from = arena_printf(a, "sha256:%s", digest_hex_dup(a, &l->diff_id)),
		.to = arena_printf(a, "sha512:%s%s", hex + (wrong ? 1 : 0), wrong ? "0" : ""),
	};

	sha512_rename(g, &edit, names);
	return hex;
}

static const char *sha512_audited(struct arena *a, const char *image, struct audit_result *r)
{
	struct error e = { 0 };
	char text[2048];

	if (audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, r, &e))
		return "";
	cr_expect_eq(e.kind, ERR_INPUT);
	err_format(&e, text, sizeof(text));
	return arena_strdup(a, text);
}

static void sha512_flip(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char c;

	cr_assert(fd >= 0 && pread(fd, &c, 1, 40) == 1);
	c ^= 1;
	cr_assert(pwrite(fd, &c, 1, 40) == 1 && close(fd) == 0);
}

Test(audit, parts_may_be_named_by_sha512)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct sha512_names names;
	const char *layer, *config;

	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_PLAIN;
	imagegen_good(&g);
	imagegen_write(&g);
	sha512_make(&g, false, &names);
	cr_assert_str_eq(sha512_audited(&a, g.path, &r), "");
	cr_expect(r.findings.n == 0 && model_at(r.model, "usr/bin/hello"));
	cr_expect_str_eq(content_digest_text(&a, &r.model->image->manifest), names.manifest);
	layer = sha512_blob(&g, names.layers.v[0]);
	sha512_flip(layer);
	cr_expect(strstr(sha512_audited(&a, g.path, &r),
			 "the blob does not have the digest of its descriptor: it is sha512:"));
	sha512_flip(layer);
	config = sha512_blob(&g, names.config);
	sha512_flip(config);
	cr_expect(strstr(sha512_audited(&a, g.path, &r),
			 "does not have the digest of its name: it is sha512:"));
}

Test(audit, a_diff_id_may_be_a_sha512_and_is_checked)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct sha512_names names;
	const char *hex;

	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_PLAIN;
	imagegen_good(&g);
	imagegen_write(&g);
	hex = sha512_make(&g, true, &names);
	cr_expect(strstr(sha512_audited(&a, g.path, &r),
			 arena_printf(&a, "diff_id of the config: it is sha512:%s", hex)));
}
