/* SPDX-License-Identifier: Apache-2.0 */
/* A recipe and a source recipe, as people would write them. */

#include "explain/code/init_code_text.h"

#include "explain/init/terminal.h"

/* From recipes/ or recipes/sources/ to the project's folder. */
static const char *code_folder(const struct own_project *p, const char *up)
{
	return strcmp(p->folder, ".") == 0 ? up : arena_printf(p->a, "%s/%s", up, p->folder);
}

static void code_program(struct jsonw *w, const struct own_project *p)
{
	struct strings with = { NULL, 0, 0 };

	jsonw_array(w, "programs");
	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "source",
		   p->trees.n ? arena_printf(p->a, "%s/%s", code_folder(p, ".."), p->trees.v[0])
			      : code_folder(p, ".."));
	for (size_t i = 1; i < p->trees.n; i++)
		*list_push(p->a, &with) = arena_printf(p->a, "%s/%s", code_folder(p, ".."),
						       p->trees.v[i]);
	draft_text_words(w, "with", &with);
	jsonw_cstr(w, "toolchain", p->toolchain);
	jsonw_cstr(w, "to", p->entrypoint.v[0]);
	if (p->cxx)
		jsonw_cstr(w, "language", "c++");
	draft_text_words(w, "options", &p->options);
	draft_text_words(w, "pkg-config", &p->modules);
	draft_text_words(w, "libraries", &p->linked);
	draft_text_words(w, "build-depends", &p->build_depends);
	jsonw_object_end(w);
	jsonw_array_end(w);
}

/* What no Depends name (explain/init/terminal.h). */
static void code_terminals(struct jsonw *w)
{
	const struct strings packages = { (const char *[]){ TERMINAL_PACKAGE }, 1, 1 };
	const struct strings keep = { (const char *[]){ TERMINAL_FILES }, 1, 1 };

	jsonw_object_inline(w, NULL);
	jsonw_cstr(w, "name", "terminals");
	jsonw_array_inline(w, "providers");
	jsonw_object_inline(w, NULL);
	draft_text_words(w, "packages", &packages);
	jsonw_object_end(w);
	jsonw_array_end(w);
	draft_text_words(w, "keep", &keep);
	jsonw_object_end(w);
}

static void code_component(struct jsonw *w, const struct own_project *p)
{
	const struct init_draft *d = p->d;
	bool one_line = !d->packages.n && !d->take.n && !d->without.n && !d->alternatives.n;

	(one_line ? jsonw_object_inline : jsonw_object)(w, NULL);
	jsonw_cstr(w, "name", d->name);
	(one_line ? jsonw_array_inline : jsonw_array)(w, "providers");
	(one_line ? jsonw_object_inline : jsonw_object)(w, NULL);
	jsonw_printf(w, "source", "sources/%s.json", d->name);
	if (!d->packages.n)
		draft_text_alternatives(w, d);
	jsonw_object_end(w);
	jsonw_array_end(w);
	if (!d->packages.n)
		draft_text_depends(w, d);
	jsonw_object_end(w);
}

static void code_components(struct jsonw *w, const struct own_project *p)
{
	const struct init_draft *d = p->d;

	if (p->plain && !d->terminals)
		return;
	jsonw_array(w, "components");
	if (!p->plain) {
		code_component(w, p);
		/* those of Debian that the project's code needs */
		if (d->packages.n)
			draft_text_packages(w, d,
					    strcmp(d->name, "packages") == 0 ? "debian"
									     : "packages");
	}
	if (d->terminals)
		code_terminals(w);
	draft_text_library_cache(w, d);
	jsonw_array_end(w);
}

void code_recipe_text(const struct own_project *p, struct buf *out)
{
	struct strings libraries = { NULL, 0, 0 };
	struct jsonw w;

	list_append(p->a, &libraries, &p->base_libraries);
	list_append(p->a, &libraries, &p->d->libraries);
	draft_text_begin(&w, out, p->d->name, p->base);
	draft_text_words(&w, "libraries", &libraries);
	code_components(&w, p);
	if (p->plain)
		code_program(&w, p);
	draft_text_effects(&w, p->d);
	jsonw_object(&w, "config");
	draft_text_words(&w, "entrypoint", &p->entrypoint);
	if (p->image_env.n) {
		jsonw_object_inline(&w, "env");
		list_each(x, &p->image_env)
			jsonw_cstr(&w, x->name, x->value);
		jsonw_object_end(&w);
	}
	jsonw_cstr(&w, "user", "65532:65532");
	if (p->workdir)
		jsonw_cstr(&w, "workdir", p->workdir);
	jsonw_object_end(&w);
	jsonw_object_inline(&w, "audit");
	jsonw_cstr(&w, "policy", "strict");
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}

static void code_steps(struct jsonw *w, const struct own_project *p)
{
	jsonw_array(w, "steps");
	for (size_t i = 0; i < p->steps.n; i++) {
		jsonw_object_inline(w, NULL);
		jsonw_cstr(w, "name", p->steps.v[i].name);
		draft_text_words(w, "run", &p->steps.v[i].run);
		jsonw_object_end(w);
	}
	jsonw_array_end(w);
}

void code_source_text(const struct own_project *p, struct buf *out)
{
	struct jsonw w;

	draft_text_begin(&w, out, p->d->name, NULL);
	jsonw_cstr(&w, "folder", code_folder(p, "../.."));
	draft_text_words(&w, "ignore", &p->ignore);
	if (p->version)
		jsonw_cstr(&w, "version", p->version);
	jsonw_cstr(&w, "toolchain", p->toolchain);
	draft_text_words(&w, "build-depends", &p->build_depends);
	if (p->lock) {
		jsonw_object_inline(&w, "dependencies");
		jsonw_cstr(&w, "lock", p->lock);
		if (p->dev)
			jsonw_bool(&w, "dev", true);
		jsonw_object_end(&w);
	}
	if (p->env.n) {
		jsonw_object(&w, "env");
		for (size_t i = 0; i < p->env.n; i++)
			jsonw_cstr(&w, p->env.v[i].name, p->env.v[i].value);
		jsonw_object_end(&w);
	}
	if (p->memory_mib) {
		jsonw_object_inline(&w, "limits");
		jsonw_u64(&w, "memory-mib", p->memory_mib);
		jsonw_object_end(&w);
	}
	code_steps(&w, p);
	draft_text_words(&w, "keep", &p->keep);
	draft_text_words(&w, "drop", &p->drop);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
