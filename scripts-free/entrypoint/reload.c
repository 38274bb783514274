/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of a start, once more, with the running Squid as it is until they have passed. */

#include "entrypoint/reload.h"

#include <signal.h>
#include <string.h>

#include "common/text.h"
#include "entrypoint/cache.h"
#include "entrypoint/config.h"
#include "entrypoint/demands.h"
#include "entrypoint/health.h"
#include "entrypoint/ssl_db.h"
#include "entrypoint/tls.h"

/* squid -z refuses to run beside Squid. */
static bool caches_are_there(struct supervisor *s)
{
	for (size_t i = 0; i < s->conf.n_caches; i++)
		if (!cache_is_complete(&s->conf.caches[i]))
			return supervisor_fail(
				s,
				"cache_dir %s has no structure yet: restart the container "
				"to have it made",
				s->conf.caches[i].path);
	return true;
}

/* What belongs to the Squid that runs, in case it goes on with its old configuration. */
struct before {
	struct conf_facts conf;
	char file[CONF_PATH], used[CONF_PATH], sslcrtd[2 * CONF_PATH];
};

static void reload_keep(const struct supervisor *s, struct before *b)
{
	b->conf = s->conf;
	memcpy(b->file, s->conf_file, sizeof b->file);
	memcpy(b->used, s->conf_used, sizeof b->used);
	memcpy(b->sslcrtd, s->sslcrtd, sizeof b->sslcrtd);
}

static void reload_restore(struct supervisor *s, const struct before *b)
{
	s->conf = b->conf;
	memcpy(s->conf_file, b->file, sizeof b->file);
	memcpy(s->conf_used, b->used, sizeof b->used);
	memcpy(s->sslcrtd, b->sslcrtd, sizeof b->sslcrtd);
}

/* The database that helpers are writing to at this moment is not looked at. */
static bool database_is_there(struct supervisor *s, const struct before *b)
{
	const char *dir = s->conf.ssl_db[0] != '\0' ? s->conf.ssl_db : s->paths->ssl_db;

	if (strcmp(dir, b->conf.ssl_db) != 0) {
		s->sslcrtd[0] = '\0';
		return ssl_db_prepare(s);
	}
	text_copy(s->conf.ssl_db, sizeof s->conf.ssl_db, b->conf.ssl_db, strlen(b->conf.ssl_db));
	return true;
}

static bool is_usable(struct supervisor *s, const struct before *b)
{
	return config_choose(s) && demands_helpers(s) && demands_ports(s) && tls_prepare(s) &&
	       config_parse(s) && caches_are_there(s) && database_is_there(s, b) && config_wrap(s);
}

void reload_configuration(struct supervisor *s)
{
	struct before before;
	bool usable;

	s->reload_asked = false;
	log_info(&s->log, "Received signal SIGHUP, reading the configuration again...");
	reload_keep(s, &before);
	s->reloading = true;
	usable = is_usable(s, &before);
	s->reloading = false;
	if (s->state != ST_RUNNING)
		return;
	if (!usable) {
		reload_restore(s, &before);
		log_warn(&s->log,
			 "The new configuration is refused: Squid goes on with the old one");
		return;
	}
	if (s->pid_file_moved)
		text_copy(s->conf.pid_file, sizeof s->conf.pid_file, s->paths->pid_file,
			  strlen(s->paths->pid_file));
	health_follow(s);
	log_info(&s->log, "Passing signal %d on to Squid (PID: %d)", SIGHUP, s->squid.pid);
	child_signal(&s->squid, SIGHUP);
}
