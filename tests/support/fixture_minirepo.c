/* SPDX-License-Identifier: Apache-2.0 */
/* A whole small world for imgbuild. */

#include "support/fixture_minirepo.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "support/fixture_files.h"
#include "support/gen_deb.h"
#include "support/gen_elf.h"

const char *const minirepo_program = "./imgbuild";

#define CATALOGUE                                                                \
	"{ \"archives\": { \"mini\": {\n"                                        \
	"    \"suites\": [ { \"codename\": \"trixie\", \"archive\": \"debian\"," \
	" \"components\": [\"main\"] } ],\n"                                     \
	"    \"keyrings\": [ \"%s\" ], \"signers\": [ \"%s\" ] } } }\n"
#define RECIPE                                                                           \
	"{ \"name\": \"mini\", \"archive\": \"mini\",\n"                                 \
	"  \"components\": [ { \"name\": \"app\", \"providers\": [ { \"packages\":"      \
	" [\"app\", \"libapp1\"] } ] } ],\n"                                             \
	"  \"libraries\": [ \"libcap\" ],\n"                                             \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" } },\n" \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"

/* "Field: value", or nothing. */
static const char *control_line(struct arena *a, const char *field, const char *value)
{
	return value ? arena_printf(a, "%s: %s\n", field, value) : "";
}

/* What control file and index say alike. */
static const char *stanza_of(struct minirepo *m, const struct minirepo_package *p,
			     const char *architecture)
{
	return arena_printf(m->a, "Package: %s\nVersion: %s\nArchitecture: %s\n%s%s%s", p->name,
			    p->version, architecture, control_line(m->a, "Source", p->source),
			    control_line(m->a, "Depends", p->depends),
			    control_line(m->a, "Provides", p->provides));
}

static struct str deb_of(struct minirepo *m, const struct minirepo_package *p, struct str program,
			 const char *architecture)
{
	struct buf tar = { .a = m->a };
	const char *doc = arena_printf(m->a, "./usr/share/doc/%s", p->name);

	debgen_tar_dir(&tar, "./usr/");
	if (program.n) {
		debgen_tar_dir(&tar, "./usr/bin/");
		debgen_tar_entry(&tar, &(struct debgen_entry){
					       .name = arena_printf(m->a, "./usr/bin/%s", p->name),
					       .mode = 0755,
					       .content = program });
	}
	debgen_tar_dir(&tar, "./usr/share/");
	debgen_tar_dir(&tar, "./usr/share/doc/");
	debgen_tar_dir(&tar, arena_printf(m->a, "%s/", doc));
	debgen_tar_file(&tar, arena_printf(m->a, "%s/copyright", doc), "for tests\n");
	debgen_tar_file(&tar, arena_printf(m->a, "./usr/share/%s", p->name), p->version);
	debgen_tar_end(&tar);
	return debgen_deb(m->a, &(struct debgen_deb){
					.data = buf_str(&tar),
					.control = arena_printf(m->a, "%sDescription: for tests\n",
								stanza_of(m, p, architecture)) });
}

static void minirepo_add_package(struct minirepo *m, const struct minirepo_package *p,
				 struct str program, const char *architecture, struct buf *index)
{
	struct str deb = deb_of(m, p, program, architecture);
	struct digest digest = digest_of(deb);
	const char *path = arena_printf(m->a, "pool/main/%s_%s_%s.deb", p->name, p->version,
					architecture);

	buf_printf(index, "%sFilename: %s\nSize: %zu\nSHA256: %s\n\n",
		   stanza_of(m, p, architecture), path, deb.n, digest_hex_dup(m->a, &digest));
	if (!p->lost)
		archivegen_bytes(&m->archive, path, deb);
}

void minirepo_package(struct minirepo *m, const struct minirepo_package *p)
{
	minirepo_add_package(m, p, STR(""), "amd64", &m->packages);
	minirepo_add_package(m, p, STR(""), "arm64", &m->arm64);
}

void minirepo_elf_package(struct minirepo *m, const char *name, const char *needs)
{
	const struct elfgen g = { .soname = name, .needed = { needs } };

	minirepo_add_package(m, &(struct minirepo_package){ .name = name, .version = "1" },
			     elfgen_make(m->a, &g), "amd64", &m->packages);
}

void minirepo_forget(struct minirepo *m)
{
	m->packages.n = m->arm64.n = 0;
	m->archive.script.n = 0;
}

void minirepo_serve(struct minirepo *m)
{
	archivegen_serve(&m->archive);
	setenv("IMGBUILD_MIRROR", archivegen_mirror(&m->archive), 1);
}

void minirepo_publish(struct minirepo *m, int hours_ago)
{
	char date[DATE_TEXT];

	date_text((int64_t)time(NULL) - hours_ago * 3600, date);
	archivegen_add(&m->archive, &(struct archivegen_suite){
					    .codename = "trixie",
					    .date = arena_strdup(m->a, date),
					    .packages = arena_strdup(m->a, buf_cstr(&m->packages)),
					    .arm64 = arena_strdup(m->a, buf_cstr(&m->arm64)) });
	minirepo_serve(m);
}

