/* SPDX-License-Identifier: Apache-2.0 */
/* E3, E8, E10, E11, B11 and the error texts: starts that must fail, and starts that must not. */

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture_port.h"

#include "fixture_box.h"

static struct box box;

static void start_box_make(void)
{
	box_make(&box);
}

static void start_box_remove(void)
{
	box_remove(&box);
}

TestSuite(scenario_start, .init = start_box_make, .fini = start_box_remove, .timeout = 300);

static void start_then_stop(const char *fake)
{
	box_start(&box, fake, NULL);
	cr_assert(box_wait_text(&box, "Container ready", 60000), "%s%s", box_out(&box),
		  box_err(&box));
	kill(box.pid, SIGTERM);
	cr_assert_eq(box_wait_end(&box, 15000), 0);
	cr_expect_str_empty(box_err(&box), "%s", box_err(&box));
}

/* Ends with 1 and exactly the given text in stderr, which holds only ERROR lines. */
static void start_fails_with(const char *fake, const char *text, int ms)
{
	const char *err;

	box_start(&box, fake, NULL);
	cr_assert_eq(box_wait_end(&box, ms), 1, "%s: %s%s", fake, box_out(&box), box_err(&box));
	err = box_err(&box);
	cr_expect(strstr(err, text), "%s: no '%s' in:\n%s", fake, text, err);
	for (const char *line = err; *line != '\0';
	     line += strcspn(line, "\n"), line += *line == '\n')
		cr_expect(strncmp(line + 19, " [ERROR] ", 9) == 0, "not an error line: %.80s",
			  line);
	cr_expect_eq(processes_of(&box), 0);
}

Test(scenario_start, an_invalid_configuration_is_told_with_squids_own_words)
{
	start_fails_with("parse-fail", "Squid configuration validation failed:\n", 2000);
	cr_expect(strstr(box_err(&box), "squid.conf line 3: nonsense"));
	cr_expect(strstr(box_err(&box), "| Processing") == NULL);
}

Test(scenario_start, a_parser_that_dies_of_a_signal_means_invalid)
{
	start_fails_with("parse-segv", "exit code 139 (SIGSEGV)", 5000);
}

Test(scenario_start, a_parser_that_hangs_is_given_up)
{
	start_fails_with("parse-hang", "no end within its time limit", 12000);
}

Test(scenario_start, a_parser_that_computes_is_waited_for)
{
	start_then_stop("parse-busy");
	cr_expect(strstr(box_out(&box), "/squid still computes after 5 s\n"), "%s", box_out(&box));
}

Test(scenario_start, warnings_of_a_valid_configuration_are_shown)
{
	start_then_stop("parse-warn");
	cr_expect(strstr(box_out(&box),
			 "[WARNING] Squid: 2026/01/01 00:00:00| WARNING: something odd"));
	box_put(&box, "/out", "");
	start_then_stop("parse-error"); /* as with an ACL file that is not there */
	cr_expect(strstr(box_out(&box),
			 "[WARNING] Squid: 2026/01/01 00:00:00| ERROR: Can not open file"));
}

static int count_in_text(const char *text, const char *what)
{
	int n = 0;

	for (; (text = strstr(text, what)) != NULL; text++)
		n++;
	return n;
}

static const struct death {
	const char *fake, *text;
} deaths[] = {
	{ "exit=0", "Squid exited during startup with code 0" },
	{ "exit=1", "Squid exited during startup with code 1" },
	{ "exit=255", "Squid exited during startup with code 255" },
	{ "segv", "Squid exited during startup with code 139 (SIGSEGV)" },
};

Test(scenario_start, a_squid_that_dies_early_is_an_error_with_its_code)
{
	for (size_t i = 0; i < sizeof deaths / sizeof deaths[0]; i++) {
		if (i > 0) {
			box_remove(&box);
			box_make(&box);
		}
		start_fails_with(deaths[i].fake, deaths[i].text, 5000);
		cr_expect_eq(count_in_text(box_out(&box), "Starting Squid proxy..."), 1,
			     "it was started again");
	}
}

/* As long as cache.log is not open, or is not a file. */
Test(scenario_start, what_a_dying_squid_says_is_in_the_error)
{
	start_fails_with("fatal", "Squid exited during startup with code 1\n", 5000);
	cr_expect(strstr(box_err(&box), " [ERROR]   Squid: FATAL: failed to open it\n"), "%s",
		  box_err(&box));
}

