/* SPDX-License-Identifier: Apache-2.0 */
/* Root file systems in folders: the same as the image that umoci unpacked there; what cannot be
 * read or is left out is told. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "inspect/audit/audit.h"
#include "inspect/audit/rules.h"
#include "inspect/model/model.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/gen_image.h"

static bool audit_rootfs(struct arena *a, const char *image, struct audit_result *r,
			 struct error *e)
{
	*e = (struct error){ 0 };
	return audit_image(a, &(struct audit_request){ .image = image, .now = 1790000000 }, r, e);
}

static bool is_rootfs_told(const struct audit_result *r, const char *rule, const char *path)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (strcmp(f->rule->id, rule) == 0 &&
		    (path ? f->path && strcmp(f->path, path) == 0 : !f->path))
			return true;
	}
	return false;
}

static void rootfs_compare_items(const struct model *image, const struct model *folder)
{
	for (size_t i = 0; i < image->items.n; i++) {
		const struct item *x = image->items.v[i], *y = model_at(folder, x->path);

		cr_assert(y, "%s", x->path);
		cr_expect(x->type == y->type && x->kind == y->kind &&
				  (x->implied || x->mode == y->mode) && x->size == y->size &&
				  !x->package == !y->package,
			  "%s", x->path);
		cr_expect(x->type != ITEM_FILE || digest_eq(&x->sha256, &y->sha256), "%s", x->path);
	}
}

Test(audit, a_folder_is_what_the_image_unpacked_in_it_is)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct audit_result image, folder, named;
	const char *dir = files_temporary(&a), *rootfs = arena_printf(&a, "%s/bundle/rootfs", dir);
	struct error e;

	oracle_need("umoci");
	imagegen_begin(&g, &a);
	imagegen_good(&g);
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "usr/bin/again", .type = '1', .link = "usr/bin/hello" });
	imagegen_add(&g, &(struct imagegen_entry){ .path = "srv/shared/", .mode = 02775 });
	imagegen_write(&g);
	cr_assert(audit_rootfs(&a, g.path, &image, &e), "%s", e.cause);
	ORACLE(&a, "umoci", "unpack", "--rootless", "--image",
	       arena_printf(&a, "%s:latest", g.path), arena_printf(&a, "%s/bundle", dir));
	cr_assert(audit_rootfs(&a, rootfs, &folder, &e), "%s: %s", e.context, e.cause);
	cr_assert(audit_rootfs(&a, arena_printf(&a, "rootfs:%s", rootfs), &named, &e), "%s: %s",
		  e.context, e.cause);
	rootfs_compare_items(image.model, folder.model);
	cr_expect(model_at(folder.model, "usr/bin/again")->shared !=
		  model_at(folder.model, "usr/bin/hello")->shared);
	cr_expect_eq(image.model->packages.n, folder.model->packages.n);
	cr_expect_str_eq(image.model->image->architecture, folder.model->image->architecture);
	cr_expect(content_digest_eq(&folder.model->image->config, &named.model->image->config));
	cr_expect(!is_rootfs_told(&folder, "config.user-root", NULL) &&
		  !is_rootfs_told(&folder, "config.healthcheck-missing", NULL));
	files_remove(dir);
}

static void put_odd_things(struct arena *a, const char *dir)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	AUTO_FD fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	files_put(arena_printf(a, "%s/etc/passwd", dir), "root:x:0:0::/:\n");
	files_put(arena_printf(a, "%s/etc/secret", dir), "x\n");
	files_put(arena_printf(a, "%s/srv/inner/file", dir), "x\n");
	files_put(arena_printf(a, "%s/srv/.wh.x", dir), "x\n");
	files_put(arena_printf(a, "%s/usr/bin/run", dir), "x\n");
	cr_assert(chmod(arena_printf(a, "%s/usr/bin/run", dir), 04755) == 0);
	cr_assert(chmod(arena_printf(a, "%s/etc/secret", dir), 0) == 0);
	cr_assert(chmod(arena_printf(a, "%s/srv/inner", dir), 0) == 0);
	cr_assert(symlink("/etc/passwd", arena_printf(a, "%s/etc/link", dir)) == 0);
	cr_assert(symlink("/usr", arena_printf(a, "%s/srv/host", dir)) == 0);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s/srv/socket", dir);
	cr_assert(fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0);
}

/* Root sees more than others, and what others do not see is told. */
Test(audit, what_of_a_folder_cannot_be_read_is_told)
{
	AUTO_ARENA a = { 0 };
	const char *outer = files_temporary(&a), *dir = arena_printf(&a, "%s/root", outer);
	struct audit_result r;
	struct error e;
	bool root = geteuid() == 0;

	put_odd_things(&a, dir);
	if (root) {
		cr_assert(chmod(outer, 0755) == 0);
		cr_assert(audit_rootfs(&a, dir, &r, &e), "%s", e.cause);
		cr_expect(!is_rootfs_told(&r, "rootfs.unreadable", "etc/secret") &&
			  model_at(r.model, "srv/inner/file"));
		cr_assert(setegid(65534) == 0 && seteuid(65534) == 0);
	}
	cr_assert(audit_rootfs(&a, dir, &r, &e), "%s: %s", e.context, e.cause);
	cr_expect(!root || (seteuid(0) == 0 && setegid(0) == 0));
	cr_expect(is_rootfs_told(&r, "rootfs.unreadable", "etc/secret") &&
		  is_rootfs_told(&r, "rootfs.unreadable", "srv/inner"));
	cr_expect(is_rootfs_told(&r, "rootfs.left-out", "srv/socket") &&
		  is_rootfs_told(&r, "rootfs.left-out", "srv/.wh.x"));
	cr_expect(is_rootfs_told(&r, "file.setuid", "usr/bin/run"));
	cr_expect(model_at(r.model, "etc/secret")->unread &&
		  model_at(r.model, "etc/secret")->size == 2);
	cr_expect(!model_at(r.model, "srv/host/bin") &&
		  model_resolve(r.model, "", "etc/link", NULL));
	cr_expect_eq(is_rootfs_told(&r, "rootfs.owner", NULL), !root);
	cr_assert(chmod(arena_printf(&a, "%s/srv/inner", dir), 0755) == 0);
	files_remove(outer);
}

