/* SPDX-License-Identifier: Apache-2.0 */
/* docs/tutorial.md, run as its reader would: each block of commands, in an empty folder. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"

#define BLOCK "\n```sh\n"
#define BLOCK_END "\n```\n"

/* The blocks of commands, one after the other. */
static const char *commands_of(struct arena *a, const char *page)
{
	struct buf script = { .a = a };

	for (const char *at = strstr(page, BLOCK), *end; at; at = strstr(end, BLOCK)) {
		at += strlen(BLOCK);
		end = strstr(at, BLOCK_END);
		cr_assert(end, "a block of docs/tutorial.md has no end");
		buf_printf(&script, "%.*s\n", (int)(end - at), at);
	}
	return buf_cstr(&script);
}

/* podman's own settings name the storage of the tests, so that the page needs no option. */
static void set_storage(const struct podman *p)
{
	const char *conf = arena_printf(p->a, "%s/storage.conf", p->dir);

	files_put(
		conf,
		arena_printf(
			p->a,
			"[storage]\ndriver = \"%s\"\ngraphroot = \"%s/root\"\nrunroot = \"%s/run\"\n",
			p->driver, p->dir, p->dir));
	setenv("CONTAINERS_STORAGE_CONF", conf, 1);
}

Test(tutorial, every_command_does_what_the_page_says, .timeout = 900)
{
	static const char *const said[] = {
		"libonig.so.5",
		"tool.json:6:", /* why */
		"nothing had changed",
		"made again from tool.json: the same bytes",
		"/usr/share/tool/double.jq", /* diff */
		"did you mean \"components\"",
		"exit status 3",
	};
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *script = arena_printf(&a, "%s/script", dir);
	char *here = getcwd(NULL, 0);
	struct podman podman;
	struct oracle_run r;

	podman_open(&podman, &a);
	set_storage(&podman);
	files_put(script, arena_printf(&a, "cd %s/work\nset -eu\nexec 2>&1\n%s", dir,
				       commands_of(&a, files_get(&a, "docs/tutorial.md"))));
	cr_assert_eq(mkdir(arena_printf(&a, "%s/work", dir), 0755), 0);
	cr_assert_eq(mkdir(arena_printf(&a, "%s/bin", dir), 0755), 0);
	cr_assert_eq(symlink(arena_printf(&a, "%s/imgbuild", here),
			     arena_printf(&a, "%s/bin/imgbuild", dir)),
		     0);
	setenv("PATH", arena_printf(&a, "%s/bin:%s", dir, getenv("PATH")), 1);
	r = oracle_run(&a, (const char *const[]){ "sh", script, NULL });
	cr_expect_eq(r.status, 0, "%d:\n%s", r.status, r.out.p);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		cr_expect(strstr(r.out.p, said[i]), "nowhere \"%s\" in\n%s", said[i], r.out.p);
	cr_expect(strstr(r.out.p, "\n42\n") && strstr(strstr(r.out.p, "\n42\n") + 1, "\n42\n"),
		  "%s", r.out.p);
	podman_close(&podman);
	files_remove(dir);
	free(here);
}
