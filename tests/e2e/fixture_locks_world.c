/* SPDX-License-Identifier: Apache-2.0 */
/* A repository over several states of its archive. */

#include "e2e/fixture_locks_world.h"

#include <string.h>
#include <unistd.h>

#include "support/fixture_files.h"

#define CATALOGUE                                                               \
	"{ \"bases\": { \"base\": { \"recipe\": \"base.json\" } },\n"           \
	"  \"images\": { \"base\": { \"recipe\": \"base.json\", \"platforms\":" \
	" [\"linux/amd64\", \"linux/arm64\"] },\n"                              \
	"    \"one\": { \"recipe\": \"one.json\", \"platforms\":"               \
	" [\"linux/amd64\", \"linux/arm64\"] },\n"                              \
	"    \"two\": { \"recipe\": \"two.json\", \"platforms\": [\"linux/amd64\"] } },\n%s"
#define BASE                                                                                  \
	"{ \"name\": \"base\", \"archive\": \"mini\", \"components\": [ { \"name\": \"lib\"," \
	" \"providers\": [ { \"packages\": [\"libcap\"] } ] } ] }"

const char *locks_world_file(struct locks_world *w, const char *name)
{
	return arena_printf(&w->a, "%s/repository/%s", w->m.dir, name);
}

void locks_world_open(struct locks_world *w)
{
	static const char *const names[] = { "base.lock.json", "base.arm64.lock.json",
					     "one.lock.json", "one.arm64.lock.json",
					     "two.lock.json" };
	const char *catalogue;

	*w = (struct locks_world){ 0 };
	minirepo_open(&w->m, &w->a);
	catalogue = locks_world_file(w, "images.json");
	files_put(catalogue, arena_printf(&w->a, CATALOGUE, files_get(&w->a, catalogue) + 1));
	w->base = locks_world_file(w, "base.json");
	w->one = locks_world_file(w, "one.json");
	w->two = locks_world_file(w, "two.json");
	files_put(w->base, BASE);
	files_put(w->one, arena_printf(&w->a, LOCKS_WORLD_RECIPE, "one", ""));
	files_put(w->two, arena_printf(&w->a, LOCKS_WORLD_RECIPE, "two", ""));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		w->locks[i] = locks_world_file(w, names[i]);
}

void locks_world_close(struct locks_world *w)
{
	minirepo_close(&w->m);
	arena_free(&w->a);
}

bool locks_world_says(struct str text, const char *part)
{
	return strstr(text.p, part) != NULL;
}

const char *locks_world_version(struct locks_world *w, const char *lock, const char *package)
{
	const char *key = arena_printf(&w->a, "\"name\": \"%s\",\n      \"version\": \"", package);
	const char *at = access(lock, F_OK) == 0 ? strstr(files_get(&w->a, lock), key) : NULL;

	return at ? arena_strndup(&w->a, at + strlen(key), strcspn(at + strlen(key), "\"")) : "-";
}

void locks_world_publish(struct locks_world *w, const struct locks_world_state *v, int hours_ago)
{
	minirepo_forget(&w->m);
	minirepo_package(&w->m, &(struct minirepo_package){ "app", v->app, "libapp1, libcap", false,
							    "app-src", NULL });
	minirepo_package(&w->m, &(struct minirepo_package){ "libapp1", v->libapp, v->libapp_needs,
							    false, "app-src", NULL });
	minirepo_package(&w->m,
			 &(struct minirepo_package){ .name = "libcap", .version = v->libcap });
	minirepo_package(&w->m, &(struct minirepo_package){ .name = "libmore", .version = "1" });
	if (v->tool)
		minirepo_package(&w->m, &(struct minirepo_package){ .name = "libdeflate0",
								    .version = v->tool });
	minirepo_publish(&w->m, hours_ago);
}
