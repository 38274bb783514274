/* SPDX-License-Identifier: Apache-2.0 */
/* What a recipe asks of a lock: the sources and toolchains it may need, and a digest of the
 * whole question. */

#include <limits.h>

#include "format/json/jsonw.h"
#include "format/debian/debian_names.h"
#include "input/recipe/recipe.h"

static void request_add_source(struct arena *a, struct source_list *out,
			       const struct source_recipe *s)
{
	for (size_t i = 0; i < out->n; i++) {
		if (out->v[i] == s || (!s->unpack.form && !out->v[i]->unpack.form &&
				       strcmp(out->v[i]->name, s->name) == 0 &&
				       strcmp(out->v[i]->file, s->file) == 0))
			return;
	}
	*list_push(a, out) = s;
}

void recipe_sources(struct arena *a, const struct recipe *r, struct source_list *out)
{
	for (size_t i = 0; i < r->components.n; i++) {
		for (size_t k = 0; k < r->components.v[i].providers.n; k++) {
			if (r->components.v[i].providers.v[k].source)
				request_add_source(a, out,
						   r->components.v[i].providers.v[k].source);
		}
	}
	for (size_t i = 0; i < r->programs.n; i++)
		request_add_source(a, out, r->programs.v[i].source);
	if (r->effects.bytecode)
		request_add_source(a, out, r->effects.bytecode);
}

const struct cross *toolchain_cross(const struct toolchain *t, const struct platform *p)
{
	for (size_t i = 0; i < t->cross.n; i++) {
		if (t->cross.v[i].platform == p)
			return &t->cross.v[i];
	}
	return NULL;
}

const char *source_obstacle(struct arena *a, const struct source_recipe *s,
			    const struct platform *p)
{
	if (s->unpack.form && s->platforms.n && !platforms_have(&s->platforms, p))
		return arena_printf(a, "the download %s is not for %s: its \"platforms\" are %s",
				    s->version, p->name, platforms_format(a, &s->platforms));
	if (s->platforms.n && !platforms_have(&s->platforms, p))
		return arena_printf(a,
				    "source %s cannot be compiled for %s: its \"platforms\" are %s",
				    s->name, p->name, platforms_format(a, &s->platforms));
	if (s->unpack.form)
		return NULL;
	if (p != platform_of_compilers() && !toolchain_cross(s->toolchain, p))
		return arena_printf(a,
				    "source %s cannot be compiled for %s: its toolchain %s has no "
				    "\"cross\" for it",
				    s->name, p->name, s->toolchain->name);
	return NULL;
}

static bool same_signers(const struct suite *x, const struct suite *y)
{
	bool same = x->signers.n == y->signers.n;

	for (size_t i = 0; same && i < x->signers.n; i++)
		same = strcmp(x->signers.v[i], y->signers.v[i]) == 0;
	return same;
}

/* Keys that locks did not know once are written only where they say something, so that these locks
 * stay valid. */
static void ask_suite(struct jsonw *w, const struct suite *s, bool signers)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "archive", s->archive);
	jsonw_cstr(w, "codename", s->codename);
	jsonw_strings(w, "components", &s->components);
	if (s->priority)
		jsonw_u64(w, "priority", s->priority);
	if (signers)
		jsonw_strings(w, "signers", &s->signers);
	jsonw_object_end(w);
}

static void ask_archive(struct jsonw *w, const struct archive *archive)
{
	bool same = true;

	for (size_t i = 1; i < archive->suites.n; i++)
		same &= same_signers(&archive->suites.v[0], &archive->suites.v[i]);
	jsonw_array(w, "suites");
	for (size_t i = 0; i < archive->suites.n; i++)
		ask_suite(w, &archive->suites.v[i], !same);
	jsonw_array_end(w);
	if (same && archive->suites.n)
		jsonw_strings(w, "signers", &archive->suites.v[0].signers);
}

static void ask_cross(struct jsonw *w, const struct cross *c)
{
	jsonw_strings(w, "cross-packages", &c->packages);
	jsonw_strings(w, "target-packages", &c->target_packages);
}

/* Where it goes in the image is not a part of the question. */
static void ask_download(struct jsonw *w, const struct source_recipe *s, const struct platform *p)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "download", s->name);
	jsonw_cstr(w, "version", s->version);
	jsonw_cstr(w, "sha256", digest_hex_dup(w->out->a, &s->sha256));
	jsonw_strings(w, "urls", &s->urls);
	if (source_obstacle(w->out->a, s, p))
		jsonw_bool(w, "not-for-it", true);
	jsonw_object_end(w);
}

/* What the language's own lock file names. */
static void ask_dependencies(struct jsonw *w, const struct dependencies *l,
			     const struct platform *p)
{
	jsonw_strings(w, "servers", &l->from);
	jsonw_array(w, "dependencies");
	for (size_t i = 0; i < l->v.n; i++) {
		const struct dependency *d = &l->v.v[i];

		if (!dependency_is_locked(d, p)) /* what the folder has needs no lock */
			continue;
		jsonw_cstr(w, NULL, d->path);
		if (l->form == DEPENDENCY_NPM)
			jsonw_cstr(w, NULL, content_digest_text(w->out->a, &d->content));
		else if (l->form != DEPENDENCY_PYTHON)
			jsonw_cstr(w, NULL, digest_hex_dup(w->out->a, &d->hash));
		for (size_t k = 0; k < d->hashes.n; k++)
			jsonw_cstr(w, NULL, content_digest_text(w->out->a, &d->hashes.v[k]));
	}
	jsonw_array_end(w);
}

