/* SPDX-License-Identifier: Apache-2.0 */
/* What was read of ELF files is kept for who builds again and again: it is said of the digest of
 * their bytes, and nobody else believes it. */

#include <criterion/criterion.h>
#include <sys/stat.h>

#include "make/closure/closure.h"
#include "support/fixture_depot.h"
#include "support/fixture_files.h"
#include "support/gen_elf.h"
#include "transfer/store/kept_facts.h"

struct kept_scene {
	struct depot d;
	struct digest digest;
	struct blob blob;
};

static const struct owner kept_owner = { .kind = OWNER_RECIPE, .name = "test", .layer = "app" };

/* A library that needs another, as a blob of the store. */
static void kept_open(struct kept_scene *s, const char *needed)
{
	const struct elfgen g = { .soname = "libapp.so", .needed = { needed } };
	struct error e = { 0 };

	depot_open(&s->d);
	cr_assert(store_put_bytes(&s->d.store, elfgen_make(&s->d.a, &g), &s->digest, &e));
	s->blob = (struct blob){ .fd = -1, .name = "a blob", .digest = &s->digest };
	cr_assert_eq(store_open_blob(&s->d.store, &s->digest, UINT64_MAX, &s->blob.fd, &e), 1);
}

static void kept_close(struct kept_scene *s)
{
	fd_closep(&s->blob.fd);
	depot_close(&s->d);
}

/* What it is said to need, by one who keeps what is said, or not. */
static const char *kept_needed(struct kept_scene *s, bool keeps)
{
	struct arena *a = &s->d.a;
	struct tree t = { 0 };
	struct closure c = { 0 };
	struct error e = { 0 };
	struct node n = { .path = "usr/lib/x86_64-linux-gnu/libapp.so",
			  .type = NODE_FILE,
			  .mode = 0644,
			  .owner = &kept_owner,
			  .content = { .blob = &s->blob } };
	struct world *w;
	struct stat st;

	cr_assert_eq(fstat(s->blob.fd, &st), 0);
	n.content.size = (uint64_t)st.st_size;
	tree_init(&t, a);
	cr_assert(tree_add(&t, &n, &e), "%s", e.cause);
	w = closure_world(a, &t, NULL, &e);
	cr_assert(w, "%s", e.cause);
	if (keeps)
		closure_keep(w, &(struct kept_facts){ &s->d.store, NULL });
	cr_assert(closure_run_in(a, w, NULL, &c, &e), "%s", e.cause);
	cr_assert_eq(c.objects.n, 1u);
	cr_assert_eq(c.objects.v[0].elf->needed.n, 1u);
	return c.objects.v[0].elf->needed.v[0];
}

/* The only result of work in a store. */
static const char *kept_action(struct kept_scene *s)
{
	struct strings names = { 0 };
	struct error e = { 0 };

	cr_assert(file_names(&s->d.a, s->d.store.actions, "actions", &names, &e));
	cr_assert_eq(names.n, 1u);
	return names.v[0];
}

Test(elf_kept, only_who_keeps_it_believes_what_was_said)
{
	struct kept_scene one, other;
	struct digest key, foreign;
	struct error e = { 0 };
	struct str said;

	kept_open(&one, "libone.so");
	kept_open(&other, "libother.so");
	for (int i = 0; i < 2; i++) {
		cr_expect_str_eq(kept_needed(&one, true), "libone.so");
		cr_expect_str_eq(kept_needed(&other, true), "libother.so");
	}
	cr_assert(digest_parse(str_of(kept_action(&one)), &key));
	cr_assert(digest_parse(str_of(kept_action(&other)), &foreign));
	cr_assert_eq(store_get_action(&one.d.a, &other.d.store, &foreign, &said, &e), 1);
	cr_assert(store_put_action(&one.d.store, &key, said, &e));
	cr_expect_str_eq(kept_needed(&one, true), "libother.so");
	cr_expect_str_eq(kept_needed(&one, false), "libone.so");
	/* what no child says is as nothing, and is replaced */
	cr_assert(store_put_action(&one.d.store, &key, STR("E\4\0\0\0what"), &e));
	cr_expect_str_eq(kept_needed(&one, true), "libone.so");
	cr_expect_str_eq(kept_needed(&one, true), "libone.so");
	kept_close(&one);
	kept_close(&other);
}
