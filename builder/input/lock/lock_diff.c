/* SPDX-License-Identifier: Apache-2.0 */
/* Two sorted lists, walked side by side. */

#include "input/lock/lock_diff.h"

#include <assert.h>
#include <sys/param.h>

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

/* "@a/b/-/b-1.2.3.tgz" */
static bool dependency_split_npm(struct str path, struct str *name, struct str *version)
{
	static const struct str file = STR("/-/"), tgz = STR(".tgz");
	const char *found = memmem(path.p, path.n, file.p, file.n);
	struct str scope, base;

	if (!found || !str_ends(path, tgz))
		return false;
	*name = (struct str){ path.p, (size_t)(found - path.p) };
	if (!str_cut(*name, '/', &scope, &base))
		base = *name;
	*version = str_from(path, name->n + file.n + base.n + 1);
	version->n -= MIN(version->n, tgz.n);
	return true;
}

/* "org/apache/commons/commons-text/1.13.0/commons-text-1.13.0.jar": the folder above is the
 * version, what stands before it the name. */
static bool dependency_split_jar(struct str path, struct str *name, struct str *version)
{
	size_t n = path.n, at;

	while (n && path.p[n - 1] != '/')
		n--;
	at = n ? n - 1 : 0;
	while (at && path.p[at - 1] != '/')
		at--;
	if (at < 2)
		return false;
	*name = (struct str){ path.p, at - 1 };
	*version = (struct str){ path.p + at, n - 1 - at };
	return true;
}

/* "golang.org/x/net/@v/v0.1.0.zip", "serde-1.0.219.crate": the name and the version in a path.
 * false: a go.mod, which stands for a version that is not used itself. */
static bool dependency_split(struct str path, struct str *name, struct str *version)
{
	static const struct str at = STR("/@v/"), zip = STR(".zip"), crate = STR(".crate");
	const char *found = memmem(path.p, path.n, at.p, at.n);
	struct str file;

	*version = (struct str){ "", 0 };
	if (dependency_split_npm(path, name, version) ||
	    ((str_ends(path, STR(".whl")) || str_ends(path, STR(".tar.gz"))) &&
	     str_cut(path, '/', name, &file) && str_cut(file, '/', version, &file)))
		return true;
	if (found) {
		*name = (struct str){ path.p, (size_t)(found - path.p) };
		*version = str_from(path, name->n + at.n);
		version->n -= str_ends(*version, zip) ? zip.n : 0;
		return str_ends(path, zip);
	}
	if (str_ends(path, STR(".jar")) && dependency_split_jar(path, name, version))
		return true;
	*name = path;
	path.n -= str_ends(path, crate) ? crate.n : 0;
	for (size_t i = 1; i < path.n; i++) {
		struct str rest = str_from(path, i), number, after;

		if (path.p[i - 1] != '-' || !str_cut(rest, '.', &number, &after) || !number.n ||
		    strspn(number.p, "0123456789") < number.n)
			continue;
		*name = (struct str){ path.p, i - 1 };
		*version = rest;
		break;
	}
	return true;
}

/* As people write it: "org.apache.commons:commons-text" of a jar. */
static const char *dependency_shown(struct arena *a, const char *path, struct str name)
{
	char *text = str_dup(a, name), *last = NULL;

	if (!str_ends(str_of(path), STR(".jar")))
		return text;
	for (char *c = text; *c; c++) {
		if (*c != '/')
			continue;
		*c = '.';
		last = c;
	}
	if (last)
		*last = ':';
	return text;
}

static bool has_path(const struct locked_source *s, const char *path)
{
	for (size_t i = 0; s && i < s->files.n; i++) {
		if (strcmp(s->files.v[i].path, path) == 0)
			return true;
	}
	return false;
}

/* The version of that name which the other lock has instead, or NULL. */
static const char *dependency_instead(struct arena *a, const struct locked_source *in,
				      const struct locked_source *not_in, struct str name)
{
	struct str other, version;

	for (size_t i = 0; in && i < in->files.n; i++) {
		if (dependency_split(str_of(in->files.v[i].path), &other, &version) &&
		    str_eq(name, other) && !has_path(not_in, in->files.v[i].path))
			return str_dup(a, version);
	}
	return NULL;
}

