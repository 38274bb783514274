/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing, checking and wrapping the configuration. */

#include "entrypoint/config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/conf_read.h"
#include "common/text.h"
#include "entrypoint/file.h"
#include "entrypoint/stop.h"
#include "entrypoint/tool.h"

/* Squid has to read everything once more when it starts, and has 30 s for it. */
static const struct tool_limit parse_limit = { .quiet_ms = 5000, .busy_ms = 30000 };

void config_locate(struct supervisor *s)
{
	const char *conf = s->paths->conf;
	struct text t = TEXT_OF(s->conf_file);

	text_addf(&t, "%s/squid.conf", conf);
	if (access(s->conf_file, F_OK) != 0)
		text_copy(s->conf_file, sizeof s->conf_file, conf, strlen(conf));
}

static bool take_default(struct supervisor *s)
{
	const struct paths *p = s->paths;

	if (access(p->conf_default, R_OK) != 0)
		return supervisor_fail(s, "Neither %s nor %s can be read: %s", p->conf,
				       p->conf_default, strerror(errno));
	log_info(&s->log, "Custom squid.conf not found, copying from default");
	if (file_copy(p->conf_default, p->conf, 0644))
		return true;
	log_info(&s->log, "Cannot write %s (%s), reading %s in place", p->conf, strerror(errno),
	         p->conf_default);
	text_copy(s->conf_file, sizeof s->conf_file, p->conf_default, strlen(p->conf_default));
	return true;
}

bool config_choose(struct supervisor *s)
{
	const struct paths *p = s->paths;

	config_locate(s);
	if (access(p->conf, F_OK) != 0 && errno == ENOENT && !take_default(s))
		return false;
	if (!conf_read(s->conf_file, &s->conf))
		return supervisor_fail(
			s, "Squid configuration %s cannot be read (UID: %u, GID: %u): %s",
			s->conf_file, (unsigned)getuid(), (unsigned)getgid(), strerror(errno));
	if (s->conf.workers > 1)
		log_warn(&s->log, "workers %u is ignored: one Squid process runs per container",
		         s->conf.workers);
	return true;
}

/* What Squid said, one line after another, without the lines that only show progress. */
struct said {
	struct log *log;
	struct text text;
	char buf[8192];
	bool serious;           /* the text holds something worth a warning */
};

static bool has(const char *s, size_t n, const char *what)
{
	return memmem(s, n, what, strlen(what)) != NULL;
}

static void hear(void *arg, const char *line, size_t n)
{
	struct said *said = arg;

	log_text(said->log, LOG_DEBUG, "Squid: ", line, n);
	if (n == 0 || has(line, n, "| Processing") || has(line, n, "| Startup: ")
	    || has(line, n, "no_suid: setuid(0)"))
		return;
	said->serious |= has(line, n, "ERROR") || has(line, n, "WARNING") || has(line, n, "FATAL");
	text_bytes(&said->text, line, n);
	text_add(&said->text, "\n");
}

static void repeat(struct said *said, enum log_level level, const char *prefix)
{
	const char *p = said->buf, *lf;

	for (; (lf = strchr(p, '\n')) != NULL; p = lf + 1)
		if (level == LOG_ERROR || has(p, (size_t)(lf - p), "ERROR")
		    || has(p, (size_t)(lf - p), "WARNING"))
			log_text(said->log, level, prefix, p, (size_t)(lf - p));
}

bool config_parse(struct supervisor *s)
{
	char path[CONF_PATH], conf[CONF_PATH], k[] = "-k", parse[] = "parse", f[] = "-f", why[128];
	char *argv[] = { path, k, parse, f, conf, NULL };
	struct said said = { .log = &s->log };
	enum tool_end end;

	said.text = TEXT_OF(said.buf);
	text_copy(path, sizeof path, s->paths->squid, strlen(s->paths->squid));
	text_copy(conf, sizeof conf, s->conf_file, strlen(s->conf_file));
	end = tool_run(s, argv, parse_limit, hear, &said);
	if (end == TOOL_STOPPED)
		return false;
	if (tool_succeeded(s, end)) {
		if (said.serious)
			repeat(&said, LOG_WARNING, "Squid: ");
		return true;
	}
	tool_ending(s, end, why, sizeof why);
	log_error(&s->log, "Squid configuration validation failed:");
	repeat(&said, LOG_ERROR, "  ");
	if (geteuid() == 0 && strstr(said.buf, "effective user") != NULL)
		log_error(&s->log, "  Squid does not run as root: start the container as another user with "
		          "group 0 (--user 1000:0), or set cache_effective_user");
	return supervisor_fail(s, "  %s -k parse -f %s: %s", path, conf, why);
}

bool config_wrap(struct supervisor *s)
{
	unsigned limit = stop_lifetime(s->set.grace);
	char buf[4 * CONF_PATH];
	struct text t = TEXT_OF(buf);

	text_addf(&t, "# Written by the entrypoint at each start; changes are lost.\ninclude %s\n",
	          s->conf_file);
	if (s->conf.shutdown_seconds < 0 || s->conf.shutdown_seconds > (long)limit)
		text_addf(&t, "shutdown_lifetime %u seconds\n", limit);
	if (s->sslcrtd[0] != '\0')
		text_addf(&t, "sslcrtd_program %s\n", s->sslcrtd);
	if (t.cut || !file_write(s->paths->wrapper, buf, t.len, 0644))
		return supervisor_fail(s, "Cannot write %s: %s", s->paths->wrapper,
				       strerror(errno));
	return true;
}
