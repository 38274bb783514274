/* SPDX-License-Identifier: Apache-2.0 */
/* What a pull is told beside the image: to ask nobody, to leave layers for later, to take the only
 * image that there is. */

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_registry_scene.h"
#include "transfer/registry/pull.h"

#define MANIFESTS "/v2/team/app/manifests/"

struct order_world {
	struct arena a;
	struct registry_scene s;
	struct session_options options;
	struct store store;
	struct reference from;
	struct pulled out;
	struct error e;
};

static void order_open(struct order_world *w, bool gives)
{
	*w = (struct order_world){ .store = STORE_INIT };
	registry_scene_begin(&w->s, &w->a);
	if (gives)
		registry_scene_gives(&w->s);
	cr_assert(store_open(&w->a, w->s.store, &w->store, &w->e), "%s", w->e.cause);
}

static void order_close(struct order_world *w)
{
	store_close(&w->store);
	registry_scene_end(&w->s);
	arena_free(&w->a);
}

/* The kind of the error; its text stays in w->e. `what` is ":1" or "@sha256:...". */
static enum err_kind order_pull(struct order_world *w, const char *what, struct pull_order o)
{
	const char *text = arena_printf(&w->a, "docker://127.0.0.1:%u/team/app%s",
					w->s.registry.port, what);

	err_clear(&w->e);
	cr_assert(reference_parse(&w->a, text, &w->from, &w->e), "%s", w->e.cause);
	o.store = &w->store;
	o.from = &w->from;
	o.options = &w->options;
	cr_expect_eq(pull_image(&w->a, &o, &w->out, &w->e), w->e.kind == ERR_NONE);
	return w->e.kind;
}

static const char *order_by_digest(struct order_world *w)
{
	return arena_printf(&w->a, "@%s", w->s.digest);
}

static void order_gives_by_digest(struct order_world *w)
{
	registry_scene_on(&w->s, arena_printf(&w->a, MANIFESTS "%s", w->s.digest), 200,
			  "Content-Type: " MANIFEST_TYPE "\r\n", w->s.manifest);
}

Test(pull_order, offline_only_the_store_is_asked)
{
	struct order_world w;
	const struct pull_order offline = { .offline = true };
	size_t asked;

	order_open(&w, true);
	order_gives_by_digest(&w);
	cr_expect_eq(order_pull(&w, ":1", offline), ERR_NETWORK);
	cr_expect(strstr(w.e.cause, "what the tag \"1\" means is the registry's to say, and "
				    "--offline forbids asking"),
		  "%s", w.e.cause);
	cr_expect_eq(order_pull(&w, order_by_digest(&w), offline), ERR_NETWORK);
	cr_expect(strstr(w.e.cause, arena_printf(&w.a,
						 "manifest %.19s is not in the store, and "
						 "--offline forbids fetching",
						 w.s.digest)),
		  "%s", w.e.cause);
	cr_expect_eq(w.s.registry.accepted, 0);
	cr_expect_eq(order_pull(&w, order_by_digest(&w), (struct pull_order){ 0 }), ERR_NONE, "%s",
		     w.e.cause);
	cr_expect(w.out.blobs == 3 && w.out.fetched == 3, "%zu %zu", w.out.blobs, w.out.fetched);
	asked = w.s.registry.accepted;
	cr_expect_eq(order_pull(&w, order_by_digest(&w), offline), ERR_NONE, "%s", w.e.cause);
	cr_expect(w.out.blobs == 3 && w.out.fetched == 0 && w.out.fetched_bytes == 0);
	cr_expect_eq(w.s.registry.accepted, asked);
	order_close(&w);
}

/* A manifest that is in the store is not asked for again; the blobs are. */
Test(pull_order, a_blob_that_is_missing_offline_is_told)
{
	struct order_world w;

	order_open(&w, true);
	w.from.content = content_digest_of(w.s.manifest, false);
	cr_assert(store_put_content(&w.store, w.s.manifest, &w.from.content, &w.e), "%s",
		  w.e.cause);
	cr_expect_eq(order_pull(&w, order_by_digest(&w), (struct pull_order){ .offline = true }),
		     ERR_NETWORK);
	cr_expect(strstr(w.e.cause, "--offline"), "%s", w.e.cause);
	cr_expect_eq(w.s.registry.accepted, 0);
	order_close(&w);
}

