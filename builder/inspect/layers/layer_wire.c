/* SPDX-License-Identifier: Apache-2.0 */
/* Writes and reads an entry with all that is known of it, member by member. */

#include "inspect/layers/layer_wire.h"

#include "inspect/layers/elf_facts.h"
#include "inspect/layers/embedded.h"
#include "base/path.h"
#include "format/elf/elf_wire.h"

#define TARGET_MAX 4095

static void put_wants(struct buf *out, const struct elf_facts *f)
{
	wire_put(out, f->wants.n);
	for (size_t i = 0; i < f->wants.n; i++) {
		wire_put_text(out, f->wants.v[i].library);
		wire_put_text(out, f->wants.v[i].version);
		wire_put(out, f->wants.v[i].weak);
	}
}

static void get_wants(struct wire *w, struct elf_facts *f)
{
	for (size_t n = wire_count(w); n && !w->bad; n--) {
		struct version_need *need = list_push(w->a, &f->wants);

		need->library = wire_name(w);
		need->version = wire_name(w);
		need->weak = wire_flag(w);
	}
}

/* The symbols: names of those wanted, hashes of those defined. */
static void layer_put_symbols(struct buf *out, const struct elf_facts *f)
{
	wire_put(out, f->undefined.n);
	for (size_t i = 0; i < f->undefined.n; i++) {
		wire_put_text(out, f->undefined.v[i].name);
		wire_put(out, f->undefined.v[i].versioned);
	}
	wire_put(out, f->n_defined);
	for (size_t i = 0; i < f->n_defined; i++)
		wire_put(out, f->defined[i]);
}

/* Room is made once: large images have millions of symbols. */
static void get_symbols(struct wire *w, struct elf_facts *f)
{
	size_t n = wire_count(w);

	f->undefined.v = arena_array(w->a, n, sizeof(*f->undefined.v));
	f->undefined.n = f->undefined.cap = n;
	for (size_t i = 0; i < n; i++) {
		const char *name = wire_name(w);
		uint32_t versioned = (uint32_t)wire_get(w, UINT32_MAX);

		f->undefined.v[i] = (struct symbol_need){ symbol_hash(str_of(name)), versioned,
							  name };
	}
	f->n_defined = wire_count(w);
	f->defined = arena_array(w->a, f->n_defined, sizeof(*f->defined));
	for (size_t i = 0; i < f->n_defined; i++) {
		f->defined[i] = (uint32_t)wire_get(w, UINT32_MAX);
		w->bad = w->bad || (i && f->defined[i] < f->defined[i - 1]);
	}
}

static void put_facts(struct buf *out, const struct elf_facts *f)
{
	struct elf head = f->head;

	wire_put(out, f->readable);
	wire_put_text(out, f->problem);
	head.notes.n = 0;
	elf_wire_put(out, &head);
	put_wants(out, f);
	wire_put_texts(out, &f->offers);
	layer_put_symbols(out, f);
	wire_put(out, f->program);
	wire_put(out, f->is_static);
	wire_put(out, f->protector);
	wire_put(out, f->fortified);
	wire_put(out, f->fortifiable);
	wire_put(out, f->go);
	wire_put_text(out, f->package_note);
	wire_put_text(out, f->build_path);
}

static const struct elf_facts *get_facts(struct wire *w)
{
	struct elf_facts *f = arena_alloc(w->a, sizeof(*f));

	f->readable = wire_flag(w);
	f->problem = wire_text(w);
	elf_wire_get(w, &f->head);
	get_wants(w, f);
	wire_texts(w, &f->offers);
	get_symbols(w, f);
	f->program = wire_flag(w);
	f->is_static = wire_flag(w);
	f->protector = wire_flag(w);
	f->fortified = wire_flag(w);
	f->fortifiable = wire_flag(w);
	f->go = wire_flag(w);
	f->package_note = wire_text(w);
	f->build_path = wire_text(w);
	w->bad = w->bad || (!f->readable && !f->problem);
	return f;
}

static void layer_put_embedded(struct buf *out, const struct embedded *x)
{
	wire_put(out, x != NULL);
	if (!x)
		return;
	wire_put_texts(out, &x->purls);
	wire_put_text(out, x->problem);
}

