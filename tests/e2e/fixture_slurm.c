/* SPDX-License-Identifier: Apache-2.0 */
/* Slurm's daemons, as programs. */

#include "e2e/fixture_slurm.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_run.h"
#include "e2e/fixture_web.h"
#include "support/fixture_debs.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"
#include "support/fixture_port.h"

/* How long daemons wait for each other is as Slurm has it by default: on a busy machine, a node
 * that is slow must not be taken for dead. */
#define SLURM_CONF                                                                 \
	"ClusterName=test\nSlurmctldHost=%s(127.0.0.1)\nSlurmctldPort=%u\n"        \
	"SlurmUser=root\nSlurmdUser=root\n"                                        \
	"AuthType=auth/munge\nAuthInfo=socket=%s/munge.sock\n"                     \
	"PluginDir=%s/slurm-wlm\nStateSaveLocation=%s/state\nMailProg=/bin/true\n" \
	"SlurmctldPidFile=%s/slurmctld.pid\nSlurmdPidFile=%s/%%n.pid\n"            \
	"SlurmdSpoolDir=%s/spool-%%n\n"                                            \
	"ProctrackType=proctrack/pgid\nTaskPlugin=task/none\nMpiDefault=none\n"    \
	"JobAcctGatherType=jobacct_gather/none\n"                                  \
	"AccountingStorageType=accounting_storage/none\n"                          \
	"SelectType=select/cons_tres\nSlurmdParameters=config_overrides\n"         \
	"SchedulerParameters=sched_interval=1,bf_interval=1\n"                     \
	"PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n"

static const char *slurm_path(const struct slurm *s, const char *name)
{
	return arena_printf(s->a, "%s/%s", s->dir, name);
}

static void slurm_skip(const char *why)
{
	run_lacks("slurm", why);
	cr_skip_test("not run: slurm: %s", why);
}

/* "LD_LIBRARY_PATH=..." */
static const char *slurm_libraries(const struct slurm *s)
{
	const char *libraries = debs_libraries(s->a, s->programs);

	return arena_printf(s->a, "LD_LIBRARY_PATH=%s:%s/slurm-wlm", libraries, libraries);
}

struct oracle_run slurm_run(const struct slurm *s, const char *folder, const char *const *argv)
{
	struct strings words = { 0 };

	*list_push(s->a, &words) = "env";
	*list_push(s->a, &words) = "-C";
	*list_push(s->a, &words) = folder;
	*list_push(s->a, &words) = slurm_libraries(s);
	*list_push(s->a, &words) = arena_printf(s->a, "SLURM_CONF=%s/slurm.conf", s->dir);
	*list_push(s->a, &words) = arena_printf(s->a, "PATH=%s/usr/bin:%s", s->programs,
						getenv("PATH"));
	while (*argv)
		*list_push(s->a, &words) = *argv++;
	*list_push(s->a, &words) = NULL;
	return oracle_run(s->a, words.v);
}

/* A daemon in a process namespace of its own, which ends with the test. It writes to DIR/NAME.out
 * and sees DIR/own-NAME as DIR/own. */
static pid_t slurm_daemon(const struct slurm *s, const char *name, const char *const *argv)
{
	const char *own = arena_printf(s->a, "%s/own-%s", s->dir, name);
	const char *log = arena_printf(s->a, "%s/%s.out", s->dir, name);
	static const char line[] = "mount --bind \"$1\" \"$2\" && shift 2 && exec \"$@\"";
	const char *const box[] = { "unshare",	    "--mount",	    "--pid", "--fork",
				    "--mount-proc", "--kill-child", "sh",    "-c",
				    line,	    "sh",	    own,     s->own };
	struct strings words = { 0 };
	pid_t pid;

	ORACLE(s->a, "mkdir", own);
	for (size_t i = 0; i < ARRAY_SIZE(box); i++)
		*list_push(s->a, &words) = box[i];
	while (*argv)
		*list_push(s->a, &words) = *argv++;
	*list_push(s->a, &words) = NULL;
	pid = fork();
	cr_assert_geq(pid, 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY),
		    out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(null, 0);
		dup2(out, 1);
		dup2(out, 2);
		putenv((char *)(uintptr_t)slurm_libraries(s));
		setenv("SLURM_CONF", slurm_path(s, "slurm.conf"), 1);
		execvp(words.v[0], (char *const *)(uintptr_t)words.v);
		_exit(127);
	}
	return pid;
}
#define SLURM_DAEMON(s, name, ...) \
	slurm_daemon((s), (name), (const char *const[]){ __VA_ARGS__, NULL })

