/* SPDX-License-Identifier: Apache-2.0 */
/* The table. A row is added after it was tried, and says as little as works. */

#include "explain/init/daemons.h"

static const struct daemon daemons[] = {
	{ .program = "/usr/sbin/nginx",
	  .args = { "-g", "daemon off;" },
	  .why = "in the foreground; logs go to the engine; a port that needs no rights",
	  .files = { { "/etc/nginx/nginx.conf", NULL, "user ", NULL },
		     { "/etc/nginx/nginx.conf", NULL, "error_log ", "error_log stderr;" },
		     { "/etc/nginx/nginx.conf", NULL, "access_log ", "access_log /dev/stdout;" },
		     { "/etc/nginx/sites-available/default", NULL, "listen 80 ",
		       "listen 8080 default_server;" },
		     { "/etc/nginx/sites-available/default", NULL, "listen [::]:80 ",
		       "listen [::]:8080 default_server;" } },
	  .user = "www-data",
	  .ports = { "8080/tcp" } },
	{ .program = "/usr/bin/redis-server",
	  .args = { "/etc/redis/redis.conf", "--daemonize", "no", "--supervised", "no", "--logfile",
		    "", "--bind", "*", "-::*", "--protected-mode", "no" },
	  .why = "in the foreground; logs go to the engine; listens on all addresses, as a container's own loopback cannot be reached",
	  .ports = { "6379/tcp" },
	  .open = { "redis takes commands without a password: set requirepass, or let only friends reach the port" } },
	{ .program = "/usr/bin/valkey-server",
	  .args = { "/etc/valkey/valkey.conf", "--daemonize", "no", "--supervised", "no",
		    "--logfile", "", "--bind", "*", "-::*", "--protected-mode", "no" },
	  .why = "in the foreground; logs go to the engine; listens on all addresses, as a container's own loopback cannot be reached",
	  .ports = { "6379/tcp" },
	  .open = { "valkey takes commands without a password: set requirepass, or let only friends reach the port" } },
	{ .program = "/usr/bin/memcached",
	  .unit = "memcached",
	  .args = { "-m", "64", "-p", "11211" },
	  .why = "the options that the package's script reads from /etc/memcached.conf, and all addresses",
	  .ports = { "11211/tcp" },
	  .open = { "memcached asks nobody for a password: let only friends reach the port" } },
	{ .program = "/usr/sbin/mosquitto",
	  .args = { "-c", "/etc/mosquitto/mosquitto.conf" },
	  .why = "logs go to the engine; without a listener it serves its own loopback alone",
	  .files = { { "/etc/mosquitto/mosquitto.conf", NULL, "log_dest file", "log_dest stderr" },
		     { "/etc/mosquitto/mosquitto.conf", NULL, "pid_file", NULL },
		     { "/etc/mosquitto/conf.d/listener.conf",
		       "listener 1883\nallow_anonymous true\n", NULL, NULL } },
	  .ports = { "1883/tcp" },
	  .open = { "mosquitto takes clients without a password: see /etc/mosquitto/conf.d/listener.conf" } },
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
	{ .program = "/usr/sbin/haproxy",
	  .args = { "-W", "-f", "/etc/haproxy/haproxy.cfg", "-f", "/etc/haproxy/conf.d" },
	  .why = "logs go to the engine; it starts as its user; without a frontend it would not start",
	  .files = { { "/etc/haproxy/haproxy.cfg", NULL, "chroot", NULL },
		     { "/etc/haproxy/haproxy.cfg", NULL, "user ", NULL },
		     { "/etc/haproxy/haproxy.cfg", NULL, "group ", NULL },
		     { "/etc/haproxy/haproxy.cfg", NULL, "daemon", NULL },
		     { "/etc/haproxy/haproxy.cfg", NULL, "log /dev/log\tlocal0",
		       "log stdout format raw local0" },
		     { "/etc/haproxy/haproxy.cfg", NULL, "log /dev/log\tlocal1", NULL },
		     { "/etc/haproxy/conf.d/status.cfg",
		       "frontend status\n"
		       "\tmode http\n"
		       "\tbind :8080\n"
		       "\thttp-request return status 200 content-type text/plain string \"haproxy runs\"\n",
		       NULL, NULL } },
	  .ports = { "8080/tcp" },
	  .open = { "haproxy has a frontend of its own alone: put yours into rootfs/haproxy/etc/haproxy/conf.d" } },
	{ .program = "/usr/sbin/lighttpd",
	  .args = { "-D", "-f", "/etc/lighttpd/lighttpd.conf" },
	  .why = "logs go to the engine; it starts as its user, at a port that needs no rights; no script is run for its configuration",
	  .files = { { "/etc/lighttpd/lighttpd.conf", NULL, "server.port", "server.port = 8080" },
		     { "/etc/lighttpd/lighttpd.conf", NULL, "server.errorlog", NULL },
		     { "/etc/lighttpd/lighttpd.conf", NULL, "server.pid-file", NULL },
		     { "/etc/lighttpd/lighttpd.conf", NULL, "server.username", NULL },
		     { "/etc/lighttpd/lighttpd.conf", NULL, "server.groupname", NULL },
		     { "/etc/lighttpd/lighttpd.conf", NULL, "include_shell", NULL } },
	  .user = "www-data",
	  .ports = { "8080/tcp" } },
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
	{ .program = "/usr/sbin/apache2",
	  .unit = "apache2",
	  .args = { "-DFOREGROUND" },
	  .why = "what apachectl and a2enmod would do; logs go to the engine; a port that needs no rights",
	  .files = { { "/etc/apache2/ports.conf", NULL, "Listen 80", "Listen 8080" },
		     { "/etc/apache2/apache2.conf", NULL, "ErrorLog ", "ErrorLog /dev/stderr" },
		     { "/etc/apache2/apache2.conf", NULL, "User ", NULL },
		     { "/etc/apache2/apache2.conf", NULL, "Group ", NULL },
		     { "/etc/apache2/mods-enabled/container.load",
		       "LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so\n"
		       "LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so\n"
		       "LoadModule authz_host_module /usr/lib/apache2/modules/mod_authz_host.so\n"
		       "LoadModule alias_module /usr/lib/apache2/modules/mod_alias.so\n"
		       "LoadModule dir_module /usr/lib/apache2/modules/mod_dir.so\n"
		       "LoadModule env_module /usr/lib/apache2/modules/mod_env.so\n"
		       "LoadModule filter_module /usr/lib/apache2/modules/mod_filter.so\n"
		       "LoadModule mime_module /usr/lib/apache2/modules/mod_mime.so\n"
		       "LoadModule setenvif_module /usr/lib/apache2/modules/mod_setenvif.so\n"
		       "TypesConfig /etc/mime.types\n"
		       "ServerName localhost\n",
		       NULL, NULL },
		     { "/etc/apache2/sites-enabled/container.conf",
		       "<VirtualHost *:8080>\n"
		       "\tDocumentRoot /var/www/html\n"
		       "\tDirectoryIndex index.html\n"
		       "\tCustomLog /dev/stdout combined\n"
		       "</VirtualHost>\n",
		       NULL, NULL } },
	  .env = { "APACHE_RUN_DIR=/run/apache2", "APACHE_PID_FILE=/run/apache2/apache2.pid",
		   "APACHE_LOG_DIR=/var/log/apache2", "APACHE_LOCK_DIR=/run/apache2",
		   "APACHE_RUN_USER=www-data", "APACHE_RUN_GROUP=www-data" },
	  .dirs = { "/run/apache2" },
	  .user = "www-data",
	  .ports = { "8080/tcp" } },
	{ .program = "/usr/bin/caddy",
	  .args = { "run", "--environ", "--config", "/etc/caddy/Caddyfile" },
	  .why = "a port that needs no rights",
	  .files = { { "/etc/caddy/Caddyfile", NULL, ":80", ":8080 {" } },
	  .ports = { "8080/tcp" } },
	{ .program = "/usr/bin/etcd",
	  .args = { "--listen-client-urls", "http://0.0.0.0:2379", "--advertise-client-urls",
		    "http://0.0.0.0:2379" },
	  .why = "listens on all addresses",
	  .ports = { "2379/tcp" },
	  .open = { "etcd takes clients without a certificate: let only friends reach the port" } },
};

const struct daemon *daemon_find(const char *program, const char *unit)
{
	for (size_t i = 0; i < ARRAY_SIZE(daemons); i++) {
		if (program && strcmp(daemons[i].program, program) == 0)
			return &daemons[i];
	}
	for (size_t i = 0; i < ARRAY_SIZE(daemons); i++) {
		if (unit && daemons[i].unit && strcmp(daemons[i].unit, unit) == 0)
			return &daemons[i];
	}
	return NULL;
}
