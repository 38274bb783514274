/* SPDX-License-Identifier: Apache-2.0 */
/* Variables of paths and patterns. A recipe is read once and is for every platform: here it gets
 * the values that only a platform has, and the version that a download or source states. */

#include "input/recipe/recipe_reader.h"

#include "base/buf.h"
#include "input/recipe/recipe.h"

/* What variables stand for; NULL: it has no value here. */
struct variable_values {
	const struct platform *platform;
	const char *version;
};

static const char *variable_value(struct variable_values v, struct str name)
{
	if (v.platform && str_eq(name, STR("multiarch")))
		return v.platform->machine->triplet;
	if (v.platform && str_eq(name, STR("arch")))
		return v.platform->machine->debian;
	return str_eq(name, STR("version")) ? v.version : NULL;
}

/* Takes the text up to the next "${", and the name behind it. false: there is none; *ends: it has a
 * "}". */
static bool next_variable(struct str *rest, struct str *before, struct str *name, bool *ends)
{
	const char *at = memmem(rest->p, rest->n, "${", 2);

	if (!at)
		return false;
	*before = (struct str){ rest->p, (size_t)(at - rest->p) };
	*ends = str_cut(str_from(*rest, before->n + 2), '}', name, rest);
	return true;
}

static const char *values_fault(struct arena *a, const char *text, struct variable_values v)
{
	struct str rest = str_of(text), before, name;
	bool ends;

	while (next_variable(&rest, &before, &name, &ends)) {
		if (!ends)
			return arena_printf(a, "\"%s\" has a \"${\" without \"}\"", text);
		if (variable_value(v, name))
			continue;
		if (str_eq(name, STR("version")))
			return "\"${version}\" has a value only in a provider whose download or "
			       "source states its \"version\"";
		return arena_printf(a, "unknown variable \"${" STR_FMT "}\"; known variables: %s%s",
				    STR_ARG(name), v.platform ? "${multiarch}, ${arch}" : "",
				    !v.version	 ? ""
				    : v.platform ? ", ${version}"
						 : "${version}");
	}
	return NULL;
}

const char *variables_fault(const struct reader *rd, const char *text)
{
	return values_fault(rd->a, text,
			    (struct variable_values){ platform_of_compilers(), rd->version });
}

static const char *variable_expand(struct arena *a, const char *text, struct variable_values v)
{
	struct str rest = str_of(text), before, name;
	struct buf out = { .a = a };
	bool ends;

	if (!strstr(text, "${"))
		return text;
	while (next_variable(&rest, &before, &name, &ends)) {
		buf_add(&out, before);
		buf_puts(&out, variable_value(v, name));
	}
	buf_add(&out, rest);
	return buf_cstr(&out);
}

bool read_variable_path(struct reader *rd, const struct json_node *n, const char **out,
			struct error *e)
{
	const char *fault;

	if (!read_absolute(rd, n, out, e))
		return false;
	fault = variables_fault(rd, *out);
	return !fault || json_fail(n, e, "%s", fault);
}

bool variables_put_version(struct reader *rd, const struct json_node *n, const char **text,
			   struct error *e)
{
	const struct variable_values v = { NULL, rd->version };
	const char *fault = values_fault(rd->a, *text, v);

	if (fault)
		return json_fail(n, e, "%s", fault);
	*text = variable_expand(rd->a, *text, v);
	return true;
}

bool read_variable_patterns(struct reader *rd, const struct json_node *object, const char *key,
			    struct globs *out, struct error *e)
{
	struct json_node array, item;

	if (!read_patterns(rd, object, key, out, e))
		return false;
	if (!json_get(object, key, &array))
		return true;
	for (size_t i = 0; json_item(&array, i, &item); i++) {
		const char *fault = variables_fault(rd, out->v[i].text);

		if (fault)
			return json_fail(&item, e, "%s", fault);
	}
	return true;
}

static void expand_globs(struct arena *a, struct globs *l, struct variable_values v)
{
	struct globs copy = { 0 };

	for (size_t i = 0; i < l->n; i++)
		*list_push(a, &copy) = (struct glob){ variable_expand(a, l->v[i].text, v),
						      l->v[i].at };
	*l = copy;
}

static void expand_strings(struct arena *a, struct strings *l, struct variable_values v)
{
	struct strings copy = { 0 };

	for (size_t i = 0; i < l->n; i++)
		*list_push(a, &copy) = variable_expand(a, l->v[i], v);
	*l = copy;
}

static void expand_links(struct arena *a, struct links *l, struct variable_values v)
{
	struct links copy = { 0 };

	for (size_t i = 0; i < l->n; i++)
		*list_push(a, &copy) = (struct link_spec){ variable_expand(a, l->v[i].path, v),
							   variable_expand(a, l->v[i].to, v),
							   l->v[i].at };
	*l = copy;
}

void variables_expand_links(struct arena *a, struct links *l, const struct platform *p)
{
	expand_links(a, l, (struct variable_values){ p, NULL });
}

static void expand_component(struct arena *a, struct component *c, const struct platform *p)
{
	struct provider *providers = arena_array(a, c->providers.n, sizeof(*providers));
	struct variable_values v = { p, NULL };

	expand_globs(a, &c->keep, v);
	expand_globs(a, &c->drop, v);
	expand_strings(a, &c->needs_files, v);
	for (size_t i = 0; i < c->providers.n; i++) {
		providers[i] = c->providers.v[i];
		v.version = providers[i].source ? providers[i].source->version : NULL;
		expand_globs(a, &providers[i].keep, v);
		expand_globs(a, &providers[i].drop, v);
		expand_links(a, &providers[i].alternatives, v);
	}
	c->providers.v = providers;
	c->providers.cap = c->providers.n;
}

#define COPY_LIST(a, l)                                                      \
	do {                                                                 \
		void *copy_ = arena_array((a), (l)->n + 1, sizeof(*(l)->v)); \
		if ((l)->n)                                                  \
			memcpy(copy_, (l)->v, (l)->n * sizeof(*(l)->v));     \
		(l)->v = copy_;                                              \
		(l)->cap = (l)->n;                                           \
	} while (0)

const struct recipe *recipe_for(struct arena *a, const struct recipe *r, const struct platform *p)
{
	const struct variable_values v = { p, NULL };
	struct recipe *out = arena_alloc(a, sizeof(*out));

	*out = *r;
	COPY_LIST(a, &out->components);
	COPY_LIST(a, &out->files);
	COPY_LIST(a, &out->dirs);
	for (size_t i = 0; i < out->components.n; i++)
		expand_component(a, &out->components.v[i], p);
	for (size_t i = 0; i < out->files.n; i++)
		out->files.v[i].to = variable_expand(a, out->files.v[i].to, v);
	for (size_t i = 0; i < out->dirs.n; i++)
		out->dirs.v[i].path = variable_expand(a, out->dirs.v[i].path, v);
	variables_expand_links(a, &out->links, p);
	if (r->base)
		out->base = recipe_for(a, r->base, p);
	return out;
}
