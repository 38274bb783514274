/* SPDX-License-Identifier: Apache-2.0 */
/* Services that this repository keeps, those that start in a moment. tests/full has all of them. */

#include <criterion/criterion.h>

#include "e2e/fixture_service.h"
#include "support/fixture_oracle.h"

/* As hardened as a cluster may ask: nothing of the image can be written, and no right is left. */
static void services_run(const char *name, const char *writable)
{
	AUTO_ARENA a = { 0 };
	struct init_table rows = { 0 };
	struct strings options = { 0 };
	struct podman p;

	oracle_need("curl");
	init_table_read(&a, &rows);
	podman_open(&p, &a);
	service_load(&p, name, "latest");
	*list_push(&a, &options) = "--read-only";
	*list_push(&a, &options) = "--cap-drop=all";
	*list_push(&a, &options) = "--security-opt=no-new-privileges";
	if (writable)
		*list_push(&a, &options) = arena_printf(&a, "--volume=%s", writable);
	service_expect(&p, &rows, name, options);
	podman_close(&p);
}

Test(services, redis_keeps_a_key)
{
	services_run("redis-server", "/var/lib/redis");
}

Test(services, nginx_serves_its_page)
{
	services_run("nginx", "/var/lib/nginx");
}

Test(services, etcd_keeps_a_key)
{
	services_run("etcd-server", "/var/lib/etcd");
}

Test(services, haproxy_answers)
{
	services_run("haproxy", NULL);
}
