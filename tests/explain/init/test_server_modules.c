/* SPDX-License-Identifier: Apache-2.0 */
/* Modules of nginx and Apache, as their packages' scripts enable them. */

#include <criterion/criterion.h>

#include "explain/init/server_modules.h"
#include "support/fixture_package_world.h"

/* As dh_nginx writes it. */
Test(server_modules, those_of_nginx_are_linked_where_it_reads)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, "usr/share/nginx/modules-available/mod-a.conf", 0644, "");
	service_world_file(&w, "usr/share/nginx/modules-available/mod-b.conf", 0644, "");
	service_world_file(&w, "usr/share/nginx/modules-available/mod-none.conf", 0644, "");
	service_world_control(
		&w, "postinst",
		"#!/bin/sh\nfor confpair in mod-a.conf:50-mod-a.conf mod-b.conf:10-mod-b.conf ; do\n"
		"from=$(echo $confpair | cut -d: -f1)\nmod-none.conf:$x\ndone\n");
	collect_server_modules(&w.c);
	collect_server_modules(&w.c);
	cr_assert_eq(w.d.links.n, 2);
	cr_expect_str_eq(w.d.links.v[0].name, "/etc/nginx/modules-enabled/50-mod-a.conf");
	cr_expect_str_eq(w.d.links.v[0].text, "/usr/share/nginx/modules-available/mod-a.conf");
	cr_expect_str_eq(w.d.links.v[1].name, "/etc/nginx/modules-enabled/10-mod-b.conf");
	arena_free(&w.a);
}

Test(server_modules, those_of_apache_are_told)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, "etc/apache2/mods-available/php8.4.load", 0644, "");
	collect_server_modules(&w.c);
	cr_expect_eq(w.d.open.n, 0); /* Apache's own are many */
	w.package.name = "libapache2-mod-php8.4";
	service_world_file(&w, "etc/apache2/mods-available/php8.4.conf", 0644, "");
	collect_server_modules(&w.c);
	cr_expect_str_eq(
		service_world_left(&w),
		"libapache2-mod-php8.4: etc/apache2/mods-available/php8.4.load is not enabled, as "
		"a2enmod would: to load it, add a link /etc/apache2/mods-enabled/php8.4.load to it to "
		"\"links\", and to the .conf beside it; modules that are not for threads, such as "
		"PHP's, need mpm_prefork in place of mpm_event in "
		"/etc/apache2/mods-enabled/container.load");
	arena_free(&w.a);
}
