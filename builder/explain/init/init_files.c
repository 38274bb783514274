/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a new repository. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/io.h"
#include "base/path.h"
#include "base/signals.h"
#include "explain/init/init.h"
#include "format/json/jsonw.h"

const char *init_catalogue(struct arena *a, const char *name)
{
	struct buf text = { .a = a };
	struct jsonw w;

	jsonw_init(&w, &text, true);
	jsonw_object(&w, NULL);
	jsonw_object(&w, "images");
	jsonw_object_inline(&w, name);
	jsonw_printf(&w, "recipe", "recipes/%s.json", name);
	jsonw_array_inline(&w, "tags");
	jsonw_cstr(&w, NULL, "latest");
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
	return buf_cstr(&text);
}

const char *init_ci_path(enum init_ci ci)
{
	return ci == INIT_CI_GITHUB   ? ".github/workflows/image.yml"
	       : ci == INIT_CI_GITLAB ? ".gitlab-ci.yml"
				      : NULL;
}

#define CI_GITHUB                                                                                                       \
	"# Builds the image from its lock; the same bytes come out as on your machine.\n"                               \
	"# More (audit reports, push, updates at night): docs/how-to/ci.md of imgbuild.\n"                              \
	"name: image\n"                                                                                                 \
	"on:\n"                                                                                                         \
	"  push:\n"                                                                                                     \
	"  pull_request:\n"                                                                                             \
	"permissions:\n"                                                                                                \
	"  contents: read\n"                                                                                            \
	"jobs:\n"                                                                                                       \
	"  image:\n"                                                                                                    \
	"    runs-on: ubuntu-latest\n"                                                                                  \
	"    container: debian:13\n"                                                                                    \
	"    steps:\n"                                                                                                  \
	"      - uses: actions/checkout@v4\n"                                                                           \
	"      - name: install imgbuild\n"                                                                              \
	"        run: apt-get update && apt-get install -y --no-install-recommends ./ci/imgbuild.deb ca-certificates\n" \
	"      - name: load the store\n"                                                                                \
	"        uses: actions/cache@v4\n"                                                                              \
	"        with:\n"                                                                                               \
	"          path: .imgbuild-store\n"                                                                             \
	"          key: imgbuild-${{ hashFiles('**/*.lock.json') }}-${{ github.run_id }}\n"                             \
	"          restore-keys: |\n"                                                                                   \
	"            imgbuild-${{ hashFiles('**/*.lock.json') }}-\n"                                                    \
	"            imgbuild-\n"                                                                                       \
	"      - name: build and audit\n"                                                                               \
	"        run: imgbuild --locked --cache-dir .imgbuild-store recipes/%s.json --archive %s.tar\n"                 \
	"      - name: leave in the store what is worth saving\n"                                                       \
	"        if: always()\n"                                                                                        \
	"        run: imgbuild gc --cache-dir .imgbuild-store --for-ci --keep 1w --max-size 1G\n"                       \
	"      - uses: actions/upload-artifact@v4\n"                                                                    \
	"        with:\n"                                                                                               \
	"          name: %s\n"                                                                                          \
	"          path: %s.tar\n"

#define CI_GITLAB                                                                                                \
	"# Builds the image from its lock; the same bytes come out as on your machine.\n"                        \
	"# More (audit reports, push, updates at night): docs/how-to/ci.md of imgbuild.\n"                       \
	"build-image:\n"                                                                                         \
	"  image: debian:13\n"                                                                                   \
	"  before_script:\n"                                                                                     \
	"    - apt-get update && apt-get install -y --no-install-recommends ./ci/imgbuild.deb ca-certificates\n" \
	"  script:\n"                                                                                            \
	"    - imgbuild --locked --cache-dir .imgbuild-store recipes/%s.json --archive %s.tar\n"                 \
	"    - imgbuild gc --cache-dir .imgbuild-store --for-ci --keep 1w --max-size 1G\n"                       \
	"  cache:\n"                                                                                             \
	"    key: imgbuild\n"                                                                                    \
	"    paths:\n"                                                                                           \
	"      - .imgbuild-store\n"                                                                              \
	"  artifacts:\n"                                                                                         \
	"    name: %s\n"                                                                                         \
	"    paths:\n"                                                                                           \
	"      - %s.tar\n"

const char *init_ci_text(struct arena *a, enum init_ci ci, const char *name)
{
	return ci == INIT_CI_GITHUB ? arena_printf(a, CI_GITHUB, name, name, name, name)
				    : arena_printf(a, CI_GITLAB, name, name, name, name);
}

bool init_check_free(const char *path, struct error *e)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ||
		       (errno == ENOTDIR
				? err_set(e, ERR_INPUT,
					  "%s cannot be written, for a part of this path is a file: "
					  "move it away, or run imgbuild init in an empty folder",
					  path)
				: err_sys(e, "stat %s", path));
	return err_set(
		e, ERR_INPUT, "%s is there already, and imgbuild init overwrites nothing: %s", path,
		strcmp(path, "images.json") == 0
			? "this folder is a repository; run imgbuild init in an empty one"
			: "move it away, choose another name with --name, or run imgbuild init in an empty folder");
}

