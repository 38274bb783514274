/* SPDX-License-Identifier: Apache-2.0 */
/* cache_dir, seen from the disk. */

#include "entrypoint/cache.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/text.h"
#include "entrypoint/dirs.h"
#include "entrypoint/tool.h"

/* A network file system takes its time for 4096 directories. */
static const struct tool_limit create_limit = { .quiet_ms = 120000, .busy_ms = 120000 };

enum cache_fit cache_size_fit(unsigned long long mb, unsigned long long total_mb)
{
	unsigned long long overhead = total_mb / 10 < 5120 ? total_mb / 10 : 5120;
	unsigned long long usable = total_mb - overhead;

	if (mb > usable)
		return CACHE_TOO_BIG;
	return mb < usable * 6 / 10 ? CACHE_UNDERUSED : CACHE_FITS;
}

static void check_size(struct supervisor *s, const struct conf_cache *c)
{
	struct statvfs fs;
	unsigned long long total;

	if (statvfs(c->path, &fs) != 0 || fs.f_frsize == 0)
		return;
	total = (unsigned long long)fs.f_blocks * fs.f_frsize >> 20;
	switch (cache_size_fit(c->mb, total)) {
	case CACHE_TOO_BIG:
		log_warn(&s->log, "Cache size %llu MB may fill the disk of %llu MB at %s", c->mb,
			 total, c->path);
		break;
	case CACHE_UNDERUSED:
		log_warn(&s->log, "Cache size %llu MB uses little of the disk of %llu MB at %s",
			 c->mb, total, c->path);
		break;
	case CACHE_FITS:
		log_info(&s->log, "Cache size %llu MB fits the disk of %llu MB at %s", c->mb, total,
			 c->path);
		break;
	}
}

bool cache_is_complete(const struct conf_cache *c)
{
	char path[CONF_PATH + 32];
	struct stat st;

	if (strcmp(c->type, "rock") == 0) {
		snprintf(path, sizeof path, "%s/rock", c->path);
		return stat(path, &st) == 0 && S_ISREG(st.st_mode);
	}
	snprintf(path, sizeof path, "%s/%02X/%02X", c->path, c->l1 - 1, c->l2 - 1);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool cache_check_one(struct supervisor *s, const struct conf_cache *c)
{
	int cause;

	log_info(&s->log, "init-squid: Found cache_dir directive: %s", c->path);
	cause = dirs_write_error(c->path);
	if (cause == ENOENT && dirs_make(c->path) == 0)
		cause = 0;
	if (cause == ENOENT)
		return supervisor_fail(
			s,
			"cache_dir directive found in squid.conf but volume not mounted: "
			"%s",
			c->path);
	if (cause != 0) {
		supervisor_fail(s, "Cache directory not writable: %s (UID %u): %s", c->path,
				(unsigned)getuid(), strerror(cause));
		supervisor_fail(s,
				"cache_dir directive found in squid.conf but volume not writable");
		return supervisor_fail(s, "Fix volume permissions or remove cache_dir from config "
					  "for pure proxy mode");
	}
	log_info(&s->log, "init-squid: Cache volume validated: %s", c->path);
	log_info(&s->log, "init-squid: Using persistent cache: %s", c->path);
	check_size(s, c);
	return true;
}

static bool cache_create(struct supervisor *s)
{
	char path[CONF_PATH], conf[CONF_PATH], z[] = "-z", n[] = "-N", f[] = "-f", why[128];
	char *argv[] = { path, z, n, f, conf, NULL };
	enum tool_end end;

	text_copy(path, sizeof path, s->paths->squid, strlen(s->paths->squid));
	text_copy(conf, sizeof conf, s->paths->wrapper, strlen(s->paths->wrapper));
	log_info(&s->log, "init-squid: Initializing Squid cache directories...");
	end = tool_run(s, argv, create_limit, tool_line, s);
	if (end == TOOL_STOPPED)
		return false;
	if (!tool_succeeded(s, end))
		return supervisor_fail(s, "Failed to initialize cache directories: %s -z: %s%s",
				       path, tool_ending(s, end, why, sizeof why), s->said);
	log_info(&s->log, "init-squid: Cache initialization complete");
	return true;
}

bool cache_prepare(struct supervisor *s)
{
	bool complete = true;

	log_info(&s->log, "init-squid: Starting Squid initialization (UID %u)", (unsigned)getuid());
	for (size_t i = 0; i < s->conf.n_caches; i++) {
		if (!cache_check_one(s, &s->conf.caches[i]))
			return false;
		complete &= cache_is_complete(&s->conf.caches[i]);
	}
	if (s->conf.n_caches == 0)
		log_info(&s->log, "init-squid: No cache_dir directive found - "
				  "running in pure proxy mode (no caching)");
	else if (complete)
		log_info(&s->log, "init-squid: Cache already initialized");
	else if (!cache_create(s))
		return false;
	log_info(&s->log, "init-squid: Log volume validated: %s", s->paths->log_dir);
	log_info(&s->log, "init-squid: Initialization complete");
	return true;
}
