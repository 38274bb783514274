/* SPDX-License-Identifier: Apache-2.0 */
/* Creating the database beside its place and renaming it, so that it is never there in part. */

#include "entrypoint/ssl_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"
#include "entrypoint/dirs.h"
#include "entrypoint/remove.h"
#include "entrypoint/ssl_db_check.h"
#include "entrypoint/tool.h"

#define DEFAULT_SIZE "4MB"

static const struct tool_limit create_limit = { .quiet_ms = 30000, .busy_ms = 30000 };

/* Everything that is known about the database of this configuration. */
struct ssl_db {
	char dir[CONF_PATH], parent[CONF_PATH], certgen[CONF_PATH];
	const char *size;
};

static bool find_certgen(struct supervisor *s, struct ssl_db *db)
{
	const char *const places[] = { s->conf.certgen, s->paths->certgen[0],
				       s->paths->certgen[1] };

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		if (places[i][0] == '\0' || access(places[i], X_OK) != 0)
			continue;
		log_info(&s->log, "init-squid: Found security_file_certgen at %s", places[i]);
		return text_copy(db->certgen, sizeof db->certgen, places[i], strlen(places[i]));
	}
	return supervisor_fail(s, "security_file_certgen not found in: %s%s%s, %s", s->conf.certgen,
			       s->conf.certgen[0] != '\0' ? ", " : "", s->paths->certgen[0],
			       s->paths->certgen[1]);
}

static bool create_in(struct supervisor *s, struct ssl_db *db, char *dir)
{
	char c[] = "-c", opt_s[] = "-s", opt_m[] = "-M", size[32], why[128];
	char *argv[] = { db->certgen, c, opt_s, dir, opt_m, size, NULL };
	enum tool_end end;

	snprintf(size, sizeof size, "%s", db->size);
	remove_tree(dir);
	end = tool_run(s, argv, create_limit, tool_line, s);
	if (end == TOOL_STOPPED)
		return false;
	if (!tool_succeeded(s, end))
		return supervisor_fail(s, "Failed to create SSL certificate database: %s -c: %s%s",
				       db->certgen, tool_ending(s, end, why, sizeof why), s->said);
	return true;
}

/* Group permissions, for a container that comes back under another UID. */
static void open_to_group(struct supervisor *s, const char *dir)
{
	static const char *const parts[] = { ".", "certs", "size", "index.txt" };
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	for (size_t i = 0; fd >= 0 && i < sizeof parts / sizeof parts[0]; i++)
		if (fchmodat(fd, parts[i], i < 2 ? 0770 : 0660, 0) != 0)
			log_debug(&s->log, "chmod %s/%s: %s", dir, parts[i], strerror(errno));
	if (fd >= 0)
		close(fd);
}

static bool ssl_db_create(struct supervisor *s, struct ssl_db *db)
{
	char dir[CONF_PATH + 16];
	bool ok;

	snprintf(dir, sizeof dir, "%s.new", db->dir);
	log_info(&s->log, "init-squid: Creating SSL certificate database...");
	ok = create_in(s, db, dir);
	if (ok) {
		open_to_group(s, dir);
		ok = rename(dir, db->dir) == 0 ||
		     supervisor_fail(s, "Failed to create SSL certificate database: %s: %s",
				     db->dir, strerror(errno));
	}
	if (!ok) {
		remove_tree(dir);
		return false;
	}
	log_info(&s->log, "init-squid: SSL certificate database created successfully");
	return true;
}

/* Keeps the broken one for inspection; only the newest, or a volume would fill up. */
static bool set_aside(struct supervisor *s, struct ssl_db *db, enum ssl_db_fault fault)
{
	char aside[CONF_PATH + 32];

	remove_siblings(db->dir, ".bad-*");
	snprintf(aside, sizeof aside, "%s.bad-%lld", db->dir, (long long)time(NULL));
	if (rename(db->dir, aside) != 0)
		return supervisor_fail(s,
				       "SSL certificate database %s is broken (%s) and cannot be "
				       "moved away: %s",
				       db->dir, ssl_db_fault_name(fault), strerror(errno));
	log_warn(&s->log,
		 "SSL certificate database %s is broken (%s): moved to %s, making a new one",
		 db->dir, ssl_db_fault_name(fault), aside);
	return true;
}

/* Without a database the helper makes each certificate anew: slower, but it works. */
static bool do_without(struct supervisor *s, const struct ssl_db *db, int cause)
{
	log_warn(&s->log,
		 "SSL certificate database directory %s is not writable (UID: %u, GID: %u): %s; "
		 "certificates are not kept",
		 db->parent, (unsigned)getuid(), (unsigned)getgid(), strerror(cause));
	snprintf(s->sslcrtd, sizeof s->sslcrtd, "%s", db->certgen);
	return true;
}

static bool ssl_db_describe(struct supervisor *s, struct ssl_db *db)
{
	const char *dir = s->conf.ssl_db[0] != '\0' ? s->conf.ssl_db : s->paths->ssl_db;
	size_t n = strlen(dir);
	char *slash;

	while (n > 1 && dir[n - 1] == '/')
		n--;
	text_copy(db->dir, sizeof db->dir, dir, n);
	text_copy(db->parent, sizeof db->parent, dir, n);
	slash = strrchr(db->parent, '/');
	if (slash == NULL || slash == db->parent)
		return supervisor_fail(s, "sslcrtd_program -s %s: not a usable path", dir);
	*slash = '\0';
	db->size = s->conf.ssl_db_size[0] != '\0' ? s->conf.ssl_db_size : DEFAULT_SIZE;
	text_copy(s->conf.ssl_db, sizeof s->conf.ssl_db, db->dir, strlen(db->dir));
	return find_certgen(s, db);
}

static bool make_good(struct supervisor *s, struct ssl_db *db)
{
	enum ssl_db_fault fault = ssl_db_check(db->dir, ssl_db_bytes(db->size));
	int cause;

	if (fault == SSL_DB_GOOD) {
		log_info(&s->log, "init-squid: SSL certificate database already exists");
		return true;
	}
	cause = dirs_write_error(db->parent);
	if (cause == ENOENT)
		cause = dirs_make(db->parent);
	if (cause != 0)
		return do_without(s, db, cause);
	log_info(&s->log, "init-squid: SSL database parent volume validated: %s", db->parent);
	return (fault == SSL_DB_ABSENT || set_aside(s, db, fault)) && ssl_db_create(s, db);
}

bool ssl_db_prepare(struct supervisor *s)
{
	struct ssl_db db = { 0 };
	bool chosen = s->conf.sslcrtd && s->conf.ssl_db[0] != '\0';

	if (!chosen && (s->conf.sslcrtd || !s->conf.generates))
		return true; /* no helper, or one that was told to keep nothing */
	log_info(&s->log, "init-squid: SSL-bump support detected in configuration");
	if (!ssl_db_describe(s, &db))
		return false;
	if (!chosen)
		snprintf(s->sslcrtd, sizeof s->sslcrtd, "%s -s %s -M %s", db.certgen, db.dir,
			 db.size);
	return make_good(s, &db);
}