/* `format` is that of the lock that the question is put to: the first one knew nothing of URLs. */
static void ask_source(struct jsonw *w, const struct source_recipe *s, const struct platform *p,
		       unsigned format)
{
	const struct cross *cross = toolchain_cross(s->toolchain, p);

	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", s->name);
	if (s->debian_source)
		jsonw_cstr(w, "debian-source", s->debian_source);
	if (s->version)
		jsonw_cstr(w, "version", s->version);
	if (s->urls.n)
		jsonw_cstr(w, "sha256", digest_hex_dup(w->out->a, &s->sha256));
	if (s->urls.n && format > 1)
		jsonw_strings(w, "urls", &s->urls);
	if (s->folder)
		jsonw_bool(w, "folder", true);
	if (s->dependencies.form)
		ask_dependencies(w, &s->dependencies, p);
	jsonw_strings(w, "build-depends", &s->build_depends);
	jsonw_cstr(w, "toolchain", s->toolchain->name);
	jsonw_strings(w, "packages", &s->toolchain->packages);
	if (cross)
		ask_cross(w, cross);
	if (source_obstacle(w->out->a, s, p))
		jsonw_bool(w, "cannot-be-compiled", true);
	jsonw_object_end(w);
}

static void ask_component(struct jsonw *w, const struct component *c, const struct platform *p,
			  unsigned format)
{
	jsonw_object(w, NULL);
	jsonw_cstr(w, "name", c->name);
	jsonw_cstr(w, "version", c->version ? c->version : "");
	if (c->suite)
		jsonw_cstr(w, "suite", c->suite);
	jsonw_strings(w, "configured-with", &c->configured_with);
	jsonw_strings(w, "files", &c->needs_files);
	jsonw_array(w, "providers");
	for (size_t i = 0; i < c->providers.n; i++) {
		const struct source_recipe *s = c->providers.v[i].source;

		if (s && s->unpack.form)
			ask_download(w, s, p);
		else if (s)
			ask_source(w, s, p, format);
		else
			jsonw_strings(w, NULL, &c->providers.v[i].packages);
	}
	jsonw_array_end(w);
	if (c->depends.take.n) {
		/* only where it is used: locks made before it was known stay valid */
		jsonw_array(w, "depends-take");
		for (size_t i = 0; i < c->depends.take.n; i++)
			jsonw_cstr(w, NULL, c->depends.take.v[i].pattern);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}

struct digest recipe_component_digest(const struct component *c, const struct platform *p)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	ask_component(&w, c, p, UINT_MAX);
	return digest_of(buf_str(&text));
}

/* The packages that have them. C.UTF-8 was not asked for when the first locks were made. */
static void ask_locales(struct jsonw *w, const struct strings *locales)
{
	static const char *const keys[][2] = { { "locales", LOCALE_PACKAGE_ALL },
					       { "locale-c", LOCALE_PACKAGE_C } };

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		bool asked = false;

		list_each(locale, locales)
			asked |= strcmp(name_locale_package(*locale), keys[i][1]) == 0;
		if (asked)
			jsonw_cstr(w, keys[i][0], keys[i][1]);
	}
}

struct digest recipe_request_digest(const struct recipe *asked, const struct platform *p,
				    unsigned format)
{
	AUTO_ARENA a = { 0 };
	const struct recipe *r = recipe_for(&a, asked, p);
	struct buf text = { .a = &a };
	struct jsonw w;

	jsonw_init(&w, &text, false);
	jsonw_object(&w, NULL);
	ask_archive(&w, r->archive);
	if (r->target)
		jsonw_cstr(&w, "target", r->target);
	if (p != platform_of_compilers())
		jsonw_cstr(&w, "platform", p->name);
	if (r->base_image)
		jsonw_cstr(&w, "base", r->base_image->text);
	jsonw_array(&w, "components");
	for (size_t i = 0; i < r->components.n; i++)
		ask_component(&w, &r->components.v[i], p, format);
	jsonw_array_end(&w);
	jsonw_array(&w, "programs");
	for (size_t i = 0; i < r->programs.n; i++)
		ask_source(&w, r->programs.v[i].source, p, format);
	jsonw_array_end(&w);
	jsonw_strings(&w, "libraries", &r->libraries);
	jsonw_cstr(&w, "ca-bundle",
		   r->effects.ca_bundle.asked && r->effects.ca_bundle.package
			   ? r->effects.ca_bundle.package
			   : "");
	ask_locales(&w, &r->effects.locales);
	if (r->effects.bytecode) {
		jsonw_array(&w, "python-bytecode");
		ask_source(&w, r->effects.bytecode, p, format);
		jsonw_array_end(&w);
	}
	jsonw_object_end(&w);
	return digest_of(buf_str(&text));
}