bool init_write(struct arena *a, const struct init_place *p, const char *path, struct str text,
		struct error *e)
{
	const char *full = arena_printf(a, "%s/%s", p->scratch, path);

	if (!strings_has(p->files, path))
		*list_push(a, p->files) = path;
	return file_mkdirs(AT_FDCWD, path_dir(a, full), e) && file_write_path(full, 0644, text, e);
}

/* What a move has made so far, to be taken back where it cannot be ended. */
struct init_moved {
	struct arena *a;
	struct strings files, folders; /* in the order in which they were made */
};

/* Makes a folder, and notes which of those above it were not there. */
static bool moved_mkdirs(struct init_moved *m, const char *dir, struct error *e)
{
	struct stat st;

	for (const char *end = strchrnul(dir, '/');; end = strchrnul(end + 1, '/')) {
		const char *part = arena_strndup(m->a, dir, (size_t)(end - dir));

		if (lstat(part, &st) != 0 && errno == ENOENT)
			*list_push(m->a, &m->folders) = part;
		if (!*end)
			break;
	}
	return file_mkdirs(AT_FDCWD, dir, e);
}

static void moved_take_back(const struct init_moved *m)
{
	for (size_t i = m->files.n; i > 0; i--)
		unlink(m->files.v[i - 1]);
	for (size_t i = m->folders.n; i > 0; i--)
		rmdir(m->folders.v[i - 1]);
}

/* Some file systems, such as NFS, know no rename that replaces nothing. */
static bool moved_rename(const char *from, const char *to)
{
	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return true;
	return (errno == EINVAL || errno == ENOSYS) && link(from, to) == 0;
}

static bool moved_file(struct init_moved *m, const struct init_place *p, const char *to,
		       struct error *e)
{
	const char *dir = path_dir(m->a, to);

	if (dir[0] && !moved_mkdirs(m, dir, e))
		return false;
	if (!moved_rename(arena_printf(m->a, "%s/%s", p->scratch, to), to))
		return err_sys(e, "write %s", to);
	*list_push(m->a, &m->files) = to;
	return true;
}

/* The names of files and of new folders last. */
static bool moved_sync(const struct init_moved *m, struct error *e)
{
	struct strings done = { NULL, 0, 0 };

	for (size_t i = 0; i < m->files.n + m->folders.n; i++) {
		const char *path = i < m->files.n ? m->files.v[i] : m->folders.v[i - m->files.n];
		const char *dir = path_dir(m->a, path);
		AUTO_FD fd = -1;

		if (strings_has(&done, dir))
			continue;
		*list_push(m->a, &done) = dir;
		fd = open(dir[0] ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		if (fd < 0)
			return err_sys(e, "open the folder of %s", path);
		if (!file_sync_names(fd, path, e))
			return false;
	}
	return true;
}

bool init_move(struct arena *a, const struct init_place *p, struct error *e)
{
	struct init_moved m = { .a = a };
	sigset_t before;
	bool ok = true;

	for (size_t i = 0; ok && i < p->files->n; i++)
		ok = init_check_free(p->files->v[i], e);
	signals_hold(&before);
	for (size_t i = 0; ok && i < p->files->n; i++)
		ok = moved_file(&m, p, p->files->v[i], e);
	ok = ok && moved_sync(&m, e);
	if (!ok)
		moved_take_back(&m);
	signals_resume(&before);
	return ok;
}

static void init_strip_text(char *text, const char *scratch)
{
	size_t n = strlen(scratch) + 1;

	for (char *at = strstr(text, scratch); at; at = strstr(at, scratch)) {
		if (at[n - 1] == '/')
			memmove(at, at + n, strlen(at + n) + 1);
		else
			at++;
	}
}

void init_strip_scratch(struct error *e, const char *scratch)
{
	init_strip_text(e->at.file, scratch);
	init_strip_text(e->context, scratch);
	init_strip_text(e->cause, scratch);
}

bool init_lend(struct arena *a, const struct init_place *p, const char *path, struct error *e)
{
	const char *to = arena_printf(a, "%s/%s", p->scratch, path);
	struct stat st;
	AUTO_FD in = -1, out = -1;

	if (!file_mkdirs(AT_FDCWD, path_dir(a, to), e))
		return false;
	in = open(path, O_RDONLY | O_CLOEXEC);
	if (in < 0 || fstat(in, &st) < 0)
		return err_sys(e, "open %s", path);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out < 0)
		return err_sys(e, "create %s", path);
	return io_copy_range(in, 0, (uint64_t)st.st_size, out, path, e) && fd_close(&out, path, e);
}
