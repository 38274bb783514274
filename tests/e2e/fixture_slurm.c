/* SPDX-License-Identifier: Apache-2.0 */
/* slurmctld and slurmd, as programs. */

#include "e2e/fixture_slurm.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_web.h"
#include "support/fixture_files.h"

#define UNPACKED "build/slurm"
#define LIBRARIES "usr/lib/x86_64-linux-gnu"

/* Debian calls the daemons NAME-wlm, and an alternative NAME; they want to be called that. */
static const char *const daemons[] = { "slurmctld", "slurmd", "slurmstepd" };

/* Downloads and unpacks once; a folder that is complete gets its name last. */
static bool slurm_unpack(struct arena *a, const char *done)
{
	static const char *const packages[] = { "slurmctld", "slurmd", "slurm-client",
						"slurm-wlm-basic-plugins", "libhwloc15" };
	const char *part = arena_printf(a, "%s.part", done);

	if (access(done, F_OK) == 0)
		return true;
	if (access(part, F_OK) == 0)
		files_remove(part);
	if (mkdir(part, 0755) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(packages); i++) {
		struct oracle_run r = oracle_run(a, (const char *const[]){
							    "env", "-C", part, "apt-get", "-o",
							    "APT::Sandbox::User=root", "download",
							    packages[i], NULL });

		if (r.status != 0)
			return false;
		ORACLE(a, "env", "-C", part, "find", ".", "-name",
		       arena_printf(a, "%s_*.deb", packages[i]), "-exec", "dpkg-deb", "-x", "{}",
		       ".", ";", "-delete");
	}
	for (size_t i = 0; i < ARRAY_SIZE(daemons); i++) {
		const char *to = arena_printf(a, "%s-wlm", daemons[i]);

		if (symlink(to, arena_printf(a, "%s/usr/sbin/%s", part, daemons[i])) < 0)
			return false;
	}
	return rename(part, done) == 0;
}

/* One machine that is several nodes; credentials are believed, for all are one user's. */
static const char *slurm_config(struct slurm *s)
{
	struct buf text = { .a = s->a };
	char host[256] = "";

	cr_assert_eq(gethostname(host, sizeof(host) - 1), 0);
	host[strcspn(host, ".")] = '\0';
	buf_printf(&text,
		   "ClusterName=imgbuild\nSlurmctldHost=%s(127.0.0.1)\nSlurmctldPort=%u\n"
		   "AuthType=auth/none\nCredType=cred/none\nSlurmUser=root\nSlurmdUser=root\n",
		   host, web_free_port());
	buf_printf(&text,
		   "StateSaveLocation=%s/state\nSlurmdSpoolDir=%s/spool-%%n\n"
		   "SlurmctldPidFile=%s/controller.pid\nSlurmdPidFile=%s/%%n.pid\n"
		   "SlurmctldLogFile=%s/controller.log\nSlurmdLogFile=%s/%%n.log\n",
		   s->dir, s->dir, s->dir, s->dir, s->dir, s->dir);
	buf_printf(&text,
		   "JobCompType=jobcomp/filetxt\nJobCompLoc=%s/jobs\nPluginDir=%s/" LIBRARIES
		   "/slurm-wlm\n",
		   s->dir, s->programs);
	buf_puts(
		&text,
		"ProctrackType=proctrack/pgid\nTaskPlugin=task/none\n"
		"JobAcctGatherType=jobacct_gather/none\nSwitchType=switch/none\n"
		"MpiDefault=none\nReturnToService=2\nSlurmdParameters=config_overrides\n"
		"SchedulerType=sched/builtin\nSelectType=select/linear\n"
		"SlurmdTimeout=5\nPartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n");
	for (size_t i = 0; i < SLURM_NODES; i++)
		buf_printf(&text,
			   "NodeName=n%zu NodeHostname=%s NodeAddr=127.0.0.1 Port=%u CPUs=1\n", i,
			   host, web_free_port());
	return buf_cstr(&text);
}

