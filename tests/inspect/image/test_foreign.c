/* SPDX-License-Identifier: Apache-2.0 */
/* Images that other programs wrote: umoci and podman, when they are installed. */

#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/stat.h>

#include "inspect/audit/audit.h"
#include "inspect/model/model.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

static struct audit_result audit_foreign(struct arena *a, const char *image)
{
	struct audit_result r;
	struct error e = { 0 };
	char text[4096];

	if (!audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, &r, &e)) {
		err_format(&e, text, sizeof(text));
		cr_assert(false, "%s", text);
	}
	return r;
}

Test(audit, an_image_changed_by_umoci_is_read_as_umoci_means_it)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result r;
	const char *image, *dir;

	oracle_need("umoci");
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_file(&g, "srv/gone", 0644, STR("x"));
	imagegen_write(&g);
	image = arena_printf(&a, "%s:latest", g.path);
	dir = arena_printf(&a, "%s/new", g.dir);
	cr_assert(mkdir(dir, 0755) == 0);
	imagegen_put(&g, "new/file", STR("content"));
	ORACLE(&a, "umoci", "insert", "--image", image, dir, "/opt");
	ORACLE(&a, "umoci", "insert", "--whiteout", "--image", image, "/srv/gone");
	r = audit_foreign(&a, arena_printf(&a, "oci:%s", image));
	cr_expect(r.model->image->layers.n == 3);
	cr_expect(model_at(r.model, "opt/file") != NULL &&
		  model_at(r.model, "opt/file")->size == 7);
	cr_expect(model_at(r.model, "srv/gone") == NULL);
	cr_expect(model_at(r.model, "usr/bin/hello") != NULL);
}

static bool podman_in_folder(struct arena *a, const struct imagegen *g, const char *const *more,
			     size_t n)
{
	const char *argv[16] = { "podman",
				 "--root",
				 arena_printf(a, "%s/storage", g->dir),
				 "--runroot",
				 arena_printf(a, "%s/run", g->dir),
				 "--storage-driver",
				 "vfs" };

	for (size_t i = 0; i < n; i++)
		argv[7 + i] = more[i];
	return oracle_run(a, argv).status == 0;
}

#define PODMAN(a, g, ...)                                                \
	podman_in_folder((a), (g), (const char *const[]){ __VA_ARGS__ }, \
			 sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

Test(audit, what_podman_saves_is_read, .timeout = 120)
{
	static const char *const forms[] = { "docker-archive", "oci-archive" };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	const char *archive;

	oracle_need("podman");
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_write(&g);
	archive = imagegen_archive(&g, true);
	if (!PODMAN(&a, &g, "load", "-i", archive))
		cr_skip_test("podman cannot load an image here");
	for (size_t i = 0; i < 2; i++) {
		const char *saved = arena_printf(&a, "%s/%s.tar", g.dir, forms[i]);
		struct audit_result r;

		cr_assert(PODMAN(&a, &g, "save", "--format", forms[i], "-o", saved, "demo:latest"));
		r = audit_foreign(&a, arena_printf(&a, "%s:%s", forms[i], saved));
		cr_expect(model_at(r.model, "usr/bin/hello") != NULL, "%s", forms[i]);
		cr_expect(r.model->packages.n == 1, "%s", forms[i]);
		r = audit_foreign(&a, saved);
		cr_expect(model_at(r.model, "usr/bin/hello") != NULL, "%s by content", forms[i]);
	}
	for (size_t i = 0; i < 2; i++) {
		const char *form = i ? "oci-dir" : "docker-dir";
		const char *saved = arena_printf(&a, "%s/%s", g.dir, form);
		struct audit_result r;

		cr_assert(PODMAN(&a, &g, "save", "--format", form, "-o", saved, "demo:latest"));
		r = audit_foreign(&a, saved);
		cr_expect(model_at(r.model, "usr/bin/hello") != NULL, "%s", form);
	}
}
