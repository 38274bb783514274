/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: bytes in the place of a repository's recipe, source recipe, toolchain, parent or
 * images.json; the first byte says of which. */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "input/recipe/recipe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const recipe_files[][2] = {
	{ "recipe.json",
	  "{\"extends\":\"parent.json\",\"name\":\"r\",\"components\":[{\"name\":\"d\","
	  "\"keep\":[\"/usr/bin/s\"],\"providers\":[{\"source\":\"source.json\"}]}]}" },
	{ "parent.json", "{\"name\":\"p\",\"archive\":\"debian13\",\"components\":[{\"name\":\"c\","
			 "\"providers\":[{\"packages\":[\"cc\"]}]}]}" },
	{ "source.json", "{\"name\":\"s\",\"debian-source\":\"s\",\"toolchain\":\"toolchain.json\","
			 "\"keep\":[\"/usr/bin/s\"],\"package\":{\"name\":\"ss\"},"
			 "\"steps\":[{\"name\":\"m\",\"run\":[\"make\"]}]}" },
	{ "toolchain.json", "{\"name\":\"c\",\"packages\":[\"gcc\"]}" },
	{ "images.json", "{\"archives\":{\"debian13\":{\"suites\":[{\"codename\":\"trixie\","
			 "\"archive\":\"debian\"}],\"keyrings\":[\"/usr/share/keyrings/k.gpg\"],"
			 "\"signers\":[\"04B54C3CDCA79751B16BC6B5225629DF75B188BD\"]}},"
			 "\"images\":{\"r\":{\"recipe\":\"recipe.json\"}}}" },
};

static void fuzz_recipe_put(int dir, size_t file, struct str text)
{
	AUTO_FD fd = openat(dir, recipe_files[file][0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			    0600);
	struct error e = { 0 };

	if (fd < 0 || !fd_write(fd, text, recipe_files[file][0], &e))
		abort();
}

static void fuzz_recipe_remove(int dir, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(recipe_files); i++)
		unlinkat(dir, recipe_files[i][0], 0);
	rmdir(path);
}

static int fuzz_recipe_folder(char *path, size_t n)
{
	struct error e = { 0 };
	int dir;

	snprintf(path, n, "/tmp/fuzz_recipe.%d", (int)getpid());
	if (!file_mkdirs(AT_FDCWD, path, &e))
		abort();
	dir = file_open_dir(AT_FDCWD, path, &e);
	if (dir < 0)
		abort();
	return dir;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[64];
	AUTO_FD dir = fuzz_recipe_folder(path, sizeof(path));
	AUTO_ARENA a = { 0 };
	struct recipe r = { .name = NULL };
	struct platforms platforms = { NULL, 0, 0 };
	struct strings images = { NULL, 0, 0 };
	struct error e = { 0 };
	size_t which = size ? data[0] % ARRAY_SIZE(recipe_files) : 0;

	for (size_t i = 0; i < ARRAY_SIZE(recipe_files); i++)
		fuzz_recipe_put(dir, i, str_of(recipe_files[i][1]));
	if (size)
		fuzz_recipe_put(dir, which, (struct str){ (const char *)data + 1, size - 1 });
	if (recipe_load(&a, arena_printf(&a, "%s/recipe.json", path), &r, &e) &&
	    recipe_platforms(&a, &r, &platforms, &e) && recipe_read_tags(&a, &r, &e) &&
	    recipe_catalogue(&a, path, &images, &e)) {
		recipe_request_digest(&r, platform_of_compilers(), 2);
		recipe_for(&a, &r, platform_of_compilers());
	} else if ((e.kind != ERR_INPUT && e.kind != ERR_SYSTEM) || !e.cause[0]) {
		abort();
	}
	fuzz_recipe_remove(dir, path);
	return 0;
}