Test(scenario_start, a_missing_or_unusable_squid_is_an_error_with_its_cause)
{
	unlink(box_path(&box, "/usr/sbin/squid"));
	start_fails_with("", "not started: No such file or directory", 5000);
	box_put(&box, "/usr/sbin/squid", "not a program");
	start_fails_with("", "not started: Permission denied", 5000);
	chmod(box_path(&box, "/usr/sbin/squid"), 0755);
	start_fails_with("", "not started: Exec format error", 5000);
}

/* An empty volume on /var/log hides the image's folders. */
Test(scenario_start, missing_directories_are_made_for_user_and_group)
{
	static const char *const gone[] = { "/var/run/squid",	"/var/log/squid",
					    "/var/lib/squid",	"/var/spool/squid",
					    "/var/cache/squid", "/var/cache" };
	struct stat st;

	for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
		cr_assert(rmdir(box_path(&box, gone[i])) == 0, "%s", gone[i]);
	start_then_stop("");
	for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++) {
		cr_assert(stat(box_path(&box, gone[i]), &st) == 0, "%s", gone[i]);
		cr_expect_eq(st.st_mode & 07777, 0770, "%s: %o", gone[i], st.st_mode);
	}
	cr_expect(strstr(box_out(&box), "/var/log/squid did not exist and was made\n"));
}

Test(scenario_start, a_directory_that_cannot_be_written_is_named)
{
	if (getuid() != 0)
		cr_skip_test("needs root");
	cr_assert(chown(box_path(&box, ""), 1000650000, 0) == 0);
	chmod(box_path(&box, "/out"), 0666);
	box_put(&box, "/out", "");
	box_put(&box, "/err", "");
	chmod(box_path(&box, "/out"), 0666);
	chmod(box_path(&box, "/err"), 0666);
	cr_assert(setregid(0, 0) == 0 && setreuid(1000650000, 1000650000) == 0);
	start_fails_with("",
			 "/var/run/squid is not writable (UID: 1000650000, GID: 0): Permission "
			 "denied",
			 5000);
}

static const char *const stale[] = { "",      "1\n", "0", "-1", "garbage", "99999999999999999999\n",
				     "2\n3\n" };

Test(scenario_start, a_stale_pid_file_does_not_matter)
{
	char text[64];

	for (size_t i = 0; i <= sizeof stale / sizeof stale[0]; i++) {
		bool mine = i == sizeof stale / sizeof stale[0];

		snprintf(text, sizeof text, "%d\n", getpid()); /* alive, but no Squid */
		box_put(&box, "/var/run/squid/squid.pid", mine ? text : stale[i]);
		box_put(&box, "/out", "");
		start_then_stop("");
		cr_expect(strstr(box_out(&box), "Removed stale PID file"), "'%s'",
			  mine ? text : stale[i]);
		cr_expect(access(box_path(&box, "/var/run/squid/squid.pid"), F_OK) != 0);
	}
}

/* As /run/squid.pid in the image, which is a link in a folder of root's. */
Test(scenario_start, a_link_as_pid_file_stays_and_the_file_behind_it_goes)
{
	struct stat st;

	box_put(&box, "/var/run/squid/squid.pid", "7\n");
	cr_assert(symlink("../var/run/squid/squid.pid", box_path(&box, "/run/link.pid")) == 0);
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P\npid_filename %R/run/link.pid\n");
	start_then_stop("");
	cr_expect(strstr(box_out(&box), "Removed stale PID file "));
	cr_expect(access(box_path(&box, "/var/run/squid/squid.pid"), F_OK) != 0);
	cr_expect(lstat(box_path(&box, "/run/link.pid"), &st) == 0);
	box_put(&box, "/out", "");
	start_then_stop(""); /* and leads nowhere now */
}

Test(scenario_start, a_folder_as_pid_file_is_an_error)
{
	cr_assert(mkdir(box_path(&box, "/var/run/squid/squid.pid"), 0755) == 0);
	start_fails_with("", "/var/run/squid/squid.pid is a directory\n", 5000);
}

