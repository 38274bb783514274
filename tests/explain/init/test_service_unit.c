/* SPDX-License-Identifier: Apache-2.0 */
/* Which unit is meant, where a package has several. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"

#define UNITS "usr/lib/systemd/system/"

static const char *unit_found(struct service_world *w)
{
	struct collect_text t;
	bool found;

	cr_assert(service_unit_find(&w->c, &t, &found, &w->e), "%s", w->e.cause);
	cr_assert(service_unit_tell(&w->c, found ? &t : NULL, &w->e), "%s", w->e.cause);
	return found ? path_base(t.path) : "";
}

/* As samba has them: nmbd.service is nmb.service, too. */
Test(service_unit, who_comes_after_another_is_what_it_is_for)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, UNITS "nmbd.service", 0644,
			   "[Service]\nExecStart=/usr/sbin/nmbd\n[Install]\n"
			   "WantedBy=multi-user.target\nAlias=nmb.service\n");
	service_world_file(&w, UNITS "smbd.service", 0644,
			   "[Unit]\nAfter=network.target nmb.service\n[Service]\n"
			   "ExecStart=/usr/sbin/smbd\n[Install]\nWantedBy=multi-user.target\n");
	cr_expect_str_eq(unit_found(&w), "smbd.service");
	arena_free(&w.a);
}

/* As apache2 has them: a helper may come after the service. */
Test(service_unit, a_helper_that_comes_after_the_service_is_not_it)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, UNITS "ours-clean.service", 0644,
			   "[Unit]\nAfter=ours.service\n[Service]\nExecStart=/usr/bin/clean\n");
	service_world_file(&w, UNITS "ours.service", 0644, "[Service]\nExecStart=/usr/sbin/ours\n");
	service_world_file(&w, UNITS "ours@.service", 0644,
			   "[Service]\nExecStart=/usr/sbin/ours\n");
	cr_expect_str_eq(unit_found(&w), "ours.service");
	arena_free(&w.a);
}

/* As knot-resolver has them: kresd@.service wants the collector of garbage. */
Test(service_unit, a_template_counts_where_its_instance_has_no_say)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, UNITS "gc.service", 0644,
			   "[Service]\nExecStart=/usr/sbin/gc\n[Install]\nWantedBy=x.target\n");
	service_world_file(&w, UNITS "d@.service", 0644,
			   "[Unit]\nWants=gc.service\n[Service]\nExecStart=/usr/sbin/d -n\n"
			   "[Install]\nWantedBy=x.target\n");
	service_world_file(&w, UNITS "vpn@.service", 0644,
			   "[Service]\nExecStart=/usr/sbin/vpn %i\n");
	cr_expect_str_eq(unit_found(&w), "d@.service");
	arena_free(&w.a);
}

Test(service_unit, what_systemd_starts_for_each_connection_is_told)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(
		&w, UNITS "ours@.service", 0644,
		"[Service]\nStandardInput=socket\nExecStart=/usr/libexec/ours /var/db\n");
	cr_expect_str_eq(unit_found(&w), "");
	cr_expect_str_eq(
		service_world_left(&w),
		"ours: usr/lib/systemd/system/ours@.service:3: systemd listens, and starts "
		"/usr/libexec/ours for each connection; an image has no systemd: find an option that "
		"has it listen, or let a program listen that starts it, as socat does "
		"(TCP-LISTEN:PORT,fork EXEC:...)");
	arena_free(&w.a);
}

Test(service_unit, so_is_a_socket_that_systemd_hands_over)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(
		&w, UNITS "ours.service", 0644,
		"[Unit]\nRequires=ours.socket\n[Service]\nExecStart=/usr/sbin/ours -f\n");
	cr_expect_str_eq(unit_found(&w), "ours.service");
	cr_expect_str_eq(
		service_world_left(&w),
		"ours: usr/lib/systemd/system/ours.service:2: systemd listens (ours.socket) "
		"and hands its socket over, which no engine does: find an option that has "
		"the program listen by itself");
	arena_free(&w.a);
}
