/* SPDX-License-Identifier: Apache-2.0 */
/* What operators call: --diagnose and --copy-out, judged by Python's json and tarfile. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture_box.h"
#include "fixture_certificates.h"

static struct box box;

static void verbs_box_make(void)
{
	box_make(&box);
}

static void verbs_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_verbs, .init = verbs_box_make, .fini = verbs_box_remove, .timeout = 300);

/* What `program` prints about the output of the last verb. */
static const char *python_says(const char *program)
{
	static char out[8192];
	int p[2], status;
	size_t have = 0;
	ssize_t n;
	pid_t pid;

	cr_assert(pipe2(p, O_CLOEXEC) == 0);
	pid = fork();
	if (pid == 0) {
		dup2(open(box_path(&box, "/out"), O_RDONLY | O_CLOEXEC), 0);
		dup2(p[1], 1);
		execl("/usr/bin/python3", "python3", "-c", program, (char *)NULL);
		_exit(99);
	}
	close(p[1]);
	while ((n = read(p[0], out + have, sizeof out - 1 - have)) > 0)
		have += (size_t)n;
	out[have] = '\0';
	close(p[0]);
	cr_assert(waitpid(pid, &status, 0) == pid);
	cr_assert_eq(status, 0, "python3: %d\n%s", status, out);
	return out;
}

Test(scenario_verbs, diagnose_prints_one_json_document_about_everything)
{
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P ssl-bump cert=%R/ca.pem\ncache_dir ufs %R/var/spool/squid 100 2 4\n");
	box_put(&box, "/ca.pem", test_cert_rsa);
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 0, "%s%s", box_out(&box), box_err(&box));
	cr_expect_str_empty(box_err(&box));
	cr_expect_str_eq(
		python_says("import json, sys\n"
			    "d = json.load(sys.stdin)\n"
			    "print(sorted(d))\n"
			    "print(d['ok'], d['squid']['output'], "
			    "d['configuration']['default'],\n"
			    "      d['configuration']['ssl_bump'], "
			    "d['configuration']['parse']['ok'])\n"
			    "print(len(d['directories']), all(x['writable'] for x in "
			    "d['directories']))\n"
			    "print(all(len(x['mode']) == 4 and x['free_mb'] > 0 for x in "
			    "d['directories']))\n"
			    "print(d['certificates'][0]['not_after'] > "
			    "d['certificates'][0]['not_before'])\n"
			    "print(d['limits']['nofile']['soft'] > 0, any(m['path'] == "
			    "'/' for m in d['mounts']))\n"
			    "print(d['libraries']['ok'], any('libc.so.6' in x for x in "
			    "d['libraries']['output']))\n"),
		"['certificates', 'configuration', 'directories', 'identity', 'libraries', 'limits', "
		"'mounts', 'ok', 'squid', 'version']\n"
		"True ['Squid Cache: Version 0.0 (fake)'] False True True\n"
		"5 True\nTrue\nTrue\nTrue True\nTrue True\n");
	cr_expect(strstr(box_out(&box), "PRIVATE") == NULL);
	cr_expect(access(box_path(&box, "/var/run/squid/entrypoint.conf"), F_OK) != 0,
		  "it changed something");
}

Test(scenario_verbs, diagnose_exits_with_1_when_something_is_wrong)
{
	rmdir(box_path(&box, "/var/cache/squid"));
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 1);
	cr_expect_str_eq(python_says("import json, sys\n"
				     "d = json.load(sys.stdin)\n"
				     "print(d['ok'], [x['error'] for x in d['directories'] if not "
				     "x['writable']])\n"),
			 "False ['No such file or directory']\n");
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	mkdir(box_path(&box, "/var/cache/squid"), 0755);
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 1);
	cr_expect_str_eq(python_says("import json, sys\n"
				     "d = json.load(sys.stdin)\n"
				     "print(d['configuration']['default'], "
				     "d['configuration']['error'])\n"),
			 "True No such file or directory\n");
}

