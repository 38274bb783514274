/* SPDX-License-Identifier: Apache-2.0 */
/* lock --check --cve and update --security, over an archive that has a point release and security
 * updates, with vulnerability data from a web server that Python brings. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_minirepo.h"
#include "support/gen_image.h"

#define CATALOGUE                                                                      \
	"{ \"archives\": { \"mini\": {\n"                                              \
	"    \"suites\": [ { \"codename\": \"trixie\", \"archive\": \"debian\","       \
	" \"components\": [\"main\"] },\n"                                             \
	"      { \"codename\": \"trixie-security\", \"archive\": \"debian-security\"," \
	" \"components\": [\"main\"] } ],\n"                                           \
	"    \"keyrings\": [ \"%s\" ], \"signers\": [ \"%s\" ] } },\n"                 \
	"  \"cve\": [ \"http://127.0.0.1:%u/tracker.json\" ] }\n"
#define FIXED(version) \
	"{\"releases\":{\"trixie\":{\"status\":\"resolved\",\"fixed_version\":\"" version "\"}}}"
#define TRACKER                                                                                       \
	"{\"app-src\":{\"CVE-2026-7\":" FIXED(                                                        \
		"1.1-1") "},\n"                                                                       \
			 " \"libcap\":{\"CVE-2026-8\":" FIXED(                                        \
				 "2.0-1+deb13u1") ","                                                 \
						  "\"CVE-2026-6\":" FIXED(                            \
							  "1.9") "},\n"                               \
								 " \"hello\":{\"CVE-2026-5\":" FIXED( \
									 "9") "}}\n"
#define NOT_YET "{\"libcap\":{\"CVE-2026-9\":" FIXED("3.0") "}}\n"
#define VEX                                                                                     \
	"{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"@id\":\"https://a.example/1\","      \
	"\"author\":\"a\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"version\":1,\"statements\":" \
	"[{\"vulnerability\":{\"name\":\"CVE-2026-9\"},\"status\":\"not_affected\","            \
	"\"justification\":\"vulnerable_code_not_in_execute_path\","                            \
	"\"products\":[{\"@id\":\"pkg:deb/debian/libcap\"}]}]}"

struct updates_world {
	struct arena a;
	struct minirepo m;
	struct web web;
	const char *mirrors, *tools;
};

struct updates_state {
	const char *app, *cap, *cap_security; /* NULL: the security suite has none */
	const char *deflate, *deflate_security, *zstd;
};

static void updates_add(struct updates_world *w, const char *name, const char *version)
{
	bool app = strcmp(name, "app") == 0;

	if (version)
		minirepo_package(&w->m, &(struct minirepo_package){
						.name = name,
						.version = version,
						.depends = app ? "libapp1, libcap" : NULL,
						.source = strstr(name, "app") ? "app-src" : NULL });
}

/* What was added since the last suite is this one. */
static void updates_suite(struct updates_world *w, const char *codename, int hours_ago)
{
	char date[DATE_TEXT];

	date_text((int64_t)time(NULL) - hours_ago * 3600, date);
	archivegen_add(&w->m.archive,
		       &(struct archivegen_suite){
			       .codename = codename,
			       .date = arena_strdup(&w->a, date),
			       .packages = arena_strdup(&w->a, buf_cstr(&w->m.packages)),
			       .arm64 = arena_strdup(&w->a, buf_cstr(&w->m.arm64)) });
	w->m.packages.n = w->m.arm64.n = 0;
}

static void updates_publish(struct updates_world *w, const struct updates_state *s, int hours_ago)
{
	const char *url;

	minirepo_forget(&w->m);
	updates_add(w, "app", s->app);
	updates_add(w, "libapp1", s->app);
	updates_add(w, "libcap", s->cap);
	updates_add(w, "libdeflate0", s->deflate);
	updates_add(w, "libzstd1", s->zstd);
	updates_suite(w, "trixie", hours_ago);
	updates_add(w, "libcap", s->cap_security);
	updates_add(w, "libdeflate0", s->deflate_security);
	updates_suite(w, "trixie-security", hours_ago);
	archivegen_serve(&w->m.archive);
	url = archivegen_mirror(&w->m.archive);
	setenv("IMGBUILD_MIRROR", arena_printf(&w->a, "debian=%s debian-security=%s", url, url), 1);
}

static const struct updates_state before = { "1.0-1", "2.0-1", NULL, "1.23-1", NULL, "1.5-1" },
				  after = { "1.1-1",  "2.0-1",		"2.0-1+deb13u1",
					    "1.23-1", "1.23-1+deb13u1", "1.5-2" };

