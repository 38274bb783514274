/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_cache_world.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "support/fixture_files.h"
#include "support/fixture_keypair.h"
#include "support/fixture_workshop.h"
#include "support/gen_deb.h"

#define RECIPE                                                                           \
	"{ \"name\": \"mini\", \"archive\": \"mini\",\n"                                 \
	"  \"components\": [ { \"name\": \"thing\", \"providers\": [\n"                  \
	"    { \"source\": \"sources/thing.json\" } ] } ],\n"                            \
	"  \"config\": { \"user\": \"1000:0\", \"env\": { \"PATH\": \"/usr/bin\" } },\n" \
	"  \"audit\": { \"policy\": \"report-only\" } }\n"
#define SOURCE                                                                          \
	"{ \"name\": \"thing\", \"folder\": \"../code\", \"version\": \"1\",\n"         \
	"  \"toolchain\": \"../toolchain/t.json\",\n"                                   \
	"  \"steps\": [ { \"name\": \"make\", \"run\": [\"/usr/bin/tool\", \"args\",\n" \
	"    \"${destdir}/usr/bin/thing\", \"compiled\"] } ],\n"                        \
	"  \"keep\": [\"/usr/bin/thing\"] }\n"

/* The compiler, as a package of the archive. */
static void cache_world_add_tool(struct cache_world *w)
{
	static const char stanza[] = "Package: tool\nVersion: 1.0-1\nArchitecture: amd64\n";
	const char *path = "pool/main/tool_1.0-1_amd64.deb";
	struct buf data = { .a = w->a };
	struct digest digest;
	struct str deb;

	debgen_tar_dir(&data, "./usr/");
	debgen_tar_dir(&data, "./usr/bin/");
	debgen_tar_entry(&data, &(struct debgen_entry){ .name = "./usr/bin/tool",
							.mode = 0755,
							.content = workshop_tool(w->a, w->m.dir) });
	debgen_tar_end(&data);
	deb = debgen_deb(w->a, &(struct debgen_deb){
				       .data = buf_str(&data),
				       .control = arena_printf(w->a, "%sDescription: for tests\n",
							       stanza) });
	digest = digest_of(deb);
	buf_printf(&w->m.packages, "%sFilename: %s\nSize: %zu\nSHA256: %s\n\n", stanza, path, deb.n,
		   digest_hex_dup(w->a, &digest));
	archivegen_bytes(&w->m.archive, path, deb);
}

const char *cache_world_path(struct cache_world *w, const char *name)
{
	return arena_printf(w->a, "%s/%s", w->m.dir, name);
}

void cache_world_key(struct cache_world *w, const char *name)
{
	keypair_make(w->a, w->m.dir, name, false);
}

void cache_world_open_with(struct cache_world *w, struct arena *a,
			   const struct minirepo_package *more, size_t n)
{
	*w = (struct cache_world){ .a = a };
	minirepo_open(&w->m, a);
	minirepo_forget(&w->m);
	cache_world_add_tool(w);
	for (size_t i = 0; i < n; i++)
		minirepo_package(&w->m, &more[i]);
	minirepo_publish(&w->m, 4);
	files_put(w->m.recipe, RECIPE);
	files_put(cache_world_path(w, "repository/sources/thing.json"), SOURCE);
	files_put(cache_world_path(w, "repository/code/main.c"), "a program\n");
	files_put(cache_world_path(w, "repository/toolchain/t.json"),
		  "{ \"name\": \"t\", \"packages\": [\"tool\"] }\n");
	cache_world_key(w, "ann");
	w->pem = cache_world_path(w, "ann.pem");
	w->pub = cache_world_path(w, "ann.pub");
}

void cache_world_open(struct cache_world *w, struct arena *a)
{
	cache_world_open_with(w, a, NULL, 0);
}

void cache_world_close(struct cache_world *w)
{
	minirepo_close(&w->m);
}

static const char *cache_world_store(struct cache_world *w, const char *machine)
{
	return arena_printf(w->a, "%s/store-%s", w->m.dir, machine);
}

struct oracle_run cache_world_build(struct cache_world *w, const char *machine,
				    const char *const *words)
{
	struct strings argv = { 0 };

	*list_push(w->a, &argv) = minirepo_program;
	*list_push(w->a, &argv) = "--progress=plain";
	*list_push(w->a, &argv) = "--cache-dir";
	*list_push(w->a, &argv) = cache_world_store(w, machine);
	*list_push(w->a, &argv) = w->m.recipe;
	*list_push(w->a, &argv) = "-o";
	*list_push(w->a, &argv) = arena_printf(w->a, "%s/out/%s", w->m.dir, machine);
	while (*words)
		*list_push(w->a, &argv) = *words++;
	*list_push(w->a, &argv) = NULL;
	return oracle_run(w->a, argv.v);
}

const char *cache_world_digest(struct cache_world *w, const char *machine, const char *const *words,
			       struct oracle_run *run)
{
	struct oracle_run r = cache_world_build(w, machine, words);
	const char *at = strstr(r.out.p, "sha256:");

	cr_assert(r.status == 0 && at, "%d: %s%s", r.status, r.out.p, r.err.p);
	if (run)
		*run = r;
	return arena_strndup(w->a, at, strlen("sha256:") + DIGEST_HEX);
}

bool cache_world_compiled(struct cache_world *w, const char *machine)
{
	const char *roots = arena_printf(w->a, "%s/roots", cache_world_store(w, machine));

	return access(roots, F_OK) == 0 && files_below(w->a, roots, "tool").n > 0;
}

void cache_world_forget(struct cache_world *w, const char *machine)
{
	files_remove(cache_world_store(w, machine));
	files_remove(arena_printf(w->a, "%s/out/%s", w->m.dir, machine));
}
