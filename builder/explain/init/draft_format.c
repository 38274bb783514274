/* SPDX-License-Identifier: Apache-2.0 */
/* A draft as the text of a recipe. */

#include "explain/init/draft.h"

#include "explain/init/library_cache.h"

void draft_text_words(struct jsonw *w, const char *key, const struct strings *l)
{
	if (l->n == 0)
		return;
	jsonw_array_inline(w, key);
	for (size_t i = 0; i < l->n; i++)
		jsonw_cstr(w, NULL, l->v[i]);
	jsonw_array_end(w);
}

/* A path with names of the machine as variables, or as patterns, so that the recipe is one for all
 * platforms: "/usr/lib/jvm/java-21-openjdk-${arch}/bin/java". */
static const char *format_portable(const struct init_draft *d, const char *path, bool pattern)
{
	const char *arch, *triplet = d->machine ? d->machine->triplet : NULL;
	struct buf out = { .a = d->a };

	if (!triplet)
		return path;
	arch = arena_printf(d->a, "-%s/", d->machine->debian);
	while (*path) {
		if (strncmp(path, triplet, strlen(triplet)) == 0) {
			buf_puts(&out, pattern ? "*" : "${multiarch}");
			path += strlen(triplet);
		} else if (strncmp(path, arch, strlen(arch)) == 0) {
			buf_puts(&out, pattern ? "-*/" : "-${arch}/");
			path += strlen(arch);
		} else {
			buf_putc(&out, *path++);
		}
	}
	return buf_cstr(&out);
}

/* Paths, one a line. */
static void format_paths(const struct init_draft *d, struct jsonw *w, const char *key,
			 const struct strings *l)
{
	if (l->n == 0)
		return;
	jsonw_array(w, key);
	for (size_t i = 0; i < l->n; i++)
		jsonw_cstr(w, NULL, format_portable(d, l->v[i], false));
	jsonw_array_end(w);
}

