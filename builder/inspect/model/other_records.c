/* SPDX-License-Identifier: Apache-2.0 */
/* Where apk, rpm, pacman, opkg and portage keep their records. */

#include "inspect/model/other_records.h"

struct other_place {
	const char *manager, *path;
	enum item_type type;
};

/* Those of one manager stand together: the first that is there is told. */
static const struct other_place places[] = {
	{ "apk", "lib/apk/db/installed", ITEM_FILE },
	{ "apk", "usr/lib/apk/db/installed", ITEM_FILE },
	{ "opkg", "usr/lib/opkg/status", ITEM_FILE },
	{ "opkg", "var/lib/opkg/status", ITEM_FILE },
	{ "pacman", "var/lib/pacman/local", ITEM_DIR },
	{ "portage", "var/db/pkg", ITEM_DIR },
	{ "rpm", "usr/lib/sysimage/rpm/rpmdb.sqlite", ITEM_FILE },
	{ "rpm", "usr/lib/sysimage/rpm/Packages.db", ITEM_FILE },
	{ "rpm", "usr/lib/sysimage/rpm/Packages", ITEM_FILE },
	{ "rpm", "var/lib/rpm/rpmdb.sqlite", ITEM_FILE },
	{ "rpm", "var/lib/rpm/Packages.db", ITEM_FILE },
	{ "rpm", "var/lib/rpm/Packages", ITEM_FILE },
	{ "rpm", "var/lib/rpmmanifest/container-manifest-2", ITEM_FILE }, /* CBL-Mariner */
};

void other_records_find(struct arena *a, const struct model *m, struct remarks *out)
{
	const char *told = "";

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct other_place *p = &places[i];
		const struct item *item = strcmp(told, p->manager) == 0
						  ? NULL
						  : model_resolve(m, "", p->path, NULL);

		if (!item || item->type != p->type)
			continue;
		told = p->manager;
		*list_push(a, out) = (struct layer_remark){
			"package.other-manager", item->path,
			arena_printf(a, "these are records of %s: only those of dpkg are read",
				     p->manager)
		};
	}
}
