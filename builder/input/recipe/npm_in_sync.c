/* SPDX-License-Identifier: Apache-2.0 */
/* Only what cannot be otherwise is refused: a package that is not there, and a version that a plain
 * range does not have. Tags, addresses and aliases are npm's to know. */

#include "input/recipe/npm_in_sync.h"

#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/version/semver_range.h"
#include "input/recipe/package_json.h"

struct npm_asking {
	struct arena *a;
	const struct dependencies *l;
	const char *folder; /* of the package that asks, below the lock file's; "" is that itself */
};

static const struct npm_entry *npm_at(const struct npm_entries *l, const char *place)
{
	list_each(x, l) {
		if (strcmp(x->place, place) == 0)
			return x;
	}
	return NULL;
}

/* As node finds it: in the package's own node_modules, else in the project's. */
static const struct npm_entry *npm_find_asked(const struct npm_asking *k, const char *name)
{
	const char *const places[] = {
		arena_printf(k->a, "%s%snode_modules/%s", k->folder, k->folder[0] ? "/" : "", name),
		arena_printf(k->a, "node_modules/%s", name),
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		const struct npm_entry *x = npm_at(&k->l->entries, places[i]);

		x = x ? x : npm_at(&k->l->others, places[i]);
		if (x)
			return x;
	}
	return NULL;
}

/* "^1.2 || 3": neither "latest" nor "npm:x@1" nor "file:../x". */
static bool npm_is_range(const char *spec)
{
	return spec[0] && strchr("0123456789^~<>=", spec[0]) && !strpbrk(spec, ":/");
}

static bool npm_check_one(const struct npm_asking *k, const struct json_node *list,
			  const char *name, struct error *e)
{
	const struct npm_entry *x = npm_find_asked(k, name);
	const char *spec = jsonx_text(k->a, list, name), *lock = path_base(k->l->file);

	if (!x)
		return json_fail_key(list, name, e,
				     "%s is not in %s: npm install --package-lock-only adds it",
				     name, lock);
	if (x->link || !x->version || !spec || !npm_is_range(spec) ||
	    semver_range_has(str_of(spec), str_of(x->version)))
		return true;
	return json_fail_key(list, name, e,
			     "%s has %s %s, which \"%s\" does not take: npm install "
			     "--package-lock-only writes it anew",
			     lock, name, x->version, spec);
}

static bool npm_check_package(const struct npm_asking *k, struct strings *inputs, struct error *e)
{
	static const char *const sections[] = { "dependencies", "devDependencies" };
	AUTO_JSON doc = { 0 };
	struct json_node root, list;
	int got = package_json_load(k->a, k->l, k->folder, inputs, &doc, e);

	if (got <= 0)
		return got == 0;
	root = json_root(&doc);
	for (size_t i = 0; i < ARRAY_SIZE(sections); i++) {
		struct strings names = { NULL, 0, 0 };

		if (!jsonx_keys(&root, sections[i], k->a, &names, e))
			return false;
		if (names.n == 0 || !jsonx_get(&root, sections[i], &list))
			continue;
		list_each(name, &names) {
			if (!npm_check_one(k, &list, *name, e))
				return false;
		}
	}
	return true;
}

bool npm_check_in_sync(struct arena *a, const struct dependencies *l, struct strings *inputs,
		       struct error *e)
{
	struct npm_asking k = { a, l, "" };

	if (!npm_check_package(&k, inputs, e))
		return false;
	list_each(x, &l->others) {
		k.folder = x->place;
		if (x->place[0] && !strstr(x->place, "node_modules") &&
		    !npm_check_package(&k, inputs, e))
			return false;
	}
	return true;
}
