/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that list what is not there, as the scripts of real packages call them. */

#include <criterion/criterion.h>

#include "make/scripts/scripts.h"
#include "support/fixture_debscene.h"

/* Of libglib2.0-0t64 2.84 and shared-mime-info 2.4. */
static const char modules_glib[] =
	"#!/bin/sh\nset -e\n"
	"\"/usr/lib/x86_64-linux-gnu/glib-2.0/glib-compile-schemas\" /usr/share/glib-2.0/schemas || true\n"
	"\"/usr/lib/x86_64-linux-gnu/glib-2.0/gio-querymodules\" "
	"\"/usr/lib/x86_64-linux-gnu/gio/modules\" || true\n";
static const char modules_mime[] = "#!/bin/sh\nset -e\n"
				   "if which update-mime-database >/dev/null 2>&1; then\n"
				   "    update-mime-database /usr/share/mime\nfi\n";

/* Whether a package with this script passes in an image that has `path`. */
static bool modules_reviewed(struct arena *a, const char *script, const char *path,
			     struct script_report *report, struct error *e)
{
	struct recipe r = { 0 };
	struct deb deb;
	const struct deb *debs = &deb;
	struct tree t;

	tree_init(&t, a);
	cr_assert(tree_add(&t, &(struct node){ .path = path, .type = NODE_FILE }, e), "%s",
		  e->cause);
	debscene_package(a, &deb, "demo", "1");
	debscene_control(a, &deb, "postinst", script);
	return scripts_review(a, &r, &t, &debs, 1, report, e);
}

Test(scripts_modules, without_modules_nothing_is_missing)
{
	static const struct {
		const char *script, *path, *refused;
	} cases[] = {
		{ modules_glib, "usr/lib/x86_64-linux-gnu/libgio-2.0.so.0", NULL },
		{ modules_glib, "usr/share/glib-2.0/schemas/README", NULL },
		{ modules_mime, "usr/share/mime/globs", NULL },
		{ modules_glib, "usr/lib/x86_64-linux-gnu/gio/modules/libgiognutls.so",
		  "postinst lists modules, schemas or types (" },
		{ modules_glib, "usr/share/glib-2.0/schemas/org.gnome.proxy.gschema.xml",
		  "postinst lists modules, schemas or types (" },
		{ modules_mime, "usr/share/mime/packages/freedesktop.org.xml",
		  "postinst lists modules, schemas or types (update-mime-database)" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct script_report report;
		struct error e = { 0 };
		bool ok = modules_reviewed(&a, cases[i].script, cases[i].path, &report, &e);

		cr_expect_eq(ok, !cases[i].refused, "%zu: %s", i, e.cause);
		if (cases[i].refused)
			cr_expect(strstr(e.cause, cases[i].refused), "%zu: %s", i, e.cause);
		else
			cr_expect(strstr(report.v.v[0].treatment, "it would find none"), "%zu: %s",
				  i, report.v.v[0].treatment);
	}
}
