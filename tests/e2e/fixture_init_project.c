/* SPDX-License-Identifier: Apache-2.0 */
#include "e2e/fixture_init_project.h"

#include <criterion/criterion.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_podman.h"
#include "e2e/fixture_project.h"
#include "e2e/fixture_run.h"
#include "support/fixture_files.h"

/* A text; "@zip NAME=TEXT" is an archive with that file. */
static void init_put_file(struct arena *a, const char *path, const char *text)
{
	static const char script[] = "import sys, zipfile\n"
				     "name, text = sys.argv[2].split('=')\n"
				     "zipfile.ZipFile(sys.argv[1], 'w').writestr(name, text)\n";

	files_put(path, text);
	if (strncmp(text, "#!", 2) == 0)
		cr_assert_eq(chmod(path, 0755), 0);
	if (strncmp(text, "@zip ", 5) == 0)
		ORACLE(a, "python3", "-c", script, path, text + 5);
}

void init_project_run(const char *words, const char *name, const char *const *files,
		      const char *says)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a);
	struct oracle_run r;
	struct podman podman;
	char here[4096];

	run_needs_time();
	cr_assert(getcwd(here, sizeof(here)));
	for (; *files; files += 2)
		init_put_file(&a, arena_printf(&a, "%s/%s", dir, files[0]), files[1]);
	r = oracle_run(&a,
		       (const char *const[]){
			       "sh", "-c",
			       arena_printf(&a,
					    "cd %s && %s/imgbuild --progress=quiet init %s && "
					    "%s/imgbuild --progress=quiet --locked recipes/%s.json "
					    "--archive %s/image.tar && "
					    "%s/imgbuild --progress=quiet audit out/%s >audit.txt",
					    dir, here, words, here, name, dir, here, name),
			       NULL });
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	cr_expect(strstr(r.out.p, arena_printf(&a, "out/%s: passes strict", name)), "%s", r.out.p);
	podman_open(&podman, &a);
	PODMAN_MUST(&podman, "load", "--input", arena_printf(&a, "%s/image.tar", dir));
	cr_expect_str_eq(PODMAN_MUST(&podman, "run", "--rm", "--network=none",
				     arena_printf(&a, "localhost/%s:latest", name), "you")
				 .p,
			 says);
	podman_close(&podman);
	files_remove(dir);
}
