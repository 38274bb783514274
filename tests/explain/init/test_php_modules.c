/* SPDX-License-Identifier: Apache-2.0 */
/* What phpenmod(8) would do. */

#include <criterion/criterion.h>

#include "support/fixture_package_world.h"
#include "explain/init/php_modules.h"

Test(php_modules, each_way_to_run_php_gets_the_lines_of_all_modules)
{
	struct service_world w;

	service_world_open(&w);
	service_world_file(&w, "usr/lib/php/20240924/a.so", 0644, "ELF");
	service_world_file(&w, "usr/lib/php/20240924/b.so", 0644, "ELF");
	service_world_file(&w, "usr/lib/php/8.4/sapi/cli", 0644, "");
	service_world_file(&w, "usr/lib/php/8.4/sapi/fpm", 0644, "");
	service_world_file(&w, "usr/share/php8.4-a/a/a.ini", 0644,
			   "; priority=25\nextension=a.so\n");
	service_world_file(&w, "etc/php/8.4/mods-available/b.ini", 0644, "zend_extension=b");
	service_world_file(&w, "usr/share/php8.4-c/c/c.ini", 0644, "extension=c.so\n");
	service_world_file(&w, "usr/share/php7.0-d/d/d.ini", 0644, "extension=a.so\n");
	cr_assert(collect_php_modules(&w.c, &w.e), "%s", w.e.cause);
	cr_assert_eq(w.d.files.n, 2);
	for (size_t i = 0; i < 2; i++) {
		cr_expect_str_eq(w.d.files.v[i].path, i ? "/etc/php/8.4/fpm/conf.d/10-modules.ini"
							: "/etc/php/8.4/cli/conf.d/10-modules.ini");
		cr_expect(str_eq(w.d.files.v[i].text,
				 STR("zend_extension=b\n; priority=25\nextension=a.so\n")),
			  STR_FMT, STR_ARG(w.d.files.v[i].text));
	}
	arena_free(&w.a);
}

Test(php_modules, a_module_has_the_priority_that_it_says_or_20)
{
	cr_expect_eq(php_priority(STR("; priority=10\nextension=x.so\n")), 10);
	cr_expect_eq(php_priority(STR("extension=x.so\n")), 20);
	cr_expect_eq(php_priority(STR("; priority=")), 20);
	cr_expect_eq(php_priority(STR("; priority=1000\n")), 20);
	cr_expect_eq(php_priority(STR("")), 20);
}
