/* SPDX-License-Identifier: Apache-2.0 */
/* The table of databases, brokers, monitoring and search. A row is added after it was tried, and
 * says as little as works. */

#include "explain/init/daemons_table.h"

static const struct daemon daemons_of_data[] = {
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
	{ .program = "/usr/bin/etcd",
	  .args = { "--listen-client-urls", "http://0.0.0.0:2379", "--advertise-client-urls",
		    "http://0.0.0.0:2379" },
	  .why = "listens on all addresses",
	  .ports = { "2379/tcp" },
	  .open = { "etcd takes clients without a certificate: let only friends reach the port" } },
	{ .program = "/usr/sbin/mariadbd",
	  .args = { "--skip-grant-tables", "--init-file=/etc/mysql/container.sql",
		    "--bind-address=*" },
	  .why = "what mariadb-install-db would do by a shell is done at each start, where it is not done yet; rights hold again before anybody can connect; all addresses",
	  .files = { { "/etc/mysql/container.sql",
		       "CREATE DATABASE IF NOT EXISTS mysql;\n"
		       "USE mysql;\n"
		       "SET @auth_root_socket = 'mysql';\n",
		       NULL,
		       NULL,
		       { "/usr/share/mariadb/mariadb_system_tables.sql",
			 "/usr/share/mariadb/mariadb_performance_tables.sql",
			 "/usr/share/mariadb/mariadb_system_tables_data.sql" },
		       "FLUSH PRIVILEGES;\n" } },
	  .ports = { "3306/tcp" },
	  .open = { "nobody can log in from outside of the container yet: add CREATE USER IF NOT EXISTS and GRANT behind FLUSH PRIVILEGES in /etc/mysql/container.sql, or run mariadb in the container",
		    "the data are in /var/lib/mysql: mount a volume there" } },
	{ .program = "/usr/sbin/slapd",
	  .args = { "-f", "/etc/ldap/slapd.conf", "-h", "ldap://0.0.0.0:1389/", "-d", "stats" },
	  .why = "in the foreground, at a port that needs no rights; the package's script would ask for a domain and a password",
	  .files = { { "/etc/ldap/slapd.conf",
		       "include /etc/ldap/schema/core.schema\n"
		       "include /etc/ldap/schema/cosine.schema\n"
		       "include /etc/ldap/schema/inetorgperson.schema\n"
		       "include /etc/ldap/schema/nis.schema\n"
		       "modulepath /usr/lib/ldap\n"
		       "moduleload back_mdb\n"
		       "database mdb\n"
		       "suffix \"dc=example,dc=org\"\n"
		       "rootdn \"cn=admin,dc=example,dc=org\"\n"
		       "directory /var/lib/ldap\n",
		       NULL, NULL } },
	  .ports = { "1389/tcp" },
	  .open = { "the suffix is dc=example,dc=org, and its rootdn has no password: write yours into /etc/ldap/slapd.conf" } },
	{ .program = "/usr/sbin/nats-server",
	  .args = { "-c", "/etc/nats-server.conf", "-a", "0.0.0.0" },
	  .why = "all addresses, as a container's own loopback cannot be reached",
	  .ports = { "4222/tcp" },
	  .open = { "nats takes clients without a password: let only friends reach the port" } },
	{ .program = "/usr/sbin/gearmand",
	  .args = { "--listen=0.0.0.0", "--port=4730", "--log-file=stderr" },
	  .why = "in the foreground; logs go to the engine; all addresses",
	  .ports = { "4730/tcp" },
	  .open = { "gearman takes clients without a password: let only friends reach the port" } },
	{ .program = "/usr/sbin/rsyslogd",
	  .args = { "-n", "-iNONE" },
	  .why = "a container has no /dev/log and no kernel log: it takes messages at a port that needs no rights, and the engine gets them",
	  .files = { { "/etc/rsyslog.conf",
		       "module(load=\"imudp\")\n"
		       "module(load=\"imtcp\")\n"
		       "input(type=\"imudp\" port=\"5514\")\n"
		       "input(type=\"imtcp\" port=\"5514\")\n"
		       "global(workDirectory=\"/var/spool/rsyslog\")\n"
		       "include(file=\"/etc/rsyslog.d/*.conf\" mode=\"optional\")\n"
		       "*.* action(type=\"omfile\" file=\"/dev/stdout\")\n",
		       NULL, NULL } },
	  .ports = { "5514/udp", "5514/tcp" },
	  .open = { "rsyslog writes all messages to its standard output: say where they go in /etc/rsyslog.d" } },
	{ .program = "/usr/bin/rspamd",
	  .args = { "-c", "/etc/rspamd/rspamd.conf", "-f" },
	  .why = "logs go to the engine; all addresses",
	  .files = { { "/etc/rspamd/override.d/logging.inc", "type = \"console\";\n", NULL, NULL },
		     { "/etc/rspamd/override.d/worker-controller.inc",
		       "bind_socket = \"*:11334\";\n", NULL, NULL },
		     { "/etc/rspamd/override.d/worker-normal.inc", "bind_socket = \"*:11333\";\n",
		       NULL, NULL },
		     { "/etc/rspamd/override.d/worker-proxy.inc", "bind_socket = \"*:11332\";\n",
		       NULL, NULL } },
	  .ports = { "11332/tcp", "11333/tcp", "11334/tcp" },
	  .open = { "the password of the controller is Debian's default: set one in /etc/rspamd/local.d/worker-controller.inc" } },
	{ .program = "/usr/sbin/snmpd",
	  .args = { "-f", "-Lo", "-I", "-smux,mteTrigger,mteTriggerConf" },
	  .why = "in the foreground; logs go to the engine; a port that needs no rights, on all addresses",
	  .files = { { "/etc/snmp/snmpd.conf", NULL, "agentaddress ",
		       "agentaddress udp:1161,udp6:1161" },
		     { "/etc/snmp/snmpd.conf", NULL, "master ", NULL } },
	  .ports = { "1161/udp" },
	  .open = { "snmpd tells everybody who says \"public\" what Debian's default shows: see /etc/snmp/snmpd.conf" } },
	{ .program = "/usr/bin/searchd",
	  .args = { "--nodetach", "--config", "/etc/sphinxsearch/sphinx.conf" },
	  .why = "in the foreground; logs go to the engine; it starts with an index alone",
	  .files = { { "/etc/sphinxsearch/sphinx.conf",
		       "searchd\n{\n"
		       "\tlisten = 9306:mysql41\n"
		       "\tlog = /dev/stdout\n"
		       "\tpid_file = /run/sphinxsearch/searchd.pid\n"
		       "\tbinlog_path = /var/lib/sphinxsearch/data\n"
		       "}\n"
		       "index documents\n{\n"
		       "\ttype = rt\n"
		       "\tpath = /var/lib/sphinxsearch/data/documents\n"
		       "\trt_field = text\n"
		       "\trt_attr_uint = number\n"
		       "}\n",
		       NULL, NULL } },
	  .dirs = { "/run/sphinxsearch", "/var/lib/sphinxsearch/data" },
	  .ports = { "9306/tcp" },
	  .open = { "the index \"documents\" is an example: write yours into /etc/sphinxsearch/sphinx.conf" } },
	{ .program = "/usr/lib/postgresql/17/bin/postgres",
	  .args = { "-D", "/var/lib/postgresql/17/main", "-c", "listen_addresses=*", "-c",
		    "unix_socket_directories=/var/run/postgresql", "-c",
		    "hba_file=/etc/postgresql/17/pg_hba.conf" },
	  .why = "the cluster's files are where pg_createcluster has them; all addresses, from which a password is asked",
	  .files = { { "/etc/postgresql/17/pg_hba.conf",
		       "# TYPE DATABASE USER ADDRESS METHOD\n"
		       "local all all peer\n"
		       "host all all all scram-sha-256\n"
		       "local replication all peer\n"
		       "host replication all all scram-sha-256\n",
		       NULL, NULL } },
	  .user = "postgres",
	  .dirs = { "/run/postgresql", "/var/lib/postgresql/17" },
	  .ports = { "5432/tcp" },
	  .open = { "PostgreSQL starts with a cluster that is there already, and initdb makes one by /bin/sh, which no image has: run initdb -D elsewhere, as the user of the image, and mount its folder at /var/lib/postgresql/17/main; or add a variant of the image that does (docs/how-to/services.md)" } },
	{ .program = "/usr/bin/prometheus",
	  .why = "it listens on all addresses",
	  .ports = { "9090/tcp" } },
	{ .program = "/usr/bin/prometheus-node-exporter",
	  .why = "it listens on all addresses",
	  .ports = { "9100/tcp" } },
	{ .program = "/usr/bin/prometheus-alertmanager",
	  .why = "it listens on all addresses",
	  .ports = { "9093/tcp" } },
	{ .program = "/usr/bin/prometheus-pushgateway",
	  .why = "it listens on all addresses",
	  .ports = { "9091/tcp" } },
	{ .program = "/usr/bin/prometheus-blackbox-exporter",
	  .why = "it listens on all addresses",
	  .ports = { "9115/tcp" } },
	{ .program = "/usr/sbin/dovecot",
	  .args = { "-F" },
	  .why = "in the foreground and without root: all parts run as one user, at a port that needs no rights; logs go to the engine",
	  .files = { { "/etc/dovecot/dovecot.conf",
		       "dovecot_config_version = 2.4.1\n"
		       "dovecot_storage_version = 2.4.1\n"
		       "protocols = imap\n"
		       "default_internal_user = dovecot\n"
		       "default_internal_group = dovecot\n"
		       "default_login_user = dovecot\n"
		       "log_path = /dev/stderr\n"
		       "ssl = no\n"
		       "auth_allow_cleartext = yes\n"
		       "mail_driver = maildir\n"
		       "mail_home = /var/mail/%{user}\n"
		       "mail_path = ~/mail\n"
		       "mail_uid = dovecot\n"
		       "mail_gid = dovecot\n"
		       "passdb passwd-file {\n"
		       "  passwd_file_path = /etc/dovecot/users\n"
		       "}\n"
		       "userdb static {\n"
		       "}\n"
		       "service imap-login {\n"
		       "  chroot =\n"
		       "  inet_listener imap {\n"
		       "    port = 1143\n"
		       "  }\n"
		       "  inet_listener imaps {\n"
		       "    port = 0\n"
		       "  }\n"
		       "}\n"
		       "service anvil {\n"
		       "  chroot =\n"
		       "}\n",
		       NULL, NULL },
		     { "/etc/dovecot/users", "# user:{SCHEME}password, see doveadm pw\n", NULL,
		       NULL } },
	  .dirs = { "/run/dovecot", "/var/mail" },
	  .ports = { "1143/tcp" },
	  .open = { "dovecot has no users and no TLS: add users to /etc/dovecot/users, mount a certificate and its key, and see ssl in /etc/dovecot/dovecot.conf" } },
};

const struct daemon_rows daemons_data = { daemons_of_data, ARRAY_SIZE(daemons_of_data) };
