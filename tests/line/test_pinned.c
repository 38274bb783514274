/* SPDX-License-Identifier: Apache-2.0 */
/* What writes layers: the pinned library where it can be had, else the host's and a warning. The
 * host's own library, packed as a package of another version, stands in for that of another Debian.
 */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "make/layer/compressor.h"
#include "input/lock/tools_lock.h"
#include "support/gen_deb.h"
#include "support/fixture_faultd.h"
#include "support/fixture_files.h"
#include "support/fixture_homestead.h"
#include "support/fixture_oracle.h"
#include "support/fixture_verb.h"

#define TOOLS "locks/tools.lock.json"

/* A package with one file (and a link to it as libraries have them, if `link` is given). */
struct made_library {
	const char *name, *architecture, *file, *link;
	struct str bytes;
	bool lost;	     /* the store has it not */
	const char *version; /* NULL: PINNED_VERSION */
};

#define PINNED_VERSION "9.9-1"

static const char *made_version(const struct made_library *m)
{
	return m->version ? m->version : PINNED_VERSION;
}

static const char *pinned_folder(void)
{
	const struct platform *host = platform_of_host();

	if (!host)
		cr_skip_test("no library is pinned for this machine");
	return host->machine->triplet;
}

/* The file of a library as this program has it: found by the name that the loader knows. */
static struct str host_library(struct arena *a, const char *name)
{
	struct error e = { 0 };
	struct str bytes;

	cr_assert(io_read_file(a, AT_FDCWD,
			       arena_printf(a, "/usr/lib/%s/%s", pinned_folder(), name), 16 << 20,
			       &bytes, &e),
		  "%s", e.cause);
	return bytes;
}

static struct str made_deb(struct arena *a, const struct made_library *m)
{
	const char *dir = arena_printf(a, "./usr/lib/%s", pinned_folder());
	struct buf data = { .a = a };

	debgen_tar_entry(&data,
			 &(struct debgen_entry){ .name = arena_printf(a, "%s/%s", dir, m->file),
						 .content = m->bytes });
	if (m->link)
		debgen_tar_link(&data, arena_printf(a, "%s/%s", dir, m->link), m->file);
	debgen_tar_end(&data);
	return debgen_deb(
		a,
		&(struct debgen_deb){
			.control = arena_printf(
				a,
				"Package: %s\nVersion: %s\nArchitecture: %s\n"
				"Maintainer: Nobody <nobody@example.org>\nDescription: for tests\n",
				m->name, made_version(m), m->architecture),
			.data = buf_str(&data),
			.suffix = "" });
}

/* Pins one package; its .deb is in the store. */
static void pin_package(struct homestead *h, const struct made_library *m)
{
	struct arena *a = &h->depot.a;
	static const struct locked_state trixie = { .archive = "debian",
						    .codename = "trixie",
						    .date = "Sat, 12 Sep 2026 07:55:41 UTC" };
	struct lock lock = { .format = LOCK_FORMAT };
	struct locked_package *p = list_push(a, &lock.tools);
	struct str deb = made_deb(a, m);
	struct error e = { 0 };

	*p = (struct locked_package){ .name = m->name,
				      .version = made_version(m),
				      .architecture = m->architecture,
				      .source = m->name,
				      .source_version = made_version(m),
				      .depends = "",
				      .state = &trixie,
				      .why = "asked for by a test" };
	lock_add_state(a, &lock, &trixie);
	p->file.path = arena_printf(a, "pool/main/%s_%s_%s.deb", m->name, made_version(m),
				    m->architecture);
	p->file.name = path_base(p->file.path);
	p->file.size = deb.n;
	p->file.sha256 = digest_of(deb);
	if (!m->lost)
		cr_assert(store_put_bytes(&h->depot.store, deb, &p->file.sha256, &e), "%s",
			  e.cause);
	cr_assert(tools_write(a, arena_printf(a, "%s/" TOOLS, h->dir), &lock, &e), "%s", e.cause);
}

static struct verb_run build_pinned(struct homestead *h)
{
	cr_assert(chdir(h->dir) == 0);
	return VERB(&h->depot.a, cmd_build, "build", "--cache-dir", h->depot.path, "--frozen",
		    "--json", "--no-audit", "recipes/app.json");
}

static struct verb_run build_well(struct homestead *h)
{
	struct verb_run r = build_pinned(h);

	cr_assert(r.ok, "%s", r.message);
	return r;
}

/* "sha256:..." of what was built. */
static const char *pinned_digest(struct arena *a, const struct verb_run *r)
{
	const char *at = strstr(r->out, "\"digest\":\"");

	cr_assert(at, "%s", r->out);
	return arena_strndup(a, at, strlen("\"digest\":\"sha256:") + 64);
}

static void skip_if_not_loaded(const struct verb_run *r)
{
	if (strstr(r->said, "AddressSanitizer"))
		cr_skip_test("nothing is loaded with AddressSanitizer");
}

