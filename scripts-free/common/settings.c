/* SPDX-License-Identifier: Apache-2.0 */
/* The environment, variable by variable (contract 2.2, decision 10). */

#include "common/settings.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/log_escape.h"
#include "common/text.h"

static const struct level_name {
	const char *name;
	enum log_level level;
} levels[] = {
	{ "DEBUG", LOG_DEBUG },	    { "INFO", LOG_INFO },   { "WARN", LOG_WARNING },
	{ "WARNING", LOG_WARNING }, { "ERROR", LOG_ERROR },
};

int settings_level(const char *s)
{
	for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
		if (strcasecmp(s, levels[i].name) == 0)
			return (int)levels[i].level;
	if (s[0] < '0' || s[0] > '9' || s[1] != '\0')
		return -1;
	return s[0] == '0' ? LOG_ERROR : s[0] == '1' ? LOG_INFO : LOG_DEBUG;
}

static void note_invalid(struct settings *s, const char *name, const char *value,
			 const char *instead)
{
	char safe[64];

	if (s->n_notes == sizeof s->notes / sizeof s->notes[0])
		return;
	log_escape(value, strnlen(value, sizeof safe), safe, sizeof safe);
	snprintf(s->notes[s->n_notes++], sizeof s->notes[0], "Invalid %s '%s', using %s", name,
		 safe, instead);
}

static unsigned settings_number(struct settings *s, settings_lookup *lookup, const char *name,
				unsigned fallback, unsigned min, unsigned max)
{
	const char *value = lookup(name);
	unsigned long long v;
	char instead[64];

	if (value == NULL || value[0] == '\0')
		return fallback;
	if (text_number(value, min, max, &v))
		return (unsigned)v;
	snprintf(instead, sizeof instead, "%u (valid: %u to %u)", fallback, min, max);
	note_invalid(s, name, value, instead);
	return fallback;
}

static void settings_read_words(struct settings *s, settings_lookup *lookup)
{
	const char *level = lookup("LOG_LEVEL"), *hup = lookup("SQUID_HUP");
	const char *dir = lookup("CACHE_DIR");

	if (level != NULL && level[0] != '\0') {
		int l = settings_level(level);

		if (l >= 0)
			s->level = (enum log_level)l;
		else
			note_invalid(s, "LOG_LEVEL", level,
				     "INFO (valid: DEBUG, INFO, WARN, ERROR, 0 to 9)");
	}
	if (hup != NULL && hup[0] != '\0') {
		s->hup_reconfigures = strcmp(hup, "reconfigure") == 0;
		if (!s->hup_reconfigures)
			note_invalid(s, "SQUID_HUP", hup, "graceful shutdown (valid: reconfigure)");
	}
	if (dir != NULL && dir[0] != '\0' &&
	    (dir[0] != '/' || !text_copy(s->cache_dir, sizeof s->cache_dir, dir, strlen(dir))))
		note_invalid(s, "CACHE_DIR", dir, "the configuration's cache_dir");
}

void settings_read(struct settings *s, settings_lookup *lookup)
{
	memset(s, 0, sizeof *s);
	s->level = LOG_INFO;
	s->squid_port = settings_number(s, lookup, "SQUID_PORT", 3128, 1, 65535);
	s->health_port = settings_number(s, lookup, "HEALTH_PORT", 8080, 1, 65535);
	s->grace = settings_number(s, lookup, "SHUTDOWN_GRACE", 30, 1, 3600);
	s->max_fd = settings_number(s, lookup, "SQUID_MAX_FD", 65536, 64, 1048576);
	settings_read_words(s, lookup);
}