static const struct image_blob *order_layer(struct order_world *w, size_t layer)
{
	const char *hex = digest_hex_dup(&w->a, &w->s.image.layers.v[layer].digest);

	list_each(b, &w->out.files.blobs.v) {
		if (strcmp(image_blob_file(b), hex) == 0)
			return b;
	}
	cr_assert_fail("layer %zu is not listed", layer);
	return NULL;
}

/* Layers are fetched when they are opened, and once. */
Test(pull_order, layers_come_when_they_are_opened)
{
	struct order_world w;
	const struct image_blob *first, *second;
	int fd = -1;
	size_t asked;

	order_open(&w, true);
	cr_assert_eq(order_pull(&w, ":1", (struct pull_order){ .later = true }), ERR_NONE, "%s",
		     w.e.cause);
	cr_expect(w.out.blobs == 3 && w.out.fetched == 1, "%zu", w.out.fetched);
	first = order_layer(&w, 0);
	second = order_layer(&w, 1);
	cr_expect_eq(store_open_content(&w.store, &first->digest, first->size, &fd, &w.e), 0);
	cr_assert(image_blob_open(&w.store, first, &fd, &w.e), "%s", w.e.cause);
	close(fd);
	asked = w.s.registry.accepted;
	cr_assert(image_blob_open(&w.store, first, &fd, &w.e), "%s", w.e.cause);
	close(fd);
	cr_expect_eq(w.s.registry.accepted, asked);
	cr_expect_eq(store_open_content(&w.store, &second->digest, second->size, &fd, &w.e), 0);
	order_close(&w);
}

Test(pull_order, a_layer_that_does_not_come_later_is_told)
{
	struct order_world w;
	struct image_blob *layer;
	int fd = -1;

	order_open(&w, true);
	cr_assert_eq(order_pull(&w, ":1", (struct pull_order){ .later = true }), ERR_NONE, "%s",
		     w.e.cause);
	layer = (struct image_blob *)(uintptr_t)order_layer(&w, 0);
	for (size_t i = 0; i < w.s.registry.n; i++) {
		if (strstr(w.s.replies[i].path, image_blob_file(layer)))
			w.s.replies[i].status = 404;
	}
	cr_expect_not(image_blob_open(&w.store, layer, &fd, &w.e));
	cr_expect(w.e.kind == ERR_NETWORK && strstr(w.e.context, layer->what), "%s%s", w.e.context,
		  w.e.cause);
	err_clear(&w.e);
	layer->later = NULL;
	cr_expect_not(image_blob_open(&w.store, layer, &fd, &w.e));
	cr_expect(w.e.kind == ERR_VERIFY && strstr(w.e.cause, "is missing from the store"), "%s",
		  w.e.cause);
	order_close(&w);
}

/* The config is needed now, whatever comes later. */
Test(pull_order, a_config_that_is_missing_is_told_at_once)
{
	struct order_world w;

	order_open(&w, true);
	for (size_t i = 0; i < w.s.registry.n; i++) {
		if (strstr(w.s.replies[i].path, digest_hex_dup(&w.a, &w.s.image.config_digest)))
			w.s.replies[i].status = 404;
	}
	cr_expect_eq(order_pull(&w, ":1", (struct pull_order){ .later = true }), ERR_NETWORK);
	order_close(&w);
}

/* An index with these members of its only image, beside a record of how it was built. */
static void order_gives_index(struct order_world *w, const char *platform, const char *more)
{
	order_gives_by_digest(w);
	registry_scene_on(&w->s, MANIFESTS "1", 200, "Content-Type: " INDEX_TYPE "\r\n",
			  str_of(arena_printf(&w->a,
					      "{\"schemaVersion\":2,\"mediaType\":\"" INDEX_TYPE
					      "\",\"manifests\":[{\"mediaType\":\"" MANIFEST_TYPE
					      "\",\"digest\":\"%s\",\"size\":%zu%s}%s]}",
					      w->s.digest, w->s.manifest.n, platform, more)));
}

