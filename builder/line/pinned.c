/* SPDX-License-Identifier: Apache-2.0 */
/* From a pinned package to functions: has its .deb in the store, finds the library in it, loads it.
 */

#include "line/pinned.h"

#include "format/debian/debversion.h"
#include "input/lock/lock_wants.h"
#include "input/lock/tools_lock.h"
#include "make/deb/deb.h"
#include "make/place/locked_deb.h"

enum pin_use { PIN_WRITES_GZIP, PIN_WRITES_ZSTD, PIN_READS_XZ };

/* One library of those that can be pinned. */
struct pin {
	enum pin_use use;
	const char *name, *package, *file;
};

static const struct pin pins[] = {
	{ PIN_WRITES_GZIP, "libdeflate", TOOLS_GZIP, "libdeflate.so.0" },
	{ PIN_WRITES_ZSTD, "libzstd", TOOLS_ZSTD, "libzstd.so.1" },
	{ PIN_READS_XZ, "liblzma", TOOLS_XZ, "liblzma.so.5" },
};

/* What loading one needs. */
struct pinning {
	struct arena *a;
	const struct build_order *order;
	const struct recipe *recipe;
	const struct lock *lock;
	const char *path; /* of the lock */
	struct pinned *out;
	bool fetched; /* all that is wanted of it */
};

static bool recipe_writes(const struct recipe *r, enum compression format)
{
	for (; r; r = r->base) {
		if (r->compression == format)
			return true;
	}
	return false;
}

/* The library as its package has it: a file, or a link to one beside it. */
static const struct deb_entry *pinned_entry(struct arena *a, const struct deb *deb,
					    const char *file)
{
	const char *dir = arena_printf(a, "usr/lib/%s", platform_of_host()->machine->triplet);
	const struct deb_entry *entry = deb_find(deb, arena_printf(a, "%s/%s", dir, file));

	if (entry && entry->type == NODE_LINK)
		entry = deb_find(deb, arena_printf(a, "%s/%s", dir, entry->target));
	return entry && entry->type == NODE_FILE ? entry : NULL;
}

static bool pinned_fetch(struct pinning *g, const struct lock *packages, struct error *e)
{
	const struct build_order *o = g->order;
	struct mirrors mirrors = { 0 };
	struct lock_order order = { .store = o->store,
				    .mirrors = &mirrors,
				    .offline = o->offline,
				    .progress = o->progress };

	return mirrors_find(g->a, o->mirrors, o->mirror_env, g->recipe->archive, "/", &mirrors,
			    e) &&
	       lock_fetch(g->a, &order, packages, NULL, NULL, e);
}

static bool pinned_fetch_one(struct pinning *g, const struct locked_package *p, struct error *e)
{
	struct lock one;

	tools_for(g->a, g->lock, p->name, platform_of_host(), &one);
	return pinned_fetch(g, &one, e);
}

/* Maps the library: 1; 0 when the package has none; -1. */
static int pinned_map(struct pinning *g, const struct locked_package *p, const char *file,
		      struct deb *deb, struct mapping *m, struct error *e)
{
	const struct deb_entry *entry;
	struct node node;

	if (!deb_open(g->a, g->order->store, locked_deb(g->a, p), deb, e))
		return -1;
	entry = pinned_entry(g->a, deb, file);
	if (!entry)
		return 0;
	node = deb_node(deb, entry, NULL);
	return node_map(&node, m, e) ? 1 : -1;
}

static bool pinned_load(struct pinning *g, const struct pin *pin, struct str bytes,
			const char *version, struct error *e)
{
	struct pinned *out = g->out;

	switch (pin->use) {
	case PIN_WRITES_GZIP:
		return module_load(&out->gzip, bytes, pin->file, e) &&
		       gzip_library_of(&out->gzip, version, &out->compressor.gzip, e);
	case PIN_WRITES_ZSTD:
		return module_load(&out->zstd, bytes, pin->file, e) &&
		       zstd_library_of(g->a, &out->zstd, version, &out->compressor.zstd, e);
	case PIN_READS_XZ:
		break;
	}
	return module_load(&out->lzma, bytes, pin->file, e) &&
	       xz_library_of(&out->lzma, version, &out->xz, e);
}

/* 1: loaded, 0: it cannot be and *e says why, -1: error. */
static int pinned_try(struct pinning *g, const struct pin *pin, const struct locked_package *p,
		      struct error *e)
{
	struct deb deb = { .data = { .fd = -1 } };
	struct mapping m = { 0 };
	int got;

	if (!p) {
		err_set(e, ERR_INPUT, "it names no %s for this machine", pin->package);
		return 0;
	}
	if (!g->fetched && !pinned_fetch_one(g, p, e))
		return e->kind == ERR_NETWORK ? 0 : -1;
	got = pinned_map(g, p, pin->file, &deb, &m, e);
	if (got == 0)
		err_set(e, ERR_INPUT, "%s has no %s", p->file.name, pin->file);
	if (got > 0)
		got = pinned_load(g, pin, m.bytes, p->version, e);
	io_unmap(&m);
	deb_close(&deb);
	return got;
}

