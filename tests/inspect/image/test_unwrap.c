/* SPDX-License-Identifier: Apache-2.0 */
/* Image archives that were compressed as a whole, by the programs that people use for it. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/image/unwrap.h"
#include "inspect/model/model.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

static const struct {
	const char *program, *suffix;
} compressors[] = {
	{ "gzip", ".gz" },
	{ "xz", ".xz" },
	{ "bzip2", ".bz2" },
	{ "zstd", ".zst" },
};

static const char *audit_wrapped(struct arena *a, const char *image, struct audit_result *r,
				 struct error *e)
{
	char *text = arena_alloc(a, 4096);

	*e = (struct error){ .kind = ERR_NONE };
	if (audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, r, e))
		return NULL;
	err_format(e, text, 4096);
	return text;
}

Test(audit, archives_that_are_compressed_as_a_whole_are_read)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressors); i++) {
		for (int docker = 0; docker < 2; docker++) {
			AUTO_ARENA a = { 0 };
			AUTO_IMAGEGEN g;
			struct audit_result r;
			const char *path, *why;
			struct error e;

			oracle_need(compressors[i].program);
			imagegen_begin(&g, &a);
			imagegen_good(&g);
			imagegen_write(&g);
			path = imagegen_archive(&g, docker);
			ORACLE(&a, compressors[i].program, path);
			if (strcmp(compressors[i].program, "zstd") == 0)
				cr_assert_eq(unlink(path), 0);
			path = arena_printf(&a, "%s%s", path, compressors[i].suffix);
			why = audit_wrapped(&a, path, &r, &e);
			cr_assert(!why, "%s: %s", compressors[i].program, why);
			cr_expect_eq(r.findings.n, 0, "%s", compressors[i].program);
			cr_expect(model_at(r.model, "usr/bin/hello"));
			why = audit_wrapped(&a,
					    arena_printf(&a, "%s:%s",
							 docker ? "docker-archive" : "oci-archive",
							 path),
					    &r, &e);
			cr_expect(!why, "%s: %s", compressors[i].program, why);
		}
	}
}

Test(audit, a_compressed_archive_that_is_cut_short_is_bad_input)
{
	for (size_t i = 0; i < ARRAY_SIZE(compressors); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct audit_result r;
		const char *path, *why;
		struct error e;
		struct stat st;

		oracle_need(compressors[i].program);
		imagegen_begin(&g, &a);
		imagegen_good(&g);
		imagegen_write(&g);
		path = imagegen_archive(&g, false);
		ORACLE(&a, compressors[i].program, path);
		path = arena_printf(&a, "%s%s", path, compressors[i].suffix);
		cr_assert_eq(stat(path, &st), 0);
		cr_assert_eq(truncate(path, st.st_size / 2), 0);
		why = audit_wrapped(&a, path, &r, &e);
		cr_assert(why, "%s", compressors[i].program);
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(why, "it is compressed and cannot be expanded: ") ||
				  strstr(why, "ends"),
			  "%s", why);
	}
}

Test(audit, T6_a_compressed_archive_expands_to_what_its_size_allows)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	char *zeros = arena_alloc(&a, 1u << 20);
	struct str bomb = imagegen_compress(&a, (struct str){ zeros, 1u << 20 }, IMAGEGEN_GZIP);
	AUTO_FD in = -1;
	AUTO_FD out = -1;
	struct error e = { 0 };
	uint64_t size;

	imagegen_begin(&g, &a);
	imagegen_put(&g, "bomb", bomb);
	in = open(arena_printf(&a, "%s/bomb", g.dir), O_RDONLY | O_CLOEXEC);
	cr_expect(unwrap_wanted(in, bomb.n));
	cr_expect(unwrap_archive(in, bomb.n, 1u << 20, "bomb", &out, &size, &e));
	cr_expect_eq(size, 1u << 20);
	fd_closep(&out);
	cr_assert_not(unwrap_archive(in, bomb.n, (1u << 20) - 1, "bomb", &out, &size, &e));
	cr_expect_eq(e.kind, ERR_INPUT);
	cr_expect_str_eq(e.cause,
			 "it expands to more than 1048575 bytes, the limit for a file of its size");
	cr_expect_eq(unwrap_budget(1u << 20), (1ull << 30) + (64ull << 20));
	cr_expect_eq(unwrap_budget(UINT64_MAX / 2), INT64_MAX);
}

Test(audit, the_layer_type_of_docker_for_zstd_is_known)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	struct error e;

	imagegen_begin(&g, &a);
	g.codec = IMAGEGEN_ZSTD;
	imagegen_good(&g);
	g.edit_manifest =
		(struct imagegen_edit){ "application/vnd.oci.image.layer.v1.tar+zstd",
					"application/vnd.docker.image.rootfs.diff.tar.zstd" };
	imagegen_write(&g);
	cr_expect(!audit_wrapped(&a, g.path, &r, &e));
	cr_expect_eq(r.findings.n, 0);
}

/* An archive that is expanded to be read is expanded once: who has opened it hands it on. */
Test(audit, an_image_that_is_open_is_not_opened_again)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	AUTO_BUNDLE opened = BUNDLE_INIT;
	struct audit_request req = { .now = 1790000000, .opened = &opened };
	struct audit_result r;
	struct error e = { 0 };

	oracle_need("gzip");
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_layer(&g);
	/* runtimes differ here, so all of it is read twice */
	imagegen_add(&g, &(struct imagegen_entry){ .path = "opt/", .type = '5' });
	imagegen_file(&g, ".wh.opt", 0644, STR(""));
	imagegen_write(&g);
	ORACLE(&a, "gzip", imagegen_archive(&g, false));
	req.image = arena_printf(&a, "%s.gz", imagegen_archive(&g, false));
	cr_assert(bundle_open(&a, req.image, &opened, &e), "%s", e.cause);
	cr_assert_eq(unlink(req.image), 0);
	cr_assert(audit_image(&a, &req, &r, &e), "%s", e.cause);
	cr_expect(r.model->ambiguous);
	cr_expect(audit_image(&a, &req, &r, &e), "%s", e.cause);
}
