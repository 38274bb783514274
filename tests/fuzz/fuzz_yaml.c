/* SPDX-License-Identifier: Apache-2.0 */
/* YAML: what is taken becomes a JSON document that can be walked. */

#include "format/json/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	AUTO_JSON doc = { 0 };
	struct error e = { 0 };
	struct json_node root, item;
	unsigned line, col;

	if (!yaml_parse(&a, "input.yaml", (struct str){ (const char *)data, size }, &doc, &e))
		return 0;
	root = json_root(&doc);
	json_place(&root, &line, &col);
	if (json_node_is_object(&root))
		for (size_t i = 0; json_member(&root, i, &item); i++)
			json_place(&item, &line, &col);
	return 0;
}
