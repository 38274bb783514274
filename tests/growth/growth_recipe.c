/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes, source recipes, images.json: each in a repository made for it. */

#include "growth/growth.h"

#include "input/recipe/recipe.h"
#include "input/recipe/recipe_edit.h"
#include "support/fixture_files.h"

#define SIGNER "\"04B54C3CDCA79751B16BC6B5225629DF75B188BD\""
#define ARCHIVES                                                                                     \
	"\"archives\":{\"debian13\":{\"suites\":[{\"codename\":\"trixie\",\"archive\":\"debian\"}]," \
	"\"keyrings\":[\"/usr/share/keyrings/k.gpg\"],\"signers\":[" SIGNER "]}}"
#define IMAGES "{" ARCHIVES "}"
#define TOOLCHAIN "{\"name\":\"c\",\"packages\":[\"gcc\"]}"
#define SOURCE                                                                                                \
	"{\"name\":\"s\",\"debian-source\":\"s\",\"toolchain\":\"toolchain.json\",\"keep\":[\"/usr/bin/s\"]," \
	"\"package\":{\"name\":\"ss\"},\"steps\":[{\"name\":\"m\",\"run\":[\"make\"]}]}"
#define RECIPE                                                                                                \
	"{\"name\":\"r\",\"archive\":\"debian13\",\"components\":[{\"name\":\"c\",\"keep\":[\"/usr/bin/s\"]," \
	"\"providers\":[{\"source\":\"source.json\"}]}]}"

/* The text stands for one of the files. */
static bool recipe_with(struct arena *a, const char *name, struct str text, struct error *e)
{
	static const char *const files[][2] = { { "images.json", IMAGES },
						{ "toolchain.json", TOOLCHAIN },
						{ "source.json", SOURCE },
						{ "parent.json", RECIPE },
						{ "recipe.json", RECIPE } };
	const char *dir = files_temporary(a), *path = arena_printf(a, "%s/recipe.json", dir);
	struct recipe r = { .name = NULL };
	struct platforms platforms = { NULL, 0, 0 };
	struct strings images = { NULL, 0, 0 };
	bool ok;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		files_put(arena_printf(a, "%s/%s", dir, files[i][0]),
			  strcmp(files[i][0], name) == 0 ? str_dup(a, text) : files[i][1]);
	ok = recipe_load_variant(a, path, NULL, &r, e) && recipe_platforms(a, &r, &platforms, e) &&
	     recipe_read_tags(a, &r, e) && recipe_catalogue(a, dir, &images, e);
	if (ok) {
		recipe_request_digest(&r, platform_of_compilers(), 2);
		recipe_for(a, &r, platform_of_compilers());
	}
	files_remove(dir);
	return ok;
}

static bool growth_recipe_run(struct arena *a, struct str input, struct error *e)
{
	return recipe_with(a, "recipe.json", input, e);
}

static bool recipe_run_source(struct arena *a, struct str input, struct error *e)
{
	return recipe_with(a, "source.json", input, e);
}

static bool recipe_run_toolchain(struct arena *a, struct str input, struct error *e)
{
	return recipe_with(a, "toolchain.json", input, e);
}

static bool recipe_run_images(struct arena *a, struct str input, struct error *e)
{
	return recipe_with(a, "images.json", input, e);
}

static bool recipe_run_edit(struct arena *a, struct str input, struct error *e)
{
	const struct edit what = { "last", 0, false, { "depends", "take" }, NULL, "\"new\"" };
	struct str out;
	bool added;

	return edit_add(a, "recipe.json", input, &what, &out, &added, e) && added;
}

#define BEGIN "{\"name\":\"r\",\"archive\":\"debian13\","
#define ONE \
	"\"components\":[{\"name\":\"c\",\"keep\":[\"/usr/bin/s\"],\"providers\":[{\"packages\":[\"a1\"]}]"
#define SOURCE_BEGIN \
	"{\"name\":\"s\",\"debian-source\":\"s\",\"toolchain\":\"toolchain.json\",\"package\":{\"name\":\"ss\"},"
#define SOURCE_STEPS "\"steps\":[{\"name\":\"m\",\"run\":[\"make\"]}]"

#define ZEROS64 "0000000000000000000000000000000000000000000000000000000000000000"

