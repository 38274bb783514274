/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of a configuration that send the service into the background, as webdis has:
 * "daemonize": true. */

#include <strings.h>

#include "explain/init/service.h"

/* Keys, and whether it stays where they are true. */
static const struct {
	const char *key;
	bool stays;
} background_keys[] = {
	{ "daemonize", false }, { "daemon", false },	{ "background", false },
	{ "fork", false },	{ "foreground", true }, { "nodaemon", true },
};

static const char *const background_values[][2] = {
	{ "yes", "no" }, { "true", "false" }, { "on", "off" }, { "1", "0" }
};

static bool background_same(struct str word, const char *name)
{
	return strlen(name) == word.n && strncasecmp(name, word.p, word.n) == 0;
}

static struct str background_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	while (rest->n && strchr(" \t=:\"'", rest->p[0]))
		*rest = str_from(*rest, 1);
	while (n < rest->n && !strchr(" \t\r=:\"',;#", rest->p[n]))
		n++;
	word = (struct str){ rest->p, n };
	*rest = str_from(*rest, n);
	return word;
}

/* The word of a line that has to be another, and that; NULL: none. */
static const char *background_other(struct str line, struct str *word)
{
	struct str key = background_word(&line);

	*word = background_word(&line);
	for (size_t k = 0; k < ARRAY_SIZE(background_keys); k++) {
		bool stays = background_keys[k].stays;

		if (!background_same(key, background_keys[k].key))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(background_values); i++) {
			if (background_same(*word, background_values[i][stays]))
				return background_values[i][!stays];
		}
	}
	return NULL;
}

/* The text with other lines, and how the last of them reads then; NULL: none is another. */
static const char *background_change(struct arena *a, struct str *text)
{
	struct buf out = { .a = a };
	struct str rest = *text, line, word;
	const char *changed = NULL;

	while (str_next(&rest, '\n', &line)) {
		const char *other = background_other(line, &word);
		int before = other ? (int)(word.p - line.p) : (int)line.n;
		struct str after = str_from(line, (size_t)before + (other ? word.n : 0));
		const char *now = arena_printf(a, "%.*s%s" STR_FMT, before, line.p,
					       other ? other : "", STR_ARG(after));

		changed = other ? str_dup(a, str_trim(str_of(now))) : changed;
		buf_printf(&out, "%s\n", now);
	}
	if (changed)
		*text = buf_str(&out);
	return changed;
}

static bool background_file(struct service *s, const struct deb_entry *x, bool *changed,
			    struct error *e)
{
	struct init_draft *d = s->c->d;
	const char *path = arena_printf(d->a, "/%s", x->path), *now;
	struct collect_text t;
	struct draft_file *file;
	bool found;

	if (!collect_find(s->c, path, &t, &found, e))
		return false;
	if (!found || !background_change(d->a, &t.text))
		return true;
	if (!service_file(s, path, &file, e))
		return false;
	now = file ? background_change(d->a, &file->text) : NULL;
	if (!now)
		return true;
	*changed = true;
	draft_chose(d, "files", path, "a line became %s: a container ends with its first process",
		    now);
	return true;
}

bool service_background(struct service *s, struct error *e)
{
	bool changed = false;

	if (!s->leaves)
		return true;
	for (size_t i = 0; i < s->c->own.n; i++) {
		const struct deb *deb = s->c->own.v[i];

		for (size_t k = 0; k < deb->entries.n; k++) {
			if (service_is_config(s, &deb->entries.v[k]) &&
			    !background_file(s, &deb->entries.v[k], &changed, e))
				return false;
		}
	}
	if (!changed)
		draft_leave(s->c->d,
			    "%s: find the option that keeps %s in the foreground, or the container "
			    "ends at once",
			    s->leaves, s->program);
	return true;
}
