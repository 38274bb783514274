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
#include "entrypoint/loop.h"
#include "entrypoint/stop.h"
#include "entrypoint/tool.h"
#include "entrypoint/whole_file.h"

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

/* While a long file is read, signals are taken as always. */
static bool still_wanted(void *arg)
{
	struct supervisor *s = arg;
	enum state here = s->state;

	supervisor_turn(s, 0);
	return s->state == here;
}

static bool facts_read(struct supervisor *s, struct conf_facts *f)
{
	const char *file = s->conf_file;
	enum state here = s->state;
	bool ok = conf_read_watched(file, f, (struct conf_watch){ still_wanted, s });

	if (s->state != here)
		return false;
	if (!ok)
		return supervisor_fail(
			s, "Squid configuration %s cannot be read (UID: %u, GID: %u): %s", file,
			(unsigned)getuid(), (unsigned)getgid(),
			errno == ENODEV ? "not a regular file" : strerror(errno));
	if (f->refused_why != NULL)
		return supervisor_fail(s, "%s line %u: include %s: it %s", f->refused.file,
				       f->refused.line, f->refused_path, f->refused_why);
	return true;
}

static bool is_empty_include(const struct conf_facts *f, unsigned line)
{
	for (size_t i = 0; i < f->n_empty; i++)
		if (f->empty[i] == line)
			return true;
	return false;
}

static bool bytes_write(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t done = write(fd, p, n);

		if (done <= 0 && errno != EINTR)
			return false;
		p += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

bool config_copy(const char *path, const struct conf_facts *f, int to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char buf[8192];
	unsigned line = 1;
	bool at_start = true, ok = fd >= 0;
	ssize_t n;

	while (ok && (n = read(fd, buf, sizeof buf)) != 0) {
		ok = n > 0;
		for (const char *p = buf, *end = buf + n; ok && p < end;) {
			const char *lf = memchr(p, '\n', (size_t)(end - p));
			const char *next = lf != NULL ? lf + 1 : end;

			if (at_start && is_empty_include(f, line))
				ok = bytes_write(to, "#", 1);
			ok = ok && bytes_write(to, p, (size_t)(next - p));
			at_start = lf != NULL;
			line += lf != NULL;
			p = next;
		}
	}
	if (fd >= 0)
		close(fd);
	return ok;
}

/* Squid ends at an include that matches no file; a folder for drop-ins may well be empty. */
static bool leave_out_empty(struct supervisor *s)
{
	const struct conf_facts *f = &s->conf;
	const char *copy = s->paths->copy;
	struct whole_file to;
	bool ok;

	text_copy(s->conf_used, sizeof s->conf_used, s->conf_file, strlen(s->conf_file));
	if (f->n_empty == 0)
		return true;
	for (size_t i = 0; i < f->n_empty; i++)
		log_warn(&s->log, "%s line %u: include matches no file and is left out",
			 s->conf_file, f->empty[i]);
	ok = file_new_open(&to, copy, 0600);
	if (ok && !config_copy(s->conf_file, f, to.fd)) {
		file_new_abort(&to);
		ok = false;
	}
	text_copy(s->conf_used, sizeof s->conf_used, copy, strlen(copy));
	return (ok && file_new_commit(&to)) ||
	       supervisor_fail(s, "Cannot write %s: %s", copy, strerror(errno));
}

bool config_choose(struct supervisor *s)
{
	const struct paths *p = s->paths;

	config_locate(s);
	if (access(p->conf, F_OK) != 0 && errno == ENOENT && !take_default(s))
		return false;
	if (!facts_read(s, &s->conf))
		return false;
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
	bool serious; /* the text holds something worth a warning */
};

static bool line_has(const char *s, size_t n, const char *what)
{
	return memmem(s, n, what, strlen(what)) != NULL;
}

static void config_hear(void *arg, const char *line, size_t n)
{
	struct said *said = arg;

	log_text(said->log, LOG_DEBUG, "Squid: ", line, n);
	if (n == 0 || line_has(line, n, "| Processing") || line_has(line, n, "| Startup: ") ||
	    line_has(line, n, "no_suid: setuid(0)"))
		return;
	said->serious |= line_has(line, n, "ERROR") || line_has(line, n, "WARNING") ||
			 line_has(line, n, "FATAL");
	text_bytes(&said->text, line, n);
	text_add(&said->text, "\n");
}

static void config_repeat(struct said *said, enum log_level level, bool all, const char *prefix)
{
	const char *p = said->buf, *lf;

	for (; (lf = strchr(p, '\n')) != NULL; p = lf + 1)
		if (all || line_has(p, (size_t)(lf - p), "ERROR") ||
		    line_has(p, (size_t)(lf - p), "WARNING"))
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
	if (!leave_out_empty(s))
		return false;
	text_copy(conf, sizeof conf, s->conf_used, strlen(s->conf_used));
	end = tool_run(s, argv, parse_limit, config_hear, &said);
	if (end == TOOL_STOPPED)
		return false;
	if (tool_succeeded(s, end)) {
		if (said.serious)
			config_repeat(&said, LOG_WARNING, false, "Squid: ");
		return true;
	}
	tool_ending(s, end, why, sizeof why);
	supervisor_fail(s, "Squid configuration validation failed:");
	config_repeat(&said, s->reloading ? LOG_WARNING : LOG_ERROR, true, "  ");
	if (geteuid() == 0 && strstr(said.buf, "effective user") != NULL)
		supervisor_fail(
			s, "  Squid does not run as root: start the container as another user with "
			   "group 0 (--user 1000:0), or set cache_effective_user");
	return supervisor_fail(s, "  %s -k parse -f %s: %s", path, conf, why);
}

/* What follows the user's own lines: of a directive with one value, the last one counts. */
static void wrap_lines(const struct supervisor *s, struct text *t)
{
	const struct conf_facts *f = &s->conf;
	const struct paths *p = s->paths;
	unsigned lifetime = stop_lifetime(s->set.grace);

	text_addf(t, "# Written by the entrypoint at each start; changes are lost.\ninclude %s\n",
		  s->conf_used);
	if (f->port_lines == 0)
		text_addf(t, "http_port %u\n", s->set.squid_port);
	if (f->shutdown_seconds < 0 || f->shutdown_seconds > (long)lifetime)
		text_addf(t, "shutdown_lifetime %u seconds\n", lifetime);
	if (s->pid_file_moved)
		text_addf(t, "pid_filename %s\n", p->pid_file);
	if (f->stylesheet[0] == '\0' && access(p->stylesheet[0], F_OK) != 0 &&
	    access(p->stylesheet[1], R_OK) == 0)
		text_addf(t, "err_page_stylesheet %s\n", p->stylesheet[1]);
	if (s->sslcrtd[0] != '\0')
		text_addf(t, "sslcrtd_program %s\n", s->sslcrtd);
}

bool config_wrap(struct supervisor *s)
{
	char buf[6 * CONF_PATH];
	struct text t = TEXT_OF(buf);

	wrap_lines(s, &t);
	if (t.cut || !file_write(s->paths->wrapper, buf, t.len, 0644))
		return supervisor_fail(s, "Cannot write %s: %s", s->paths->wrapper,
				       strerror(errno));
	return true;
}