Test(scenario_start, a_squid_of_another_supervisor_is_left_alone)
{
	static struct box second;

	box_start(&box, "pid-file", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	second = box;
	second.pid = 0;
	second.health_port = free_port();
	box_put(&second, "/err", "");
	box_start(&second, "", NULL);
	cr_expect_eq(box_wait_end(&second, 5000), 1);
	cr_expect(strstr(box_err(&second), "[ERROR] Squid is already running with PID "), "%s",
		  box_err(&second));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

Test(scenario_start, workers_are_ignored_with_a_warning)
{
	box_put(&box, "/etc/squid/squid.conf", "http_port 127.0.0.1:%P\nworkers 4\n");
	start_then_stop("");
	cr_expect(strstr(box_out(&box), "[WARNING] workers 4 is ignored"));
}

Test(scenario_start, without_a_cache_nothing_is_made_and_it_is_said)
{
	start_then_stop("z-fail");
	cr_expect(strstr(box_out(&box), "[INFO] init-squid: No cache_dir directive found - "
					"running in pure proxy mode (no caching)\n"));
}

/* What nftw() finds below the folders of Squid; its callback has no argument. */
static char made[16][300];
static size_t n_made;

static int note_made_path(const char *path, const struct stat *st, int type, struct FTW *w)
{
	(void)w;
	if (type != FTW_D && n_made < 16)
		snprintf(made[n_made++], sizeof made[0], "%s %03o", path + strlen(box.root),
			 (unsigned)(st->st_mode & 07777));
	return 0;
}

static int compare_made_paths(const void *a, const void *b)
{
	return strcmp(a, b);
}

Test(scenario_start, no_other_file_is_made_and_none_is_left_behind)
{
	static const char *const tops[] = { "/var", "/run", "/etc" };
	static const char *const want[] = {
		"/etc/squid/squid.conf 644",	       "/run/squid.pid 777",
		"/var/lib/squid/ssl_db/index.txt 660", "/var/lib/squid/ssl_db/size 660",
		"/var/run/squid/entrypoint.conf 644",
	};

	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P ssl-bump cert=%R/c.pem\n"
		"sslcrtd_program %R/usr/lib/squid/security_file_certgen -s %R/var/lib/squid/ssl_db -M 4MB\n");
	box_put(&box, "/c.pem", "x");
	start_then_stop("");
	for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++)
		nftw(box_path(&box, tops[i]), note_made_path, 16, FTW_PHYS);
	qsort(made, n_made, sizeof made[0], compare_made_paths);
	cr_assert_eq(n_made, sizeof want / sizeof want[0], "%zu files", n_made);
	for (size_t i = 0; i < n_made; i++)
		cr_expect_str_eq(made[i], want[i]);
}

Test(scenario_start, without_a_configuration_the_default_is_copied)
{
	struct stat st;

	unlink(box_path(&box, "/etc/squid/squid.conf"));
	box_put(&box, "/etc/squid/squid.conf.default", "http_port 127.0.0.1:%P\n");
	start_then_stop("");
	cr_expect(strstr(box_out(&box), "Custom squid.conf not found, copying from default"));
	cr_expect(stat(box_path(&box, "/etc/squid/squid.conf"), &st) == 0 &&
		  (st.st_mode & 0777) == 0644);
}

Test(scenario_start, without_any_configuration_the_start_fails)
{
	unlink(box_path(&box, "/etc/squid/squid.conf"));
	start_fails_with("", "squid.conf.default can be read", 5000);
}

Test(scenario_start, cache_directories_are_made_once)
{
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P\ncache_dir ufs %R/var/spool/squid 100 2 4\n");
	start_then_stop("");
	cr_expect(strstr(box_out(&box), "Cache initialization complete"));
	box_put(&box, "/out", "");
	start_then_stop("z-fail");
	cr_expect(strstr(box_out(&box), "Cache already initialized"));
	rmdir(box_path(&box, "/var/spool/squid/01/03")); /* as if creation had been cut short */
	box_put(&box, "/out", "");
	start_then_stop("");
	cr_expect(strstr(box_out(&box), "Cache initialization complete"));
}

/* What scripts of users look for beside the guaranteed lines (contract 4.3), in order. */
static const char *const told[] = {
	"Custom squid.conf not found, copying from default\n",
	"Directory validation passed\n",
	"SSL-bump detected in configuration\n",
	"Running Squid initialization...\n",
	"init-squid: SSL-bump support detected in configuration\n",
	"init-squid: Found security_file_certgen at /",
	"init-squid: SSL database parent volume validated: /",
	"init-squid: Creating SSL certificate database...\n",
	"init-squid: SSL certificate database created successfully\n",
	"init-squid: Starting Squid initialization (UID ",
	"init-squid: Found cache_dir directive: /",
	"init-squid: Cache volume validated: /",
	"init-squid: Using persistent cache: /",
	"init-squid: Initializing Squid cache directories...\n",
	"init-squid: Cache initialization complete\n",
	"init-squid: Log volume validated: /",
	"init-squid: Initialization complete\n",
	"Squid initialization complete\n",
	"Squid: fake squid runs\n",
	"Sending SIGTERM to Squid (PID: ",
	"Squid shutdown complete\n",
};

