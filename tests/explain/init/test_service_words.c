/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a unit in a container, and what its configuration has the service write. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"

#define PROGRAM "/usr/sbin/ours"

static void words_open(struct service_world *w, const char *type, const char *words)
{
	static const struct draft_user user = { .name = "oursd", .uid = 999, .gid = 999 };
	static const struct draft_group group = { "oursd", 999 };
	struct str rest = str_of(words), word;
	struct unit_setting start = { "Service", "ExecStart", words, 3 };

	service_world_open(w);
	*list_push(&w->a, &w->d.users) = user;
	*list_push(&w->a, &w->d.groups) = group;
	w->d.user = "oursd";
	w->s.file = (struct collect_text){ &w->deb, "ours.service", { "", 0 } };
	w->s.program = PROGRAM;
	*list_push(&w->a, &w->s.unit) = (struct unit_setting){ "Service", "Type", type, 2 };
	while (str_next(&rest, ' ', &word))
		*list_push(&w->a, &w->s.exec.words) = str_dup(&w->a, word);
	cr_assert(service_words(&w->s, &start, &w->e), "%s", w->e.cause);
}

static const char *entrypoint_of(struct service_world *w)
{
	return strings_join(&w->a, &w->d.entrypoint, " ");
}

Test(service_words, options_that_name_the_images_own_user_are_left_out)
{
	struct service_world w;

	words_open(&w, "simple", PROGRAM " -f -u oursd --group=oursd -u other -g 5 --user");
	cr_expect_str_eq(service_words_user(&w.s), "oursd");
	service_drop_user_words(&w.s);
	cr_expect_str_eq(entrypoint_of(&w), PROGRAM " -f -u other -g 5 --user");
	cr_expect_str_eq(
		w.d.choices.v[w.d.choices.n - 1].from,
		"without -u oursd --group=oursd: the image starts it as oursd, who can become "
		"nobody else");
	arena_free(&w.a);
}

