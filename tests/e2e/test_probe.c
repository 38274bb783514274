/* SPDX-License-Identifier: Apache-2.0 */
/* The health check of a recipe outside this repository, from its line to what podman says. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "e2e/fixture_image.h"
#include "e2e/fixture_podman.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

/* Answers 200 on port 8080, and 503 to whoever asks for /bad. */
static const char probe_server[] =
	"#include <netinet/in.h>\n#include <string.h>\n#include <sys/socket.h>\n#include <unistd.h>\n"
	"int main(void)\n{\n"
	"	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(8080) };\n"
	"	int c, s = socket(AF_INET, SOCK_STREAM, 0);\n"
	"	char buf[4096] = \"\";\n"
	"	if (bind(s, (struct sockaddr *)&a, sizeof a) != 0 || listen(s, 8) != 0)\n"
	"		return 1;\n"
	"	while ((c = accept(s, NULL, NULL)) >= 0) {\n"
	"		const char *t = \"HTTP/1.1 200 OK\\r\\n\\r\\n\";\n"
	"		if (read(c, buf, sizeof buf - 1) > 0 && strncmp(buf, \"GET /bad\", 8) == 0)\n"
	"			t = \"HTTP/1.1 503 Not Today\\r\\n\\r\\n\";\n"
	"		if (write(c, t, strlen(t)) < 0)\n			return 1;\n"
	"		close(c);\n	}\n	return 1;\n}\n";

static const char probe_recipe[] =
	"{ \"name\": \"app\", \"base\": \"cc-debian13\",\n"
	"  \"programs\": [ { \"source\": \"server\", \"toolchain\": \"c\", \"to\": \"/usr/bin/server\" } ],\n"
	"  \"config\": { \"entrypoint\": [\"/usr/bin/server\"], \"user\": \"65532:65532\",\n"
	"    \"healthcheck\": { \"probe\": [\"http://127.0.0.1:8080%s\", \"process:server\"],\n"
	"      \"interval\": \"1h\", \"timeout\": \"5s\" } } }\n";

/* Builds the recipe with this path, loads it and starts it; its check has to end with `status`, and
 * podman to tell the text of it. */
static void probe_run_check(struct arena *a, const struct podman *p, const char *dir,
			    const char *path, int status, const char *text)
{
	const char *recipe = arena_printf(a, "%s/app.json", dir);
	const char *tar = arena_printf(a, "%s/app.tar", dir), *state;
	struct test_patience patience = PATIENCE;
	struct oracle_run r;
	bool good;

	files_put(recipe, arena_printf(a, probe_recipe, path));
	r = IMGBUILD(a, "--progress=plain", recipe, "-o", arena_printf(a, "%s/out", dir),
		     "--archive", tar);
	cr_assert_eq(r.status, 0, "%s%s", r.out.p, r.err.p);
	PODMAN_MUST(p, "load", "--input", tar);
	PODMAN_MUST(p, "run", "--detach", "--replace", "--network=none", "--read-only",
		    "--name=app", "localhost/app:latest");
	do { /* the server may have yet to listen */
		r = PODMAN(p, "healthcheck", "run", "app");
		state = PODMAN_MUST(p, "inspect", "--format", "{{json .State}}", "app").p;
		good = r.status == status && strstr(state, text);
	} while (!good && patience_left(&patience));
	cr_expect(good, "%d: %s%s%s", r.status, r.out.p, r.err.p, state);
}

Test(probe, podman_asks_the_program_that_the_recipe_names, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	const char *dir = files_temporary(&a), *root;
	struct podman p;
	struct oracle_run r;
	struct stat st;

	podman_open(&p, &a);
	files_put(arena_printf(&a, "%s/server/main.c", dir), probe_server);
	files_put(arena_printf(&a, "%s/images.json", dir), "{}\n");
	probe_run_check(&a, &p, dir, "/health", 0, "\"healthy\"");
	root = image_unpack(&a, dir, arena_printf(&a, "%s/out", dir), "app");
	cr_assert_eq(stat(arena_printf(&a, "%s/usr/local/bin/probe", root), &st), 0);
	cr_expect_lt(st.st_size, 200000);
	r = PODMAN(&p, "exec", "app", "/usr/local/bin/probe", "tcp://127.0.0.1:1");
	cr_expect_eq(r.status, 1);
	cr_expect(strstr(r.err.p, "probe: tcp://127.0.0.1:1: cannot connect: Connection refused"),
		  "%s", r.err.p);
	r = PODMAN(&p, "exec", "app", "/usr/local/bin/probe", "http://example.org/");
	cr_expect_eq(r.status, 2, "%s", r.err.p);

	probe_run_check(&a, &p, dir, "/bad", 1, "the answer is 503 Not Today");
	podman_close(&p);
	files_remove(dir);
}