static void choose_zstd(struct homestead *h)
{
	const char *recipe = arena_printf(&h->depot.a, "%s/recipes/app.json", h->dir);
	const char *text = files_get(&h->depot.a, recipe);

	files_put(recipe, arena_printf(&h->depot.a,
				       "{ \"layers\": { \"compression\": \"zstd\" },%s", text + 1));
	homestead_lock(h);
}

Test(pinned, the_pinned_library_writes_and_does_not_share_layers_with_the_host_s)
{
	static const struct {
		const char *package, *file, *link, *used;
	} cases[] = {
		{ TOOLS_GZIP, "libdeflate.so.0", NULL,
		  "\"compressors\":[\"libdeflate 9.9-1\"],\"substituted\":false" },
		{ TOOLS_ZSTD, "libzstd.so.1.9.9", "libzstd.so.1",
		  " (9.9-1)\"],\"substituted\":false" },
	};

	for (size_t i = 0; i < 2; i++) {
		struct homestead h;
		struct verb_run host, pinned;
		struct arena *a;

		homestead_open(&h);
		a = &h.depot.a;
		if (i)
			choose_zstd(&h);
		host = build_well(&h);
		pin_package(&h,
			    &(struct made_library){
				    cases[i].package, platform_of_host()->machine->debian,
				    cases[i].file, cases[i].link,
				    host_library(a, cases[i].link ? cases[i].link : cases[i].file),
				    false, NULL });
		pinned = build_well(&h);
		skip_if_not_loaded(&pinned);
		cr_expect(strstr(pinned.out, cases[i].used), "%s", pinned.out);
		cr_expect(strstr(pinned.out, "\"unchanged\":false"), "%s", pinned.out);
		cr_expect(!strstr(pinned.said, "warning"), "%s", pinned.said);
		/* it is the same library after all */
		cr_expect_str_eq(pinned_digest(a, &host), pinned_digest(a, &pinned));
		pinned = build_well(&h);
		cr_expect(strstr(pinned.out, "\"unchanged\":true") &&
				  strstr(pinned.out, cases[i].used),
			  "%s", pinned.out);
		homestead_close(&h);
	}
}

Test(pinned, without_a_lock_of_tools_the_host_s_library_writes_and_a_warning_says_so)
{
	const struct compressor host = compressor_host(COMPRESS_GZIP);
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	r = build_well(&h);
	cr_expect(strstr(r.said,
			 arena_printf(
				 &h.depot.a,
				 "warning: there is no " TOOLS ": layers are written by this "
				 "machine's libdeflate %s, and another version writes other bytes; "
				 "imgbuild lock recipes/app.json makes it\n",
				 host.gzip.version)),
		  "%s", r.said);
	cr_expect(strstr(r.out, "\"substituted\":false"), "%s", r.out);
	r = build_well(&h);
	cr_expect(strstr(r.out, "\"unchanged\":true"), "%s", r.out);
	homestead_close(&h);
}

Test(pinned, what_cannot_be_loaded_is_replaced_by_the_host_s_with_one_warning)
{
	const char *here = platform_of_host()->machine->debian,
		   *other = strcmp(here, "amd64") ? "amd64" : "arm64";
	const struct {
		struct made_library made;
		const char *what, *why;
	} cases[] = {
		{ { TOOLS_GZIP, here, "libdeflate.so.0", NULL, STR("x"), true, NULL },
		  "libdeflate 9.9-1",
		  "libdeflate0 9.9-1 (" },
		{ { TOOLS_GZIP, here, "libdeflate.so.0", NULL,
		    STR("not a library, but a text of some length, so "
			"that it is more than a header"),
		    false, NULL },
		  "libdeflate 9.9-1",
		  "load libdeflate.so.0: /proc/self/fd/" },
		{ { TOOLS_GZIP, here, "libdeflate.so.9", NULL, STR("x"), false, NULL },
		  "libdeflate 9.9-1",
		  "has no libdeflate.so.0" },
		{ { TOOLS_GZIP, here, "libdeflate.so.0", NULL, STR("host"), false, NULL },
		  "libdeflate 9.9-1",
		  "libdeflate.so.0 has no function libdeflate_alloc_compressor" },
		{ { TOOLS_GZIP, other, "libdeflate.so.0", NULL, STR("x"), false, NULL },
		  "what is needed",
		  "it names no libdeflate0 for this machine" },
	};
	const struct compressor host = compressor_host(COMPRESS_GZIP);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct made_library made = cases[i].made;
		const char *says, *first;
		struct homestead h;
		struct verb_run r;

		homestead_open(&h);
		if (str_eq(made.bytes, STR("host"))) /* a library, but another one */
			made.bytes = host_library(&h.depot.a, "libz.so.1");
		pin_package(&h, &made);
		r = build_well(&h);
		skip_if_not_loaded(&r);
		says = arena_printf(
			&h.depot.a,
			"; layers are written by libdeflate %s, and their digests can differ "
			"from those of other machines\n",
			host.gzip.version);
		first = strstr(r.said,
			       arena_printf(&h.depot.a, "warning: %s of " TOOLS " cannot be used: ",
					    cases[i].what));
		cr_expect(first && strstr(first, cases[i].why) && strstr(first, says), "%zu: %s", i,
			  r.said);
		cr_expect(first && !strstr(first + 1, "warning: "), "%zu: %s", i, r.said);
		cr_expect(strstr(r.out, "\"substituted\":true"), "%zu: %s", i, r.out);
		/* it is tried again, not remembered */
		r = build_well(&h);
		cr_expect(strstr(r.out, "\"unchanged\":false"), "%zu: %s", i, r.out);
		homestead_close(&h);
	}
}

