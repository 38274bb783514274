/* SPDX-License-Identifier: Apache-2.0 */
/* What scanners read: var/lib/dpkg/status.d. Without these entries a scanner calls an image clean
 * because it sees nothing (docs/design/architecture.md, "Records for scanners"). */

#include <inttypes.h>

#include "make/compile/dependency_layout.h"
#include "make/compose/compose.h"
#include "make/compose/upstream_record.h"
#include "make/tree/layer_name.h"

static bool is_recorded(const struct composition *c, struct arena *a, const char *package)
{
	return tree_find(c->tree, arena_printf(a, "var/lib/dpkg/status.d/%s", package)) != NULL;
}

/* Libraries that the closure took: their packages get owners, copyright files and records too. */
static bool adopt_libraries(struct arena *a, struct composition *c, struct error *e)
{
	const struct placing to = compose_placing(c);
	struct candidate_list used = { 0 };

	candidates_used(&c->candidates, a, &used);
	for (size_t i = 0; i < used.n; i++) {
		for (size_t k = 0; k < c->packages.n; k++) {
			struct placed *p = &c->packages.v[k];

			if (&p->deb != used.v[i]->deb || p->owner)
				continue;
			p->owner = used.v[i]->owner;
			if (!place_copyright(&to, &p->deb, p->owner, e))
				return err_wrap(e, "package %s", p->deb.package->name);
		}
	}
	return true;
}

static bool record_packages(struct arena *a, struct composition *c, struct error *e)
{
	for (size_t i = 0; i < c->packages.n; i++) {
		struct placed *p = &c->packages.v[i];
		const char *name = p->deb.package->name;
		struct owner *owner = p->owner;
		bool added = false;

		if (!p->open || is_recorded(c, a, name))
			continue;
		if (!owner) {
			/* only its copyright file or data may have come along, for another package
			 */
			owner = arena_alloc(a, sizeof(*owner));
			*owner = (struct owner){ .kind = OWNER_PACKAGE,
						 .name = name,
						 .version = p->deb.package->version,
						 .layer = compose_layer(a, c, LAYER_FILES),
						 .why = p->locked->why };
		}
		if (!place_record(c->tree, &p->deb, owner, &added, e))
			return err_wrap(e, "package %s", name);
		p->asked |= added;
	}
	return true;
}

/* md5sums of the nodes that a compiled source brought; and their total size. */
static bool sum_source(struct composition *c, const char *source, struct buf *sums, uint64_t *kib,
		       struct error *e)
{
	for (size_t i = 0; i < c->tree->n; i++) {
		const struct node *n = c->tree->v[i];
		AUTO_MAPPING m = { 0 };
		char hex[33];

		if (n->type != NODE_FILE || n->owner->kind != OWNER_SOURCE ||
		    strcmp(n->owner->name, source) != 0)
			continue;
		if (!node_map(n, &m, e))
			return false;
		md5_hex(m.bytes, hex);
		buf_printf(sums, "%s  %s\n", hex, n->path);
		*kib += (n->content.size + 1023) / 1024;
	}
	return true;
}

static bool record_add_text(struct arena *a, struct composition *c, const char *path,
			    const struct buf *text, const struct owner *owner, struct error *e)
{
	struct node n = { .path = arena_strdup(a, path),
			  .type = NODE_FILE,
			  .mode = 0644,
			  .owner = owner,
			  .mtime = (int64_t)c->order->recipe->epoch,
			  .content = { .bytes = buf_cstr(text), .size = text->n } };

	return tree_add(c->tree, &n, e);
}

static const struct owner *source_owner(const struct composition *c, const char *name)
{
	for (size_t i = 0; i < c->tree->n; i++) {
		const struct owner *owner = c->tree->v[i]->owner;

		if (owner->kind == OWNER_SOURCE && strcmp(owner->name, name) == 0)
			return owner;
	}
	return NULL;
}

static bool record_upstream(struct arena *a, struct composition *c, const struct source_recipe *s,
			    struct error *e)
{
	const struct locked_source *locked = lock_source(c->order->lock, s->name);
	const struct owner *owner = source_owner(c, s->name);
	struct buf text = { .a = a };
	const char *path;

	if (!locked || !owner || (s->urls.n == 0 && !s->unpack.form))
		return true;
	path = upstream_path(a, locked);
	if (tree_find(c->tree, path))
		return true; /* two components of one source */
	upstream_document(s, locked, c->order->recipe->epoch, &text);
	return record_add_text(a, c, path, &text, owner, e);
}

/* Of the jars that the lock names those that came into the image. */
static bool record_jars(struct arena *a, struct composition *c, const struct source_recipe *s,
			struct error *e)
{
	const struct locked_source *locked = lock_source(c->order->lock, s->name);
	const struct owner *owner = source_owner(c, s->name);
	struct dependencies jars = { .text = s->dependencies.text };
	const char *path = upstream_jars_path(a, s);
	struct buf text = { .a = a };

	if (s->dependencies.form != DEPENDENCY_MAVEN || !locked || !owner ||
	    tree_find(c->tree, path))
		return true;
	list_each(d, &s->dependencies.v) {
		if (!d->provided &&
		    tree_find(c->tree, arena_printf(a, "%s/%s", IMAGE_JARS + 1, d->file)))
			*list_push(a, &jars.v) = *d;
	}
	if (jars.v.n == 0)
		return true;
	upstream_jars_document(s, locked, &jars, c->order->recipe->epoch, &text);
	return record_add_text(a, c, path, &text, owner, e);
}

/* A Debian source compiled with other options appears as its binary package with a local version
 * suffix, so that security data for the source match it (deb-control(5)). */
static bool record_source(struct arena *a, struct composition *c, const struct source_recipe *s,
			  struct error *e)
{
	const struct locked_source *locked = lock_source(c->order->lock, s->name);
	const struct owner *owner = source_owner(c, s->name);
	struct buf control = { .a = a }, sums = { .a = a };
	uint64_t kib = 0;

	if (!s->package || !locked || is_recorded(c, a, s->package))
		return true;
	if (!owner)
		return true;
	if (!sum_source(c, s->name, &sums, &kib, e))
		return false;
	buf_printf(&control,
		   "Package: %s\nSource: %s (%s)\nVersion: %s%s\nArchitecture: %s\n"
		   "Maintainer: imgbuild recipe %s\nInstalled-Size: %" PRIu64 "\n"
		   "Description: compiled from the Debian source %s\n",
		   s->package, locked->package, locked->version, locked->version,
		   s->suffix ? s->suffix : "", c->order->lock->architecture, s->name, kib,
		   locked->package);
	return record_add_text(a, c, arena_printf(a, "var/lib/dpkg/status.d/%s", s->package),
			       &control, owner, e) &&
	       record_add_text(a, c,
			       arena_printf(a, "var/lib/dpkg/status.d/%s.md5sums", s->package),
			       &sums, owner, e);
}

bool compose_records(struct arena *a, struct composition *c, struct error *e)
{
	if (!adopt_libraries(a, c, e) || !record_packages(a, c, e))
		return false;
	for (size_t i = 0; i < c->sources.n; i++) {
		if (!record_source(a, c, c->sources.v[i].source, e) ||
		    !record_upstream(a, c, c->sources.v[i].source, e) ||
		    !record_jars(a, c, c->sources.v[i].source, e))
			return err_wrap(e, "source %s", c->sources.v[i].source->name);
	}
	return true;
}
