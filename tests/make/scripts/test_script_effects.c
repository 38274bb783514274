/* SPDX-License-Identifier: Apache-2.0 */
/* Effects of maintainer scripts: the CA bundle and the library cache as nodes. */

#include <sys/mman.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "make/scripts/script_effects.h"
#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_tls.h"

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

static const struct ca_bundle effects_debian = { .asked = true, .package = "ca-certificates" };

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
	cr_assert(effects_ca_bundle(&a, &effects_debian, &deb, &to, &e), "%s%s", e.context,
		  e.cause);
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
		cr_expect(!effects_ca_bundle(&a, &effects_debian, &deb, &to, &e));
		cr_expect_eq(e.kind, ERR_INPUT);
		cr_expect(strstr(e.cause, cases[i].cause), "%s", e.cause);
		cr_expect_eq(t.n, 0);
		close(deb.data.fd);
	}
}

/* A folder with the authorities one.pem and two.pem, and a package with the first. */
struct effects_scene {
	struct arena a;
	const char *dir, *one, *two, *own;
	struct deb deb;
	struct tree t;
	struct effects_to to;
	struct ca_bundle want;
	struct error e;
};

static const char *effects_authority(struct effects_scene *s, const char *name)
{
	const char *pem;

	tls_authority(s->dir);
	pem = ORACLE(&s->a, "openssl", "x509", "-in", arena_printf(&s->a, "%s/ca.pem", s->dir)).p;
	files_put(arena_printf(&s->a, "%s/%s", s->dir, name), pem);
	return pem;
}

static void effects_scene_open(struct effects_scene *s)
{
	uint64_t at = 0;

	*s = (struct effects_scene){ .want = effects_debian };
	s->dir = files_temporary(&s->a);
	s->one = effects_authority(s, "one.pem");
	s->two = effects_authority(s, "two.pem");
	s->own = arena_printf(&s->a, "%s/two.pem", s->dir);
	s->deb = effects_package();
	s->want.at = (struct place){ .file = "r.json", .line = 4, .col = 7 };
	s->to = (struct effects_to){ &s->t, "files", 42, "r.json" };
	tree_init(&s->t, &s->a);
	effects_add_file(&s->a, &s->deb, "usr/share/ca-certificates/mozilla/One.crt", s->one, &at);
}

static void effects_scene_close(struct effects_scene *s)
{
	close(s->deb.data.fd);
	files_remove(s->dir);
	arena_free(&s->a);
}

static bool effects_scene_run(struct effects_scene *s, const struct deb *ca)
{
	return effects_ca_bundle(&s->a, &s->want, ca, &s->to, &s->e);
}

/* What keytool lists: "debian:one.pem,debian:two.pem,", sorted. */
static const char *effects_java_names(struct effects_scene *s)
{
	const struct node *n = tree_find(&s->t, "etc/ssl/certs/java/cacerts");
	const char *file = arena_printf(&s->a, "%s/cacerts", s->dir);
	struct error e = { 0 };

	cr_assert(n && n->type == NODE_FILE && n->mode == 0644 && n->mtime == 42);
	cr_assert(
		file_write_path(file, 0644, (struct str){ n->content.bytes, n->content.size }, &e));
	return ORACLE(&s->a, "sh", "-c",
		      "keytool -list -keystore \"$1\" -storepass changeit | "
		      "sed -n 's/^\\(debian:[^,]*,\\).*/\\1/p' | sort | tr -d '\\n'",
		      "sh", file)
		.p;
}