/* What a language's own lock file names now and did not name before, or no more. */
static void diff_dependencies(struct arena *a, const struct locked_source *old,
			      const struct locked_source *now, struct lock_changes *out)
{
	struct str name, version;

	for (size_t i = 0; now && i < now->files.n; i++) {
		const struct locked_file *f = &now->files.v[i];

		if (dependency_split(str_of(f->path), &name, &version) && !has_path(old, f->path))
			*list_push(a, out) =
				(struct lock_change){ "dependency",
						      dependency_shown(a, f->path, name),
						      dependency_instead(a, old, now, name),
						      str_dup(a, version),
						      "",
						      false,
						      f->size };
	}
	for (size_t i = 0; old && i < old->files.n; i++) {
		const struct locked_file *f = &old->files.v[i];

		if (dependency_split(str_of(f->path), &name, &version) && !has_path(now, f->path) &&
		    !dependency_instead(a, now, old, name))
			*list_push(a,
				   out) = (struct lock_change){ "dependency",
								dependency_shown(a, f->path, name),
								str_dup(a, version),
								NULL,
								"",
								false,
								0 };
	}
}

static void diff_add_source(struct arena *a, const struct locked_source *old,
			    const struct locked_source *now, struct lock_changes *out)
{
	const struct locked_source *shown = now ? now : old;
	struct lock_change *c;

	assert(shown);
	if (old && now && source_same(old, now))
		return;
	if (locked_source_is_dependencies(shown)) {
		diff_dependencies(a, old, now, out);
		return;
	}
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

static void diff_add_in_base(struct arena *a, const struct locked_package *old,
			     const struct locked_package *now, struct lock_changes *out)
{
	const struct locked_package *shown = now ? now : old;

	assert(shown);
	if (old && now && strcmp(old->version, now->version) == 0)
		return;
	*list_push(a, out) = (struct lock_change){ "in base",
						   shown->name,
						   old ? old->version : NULL,
						   now ? now->version : NULL,
						   "",
						   false,
						   0 };
}

static const char *base_shown(struct arena *a, const struct locked_base *base)
{
	return base ? arena_printf(a, "sha256:%.12s", digest_hex_dup(a, &base->digest)) : NULL;
}

/* The image that the recipe stands on, and what it has. */
static void diff_base(struct arena *a, const struct locked_base *old, const struct locked_base *now,
		      struct lock_changes *out)
{
	static const struct locked_base none;
	const struct locked_base *x = old ? old : &none, *y = now ? now : &none;
	size_t i = 0, k = 0;

	if (digest_eq(&x->digest, &y->digest))
		return;
	*list_push(a, out) = (struct lock_change){ "base",
						   now ? now->reference : x->reference,
						   base_shown(a, old),
						   base_shown(a, now),
						   "",
						   false,
						   0 };
	while (i < x->packages.n || k < y->packages.n) {
		const struct locked_package *p = i < x->packages.n ? &x->packages.v[i] : NULL;
		const struct locked_package *q = k < y->packages.n ? &y->packages.v[k] : NULL;
		int order = !p ? 1 : !q ? -1 : strcmp(p->name, q->name);

		diff_add_in_base(a, order <= 0 ? p : NULL, order >= 0 ? q : NULL, out);
		i += order <= 0;
		k += order >= 0;
	}
}

void lock_diff(struct arena *a, const struct lock *old, const struct lock *now,
	       struct lock_changes *out)
{
	static const struct lock none;

	if (!old)
		old = &none;
	diff_base(a, old->base, now->base, out);
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
	bare.packages.v = arena_array(a, lock->packages.n, sizeof(*bare.packages.v));
	bare.sources.v = arena_array(a, lock->sources.n, sizeof(*bare.sources.v));
	bare.components.v = arena_array(a, lock->components.n, sizeof(*bare.components.v));
	for (size_t i = 0; i < lock->packages.n; i++) {
		struct locked_package *p = &bare.packages.v[i];

		*p = lock->packages.v[i];
		p->state = NULL;
		p->provides = p->conflicts = p->breaks = NULL;
		p->any = p->depends_only = false;
		p->notes = (struct package_notes){ 0 };
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