void draft_text_depends(struct jsonw *w, const struct init_draft *d)
{
	if (d->take.n == 0 && d->without.n == 0)
		return;
	jsonw_object(w, "depends");
	draft_text_words(w, "take", &d->take);
	if (d->without.n) {
		jsonw_array(w, "accept");
		for (size_t i = 0; i < d->without.n; i++) {
			jsonw_object_inline(w, NULL);
			jsonw_cstr(w, "package", d->without.v[i].name);
			jsonw_cstr(w, "reason", d->without.v[i].text);
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

void draft_text_alternatives(struct jsonw *w, const struct init_draft *d)
{
	if (d->alternatives.n == 0)
		return;
	jsonw_object(w, "alternatives");
	for (size_t i = 0; i < d->alternatives.n; i++)
		jsonw_cstr(w, format_portable(d, d->alternatives.v[i].name, false),
			   format_portable(d, d->alternatives.v[i].text, false));
	jsonw_object_end(w);
}

void draft_text_packages(struct jsonw *w, const struct init_draft *d, const char *name)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", name);
	jsonw_array(w, "providers");
	jsonw_object(w, NULL);
	draft_text_words(w, "packages", &d->packages);
	draft_text_alternatives(w, d);
	jsonw_object_end(w);
	jsonw_array_end(w);
	format_paths(d, w, "drop", &d->drop);
	draft_text_depends(w, d);
	jsonw_object_end(w);
}

/* One file of a package, for who asks that program. */
void draft_text_library_cache(struct jsonw *w, const struct init_draft *d)
{
	if (!d->library_cache)
		return;
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", CACHE_PROGRAM);
	jsonw_array(w, "providers");
	jsonw_object_inline(w, NULL);
	jsonw_array_inline(w, "packages");
	jsonw_cstr(w, NULL, CACHE_PACKAGE);
	jsonw_array_end(w);
	jsonw_object_end(w);
	jsonw_array_end(w);
	jsonw_array_inline(w, "keep");
	jsonw_cstr(w, NULL, CACHE_PATH);
	jsonw_array_end(w);
	jsonw_object_end(w);
}

static void format_components(const struct init_draft *d, struct jsonw *w)
{
	if (d->packages.n == 0)
		return;
	jsonw_array(w, "components");
	draft_text_packages(w, d, d->name);
	draft_text_library_cache(w, d);
	jsonw_array_end(w);
}

static void format_accounts(const struct init_draft *d, struct jsonw *w)
{
	if (d->users.n) {
		jsonw_array(w, "users");
		for (size_t i = 0; i < d->users.n; i++) {
			const struct draft_user *u = &d->users.v[i];

			jsonw_object_inline(w, NULL);
			jsonw_cstr(w, "name", u->name);
			jsonw_u64(w, "uid", u->uid);
			jsonw_u64(w, "gid", u->gid);
			jsonw_cstr(w, "home", u->home ? u->home : "/nonexistent");
			if (u->gecos)
				jsonw_cstr(w, "gecos", u->gecos);
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
	}
	if (d->groups.n) {
		jsonw_array(w, "groups");
		for (size_t i = 0; i < d->groups.n; i++) {
			jsonw_object_inline(w, NULL);
			jsonw_cstr(w, "name", d->groups.v[i].name);
			jsonw_u64(w, "gid", d->groups.v[i].gid);
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
	}
}

static void format_files(const struct init_draft *d, struct jsonw *w)
{
	if (!d->program && d->files.n == 0)
		return;
	jsonw_array(w, "files");
	if (d->program) {
		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "from", d->program);
		jsonw_printf(w, "to", "/usr/local/bin/%s", d->name);
		jsonw_cstr(w, "mode", "0755");
		jsonw_object_end(w);
	}
	for (size_t i = 0; i < d->files.n; i++) {
		const struct draft_file *f = &d->files.v[i];

		jsonw_object_inline(w, NULL);
		jsonw_printf(w, "from", "../rootfs/%s%s", d->name, f->path);
		jsonw_cstr(w, "to", f->path);
		jsonw_cstr(w, "owner", draft_ids(d, f->user, f->group));
		jsonw_printf(w, "mode", "%04o", f->mode);
		jsonw_bool(w, "replace", true);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

static void format_dirs(const struct init_draft *d, struct jsonw *w)
{
	if (d->dirs.n) {
		jsonw_array(w, "dirs");
		for (size_t i = 0; i < d->dirs.n; i++) {
			const struct draft_dir *x = &d->dirs.v[i];

			jsonw_object_inline(w, NULL);
			jsonw_cstr(w, "path", x->path);
			jsonw_cstr(w, "owner", draft_ids(d, x->user, x->group));
			jsonw_printf(w, "mode", "%04o", x->mode);
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
	}
	if (d->links.n) {
		jsonw_array(w, "links");
		for (size_t i = 0; i < d->links.n; i++) {
			jsonw_object_inline(w, NULL);
			jsonw_cstr(w, "path", d->links.v[i].name);
			jsonw_cstr(w, "to", format_portable(d, d->links.v[i].text, false));
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
	}
}

static void format_accepted_effects(struct jsonw *w, const struct init_draft *d)
{
	if (d->effects.n == 0)
		return;
	jsonw_array(w, "accept");
	list_each(x, &d->effects) {
		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "package", x->name);
		jsonw_cstr(w, "reason", x->text);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void draft_text_effects(struct jsonw *w, const struct init_draft *d)
{
	if (d->effects.n == 0 && !d->locale && !d->library_cache)
		return;
	jsonw_object(w, "effects");
	if (d->locale) {
		jsonw_array_inline(w, "locales");
		jsonw_cstr(w, NULL, d->locale);
		jsonw_array_end(w);
	}
	if (d->library_cache)
		jsonw_bool(w, "ld-so-cache", true);
	format_accepted_effects(w, d);
	jsonw_object_end(w);
}

static void format_config(const struct init_draft *d, struct jsonw *w)
{
	jsonw_object(w, "config");
	draft_text_words(w, "entrypoint", &d->entrypoint);
	jsonw_cstr(w, "user", d->user ? draft_ids(d, d->user, d->group) : "65532:65532");
	if (d->workdir)
		jsonw_cstr(w, "workdir", d->workdir);
	if (d->stop_signal)
		jsonw_cstr(w, "stop-signal", d->stop_signal);
	if (d->env.n) {
		jsonw_object(w, "env");
		for (size_t i = 0; i < d->env.n; i++)
			jsonw_cstr(w, d->env.v[i].name, d->env.v[i].value);
		jsonw_object_end(w);
	}
	draft_text_words(w, "expose", &d->expose);
	if (d->probe) {
		jsonw_object_inline(w, "healthcheck");
		jsonw_cstr(w, "probe", d->probe);
		jsonw_object_end(w);
	}
	jsonw_object_end(w);
}

static void format_audit(const struct init_draft *d, struct jsonw *w)
{
	jsonw_object(w, "audit");
	jsonw_cstr(w, "policy", "strict");
	if (d->findings.n) {
		jsonw_array(w, "accept");
		for (size_t i = 0; i < d->findings.n; i++) {
			jsonw_object_inline(w, NULL);
			jsonw_cstr(w, "rule", d->findings.v[i].rule);
			jsonw_cstr(w, "path", format_portable(d, d->findings.v[i].name, true));
			jsonw_cstr(w, "reason", d->findings.v[i].text);
			jsonw_object_end(w);
		}
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

void draft_text_begin(struct jsonw *w, struct buf *out, const char *name, const char *base)
{
	jsonw_init(w, out, true);
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", name);
	if (base)
		jsonw_cstr(w, "base", base);
}

void draft_format(const struct init_draft *d, struct buf *out)
{
	struct jsonw w;

	draft_text_begin(&w, out, d->name, "cc-debian13");
	format_components(d, &w);
	draft_text_words(&w, "libraries", &d->libraries);
	format_accounts(d, &w);
	format_files(d, &w);
	format_dirs(d, &w);
	draft_text_effects(&w, d);
	format_config(d, &w);
	format_audit(d, &w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
