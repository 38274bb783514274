/* SPDX-License-Identifier: Apache-2.0 */
/* Which part of a lock is whose. A package has one version in a lock, and may be part of one
 * variant and a candidate for libraries in another. */

#include "input/lock/lock_variants.h"

#include <stdlib.h>

#include "input/lock/lock_values.h"

static bool is_of_variant(const struct strings *variants, const char *name)
{
	return variants->n == 0 || strings_has(variants, name);
}

const char *lock_variant_name(const struct recipe *r)
{
	return r->variant ? r->variant : VARIANT_PLAIN;
}

static const struct strings *roles_in_variant(const struct locked_package *p, const char *name)
{
	for (size_t i = 0; i < p->roles_of.n; i++) {
		if (strcmp(p->roles_of.v[i].variant, name) == 0)
			return &p->roles_of.v[i].roles;
	}
	return &p->roles;
}

static void part_add_packages(struct arena *a, const struct lock *lock, const char *name,
			      struct lock *out)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		const struct locked_package *p = &lock->packages.v[i];
		struct locked_package *copy;

		if (!is_of_variant(&p->variants, name))
			continue;
		copy = list_push(a, &out->packages);
		*copy = *p;
		copy->roles = *roles_in_variant(p, name);
		copy->variants = (struct strings){ 0 };
		copy->roles_of = (struct variant_roles){ 0 };
	}
}

static void part_add_contents(struct arena *a, const struct lock *lock, const char *name,
			      struct lock *out)
{
	for (size_t i = 0; i < lock->components.n; i++) {
		struct locked_component *copy;

		if (!is_of_variant(&lock->components.v[i].variants, name))
			continue;
		copy = list_push(a, &out->components);
		*copy = lock->components.v[i];
		copy->variants = (struct strings){ 0 };
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		struct locked_source *copy;

		if (!is_of_variant(&lock->sources.v[i].variants, name))
			continue;
		copy = list_push(a, &out->sources);
		*copy = lock->sources.v[i];
		copy->variants = (struct strings){ 0 };
	}
}

static bool part_uses_state(const struct lock *part, const struct locked_state *s)
{
	for (size_t i = 0; i < part->packages.n; i++) {
		if (part->packages.v[i].state == s)
			return true;
	}
	for (size_t i = 0; i < part->sources.n; i++) {
		if (part->sources.v[i].state == s)
			return true;
	}
	return false;
}

/* Those that the part was verified against, and the newest of a suite that gave it nothing. */
static void part_add_states(struct arena *a, const struct lock *lock, struct lock *out)
{
	for (size_t i = 0; i < lock->states.n; i++) {
		const struct locked_state *s = lock->states.v[i];
		bool suite_used = false;

		for (size_t k = 0; k < lock->states.n; k++)
			suite_used |= strcmp(lock->states.v[k]->archive, s->archive) == 0 &&
				      strcmp(lock->states.v[k]->codename, s->codename) == 0 &&
				      part_uses_state(out, lock->states.v[k]);
		if (suite_used ? part_uses_state(out, s)
			       : lock_newest_state(lock, s->archive, s->codename) == s)
			*list_push(a, &out->states) = s;
	}
}

struct lock lock_of_variant(struct arena *a, const struct lock *lock, const struct recipe *r)
{
	const char *name = lock_variant_name(r);
	struct lock out = *lock;

	if (lock->variants.n == 0)
		return out;
	memset(&out.variants, 0, sizeof(out.variants));
	memset(&out.packages, 0, sizeof(out.packages));
	memset(&out.components, 0, sizeof(out.components));
	memset(&out.sources, 0, sizeof(out.sources));
	memset(&out.states, 0, sizeof(out.states));
	out.builtin = (struct builtin_files){ 0 }; /* they are those of all variants */
	for (size_t i = 0; i < lock->variants.n; i++) {
		if (strcmp(lock->variants.v[i].name, name) == 0)
			out.answers = lock->variants.v[i].answers;
	}
	part_add_packages(a, lock, name, &out);
	part_add_contents(a, lock, name, &out);
	part_add_states(a, lock, &out);
	return out;
}

