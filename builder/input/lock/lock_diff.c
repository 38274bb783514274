/* SPDX-License-Identifier: Apache-2.0 */
/* Two sorted lists, walked side by side. */

#include "input/lock/lock_diff.h"

#include <assert.h>

#define SECURITY "debian-security"

static bool file_same(const struct locked_file *a, const struct locked_file *b)
{
	return digest_eq(&a->sha256, &b->sha256);
}

static void diff_add_package(struct arena *a, const struct locked_package *old,
			     const struct locked_package *now, struct lock_changes *out)
{
	const struct locked_package *shown = now ? now : old;
	struct lock_change *c;

	assert(shown);
	if (old && now && file_same(&old->file, &now->file))
		return;
	c = list_push(a, out);
	*c = (struct lock_change){ "package",
				   shown->name,
				   old ? old->version : NULL,
				   now ? now->version : NULL,
				   shown->state->codename,
				   now && strcmp(now->state->archive, SECURITY) == 0,
				   now ? now->file.size : 0 };
}

/* Tools come after what has their name. */
static int diff_order_packages(const struct lock *old, const struct locked_package *x,
			       const struct lock *now, const struct locked_package *y)
{
	int order = strcmp(x->name, y->name);

	return order ? order : lock_is_tool(old, x) - lock_is_tool(now, y);
}

static void diff_packages(struct arena *a, const struct lock *old, const struct lock *now,
			  struct lock_changes *out)
{
	size_t i = 0, k = 0;

	while (i < old->packages.n || k < now->packages.n) {
		const struct locked_package *x = i < old->packages.n ? &old->packages.v[i] : NULL;
		const struct locked_package *y = k < now->packages.n ? &now->packages.v[k] : NULL;
		int order = !x ? 1 : !y ? -1 : diff_order_packages(old, x, now, y);

		diff_add_package(a, order <= 0 ? x : NULL, order >= 0 ? y : NULL, out);
		i += order <= 0;
		k += order >= 0;
	}
}

static bool source_same(const struct locked_source *x, const struct locked_source *y)
{
	if (strcmp(x->version, y->version) != 0 || x->files.n != y->files.n)
		return false;
	for (size_t i = 0; i < x->files.n; i++) {
		if (!file_same(&x->files.v[i], &y->files.v[i]))
			return false;
	}
	return true;
}

static uint64_t source_size(const struct locked_source *s)
{
	uint64_t size = 0;

	for (size_t i = 0; i < s->files.n; i++)
		size += s->files.v[i].size == UINT64_MAX ? 0 : s->files.v[i].size;
	return size;
}

static void diff_add_source(struct arena *a, const struct locked_source *old,
			    const struct locked_source *now, struct lock_changes *out)
{
	const struct locked_source *shown = now ? now : old;
	struct lock_change *c;

	assert(shown);
	if (old && now && source_same(old, now))
		return;
	c = list_push(a, out);
	*c = (struct lock_change){ "source",
				   shown->name,
				   old ? old->version : NULL,
				   now ? now->version : NULL,
				   shown->state ? shown->state->codename : "",
				   now && now->state && strcmp(now->state->archive, SECURITY) == 0,
				   now ? source_size(now) : 0 };
}

static void diff_sources(struct arena *a, const struct lock *old, const struct lock *now,
			 struct lock_changes *out)
{
	size_t i = 0, k = 0;

	while (i < old->sources.n || k < now->sources.n) {
		const struct locked_source *x = i < old->sources.n ? &old->sources.v[i] : NULL;
		const struct locked_source *y = k < now->sources.n ? &now->sources.v[k] : NULL;
		int order = !x ? 1 : !y ? -1 : strcmp(x->name, y->name);

		diff_add_source(a, order <= 0 ? x : NULL, order >= 0 ? y : NULL, out);
		i += order <= 0;
		k += order >= 0;
	}
}

static void diff_components(struct arena *a, const struct lock *old, const struct lock *now,
			    struct lock_changes *out)
{
	for (size_t i = 0; i < now->components.n; i++) {
		const struct locked_component *y = &now->components.v[i];
		const struct locked_component *x = lock_component(old, y->name);

		if (!x || x->provider == y->provider)
			continue;
		*list_push(a,
			   out) = (struct lock_change){ "component", y->name, x->reason, y->reason,
							"",	     false,   0 };
	}
}

void lock_diff(struct arena *a, const struct lock *old, const struct lock *now,
	       struct lock_changes *out)
{
	static const struct lock none;

	if (!old)
		old = &none;
	diff_components(a, old, now, out);
	diff_packages(a, old, now, out);
	diff_sources(a, old, now, out);
}

/* The text of a lock without what says when it was made, and what a build has noted in it. */
static const char *comparable_text(struct arena *a, const struct lock *lock, bool with_answers)
{
	struct buf text = { .a = a };
	struct lock bare = *lock;

	bare.states.n = 0;
	bare.packages.v = arena_array(a, lock->packages.n + 1, sizeof(*bare.packages.v));
	bare.sources.v = arena_array(a, lock->sources.n + 1, sizeof(*bare.sources.v));
	bare.components.v = arena_array(a, lock->components.n + 1, sizeof(*bare.components.v));
	for (size_t i = 0; i < lock->packages.n; i++) {
		struct locked_package *p = &bare.packages.v[i];

		*p = lock->packages.v[i];
		p->state = NULL;
		p->provides = p->conflicts = p->breaks = NULL;
		p->any = p->depends_only = p->knows_libraries = false;
	}
	for (size_t i = 0; i < lock->sources.n; i++) {
		bare.sources.v[i] = lock->sources.v[i];
		bare.sources.v[i].state = NULL;
	}
	for (size_t i = 0; i < lock->components.n; i++) {
		bare.components.v[i] = lock->components.v[i];
		bare.components.v[i].question = NULL;
	}
	if (!with_answers)
		bare.answers = (struct digest){ { 0 } };
	lock_format(&bare, &text);
	return buf_cstr(&text);
}

/* Formats put the question in different words: their digests cannot be compared. */
bool lock_same(const struct lock *old, const struct lock *now)
{
	AUTO_ARENA a = { 0 };
	bool one_format = (old->format == 1) == (now->format == 1);

	return strcmp(comparable_text(&a, old, one_format), comparable_text(&a, now, one_format)) ==
	       0;
}
