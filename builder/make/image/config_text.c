/* SPDX-License-Identifier: Apache-2.0 */
/* The text of the configuration. It knows field names and units, not where settings come from. */

#include "make/image/config_text.h"
#include "input/recipe/variables.h"

#include "base/rfc3339.h"
#include "format/json/jsonw.h"

#define NS_PER_MS 1000000u

bool image_time(struct arena *a, uint64_t epoch, const char **out, struct error *e)
{
	char text[RFC3339_SIZE];

	if (epoch > RFC3339_MAX)
		return err_set(e, ERR_INPUT, "the epoch %llu lies beyond the year 9999",
			       (unsigned long long)epoch);
	rfc3339_format((int64_t)epoch, text);
	*out = arena_strdup(a, text);
	return true;
}

/* {"3128/tcp":{},"8080/tcp":{}}: a set, as Go marshals one. */
static void write_set(struct jsonw *w, const char *key, const struct strings *set)
{
	if (set->n == 0)
		return;
	jsonw_object(w, key);
	for (size_t i = 0; i < set->n; i++) {
		jsonw_object(w, set->v[i]);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

/* Docker counts nanoseconds in a signed number; 0 is left out and means its default. */
static bool write_duration(struct jsonw *w, const char *key, uint64_t ms, struct error *e)
{
	if (ms > INT64_MAX / NS_PER_MS)
		return err_set(e, ERR_INPUT, "healthcheck: %s of %llu ms is too long", key,
			       (unsigned long long)ms);
	if (ms)
		jsonw_u64(w, key, ms * NS_PER_MS);
	return true;
}

static bool write_health(struct jsonw *w, const struct healthcheck *h, struct error *e)
{
	const char *first = h->test.n ? h->test.v[0] : "NONE";

	if (strcmp(first, "CMD-SHELL") == 0)
		return err_set(e, ERR_INPUT,
			       "healthcheck: CMD-SHELL needs a shell, and the image has "
			       "none; use [\"CMD\", \"/program\", ...]");
	jsonw_object(w, "Healthcheck");
	if (!write_duration(w, "Interval", h->interval_ms, e))
		return false;
	if (h->retries)
		jsonw_u64(w, "Retries", h->retries);
	if (!write_duration(w, "StartPeriod", h->start_period_ms, e))
		return false;
	jsonw_array(w, "Test");
	if (strcmp(first, "CMD") != 0 && strcmp(first, "NONE") != 0)
		jsonw_cstr(w, NULL, "CMD");
	for (size_t i = 0; i < h->test.n; i++)
		jsonw_cstr(w, NULL, h->test.v[i]);
	if (h->test.n == 0)
		jsonw_cstr(w, NULL, first);
	jsonw_array_end(w);
	if (!write_duration(w, "Timeout", h->timeout_ms, e))
		return false;
	jsonw_object_end(w);
	return true;
}

static void write_env(struct arena *a, struct jsonw *w, const struct image_config *c)
{
	if (c->env.n == 0)
		return;
	jsonw_array(w, "Env");
	for (size_t i = 0; i < c->env.n; i++)
		jsonw_cstr(w, NULL, arena_printf(a, "%s=%s", c->env.v[i].name, c->env.v[i].value));
	jsonw_array_end(w);
}

static void write_labels(struct jsonw *w, const struct image_config *c)
{
	if (c->labels.n == 0)
		return;
	jsonw_object(w, "Labels");
	for (size_t i = 0; i < c->labels.n; i++)
		jsonw_cstr(w, c->labels.v[i].name, c->labels.v[i].value);
	jsonw_object_end(w);
}

static void write_text(struct jsonw *w, const char *key, const char *value)
{
	if (value)
		jsonw_cstr(w, key, value);
}

static bool write_settings(struct arena *a, struct jsonw *w, const struct image_config *c,
			   struct error *e)
{
	jsonw_object(w, "config");
	if (c->cmd.n)
		jsonw_strings(w, "Cmd", &c->cmd);
	if (c->entrypoint.n)
		jsonw_strings(w, "Entrypoint", &c->entrypoint);
	write_env(a, w, c);
	write_set(w, "ExposedPorts", &c->expose);
	if (c->health.present && !write_health(w, &c->health, e))
		return false;
	write_labels(w, c);
	write_text(w, "StopSignal", c->stop_signal);
	write_text(w, "User", c->user);
	write_set(w, "Volumes", &c->volumes);
	write_text(w, "WorkingDir", c->workdir);
	jsonw_object_end(w);
	return true;
}

/* The lines of a base stay as its makers wrote them. */
static void write_inherited_history(struct jsonw *w, const struct inherited *from)
{
	for (size_t i = 0; from && i < from->history.n; i++) {
		const struct image_history *h = &from->history.v[i];

		jsonw_object(w, NULL);
		write_text(w, "author", h->author);
		write_text(w, "comment", h->comment);
		write_text(w, "created", h->created);
		write_text(w, "created_by", h->created_by);
		if (h->empty)
			jsonw_bool(w, "empty_layer", true);
		jsonw_object_end(w);
	}
}

static void config_write_layers(struct jsonw *w, const struct image *img, const char *created)
{
	const struct layers *layers = &img->layers;

	jsonw_array(w, "history");
	write_inherited_history(w, img->inherited);
	for (size_t i = img->inherited ? img->inherited->layers : 0; i < layers->v.n; i++) {
		jsonw_object(w, NULL);
		jsonw_cstr(w, "created", created);
		jsonw_printf(w, "created_by", "imgbuild layer %s", layers->v.v[i].name);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
	jsonw_cstr(w, "os", "linux");
	jsonw_object(w, "rootfs");
	jsonw_array(w, "diff_ids");
	for (size_t i = 0; i < layers->v.n; i++) {
		char hex[DIGEST_TEXT];

		digest_hex(&layers->v.v[i].diff_id, hex);
		jsonw_printf(w, NULL, "sha256:%s", hex);
	}
	jsonw_array_end(w);
	jsonw_cstr(w, "type", "layers");
	jsonw_object_end(w);
}

bool image_config_text(struct arena *a, const struct recipe *r, const struct image *img,
		       struct str *out, struct error *e)
{
	struct buf text = { .a = a };
	struct image_config c;
	const char *created = NULL;
	struct jsonw w;

	if (!image_time(a, r->epoch, &created, e))
		return false;
	image_effective_config(a, r, img->inherited ? &img->inherited->config : NULL, &c);
	for (size_t i = 0; i < img->record.n; i++)
		variables_set(a, &c.labels, img->record.v[i]);
	variables_sort(&c.labels);
	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	jsonw_cstr(&w, "architecture", img->architecture);
	if (!write_settings(a, &w, &c, e))
		return false;
	jsonw_cstr(&w, "created", created);
	config_write_layers(&w, img, created);
	write_text(&w, "variant", img->variant);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	*out = buf_str(&text);
	return true;
}