void minirepo_open(struct minirepo *m, struct arena *a)
{
	static const struct minirepo_package packages[] = {
		{ "app", "1.0-1", "libapp1 (>= 1.0), libcap", false, NULL, NULL },
		{ "libapp1", "1.0-1", NULL, false, NULL, NULL },
		{ "libcap", "2.0-1", NULL, false, NULL, NULL },
	};

	static const char *const forgotten[] = {
		"http_proxy", "HTTPS_PROXY",	"all_proxy",	   "ALL_PROXY",	       "no_proxy",
		"NO_PROXY",   "IMGBUILD_NETRC", "XDG_CONFIG_HOME", "IMGBUILD_PROGRESS"
	};

	*m = (struct minirepo){ .a = a, .packages = { .a = a }, .arm64 = { .a = a } };
	archivegen_open(&m->archive, a);
	m->dir = files_temporary(a);
	m->recipe = arena_printf(a, "%s/repository/mini.json", m->dir);
	m->lock = arena_printf(a, "%s/repository/mini.lock.json", m->dir);
	m->store = arena_printf(a, "%s/store", m->dir);
	m->out = arena_printf(a, "%s/out/mini", m->dir);
	m->home = arena_printf(a, "%s/home", m->dir);
	files_put(m->recipe, RECIPE);
	files_put(arena_printf(a, "%s/repository/images.json", m->dir),
		  arena_printf(a, CATALOGUE, m->archive.key.keyring, m->archive.key.fingerprint));
	cr_assert_eq(mkdir(m->home, 0700), 0);
	cr_assert_eq(mkdir(arena_printf(a, "%s/out", m->dir), 0700), 0);
	setenv("HOME", m->home, 1);
	setenv("IMGBUILD_CACHE_DIR", m->store, 1);
	for (size_t i = 0; i < ARRAY_SIZE(forgotten); i++)
		unsetenv(forgotten[i]);
	/* the snapshot and what this machine's apt knows are out of reach */
	setenv("https_proxy", "http://127.0.0.1:9", 1);
	setenv("http_proxy", "http://127.0.0.1:9", 1);
	setenv("no_proxy", "127.0.0.1,mirror.invalid,[2001:db8::1]", 1);
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++)
		minirepo_package(m, &packages[i]);
	minirepo_publish(m, 5);
}

void minirepo_close(struct minirepo *m)
{
	archivegen_close(&m->archive);
	files_remove(m->dir);
}

void minirepo_clear(struct minirepo *m)
{
	files_remove(m->store);
	files_remove(arena_printf(m->a, "%s/out", m->dir));
	cr_assert_eq(mkdir(arena_printf(m->a, "%s/out", m->dir), 0700), 0);
	unlink(m->lock);
}

struct oracle_run minirepo_run(struct minirepo *m, const char *const *words)
{
	struct strings argv = { 0 };

	/* not as an option: a test may give that, and twice is an error */
	*list_push(m->a, &argv) = "env";
	*list_push(m->a, &argv) = "IMGBUILD_PROGRESS=quiet";
	*list_push(m->a, &argv) = minirepo_program;
	while (*words)
		*list_push(m->a, &argv) = *words++;
	*list_push(m->a, &argv) = NULL;
	return oracle_run(m->a, argv.v);
}

struct oracle_run minirepo_build(struct minirepo *m)
{
	return MINIREPO_RUN(m, m->recipe, "-o", m->out);
}

static void list_all(struct arena *a, const char *dir, const char *shown, struct strings *out)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		const char *path = arena_printf(a, "%s/%s", dir, entry->d_name);
		const char *name = arena_printf(a, "%s/%s", shown, entry->d_name);
		struct error e = { 0 };
		struct str text = { 0 };
		struct digest digest;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (entry->d_type == DT_DIR)
			list_all(a, path, name, out);
		else if (!io_read_file(a, AT_FDCWD, path, 64u << 20, &text, &e))
			name = arena_printf(a, "%s cannot be read", name);
		digest = digest_of(text);
		*list_push(a, out) = arena_printf(a, "%s %s", name, digest_hex_dup(a, &digest));
	}
	if (d)
		closedir(d);
}

const char *minirepo_digest(struct arena *a, const char *dir)
{
	struct strings all = { 0 };
	struct buf text = { .a = a };
	struct digest digest;

	if (access(dir, F_OK) != 0)
		return "";
	list_all(a, dir, "", &all);
	strings_sort(&all);
	for (size_t i = 0; i < all.n; i++)
		buf_printf(&text, "%s\n", all.v[i]);
	digest = digest_of(buf_str(&text));
	return digest_hex_dup(a, &digest);
}

unsigned minirepo_temporaries(struct arena *a, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	unsigned n = 0;

	while (d && (entry = readdir(d))) {
		n += strncmp(entry->d_name, ".tmp-", 5) == 0;
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
			n += minirepo_temporaries(a, arena_printf(a, "%s/%s", dir, entry->d_name));
	}
	if (d)
		closedir(d);
	return n;
}
