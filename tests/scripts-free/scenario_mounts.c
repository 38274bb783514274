/* SPDX-License-Identifier: Apache-2.0 */
/* E8: file systems that are read-only, full, missing, somebody else's or noexec, in a mount
 * namespace, under the users that containers run as. */

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture_box.h"

static struct box box;

static void mounts_box_make(void)
{
	box_make(&box);
}

static void mounts_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_mounts, .init = mounts_box_make, .fini = mounts_box_remove, .timeout = 300);

static const char *const dirs[] = {
	"/var/run/squid",   "/var/log/squid",	"/var/lib/squid",
	"/var/spool/squid", "/var/cache/squid",
};

static const struct mount_case {
	const char *name;
	unsigned long flags;
	const char *options;
	const char *text; /* behind the directory, in the error; NULL: it must start */
} ways[] = {
	{ "read-only", MS_RDONLY, "mode=0777",
	  " is not writable (UID: 0, GID: 0): Read-only file system\n" },
	{ "full", 0, "mode=0777,size=4k",
	  " is not writable (UID: 0, GID: 0): No space left on device\n" },
	{ "noexec", MS_NOEXEC | MS_NOSUID | MS_NODEV, "mode=0777", NULL },
};

/* What own_mount() shall do; one test is one process. */
static const char *mount_dir;
static const struct mount_case *mount_way;

static void fill_disk(const char *path)
{
	char block[4096] = "";
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	while (fd >= 0 && write(fd, block, sizeof block) > 0)
		;
	close(fd);
}

static void own_mount(struct box *b)
{
	char path[512], file[600];

	own_mounts();
	snprintf(path, sizeof path, "%s%s", b->root, mount_dir);
	snprintf(file, sizeof file, "%s/filler", path);
	if (mount("tmpfs", path, "tmpfs", mount_way->flags, mount_way->options) != 0)
		_exit(95);
	if (strcmp(mount_way->name, "full") == 0)
		fill_disk(file);
}

static void mounts_box_renew(void)
{
	box_remove(&box);
	box_make(&box);
}

static void expect_directory_failure(const char *name, const char *text)
{
	char want[1024];
	int code = box_wait_end(&box, 5000);

	cr_expect_eq(code, 1, "%s %s: %d\n%s", name, text, code, box_out(&box));
	snprintf(want, sizeof want, "[ERROR] Directory %s%s", box.root, text);
	cr_expect(strstr(box_err(&box), want), "%s: no '%s' in:\n%s", name, want, box_err(&box));
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_mounts, each_directory_in_each_state_is_named_or_works)
{
	for (size_t d = 0; d < sizeof dirs / sizeof dirs[0]; d++)
		for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
			char text[256];

			mounts_box_renew();
			mount_dir = dirs[d];
			mount_way = &ways[w];
			box.prepare = own_mount;
			box_start(&box, "", NULL);
			snprintf(text, sizeof text, "%s%s", dirs[d],
				 ways[w].text ? ways[w].text : "");
			if (ways[w].text != NULL) {
				expect_directory_failure(ways[w].name, text);
				continue;
			}
			cr_expect(box_wait_text(&box, "Container ready", 15000), "%s %s:\n%s%s",
				  dirs[d], ways[w].name, box_out(&box), box_err(&box));
			kill(box.pid, SIGTERM);
			cr_expect_eq(box_wait_end(&box, 10000), 0);
		}
}

/* What it lies in is a volume of its own, as Docker's --tmpfs and an emptyDir are; empty, and
 * perhaps not for us to write to. */
static void own_parent(struct box *b)
{
	char path[512];

	own_mounts();
	snprintf(path, sizeof path, "%s%s", b->root, mount_dir);
	*strrchr(path, '/') = '\0';
	if (mount("tmpfs", path, "tmpfs", mount_way->flags, mount_way->options) != 0)
		_exit(95);
}

static const struct mount_case parents[] = {
	{ "empty", 0, "mode=0777", NULL },
	{ "read-only", MS_RDONLY, "mode=0777",
	  " does not exist (UID: 0, GID: 0) and cannot be made: Read-only file system\n" },
};

Test(scenario_mounts, each_directory_below_an_empty_volume_is_made_or_named)
{
	for (size_t d = 0; d < sizeof dirs / sizeof dirs[0]; d++)
		for (size_t w = 0; w < sizeof parents / sizeof parents[0]; w++) {
			char text[256];

			mounts_box_renew();
			mount_dir = dirs[d];
			mount_way = &parents[w];
			box.prepare = own_parent;
			box_start(&box, "", NULL);
			snprintf(text, sizeof text, "%s%s", dirs[d],
				 parents[w].text ? parents[w].text : "");
			if (parents[w].text != NULL) {
				expect_directory_failure(parents[w].name, text);
				continue;
			}
			cr_expect(box_wait_text(&box, "Container ready", 15000), "%s:\n%s%s",
				  dirs[d], box_out(&box), box_err(&box));
			kill(box.pid, SIGTERM);
			cr_expect_eq(box_wait_end(&box, 10000), 0);
		}
}

static uid_t user;

