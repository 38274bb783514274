/* SPDX-License-Identifier: Apache-2.0 */
/* Effects of maintainer scripts: the CA bundle and the library cache as nodes. */

#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "make/scripts/script_effects.h"

#define CERT(name) "-----BEGIN CERTIFICATE-----\n" name "\n-----END CERTIFICATE-----\n"

/* A package whose files are kept in one blob. */
static void effects_add_file(struct arena *a, struct deb *deb, const char *path, const char *text,
			     uint64_t *at)
{
	size_t n = strlen(text);

	cr_assert_eq(pwrite(deb->data.fd, text, n, (off_t)*at), (ssize_t)n);
	*list_push(a, &deb->entries) = (struct deb_entry){
		.path = path, .type = NODE_FILE, .mode = 0644, .mtime = 5, .offset = *at, .size = n
	};
	*at += n;
}

static struct deb effects_package(void)
{
	static const struct deb_package p = { .name = "ca-certificates", .version = "20250419" };

	return (struct deb){ .package = &p,
			     .data = { .fd = memfd_create("deb", MFD_CLOEXEC),
				       .name = "ca-certificates" } };
}

static const char *text_at(struct arena *a, const struct tree *t, const char *path)
{
	const struct node *n = tree_find(t, path);
	AUTO_MAPPING m = { 0 };
	struct error e = { 0 };

	cr_assert(n && n->type == NODE_FILE, "%s", path);
	cr_assert(node_map(n, &m, &e));
	return str_dup(a, m.bytes);
}

Test(script_effects, the_bundle_is_every_certificate_in_the_order_of_their_paths)
{
	AUTO_ARENA a = { 0 };
	struct deb deb = effects_package();
	struct tree t;
	struct effects_to to = { &t, "certificates", 42, "recipes/cc.json:9:3" };
	struct error e = { 0 };
	uint64_t at = 0;
	const struct node *n;

	tree_init(&t, &a);
	effects_add_file(&a, &deb, "etc/ca-certificates.conf", "not a certificate", &at);
	effects_add_file(&a, &deb, "usr/sbin/update-ca-certificates", "#!/bin/sh -e\n", &at);
	effects_add_file(&a, &deb, "usr/share/ca-certificates/mozilla/A.crt", CERT("A"), &at);
	effects_add_file(&a, &deb, "usr/share/ca-certificates/mozilla/B.crt", CERT("B"), &at);
	effects_add_file(&a, &deb, "usr/share/ca-certificates/mozilla/a.crt",
			 CERT("a") "no newline", &at);
	effects_add_file(&a, &deb, "usr/share/ca-certificates/z.crt", CERT("z"), &at);
	effects_add_file(&a, &deb, "usr/share/doc/ca-certificates/copyright", "free", &at);
	cr_assert(effects_ca_bundle(&a, &deb, &to, &e), "%s%s", e.context, e.cause);
	close(deb.data.fd); /* the bundle is of its own */
	cr_expect_str_eq(text_at(&a, &t, "etc/ssl/certs/ca-certificates.crt"),
			 CERT("A") CERT("B") CERT("a") "no newline\n" CERT("z"));
	n = tree_find(&t, "etc/ssl/certs/ca-certificates.crt");
	cr_expect_eq(n->mode, 0644);
	cr_expect_eq(n->mtime, 42);
	cr_expect_eq(n->owner->kind, OWNER_GENERATED);
	cr_expect_str_eq(n->owner->layer, "certificates");
	cr_expect_str_eq(n->owner->why, "recipes/cc.json:9:3");
	n = tree_find(&t, "usr/share/doc/ca-certificates/copyright");
	cr_assert(n);
	cr_expect_eq(n->owner->kind, OWNER_PACKAGE, "so that the package has its status entry");
	cr_expect_str_eq(n->owner->name, "ca-certificates");
	cr_expect_eq(n->mtime, 5);
	cr_expect(!tree_find(&t, "usr/sbin/update-ca-certificates"));
	cr_expect(!tree_find(&t, "etc/ca-certificates.conf"));
}

Test(script_effects, a_package_without_certificates_or_with_something_else_is_refused)
{
	static const struct {
		const char *path, *text, *cause;
	} cases[] = {
		{ "usr/share/doc/x", "x", "has no certificates" },
		{ "usr/share/ca-certificates/x.crt", "DER", "is not a certificate in PEM form" },
		{ "usr/share/ca-certificates/x.crt", "", "is not a certificate in PEM form" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = { 0 };
		struct deb deb = effects_package();
		struct tree t;
		struct effects_to to = { .t = &t, .layer = "l" };
		struct error e = { 0 };
		uint64_t at = 0;

		tree_init(&t, &a);
		effects_add_file(&a, &deb, cases[i].path, cases[i].text, &at);
		cr_expect(!effects_ca_bundle(&a, &deb, &to, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, cases[i].cause), "%s", e.cause);
		cr_expect_eq(t.n, 0);
		close(deb.data.fd);
	}
}

Test(script_effects, the_library_cache_replaces_the_one_of_the_base)
{
	AUTO_ARENA a = { 0 };
	struct tree t;
	struct effects_to to = { &t, "own", 42, NULL };
	struct owner base = { .name = "base", .layer = "base" };
	struct node old = { .path = "etc/ld.so.cache",
			    .type = NODE_FILE,
			    .mode = 0600,
			    .owner = &base,
			    .content = { .bytes = "old", .size = 3 } };
	struct error e = { 0 };

	tree_init(&t, &a);
	cr_assert(tree_add(&t, &old, &e));
	cr_assert(effects_ld_so_cache(&a, STR("glibc-ld.so.cache1.1"), &to, &e), "%s", e.cause);
	cr_expect_str_eq(text_at(&a, &t, "etc/ld.so.cache"), "glibc-ld.so.cache1.1");
	cr_expect_str_eq(tree_find(&t, "etc/ld.so.cache")->owner->layer, "own");
	cr_expect_eq(tree_find(&t, "etc/ld.so.cache")->mode, 0644);
}
