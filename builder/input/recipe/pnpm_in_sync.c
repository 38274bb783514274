/* SPDX-License-Identifier: Apache-2.0 */
/* The lock file has the very words of package.json, so these are compared; whether a version fits
 * is pnpm's to know. */

#include "input/recipe/pnpm_in_sync.h"

#include "base/strmap.h"
#include "format/json/jsonx.h"
#include "input/recipe/package_json.h"

#define PNPM_ANEW "pnpm install --lockfile-only writes it anew"

struct pnpm_sync {
	struct arena *a;
	const struct dependencies *l;
	const struct pnpm_asking *asking;
	struct strmap asked; /* FOLDER NAME: what the lock file has */
	const char *folder;
};

static const char *pnpm_sync_key(const struct pnpm_sync *k, const char *folder, const char *name)
{
	return arena_printf(k->a, "%s %s", folder, name);
}

static bool pnpm_check_asked(struct pnpm_sync *k, const struct json_node *list, const char *name,
			     struct error *e)
{
	const struct pnpm_asked *x = strmap_get(&k->asked,
						str_of(pnpm_sync_key(k, k->folder, name)));
	const char *range = jsonx_text(k->a, list, name);

	if (strings_has(&k->asking->overridden, name))
		return true;
	if (!x)
		return json_fail_key(list, name, e, "%s is not in pnpm-lock.yaml: " PNPM_ANEW,
				     name);
	return !range || strcmp(range, x->range) == 0 ||
	       json_fail_key(list, name, e,
			     "pnpm-lock.yaml was written for \"%s\" of %s, not \"%s\": " PNPM_ANEW,
			     x->range, name, range);
}

/* All that a package.json asks for: what of it is in the lock file, and what of the lock file is in
 * it. Who installs peers by itself, has them as dependencies in the lock file. */
static bool pnpm_check_file(struct pnpm_sync *k, const struct json_node *root, struct error *e)
{
	static const char *const sections[] = { "dependencies", "optionalDependencies",
						"devDependencies", "peerDependencies" };
	struct strings names = { NULL, 0, 0 };
	struct json_node list;

	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		size_t first = names.n;

		if (!jsonx_keys(root, sections[i], k->a, &names, e))
			return false;
		if (i == 3 || !jsonx_get(root, sections[i], &list))
			continue;
		for (; first < names.n; first++) {
			if (!pnpm_check_asked(k, &list, names.v[first], e))
				return false;
		}
	}
	strings_sort(&names);
	list_each(x, &k->asking->v) {
		if (strcmp(x->folder, k->folder) != 0 || strings_sorted_has(&names, x->name))
			continue;
		err_set(e, ERR_INPUT, "%s is not in %s%spackage.json any more: " PNPM_ANEW, x->name,
			k->folder, k->folder[0] ? "/" : "");
		return err_at(e, k->l->file, x->line, 1);
	}
	return true;
}

bool pnpm_check_in_sync(struct arena *a, struct dependencies *l, const struct pnpm_asking *asking,
			struct strings *inputs, struct error *e)
{
	struct pnpm_sync k = { .a = a, .l = l, .asking = asking };

	list_each(x, &asking->v)
		*strmap_slot(a, &k.asked, str_of(pnpm_sync_key(&k, x->folder, x->name))) = x;
	list_each(x, &l->others) {
		AUTO_JSON doc = { 0 };
		int got = package_json_load(a, l, x->place, inputs, &doc, e);
		struct json_node root;

		if (got < 0)
			return false;
		if (got == 0)
			continue;
		root = json_root(&doc);
		x->engine = package_json_engine(a, &root);
		k.folder = x->place;
		if (!asking->hooks && !pnpm_check_file(&k, &root, e))
			return false;
	}
	return true;
}