Test(service_words, what_goes_into_the_background_is_told)
{
	struct service_world w;

	words_open(&w, "forking", PROGRAM " -x");
	cr_expect_str_eq(entrypoint_of(&w), PROGRAM " -x");
	cr_assert(service_background(&w.s, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(service_world_left(&w),
			 "ours: ours.service:2 says Type=forking: find the option that keeps "
			 "/usr/sbin/ours in the foreground, or the container ends at once");
	arena_free(&w.a);
}

/* The text that the program prints for --help tells both. */
Test(service_words, an_option_keeps_the_program_and_another_goes)
{
	static const char help[] = "\177ELF\n  -b   run in the background\n  -f   run foreground\n";
	struct service_world w;
	struct unit_setting start = { "Service", "ExecStart", PROGRAM " -b -x", 3 };

	words_open(&w, "simple", PROGRAM);
	service_world_file(&w, "usr/sbin/ours", 0755, help);
	w.d.entrypoint.n = w.d.open.n = 0;
	w.s.unit.v[0].value = "forking";
	*list_push(&w.a, &w.s.exec.words) = "-b";
	*list_push(&w.a, &w.s.exec.words) = "-x";
	cr_assert(service_words(&w.s, &start, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(entrypoint_of(&w), PROGRAM " -f -x");
	cr_expect_str_eq(
		service_world_left(&w),
		"ours: ours.service:2 says Type=forking: the entrypoint is without -b, of which the "
		"text for --help in /usr/sbin/ours says \"run in the background\": a container ends "
		"with its first process\n"
		"ours: ours.service:2 says Type=forking: the entrypoint has -f, of which the text for "
		"--help in /usr/sbin/ours says \"run foreground\": a container ends with its first "
		"process");
	arena_free(&w.a);
}

Test(service_words, what_nothing_sets_is_told_with_the_file_that_would)
{
	struct unit_setting start = { "Service", "ExecStart", PROGRAM, 3 };
	struct service_world w;

	words_open(&w, "simple", PROGRAM);
	*list_push(&w.a, &w.s.exec.unknown) = "$A";
	*list_push(&w.a, &w.s.exec.unknown) = "$B";
	w.s.absent_variables = "/etc/default/ours";
	cr_assert(service_words(&w.s, &start, &w.e));
	cr_expect_str_eq(
		service_world_left(&w),
		"ours: ours.service:3: nothing sets $A, $B of ExecStart (/etc/default/ours "
		"would, and no package has it): they are empty; write the words that it stands "
		"for into entrypoint");
	arena_free(&w.a);
}

static const char config[] = "# /var/log/comment.log\n"
			     "logfile /var/log/ours.log\n"
			     "pidfile=\"/var/run/ours/ours.pid\";\n"
			     "cache: /var/cache/ours/\n"
			     "<path>/var/lib/ours/db/x.sqlite</path>\n"
			     "other /run/mysqld/mysqld.sock\n"
			     "sock /run/ours.sock\n"
			     "glob /var/log/*.log\n"
			     "etc /etc/ours/key\n"
			     "tls /etc/ssl/private/snakeoil.key;\n"
			     "tls /etc/ssl/private/snakeoil.key;\n"
			     "tls /etc/ours.pem\n";

Test(service_words, folders_that_the_configuration_names_are_the_services)
{
	struct service_world w;
	struct buf got = { 0 };

	words_open(&w, "simple", PROGRAM);
	service_world_file(&w, "etc/ours.conf", 0644, config);
	got.a = &w.a;
	service_world_file(&w, "etc/ours.pem", 0644, "");
	cr_assert(service_written(&w.s, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(
		service_world_left(&w),
		"ours: etc/ours.conf:10 names /etc/ssl/private/snakeoil.key, which no package "
		"of the image has: mount it, as a key belongs in no image, or take it out "
		"there");
	list_each(x, &w.d.dirs)
		buf_printf(&got, "%s %s\n", x->path, x->user);
	cr_expect_str_eq(buf_cstr(&got), "/var/log oursd\n/run/ours oursd\n/var/cache/ours oursd\n"
					 "/var/lib/ours/db oursd\n/run oursd\n");
	arena_free(&w.a);
}

/* As svxreflector and spamd are started: their files have to be made somewhere. */
Test(service_words, so_are_those_of_files_that_options_name)
{
	struct service_world w;
	struct buf got = { 0 };

	words_open(&w, "simple",
		   PROGRAM " --logfile=/var/log/ours --pidfile=/var/run/ours.pid -S "
			   "/run/x/ours.sock --cache=/var/cache/in /var/lib/word.log");
	got.a = &w.a;
	cr_assert(service_written(&w.s, &w.e), "%s", w.e.cause);
	list_each(x, &w.d.dirs)
		buf_printf(&got, "%s %s\n", x->path, x->user);
	cr_expect_str_eq(buf_cstr(&got), "/var/log oursd\n/run oursd\n/run/x oursd\n");
	arena_free(&w.a);
}

/* As glewlwyd-db.conf, of answers to debconf: the configuration is a copy that a script makes. */
Test(service_words, what_a_made_configuration_includes_and_nobody_has_is_told)
{
	struct service_world w;

	words_open(&w, "simple", PROGRAM " --config=/etc/made.conf");
	service_world_file(&w, "etc/there.conf", 0644, "");
	*list_push(&w.a, &w.d.files) = (struct draft_file){
		.path = "/etc/made.conf",
		.text = STR(
			"# include /etc/a\n@include \"/etc/there.conf\"\ninclude /etc/db.conf;\n")
	};
	cr_assert(service_written(&w.s, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(
		service_world_left(&w),
		"/etc/made.conf:3 includes /etc/db.conf, which no package of the image has: write "
		"it below rootfs/ and name it in \"files\", or take the line out");
	arena_free(&w.a);
}

Test(service_words, ports_below_1024_are_told)
{
	struct service_world w;

	words_open(&w, "simple", PROGRAM " -bind :323 --port=783 -x 80 --listen=127.0.0.1:8080");
	cr_assert(service_ports(&w.s, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(strings_join(&w.a, &w.d.expose, " "), "323/tcp 783/tcp 8080/tcp");
	cr_expect(
		strstr(service_world_left(&w),
		       "port 323/tcp (-bind of the entrypoint) is below 1024, and the image does not "
		       "run as root: say another one there, or run it with --sysctl "
		       "net.ipv4.ip_unprivileged_port_start=0"),
		"%s", service_world_left(&w));
	arena_free(&w.a);
}

/* As gdnsd and knot-resolver have it: their port is in no text. */
Test(service_words, so_is_the_right_to_have_one)
{
	struct service_world w;

	words_open(&w, "simple", PROGRAM);
	*list_push(&w.a, &w.s.unit) = (struct unit_setting){ "Service", "CapabilityBoundingSet",
							     "CAP_SETPCAP CAP_NET_BIND_SERVICE",
							     9 };
	cr_assert(service_ports(&w.s, &w.e), "%s", w.e.cause);
	cr_expect_str_eq(
		service_world_left(&w),
		"ours: ours.service:9: it may take a port below 1024, for which the image's "
		"user has no rights: say another one in its configuration, or run it with "
		"--sysctl net.ipv4.ip_unprivileged_port_start=0");
	w.d.open.n = 0;
	w.s.unit.v[w.s.unit.n - 1].value = "~CAP_NET_BIND_SERVICE";
	cr_assert(service_ports(&w.s, &w.e));
	cr_expect_str_eq(service_world_left(&w), "");
	arena_free(&w.a);
}