Test(audit, the_owner_of_a_folder_counts_as_root_in_it)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct audit_result r;
	struct error e;

	if (geteuid() != 0)
		cr_skip_test("only root gives folders away");
	files_put(arena_printf(&a, "%s/etc/of-owner", dir), "x");
	files_put(arena_printf(&a, "%s/etc/of-other", dir), "x");
	cr_assert(chown(dir, 1234, 1235) == 0 &&
		  chown(arena_printf(&a, "%s/etc/of-owner", dir), 1234, 7) == 0 &&
		  chown(arena_printf(&a, "%s/etc/of-other", dir), 1236, 1235) == 0);
	cr_assert(audit_rootfs(&a, dir, &r, &e), "%s", e.cause);
	cr_expect(is_rootfs_told(&r, "rootfs.owner", NULL));
	cr_expect(model_at(r.model, "etc/of-owner")->uid == 0 &&
		  model_at(r.model, "etc/of-owner")->gid == 7);
	cr_expect(model_at(r.model, "etc/of-other")->uid == 1236 &&
		  model_at(r.model, "etc/of-other")->gid == 0);
	files_remove(dir);
}

Test(audit, folders_that_are_no_root_file_system_are_refused)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *hole = arena_printf(&a, "%s/hole", dir);
	struct audit_request req = { .now = 1790000000 };
	struct audit_result r;
	struct error e;

	files_put(arena_printf(&a, "%s/some/file", dir), "x");
	cr_expect(!audit_rootfs(&a, dir, &r, &e) && e.kind == ERR_INPUT &&
			  strstr(e.cause, "(rootfs:DIR reads any folder)"),
		  "%s", e.cause);
	cr_expect(audit_rootfs(&a, arena_printf(&a, "rootfs:%s", dir), &r, &e), "%s", e.cause);
	cr_expect(!audit_rootfs(&a, "rootfs:/nowhere", &r, &e) && e.kind == ERR_INPUT &&
		  strstr(e.cause, "/nowhere is not there"));
	files_put(hole, "x");
	cr_assert(truncate(hole, (off_t)3 << 30) == 0);
	cr_expect(!audit_rootfs(&a, arena_printf(&a, "rootfs:%s", dir), &r, &e) &&
			  e.kind == ERR_INPUT && strstr(e.cause, "hole: with its holes") &&
			  strstr(e.cause, "--expand-max lifts that"),
		  "%s", e.cause);
	cr_assert(truncate(hole, 1 << 20) == 0);
	e = (struct error){ 0 };
	req.image = arena_printf(&a, "rootfs:%s", dir);
	req.expand_max = 1 << 10;
	cr_expect(!audit_image(&a, &req, &r, &e), "a limit that is asked for holds");
	e = (struct error){ 0 };
	req.expand_max = 2 << 20;
	cr_expect(audit_image(&a, &req, &r, &e), "%s", e.cause);
	files_remove(dir);
}
