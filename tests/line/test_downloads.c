/* SPDX-License-Identifier: Apache-2.0 */
/* Downloads as providers, from the recipe to the image: ./imgbuild in a world of its own
 * (support/fixture_minirepo.h), with a server beside it that has what tar, zip and sha256sum made.
 */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"

#define RECIPE                                                         \
	"{ \"name\": \"mini\", \"archive\": \"mini\",\n"               \
	"  \"components\": [ { \"name\": \"tool\", \"providers\": [\n" \
	"    { \"download\": { %s,\n"                                  \
	"      \"sha256\": \"%s\", \"version\": \"1.2.3\",\n"          \
	"      %s } } ] } ],\n"                                        \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"

struct downloads {
	struct arena a;
	struct minirepo m;
	struct faultd server;
	struct fault_reply script[4];
	const char *dir; /* what is served, and more */
	struct str file;
	const char *sha256;
};

static struct str downloads_bytes(struct arena *a, const char *path)
{
	struct error e = { 0 };
	struct str bytes;

	cr_assert(io_read_file(a, -100, path, 1u << 24, &bytes, &e), "%s", e.cause);
	return bytes;
}

/* A tar as upstreams publish them, and the answers of the server. */
static void downloads_open(struct downloads *d)
{
	const char *root, *tar;

	*d = (struct downloads){ 0 };
	oracle_need("tar");
	minirepo_open(&d->m, &d->a);
	d->dir = files_temporary(&d->a);
	root = arena_printf(&d->a, "%s/tool-1.2.3", d->dir);
	files_put(arena_printf(&d->a, "%s/bin/tool", root), "the tool\n");
	files_put(arena_printf(&d->a, "%s/share/doc/README", root), "read me\n");
	cr_assert_eq(symlink("tool", arena_printf(&d->a, "%s/bin/other", root)), 0);
	ORACLE(&d->a, "chmod", "755", arena_printf(&d->a, "%s/bin/tool", root));
	tar = arena_printf(&d->a, "%s/tool-1.2.3.tar.gz", d->dir);
	ORACLE(&d->a, "tar", "-C", d->dir, "--owner=build:1000", "-czf", tar, "tool-1.2.3");
	d->file = downloads_bytes(&d->a, tar);
	d->sha256 = arena_strndup(&d->a, ORACLE(&d->a, "sha256sum", tar).p, 64);
	d->script[0] = (struct fault_reply){ .path = "/tool-1.2.3.tar.gz", .body = d->file };
	d->script[1] = (struct fault_reply){ .path = "/wrong/tool-1.2.3.tar.gz",
					     .body = STR("something else") };
	d->script[2] = (struct fault_reply){ .path = NULL, .status = 404, .body = STR("no") };
	faultd_start(&d->server, d->script, 3);
}

static void downloads_close(struct downloads *d)
{
	faultd_stop(&d->server);
	minirepo_close(&d->m);
	files_remove(d->dir);
	arena_free(&d->a);
}

/* "urls": where the server has these paths. */
static const char *downloads_urls(struct downloads *d, const char *first, const char *second)
{
	const char *one = faultd_url(&d->a, &d->server, first);

	return second ? arena_printf(&d->a, "\"urls\": [\"%s\", \"%s\"]", one,
				     faultd_url(&d->a, &d->server, second))
		      : arena_printf(&d->a, "\"urls\": [\"%s\"]", one);
}

static void downloads_recipe(struct downloads *d, const char *from, const char *rest)
{
	files_put(d->m.recipe, arena_printf(&d->a, RECIPE, from, d->sha256, rest));
}

#define UNPACK "\"unpack\": \"tar\", \"strip\": 1, \"to\": \"/opt/tool\""

/* "mode size path [-> target]" of what the image has below /opt. */
static const char *downloads_listing(struct downloads *d)
{
	static const char script[] =
		"import glob, gzip, io, json, sys, tarfile\n"
		"out = set()\n"
		"blob = lambda x: sys.argv[1] + '/blobs/' + x['digest'].replace(':', '/')\n"
		"m = json.load(open(blob(json.load(open(sys.argv[1] + '/index.json'))"
		"['manifests'][0])))\n"
		"for layer in m['layers']:\n"
		"  for t in tarfile.open(blob(layer)):\n"
		"    if t.name.startswith('opt/') and not t.isdir():\n"
		"      out.add('%o %d:%d %d %s%s' % (t.mode, t.uid, t.gid, t.size, t.name,"
		" ' -> ' + t.linkname if t.linkname else ''))\n"
		"print('\\n'.join(sorted(out, key=lambda s: s.split(' ')[3])))\n";

	return ORACLE(&d->a, "python3", "-c", script, d->m.out).p;
}

