/* SPDX-License-Identifier: Apache-2.0 */
/* From bytes to facts. What is recognised in them is in content_kind.c and elf_facts.c. */

#include "inspect/layers/content_intake.h"

#include "base/frames.h"
#include "format/archive/zip.h"
#include "inspect/image/scratch_file.h"
#include "inspect/layers/content_kind.h"
#include "inspect/layers/elf_facts.h"
#include "inspect/layers/embedded.h"
#include "inspect/layers/kept_paths.h"
#include "inspect/layers/layer_wire.h"

uint64_t keep_max_of(const struct keep_rule *k)
{
	return k && k->keep_max ? k->keep_max : INTAKE_KEEP_MAX;
}

void intake_init(struct intake *in, struct arena *a, const struct keep_rule *keep, int scratch,
		 struct sink *out)
{
	*in = (struct intake){ .keep = keep, .scratch = scratch, .out = out };
	in->head = arena_alloc(a, INTAKE_HEAD);
}

void intake_close(struct intake *in)
{
	sums_drop(&in->sums);
}

void intake_begin(struct intake *in, const char *path)
{
	in->head_n = 0;
	in->size = 0;
	in->spooling = false;
	in->jar = jar_is_named(path);
	in->keeping = kept_always(path) ||
		      (in->keep && in->keep->want && in->keep->want(in->keep, path));
	sums_drop(&in->sums);
	sums_begin(&in->sums, in->keep && in->keep->sha1);
}

/* Notes bytes of an ELF file at their place. */
static bool intake_note_bytes(const struct intake *in, struct str bytes, uint64_t at,
			      struct error *e)
{
	return scratch_write(in->scratch, bytes, at, e);
}

/* Large ELF files and jars are noted as soon as they do not fit the head any more. */
static bool intake_spool(struct intake *in, struct str chunk, struct error *e)
{
	struct str head = { in->head, in->head_n };

	if (!in->spooling) {
		in->spooling = elf_is(head) || (in->jar && zip_is(head));
		if (!in->spooling)
			return true;
		if (!intake_note_bytes(in, head, 0, e))
			return false;
	}
	return in->size + chunk.n > INTAKE_ELF_MAX || intake_note_bytes(in, chunk, in->size, e);
}

static bool intake_keep(struct intake *in, struct str chunk, struct error *e)
{
	in->keeping = in->size + chunk.n <= keep_max_of(in->keep);
	return !in->keeping || frame_put(in->out, LAYER_TEXT, chunk, e);
}

bool intake_add(struct intake *in, struct str chunk, struct error *e)
{
	size_t room = INTAKE_HEAD - in->head_n;
	size_t fits = chunk.n < room ? chunk.n : room;
	struct str rest;

	sums_add(&in->sums, chunk);
	if (in->keeping && !intake_keep(in, chunk, e))
		return false;
	memcpy(in->head + in->head_n, chunk.p, fits);
	in->head_n += fits;
	in->size += fits;
	rest = str_from(chunk, fits);
	if (rest.n && !intake_spool(in, rest, e))
		return false;
	in->size += rest.n;
	return true;
}

static bool look_at_elf(struct intake *in, struct arena *a, struct item *item, struct error *e)
{
	AUTO_MAPPING map = { .base = NULL };

	if (!in->spooling) {
		elf_facts_make(a, (struct str){ in->head, in->head_n }, item);
		return true;
	}
	if (in->size > INTAKE_ELF_MAX)
		return true;
	if (!io_map_known(in->scratch, 0, in->size, "a temporary file", &map, e))
		return false;
	elf_facts_make(a, map.bytes, item);
	return true;
}

/* A jar that cannot be read is one with a problem, not an image that is malformed. */
static bool look_at_jar(struct intake *in, struct arena *a, struct item *item, struct error *e)
{
	struct embedded *x = arena_alloc(a, sizeof(*x));
	struct error bad = { .kind = ERR_NONE };

	if (in->size > INTAKE_ELF_MAX)
		x->problem = "it is too large to be looked into";
	else if (!in->spooling &&
		 !intake_note_bytes(in, (struct str){ in->head, in->head_n }, 0, e))
		return false;
	else if (!jar_artifacts_read(a, in->scratch, in->size, item->path, &x->purls, &bad))
		x->problem = arena_printf(a, "%s%s", bad.context, bad.cause);
	if (x->purls.n || x->problem)
		item->embedded = x;
	return bad.kind != ERR_SYSTEM || err_set(e, ERR_SYSTEM, "%s%s", bad.context, bad.cause);
}

bool intake_end(struct intake *in, struct arena *a, struct item *item, bool *kept, struct error *e)
{
	struct str head = { in->head, in->head_n };
	struct sha1 *sha1 = in->sums.sha1 ? arena_alloc(a, sizeof(*sha1)) : NULL;

	sums_end(&in->sums, &item->sha256, item->md5, sha1);
	item->sha1 = sha1;
	item->size = in->size;
	*kept = in->keeping;
	item->kind = (uint8_t)content_kind(head);
	if (item->kind == CONTENT_ELF)
		return look_at_elf(in, a, item, e);
	if (in->jar && zip_is(head))
		return look_at_jar(in, a, item, e);
	if (item->kind == CONTENT_SCRIPT)
		item->interpreter = content_interpreter(a, head);
	if (item->kind == CONTENT_TEXT || item->kind == CONTENT_SCRIPT)
		item->secret = content_secret(head);
	return true;
}
