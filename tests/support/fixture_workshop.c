/* SPDX-License-Identifier: Apache-2.0 */
/* Builds the toolchain's package with debgen, so that the whole compile stage runs on it. */

#include "support/fixture_workshop.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/gen_deb.h"

static struct workshop *workshop_of(struct progress *p)
{
	return (struct workshop *)((char *)p - offsetof(struct workshop, progress));
}

static void workshop_say(struct progress *p, const char *text)
{
	struct workshop *w = workshop_of(p);

	pthread_mutex_lock(&w->saying);
	buf_printf(&w->said, "%s\n", text);
	pthread_mutex_unlock(&w->saying);
}

static void workshop_begin(struct progress *p, const char *id, const char *text)
{
	(void)text;
	if (strcmp(id, "toolchain") == 0)
		atomic_fetch_add(&workshop_of(p)->toolchains, 1);
}

static void workshop_end(struct progress *p, const char *id, const char *text, bool cached)
{
	(void)p;
	(void)id;
	(void)text;
	(void)cached;
}

static void workshop_advance(struct progress *p, const char *id, uint64_t current, uint64_t total)
{
	(void)p;
	(void)id;
	(void)current;
	(void)total;
}

struct str workshop_tool(struct arena *a, const char *dir)
{
	const char *out = arena_printf(a, "%s/tool", dir);
	pid_t pid = fork();
	struct error e = { 0 };
	struct str bytes;
	int status;

	if (pid == 0) {
		execlp("gcc", "gcc", "-std=gnu17", "-D_GNU_SOURCE", "-O1", "-static", "-s", "-o",
		       out, "tests/make/compile/tool/fake_toolchain.c", NULL);
		_exit(127);
	}
	cr_assert(waitpid(pid, &status, 0) == pid && status == 0, "gcc -static failed");
	cr_assert(io_read_file(a, AT_FDCWD, out, 64 << 20, &bytes, &e));
	return bytes;
}

void workshop_deb(struct workshop *w, const char *name, const char *architecture, const char *role,
		  struct str data)
{
	struct locked_package *p = list_push(&w->depot.a, &w->lock.packages);
	struct error e = { 0 };
	struct str deb;

	deb = debgen_deb(&w->depot.a,
			 &(struct debgen_deb){
				 .control =
					 arena_printf(&w->depot.a,
						      "Package: %s\nVersion: 1\nArchitecture: %s\n"
						      "Description: for tests\n",
						      name, architecture),
				 .data = data,
				 .suffix = "" });
	*p = (struct locked_package){ .name = name,
				      .version = "1",
				      .architecture = architecture,
				      .source = name,
				      .source_version = "1",
				      .depends = "",
				      .why = "asked for by a test" };
	p->file.name = p->file.path = arena_printf(&w->depot.a, "%s_1_%s.deb", name, architecture);
	cr_assert(store_put_bytes(&w->depot.store, deb, &p->file.sha256, &e));
	p->file.size = deb.n;
	*list_push(&w->depot.a, &p->roles) = role;
}

void workshop_package(struct workshop *w, const char *name, const char *role)
{
	struct buf data = { .a = &w->depot.a };

	debgen_tar_dir(&data, "./usr/");
	debgen_tar_dir(&data, "./usr/bin/");
	debgen_tar_entry(&data, &(struct debgen_entry){
					.name = arena_printf(&w->depot.a, "./usr/bin/%s", name),
					.mode = 0755,
					.content = workshop_tool(&w->depot.a, w->depot.dir) });
	debgen_tar_end(&data);
	workshop_deb(w, name, "amd64", role, buf_str(&data));
}

void workshop_open(struct workshop *w)
{
	*w = (struct workshop){ .progress = { NULL, workshop_begin, workshop_end, workshop_advance,
					      workshop_say, workshop_say },
				.saying = PTHREAD_MUTEX_INITIALIZER };
	depot_open(&w->depot);
	w->said.a = &w->words;
	w->options.explain = true;
	w->lock.file = "thing.lock.json";
	w->lock.architecture = "amd64";
	w->toolchain.name = "t";
	w->sources = arena_printf(&w->depot.a, "%s/thing", w->depot.dir);
	files_put(arena_printf(&w->depot.a, "%s/main.c", w->sources), "first");
	w->source = (struct source_recipe){ .name = "thing",
					    .file = "thing.json",
					    .toolchain = &w->toolchain };
	w->source.limits = (struct limits){ 60, 512, 64, 64 };
	*list_push(&w->depot.a, &w->source.trees) = w->sources;
	workshop_package(w, "tool", "toolchain:t");
}

void workshop_close(struct workshop *w)
{
	arena_free(&w->words);
	depot_close(&w->depot);
}

void workshop_step(struct workshop *w, const char *name, const char *const *words)
{
	struct step *step = list_push(&w->depot.a, &w->source.steps);

	step->name = name;
	*list_push(&w->depot.a, &step->run) = "/usr/bin/tool";
	for (; *words; words++)
		*list_push(&w->depot.a, &step->run) = *words;
}

bool workshop_compile(struct workshop *w, unsigned jobs, struct fragment *out, const char **text,
		      enum err_kind *kind)
{
	AUTO_DECODER decoder = DECODER_INIT;
	struct compile_request rq = { .store = &w->depot.store,
				      .lock = &w->lock,
				      .source = &w->source,
				      .options = &w->options,
				      .progress = &w->progress,
				      .decoder = &decoder,
				      .workplace = w->workplace };
	char *message = arena_alloc(&w->depot.a, 2048);
	struct error e = { 0 };
	bool ok;

	decoder_open(&decoder, &w->depot.store, &w->progress);
	w->options.jobs = jobs;
	w->said.n = 0;
	ok = compile_source(&w->depot.a, &rq, out, &e);
	message[0] = '\0';
	if (!ok)
		err_format(&e, message, 2048);
	*text = message;
	*kind = e.kind;
	return ok;
}

struct str workshop_file(struct workshop *w, const struct fragment *f, const char *path)
{
	for (size_t i = 0; i < f->nodes.n; i++) {
		const struct node *n = &f->nodes.v[i];
		struct error e = { 0 };
		AUTO_MAPPING m = { 0 };

		if (n->type != NODE_FILE || strcmp(n->path, path) != 0)
			continue;
		cr_assert(node_map(n, &m, &e));
		return str_copy(&w->depot.a, m.bytes);
	}
	return (struct str){ "", 0 };
}
