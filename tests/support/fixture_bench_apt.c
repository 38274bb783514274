/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_bench_apt.h"

#include <fcntl.h>
#include <unistd.h>

#include "input/recipe/recipe.h"
#include "support/fixture_bench_archive.h"
#include "support/fixture_files.h"

#define KEYRINGS "/usr/share/keyrings"

static void apt_make(struct bench_apt *t)
{
	static const char *const folders[] = {
		"etc/apt/apt.conf.d",	 "etc/apt/trusted.gpg.d",
		"etc/apt/preferences.d", "var/lib/apt/lists/partial",
		"var/lib/dpkg",		 "var/cache/apt/archives/partial"
	};
	const char *debian = bench_archive_url(&t->a, t->port, "debian");
	struct strings keyrings = files_below(&t->a, KEYRINGS, ".gpg");
	struct error e = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		if (!file_mkdirs(AT_FDCWD, arena_printf(&t->a, "%s/%s", t->root, folders[i]), &e))
			bench_give_up(&e);
	}
	list_each(k, &keyrings) {
		if (str_starts(str_of(*k), STR(KEYRINGS "/debian-archive-")))
			ORACLE(&t->a, "cp", *k,
			       arena_printf(&t->a, "%s/etc/apt/trusted.gpg.d", t->root));
	}
	files_put(arena_printf(&t->a, "%s/etc/apt/sources.list", t->root),
		  arena_printf(&t->a,
			       "deb %s trixie main\ndeb %s trixie-updates main\n"
			       "deb %s trixie-security main\n",
			       debian, debian,
			       bench_archive_url(&t->a, t->port, "debian-security")));
	files_put(arena_printf(&t->a, "%s/var/lib/dpkg/status", t->root), "");
}

void bench_apt_open(struct bench_apt *t, const char *root, unsigned port)
{
	*t = (struct bench_apt){ .port = port };
	t->root = arena_strdup(&t->a, root);
	apt_make(t);
}

void bench_apt_forget(struct bench_apt *t)
{
	files_remove(t->root);
	apt_make(t);
}

void bench_apt_run(struct bench_apt *t, const char *dir, const char *const *words,
		   const struct strings *names, struct bench_usage *sum)
{
	const char *const options[] = {
		"apt-get",
		arena_printf(&t->a, "-oDir=%s", t->root),
		arena_printf(&t->a, "-oDir::State::status=%s/var/lib/dpkg/status", t->root),
		"-oAPT::Architecture=amd64",
		"-oAPT::Architectures::=amd64",
		"-oAPT::Sandbox::User=root",
		"-oAPT::Install-Recommends=false",
		"-oAcquire::Languages=none",
		"-oAcquire::GzipIndexes=false",
		"-oDir::Cache::pkgcache=pkgcache.bin",
		"-oDir::Cache::srcpkgcache=srcpkgcache.bin",
		"-qq",
	};
	const char *at = arena_printf(&t->a, "%s/%s", t->root, dir);
	struct strings argv = { 0 };
	struct error e = { 0 };

	if (!file_mkdirs(AT_FDCWD, at, &e))
		bench_give_up(&e);
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		*list_push(&t->a, &argv) = options[i];
	while (*words)
		*list_push(&t->a, &argv) = *words++;
	for (size_t i = 0; names && i < names->n; i++)
		*list_push(&t->a, &argv) = names->v[i];
	*list_push(&t->a, &argv) = NULL;
	bench_run(at, argv.v, sum);
}

void bench_apt_close(struct bench_apt *t)
{
	files_remove(t->root);
	arena_free(&t->a);
}