static struct locked_package *joined_package(struct lock *lock, const struct locked_package *p)
{
	for (size_t i = 0; i < lock->packages.n; i++) {
		struct locked_package *q = &lock->packages.v[i];

		if (strcmp(p->name, q->name) == 0 && strcmp(p->architecture, q->architecture) == 0)
			return q;
	}
	return NULL;
}

void lock_take_notes(struct lock *lock, const struct lock *part)
{
	for (size_t i = 0; i < part->packages.n; i++) {
		const struct locked_package *p = &part->packages.v[i];
		struct locked_package *q = joined_package(lock, p);

		if (!q || q == p || !p->notes.known)
			continue;
		q->notes = p->notes;
	}
}

static bool join_package(struct arena *a, const char *name, const struct locked_package *p,
			 struct lock *out, struct error *e)
{
	struct locked_package *known = joined_package(out, p);

	if (!known) {
		known = list_push(a, &out->packages);
		*known = *p;
		known->roles = (struct strings){ 0 };
	} else if (!digest_eq(&known->file.sha256, &p->file.sha256)) {
		return err_set(
			e, ERR_INPUT,
			"variant %s needs %s %s, variant %s needs %s: variants have one lock, and "
			"it has one version of a package",
			known->variants.v[0], p->name, known->version, name, p->version);
	}
	*list_push(a, &known->variants) = name;
	*list_push(a, &known->roles_of) = (struct variant_role){ name, p->roles };
	list_append(a, &known->roles, &p->roles);
	strings_unique(&known->roles);
	return true;
}

static bool same_text(const char *x, const char *y)
{
	return x == y || (x && y && strcmp(x, y) == 0);
}

static void join_component(struct arena *a, const char *name, const struct locked_component *c,
			   struct lock *out)
{
	for (size_t i = 0; i < out->components.n; i++) {
		struct locked_component *k = &out->components.v[i];

		if (strcmp(k->name, c->name) != 0 || k->provider != c->provider ||
		    !same_text(k->question, c->question) || !same_text(k->suite, c->suite) ||
		    strcmp(k->version, c->version) != 0 || strcmp(k->reason, c->reason) != 0)
			continue;
		*list_push(a, &k->variants) = name;
		return;
	}
	*list_push(a, &out->components) = *c;
	*list_push(a, &out->components.v[out->components.n - 1].variants) = name;
}

static bool join_source(struct arena *a, const char *name, const struct locked_source *s,
			struct lock *out, struct error *e)
{
	for (size_t i = 0; i < out->sources.n; i++) {
		struct locked_source *k = &out->sources.v[i];

		if (strcmp(k->name, s->name) != 0)
			continue;
		if (strcmp(k->package, s->package) != 0 || strcmp(k->version, s->version) != 0)
			return err_set(
				e, ERR_INPUT,
				"variants %s and %s compile different sources under the name "
				"%s; give one of them another name",
				k->variants.v[0], name, s->name);
		*list_push(a, &k->variants) = name;
		return true;
	}
	*list_push(a, &out->sources) = *s;
	*list_push(a, &out->sources.v[out->sources.n - 1].variants) = name;
	return true;
}

/* What all have is nobody's own. */
static void forget_all(struct strings *variants, size_t all)
{
	strings_sort(variants);
	if (variants->n == all)
		*variants = (struct strings){ 0 };
}

static bool same_roles(const struct variant_roles *l)
{
	for (size_t i = 1; i < l->n; i++) {
		bool same = l->v[i].roles.n == l->v[0].roles.n;

		for (size_t k = 0; same && k < l->v[0].roles.n; k++)
			same = strcmp(l->v[i].roles.v[k], l->v[0].roles.v[k]) == 0;
		if (!same)
			return false;
	}
	return true;
}

static int compare_joined(const void *x, const void *y, void *lock)
{
	const struct locked_package *p = x, *q = y;
	int order = strcmp(p->name, q->name);

	return order ? order : lock_is_tool(lock, p) - lock_is_tool(lock, q);
}

static int compare_variant_roles(const void *x, const void *y)
{
	return strcmp(((const struct variant_role *)x)->variant,
		      ((const struct variant_role *)y)->variant);
}

