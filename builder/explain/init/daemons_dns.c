/* SPDX-License-Identifier: Apache-2.0 */
/* The table of name servers. A row is added after it was tried, and says as little as works. */

#include "explain/init/daemons_table.h"

static const struct daemon daemons_of_dns[] = {
	{ .program = "/usr/sbin/unbound",
	  .args = { "-d", "-p" },
	  .why = "logs go to the engine; a port that needs no rights, on all addresses",
	  .files = { { "/etc/unbound/unbound.conf.d/container.conf",
		       "server:\n"
		       "    interface: 0.0.0.0@5353\n"
		       "    interface: ::0@5353\n"
		       "    access-control: 10.0.0.0/8 allow\n"
		       "    access-control: 172.16.0.0/12 allow\n"
		       "    access-control: 192.168.0.0/16 allow\n"
		       "    access-control: fc00::/7 allow\n"
		       "    username: \"\"\n"
		       "    chroot: \"\"\n"
		       "    use-syslog: no\n"
		       "    logfile: \"\"\n"
		       "remote-control:\n"
		       "    control-enable: no\n",
		       NULL, NULL },
		     { "/etc/unbound/unbound.conf.d/root-auto-trust-anchor-file.conf", NULL,
		       "auto-trust-anchor-file:",
		       "trust-anchor-file: \"/usr/share/dns/root.key\"" },
		     { "/etc/unbound/unbound.conf.d/remote-control.conf", NULL,
		       "control-enable:", "control-enable: no" } },
	  .needs = "dns-root-data",
	  .ports = { "5353/udp", "5353/tcp" },
	  .open = { "unbound answers private addresses alone: see /etc/unbound/unbound.conf.d/container.conf" } },
	{ .program = "/usr/sbin/named",
	  .args = { "-g", "-c", "/etc/bind/named.conf", "-p", "5353" },
	  .why = "in the foreground; logs go to the engine; a port that needs no rights",
	  .user = "bind",
	  .ports = { "5353/udp", "5353/tcp" } },
	{ .program = "/usr/sbin/dnsmasq",
	  .unit = "dnsmasq",
	  .args = { "--keep-in-foreground", "--port=5353", "--log-facility=-",
		    "--conf-dir=/etc/dnsmasq.d,.dpkg-dist,.dpkg-old,.dpkg-new" },
	  .why = "in the foreground; logs go to the engine; a port that needs no rights",
	  .user = "dnsmasq",
	  .ports = { "5353/udp", "5353/tcp" } },
	{ .program = "/usr/bin/dnsdist",
	  .args = { "--supervised", "--disable-syslog", "--config", "/etc/dnsdist/container.conf" },
	  .why = "a port that needs no rights, on all addresses",
	  .files = { { "/etc/dnsdist/container.conf",
		       "dofile(\"/etc/dnsdist/dnsdist.conf\")\n"
		       "setLocal(\"0.0.0.0:5353\")\n"
		       "setServFailWhenNoServer(true)\n",
		       NULL, NULL } },
	  .ports = { "5353/udp", "5353/tcp" },
	  .open = { "dnsdist has no servers behind it: add newServer(...) to /etc/dnsdist/dnsdist.conf" } },
	{ .program = "/usr/sbin/knotd",
	  .args = { "-c", "/etc/knot/knot.conf", "-m", "512" },
	  .why = "logs go to the engine; it starts as its user; a port that needs no rights, on all addresses",
	  .files = { { "/etc/knot/knot.conf", NULL, "user:", NULL },
		     { "/etc/knot/knot.conf", NULL,
		       "rundir:", "rundir: \"/run/knot\"\n    listen: [ 0.0.0.0@5353, ::@5353 ]" },
		     { "/etc/knot/knot.conf", NULL, "- target: syslog", "- target: stderr" } },
	  .ports = { "5353/udp", "5353/tcp" },
	  .open = { "knot has no zones: add yours to /etc/knot/knot.conf" } },
	{ .program = "/usr/sbin/nsd",
	  .args = { "-d", "-P", "", "-c", "/etc/nsd/nsd.conf" },
	  .why = "logs go to the engine; it starts as its user; a port that needs no rights, on all addresses",
	  .files = { { "/etc/nsd/nsd.conf", NULL, "log-only-syslog:", "log-only-syslog: no" },
		     { "/etc/nsd/nsd.conf.d/container.conf",
		       "server:\n"
		       "    ip-address: 0.0.0.0@5353\n"
		       "    ip-address: ::0@5353\n"
		       "    username: \"\"\n"
		       "remote-control:\n"
		       "    control-enable: no\n",
		       NULL, NULL } },
	  .ports = { "5353/udp", "5353/tcp" },
	  .open = { "nsd has no zones: add yours to /etc/nsd/nsd.conf.d" } },
	{ .program = "/usr/sbin/pdns_recursor",
	  .args = { "--daemon=no", "--write-pid=no", "--disable-syslog" },
	  .why = "a port that needs no rights, on all addresses",
	  .files = { { "/etc/powerdns/recursor.d/container.yml",
		       "incoming:\n"
		       "  listen: [ '0.0.0.0:5353', '[::]:5353' ]\n",
		       NULL, NULL } },
	  .ports = { "5353/udp", "5353/tcp" } },
	{ .program = "/usr/sbin/pdns_server",
	  .args = { "--guardian=no", "--daemon=no", "--disable-syslog", "--write-pid=no" },
	  .why = "a port that needs no rights; it starts with a backend alone",
	  .files = { { "/etc/powerdns/pdns.d/container.conf",
		       "launch=bind\n"
		       "bind-config=/etc/powerdns/named.conf\n"
		       "local-port=5353\n",
		       NULL, NULL },
		     { "/etc/powerdns/pdns.d/bind.conf", "", NULL, NULL },
		     { "/etc/powerdns/named.conf",
		       "options { directory \"/var/lib/powerdns\"; };\n", NULL, NULL } },
	  .needs = "pdns-backend-bind",
	  .ports = { "5353/udp", "5353/tcp" },
	  .open = { "pdns has no zones: add yours to /etc/powerdns/named.conf, or choose another backend" } },
};

const struct daemon_rows daemons_dns = { daemons_of_dns, ARRAY_SIZE(daemons_of_dns) };
