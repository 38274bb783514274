/* SPDX-License-Identifier: Apache-2.0 */
/* Reads ELF headers once per file and keeps what they say. The bytes are mapped here; only the
 * magic number is looked at. A child reads the rest and answers file by file, in order. */

#include "make/closure/elf_objects.h"

#include <assert.h>
#include <elf.h>

#include "base/frames.h"
#include "base/jail.h"
#include "format/elf/elf_wire.h"
#include "format/json/json.h"

#define BATCH_MAX 1024 /* files mapped at once */
#define ANSWER_MAX ((size_t)8 << 20)
#define KEPT_MAX ((size_t)16 << 20) /* of what is said of a batch */
#define FRAME_ELF 'E'		    /* what it says (format/elf/elf_wire.h) */
#define FRAME_BAD 'B'		    /* what is wrong with it, as text */

/* Of files of which nothing is known. */
static const struct elf no_elf;

static const struct jail_limits limits = { (uint64_t)256 << 20, 60, 120 };

static size_t object_position(const struct objects *o, const char *path)
{
	size_t low = 0, high = o->v.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(o->v.v[middle]->node->path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct object *objects_find(const struct objects *o, const struct node *n)
{
	size_t at = object_position(o, n->path);

	return at < o->v.n && o->v.v[at]->node == n ? o->v.v[at] : NULL;
}

static struct object *object_insert(struct objects *o, const struct node *n)
{
	size_t at = object_position(o, n->path);
	struct object *object = arena_alloc(o->a, sizeof(*object));

	(void)*list_push(o->a, &o->v);
	memmove(o->v.v + at + 1, o->v.v + at, (o->v.n - 1 - at) * sizeof(*o->v.v));
	o->v.v[at] = object;
	object->node = n;
	object->content = n->content;
	object->file = (struct process_file){ .path = n->path, .elf = &no_elf };
	return object;
}

static bool object_is_of(const struct object *o, const struct node *n)
{
	const struct content *x = &o->content, *y = &n->content;

	return n->type == NODE_FILE && x->blob == y->blob && x->size == y->size &&
	       (x->blob ? x->offset == y->offset : x->bytes == y->bytes);
}

void objects_adopt(struct objects *o, const struct tree *t, const struct objects *from)
{
	for (size_t i = 0; i < from->v.n; i++) {
		const struct object *x = from->v.v[i];
		const struct node *n = tree_find(t, x->node->path);
		struct object *object;

		if (!n || !object_is_of(x, n) || objects_find(o, n))
			continue;
		object = object_insert(o, n);
		object->file.is_elf = x->file.is_elf;
		object->file.bad = x->file.bad;
		object->file.elf = x->file.elf;
	}
}

/* ELF files that wait to be read. They are mapped for the child, unless an earlier run knows them.
 */
struct batch {
	size_t n, done, mapped;
	bool alone;   /* as in struct objects */
	bool careful; /* one of them has broken a child */
	struct object *objects[BATCH_MAX];
	struct mapping maps[BATCH_MAX];
};

static void batch_clear(struct batch *b)
{
	for (size_t i = 0; i < b->mapped; i++)
		io_unmap(&b->maps[i]);
	b->n = b->done = b->mapped = 0;
	b->careful = false;
}
#define AUTO_BATCH __attribute__((cleanup(batch_clear))) struct batch

static bool batch_map(struct batch *b, struct error *e)
{
	for (; b->mapped < b->n; b->mapped++) {
		const struct node *n = b->objects[b->mapped]->node;

		if (!node_map(n, &b->maps[b->mapped], e))
			return err_wrap(e, "%s", n->path);
	}
	return true;
}

/* In the jail. Where one is careful each answer leaves at once: should the next file break this
 * process, it is known which one did. */
static bool read_batch(void *ctx, struct sink *out, struct error *e)
{
	const struct batch *b = ctx;

	for (size_t i = b->done; i < b->n; i++) {
		AUTO_ARENA a = { 0 };
		struct buf answer = { .a = &a };
		struct error bad = { 0 };
		struct elf elf;
		bool ok = b->alone ? elf_read_alone(&a, b->maps[i].bytes, &elf, &bad)
				   : elf_read(&a, b->maps[i].bytes, &elf, &bad);

		if (ok)
			elf_wire_put(&answer, &elf);
		else
			buf_puts(&answer, bad.cause);
		if (!frame_put(out, ok ? FRAME_ELF : FRAME_BAD, buf_str(&answer), e) ||
		    (b->careful && !out->finish(out, e)))
			return false;
	}
	return true;
}

/* Whom the answers are for. */
struct object_taker {
	struct arena *a;
	struct batch *batch;
};

static bool objects_take(void *to, char kind, struct str answer, struct error *e)
{
	struct object_taker *t = to;
	struct wire w = { .a = t->a, .rest = answer };
	struct object *o;
	struct elf *elf;

	if (t->batch->done == t->batch->n)
		return frame_nonsense(e);
	o = t->batch->objects[t->batch->done];
	t->batch->done++;
	if (kind == FRAME_BAD) {
		o->file.bad = str_dup(t->a, answer);
		return true;
	}
	elf = arena_alloc(t->a, sizeof(*elf));
	elf_wire_get(&w, elf);
	if (!wire_end(&w)) {
		t->batch->done--;
		return frame_nonsense(e);
	}
	o->file.bad = NULL;
	o->file.elf = elf;
	return true;
}

static const char elf_kinds[] = { FRAME_ELF, FRAME_BAD, '\0' };

static bool batch_hear(struct source *from, struct object_taker *t, struct error *e)
{
	return frames_each(from, elf_kinds, ANSWER_MAX, objects_take, t, e) &&
	       (t->batch->done == t->batch->n || frame_nonsense(e));
}

/* Reads what is left of a batch until the end, or until a file breaks the reader: then b->done is
 * that file if one was careful, and *e says what became of it. `said`, in its arena, is what the
 * child said; or NULL. */
static bool run_batch(struct arena *a, struct batch *b, struct buf *said, struct error *e)
{
	AUTO_JAIL jail = { .base.next = NULL };
	struct object_taker t = { a, b };
	struct heard_source heard;
	bool ok;

	json_make_ready(); /* .note.dlopen */
	if (!jail_start(&jail, "the file", &limits, JAIL_NO_FILES, read_batch, b, e))
		return false;
	if (!said)
		return batch_hear(&jail.base, &t, e);
	heard_source_init(said->a, &heard, &jail.base, KEPT_MAX);
	ok = batch_hear(&heard.base, &t, e);
	*said = heard.heard;
	return ok;
}

/* Everything that decides what is said of the files; false: not all of them are known by their
 * digests. */
static bool batch_key(const struct batch *b, struct digest *key)
{
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	buf_printf(&text, "imgbuild elf facts %d\n", ELF_WIRE_FORM);
	for (size_t i = 0; i < b->n; i++) {
		if (!content_put_name(&b->objects[i]->content, &text))
			return false;
	}
	*key = digest_of(buf_str(&text));
	return true;
}

/* Takes what an earlier run was told of the same files, and checks it as that did. */
static bool batch_recall(const struct objects *o, struct batch *b, const struct digest *key)
{
	AUTO_ARENA a = { 0 };
	struct object_taker t = { o->a, b };
	struct error ignored = { 0 };
	struct str_source known;
	struct str said;

	if (!kept_facts_find(&a, &o->kept, key, &said))
		return false;
	str_source_init(&known, said, "what is known of files");
	if (frames_each(&known.base, elf_kinds, ANSWER_MAX, objects_take, &t, &ignored) &&
	    b->done == b->n)
		return true;
	b->done = 0;
	return false;
}

static bool finish_batch(struct objects *o, struct batch *b, struct error *e)
{
	struct digest key;
	bool keeps = o->kept.store && !o->alone && b->n && batch_key(b, &key);

	if (keeps && batch_recall(o, b, &key))
		keeps = false;
	if (b->done < b->n && !batch_map(b, e))
		return false;
	while (b->done < b->n) {
		AUTO_ARENA scratch = { 0 };
		struct error broken = { 0 };
		struct buf said = { .a = &scratch };

		if (run_batch(o->a, b, keeps ? &said : NULL, &broken)) {
			if (keeps && !said.overflow)
				kept_facts_put(&o->kept, &key, buf_str(&said),
					       "what was read of ELF files");
			break;
		}
		keeps = false; /* it is said of a part of them */
		if (broken.kind != ERR_INPUT || b->done == b->n) {
			*e = broken;
			return false;
		}
		if (b->careful)
			b->objects[b->done++]->file.bad = arena_strdup(o->a, broken.cause);
		b->careful = !b->careful;
	}
	batch_clear(b);
	return true;
}

/* By its first bytes, which are read and not mapped: most files are none. */
static bool node_is_elf(const struct node *n, bool *yes, struct error *e)
{
	const struct content *c = &n->content;
	char first[SELFMAG];

	*yes = c->is_elf > 0;
	if (c->size < sizeof(first) || c->is_elf)
		return true;
	if (c->blob && !fd_pread(c->blob->fd, first, sizeof(first), c->offset, c->blob->name, e))
		return err_wrap(e, "%s", n->path);
	*yes = elf_is((struct str){ c->blob ? first : c->bytes, sizeof(first) });
	return true;
}

/* Notes a file, and puts it into the batch if it is an ELF file. */
static bool objects_add(struct objects *o, struct batch *b, const struct node *n, struct error *e)
{
	struct object *object;
	bool is_elf;

	if (objects_find(o, n))
		return true;
	if (b->n == BATCH_MAX && !finish_batch(o, b, e))
		return false;
	if (!node_is_elf(n, &is_elf, e))
		return false;
	object = object_insert(o, n);
	object->file.is_elf = is_elf;
	if (is_elf)
		b->objects[b->n++] = object;
	return true;
}

bool objects_read(struct objects *o, const struct nodes *files, struct error *e)
{
	AUTO_BATCH b = { .alone = o->alone };

	for (size_t i = 0; i < files->n; i++) {
		if (!objects_add(o, &b, files->v[i], e))
			return false;
	}
	return finish_batch(o, &b, e);
}

void object_touch(struct objects *all, struct object *o)
{
	if (!o->touched)
		*list_push(all->a, &all->touched) = o;
	o->touched = true;
}

void objects_forget_touched(struct objects *all)
{
	for (size_t i = 0; i < all->touched.n; i++)
		all->touched.v[i]->touched = false;
	all->touched.n = 0;
}

bool objects_get(struct objects *o, const struct node *n, struct object **out, struct error *e)
{
	struct nodes one = { &n, 1, 1 };

	*out = objects_find(o, n);
	if (!*out && !objects_read(o, &one, e))
		return false;
	*out = objects_find(o, n);
	assert(*out); /* it was read just now */
	object_touch(o, *out);
	return true;
}