#define LISTED                                   \
	"777 0:0 0 opt/tool/bin/other -> tool\n" \
	"755 0:0 9 opt/tool/bin/tool\n"          \
	"644 0:0 8 opt/tool/share/doc/README\n"

static bool downloads_say(struct oracle_run r, const char *text)
{
	return strstr(r.out.p, text) || strstr(r.err.p, text);
}

#define EXPECT(r, code, text)                                                              \
	do {                                                                               \
		struct oracle_run got_ = (r);                                              \
		cr_expect(got_.status == (code) && downloads_say(got_, (text)), "%d %s%s", \
			  got_.status, got_.out.p, got_.err.p);                            \
	} while (0)

Test(downloads, an_archive_is_locked_and_unpacked)
{
	struct downloads d;
	const char *lock;
	struct str sbom;

	downloads_open(&d);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), UNPACK);
	EXPECT(minirepo_build(&d.m), 0, "");
	cr_expect_str_eq(downloads_listing(&d), LISTED);
	lock = files_get(&d.a, d.m.lock);
	cr_expect(strstr(lock, arena_printf(&d.a,
					    "{ \"path\": \"tool-1.2.3.tar.gz\", \"size\": %zu, "
					    "\"sha256\": \"%s\" }",
					    d.file.n, d.sha256)),
		  "%s", lock);
	cr_expect(strstr(lock, "tool 1.2.3 (download); not compiled"), "%s", lock);
	sbom = ORACLE(&d.a, minirepo_program, "sbom", "--format", "spdx-json", d.m.out);
	cr_expect(strstr(sbom.p, arena_printf(&d.a, "pkg:generic/tool@1.2.3?checksum=sha256:%s",
					      d.sha256)) &&
			  strstr(sbom.p,
				 arena_printf(&d.a, "\"downloadLocation\": \"%s\"",
					      faultd_url(&d.a, &d.server, "/tool-1.2.3.tar.gz"))),
		  "%s", sbom.p);
	/* from the store alone, with the server gone, and with the archive unpacked already or not
	 */
	faultd_stop(&d.server);
	files_remove(d.m.out);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", "--offline", d.m.recipe, "-o", d.m.out), 0, "");
	cr_expect_str_eq(downloads_listing(&d), LISTED);
	EXPECT(MINIREPO_RUN(&d.m, "lock", "--check", "--offline", d.m.recipe), 0, "");
	faultd_start(&d.server, d.script, 3);
	downloads_close(&d);
}

Test(downloads, the_audit_calls_nothing_of_it_unowned)
{
	struct downloads d;
	struct oracle_run r;

	downloads_open(&d);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), UNPACK);
	r = minirepo_build(&d.m);
	cr_expect(r.status == 0 && !downloads_say(r, "unowned"), "%s%s", r.out.p, r.err.p);
	EXPECT(MINIREPO_RUN(&d.m, "why", "--recipe", d.m.recipe, d.m.out, "/opt/tool/bin/tool"), 0,
	       arena_printf(&d.a, "downloaded from %s",
			    faultd_url(&d.a, &d.server, "/tool-1.2.3.tar.gz")));
	downloads_close(&d);
}

/* The next address is asked when one has nothing, or something else. */
Test(downloads, addresses_stand_in_for_each_other)
{
	struct downloads d;

	downloads_open(&d);
	downloads_recipe(&d, downloads_urls(&d, "/gone.tar.gz", "/tool-1.2.3.tar.gz"), UNPACK);
	EXPECT(minirepo_build(&d.m), 0, "");
	cr_expect_str_eq(downloads_listing(&d), LISTED);
	minirepo_clear(&d.m);
	downloads_recipe(&d, downloads_urls(&d, "/wrong/tool-1.2.3.tar.gz", "/tool-1.2.3.tar.gz"),
			 UNPACK);
	EXPECT(minirepo_build(&d.m), 0, "");
	cr_expect_str_eq(downloads_listing(&d), LISTED);
	downloads_close(&d);
}

