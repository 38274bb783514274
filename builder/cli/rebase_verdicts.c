/* SPDX-License-Identifier: Apache-2.0 */
/* The key holds whatever the checks of trust/rebase and the rules that they count read. */

#include "cli/rebase_verdicts.h"

#include "base/wire.h"

void rebase_verdicts_close(struct rebase_verdicts *l)
{
	arena_free(&l->a);
	*l = (struct rebase_verdicts)REBASE_VERDICTS_INIT;
}

static void verdict_put_layers(struct arena *a, struct buf *out, const struct image_facts *f)
{
	wire_put(out, f->layers.n);
	list_each(l, &f->layers) {
		wire_put(out, l->has_digest);
		wire_put(out, l->size);
		wire_put_text(out, content_digest_text(a, &l->digest));
		wire_put_text(out, content_digest_text(a, &l->diff_id));
		wire_put_text(out, l->media_type);
	}
}

/* check_config.c looks programs up in PATH; what the loader reads itself is in its manual page. */
static bool verdict_reads_variable(const char *name)
{
	return strcmp(name, "PATH") == 0 || str_starts(str_of(name), STR("LD_"));
}

static void verdict_put_settings(struct buf *out, const struct image_facts *f)
{
	wire_put_text(out, f->os);
	wire_put_text(out, f->architecture);
	wire_put_text(out, f->variant);
	wire_put_text(out, f->user);
	wire_put_text(out, f->workdir);
	wire_put_texts(out, &f->entrypoint);
	wire_put_texts(out, &f->cmd);
	wire_put_texts(out, &f->expose);
	list_each(v, &f->env) {
		if (!verdict_reads_variable(v->name))
			continue;
		wire_put_text(out, v->name);
		wire_put_text(out, v->value);
	}
	wire_put_text(out, NULL);
	wire_put(out, f->has_health);
	wire_put_texts(out, &f->health);
	wire_put_texts(out, &f->remarks);
}

struct digest rebase_verdict_key(const struct image_facts *image, const struct image_facts *old,
				 const struct image_facts *now)
{
	const struct image_facts *const all[] = { image, old, now };
	AUTO_ARENA a = { 0 };
	struct buf text = { .a = &a };

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		verdict_put_layers(&a, &text, all[i]);
		verdict_put_settings(&text, all[i]);
	}
	return digest_of(buf_str(&text));
}

static const struct rebase_verdict *verdict_search(const struct rebase_verdicts *l,
						   const struct digest *key)
{
	list_each(x, &l->v) {
		if (digest_eq(&(*x)->key, key))
			return *x;
	}
	return NULL;
}

bool rebase_verdict_find(struct rebase_verdicts *l, const struct digest *key, struct arena *a,
			 struct rebase_proof *proof, struct rebase_obstacles *out)
{
	const struct rebase_verdict *x;

	pthread_mutex_lock(&l->lock);
	x = verdict_search(l, key);
	pthread_mutex_unlock(&l->lock);
	if (!x)
		return false;
	*proof = x->proof;
	list_append(a, out, &x->obstacles);
	return true;
}

void rebase_verdict_note(struct rebase_verdicts *l, const struct digest *key,
			 const struct rebase_proof *proof, const struct rebase_obstacles *found,
			 size_t first)
{
	struct rebase_verdict *x;

	pthread_mutex_lock(&l->lock);
	if (l->v.n < REBASE_VERDICTS_MAX && !verdict_search(l, key)) {
		x = arena_alloc(&l->a, sizeof(*x));
		*x = (struct rebase_verdict){ .key = *key, .proof = *proof };
		for (size_t i = first; i < found->n; i++) {
			const struct rebase_obstacle *o = &found->v[i];

			*list_push(&l->a, &x->obstacles) = (struct rebase_obstacle){
				o->path ? arena_strdup(&l->a, o->path) : NULL,
				arena_strdup(&l->a, o->text)
			};
		}
		*list_push(&l->a, &l->v) = x;
	}
	pthread_mutex_unlock(&l->lock);
}
