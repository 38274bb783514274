/* SPDX-License-Identifier: Apache-2.0 */
/* One function per member of the document. */

#include "entrypoint/diagnose.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "common/cert.h"
#include "common/conf_read.h"
#include "common/text.h"
#include "common/version.h"
#include "entrypoint/config.h"
#include "entrypoint/demands.h"
#include "entrypoint/dirs.h"
#include "entrypoint/json_out.h"
#include "entrypoint/program.h"
#include "entrypoint/ssl_db_check.h"
#include "entrypoint/tool.h"

static const struct tool_limit tool_limit = { .quiet_ms = 10000, .busy_ms = 30000 };

static void diagnose_identity(struct json_out *j)
{
	gid_t groups[64];
	int n = getgroups(64, groups);

	jout_object(j, "identity");
	jout_number(j, "uid", getuid());
	jout_number(j, "gid", getgid());
	jout_array(j, "groups");
	for (int i = 0; i < n; i++)
		jout_number(j, NULL, groups[i]);
	jout_end_array(j);
	jout_number(j, "pid", getpid());
	jout_end_object(j);
}

static void diagnose_limits(struct json_out *j)
{
	static const struct process_limit {
		const char *name;
		int resource;
	} all[] = {
		{ "nofile", RLIMIT_NOFILE },   { "nproc", RLIMIT_NPROC },
		{ "core", RLIMIT_CORE },       { "address_space", RLIMIT_AS },
		{ "file_size", RLIMIT_FSIZE },
	};

	jout_object(j, "limits");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		struct rlimit r;

		if (getrlimit((__rlimit_resource_t)all[i].resource, &r) != 0)
			continue;
		jout_object(j, all[i].name);
		jout_number(j, "soft", r.rlim_cur == RLIM_INFINITY ? -1 : (long long)r.rlim_cur);
		jout_number(j, "hard", r.rlim_max == RLIM_INFINITY ? -1 : (long long)r.rlim_max);
		jout_end_object(j);
	}
	jout_end_object(j);
}

/* The lines of /proc/self/mountinfo that matter here: the root and what lies below our paths. */
static void diagnose_mounts(struct json_out *j)
{
	static const char *const below[] = { "/etc", "/var", "/run", "/tmp", "/usr" };
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[4096], point[1024], options[512], type[64];

	jout_array(j, "mounts");
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		const char *dash = strstr(line, " - ");
		bool wanted = false;

		if (dash == NULL || sscanf(dash, " - %63s", type) != 1 ||
		    sscanf(line, "%*s %*s %*s %*s %1023s %511s", point, options) != 2)
			continue;
		for (size_t i = 0; i < sizeof below / sizeof below[0]; i++)
			wanted |= strncmp(point, below[i], strlen(below[i])) == 0;
		if (!wanted && strcmp(point, "/") != 0)
			continue;
		jout_object(j, NULL);
		jout_string(j, "path", point);
		jout_string(j, "type", type);
		jout_string(j, "options", options);
		jout_end_object(j);
	}
	jout_end_array(j);
	if (f != NULL)
		fclose(f);
}

static bool diagnose_directory(struct json_out *j, const char *path)
{
	struct stat st;
	struct statvfs fs;
	int cause = dirs_write_error(path);
	char mode[8];

	jout_object(j, NULL);
	jout_string(j, "path", path);
	if (stat(path, &st) == 0) {
		snprintf(mode, sizeof mode, "%04o", (unsigned)(st.st_mode & 07777));
		jout_string(j, "mode", mode);
		jout_number(j, "uid", st.st_uid);
		jout_number(j, "gid", st.st_gid);
	}
	if (statvfs(path, &fs) == 0)
		jout_number(j, "free_mb",
			    (long long)((unsigned long long)fs.f_bavail * fs.f_frsize >> 20));
	jout_bool(j, "writable", cause == 0);
	if (cause != 0)
		jout_string(j, "error", strerror(cause));
	jout_end_object(j);
	return cause == 0;
}

static bool diagnose_directories(struct json_out *j, const struct supervisor *s)
{
	const struct paths *p = s->paths;
	const char *const dirs[] = { p->run_dir, p->log_dir, p->lib_dir, p->spool_dir,
				     p->cache_dir };
	bool ok = true;

	jout_array(j, "directories");
	for (size_t i = 0; i < sizeof dirs / sizeof dirs[0]; i++)
		ok &= diagnose_directory(j, dirs[i]);
	for (size_t i = 0; i < s->conf.n_caches; i++)
		if (strcmp(s->conf.caches[i].path, p->spool_dir) != 0)
			ok &= diagnose_directory(j, s->conf.caches[i].path);
	jout_end_array(j);
	return ok;
}

/* What a program says, and whether Squid would go on after it. */
struct output {
	struct json_out *j;
	bool fatal;
};

static void output_line(void *arg, const char *line, size_t n)
{
	struct output *o = arg;

	if (memmem(line, n, "| Processing", 12) != NULL ||
	    memmem(line, n, "| Startup:", 10) != NULL)
		return;
	o->fatal |= memmem(line, n, "FATAL", 5) != NULL;
	jout_bytes(o->j, NULL, line, n);
}

/* Runs a program and writes how it ended and what it said. */
static bool diagnose_run(struct json_out *j, struct supervisor *s, const char *key,
			 char *const *argv)
{
	struct output out = { .j = j };
	enum tool_end end;
	char why[128];
	bool ok;

	jout_object(j, key);
	jout_string(j, "program", argv[0]);
	jout_array(j, "output");
	end = tool_run(s, argv, tool_limit, output_line, &out);
	tool_ending(s, end, why, sizeof why);
	jout_end_array(j);
	ok = tool_succeeded(s, end) && !out.fatal;
	jout_bool(j, "ok", ok);
	jout_string(j, "end", why);
	jout_end_object(j);
	return ok;
}