Test(downloads, what_cannot_be_had_or_is_something_else_is_told)
{
	struct downloads d;

	downloads_open(&d);
	downloads_recipe(&d, downloads_urls(&d, "/gone.tar.gz", NULL), UNPACK);
	EXPECT(MINIREPO_RUN(&d.m, "lock", d.m.recipe), 4, "component tool: ");
	downloads_recipe(&d, downloads_urls(&d, "/wrong/tool-1.2.3.tar.gz", NULL), UNPACK);
	EXPECT(MINIREPO_RUN(&d.m, "lock", d.m.recipe), 5, "component tool: ");
	cr_expect_neq(access(d.m.lock, F_OK), 0);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), UNPACK);
	EXPECT(MINIREPO_RUN(&d.m, "lock", d.m.recipe), 0, "");
	files_remove(d.m.store);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", "--offline", d.m.recipe, "-o", d.m.out), 4,
	       "tool-1.2.3.tar.gz (download tool 1.2.3)");
	EXPECT(MINIREPO_RUN(&d.m, "fetch", "--locked", d.m.recipe), 0, "1 files");
	EXPECT(MINIREPO_RUN(&d.m, "--frozen", d.m.recipe, "-o", d.m.out), 0, "");
	downloads_close(&d);
}

/* The digest of the recipe is what the lock has to answer. */
Test(downloads, another_digest_asks_for_another_lock)
{
	struct downloads d;
	const char *tar, *digest;

	downloads_open(&d);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), UNPACK);
	EXPECT(MINIREPO_RUN(&d.m, "lock", d.m.recipe), 0, "");
	tar = arena_printf(&d.a, "%s/other.tar", d.dir);
	ORACLE(&d.a, "tar", "-C", d.dir, "-cf", tar, "tool-1.2.3/bin");
	digest = arena_strndup(&d.a, ORACLE(&d.a, "sha256sum", tar).p, 64);
	files_put(d.m.recipe, arena_printf(&d.a, RECIPE, downloads_urls(&d, "/other.tar", NULL),
					   digest, UNPACK));
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 3,
	       "was made for an older");
	d.script[2] = (struct fault_reply){ .path = "/other.tar",
					    .body = downloads_bytes(&d.a, tar) };
	EXPECT(MINIREPO_RUN(&d.m, "lock", d.m.recipe), 0, "");
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 0, "");
	cr_expect_str_eq(downloads_listing(&d), "777 0:0 0 opt/tool/bin/other -> tool\n"
						"755 0:0 9 opt/tool/bin/tool\n");
	downloads_close(&d);
}

Test(downloads, a_file_of_the_repository_needs_no_network)
{
	struct downloads d;
	const char *local;

	downloads_open(&d);
	local = arena_printf(&d.a, "%s/repository/files/app.bin", d.m.dir);
	files_put(local, "binary\n");
	d.sha256 = arena_strndup(&d.a, ORACLE(&d.a, "sha256sum", local).p, 64);
	downloads_recipe(&d, "\"file\": \"files/app.bin\"",
			 "\"unpack\": \"plain\", \"to\": \"/opt/app\", \"mode\": \"0750\", "
			 "\"purl\": \"pkg:github/owner/app@1.2.3\"");
	EXPECT(minirepo_build(&d.m), 0, "");
	cr_expect_str_eq(downloads_listing(&d), "750 0:0 7 opt/app\n");
	cr_expect(strstr(ORACLE(&d.a, minirepo_program, "sbom", d.m.out).p,
			 "pkg:github/owner/app@1.2.3"));
	EXPECT(MINIREPO_RUN(&d.m, "fetch", "--locked", "--offline", d.m.recipe), 0, "0 files");
	files_put(local, "binarY\n");
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 0, "");
	files_remove(d.m.store);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 5, "mini.json:3:");
	unlink(local);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 3, "files/app.bin");
	downloads_close(&d);
}

