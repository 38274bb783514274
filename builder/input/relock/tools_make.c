/* SPDX-License-Identifier: Apache-2.0 */
/* The lock of tools from the archive's state: one state for all machines, an index for each. */

#include "input/relock/tools_make.h"

#include <stdlib.h>

#include "format/debian/debversion.h"
#include "input/resolve/package_roles.h"
#include "input/resolve/archive_state.h"
#include "input/lock/tools_lock.h"

static const struct {
	const char *name, *why;
} tool_kinds[] = {
	{ TOOLS_GZIP, "writes layers of gzip" },
	{ TOOLS_ZSTD, "writes layers of zstd" },
	{ TOOLS_XZ, "reads packages of xz" },
};

static void tools_add(struct arena *a, const struct archive_state *s, const struct index *x,
		      struct lock *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(tool_kinds); i++) {
		const struct index_package *found = index_candidate(x, str_of(tool_kinds[i].name));
		struct locked_package *p;

		if (!found)
			continue;
		p = list_push(a, &out->tools);
		locked_package_of(a, s, found, p);
		*list_push(a, &p->roles) = "tool";
		p->why = tool_kinds[i].why;
		lock_add_state(a, out, p->state);
	}
}

static int tools_compare(const void *a, const void *b)
{
	const struct locked_package *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : strcmp(x->architecture, y->architecture);
}

/* All machines of one state: with another platform's packages those of the compilers are read, too.
 * 1; 0: the archive has no packages for this platform; -1. */
static int tools_try(struct arena *a, const struct lock_order *o, const struct platform *p,
		     struct lock *out, bool *mended, struct error *e)
{
	static const struct strings none;
	struct lock_order order = *o;
	AUTO_STATE state = { 0 };

	*mended = false;
	*out = (struct lock){ 0 };
	order.platform = p;
	order.old = NULL;
	order.update = NULL;
	if (!state_open(a, &order, &none, &state, e)) {
		*mended = state_mend(&state);
		return e->kind == ERR_INPUT ? 0 : -1;
	}
	tools_add(a, &state, &state.index, out);
	if (state.tools.arch)
		tools_add(a, &state, &state.tools, out);
	if (out->tools.n)
		qsort(out->tools.v, out->tools.n, sizeof(*out->tools.v), tools_compare);
	if (state_sound(&state, e))
		return 1;
	*mended = state_mend(&state);
	return -1;
}

static int tools_read(struct arena *a, const struct lock_order *o, const struct platform *p,
		      struct lock *out, struct error *e)
{
	bool mended = true;
	int got = 0;

	for (int tries = 0; mended && tries < STATE_TRIES; tries++) {
		err_clear(e);
		got = tools_try(a, o, p, out, &mended, e);
	}
	return got;
}

/* Whether a machine that can use the old lock could not use the new one, or with an older library.
 */
static bool tools_go_back(const struct lock *old, const struct lock *now)
{
	for (size_t i = 0; i < old->tools.n; i++) {
		const struct locked_package *was = &old->tools.v[i];
		const struct platform *machine = platform_of_debian(was->architecture);
		const struct locked_package *is = machine ? tools_find(now, was->name, machine)
							  : NULL;

		if (machine &&
		    (!is || debversion_compare(str_of(is->version), str_of(was->version)) < 0))
			return true;
	}
	return false;
}

/* Of what need not move, the old lock's packages stay. */
static void tools_keep(struct arena *a, const struct lock_order *o, struct lock *out)
{
	if (!o->old || !o->update)
		return;
	for (size_t i = 0; i < out->tools.n; i++) {
		struct locked_package *p = &out->tools.v[i];
		const struct platform *machine = platform_of_debian(p->architecture);
		const struct locked_package *was = machine ? tools_find(o->old, p->name, machine)
							   : NULL;

		if (was && !strings_has(o->update, p->name) && !strings_has(o->update, p->source))
			*p = *was;
	}
	out->states.n = 0;
	out->names = NULL;
	for (size_t i = 0; i < out->tools.n; i++)
		lock_add_state(a, out, out->tools.v[i].state);
}

static bool tools_same(const struct lock *x, const struct lock *y)
{
	for (size_t i = 0; i < x->tools.n && i < y->tools.n; i++) {
		if (!digest_eq(&x->tools.v[i].file.sha256, &y->tools.v[i].file.sha256))
			return false;
	}
	return x->tools.n == y->tools.n;
}

/* Whether the keys of a recipe's archive are those that signed a state. */
static bool is_vouched_for(const struct archive *archive, const struct locked_state *state)
{
	for (size_t i = 0; i < archive->suites.n; i++) {
		const struct suite *s = &archive->suites.v[i];

		if (strcmp(s->archive, state->archive) != 0 ||
		    strcmp(s->codename, state->codename) != 0)
			continue;
		for (size_t k = 0; k < state->signers.n; k++) {
			if (strings_has(&s->signers, state->signers.v[k]))
				return true;
		}
	}
	return false;
}

/* 1: what came with imgbuild, if the recipe's archive has it, too; 0; -1. */
static int tools_start(struct arena *a, const struct recipe *r, struct lock *out, struct error *e)
{
	int there = r->data ? tools_load(a, tools_path(a, r->data), out, e) : 0;

	for (size_t i = 0; there > 0 && i < out->states.n; i++) {
		if (!is_vouched_for(r->archive, out->states.v[i]))
			there = 0;
	}
	return there;
}

bool tools_first(struct arena *a, const struct lock_order *o, struct lock *out, struct error *e)
{
	int start = tools_start(a, o->recipe, out, e);

	return start ? start > 0 : tools_make(a, o, out, e);
}

bool tools_make(struct arena *a, const struct lock_order *o, struct lock *out, struct error *e)
{
	struct platforms machines = { 0 };
	int got = 0;

	platforms_all(a, &machines);
	for (size_t i = machines.n; got == 0 && i-- > 0;) {
		err_clear(e);
		got = tools_read(a, o, machines.v[i], out, e);
	}
	if (got <= 0)
		return false;
	tools_keep(a, o, out);
	if (o->old && (tools_same(o->old, out) || tools_go_back(o->old, out)))
		*out = *o->old;
	return true;
}
