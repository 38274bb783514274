/* SPDX-License-Identifier: Apache-2.0 */
/* The image configuration (image-spec v1.1.1, config.md, and Docker's Healthcheck beside it). */

#include "inspect/image/manifest.h"
#include "format/json/jsonx.h"

#define HISTORY_MAX 4096

static bool read_diff_ids(struct arena *a, const struct json_node *root, struct image_facts *out,
			  struct error *e)
{
	struct json_node rootfs, type, list, item;
	const char *text;

	if (!json_need(root, "rootfs", &rootfs, e) || !json_want_object(&rootfs, e) ||
	    !json_need(&rootfs, "type", &type, e) || !json_as_string(a, &type, &text, e))
		return false;
	if (strcmp(text, "layers") != 0)
		return json_fail(&type, e, "must be \"layers\"");
	if (!json_need(&rootfs, "diff_ids", &list, e) || !json_want_array(&list, e))
		return false;
	if (json_count(&list) != out->layers.n)
		return json_fail(&list, e, "%zu diff_ids, but the manifest has %zu layers",
				 json_count(&list), out->layers.n);
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		if (!json_as_string(a, &item, &text, e))
			return false;
		if (!content_digest_parse(str_of(text), &out->layers.v[i].diff_id))
			return json_fail(&item, e, "must be " CONTENT_DIGEST_FORMS);
	}
	return true;
}

static bool read_history(struct arena *a, const struct json_node *root, struct image_facts *out,
			 struct error *e)
{
	struct json_node list, item, flag;
	size_t layer = 0;

	if (!jsonx_get(root, "history", &list))
		return true;
	if (!json_want_array(&list, e))
		return false;
	if (json_count(&list) > HISTORY_MAX)
		return json_fail(&list, e, "more than %d entries", HISTORY_MAX);
	for (size_t i = 0; json_item(&list, i, &item); i++) {
		struct history_line h = { .created_by = "" };

		if (!json_want_object(&item, e) ||
		    !jsonx_string(a, &item, "created_by", &h.created_by, e) ||
		    !jsonx_string(a, &item, "created", &h.created, e) ||
		    !jsonx_string(a, &item, "author", &h.author, e) ||
		    !jsonx_string(a, &item, "comment", &h.comment, e) ||
		    (jsonx_get(&item, "empty_layer", &flag) && !json_as_bool(&flag, &h.empty, e)))
			return false;
		*list_push(a, &out->history) = h;
		if (!h.empty && layer < out->layers.n)
			out->layers.v[layer].created_by = h.created_by;
		layer += !h.empty;
	}
	if (out->history.n && layer != out->layers.n)
		*list_push(a, &out->remarks) =
			arena_printf(a, "the history tells of %zu layers, there are %zu", layer,
				     out->layers.n);
	return true;
}

static bool read_env(struct arena *a, const struct json_node *cfg, struct image_facts *out,
		     struct error *e)
{
	struct strings lines = { NULL, 0, 0 };
	struct str name, value;

	if (!jsonx_strings(a, cfg, "Env", &lines, e))
		return false;
	for (size_t i = 0; i < lines.n; i++) {
		str_cut(str_of(lines.v[i]), '=', &name, &value);
		*list_push(a, &out->env) = (struct env_var){ str_dup(a, name), str_dup(a, value) };
	}
	return true;
}

static bool read_labels(struct arena *a, const struct json_node *cfg, struct image_facts *out,
			struct error *e)
{
	struct json_node labels, item;

	if (!jsonx_get(cfg, "Labels", &labels))
		return true;
	if (!json_want_object(&labels, e))
		return false;
	for (size_t i = 0; json_member(&labels, i, &item); i++) {
		struct env_var v = { .name = arena_strdup(a, item.key) };

		if (!json_as_string(a, &item, &v.value, e))
			return false;
		*list_push(a, &out->labels) = v;
	}
	return true;
}

/* What is no number is for the daemon to refuse. */
static void read_pace(const struct json_node *health, struct health_pace *out)
{
	const struct {
		const char *key;
		uint64_t *to;
	} numbers[] = { { "Interval", &out->interval_ns },
			{ "Timeout", &out->timeout_ns },
			{ "StartPeriod", &out->start_period_ns },
			{ "Retries", &out->retries } };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct error ignored = { 0 };
		struct json_node n;

		if (jsonx_get(health, numbers[i].key, &n) &&
		    !json_as_u64(&n, numbers[i].to, &ignored))
			*numbers[i].to = 0;
	}
}

static bool config_read_health(struct arena *a, const struct json_node *cfg,
			       struct image_facts *out, struct error *e)
{
	struct json_node health;

	if (!jsonx_get(cfg, "Healthcheck", &health))
		return true;
	if (!json_want_object(&health, e) || !jsonx_strings(a, &health, "Test", &out->health, e))
		return false;
	out->has_health = out->health.n && strcmp(out->health.v[0], "NONE") != 0;
	read_pace(&health, &out->pace);
	return true;
}

bool image_execution_read(struct arena *a, const struct json_node *root, struct image_facts *out,
			  struct error *e)
{
	struct json_node cfg;

	if (!jsonx_get(root, "config", &cfg))
		return true;
	return json_want_object(&cfg, e) && jsonx_string(a, &cfg, "User", &out->user, e) &&
	       jsonx_string(a, &cfg, "WorkingDir", &out->workdir, e) &&
	       jsonx_string(a, &cfg, "StopSignal", &out->stop_signal, e) &&
	       jsonx_strings(a, &cfg, "Entrypoint", &out->entrypoint, e) &&
	       jsonx_strings(a, &cfg, "Cmd", &out->cmd, e) &&
	       jsonx_keys(&cfg, "ExposedPorts", a, &out->expose, e) &&
	       jsonx_keys(&cfg, "Volumes", a, &out->volumes, e) && read_env(a, &cfg, out, e) &&
	       read_labels(a, &cfg, out, e) && config_read_health(a, &cfg, out, e);
}

bool image_config_read(struct arena *a, const char *name, struct str text, struct image_facts *out,
		       struct error *e)
{
	AUTO_JSON doc = { 0 };
	struct json_node root, os, architecture;

	if (!json_parse(name, text, &doc, e))
		return false;
	root = json_root(&doc);
	if (!json_want_object(&root, e) || !json_need(&root, "os", &os, e) ||
	    !json_as_string(a, &os, &out->os, e) ||
	    !json_need(&root, "architecture", &architecture, e) ||
	    !json_as_string(a, &architecture, &out->architecture, e))
		return false;
	if (!*out->os || !*out->architecture)
		return json_fail(&root, e, "os and architecture may not be empty");
	if (!jsonx_string(a, &root, "variant", &out->variant, e) ||
	    !jsonx_string(a, &root, "created", &out->created, e))
		return false;
	return read_diff_ids(a, &root, out, e) && read_history(a, &root, out, e) &&
	       image_execution_read(a, &root, out, e);
}