/* The daemons look at their own names. */
static void slurm_name_daemons(const struct slurm *s)
{
	static const char *const names[] = { "slurmctld", "slurmd", "slurmstepd" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *path = arena_printf(s->a, "%s/usr/sbin/%s", s->programs, names[i]);

		if (access(path, X_OK) != 0)
			ORACLE(s->a, "ln", "--symbolic", "--force",
			       arena_printf(s->a, "%s-wlm", names[i]), path);
	}
}

static void slurm_configure(const struct slurm *s)
{
	struct arena *a = s->a;
	struct buf text = { .a = a };
	const char *host = str_dup(a, str_trim(ORACLE(a, "hostname")));
	const char *said, *d = s->dir;

	buf_printf(&text, SLURM_CONF, host, free_port(), d, debs_libraries(a, s->programs), d, d, d,
		   d);
	for (int i = 1; i <= SLURM_NODES; i++)
		buf_printf(
			&text,
			"NodeName=n%d NodeHostname=localhost NodeAddr=127.0.0.1 Port=%u CPUs=1\n",
			i, free_port());
	files_put(slurm_path(s, "slurm.conf"), buf_cstr(&text));
	said = SLURM_RUN(s, d, "sbatch", "--version").out.p;
	/* none is used; the release of Debian 12 does not know the word for that */
	files_put(slurm_path(s, "cgroup.conf"),
		  strstr(said, "slurm-wlm 22.")
			  ? arena_printf(a, "CgroupPlugin=cgroup/v1\nCgroupMountpoint=%s/cgroup\n",
					 d)
			  : "CgroupPlugin=disabled\n");
}

static void slurm_start_munge(struct slurm *s)
{
	const char *socket = slurm_path(s, "munge.sock"), *key = slurm_path(s, "munge.key");
	struct arena *a = s->a;
	struct test_patience p = PATIENCE;

	ORACLE(a, "openssl", "rand", "-out", key, "64");
	ORACLE(a, "chmod", "400", key);
	s->munged = SLURM_DAEMON(s, "munged", arena_printf(a, "%s/usr/sbin/munged", s->programs),
				 "--foreground", "--force", "--key-file", key, "--socket", socket,
				 "--pid-file", slurm_path(s, "munge.pid"), "--seed-file",
				 slurm_path(s, "munge.seed"), "--log-file",
				 slurm_path(s, "munge.log"));
	while (access(socket, F_OK) != 0 && patience_left(&p))
		;
}

static void slurm_start_node(struct slurm *s, unsigned i)
{
	const char *name = arena_printf(s->a, "n%u", i + 1);
	const char *sbin = arena_printf(s->a, "%s/usr/sbin", s->programs);

	ORACLE(s->a, "mkdir", arena_printf(s->a, "%s/spool-%s", s->dir, name));
	s->nodes[i] = SLURM_DAEMON(s, name, arena_printf(s->a, "%s/slurmd", sbin), "-D", "-N", name,
				   "-d", arena_printf(s->a, "%s/slurmstepd", sbin));
}

/* Whether a program prints so many lines; where it has no answer of the cluster, it does not. */
static bool slurm_prints_lines(const struct slurm *s, size_t lines, const char *const *argv)
{
	struct oracle_run r = slurm_run(s, s->dir, argv);
	struct str out = r.out, line;
	size_t n = 0;

	while (str_next(&out, '\n', &line))
		n += line.n > 0;
	return r.status == 0 && n == lines;
}