Test(script_effects, files_of_the_recipe_come_after_those_of_the_package)
{
	struct effects_scene s;

	effects_scene_open(&s);
	*list_push(&s.a, &s.want.files) = s.own;
	cr_assert(effects_scene_run(&s, &s.deb), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(text_at(&s.a, &s.t, "etc/ssl/certs/ca-certificates.crt"),
			 arena_printf(&s.a, "%s%s", s.one, s.two));
	cr_expect_null(tree_find(&s.t, "etc/ssl/certs/java/cacerts"));
	effects_scene_close(&s);
}

/* A byte order mark, with which some editors begin a file, is left out. */
Test(script_effects, each_certificate_begins_a_line)
{
	struct effects_scene s;

	effects_scene_open(&s);
	*list_push(&s.a, &s.want.files) = s.own;
	files_put(s.own, arena_printf(&s.a, "\xef\xbb\xbf%s", s.two));
	cr_assert(effects_scene_run(&s, &s.deb), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(text_at(&s.a, &s.t, "etc/ssl/certs/ca-certificates.crt"),
			 arena_printf(&s.a, "%s%s", s.one, s.two));
	effects_scene_close(&s);
}

Test(script_effects, java_trusts_the_same_authorities)
{
	static const enum java_store_form forms[] = { JAVA_STORE_JKS, JAVA_STORE_PKCS12 };

	oracle_need("keytool");
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct effects_scene s;

		effects_scene_open(&s);
		*list_push(&s.a, &s.want.files) = s.own;
		s.want.java = forms[i];
		cr_assert(effects_scene_run(&s, &s.deb), "%s%s", s.e.context, s.e.cause);
		cr_expect_str_eq(effects_java_names(&s), "debian:one.pem,debian:two.pem,");
		effects_scene_close(&s);
	}
}

Test(script_effects, without_a_package_the_bundle_of_the_base_is_added_to)
{
	static const struct owner base = { .kind = OWNER_IMAGE, .name = "base", .layer = "base" };
	struct effects_scene s;
	struct node old = { .path = "etc/ssl/certs/ca-certificates.crt",
			    .type = NODE_FILE,
			    .mode = 0644,
			    .owner = &base };

	oracle_need("keytool");
	effects_scene_open(&s);
	old.content = (struct content){ .bytes = s.one, .size = strlen(s.one) };
	cr_assert(tree_add(&s.t, &old, &s.e));
	s.want.package = NULL;
	s.want.java = JAVA_STORE_JKS;
	cr_assert(effects_scene_run(&s, NULL), "%s%s", s.e.context, s.e.cause);
	cr_expect_eq(tree_find(&s.t, old.path)->owner, &base, "it stays the base's");
	cr_expect_str_eq(effects_java_names(&s), "debian:ca-certificates.pem,");
	*list_push(&s.a, &s.want.files) = s.own;
	cr_assert(effects_scene_run(&s, NULL), "%s%s", s.e.context, s.e.cause);
	cr_expect_str_eq(text_at(&s.a, &s.t, old.path), arena_printf(&s.a, "%s%s", s.one, s.two));
	cr_expect_str_eq(tree_find(&s.t, old.path)->owner->layer, "files");
	cr_expect_str_eq(effects_java_names(&s), "debian:ca-certificates.pem,debian:two.pem,");
	effects_scene_close(&s);
}

Test(script_effects, what_is_there_with_the_same_bytes_stays)
{
	struct effects_scene s;

	effects_scene_open(&s);
	s.want.java = JAVA_STORE_JKS;
	cr_assert(effects_scene_run(&s, &s.deb));
	s.to.layer = "derived";
	cr_assert(effects_scene_run(&s, &s.deb));
	cr_expect_str_eq(tree_find(&s.t, "etc/ssl/certs/ca-certificates.crt")->owner->layer,
			 "files");
	cr_expect_str_eq(tree_find(&s.t, "etc/ssl/certs/java/cacerts")->owner->layer, "files");
	effects_scene_close(&s);
}

Test(script_effects, a_file_of_the_recipe_that_is_none_is_refused_at_its_line)
{
	static const struct {
		const char *text, *cause;
		enum err_kind kind;
	} cases[] = {
		{ "DER", "it is not a certificate in PEM form", ERR_INPUT },
		{ CERT("AAEC"), "certificate 1 of it is damaged", ERR_INPUT },
		{ "-----BEGIN PRIVATE KEY-----\n", "it holds a private key", ERR_INPUT },
		{ NULL, "cannot open ", ERR_SYSTEM },
	};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(cases); i++) {
		struct effects_scene s;
		const char *text = cases[i / 2].text;

		effects_scene_open(&s);
		s.want.java = i % 2 ? JAVA_STORE_JKS : JAVA_STORE_NONE;
		*list_push(&s.a, &s.want.files) = s.own;
		if (text)
			files_put(s.own, text);
		else
			unlink(s.own);
		cr_expect_not(effects_scene_run(&s, &s.deb));
		cr_expect_eq(s.e.kind, cases[i / 2].kind);
		cr_expect_eq(strncmp(s.e.cause, cases[i / 2].cause, strlen(cases[i / 2].cause)), 0,
			     "%s", s.e.cause);
		cr_expect_str_eq(s.e.context, arena_printf(&s.a, "ca-bundle: %s: ", s.own));
		cr_expect_str_eq(s.e.at.file, "r.json");
		cr_expect_eq(s.t.n, 0u);
		effects_scene_close(&s);
	}
}

Test(script_effects, a_bundle_of_nothing_is_refused)
{
	struct effects_scene s;

	effects_scene_open(&s);
	s.want.package = NULL;
	cr_expect_not(effects_scene_run(&s, NULL));
	cr_expect_str_eq(s.e.cause, "ca-bundle: the base has no certificates, name \"package\"");
	cr_expect_eq(s.e.at.line, 4u);
	effects_scene_close(&s);
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
