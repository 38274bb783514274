/* SPDX-License-Identifier: Apache-2.0 */
/* An image of another package manager is not one without packages. */

#include <criterion/criterion.h>

#include "inspect/model/inspect.h"
#include "support/fixture_verb.h"
#include "support/gen_elf.h"
#include "support/gen_image.h"

#define FEDORA "usr/lib/sysimage/rpm"

/* "PATH TEXT" of what is wrong with the records, a line each. */
static const char *other_problems(struct imagegen *g)
{
	struct inspect_request req = { .image = g->path };
	AUTO_INSPECTION in = INSPECTION_INIT;
	struct buf text = { .a = g->a };
	struct error e = { 0 };

	imagegen_write(g);
	cr_assert(inspect_image(g->a, &req, &in, &e), "%s%s", e.context, e.cause);
	list_each(x, &in.records.problems)
		buf_printf(&text, "%s %s\n", x->path, x->text);
	return buf_cstr(&text);
}

Test(other_records, every_package_manager_is_told_once)
{
	static const struct {
		const char *manager, *path;
	} cases[] = {
		{ "apk", "lib/apk/db/installed" },
		{ "apk", "usr/lib/apk/db/installed" },
		{ "opkg", "usr/lib/opkg/status" },
		{ "pacman", "var/lib/pacman/local/glibc-2.40-1/desc" },
		{ "portage", "var/db/pkg/sys-libs/glibc-2.40/PF" },
		{ "rpm", FEDORA "/rpmdb.sqlite" },
		{ "rpm", FEDORA "/Packages.db" },
		{ "rpm", "var/lib/rpm/Packages" },
		{ "rpm", "var/lib/rpmmanifest/container-manifest-2" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		const char *want =
			arena_printf(&a, " these are records of %s: only those of dpkg are read\n",
				     cases[i].manager);
		const char *said;

		imagegen_begin(&g, &a);
		imagegen_file(&g, cases[i].path, 0644, STR("x"));
		imagegen_file(&g, "usr/lib/opkg/other", 0644, STR("x"));
		said = other_problems(&g);
		cr_expect(strstr(said, want) && strchr(said, '\n')[1] == '\0', "%s: %s",
			  cases[i].path, said);
	}
}

/* Fedora has them in one place and a link in the other. */
Test(other_records, links_lead_to_the_same_records)
{
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;

	imagegen_begin(&g, &a);
	imagegen_file(&g, FEDORA "/rpmdb.sqlite", 0644, STR("x"));
	imagegen_add(&g, &(struct imagegen_entry){
				 .path = "var/lib/rpm", .type = '2', .link = "../../" FEDORA });
	cr_expect_str_eq(other_problems(&g),
			 FEDORA "/rpmdb.sqlite these are records of rpm: only those of dpkg are "
				"read\n");
}

Test(other_records, audit_and_bill_of_materials_say_so)
{
	const struct elfgen elf = { .relro = true, .bind_now = true };
	AUTO_ARENA a = { 0 };
	AUTO_IMAGEGEN g;
	struct verb_run r;

	imagegen_begin(&g, &a);
	imagegen_file(&g, "lib/apk/db/installed", 0644, STR("P:musl\nV:1.2.5-r0\n\n"));
	imagegen_file(&g, "usr/bin/x", 0755, elfgen_make(&a, &elf));
	imagegen_write(&g);
	r = VERB(&a, cmd_audit, "audit", g.path);
	cr_expect(strstr(r.out,
			 "medium  package.other-manager: records of another package manager\n"
			 "    /lib/apk/db/installed: these are records of apk: only those of "
			 "dpkg are read\n") &&
			  !strstr(r.out, "package.none"),
		  "%s", r.out);
	r = VERB(&a, cmd_sbom, "sbom", g.path);
	cr_expect(r.ok && strstr(r.said, "/lib/apk/db/installed could not be read in full for the "
					 "bill of materials: these are records of apk"),
		  "%s", r.said);
}

/* Without a program there is nothing else that is no package's. */
Test(other_records, bill_of_materials_is_not_complete)
{
	for (int others = 0; others < 2; others++) {
		AUTO_ARENA a = { 0 };
		AUTO_IMAGEGEN g;
		struct verb_run r;

		imagegen_begin(&g, &a);
		imagegen_file(&g, others ? FEDORA "/rpmdb.sqlite" : "etc/x", 0644, STR("x"));
		imagegen_write(&g);
		r = VERB(&a, cmd_sbom, "sbom", g.path, "--format", "cyclonedx-json");
		cr_expect_eq(strstr(r.out, "\"aggregate\": \"complete\"") != NULL, !others, "%s",
			     r.out);
	}
}