/* The file to be parsed: what a start would give to Squid, without writing it anywhere. `path` is
 * the configuration's, and the result's. */
static void parsed_file(const struct supervisor *s, char *path, size_t cap)
{
	int fd;

	if (s->conf.n_empty == 0)
		return;
	fd = memfd_create("squid.conf", MFD_CLOEXEC);
	if (fd >= 0 && config_copy(path, &s->conf, fd))
		snprintf(path, cap, "/proc/%d/fd/%d", (int)getpid(), fd);
}

static void diagnose_problem(void *arg, const char *text)
{
	jout_string(arg, NULL, text);
}

/* What the entrypoint itself would refuse. */
static bool diagnose_problems(struct json_out *j, struct supervisor *s, const char *conf)
{
	const struct conf_facts *f = &s->conf;
	bool ok;

	jout_array(j, "problems");
	s->told = diagnose_problem;
	s->told_arg = j;
	ok = conf_read(conf, &s->conf) || supervisor_fail(s, "%s: %s", conf, strerror(errno));
	if (f->refused_why != NULL)
		ok = supervisor_fail(s, "%s line %u: include %s: it %s", f->refused.file,
				     f->refused.line, f->refused_path, f->refused_why);
	ok &= demands_helpers(s);
	ok &= demands_ports(s);
	s->told = NULL;
	jout_end_array(j);
	return ok;
}

static bool diagnose_configuration(struct json_out *j, struct supervisor *s)
{
	const struct paths *p = s->paths;
	char squid[CONF_PATH], conf[CONF_PATH], k[] = "-k", parse[] = "parse", f[] = "-f";
	char *argv[] = { squid, k, parse, f, conf, NULL };
	bool ok, custom = access(p->conf, F_OK) == 0;

	config_locate(s);
	snprintf(conf, sizeof conf, "%s", custom ? s->conf_file : p->conf_default);
	snprintf(squid, sizeof squid, "%s", p->squid);
	jout_object(j, "configuration");
	jout_string(j, "file", conf);
	jout_bool(j, "default", !custom);
	if (access(conf, R_OK) != 0)
		jout_string(j, "error", strerror(errno));
	ok = diagnose_problems(j, s, conf);
	jout_array(j, "ports");
	for (size_t i = 0; i < s->conf.n_ports; i++)
		jout_number(j, NULL, s->conf.ports[i].port);
	jout_end_array(j);
	jout_array(j, "cache_dirs");
	for (size_t i = 0; i < s->conf.n_caches; i++)
		jout_string(j, NULL, s->conf.caches[i].path);
	jout_end_array(j);
	jout_bool(j, "ssl_bump", s->conf.ssl_bump);
	parsed_file(s, conf, sizeof conf);
	if (s->conf.refused_why == NULL) /* or Squid would read it to an end that never comes */
		ok &= diagnose_run(j, s, "parse", argv);
	jout_end_object(j);
	return ok;
}

static void diagnose_certificate(struct json_out *j, const char *path)
{
	int64_t from, to;
	time_t t;
	char text[32];

	if (path[0] == '\0')
		return;
	jout_object(j, NULL);
	jout_string(j, "path", path);
	if (cert_file_dates(path, &from, &to)) {
		t = (time_t)from;
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
		jout_string(j, "not_before", text);
		t = (time_t)to;
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", gmtime(&t));
		jout_string(j, "not_after", text);
		jout_number(j, "days_left", (to - (int64_t)time(NULL)) / 86400);
	} else {
		jout_string(j, "error",
			    errno == EBADMSG ? "no certificate in PEM form" : strerror(errno));
	}
	jout_end_object(j);
}

static void diagnose_certificates(struct json_out *j, const struct supervisor *s)
{
	jout_array(j, "certificates");
	if (access(s->paths->tls_crt, F_OK) == 0)
		diagnose_certificate(j, s->paths->tls_crt);
	for (size_t i = 0; i < s->conf.n_ports; i++)
		diagnose_certificate(j, s->conf.ports[i].cert);
	jout_end_array(j);
	if (s->conf.ssl_db[0] != '\0')
		jout_string(j, "ssl_db",
			    ssl_db_fault_name(ssl_db_check(s->conf.ssl_db,
							   ssl_db_bytes(s->conf.ssl_db_size))));
}

static void diagnose_programs(struct json_out *j, struct supervisor *s)
{
	char squid[CONF_PATH], loader[256], v[] = "-v", list[] = "--list";
	char *version[] = { squid, v, NULL }, *libraries[] = { loader, list, squid, NULL };

	snprintf(squid, sizeof squid, "%s", s->paths->squid);
	jout_string(j, "version", ENTRYPOINT_VERSION);
	diagnose_run(j, s, "squid", version);
	if (program_loader(squid, loader, sizeof loader))
		diagnose_run(j, s, "libraries", libraries);
}

int diagnose_state(struct supervisor *s)
{
	struct json_out j = { .to = stdout };
	bool ok;

	s->state = ST_VALIDATING;
	s->log.level = (enum log_level)(LOG_ERROR + 1); /* stdout is for the document */
	jout_object(&j, NULL);
	diagnose_programs(&j, s);
	diagnose_identity(&j);
	diagnose_limits(&j);
	ok = diagnose_configuration(&j, s);
	ok &= diagnose_directories(&j, s);
	diagnose_certificates(&j, s);
	diagnose_mounts(&j);
	jout_bool(&j, "ok", ok);
	jout_end_object(&j);
	fputc('\n', stdout);
	return fflush(stdout) != 0 || ferror(stdout) || !ok ? EXIT_FAILURE : EXIT_SUCCESS;
}