Test(scenario_start, every_step_is_told)
{
	const char *at;

	unlink(box_path(&box, "/etc/squid/squid.conf"));
	box_put(&box, "/etc/squid/squid.conf.default",
		"http_port 127.0.0.1:%P ssl-bump cert=%R/c.pem\ncache_dir ufs %R/var/spool/squid 100 2 4\n"
		"sslcrtd_program %R/usr/lib/squid/security_file_certgen -s %R/var/lib/squid/ssl_db -M 4MB\n");
	box_put(&box, "/c.pem", "x");
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Squid: fake squid runs", 15000), "%s%s", box_out(&box),
		  box_err(&box));
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	kill(box.pid, SIGTERM);
	cr_assert_eq(box_wait_end(&box, 15000), 0);
	at = box_out(&box);
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
		char line[256];

		snprintf(line, sizeof line, "[INFO] %s", told[i]);
		cr_assert(strstr(at, line) != NULL, "no '%s' in its place:\n%s", line,
			  box_out(&box));
		at = strstr(at, line);
	}
}

Test(scenario_start, a_cache_that_cannot_be_written_is_told_with_the_remedy)
{
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P\ncache_dir ufs %R/cache 100 2 4\n");
	box_put(&box, "/cache", "a file");
	start_fails_with("", "[ERROR] Cache directory not writable: ", 5000);
	cr_expect(strstr(box_err(&box), "/cache (UID "), "%s", box_err(&box));
	cr_expect(strstr(
		box_err(&box),
		"[ERROR] cache_dir directive found in squid.conf but volume not writable\n"));
	cr_expect(strstr(box_err(&box),
			 "[ERROR] Fix volume permissions or remove cache_dir from config for pure "
			 "proxy mode\n"));
	cr_expect(strstr(box_out(&box), "[INFO] Main loop exiting\n"));
}

Test(scenario_start, a_cache_directory_that_cannot_be_made_fails)
{
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P\ncache_dir ufs /proc/nowhere/deep 100 2 4\n");
	start_fails_with("", "volume not mounted: ", 5000);
	box_put(&box, "/err", "");
	box_put(&box, "/etc/squid/squid.conf",
		"http_port 127.0.0.1:%P\ncache_dir ufs %R/var/spool/squid 100 2 4\n");
	start_fails_with("z-fail", "exit code 1: FATAL: Failed to make swap directory\n", 5000);
}

Test(scenario_start, the_wrapper_includes_the_file_and_limits_the_shutdown)
{
	char text[1024], want[512];
	int fd;
	ssize_t n;

	start_then_stop("");
	fd = open(box_path(&box, "/var/run/squid/entrypoint.conf"), O_RDONLY);
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	snprintf(want, sizeof want,
		 "include %s/etc/squid/squid.conf\nshutdown_lifetime 30 seconds\n", box.root);
	cr_expect(strstr(text, want), "%s", text);
}

Test(scenario_start, wrong_environment_values_are_warned_about)
{
	box_start(&box, "", "SHUTDOWN_GRACE=never", "LOG_LEVEL=1", "SQUID_MAX_FD=7", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	cr_expect(strstr(box_out(&box), "[WARNING] Invalid SHUTDOWN_GRACE 'never', using 30"));
	cr_expect(strstr(box_out(&box), "[WARNING] Invalid SQUID_MAX_FD '7', using 65536"));
	kill(box.pid, SIGTERM);
	cr_expect_eq(box_wait_end(&box, 10000), 0);
}

Test(scenario_start, a_health_port_in_use_is_a_clear_error)
{
	unsigned mine = box.health_port;

	box.port = box.health_port; /* another box's Squid takes it */
	box_put(&box, "/etc/squid/squid.conf", "http_port 127.0.0.1:%P\n");
	box.health_port = free_port();
	box_start(&box, "", NULL);
	cr_assert(box_wait_text(&box, "Container ready", 15000));
	static struct box second;
	box_make(&second);
	second.health_port = mine;
	box_start(&second, "", NULL);
	cr_expect_eq(box_wait_end(&second, 5000), 1);
	cr_expect(strstr(box_err(&second), "Health check server failed to start"), "%s",
		  box_err(&second));
	cr_expect(strstr(box_err(&second), "Address already in use"));
	box_remove(&second);
}