void slurm_open(struct slurm *s, struct arena *a)
{
	static const char *const idle[] = { "sinfo",	"--Node", "--noheader",
					    "--states", "idle",	  NULL };
	struct test_patience p = PATIENCE;

	*s = (struct slurm){ .a = a, .dir = files_temporary(a) };
	s->own = slurm_path(s, "own");
	if (geteuid() != 0)
		slurm_skip("it needs root");
	s->programs = debs_unpack_closure(a, "slurm",
					  (const char *const[]){ "slurmctld", "slurmd",
								 "slurm-client", "munge", NULL });
	if (!s->programs)
		slurm_skip("its packages cannot be downloaded");
	ORACLE(a, "mkdir", s->own, slurm_path(s, "state"));
	slurm_name_daemons(s);
	slurm_configure(s);
	slurm_start_munge(s);
	s->control = SLURM_DAEMON(s, "slurmctld",
				  arena_printf(a, "%s/usr/sbin/slurmctld", s->programs), "-D");
	for (unsigned i = 0; i < SLURM_NODES; i++)
		slurm_start_node(s, i);
	do {
		if (slurm_prints_lines(s, SLURM_NODES, idle))
			return;
	} while (patience_left(&p));
	cr_log_warn("%s%s", files_get(a, slurm_path(s, "slurmctld.out")),
		    files_get(a, slurm_path(s, "n1.out")));
	slurm_close(s);
	slurm_skip("its nodes do not come up");
}

static void slurm_end(pid_t *pid)
{
	if (*pid == 0)
		return;
	kill(*pid, SIGKILL);
	waitpid(*pid, NULL, 0);
	*pid = 0;
}

static void slurm_tell(const struct slurm *s, const char *what, const char *one, const char *two)
{
	struct oracle_run r = SLURM_RUN(s, s->dir, "scontrol", "update", what, one, two);

	cr_assert_eq(r.status, 0, "scontrol update %s: %s%s", what, r.out.p, r.err.p);
}

void slurm_kill_node(struct slurm *s, const char *node)
{
	unsigned i = (unsigned)strtoul(node + 1, NULL, 10) - 1;

	cr_assert(i < SLURM_NODES && s->nodes[i] != 0, "no node %s", node);
	slurm_end(&s->nodes[i]);
	slurm_tell(s, arena_printf(s->a, "NodeName=%s", node), "State=DOWN", "Reason=killed");
}

void slurm_start_again(const struct slurm *s, const char *job)
{
	struct test_patience p = PATIENCE;

	while (strcmp(slurm_field(s, job, "Restarts"), "1") != 0 && patience_left(&p))
		;
	slurm_tell(s, arena_printf(s->a, "JobId=%s", job), "StartTime=now", NULL);
}

void slurm_close(struct slurm *s)
{
	for (unsigned i = 0; i < SLURM_NODES; i++)
		slurm_end(&s->nodes[i]);
	slurm_end(&s->control);
	slurm_end(&s->munged);
	files_remove(s->dir);
}

void slurm_await(const struct slurm *s, unsigned seconds)
{
	static const char *const all[] = { "squeue", "--noheader", NULL };
	struct test_patience p = { .seconds = seconds };

	do {
		if (slurm_prints_lines(s, 0, all))
			return;
	} while (patience_left(&p));
	cr_assert_fail("jobs are left:\n%s", slurm_run(s, s->dir, all).out.p);
}

const char *slurm_field(const struct slurm *s, const char *job, const char *field)
{
	struct oracle_run r = SLURM_RUN(s, s->dir, "scontrol", "--oneliner", "show", "job", job);
	const char *start = arena_printf(s->a, " %s=", field);
	const char *at = strstr(r.out.p, start);

	if (!at)
		return "";
	at += strlen(start);
	return arena_strndup(s->a, at, strcspn(at, " \n"));
}