static const struct growth_case recipe_table[] = {
	{ "recipe_load components_read reader_load read_name", "many components", 150,
	  BEGIN "\"components\":[",
	  "{\"name\":\"c#\",\"keep\":[\"/usr/bin/s#\"],\"providers\":[{\"packages\":[\"p#\"]}]},",
	  "]}", .run = growth_recipe_run },
	{ "recipe_load extends_read", "many components beside those of another recipe", 100,
	  "{\"name\":\"r\",\"extends\":\"parent.json\",\"components\":[",
	  "{\"name\":\"c#\",\"keep\":[\"/usr/bin/s#\"],\"providers\":[{\"packages\":[\"p#\"]}]},",
	  "]}", .run = growth_recipe_run },
	{ "recipe_load extends_read", "many links beside those of another recipe", 200,
	  "{\"name\":\"r\",\"extends\":\"parent.json\",\"links\":[",
	  "{\"path\":\"/l#\",\"to\":\"/usr/x\"},", "]}", .run = growth_recipe_run },
	{ "recipe_load_variant recipe_load_with variants_read recipe_read_parts", "many variants",
	  100, BEGIN "\"variants\":{", "\"v#\":{\"config\":{\"user\":\"5\"}},", "}}",
	  .run = growth_recipe_run },
	{ "components_read read_each", "many providers", 400,
	  BEGIN "\"components\":[{\"name\":\"c\",\"keep\":[\"/a\"],"
		"\"providers\":[",
	  "{\"packages\":[\"p#\"]},", "]}]}", .run = growth_recipe_run },
	{ "source_read", "many providers that compile", 200,
	  BEGIN "\"components\":[{\"name\":\"c\",\"keep\":[\"/a\"],"
		"\"providers\":[",
	  "{\"source\":\"source.json\"},", "]}]}", .run = growth_recipe_run },
	{ "download_read", "many providers that download", 200,
	  BEGIN "\"components\":[{\"name\":\"c\",\"keep\":[\"/a\"],"
		"\"providers\":[",
	  "{\"download\":{\"urls\":[\"http://h/f#\"],\"sha256\":\"" ZEROS64
	  "\",\"unpack\":\"tar\",\"version\":\"1.#\",\"to\":\"/opt/d#\"}},",
	  "]}]}", .run = growth_recipe_run },
	{ "source_read_addresses", "many addresses", 600,
	  BEGIN "\"components\":[{\"name\":\"c\",\"keep\":[\"/a\"],\"providers\":[{\"download\":{"
		"\"sha256\":\"" ZEROS64 "\",\"unpack\":\"tar\",\"version\":\"1\",\"urls\":[",
	  "\"http://h/f#\",", "]}}]}]}", .run = growth_recipe_run },
	{ "components_read read_packages", "many packages", 375,
	  BEGIN "\"components\":[{\"name\":\"c\",\"keep\":[\"/a\"],"
		"\"providers\":[{\"packages\":[",
	  "\"p#\",", "]}]}]}", .run = growth_recipe_run },
	{ "components_read read_variable_patterns read_patterns", "many patterns", 375,
	  BEGIN
	  "\"components\":[{\"name\":\"c\",\"providers\":[{\"packages\":[\"a1\"]}],\"keep\":[",
	  "\"/usr/f#/${multiarch}\",", "]}]}", .run = growth_recipe_run },
	{ "components_read", "many dependencies accepted", 600,
	  BEGIN ONE ",\"depends\":{\"accept\":[", "{\"package\":\"p#\",\"reason\":\"x\"},", "]}}]}",
	  .run = growth_recipe_run },
	{ "parts_read read_variable_path read_owner read_mode", "many folders", 150,
	  BEGIN ONE "}],\"dirs\":[", "{\"path\":\"/d#\",\"owner\":\"1:1\",\"mode\":\"0755\"},",
	  "]}", .run = growth_recipe_run },
	{ "parts_read read_links", "many links", 600, BEGIN ONE "}],\"links\":[",
	  "{\"path\":\"/l#\",\"to\":\"/usr/x\"},", "]}", .run = growth_recipe_run },
	{ "parts_read read_account read_id", "many users", 600, BEGIN ONE "}],\"users\":[",
	  "{\"name\":\"u#\",\"uid\":1#,\"gid\":1,\"home\":\"/h\"},", "]}",
	  .run = growth_recipe_run },
	{ "parts_read read_account", "many groups", 600, BEGIN ONE "}],\"groups\":[",
	  "{\"name\":\"g#\",\"gid\":1#},", "]}", .run = growth_recipe_run },
	{ "parts_read read_path", "many files", 150, BEGIN ONE "}],\"files\":[",
	  "{\"from\":\"images.json\",\"to\":\"/f#\"},", "]}", .run = growth_recipe_run },
	{ "parts_read read_reason read_day", "many findings accepted", 150,
	  BEGIN ONE "}],\"audit\":{\"accept\":[",
	  "{\"rule\":\"elf.no-pie\",\"path\":\"/f#\",\"reason\":\"x\",\"until\":\"2030-01-01\"},",
	  "]}}", .run = growth_recipe_run },
	{ "parts_read effects_read", "many effects accepted", 600,
	  BEGIN ONE "}],\"effects\":{\"accept\":[", "{\"package\":\"p#\",\"reason\":\"x\"},", "]}}",
	  .run = growth_recipe_run },
	{ "parts_read", "many libraries", 375, BEGIN ONE "}],\"libraries\":[", "\"p#\",", "]}",
	  .run = growth_recipe_run },
	{ "read_paths", "many files of tests", 150, BEGIN ONE "}],\"tests\":[", "\"images.json\",",
	  "]}", .run = growth_recipe_run },
	{ "config_read read_variables", "many variables", 250, BEGIN ONE "}],\"config\":{\"env\":{",
	  "\"V#\":\"x\",", "}}}", .run = growth_recipe_run },
	{ "config_read", "many labels and ports", 250, BEGIN ONE "}],\"config\":{\"labels\":{",
	  "\"l.~\":\"x\",", "}}}", .run = growth_recipe_run },
	{ "program_read", "many programs", 100, BEGIN "\"programs\":[",
	  "{\"source\":\".\",\"toolchain\":"
	  "\"toolchain.json\",\"to\":\"/usr/bin/p#\"},",
	  "]}", .run = growth_recipe_run },
	{ "source_read", "many steps", 800, SOURCE_BEGIN "\"keep\":[\"/a\"],\"steps\":[",
	  "{\"name\":\"s#\",\"run\":[\"make\",\"x\"]},", "]}", .run = recipe_run_source },
	{ "source_read_steps", "many steps beside others", 500,
	  SOURCE_BEGIN "\"keep\":[\"/a\"],\"steps\":[",
	  "{\"name\":\"s#\",\"run\":[\"make\",\"x\"],\"until\":\"end\"},",
	  ",{\"name\":\"end\",\"run\":[\"make\"]}]}", .run = recipe_run_source },
	{ "source_read", "many packages to build with", 375,
	  SOURCE_BEGIN SOURCE_STEPS ",\"keep\":[\"/a\"],"
				    "\"build-depends\":[",
	  "\"p#\",", "]}", .run = recipe_run_source },
	{ "source_read", "many patterns", 375, SOURCE_BEGIN SOURCE_STEPS ",\"keep\":[",
	  "\"/usr/f#\",", "]}", .run = recipe_run_source },
	{ "source_read", "many variables", 250,
	  SOURCE_BEGIN SOURCE_STEPS ",\"keep\":[\"/a\"],\"env\":{", "\"V#\":\"x\",", "}}",
	  .run = recipe_run_source },
	{ "toolchain_read", "a toolchain of many packages", 375, "{\"name\":\"c\",\"packages\":[",
	  "\"p#\",", "]}", .run = recipe_run_toolchain },
	{ "toolchain_read read_links", "a toolchain of many links", 600,
	  "{\"name\":\"c\",\"packages\":[\"gcc\"],\"links\":[",
	  "{\"path\":\"/l#\",\"to\":\"/usr/x\"},", "]}", .run = recipe_run_toolchain },
	{ "catalogue_archive archive_read", "many suites", 500,
	  "{\"archives\":{\"debian13\":{\"keyrings\":[\"/k\"],"
	  "\"signers\":[" SIGNER "],\"suites\":[{\"codename\":\"trixie\",\"archive\":\"debian\"},",
	  "{\"codename\":\"s#\",\"archive\":\"debian\"},", "]}}}", .run = recipe_run_images },
	{ "catalogue_archive archive_read read_signers", "many signers", 800,
	  "{\"archives\":{\"debian13\":{\"keyrings\":[\"/k\"],"
	  "\"suites\":[{\"codename\":\"trixie\",\"archive\":\"debian\"}],\"signers\":[",
	  "\"04B54C3CDCA79751B16BC6B5225629DF75#\",", "]}}}", .run = recipe_run_images },
	{ "catalogue_archive", "many archives", 150, "{\"archives\":{",
	  "\"a#\":{\"suites\":[{\"codename\":\"trixie\","
	  "\"archive\":\"debian\"}],\"keyrings\":[\"/k\"],\"signers\":[" SIGNER "]},",
	  ",\"debian13\":{\"suites\":[{\"codename\":"
	  "\"trixie\",\"archive\":\"debian\"}],\"keyrings\":[\"/k\"],\"signers\":[" SIGNER "]}}}",
	  .run = recipe_run_images },
	{ "catalogue_archive recipe_read_tags read_platforms", "many images", 200,
	  "{" ARCHIVES ",\"images\":{",
	  "\"i#\":{\"recipe\":\"recipe.json\",\"platforms\":[\"linux/amd64\"]},", "}}",
	  .run = recipe_run_images },
	{ "recipe_read_tags", "many tags", 375,
	  "{" ARCHIVES ",\"images\":{\"i\":{\"recipe\":\"recipe.json\",\"tags\":[", "\"t#\",",
	  "]}}}", .run = recipe_run_images },
	{ "edit_add", "the last of many components", 375, "{\"components\":[", "{\"name\":\"c#\"},",
	  ",{\"name\":\"last\"}]}", .run = recipe_run_edit },
	{ "edit_add", "a list of many", 750,
	  "{\"components\":[{\"name\":\"last\",\"depends\":{\"take\":[", "\"p#\",", "]}}]}",
	  .run = recipe_run_edit },
};
const struct growth_cases growth_recipe_cases = { recipe_table, ARRAY_SIZE(recipe_table) };
