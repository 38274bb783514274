/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_SETTINGS_H
#define COMMON_SETTINGS_H

/* What the environment asks for. A wrong value never stops the container: it is noted,
 * and the default is used. */

#include <stddef.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct settings {
	unsigned squid_port;  /* SQUID_PORT, 3128: only if the configuration names none */
	unsigned health_port; /* HEALTH_PORT, 8080 */
	enum log_level level; /* LOG_LEVEL, INFO; Squid's digits are taken as well */
	char cache_dir[256];  /* CACHE_DIR; empty if not set */
	unsigned grace;	      /* SHUTDOWN_GRACE, seconds, 30 */
	int hup_reconfigures; /* SQUID_HUP=reconfigure */
	unsigned max_fd;      /* SQUID_MAX_FD, 65536 */
	char notes[7][160];   /* one warning per wrong value, ready to log */
	size_t n_notes;
};

/* Looks up a variable: getenv, or a table in tests. */
typedef const char *settings_lookup(const char *name);

/* Fills `s` from the environment. Cannot fail. */
void settings_read(struct settings *s, settings_lookup *lookup);

/* The level that LOG_LEVEL=`s` means, or -1. Names in any case, WARN or WARNING, 0 to 9. */
int settings_level(const char *s);

#endif