/* A repository whose lock is of the first state, and an archive of the second. */
static void updates_open(struct updates_world *w)
{
	struct oracle_run r;

	*w = (struct updates_world){ 0 };
	minirepo_open(&w->m, &w->a);
	web_start(&w->a, &w->web);
	unsetenv("IMGBUILD_CVE");
	files_put(arena_printf(&w->a, "%s/tracker.json", w->web.dir), TRACKER);
	files_put(arena_printf(&w->a, "%s/repository/images.json", w->m.dir),
		  arena_printf(&w->a, CATALOGUE, w->m.archive.key.keyring,
			       w->m.archive.key.fingerprint, w->web.port));
	w->tools = arena_printf(&w->a, "%s/repository/locks/tools.lock.json", w->m.dir);
	updates_publish(w, &before, 9);
	r = MINIREPO_RUN(&w->m, "lock", w->m.recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	updates_publish(w, &after, 5);
}

static void updates_close(struct updates_world *w)
{
	web_stop(&w->web);
	minirepo_close(&w->m);
	arena_free(&w->a);
}

/* Names of packages and tools whose entries are not byte for byte what they were; whatever else
 * differs but the states, too. */
static const char *updates_diff(struct updates_world *w, const char *old, const char *path)
{
	static const char program[] =
		"import json, sys\n"
		"x, y = (json.load(open(p)) for p in sys.argv[1:3])\n"
		"out = []\n"
		"for part in ('packages', 'tools'):\n"
		"    a, b = ({(p['name'], p['architecture']): json.dumps(p) for p in l.get(part, [])}\n"
		"            for l in (x, y))\n"
		"    out += [n for n, _ in sorted(a.keys() | b.keys()) if a.get((n, _)) != b.get((n, _))]\n"
		"for l in (x, y):\n"
		"    for part in ('packages', 'tools', 'states'): l.pop(part, None)\n"
		"if x != y: out.append('more')\n"
		"print(' '.join(out))\n";
	const char *copy = arena_printf(&w->a, "%s/old.json", w->m.dir);

	files_put(copy, old);
	return str_dup(&w->a, str_trim(ORACLE(&w->a, "python3", "-c", program, copy, path)));
}

static bool updates_said(struct str text, const char *part)
{
	return strstr(text.p, part) != NULL;
}

Test(security_updates, a_lock_without_a_fix_is_found_and_only_the_fix_moves, .timeout = 600)
{
	struct updates_world w;
	const char *old, *data;
	struct oracle_run r;

	updates_open(&w);
	data = arena_printf(&w.a, "%s/none.json", w.m.dir);
	files_put(data, "{\"other\":{\"CVE-2026-1\":{\"releases\":{}}}}");
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", data, w.m.recipe);
	cr_expect_eq(r.status, 1);
	cr_expect(updates_said(r.out, "mini.lock.json: libcap 2.0-1 -> 2.0-1+deb13u1 "
				      "(trixie-security): a security update\n") &&
			  updates_said(r.out, "tools.lock.json: libdeflate0 1.23-1 -> ") &&
			  !updates_said(r.out, "libapp1") && !updates_said(r.out, "libzstd1"),
		  "%s", r.out.p);
	cr_expect(updates_said(r.err,
			       "mini.lock.json: libcap 2.0-1 has a security update, "
			       "2.0-1+deb13u1 (and 2 more); run imgbuild update --security "),
		  "%s", r.err.p);
	old = files_get(&w.a, w.m.lock);
	r = MINIREPO_RUN(&w.m, "update", "--security", "--locked", w.m.recipe);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	cr_expect_str_eq(files_get(&w.a, w.m.lock), old);
	r = MINIREPO_RUN(&w.m, "update", "--security", w.m.recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(updates_diff(&w, old, w.m.lock), "libcap");
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", data, w.m.recipe);
	cr_expect(r.status == 0 && updates_said(r.out, "mini.json: its locks have all fixes\n"),
		  "%s%s", r.out.p, r.err.p);
	old = files_get(&w.a, w.m.lock);
	r = MINIREPO_RUN(&w.m, "update", "--security", w.m.recipe);
	cr_expect(r.status == 0 && updates_said(r.out, "its locks have all fixes\n"), "%s",
		  r.err.p);
	cr_expect_str_eq(files_get(&w.a, w.m.lock), old, "nothing to move: nothing is written");
	r = MINIREPO_RUN(&w.m, "lock", "--check", w.m.recipe);
	cr_expect_eq(r.status, 1, "the point release is still to be had");
	updates_close(&w);
}

/* What compresses layers is moved by itself, on every machine, and beside it what is no fix stays.
 */
Test(security_updates, of_the_tools_the_one_with_a_fix_moves, .timeout = 600)
{
	struct updates_world w;
	const char *old;
	struct oracle_run r;

	updates_open(&w);
	old = files_get(&w.a, w.tools);
	r = MINIREPO_RUN(&w.m, "update", "--security", w.m.recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(updates_diff(&w, old, w.tools), "libdeflate0 libdeflate0");
	r = MINIREPO_RUN(&w.m, "lock", "--verify", w.m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	updates_close(&w);
}

Test(security_updates, data_tell_of_fixes_that_no_security_suite_has, .timeout = 600)
{
	struct updates_world w;
	const char *old;
	struct oracle_run r;

	updates_open(&w);
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect_eq(r.status, 1);
	cr_expect(updates_said(r.out, "mini.lock.json: app 1.0-1 -> 1.1-1 (trixie): CVE-2026-7 "
				      "fixed in 1.1-1\n") &&
			  updates_said(r.out, "libapp1 1.0-1 -> 1.1-1 (trixie): CVE-2026-7") &&
			  updates_said(r.out, "libcap 2.0-1 -> 2.0-1+deb13u1 (trixie-security): "
					      "CVE-2026-8 fixed in 2.0-1+deb13u1\n") &&
			  !updates_said(r.out, "CVE-2026-6") && !updates_said(r.out, "CVE-2026-5"),
		  "%s", r.out.p);
	cr_expect(updates_said(r.err,
			       "app 1.0-1 lacks the fix for CVE-2026-7 that 1.1-1 has (and "),
		  "%s", r.err.p);
	r = MINIREPO_RUN(&w.m, "--json", "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect(r.status == 1 &&
			  updates_said(r.out, "\"name\":\"libcap\",\"architecture\":\"amd64\","
					      "\"source\":\"libcap\",\"locked\":\"2.0-1\","
					      "\"available\":\"2.0-1+deb13u1\","
					      "\"suite\":\"trixie-security\",\"vulnerabilities\":"
					      "[{\"id\":\"CVE-2026-8\",\"fixed\":"
					      "\"2.0-1+deb13u1\"}]}"),
		  "%s", r.out.p);
	old = files_get(&w.a, w.m.lock);
	r = MINIREPO_RUN(&w.m, "update", "--security", "--cve", "debian", w.m.recipe);
	cr_assert_eq(r.status, 0, "%s", r.err.p);
	/* "more": which version the component got */
	cr_expect_str_eq(updates_diff(&w, old, w.m.lock), "app libapp1 libcap more");
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.out.p);
	updates_close(&w);
}

Test(security_updates, data_of_another_release_are_told, .timeout = 600)
{
	struct updates_world w;
	const char *data;
	struct oracle_run r;

	updates_open(&w);
	data = arena_printf(&w.a, "%s/older.json", w.m.dir);
	files_put(data, "{\"app-src\":{\"CVE-2026-7\":{\"releases\":{\"bookworm\":"
			"{\"status\":\"open\"}}}}}");
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", data, w.m.recipe);
	cr_expect(updates_said(r.err, "--cve: the data speak of Debian 12, not of 13 that the "
				      "packages are of"),
		  "%s", r.err.p);
	updates_close(&w);
}

Test(security_updates, a_fix_that_the_archive_lacks_is_told_unless_a_statement_excludes_it,
     .timeout = 600)
{
	struct updates_world w;
	const char *data, *vex, *old;
	struct oracle_run r;

	updates_open(&w);
	cr_assert_eq(MINIREPO_RUN(&w.m, "update", "--security", w.m.recipe).status, 0);
	data = arena_printf(&w.a, "%s/later.json", w.m.dir);
	vex = arena_printf(&w.a, "%s/libcap.vex.json", w.m.dir);
	files_put(data, NOT_YET);
	files_put(vex, VEX);
	old = files_get(&w.a, w.m.lock);
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", data, w.m.recipe);
	cr_expect_eq(r.status, 1);
	cr_expect(updates_said(r.out, "libcap 2.0-1+deb13u1: CVE-2026-9 fixed in 3.0; the archive "
				      "does not have it yet\n") &&
			  updates_said(r.err, "lacks the fix for CVE-2026-9 that 3.0 has; the "
					      "archive does not have it yet"),
		  "%s%s", r.out.p, r.err.p);
	r = MINIREPO_RUN(&w.m, "update", "--security", "--cve", data, w.m.recipe);
	cr_expect_eq(r.status, 0, "%s", r.err.p);
	cr_expect_str_eq(files_get(&w.a, w.m.lock), old);
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", data, "--cve", vex, w.m.recipe);
	cr_expect_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	updates_close(&w);
}

/* The same server as above answers 304 to If-Modified-Since: Python's own doing. */
Test(security_updates, data_of_a_server_are_kept_asked_for_again_and_used_without_it,
     .timeout = 600)
{
	struct updates_world w;
	struct imagegen g;
	struct oracle_run r;

	updates_open(&w);
	imagegen_begin(&g, &w.a);
	imagegen_good(&g);
	imagegen_write(&g);
	r = MINIREPO_RUN(&w.m, "--offline", "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect(r.status == 4 && updates_said(r.err, "tracker.json is not in the store: run this "
						       "once without --offline"),
		  "%d %s", r.status, r.err.p);
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect_eq(r.status, 1, "%s", r.err.p);
	setenv("IMGBUILD_CVE",
	       arena_printf(&w.a, "\n\thttp://127.0.0.1:%u/tracker.json \n", w.web.port), 1);
	r = MINIREPO_RUN(&w.m, "--progress=plain", "audit", g.path, "--cve", "debian");
	cr_expect(r.status == 1 && updates_said(r.err, "nothing newer") &&
			  updates_said(r.out, "CVE-2026-5: hello 1.0-1") &&
			  updates_said(r.out, "          data of ") &&
			  updates_said(r.out, "/tracker.json\n"),
		  "%s%s", r.out.p, r.err.p);
	web_stop(&w.web);
	r = MINIREPO_RUN(&w.m, "audit", g.path, "--cve", "debian");
	cr_expect(r.status == 4 && updates_said(r.err, "; --offline takes what the store has, of "),
		  "%d %s", r.status, r.err.p);
	r = MINIREPO_RUN(&w.m, "--offline", "audit", g.path, "--cve", "debian");
	cr_expect(r.status == 1 && updates_said(r.out, "CVE-2026-5: hello 1.0-1"), "%s%s", r.out.p,
		  r.err.p);
	imagegen_end(&g);
	minirepo_close(&w.m);
	arena_free(&w.a);
}

Test(security_updates, what_makes_no_sense_is_refused, .timeout = 600)
{
	static const struct {
		const char *words[6], *says;
		int status;
	} cases[] = {
		{ { "lock", "--cve", "debian", "RECIPE" }, "--cve goes with --check", 2 },
		{ { "update", "--cve", "debian", "RECIPE" }, "--cve goes with --security", 2 },
		{ { "update", "--security", "RECIPE", "libcap" },
		  "update: --security finds out itself what moves; leave out libcap",
		  2 },
		{ { "lock", "--check", "--cve", "http://mirror.invalid/x.json", "RECIPE" },
		  "nobody signs such data",
		  2 },
		{ { "lock", "--check", "--cve", "/nowhere.json", "RECIPE" },
		  "--cve: /nowhere.json is not there",
		  3 },
	};
	struct updates_world w;
	const char *catalogue;
	struct oracle_run r;

	updates_open(&w);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *words[7] = { 0 };

		for (size_t k = 0; k < 6 && cases[i].words[k]; k++)
			words[k] = strcmp(cases[i].words[k], "RECIPE") == 0 ? w.m.recipe
									    : cases[i].words[k];
		r = minirepo_run(&w.m, words);
		cr_expect(r.status == cases[i].status && updates_said(r.err, cases[i].says),
			  "case %zu: %d %s", i, r.status, r.err.p);
	}
	catalogue = arena_printf(&w.a, "%s/repository/images.json", w.m.dir);
	files_put(catalogue, "{ \"cve\": [ 7 ] }");
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect(r.status == 3 && updates_said(r.err, "images.json:1:12: cve[0]: "), "%d %s",
		  r.status, r.err.p);
	unlink(w.m.lock);
	updates_publish(&w, &after, 4);
	files_put(catalogue, arena_printf(&w.a, CATALOGUE, w.m.archive.key.keyring,
					  w.m.archive.key.fingerprint, w.web.port));
	r = MINIREPO_RUN(&w.m, "lock", "--check", "--cve", "debian", w.m.recipe);
	cr_expect(r.status == 1 && updates_said(r.err, "there is no ") &&
			  updates_said(r.err, "mini.lock.json; imgbuild lock makes it"),
		  "%d %s", r.status, r.err.p);
	updates_close(&w);
}