Test(scenario_verbs, diagnose_works_beside_a_running_squid)
{
	static struct box beside;

	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	beside = box;
	beside.pid = 0;
	cr_expect_eq(box_verb(&beside, "--diagnose", NULL), 0, "%s", box_out(&box));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

static uid_t user;

static void become_verbs_user(struct box *b)
{
	(void)b;
	if (setresgid(0, 0, 0) != 0 || setresuid(user, user, user) != 0)
		_exit(94);
}

Test(scenario_verbs, copy_out_writes_a_tar_archive_that_others_read)
{
	static char long_name[512], deep[200];

	user = 1000650000;
	memset(deep, 'd', 120);
	snprintf(long_name, sizeof long_name, "/var/log/squid/%s/%s", deep, deep);
	box_put(&box, "/var/log/squid/access.log", "one line\n");
	box_put(&box, "/var/log/squid/empty", "");
	box_put(&box, long_name, "far down\n");
	cr_assert(symlink("access.log", box_path(&box, "/var/log/squid/link")) == 0);
	cr_assert(mkfifo(box_path(&box, "/var/log/squid/pipe"), 0600) == 0);
	if (getuid() == 0) {
		cr_assert(chown(box_path(&box, "/var/log/squid/access.log"), user, 0) == 0);
		box.prepare = become_verbs_user;
	}
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/var/log/squid"), NULL), 0, "%s",
		     box_err(&box));
	cr_expect_str_eq(
		python_says("import sys, tarfile\n"
			    "t = tarfile.open(fileobj=sys.stdin.buffer, mode='r|')\n"
			    "out = []\n"
			    "for m in t:\n"
			    "    name = m.name.split('/var/log/squid', 1)[1].replace('d' "
			    "* 120, 'D')\n"
			    "    body = t.extractfile(m).read() if m.isreg() else "
			    "m.linkname\n"
			    "    out.append(f'{m.type.decode()} {name} {body!r}')\n"
			    "print('\\n'.join(sorted(out)))\n"),
		"0 /D/D b'far down\\n'\n0 /access.log b'one line\\n'\n0 /empty b''\n2 /link 'access.log'\n"
		"5  ''\n5 /D ''\n");
	if (getuid() == 0)
		cr_expect_str_eq(python_says("import sys, tarfile\n"
					     "t = tarfile.open(fileobj=sys.stdin.buffer, "
					     "mode='r|')\n"
					     "print([m.uid for m in t if "
					     "m.name.endswith('access.log')])\n"),
				 "[1000650000]\n");
}

Test(scenario_verbs, copy_out_leaves_keys_out_and_says_so)
{
	box_put(&box, "/etc/squid/ssl_cert/tls.key", test_key_rsa);
	box_put(&box, "/etc/squid/ssl_cert/tls.crt", test_cert_rsa);
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/etc/squid"), NULL), 1);
	cr_expect(strstr(box_err(&box),
			 "/etc/squid/ssl_cert/tls.key: left out: it holds a private key\n"),
		  "%s", box_err(&box));
	cr_expect_str_eq(python_says("import sys, tarfile\n"
				     "t = tarfile.open(fileobj=sys.stdin.buffer, mode='r|')\n"
				     "print(sorted(m.name.rsplit('/', 1)[1] for m in t if "
				     "m.isreg()))\n"),
			 "['squid.conf', 'tls.crt']\n");
}

Test(scenario_verbs, copy_out_refuses_what_is_not_squids)
{
	cr_assert(symlink("/etc", box_path(&box, "/var/log/squid/etc")) == 0);
	cr_expect_eq(box_verb(&box, "--copy-out", "/etc/passwd", NULL), 1);
	cr_expect(strstr(box_err(&box),
			 "entrypoint: /etc/passwd: not below a directory of Squid\n"),
		  "%s", box_err(&box));
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/var/log/squid/etc"), NULL), 1);
	cr_expect(strstr(box_err(&box), "entrypoint: /etc: not below a directory of Squid\n"));
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/var/log/none"), NULL), 1);
	cr_expect(strstr(box_err(&box), "/var/log/none: No such file or directory\n"));
	cr_assert(mkfifo(box_path(&box, "/var/log/squid/pipe"), 0600) == 0);
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/var/log/squid/pipe"), NULL), 1);
	cr_expect(strstr(box_err(&box), "neither a file nor a directory\n"));
	cr_expect_str_empty(box_out(&box));
}

static int terminal = -1;

static void output_to_terminal(struct box *b)
{
	(void)b;
	dup2(terminal, 1);
}

static void on_full_disk(struct box *b)
{
	(void)b;
	dup2(open("/dev/full", O_WRONLY | O_CLOEXEC), 1);
}

Test(scenario_verbs, copy_out_does_not_write_to_a_terminal)
{
	int master;

	cr_assert(openpty(&master, &terminal, NULL, NULL, NULL) == 0);
	box.prepare = output_to_terminal;
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/etc/squid"), NULL), 1);
	cr_expect(strstr(box_err(&box), "the archive does not go to a terminal\n"), "%s",
		  box_err(&box));
	close(master);
	close(terminal);
}

Test(scenario_verbs, an_output_that_takes_nothing_is_an_error)
{
	box.prepare = on_full_disk;
	cr_expect_eq(box_verb(&box, "--copy-out", box_path(&box, "/etc/squid"), NULL), 1);
	cr_expect_str_eq(box_err(&box), "entrypoint: stdout: No space left on device\n");
	cr_expect_eq(box_verb(&box, "--diagnose", NULL), 1);
	cr_expect_eq(box_verb(&box, "--version", NULL), 1);
}

Test(scenario_verbs, help_version_and_what_is_neither)
{
	cr_expect_eq(box_verb(&box, "--help", NULL), 0);
	cr_expect(strncmp(box_out(&box), "Usage: entrypoint ", 18) == 0);
	cr_expect_eq(box_verb(&box, "--version", NULL), 0);
	cr_expect(strncmp(box_out(&box), "entrypoint ", 11) == 0);
	cr_expect_eq(box_verb(&box, "--nonsense", NULL), 1);
	cr_expect_str_empty(box_out(&box));
	cr_expect(strstr(box_err(&box), "\nUsage: entrypoint "));
	cr_expect_eq(box_verb(&box, "--copy-out", NULL), 1);
}
