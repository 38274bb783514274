/* SPDX-License-Identifier: Apache-2.0 */
/* Stores for tests. */

#include "support/fixture_depot.h"

#include <stdlib.h>

#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>

#include "support/fixture_files.h"

static void depot_forget_environment(void)
{
	static const char *const names[] = {
		"http_proxy",	      "https_proxy",	"HTTPS_PROXY",	   "all_proxy",
		"ALL_PROXY",	      "no_proxy",	"NO_PROXY",	   "IMGBUILD_NETRC",
		"IMGBUILD_CACHE_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

void depot_open(struct depot *d)
{
	struct error e = { 0 };

	depot_forget_environment();
	*d = (struct depot){ .store = STORE_INIT };
	d->dir = files_temporary(&d->a);
	d->path = arena_printf(&d->a, "%s/store", d->dir);
	cr_assert(store_open(&d->a, d->path, &d->store, &e), "%s%s", e.context, e.cause);
	d->settings = (struct http_settings){
		.connect_ms = 3000,
		.stall_s = 1,
		.stall_rate = 1000,
		.header_max = 256 * 1024,
		.backoff_ms = 2,
		.retry_after_max_s = 0,
		.tries = 3,
		.per_host = 6,
		.total = 16,
	};
}

void depot_close(struct depot *d)
{
	store_close(&d->store);
	files_remove(d->dir);
	arena_free(&d->a);
}

struct strings depot_blobs(struct depot *d)
{
	DIR *dir = opendir(arena_printf(&d->a, "%s/blobs/sha256", d->path));
	struct strings names = { 0 };
	struct dirent *entry;

	cr_assert(dir);
	while ((entry = readdir(dir))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			*list_push(&d->a, &names) = arena_strdup(&d->a, entry->d_name);
	}
	closedir(dir);
	strings_sort(&names);
	return names;
}

const char *depot_blob_path(struct depot *d, const struct digest *digest)
{
	return arena_printf(&d->a, "%s/blobs/sha256/%s", d->path, digest_hex_dup(&d->a, digest));
}

bool depot_fetch(struct depot *d, struct want *wants, size_t n, enum err_kind *kind,
		 const char **text)
{
	struct fetch_options options = { .settings = &d->settings };
	struct error e = { 0 };
	char message[4096] = "";
	bool ok = fetch_wants_with(&d->store, &options, wants, n, &e);

	if (!ok)
		err_format(&e, message, sizeof(message));
	*kind = e.kind;
	*text = arena_strdup(&d->a, message);
	return ok;
}

struct str depot_noise(struct arena *a, size_t n, unsigned seed)
{
	char *p = arena_alloc(a, n + 1);
	uint64_t x = seed * 2654435761u + 88172645463325252u;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p[i] = (char)(x >> 32);
	}
	return (struct str){ p, n };
}

const char *depot_put_aged(struct depot *d, const char *text, unsigned days)
{
	struct error e = { 0 };
	struct digest digest;
	struct timespec t[2];
	const char *path;

	cr_assert(store_put_bytes(&d->store, str_of(text), &digest, &e));
	path = depot_blob_path(d, &digest);
	t[0] = t[1] = (struct timespec){ .tv_sec = time(NULL) - (time_t)days * 24 * 60 * 60 };
	cr_assert_eq(utimensat(AT_FDCWD, path, t, 0), 0);
	return path;
}

void depot_count_note(struct progress *p, const char *text)
{
	(void)text;
	((struct depot_notes *)p)->n++;
}

void depot_die_with_test(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}
