/* SPDX-License-Identifier: Apache-2.0 */
/* The files that init writes beside a project get all of their places, or none. The store is empty
 * and nothing may be fetched: no build gets further than to its lock. */

#include "explain/code/init_code_files.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_oracle.h"
#include "support/fixture_port.h"
#include "support/fixture_sandbox.h"

#define MINE "./app\n./app/main.c\n"
#define WRITTEN                                                                      \
	".\n./.gitignore\n./app\n./app/main.c\n./images.json\n./recipes\n./recipes/" \
	"app.json\n"

struct code_files {
	struct arena a;
	const char *dir; /* with the project app/ */
	char here[4096];
};

static void code_files_fill(struct code_files *t)
{
	files_put(arena_printf(&t->a, "%s/app/main.c", t->dir), "int main(void) { return 0; }\n");
}

static void code_files_open(struct code_files *t)
{
	*t = (struct code_files){ .dir = NULL };
	cr_assert(getcwd(t->here, sizeof(t->here)));
	t->dir = files_temporary(&t->a);
	code_files_fill(t);
}

static void code_files_close(struct code_files *t)
{
	files_remove(arena_printf(&t->a, "%s.store", t->dir));
	files_remove(t->dir);
	arena_free(&t->a);
}

static struct oracle_run code_files_shell(struct code_files *t, const char *text)
{
	return oracle_run(&t->a,
			  (const char *const[]){
				  "sh", "-c",
				  arena_printf(&t->a, "cd %s || exit 9\n%s", t->dir, text), NULL });
}

static struct oracle_run code_files_init(struct code_files *t, const char *words)
{
	return code_files_shell(t,
				arena_printf(&t->a,
					     "%s/imgbuild --progress=plain --offline --cache-dir "
					     "%s.store init --c app %s",
					     t->here, t->dir, words));
}

static const char *code_files_list(struct code_files *t)
{
	return str_dup(&t->a, code_files_shell(t, "find . -not -path ./out | LC_ALL=C sort").out);
}

/* The recipe has its place when the source cannot get its own. */
Test(init_code_files, one_that_cannot_be_written_takes_the_others_back)
{
	struct code_files t;
	struct oracle_run r;
	const char *before;

	code_files_open(&t);
	files_put(arena_printf(&t.a, "%s/app/Makefile", t.dir),
		  "app: main.c\n\t$(CC) -o $@ $<\ninstall: app\n");
	ORACLE(&t.a, "mkdir", arena_printf(&t.a, "%s/recipes", t.dir));
	ORACLE(&t.a, "ln", "-s", "nowhere", arena_printf(&t.a, "%s/recipes/sources", t.dir));
	before = code_files_list(&t);
	r = code_files_init(&t, "--ci github");
	cr_expect_eq(r.status, 6, "%s", r.err.p);
	cr_expect_null(strstr(r.err.p, ".tmp-"), "%s", r.err.p);
	cr_expect_str_eq(code_files_list(&t), before);
	code_files_close(&t);
}

Test(init_code_files, a_file_of_other_text_is_in_the_way)
{
	static const char *const names[] = { "recipes/app.json", "recipes/app.lock.json",
					     ".github/workflows/image.yml", "out/app" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct code_files t;
		struct oracle_run r;
		const char *before;

		code_files_open(&t);
		files_put(arena_printf(&t.a, "%s/%s", t.dir, names[i]), "{}\n");
		before = code_files_list(&t);
		r = code_files_init(&t, "--ci github");
		cr_expect_eq(r.status, 3, "%s: %s", names[i], r.err.p);
		cr_expect(strstr(r.err.p,
				 arena_printf(&t.a, "error: %s is there already", names[i])),
			  "%s: %s", names[i], r.err.p);
		cr_expect_str_eq(code_files_list(&t), before);
		code_files_close(&t);
	}
}

/* Whoever mended what the build complained of says the same command again. */
Test(init_code_files, what_an_earlier_init_wrote_stays)
{
	struct code_files t;
	struct oracle_run r;

	code_files_open(&t);
	r = code_files_init(&t, "");
	cr_expect_neq(r.status, 0);
	cr_expect(strstr(r.err.p, "wrote recipes/app.json, images.json, .gitignore; the files "
				  "stay: change them, then run imgbuild recipes/app.json"),
		  "%s", r.err.p);
	cr_expect_str_eq(code_files_list(&t), WRITTEN);
	r = code_files_init(&t, "");
	cr_expect(strstr(r.err.p, "imgbuild: the files stay: change them"), "%s", r.err.p);
	cr_expect_null(strstr(r.err.p, "yours already"), "%s", r.err.p);
	files_put(arena_printf(&t.a, "%s/recipes/app.json", t.dir), "{}\n");
	r = code_files_init(&t, "");
	cr_expect(strstr(r.err.p, "recipes/app.json is there already"), "%s", r.err.p);
	cr_expect_str_eq(files_get(&t.a, arena_printf(&t.a, "%s/recipes/app.json", t.dir)), "{}\n");
	code_files_close(&t);
}

Test(init_code_files, a_disk_of_any_size_has_all_or_none)
{
	unsigned full = 0, kib = 8;
	struct code_files t;
	bool fits = false;

	if (!sandbox_enter())
		cr_skip_test("no mount namespaces here");
	code_files_open(&t);
	for (; !fits && kib < 256; kib += 4) {
		struct oracle_run r;

		sandbox_tmpfs(t.dir, kib);
		code_files_fill(&t);
		r = code_files_init(&t, "");
		fits = r.status != 6;
		full += r.status == 6;
		cr_expect(fits || strstr(r.err.p, "No space left on device"), "%s", r.err.p);
		cr_expect_str_eq(code_files_list(&t), fits ? WRITTEN : ".\n" MINE, "%u KiB", kib);
		sandbox_unmount(t.dir);
	}
	cr_expect(fits);
	cr_expect_gt(full, 0, "no disk was too small");
	code_files_close(&t);
}

/* A server that never answers. */
static int code_files_silent_server(unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert(fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof(at)) == 0 &&
		  listen(fd, 16) == 0);
	return fd;
}

Test(init_code_files, an_interrupt_leaves_nothing)
{
	unsigned port = free_port();
	struct code_files t;
	struct oracle_run r;
	int server;

	code_files_open(&t);
	server = code_files_silent_server(port);
	files_put(arena_printf(&t.a, "%s/app/CMakeLists.txt", t.dir),
		  "project(app C)\nfind_package(ZLIB)\nadd_executable(app main.c)\n");
	r = code_files_shell(
		&t, arena_printf(&t.a,
				 "%s/imgbuild --progress=plain --mirror http://127.0.0.1:%u/ "
				 "--cache-dir %s.store init --c app & "
				 "while ! ls .tmp-*/images.json >/dev/null 2>&1; do "
				 "sleep 0.02 && kill -0 $! || exit 9; done; "
				 "kill -TERM $!; wait $!",
				 t.here, port, t.dir));
	cr_expect_eq(r.status, 143, "%d %s", r.status, r.err.p);
	cr_expect(strstr(r.err.p, "imgbuild: interrupted"), "%s", r.err.p);
	cr_expect_str_eq(code_files_list(&t), ".\n./app\n./app/CMakeLists.txt\n./app/main.c\n");
	close(server);
	code_files_close(&t);
}