/* The reason why the host's library is used. */
static void pinned_lack(struct pinning *g, const struct pin *pin, const struct locked_package *p,
			struct error *e)
{
	struct pinned *out = g->out;
	const struct compressor host = compressor_host(out->compressor.format);
	char text[sizeof(struct error)];

	err_format(e, text, sizeof(text));
	err_clear(e);
	if (!out->why)
		out->why = arena_strdup(g->a, text);
	if (p)
		*list_push(g->a, &out->wanted) = arena_printf(g->a, "%s %s", pin->name, p->version);
	if (pin->use == PIN_WRITES_GZIP)
		out->compressor.gzip = host.gzip;
	else
		out->compressor.zstd = host.zstd;
	out->lacking = true;
}

static const struct locked_package *pinned_package(const struct pinning *g, const struct pin *pin)
{
	const struct platform *host = platform_of_host();

	return g->lock && host ? tools_find(g->lock, pin->package, host) : NULL;
}

static void pinned_note(struct pinning *g, const struct pin *pin)
{
	const struct compressor *c = &g->out->compressor;

	*list_push(g->a, &g->out->used) =
		arena_printf(g->a, "%s %s", pin->name,
			     pin->use == PIN_WRITES_GZIP ? c->gzip.version : c->zstd.version);
}

/* What reads gives the same bytes, whichever it is: where the pinned one cannot be had, the work
 * takes longer and nobody is told. */
static bool pinned_take(struct pinning *g, const struct pin *pin, struct error *e)
{
	const struct locked_package *p = pinned_package(g, pin);
	int got = g->lock ? pinned_try(g, pin, p, e) : 0;

	if (got < 0)
		return err_wrap(e, "%s", g->path);
	if (pin->use == PIN_READS_XZ) {
		err_clear(e);
		if (got == 0)
			g->out->xz = xz_library_host();
		return true;
	}
	if (got == 0 && g->lock)
		pinned_lack(g, pin, p, e);
	pinned_note(g, pin);
	return true;
}

/* Whether the pinned liblzma is of a later version than the host's: then it is the faster one. */
static bool pinned_reads_faster(const struct locked_package *p)
{
	return p && debversion_compare_part(debversion_split(str_of(p->version)).upstream,
					    str_of(xz_library_host().version)) > 0;
}

static bool pin_is_wanted(const struct pinning *g, const struct pin *pin)
{
	switch (pin->use) {
	case PIN_WRITES_GZIP:
		return recipe_writes(g->recipe, COMPRESS_GZIP);
	case PIN_WRITES_ZSTD:
		return recipe_writes(g->recipe, COMPRESS_ZSTD);
	case PIN_READS_XZ:
		break;
	}
	return pinned_reads_faster(pinned_package(g, pin));
}

/* All in one go. Where that fails, each is tried by itself, and what fails is told then. */
static void pinned_fetch_ahead(struct pinning *g)
{
	struct lock all = { .architecture = platform_of_host()->machine->debian,
			    .file = g->lock->file,
			    .format = g->lock->format };
	struct error ignored = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(pins); i++) {
		const struct locked_package *p = pinned_package(g, &pins[i]);

		if (!p || !pin_is_wanted(g, &pins[i]))
			continue;
		*list_push(g->a, &all.packages) = *p;
		lock_add_state(g->a, &all, p->state);
	}
	g->fetched = pinned_fetch(g, &all, &ignored);
}

static void pinned_warn(const struct pinning *g)
{
	const struct pinned *p = g->out;
	struct progress *progress = g->order->progress;
	const char *used = strings_join(g->a, &p->used, " and ");

	if (!g->lock)
		progress_warn(
			progress,
			"there is no %s: layers are written by this machine's %s, and another "
			"version writes other bytes; imgbuild lock %s makes it",
			g->path, used, g->recipe->file);
	else if (p->lacking)
		progress_warn(progress,
			      "%s of %s cannot be used: %s; layers are written by %s, and their "
			      "digests can differ from those of other machines",
			      p->wanted.n ? strings_join(g->a, &p->wanted, " and ")
					  : "what is needed",
			      g->path, p->why, used);
}

bool pinned_open(struct arena *a, const struct build_order *o, const struct recipe *r,
		 struct pinned *out, struct error *e)
{
	struct lock lock = { 0 };
	struct pinning g = {
		.a = a, .order = o, .recipe = r, .path = tools_path(a, r->repository), .out = out
	};
	int got = tools_load(a, g.path, &lock, e);

	*out = (struct pinned)PINNED_INIT;
	out->compressor = compressor_host(r->compression);
	out->xz = xz_library_host();
	if (got < 0)
		return false;
	if (got > 0)
		g.lock = &lock;
	if (g.lock && platform_of_host())
		pinned_fetch_ahead(&g);
	for (size_t i = 0; i < ARRAY_SIZE(pins); i++) {
		if (pin_is_wanted(&g, &pins[i]) && !pinned_take(&g, &pins[i], e))
			return false;
	}
	pinned_warn(&g);
	return true;
}

void pinned_close(struct pinned *p)
{
	module_close(&p->gzip);
	module_close(&p->zstd);
	module_close(&p->lzma);
}
