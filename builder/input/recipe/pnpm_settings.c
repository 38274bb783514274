/* SPDX-License-Identifier: Apache-2.0 */
/* Only what changes which package code finds. */

#include "input/recipe/pnpm_settings.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "format/json/jsonx.h"
#include "format/json/yaml.h"
#include "format/text/npmrc.h"

#define PNPM_SETTINGS_MAX (1u << 20)

/* As .npmrc and pnpm-workspace.yaml call it; "": any value but false. */
static const struct {
	const char *key, *yaml, *value;
} pnpm_hoisting[] = {
	{ "shamefully-hoist", "shamefullyHoist", "" },
	{ "node-linker", "nodeLinker", "hoisted" },
	{ "public-hoist-pattern", NULL, "*" },
	{ "public-hoist-pattern[]", NULL, "*" },
};

static bool pnpm_says(const char *said, const char *value)
{
	return said && (value[0] ? strcmp(said, value) == 0 : npmrc_is_true(str_of(said)));
}

static const char *pnpm_beside(struct arena *a, const struct dependencies *l, const char *name)
{
	const char *dir = path_dir(a, l->file);

	return arena_printf(a, "%s%s%s", dir, dir[0] ? "/" : "", name);
}

/* "publicHoistPattern": ["*"] */
static bool pnpm_hoists_by_pattern(struct arena *a, const struct json_node *root, bool *out,
				   struct error *e)
{
	struct strings patterns = { NULL, 0, 0 };

	if (!jsonx_strings(a, root, "publicHoistPattern", &patterns, e))
		return false;
	*out = *out || strings_has(&patterns, "*");
	return true;
}

static bool pnpm_read_workspace(struct arena *a, const char *file, bool *out, struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root;

	if (!yaml_load(a, file, &doc, e))
		return false;
	root = json_root(&doc);
	if (json_node_is_null(&root))
		return true;
	if (!json_want_object(&root, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(pnpm_hoisting); i++) {
		if (pnpm_hoisting[i].yaml &&
		    pnpm_says(jsonx_text(a, &root, pnpm_hoisting[i].yaml), pnpm_hoisting[i].value))
			*out = true;
	}
	return pnpm_hoists_by_pattern(a, &root, out, e);
}

bool pnpm_hoists(struct arena *a, const struct dependencies *l, struct strings *inputs, bool *out,
		 struct error *e)
{
	const char *npmrc = pnpm_beside(a, l, ".npmrc");
	const char *workspace = pnpm_beside(a, l, "pnpm-workspace.yaml");
	struct str text;

	*out = false;
	if (access(npmrc, F_OK) == 0) {
		*list_push(a, inputs) = npmrc;
		if (!io_read_file(a, AT_FDCWD, npmrc, PNPM_SETTINGS_MAX, &text, e))
			return false;
		for (size_t i = 0; i < ARRAY_SIZE(pnpm_hoisting); i++) {
			if (pnpm_says(npmrc_setting(a, text, pnpm_hoisting[i].key),
				      pnpm_hoisting[i].value))
				*out = true;
		}
	}
	if (access(workspace, F_OK) != 0)
		return true;
	*list_push(a, inputs) = workspace;
	return pnpm_read_workspace(a, workspace, out, e);
}
