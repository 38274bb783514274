/* SPDX-License-Identifier: Apache-2.0 */
/* The paths in the image, and, in test builds only, the same tree below $TEST_ROOT. */

#include "common/paths.h"

#ifndef TEST_PATHS

static const struct paths image = {
	.squid = "/usr/sbin/squid",
	.certgen = { "/usr/lib/squid/security_file_certgen",
		     "/usr/libexec/squid/security_file_certgen" },
	.health = "/usr/local/bin/healthcheck",
	.etc_dir = "/etc/squid",
	.conf = "/etc/squid/squid.conf",
	.conf_default = "/etc/squid/squid.conf.default",
	.tls_crt = "/etc/squid/ssl_cert/tls.crt",
	.tls_key = "/etc/squid/ssl_cert/tls.key",
	.merged = "/var/lib/squid/squid-ca.pem",
	.run_dir = "/var/run/squid",
	.log_dir = "/var/log/squid",
	.lib_dir = "/var/lib/squid",
	.spool_dir = "/var/spool/squid",
	.cache_dir = "/var/cache/squid",
	.pid_file = "/var/run/squid/squid.pid",
	.pid_link = "/run/squid.pid",
	.ssl_db = "/var/lib/squid/ssl_db",
	.wrapper = "/var/run/squid/entrypoint.conf",
	.copy = "/var/run/squid/squid.conf",
	.stylesheet = { "/etc/squid/errorpage.css", "/usr/share/squid/errorpage.css" },
	.cache_log = "/var/log/squid/cache.log",
};

const struct paths *paths_get(void)
{
	return &image;
}

#else

#include <stdio.h>
#include <stdlib.h>

/* The test program's only mutable state outside main: names that live for ever. */
static const char *path_in_root(const char *root, const char *path)
{
	char *full = NULL;

	if (asprintf(&full, "%s%s", root, path) < 0)
		abort();
	return full;
}

const struct paths *paths_get(void)
{
	static struct paths p;
	const char *root = getenv("TEST_ROOT");

	if (root == NULL)
		root = "/nonexistent";
	p.squid = path_in_root(root, "/usr/sbin/squid");
	p.certgen[0] = path_in_root(root, "/usr/lib/squid/security_file_certgen");
	p.certgen[1] = path_in_root(root, "/usr/libexec/squid/security_file_certgen");
	p.health = path_in_root(root, "/usr/local/bin/healthcheck");
	p.etc_dir = path_in_root(root, "/etc/squid");
	p.conf = path_in_root(root, "/etc/squid/squid.conf");
	p.conf_default = path_in_root(root, "/etc/squid/squid.conf.default");
	p.tls_crt = path_in_root(root, "/etc/squid/ssl_cert/tls.crt");
	p.tls_key = path_in_root(root, "/etc/squid/ssl_cert/tls.key");
	p.merged = path_in_root(root, "/var/lib/squid/squid-ca.pem");
	p.run_dir = path_in_root(root, "/var/run/squid");
	p.log_dir = path_in_root(root, "/var/log/squid");
	p.lib_dir = path_in_root(root, "/var/lib/squid");
	p.spool_dir = path_in_root(root, "/var/spool/squid");
	p.cache_dir = path_in_root(root, "/var/cache/squid");
	p.pid_file = path_in_root(root, "/var/run/squid/squid.pid");
	p.pid_link = path_in_root(root, "/run/squid.pid");
	p.ssl_db = path_in_root(root, "/var/lib/squid/ssl_db");
	p.wrapper = path_in_root(root, "/var/run/squid/entrypoint.conf");
	p.copy = path_in_root(root, "/var/run/squid/squid.conf");
	p.stylesheet[0] = path_in_root(root, "/etc/squid/errorpage.css");
	p.stylesheet[1] = path_in_root(root, "/usr/share/squid/errorpage.css");
	p.cache_log = path_in_root(root, "/var/log/squid/cache.log");
	return &p;
}

#endif
