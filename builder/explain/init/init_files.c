/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a new repository. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/path.h"
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
		return errno == ENOENT || errno == ENOTDIR || err_sys(e, "stat %s", path);
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

bool init_move(struct arena *a, const struct init_place *p, struct error *e)
{
	for (size_t i = 0; i < p->files->n; i++) {
		const char *to = p->files->v[i], *dir = path_dir(a, to);

		if (!init_check_free(to, e) || (dir[0] && !file_mkdirs(AT_FDCWD, dir, e)))
			return false;
		if (renameat2(AT_FDCWD, arena_printf(a, "%s/%s", p->scratch, to), AT_FDCWD, to,
			      RENAME_NOREPLACE) != 0)
			return err_sys(e, "write %s", to);
	}
	return true;
}
