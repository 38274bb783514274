/* SPDX-License-Identifier: Apache-2.0 */
/* Caches and keys from the command line, the environment or images.json. */

#include "cli/cache_options.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "format/debian/deb822.h"
#include "input/recipe/recipe_caches.h"
#include "trust/key/named_key.h"
#include "trust/key/private_file.h"
#include "trust/key/signer_plugin.h"

#define KEY_TEXT_MAX (64u << 10)

/* One list, from wherever it comes. */
struct cache_words {
	const char *said_by;   /* "--cache-from", "$IMGBUILD_CACHE_FROM", "cache.from" */
	const char *folder;    /* that relative paths stand below; NULL: the working folder */
	const struct place *v; /* where each stands, for those of images.json; else NULL */
	struct strings words;
};

/* A variable's words, between blanks or lines. */
static void cache_split_words(struct arena *a, const char *text, struct strings *out)
{
	struct str rest = str_of(text), word;

	while (deb822_word(&rest, &word))
		*list_push(a, out) = str_dup(a, word);
}

static struct cache_words cache_find_words(struct arena *a, const struct strings *option,
					   const char *option_name, const char *variable,
					   const struct recipe_cache_list *said,
					   const char *said_name, const char *folder)
{
	struct cache_words w = { .said_by = option_name, .words = *option };
	const char *value = getenv(variable);
	struct place *places;

	if (option->n)
		return w;
	if (value && *value) {
		w.said_by = arena_printf(a, "$%s", variable);
		cache_split_words(a, value, &w.words);
		return w;
	}
	w.said_by = said_name;
	w.folder = folder;
	w.v = places = arena_array(a, said->n + 1, sizeof(*places));
	for (size_t i = 0; i < said->n; i++) {
		*list_push(a, &w.words) = said->v[i].text;
		places[i] = said->v[i].at;
	}
	return w;
}

/* What is wrong with a word of images.json is a mistake of that file. */
static bool cache_blame(const struct cache_words *w, size_t i, struct error *e)
{
	if (!w->v)
		return false;
	if (e->kind == ERR_USAGE)
		e->kind = ERR_INPUT;
	return err_at(e, w->v[i].file, w->v[i].line, w->v[i].col);
}

static bool cache_read_places(struct arena *a, const struct cache_words *w,
			      struct cache_places *out, struct error *e)
{
	for (size_t i = 0; i < w->words.n; i++) {
		if (!cache_place_parse(a, w->said_by, w->words.v[i], w->folder, list_push(a, out),
				       e))
			return cache_blame(w, i, e);
	}
	return true;
}

/* A private key signs, and what it signed is believed. Programs that sign are run when the command
 * line names them: what images.json names comes with the repository. 1: it is a private one, 0, -1.
 */
static int cache_read_key(struct cli *c, const struct cache_words *w, const char *path,
			  struct str passphrase, struct key *out, struct error *e)
{
	bool private = !w->v && signer_plugin_names(path);
	struct str text;

	if (!private) {
		if (!io_read_named(c->a, path, KEY_TEXT_MAX, &text, e))
			return -1;
		private = memmem(text.p, text.n, "PRIVATE KEY-----", strlen("PRIVATE KEY-----"));
		private_file_wipe(text);
	}
	if (!(private ? named_key_private(c->a, path, passphrase, out, e)
		      : key_load_trusted(c->a, path, out, e)))
		return -1;
	return private;
}

static bool cache_read_keys(struct cli *c, const struct cache_options *o,
			    const struct cache_words *w, struct remote_cache_order *out,
			    size_t *signer, struct error *e)
{
	struct str passphrase;
	bool ok = true;

	if (!key_passphrase(c->a, o->passphrase_file, &passphrase, e))
		return false;
	for (size_t i = 0; ok && i < w->words.n; i++) {
		struct key *k = list_push(c->a, &out->keys);
		int private = cache_read_key(c, w, w->words.v[i], passphrase, k, e);

		ok = private >= 0 || cache_blame(w, i, e);
		if (private > 0 && *signer == SIZE_MAX)
			*signer = i;
	}
	if (o->passphrase_file)
		private_file_wipe(passphrase);
	return ok;
}

/* A folder that nobody else may write needs no signatures, like the store itself. */
static bool cache_is_own_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 || (st.st_uid == geteuid() && !(st.st_mode & 022));
}

static bool cache_check_from(const struct cache_words *w, const struct remote_cache_order *o,
			     struct error *e)
{
	for (size_t i = 0; o->keys.n == 0 && i < o->from.n; i++) {
		const struct cache_place *p = &o->from.v[i];

		if (p->kind == CACHE_LOCAL && cache_is_own_folder(p->address))
			continue;
		err_set(e, ERR_USAGE,
			"%s: %s needs --cache-key FILE, the public key of who signs its entries: others may write there",
			w->said_by, p->shown);
		return cache_blame(w, i, e);
	}
	return true;
}

/* Who has named caches in images.json has not named everybody's private key: who has none gives
 * nothing. */
static bool cache_check_to(const struct cache_words *w, struct remote_cache_order *o,
			   struct error *e)
{
	for (size_t i = 0; !o->signer && i < o->to.n; i++) {
		if (o->to.v[i].kind == CACHE_LOCAL && o->keys.n == 0)
			continue;
		if (w->v) {
			o->to.n = 0;
			return true;
		}
		return err_set(
			e, ERR_USAGE,
			"%s: %s needs --cache-key FILE with a private key, which signs what is given",
			w->said_by, o->to.v[i].shown);
	}
	return true;
}

bool cache_options_read(struct cli *c, const struct cache_options *o, const char *recipe,
			struct remote_cache_order *out, struct error *e)
{
	struct recipe_caches said;
	struct cache_words from, to, keys;
	size_t signer = SIZE_MAX;

	if (!recipe_caches(c->a, recipe, &said, e))
		return false;
	from = cache_find_words(c->a, &o->from, "--cache-from", "IMGBUILD_CACHE_FROM", &said.from,
				"cache.from", said.repository);
	to = cache_find_words(c->a, &o->to, "--cache-to", "IMGBUILD_CACHE_TO", &said.to, "cache.to",
			      said.repository);
	keys = cache_find_words(c->a, &o->keys, "--cache-key", "IMGBUILD_CACHE_KEY", &said.keys,
				"cache.keys", NULL);
	if (!cache_read_places(c->a, &from, &out->from, e) ||
	    !cache_read_places(c->a, &to, &out->to, e) ||
	    ((out->from.n || out->to.n) && !cache_read_keys(c, o, &keys, out, &signer, e)))
		return false;
	if (out->keys.n && signer != SIZE_MAX)
		out->signer = &out->keys.v[signer];
	return cache_check_from(&from, out, e) && cache_check_to(&to, out, e);
}