static void lock_tidy(struct lock *out, size_t all)
{
	for (size_t i = 0; i < out->packages.n; i++) {
		struct locked_package *p = &out->packages.v[i];

		forget_all(&p->variants, all);
		if (same_roles(&p->roles_of))
			p->roles_of = (struct variant_roles){ 0 };
		else
			qsort(p->roles_of.v, p->roles_of.n, sizeof(*p->roles_of.v),
			      compare_variant_roles);
	}
	for (size_t i = 0; i < out->components.n; i++)
		forget_all(&out->components.v[i].variants, all);
	for (size_t i = 0; i < out->sources.n; i++)
		forget_all(&out->sources.v[i].variants, all);
	if (out->packages.n)
		qsort_r(out->packages.v, out->packages.n, sizeof(*out->packages.v), compare_joined,
			out);
}

bool lock_join(struct arena *a, const struct recipe *const *v, const struct lock *parts, size_t n,
	       struct lock *out, struct error *e)
{
	*out = (struct lock){ .answers = parts[0].answers,
			      .architecture = parts[0].architecture,
			      .compilers = parts[0].compilers };
	for (size_t i = 0; i < n; i++) {
		const char *name = lock_variant_name(v[i]);

		if (i)
			*list_push(a, &out->variants) = (struct locked_variant){ name,
										 parts[i].answers };
		for (size_t k = 0; k < parts[i].packages.n; k++) {
			if (!join_package(a, name, &parts[i].packages.v[k], out, e))
				return false;
		}
		for (size_t k = 0; k < parts[i].components.n; k++)
			join_component(a, name, &parts[i].components.v[k], out);
		for (size_t k = 0; k < parts[i].sources.n; k++) {
			if (!join_source(a, name, &parts[i].sources.v[k], out, e))
				return false;
		}
	}
	lock_tidy(out, n);
	return true;
}

bool lock_variants_read(struct arena *a, const struct json_node *root, struct lock *lock,
			struct error *e)
{
	struct json_node all, one;

	if (!json_get(root, "variants", &all))
		return true;
	if (!json_want_object(&all, e))
		return false;
	for (size_t i = 0; json_member(&all, i, &one); i++) {
		struct locked_variant *v = list_push(a, &lock->variants);

		v->name = arena_strdup(a, one.key);
		if (!lock_need_digest(a, &all, v->name, &v->answers, e))
			return false;
		if (i && strcmp(v[-1].name, v->name) >= 0)
			return json_fail(&one, e, "variant %s is not in order", v->name);
	}
	return lock->variants.n > 0 || json_fail(&all, e, "names no variant: leave it out");
}

void lock_variants_write(struct jsonw *w, const struct lock *lock)
{
	if (lock->variants.n == 0)
		return;
	jsonw_object(w, "variants");
	for (size_t i = 0; i < lock->variants.n; i++)
		jsonw_cstr(w, lock->variants.v[i].name,
			   digest_hex_dup(w->out->a, &lock->variants.v[i].answers));
	jsonw_object_end(w);
}

bool variant_roles_read(struct arena *a, const struct json_node *package, struct variant_roles *out,
			struct error *e)
{
	struct json_node all, one;

	if (!json_get(package, "roles-of", &all))
		return true;
	if (!json_want_object(&all, e))
		return false;
	for (size_t i = 0; json_member(&all, i, &one); i++) {
		struct variant_role *r = list_push(a, out);

		r->variant = arena_strdup(a, one.key);
		if (!json_as_strings(a, &one, &r->roles, e))
			return false;
	}
	return true;
}

void variant_roles_write(struct jsonw *w, const struct variant_roles *l)
{
	if (l->n == 0)
		return;
	jsonw_object_inline(w, "roles-of");
	for (size_t i = 0; i < l->n; i++) {
		jsonw_array_inline(w, l->v[i].variant);
		for (size_t k = 0; k < l->v[i].roles.n; k++)
			jsonw_cstr(w, NULL, l->v[i].roles.v[k]);
		jsonw_array_end(w);
	}
	jsonw_object_end(w);
}
