/* SPDX-License-Identifier: Apache-2.0 */
/* The table of the options that every verb takes. */

#include "cli/common_options.h"

#include <stdlib.h>

#define JOBS_MAX 1024

static const char *const progress_modes[] = {
	[PROGRESS_AUTO] = "auto", [PROGRESS_PLAIN] = "plain", [PROGRESS_TTY] = "tty",
	[PROGRESS_JSON] = "json", [PROGRESS_QUIET] = "quiet", NULL,
};

static bool jobs_read(struct arena *a, const char *option, const char *value, void *target,
		      struct error *e)
{
	uint64_t n;

	(void)a;
	if (!str_u64(str_of(value), &n) || n < 1 || n > JOBS_MAX)
		return err_set(e, ERR_USAGE, "%s takes a number from 1 to %d, not \"%s\"", option,
			       JOBS_MAX, value);
	*(unsigned *)target = (unsigned)n;
	return true;
}

const struct option_row common_options[] = {
	{ "--cache-dir", 0, "DIR", "the store", OPTION_IS_TEXT(struct cli, cache_dir),
	  .word = WORD_FOLDER,
	  .otherwise = "$IMGBUILD_CACHE_DIR, $XDG_CACHE_HOME/imgbuild, ~/.cache/imgbuild" },
	{ "--mirror", 0, "[ARCHIVE=]URL",
	  "a Debian mirror, or that of another archive (debian-security); repeatable",
	  OPTION_IS_LIST(struct cli, mirrors) },
	{ "--locked", 0, NULL, "the lock must be there and answer the recipe",
	  OPTION_IS_FLAG(struct cli, locked) },
	{ "--offline", 0, NULL, "no network", OPTION_IS_FLAG(struct cli, offline) },
	{ "--frozen", 0, NULL, "--locked and --offline", OPTION_IS_FLAG(struct cli, frozen) },
	{ "--jobs", 'j', "N", "use N processors", OPTION_IS_READ(struct cli, jobs, jobs_read),
	  .otherwise = "all" },
	{ "--progress", 0, "MODE", "how progress is shown",
	  OPTION_IS_CHOICE(struct cli, progress_mode, progress_modes),
	  .otherwise = "$IMGBUILD_PROGRESS, else auto" },
	{ "--quiet", 'q', NULL, "as --progress quiet: warnings only",
	  OPTION_IS_FLAG(struct cli, quiet), .excludes = "--progress" },
	{ "--json", 0, NULL, "results as JSON", OPTION_IS_FLAG(struct cli, json) },
	{ "--explain", 0, NULL, "say why each step was done or reused",
	  OPTION_IS_FLAG(struct cli, explain) },
	{ "--timing", 0, NULL, "say at the end where the time went",
	  OPTION_IS_FLAG(struct cli, timing) },
	{ "--trace", 0, "FILE", "write where the time went for Chrome's tracing or Perfetto",
	  OPTION_IS_TEXT(struct cli, trace), .word = WORD_FILE },
	{ "--help", 'h', NULL, "help for imgbuild or for one verb",
	  OPTION_IS_FLAG(struct cli, help) },
	{ "--version", 'V', NULL, "print the version", OPTION_IS_FLAG(struct cli, version) },
	{ NULL },
};

bool common_progress(const struct cli *c, enum progress_mode *mode, struct error *e)
{
	const char *name = getenv("IMGBUILD_PROGRESS");
	int found = PROGRESS_AUTO;

	if (c->quiet)
		found = PROGRESS_QUIET;
	else if (c->progress_mode)
		found = (int)c->progress_mode - 1;
	else if (name && *name)
		found = option_choice("$IMGBUILD_PROGRESS", name, progress_modes, e);
	*mode = found < 0 ? PROGRESS_AUTO : (enum progress_mode)found;
	return found >= 0;
}

bool platforms_read(struct arena *a, const char *option, const char *value, void *target,
		    struct error *e)
{
	(void)option;
	return platforms_parse(a, value, target, e);
}

void platforms_default(struct cli *c, struct platforms *out)
{
	if (out->n == 0)
		*list_push(c->a, out) = platform_of_compilers();
}