#define PLATFORM(os, machine) ",\"platform\":{\"os\":\"" os "\",\"architecture\":\"" machine "\"}"
#define ANOTHER(platform)                                                                        \
	",{\"mediaType\":\"" MANIFEST_TYPE "\",\"digest\":\"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\",\"size\":2" platform "}"

Test(pull_order, the_only_image_is_the_usual_one)
{
	static const struct {
		const char *platform, *more;
		bool usual;
		enum err_kind kind;
	} cases[] = {
		{ PLATFORM("linux", "amd64"), "", false, ERR_NONE },
		{ PLATFORM("linux", "arm64"), "", false, ERR_USAGE },
		{ PLATFORM("linux", "arm64"), "", true, ERR_NONE },
		{ "", "", false, ERR_USAGE },
		{ "", "", true, ERR_NONE },
		{ PLATFORM("linux", "arm64"), ANOTHER(PLATFORM("unknown", "unknown")), true,
		  ERR_NONE },
		{ PLATFORM("linux", "arm64"), ANOTHER(PLATFORM("linux", "s390x")), true,
		  ERR_USAGE },
		{ PLATFORM("linux", "arm64"), ANOTHER(""), true, ERR_USAGE },
		{ PLATFORM("linux", "amd64"), ANOTHER(PLATFORM("linux", "amd64")), true, ERR_NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct order_world w;
		const struct pull_order o = { .platform = "linux/amd64", .usual = cases[i].usual };

		order_open(&w, false);
		order_gives_index(&w, cases[i].platform, cases[i].more);
		registry_scene_gives(&w.s);
		cr_expect_eq(order_pull(&w, ":1", o), cases[i].kind, "%zu: %s", i, w.e.cause);
		if (cases[i].kind == ERR_NONE) {
			const char *root = content_digest_text(&w.a, &w.out.root.digest);

			cr_expect_str_eq(root, w.s.digest);
			cr_expect_eq(w.out.root.size, w.s.manifest.n);
		} else {
			cr_expect(strstr(w.e.cause, "no image for linux/amd64"), "%s", w.e.cause);
		}
		order_close(&w);
	}
}

/* Of an index all images are wanted: one that does not come ends the pull. */
Test(pull_order, every_image_of_an_index_has_to_come)
{
	for (int later = 0; later < 2; later++) {
		struct order_world w;

		order_open(&w, false);
		order_gives_index(&w, PLATFORM("linux", "amd64"),
				  ANOTHER(PLATFORM("linux", "arm64")));
		registry_scene_gives(&w.s);
		cr_expect_eq(order_pull(&w, ":1", (struct pull_order){ .later = later }),
			     ERR_NETWORK, "%d: %s", later, w.e.cause);
		order_close(&w);
	}
}

/* Nothing is kept in a store that cannot be written; what is in it counts. */
Test(pull_order, a_store_that_cannot_be_written_keeps_no_manifest)
{
	struct order_world w;
	int fd = -1;

	order_open(&w, true);
	order_gives_by_digest(&w);
	cr_assert_eq(order_pull(&w, ":1", (struct pull_order){ .later = true }), ERR_NONE);
	files_remove(arena_printf(&w.a, "%s/blobs/sha256/%s", w.s.store, w.s.digest + 7));
	w.store.readonly = true;
	cr_expect_eq(order_pull(&w, order_by_digest(&w), (struct pull_order){ .later = true }),
		     ERR_NONE, "%s", w.e.cause);
	cr_expect_eq(store_open_content(&w.store, &w.out.root.digest, w.out.root.size, &fd, &w.e),
		     0);
	order_close(&w);
}

Test(pull_order, blobs_are_listed_once_in_their_order)
{
	AUTO_ARENA a = { 0 };
	struct image_blobs l = { { NULL, 0, 0 } };
	static const char *const names[] = { "c", "a", "b", "a", "c", "c" };

	image_blobs_sort(&l);
	cr_expect_eq(l.v.n, 0);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct content_digest d = { .b = { (unsigned char)names[i][0] } };

		image_blobs_add(&a, &l, &d, 1, names[i]);
	}
	image_blobs_sort(&l);
	cr_assert_eq(l.v.n, 3);
	cr_expect_str_eq(l.v.v[0].what, "a");
	cr_expect_str_eq(l.v.v[1].what, "b");
	cr_expect_str_eq(l.v.v[2].what, "c");
}