static void become_volume_user(struct box *b)
{
	(void)b;
	if (setgroups(0, NULL) != 0 || setresgid(0, 0, 0) != 0 || setresuid(user, user, user) != 0)
		_exit(94);
}

static void set_modes(mode_t mode)
{
	for (size_t d = 0; d < sizeof dirs / sizeof dirs[0]; d++)
		cr_assert(chmod(box_path(&box, dirs[d]), mode) == 0);
}

static const uid_t users[] = { 1000, 65532, 1000650000 };

Test(scenario_mounts, any_user_with_group_0_is_enough)
{
	if (getuid() != 0)
		cr_skip_test("needs root");
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
		char want[128];

		mounts_box_renew();
		set_modes(0770);
		user = users[i];
		box.prepare = become_volume_user;
		box_put(&box, "/etc/squid/squid.conf",
			"http_port 127.0.0.1:%P\ncache_dir ufs %R/var/spool/squid 100 2 4\n");
		box_start(&box, "", NULL);
		cr_expect(box_wait_text(&box, "Container ready", 15000), "%u:\n%s%s",
			  (unsigned)user, box_out(&box), box_err(&box));
		snprintf(want, sizeof want, "entrypoint starting (UID: %u, GID: 0)\n",
			 (unsigned)user);
		cr_expect(strstr(box_out(&box), want));
		kill(box.pid, SIGTERM);
		cr_expect_eq(box_wait_end(&box, 10000), 0);
	}
}

Test(scenario_mounts, each_directory_of_somebody_else_is_named_with_the_user)
{
	if (getuid() != 0)
		cr_skip_test("needs root");
	for (size_t i = 0; i < sizeof users / sizeof users[0]; i++)
		for (size_t d = 0; d < sizeof dirs / sizeof dirs[0]; d++) {
			char text[256];

			mounts_box_renew();
			set_modes(0770);
			cr_assert(chmod(box_path(&box, dirs[d]), 0700) == 0);
			user = users[i];
			box.prepare = become_volume_user;
			snprintf(text, sizeof text,
				 "%s is not writable (UID: %u, GID: 0): Permission denied\n",
				 dirs[d], (unsigned)user);
			box_start(&box, "", NULL);
			expect_directory_failure("not ours", text);
		}
}

static void read_only_etc(struct box *b)
{
	char path[512];

	own_mounts();
	snprintf(path, sizeof path, "%s/etc/squid", b->root);
	if (mount(path, path, NULL, MS_BIND, NULL) != 0 ||
	    mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) != 0)
		_exit(95);
}

Test(scenario_mounts, a_default_configuration_that_cannot_be_copied_is_read_in_place)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	box_put(&box, "/etc/squid/squid.conf.default", "http_port 127.0.0.1:%P\n");
	box.prepare = read_only_etc;
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	cr_expect(strstr(box_out(&box), "squid.conf.default in place\n"), "%s", box_out(&box));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
	cr_expect(access(box_path(&box, "/etc/squid/squid.conf"), F_OK) != 0);
}

/* A runtime that mounts the folder of a ConfigMap where one of its files was asked for. */
Test(scenario_mounts, a_configuration_mounted_as_a_folder_is_found_in_it)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	box_put(&box, "/etc/squid/squid.conf/squid.conf", "http_port 127.0.0.1:%P\n");
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

Test(scenario_mounts, an_empty_folder_in_place_of_the_configuration_is_an_error)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	cr_assert(mkdir(box_path(&box, "/etc/squid/squid.conf"), 0755) == 0);
	box_start(&box, "", NULL);
	cr_expect_eq(box_wait_end(&box, 5000), 1);
	cr_expect(strstr(box_err(&box),
			 "squid.conf cannot be read (UID: 0, GID: 0): Is a directory"),
		  "%s", box_err(&box));
}

static void read_only_database(struct box *b)
{
	char path[512];

	own_mounts();
	snprintf(path, sizeof path, "%s/db", b->root);
	if (mount("tmpfs", path, "tmpfs", MS_RDONLY, NULL) != 0)
		_exit(95);
}

Test(scenario_mounts, without_a_place_for_the_database_certificates_are_not_kept)
{
	char text[2048] = "", want[512];
	int fd;

	cr_assert(mkdir(box_path(&box, "/db"), 0755) == 0);
	box_put(&box, "/c.pem", "x");
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P ssl-bump cert=%R/c.pem\n"
		"sslcrtd_program %R/usr/lib/squid/security_file_certgen -s %R/db/ssl_db -M 4MB\n");
	box.prepare = read_only_database;
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	cr_expect(strstr(box_out(&box), "Read-only file system; certificates are not kept\n"), "%s",
		  box_out(&box));
	fd = open(box_path(&box, "/var/run/squid/entrypoint.conf"), O_RDONLY | O_CLOEXEC);
	cr_expect_gt(read(fd, text, sizeof text - 1), 0);
	close(fd);
	snprintf(want, sizeof want, "\nsslcrtd_program %s/usr/lib/squid/security_file_certgen\n",
		 box.root);
	cr_expect(strstr(text, want), "%s", text);
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}