/* What is asked for, and what the archive has, decide as with other providers. */
Test(downloads, the_version_decides_between_providers)
{
	struct downloads d;

	downloads_open(&d);
	files_put(d.m.recipe,
		  arena_printf(&d.a,
			       "{ \"name\": \"mini\", \"archive\": \"mini\", \"components\": [\n"
			       "  { \"name\": \"tool\", \"version\": \">= 1.2\", \"providers\": [\n"
			       "    { \"packages\": [\"app\"] },\n"
			       "    { \"download\": { \"urls\": [\"http://127.0.0.1:9/x\"],\n"
			       "      \"sha256\": \"%s\", \"version\": \"1.1\",\n"
			       "      \"unpack\": \"tar\" } },\n"
			       "    { \"download\": { %s, \"sha256\": \"%s\",\n"
			       "      \"version\": \"1.2.3\", \"platforms\": [\"linux/arm64\"],\n"
			       "      \"unpack\": \"tar\" } },\n"
			       "    { \"download\": { %s, \"sha256\": \"%s\",\n"
			       "      \"version\": \"1.2.3\", " UNPACK " } } ] } ],\n"
			       "  \"audit\": { \"policy\": \"report-only\" } }\n",
			       d.sha256, downloads_urls(&d, "/gone", NULL), d.sha256,
			       downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), d.sha256));
	EXPECT(minirepo_build(&d.m), 0, "");
	cr_expect_str_eq(downloads_listing(&d), LISTED);
	cr_expect(strstr(files_get(&d.a, d.m.lock), "the download 1.1 does not satisfy >= 1.2") &&
			  strstr(files_get(&d.a, d.m.lock),
				 "the download 1.2.3 is not for linux/amd64: its \\\"platforms\\\" "
				 "are linux/arm64"),
		  "%s", files_get(&d.a, d.m.lock));
	downloads_close(&d);
}

/* The pattern that takes nothing, the file that the lock lacks. */
Test(downloads, lines_that_take_nothing_are_told)
{
	struct downloads d;
	const char *recipe;

	downloads_open(&d);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL),
			 UNPACK " }, \"keep\": [\"/opt/tool/bin/*\", \"/opt/tool/lib/**\"], "
				"\"drop\": [\"/opt/tool/bin/other\"]");
	recipe = files_get(&d.a, d.m.recipe);
	files_put(d.m.recipe,
		  arena_printf(&d.a, "%.*s%s", (int)(strstr(recipe, "} } ] } ]") - recipe), recipe,
			       strstr(recipe, "} } ] } ]") + 2));
	EXPECT(minirepo_build(&d.m), 0, "\"/opt/tool/lib/**\" matches no file of download tool");
	cr_expect_str_eq(downloads_listing(&d), "755 0:0 9 opt/tool/bin/tool\n");
	downloads_close(&d);
}

/* The author's signature of the file counts, too, once it is named. */
Test(downloads, a_signature_is_checked)
{
	struct downloads d;
	const char *signature, *keyring, *named, *right;
	struct archivegen_key author, other;

	downloads_open(&d);
	author = archivegen_key(&d.m.archive, "author", "1y");
	other = archivegen_key(&d.m.archive, "other", "1y");
	signature = arena_printf(&d.a, "%s/repository/tool.asc", d.m.dir);
	keyring = arena_printf(&d.a, "%s/repository/author.gpg", d.m.dir);
	ORACLE(&d.a, "gpg", "--homedir", arena_printf(&d.a, "%s/gnupg", d.m.archive.dir), "--batch",
	       "--armor", "--detach-sign", "-u", author.fingerprint, "-o", signature,
	       arena_printf(&d.a, "%s/tool-1.2.3.tar.gz", d.dir));
	ORACLE(&d.a, "cp", author.keyring, keyring);
	named = arena_printf(&d.a,
			     UNPACK ", \"signature\": { \"file\": \"tool.asc\", "
				    "\"keyring\": \"author.gpg\", \"signers\": [\"%s\"] }",
			     author.fingerprint);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), named);
	EXPECT(minirepo_build(&d.m), 0, "");
	cr_expect_str_eq(downloads_listing(&d), LISTED);
	right = files_get(&d.a, d.m.recipe);
	named = arena_printf(&d.a,
			     UNPACK ", \"signature\": { \"file\": \"tool.asc\", "
				    "\"keyring\": \"author.gpg\", \"signers\": [\"%s\"] }",
			     other.fingerprint);
	downloads_recipe(&d, downloads_urls(&d, "/tool-1.2.3.tar.gz", NULL), named);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 5, "tool.asc");
	/* the recipe is as it was, and what it names is not */
	files_put(d.m.recipe, right);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 0, "");
	ORACLE(&d.a, "cp", other.keyring, keyring);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 5, "tool.asc");
	ORACLE(&d.a, "cp", author.keyring, keyring);
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 0, "");
	files_put(signature, "no signature\n");
	EXPECT(MINIREPO_RUN(&d.m, "--locked", d.m.recipe, "-o", d.m.out), 5, "tool.asc");
	downloads_close(&d);
}