static pid_t slurm_spawn(struct slurm *s, const char *log, const char *const *argv)
{
	pid_t pid = fork();

	cr_assert_geq(pid, 0);
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setpgid(0, 0);
	dup2(open(arena_printf(s->a, "%s/%s", s->dir, log), O_WRONLY | O_CREAT | O_APPEND, 0600),
	     2);
	dup2(2, 1);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

void slurm_start_node(struct slurm *s, size_t node)
{
	const char *name = arena_printf(s->a, "n%zu", node);

	s->nodes[node] =
		slurm_spawn(s, "nodes.out",
			    (const char *const[]){
				    "unshare", "--pid", "--fork", "--kill-child", "--mount-proc",
				    "slurmd", "-D", "-N", name, "-d",
				    arena_printf(s->a, "%s/usr/sbin/slurmstepd", s->programs),
				    NULL });
}

/* A node has a PID namespace of its own: its jobs end with it, as on a machine that fails. */
void slurm_kill_node(struct slurm *s, size_t node)
{
	kill(s->nodes[node], SIGKILL);
	waitpid(s->nodes[node], NULL, 0);
}

static void slurm_environment(struct slurm *s)
{
	setenv("PATH",
	       arena_printf(s->a, "%s/usr/sbin:%s/usr/bin:%s", s->programs, s->programs,
			    getenv("PATH")),
	       1);
	setenv("LD_LIBRARY_PATH",
	       arena_printf(s->a, "%s/" LIBRARIES ":%s/" LIBRARIES "/slurm-wlm", s->programs,
			    s->programs),
	       1);
	setenv("SLURM_CONF", arena_printf(s->a, "%s/slurm.conf", s->dir), 1);
}

static bool slurm_is_up(struct slurm *s)
{
	struct oracle_run r = oracle_run(s->a, (const char *const[]){ "sinfo", "--noheader",
								      "--format=%D %t", NULL });

	return r.status == 0 &&
	       str_eq(str_trim(r.out), str_of(arena_printf(s->a, "%d idle", SLURM_NODES)));
}

void slurm_open(struct slurm *s, struct arena *a)
{
	char cwd[4096];

	*s = (struct slurm){ .a = a, .dir = files_temporary(a) };
	cr_assert(getcwd(cwd, sizeof(cwd)));
	s->programs = arena_printf(a, "%s/" UNPACKED, cwd);
	if (geteuid() != 0)
		cr_skip_test("not run: slurm: it needs root");
	if (!slurm_unpack(a, s->programs))
		cr_skip_test("not run: slurm: its packages cannot be downloaded");
	files_put(arena_printf(a, "%s/slurm.conf", s->dir), slurm_config(s));
	files_put(arena_printf(a, "%s/cgroup.conf", s->dir), "CgroupAutomount=no\n");
	cr_assert_eq(mkdir(arena_printf(a, "%s/state", s->dir), 0700), 0);
	slurm_environment(s);
	s->controller = slurm_spawn(s, "controller.out",
				    (const char *const[]){ "slurmctld", "-D", NULL });
	for (size_t i = 0; i < SLURM_NODES; i++)
		slurm_start_node(s, i);
	for (int i = 0; i < 600 && !slurm_is_up(s); i++)
		usleep(100000);
	cr_assert(slurm_is_up(s), "Slurm did not start: %s",
		  files_get(a, arena_printf(a, "%s/controller.out", s->dir)));
}

void slurm_close(struct slurm *s)
{
	for (size_t i = 0; i < SLURM_NODES; i++)
		slurm_kill_node(s, i);
	kill(s->controller, SIGTERM);
	waitpid(s->controller, NULL, 0);
	files_remove(s->dir);
}

void slurm_wait(struct slurm *s, unsigned seconds)
{
	struct oracle_run r;

	for (unsigned i = 0; i < seconds * 2; i++) {
		r = oracle_run(s->a, (const char *const[]){ "squeue", "--noheader", NULL });
		if (r.status == 0 && r.out.n == 0)
			return;
		usleep(500000);
	}
	cr_assert(false, "jobs are left after %u s:\n%s", seconds, r.out.p);
}

size_t slurm_ended(const struct slurm *s, const char *text)
{
	struct str jobs = str_of(files_get(s->a, arena_printf(s->a, "%s/jobs", s->dir))), line;
	size_t n = 0;

	while (str_next(&jobs, '\n', &line))
		n += memmem(line.p, line.n, text, strlen(text)) != NULL;
	return n;
}
