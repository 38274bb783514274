/* SPDX-License-Identifier: Apache-2.0 */
/* Two sorted lists, walked side by side. */

#include "lock/diff.h"

#include <assert.h>

#define SECURITY "debian-security"

static bool file_same(const struct locked_file *a, const struct locked_file *b)
{
	return digest_eq(&a->sha256, &b->sha256);
}

static void add_package(struct arena *a, const struct locked_package *old,
			const struct locked_package *now, struct lock_changes *out)
{
	const struct locked_package *shown = now ? now : old;
	struct lock_change *c;

	assert(shown);
	if (old && now && file_same(&old->file, &now->file))
		return;
	c = list_push(a, out);
	*c = (struct lock_change){ "package", shown->name, old ? old->version : NULL,
				   now ? now->version : NULL, shown->suite,
				   now && strcmp(now->archive, SECURITY) == 0,
				   now ? now->file.size : 0 };
}

/* Tools come after what has their name. */
static int compare_packages(const struct lock *old, const struct locked_package *x,
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
		int order = !x ? 1 : !y ? -1 : compare_packages(old, x, now, y);

		add_package(a, order <= 0 ? x : NULL, order >= 0 ? y : NULL, out);
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

static void add_source(struct arena *a, const struct locked_source *old,
		       const struct locked_source *now, struct lock_changes *out)
{
	const struct locked_source *shown = now ? now : old;
	struct lock_change *c;

	assert(shown);
	if (old && now && source_same(old, now))
		return;
	c = list_push(a, out);
	*c = (struct lock_change){ "source", shown->name, old ? old->version : NULL,
				   now ? now->version : NULL, shown->suite ? shown->suite : "",
				   now && now->archive && strcmp(now->archive, SECURITY) == 0,
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

		add_source(a, order <= 0 ? x : NULL, order >= 0 ? y : NULL, out);
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
		*list_push(a, out) = (struct lock_change){ "component", y->name, x->reason,
							   y->reason, "", false, 0 };
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

bool lock_same(const struct lock *old, const struct lock *now)
{
	AUTO_ARENA a = { 0 };
	struct buf x = { .a = &a }, y = { .a = &a };
	struct lock before = *old, after = *now;

	before.suites.n = after.suites.n = 0;
	lock_format(&before, &x);
	lock_format(&after, &y);
	return str_eq(buf_str(&x), buf_str(&y));
}
