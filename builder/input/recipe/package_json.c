/* SPDX-License-Identifier: Apache-2.0 */
/* Found from the place of the lock file. */

#include "input/recipe/package_json.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "base/path.h"
#include "format/json/jsonx.h"

#define PACKAGE_JSON "package.json"
#define PACKAGE_JSON_MAX ((size_t)4 << 20)

int package_json_load(struct arena *a, const struct dependencies *l, const char *folder,
		      struct strings *inputs, struct json_doc *doc, struct error *e)
{
	const char *dir = path_dir(a, l->file);
	const char *file = arena_printf(a, "%s%s%s%s" PACKAGE_JSON, dir, dir[0] ? "/" : "", folder,
					folder[0] ? "/" : "");
	struct json_node root;
	struct str text;

	if (access(file, F_OK) != 0)
		return 0;
	*list_push(a, inputs) = file;
	if (!io_read_file(a, AT_FDCWD, file, PACKAGE_JSON_MAX, &text, e) ||
	    !json_parse(file, text, doc, e))
		return -1;
	root = json_root(doc);
	return json_want_object(&root, e) ? 1 : -1;
}

const char *package_json_engine(struct arena *a, const struct json_node *root)
{
	struct json_node engines;
	const char *node = NULL;

	if (jsonx_get(root, "engines", &engines) && json_node_is_object(&engines))
		node = jsonx_text(a, &engines, "node");
	return node && node[0] ? node : NULL;
}