/* A liblzma with which nothing can be read. */
static struct str useless_liblzma(struct arena *a)
{
	const char *dir = files_temporary(a), *source = arena_printf(a, "%s/lzma.c", dir),
		   *library = arena_printf(a, "%s/liblzma.so.5", dir);
	struct error e = { 0 };
	struct str bytes;

	files_put(source, "int lzma_stream_decoder(void) { return 5; } /* LZMA_MEM_ERROR */\n"
			  "int lzma_code(void) { return 5; }\nvoid lzma_end(void) {}\n");
	ORACLE(a, "gcc", "-shared", "-fPIC", "-o", library, source);
	cr_assert(io_read_file(a, AT_FDCWD, library, 1 << 20, &bytes, &e), "%s", e.cause);
	files_remove(dir);
	return bytes;
}

/* Whether packages were read by the pinned liblzma shows where that cannot read. */
Test(pinned, the_later_liblzma_reads_packages_and_nobody_is_told_where_it_cannot)
{
	static const struct {
		const char *what, *version;
		bool lost, useless, reads;
	} cases[] = {
		{ "a later one", PINNED_VERSION, false, true, true },
		{ "a later one that can read", PINNED_VERSION, false, false, false },
		{ "an earlier one", "5.1.0-1", false, true, false },
		{ "one that is nowhere", PINNED_VERSION, true, true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct homestead h;
		struct verb_run r;
		struct str bytes;

		homestead_open(&h);
		bytes = cases[i].useless ? useless_liblzma(&h.depot.a)
					 : host_library(&h.depot.a, "liblzma.so.5");
		pin_package(&h, &(struct made_library){
					.name = TOOLS_XZ,
					.architecture = platform_of_host()->machine->debian,
					.file = "liblzma.so.5",
					.bytes = bytes,
					.lost = cases[i].lost,
					.version = cases[i].version });
		r = build_pinned(&h);
		skip_if_not_loaded(&r);
		cr_expect_eq(r.ok, !cases[i].reads, "%s: %s", cases[i].what, r.message);
		if (cases[i].reads)
			cr_expect(strstr(r.message, ": no memory for a xz decoder"), "%s",
				  r.message);
		cr_expect(!strstr(r.said, "liblzma"), "%s: %s", cases[i].what, r.said);
		homestead_close(&h);
	}
}

Test(pinned, a_liblzma_that_is_none_is_passed_over)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	pin_package(&h, &(struct made_library){ .name = TOOLS_XZ,
						.architecture = platform_of_host()->machine->debian,
						.file = "liblzma.so.5",
						.bytes = host_library(&h.depot.a, "libz.so.1") });
	r = build_well(&h);
	cr_expect(!strstr(r.said, "lzma"), "%s", r.said);
	homestead_close(&h);
}

Test(pinned, other_bytes_than_the_pinned_ones_are_an_error)
{
	const struct fault_reply wrong = { .body = STR("something else") };
	struct homestead h;
	struct faultd server;
	struct verb_run r;

	homestead_open(&h);
	pin_package(&h, &(struct made_library){ TOOLS_GZIP, platform_of_host()->machine->debian,
						"libdeflate.so.0", NULL, STR("x"), true, NULL });
	faultd_start(&server, &wrong, 1);
	cr_assert(chdir(h.dir) == 0);
	r = VERB(&h.depot.a, cmd_build, "build", "--cache-dir", h.depot.path, "--locked",
		 "--mirror", faultd_url(&h.depot.a, &server, "/debian"), "--no-audit",
		 "recipes/app.json");
	faultd_stop(&server);
	cr_expect(!r.ok && r.e.kind == ERR_VERIFY, "%s", r.message);
	cr_expect(strstr(r.message, TOOLS ": ") && strstr(r.message, "libdeflate0 9.9-1"), "%s",
		  r.message);
	homestead_close(&h);
}

Test(pinned, a_lock_of_tools_that_is_malformed_is_an_error_at_its_place)
{
	struct homestead h;
	struct verb_run r;

	homestead_open(&h);
	files_put(arena_printf(&h.depot.a, "%s/" TOOLS, h.dir),
		  "{ \"lock\": 2,\n  \"tools\": 7 }\n");
	r = build_pinned(&h);
	cr_expect(!r.ok && r.e.kind == ERR_INPUT, "%s", r.message);
	cr_expect(strstr(r.message, TOOLS ":"), "%s", r.message);
	homestead_close(&h);
}