static const struct embedded *layer_get_embedded(struct wire *w)
{
	struct embedded *x = wire_flag(w) ? arena_alloc(w->a, sizeof(*x)) : NULL;

	if (!x)
		return NULL;
	wire_texts(w, &x->purls);
	x->problem = wire_text(w);
	return x;
}

static void put_bytes(struct buf *out, const void *bytes, size_t n)
{
	buf_add(out, (struct str){ bytes, n });
}

static void get_bytes(struct wire *w, void *bytes, size_t n)
{
	struct str s = wire_bytes(w, n);

	if (s.n == n)
		memcpy(bytes, s.p, n);
}

static const struct sha1 *get_sha1(struct wire *w)
{
	struct sha1 *d = arena_alloc(w->a, sizeof(*d));

	get_bytes(w, d->b, sizeof(d->b));
	return d;
}

void layer_wire_put_head(struct buf *out, const struct item *i)
{
	wire_put_text(out, i->path);
	wire_put(out, i->type);
	wire_put(out, i->mode);
	wire_put(out, i->uid);
	wire_put(out, i->gid);
	wire_put_signed(out, i->mtime);
	wire_put(out, i->capabilities);
	wire_put_text(out, i->target);
}

void layer_wire_put_item(struct buf *out, const struct item *i, bool kept)
{
	layer_wire_put_head(out, i);
	if (i->type != ITEM_FILE)
		return;
	wire_put(out, i->kind);
	wire_put(out, i->size);
	wire_put(out, i->unread);
	put_bytes(out, i->sha256.b, sizeof(i->sha256.b));
	put_bytes(out, i->md5, sizeof(i->md5));
	wire_put(out, i->sha1 != NULL);
	if (i->sha1)
		put_bytes(out, i->sha1->b, sizeof(i->sha1->b));
	wire_put(out, kept);
	wire_put_text(out, i->interpreter);
	wire_put_text(out, i->shell);
	wire_put_text(out, i->secret);
	layer_put_embedded(out, i->embedded);
	wire_put(out, i->elf != NULL);
	if (i->elf)
		put_facts(out, i->elf);
}

static void get_content(struct wire *w, struct item *i, bool *kept)
{
	i->kind = (uint8_t)wire_get(w, CONTENT_ARCHIVE);
	i->size = wire_get(w, INT64_MAX);
	i->unread = wire_flag(w);
	get_bytes(w, i->sha256.b, sizeof(i->sha256.b));
	get_bytes(w, i->md5, sizeof(i->md5));
	if (wire_flag(w))
		i->sha1 = get_sha1(w);
	*kept = wire_flag(w);
	i->interpreter = wire_text(w);
	i->shell = wire_text(w);
	i->secret = wire_text(w);
	i->embedded = layer_get_embedded(w);
	if (wire_flag(w))
		i->elf = get_facts(w);
	w->bad = w->bad || (i->elf && i->kind != CONTENT_ELF);
}

/* No entry that is a whiteout, or below one; but what is in folders of aufs at the root. */
static bool is_layer_path(const char *path)
{
	return path && path_is_normal(path) && !strstr(path, "/.wh.") &&
	       (strncmp(path, ".wh.", 4) != 0 ||
		(strncmp(path, ".wh..wh.", 8) == 0 && strchr(path, '/')));
}

static bool is_target(const struct item *i)
{
	if (i->type == ITEM_LINK)
		return i->target && *i->target && strlen(i->target) <= TARGET_MAX;
	if (i->type == ITEM_HARD)
		return i->target && path_is_normal(i->target);
	return !i->target;
}

void layer_wire_get_head(struct wire *w, struct item *i)
{
	i->path = wire_text(w);
	i->type = (uint8_t)wire_get(w, ITEM_HARD);
	i->mode = (uint16_t)wire_get(w, 07777);
	i->uid = (uint32_t)wire_get(w, UINT32_MAX);
	i->gid = (uint32_t)wire_get(w, UINT32_MAX);
	i->mtime = wire_get_signed(w);
	i->capabilities = wire_flag(w);
	i->target = wire_text(w);
}

struct item *layer_wire_get_item(struct wire *w, bool *kept)
{
	struct item *i = arena_alloc(w->a, sizeof(*i));

	*kept = false;
	layer_wire_get_head(w, i);
	if (i->type == ITEM_FILE)
		get_content(w, i, kept);
	return wire_end(w) && is_layer_path(i->path) && is_target(i) ? i : NULL;
}
