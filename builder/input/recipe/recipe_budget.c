/* SPDX-License-Identifier: Apache-2.0 */
/* What a recipe allows its image to grow to. */

#include "base/size.h"
#include "input/recipe/recipe_reader.h"

static bool budget_read_size(struct reader *rd, const struct json_node *budget,
			     struct budget_limit *out, struct error *e)
{
	struct json_node n;
	const char *text;

	if (!json_get(budget, "compressed", &n))
		return true;
	if (!json_as_string(rd->a, &n, &text, e))
		return false;
	out->set = true;
	out->at = read_place(&n);
	return size_parse_unit(str_of(text), &out->most) ||
	       json_fail(&n, e,
			 "\"%s\" is no size like \"25 MB\": a number and bytes, kB, MB, GB, KiB, "
			 "MiB or GiB",
			 text);
}

static bool budget_read_count(const struct json_node *budget, const char *key,
			      struct budget_limit *out, struct error *e)
{
	struct json_node n;

	if (!json_get(budget, key, &n))
		return true;
	out->set = true;
	out->at = read_place(&n);
	return json_as_u64(&n, &out->most, e) &&
	       (out->most > 0 || json_fail(&n, e, "must be at least 1"));
}

static bool budget_read_cve(struct reader *rd, const struct json_node *budget, struct budget *out,
			    struct error *e)
{
	static const char *const levels[] = { "low", "medium", "high", "critical" };
	struct json_node n;

	if (!json_get(budget, "cve", &n))
		return true;
	out->cve_at = read_place(&n);
	if (!json_as_string(rd->a, &n, &out->cve, e))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		if (strcmp(out->cve, levels[i]) == 0)
			return true;
	}
	return json_fail(&n, e, "is \"low\", \"medium\", \"high\" or \"critical\"");
}

bool budget_read(struct reader *rd, const struct json_node *root, struct budget *out,
		 struct error *e)
{
	static const char *const keys[] = { "compressed", "layers", "packages", "cve", NULL };
	struct json_node n;

	if (!json_get(root, "budget", &n))
		return true;
	return json_want_object(&n, e) && json_no_other_keys(&n, keys, e) &&
	       budget_read_size(rd, &n, &out->compressed, e) &&
	       budget_read_count(&n, "layers", &out->layers, e) &&
	       budget_read_count(&n, "packages", &out->packages, e) &&
	       budget_read_cve(rd, &n, out, e);
}
