/* SPDX-License-Identifier: Apache-2.0 */
/* Calls in maintainer scripts, as Debian's packages have them. */

#include <criterion/criterion.h>

#include "explain/init/listening.h"
#include "explain/init/scripts_read.h"

static const char script[] =
	"#!/bin/sh\n"
	"set -e\n"
	"USER=\"ours\"\n"
	"GROUP=\"$USER\"\n"
	"CONF=/etc/ours/ours.conf\n"
	"if [ \"$1\" = configure ]; then\n"
	"\tadduser --system --home /var/lib/ours --quiet --group --gecos \"Our Service\" $USER || true\n"
	"\tadduser --system --no-create-home --ingroup theirs --shell /bin/false --uid 77 other\n"
	"\tadduser ours audio\n"
	"\taddgroup --system --gid 78 more\n"
	"\tinstall -d -o ours -g adm -m 2750 /var/log/ours\n"
	"\tchown -R ours:adm /var/lib/ours \"$UNKNOWN\"\n"
	"\tdpkg-statoverride --update --add $USER $GROUP 640 $CONF\n"
	"\tdpkg-statoverride --list /etc/ours >/dev/null\n"
	"\tln -s /etc/ours/a /etc/ours/b\n"
	"\tmkdir -p /var/lib/ours/$X\n"
	"\tcp -p /usr/share/ours/x /etc/ours/x\n"
	"fi\n";

Test(scripts_read, calls_are_read_with_their_variables)
{
	AUTO_ARENA a = { 0 };
	struct scripted_calls c = { 0 };
	const struct scripted *s;

	scripts_read(&a, str_of(script), &c);
	cr_assert_eq(c.n, 8, "%zu", c.n);
	s = c.v;
	cr_expect(s->kind == SCRIPTED_USER && strcmp(s->name, "ours") == 0 &&
		  strcmp(s->home, "/var/lib/ours") == 0 && strcmp(s->gecos, "Our Service") == 0 &&
		  s->id == -1);
	s++;
	cr_expect(s->kind == SCRIPTED_USER && strcmp(s->name, "other") == 0 && s->id == 77 &&
		  strcmp(s->group, "theirs") == 0);
	s++;
	cr_expect(s->kind == SCRIPTED_GROUP && strcmp(s->name, "more") == 0 && s->id == 78);
	s++;
	cr_expect(s->kind == SCRIPTED_DIR && strcmp(s->name, "/var/log/ours") == 0 &&
		  s->mode == 02750 && s->line == 11 && strcmp(s->user, "ours") == 0 &&
		  strcmp(s->group, "adm") == 0);
	s++;
	cr_expect(s->kind == SCRIPTED_OWNER && strcmp(s->name, "/var/lib/ours") == 0 &&
		  strcmp(s->group, "adm") == 0);
	s++;
	cr_expect(s->kind == SCRIPTED_OWNER && strcmp(s->name, "/etc/ours/ours.conf") == 0 &&
		  s->mode == 0640 && strcmp(s->group, "ours") == 0);
	s++;
	cr_expect(s->kind == SCRIPTED_LINK && strcmp(s->name, "/etc/ours/b") == 0 &&
		  strcmp(s->target, "/etc/ours/a") == 0);
	s++;
	cr_expect(s->kind == SCRIPTED_COPY && strcmp(s->name, "/etc/ours/x") == 0);
}

/* As bird2 and samba-common have it. */
Test(scripts_read, ucf_copies)
{
	AUTO_ARENA a = { 0 };
	struct scripted_calls c = { 0 };

	scripts_read(
		&a,
		STR("CONFIG=/etc/samba/smb.conf\n"
		    "ucf --three-way --debconf-ok /usr/share/samba/smb.conf \"$CONFIG\"\n"
		    "ucf /usr/share/bird2/bird.conf /etc/bird/bird.conf\n"
		    "ucf --purge /etc/x /etc/y\nucf $NEW /etc/z\nucfr bird2 /etc/bird/bird.conf\n"),
		&c);
	cr_assert_eq(c.n, 2, "%zu", c.n);
	cr_expect(c.v[0].kind == SCRIPTED_COPY && strcmp(c.v[0].name, "/etc/samba/smb.conf") == 0 &&
		  strcmp(c.v[0].target, "/usr/share/samba/smb.conf") == 0);
	cr_expect_str_eq(c.v[1].name, "/etc/bird/bird.conf");
}

/* mumble-server, opendkim and others: the folder's mode is a line of its own. */
Test(scripts_read, modes_belong_to_the_folders_that_a_script_makes_or_gives_away)
{
	AUTO_ARENA a = { 0 };
	struct scripted_calls c = { 0 };

	scripts_read(
		&a,
		STR("chmod 0750 /var/lib/ours/ /var/log/ours\n"
		    "chown ours:ours /var/lib/ours\n"
		    "mkdir -p /var/log/ours /var/spool/ours\n"
		    "chmod -R 2770 /var/spool/ours \"$UNKNOWN\"\n"
		    "chmod g+w /var/lib/ours\nchmod 09 /var/lib/ours\nchmod 0600 /etc/theirs\n"),
		&c);
	cr_assert_eq(c.n, 3, "%zu", c.n);
	cr_expect(c.v[0].kind == SCRIPTED_OWNER && c.v[0].mode == 0750, "%o", c.v[0].mode);
	cr_expect(c.v[1].kind == SCRIPTED_DIR && c.v[1].mode == 0750, "%o", c.v[1].mode);
	cr_expect(c.v[2].kind == SCRIPTED_DIR && c.v[2].mode == 02770, "%o", c.v[2].mode);
}

/* As freeradius-config links its sites and modules, and others make their folders. */
Test(scripts_read, loops_over_known_words_are_read_word_by_word)
{
	AUTO_ARENA a = { 0 };
	struct scripted_calls c = { 0 };

	scripts_read(
		&a,
		STR("for site in default \\\n  inner; do\n  if test ! -e /etc/x/on/$site; then\n"
		    "    ln -s ../sites/$site /etc/x/on/${site}\n  fi\ndone\n"
		    "for site in last; do ln -s $site /etc/x/$site; done\n"
		    "for d in /var/lib/x $UNKNOWN *; do chown x:x $d; done\n"
		    "for f in `ls`; do ln -s $f /etc/$f; done\n"
		    "for site2; do ln -s /a /etc/$site2; done\n"),
		&c);
	cr_assert_eq(c.n, 4, "%zu", c.n);
	cr_expect_str_eq(c.v[0].name, "/etc/x/on/default");
	cr_expect_str_eq(c.v[0].target, "../sites/default");
	cr_expect_str_eq(c.v[1].name, "/etc/x/on/inner");
	cr_expect_str_eq(c.v[2].name, "/etc/x/last");
	cr_expect(c.v[3].kind == SCRIPTED_OWNER && strcmp(c.v[3].name, "/var/lib/x") == 0);
}

Test(scripts_read, what_follows_from_an_answer_is_told_apart)
{
	AUTO_ARENA a = { 0 };
	struct scripted_calls c = { 0 };

	scripts_read(&a, STR("ln -s /usr/share/x /etc/x\n"), &c);
	cr_assert_eq(c.n, 1);
	cr_expect_not(c.v[0].asked);
	c.n = 0;
	scripts_read(&a,
		     STR(". /usr/share/debconf/confmodule\ndb_get fonts/hinting\ncase \"$RET\" in\n"
			 "None) ln -s ../none.conf /etc/fonts/none.conf ;;\n"
			 "Full) ln -s ../full.conf /etc/fonts/full.conf ;;\nesac\n"),
		     &c);
	cr_assert_eq(c.n, 2);
	cr_expect(c.v[0].asked && c.v[1].asked);
}

Test(listening, ports_of_configurations_are_found)
{
	AUTO_ARENA a = { 0 };
	struct listening_ports p = { 0 };

	listening_read(
		&a,
		STR("\tlisten 80 default_server;\n\tlisten [::]:80;\nport 6379\nbind 127.0.0.1 -::1\n"
		    "server.port  = 8080\nbind 127.0.0.1:9000\nListen 0\n# listen 81;\nlistener 70000\n"
		    "http_port: 3128\n"),
		&p);
	cr_assert_eq(p.n, 5, "%zu", p.n);
	cr_expect(p.v[0].port == 80 && p.v[0].line == 1 && !p.v[0].loopback);
	cr_expect(p.v[1].port == 6379 && p.v[2].port == 8080 && p.v[4].port == 3128);
	cr_expect(p.v[3].port == 9000 && p.v[3].loopback);
}

/* As webdis.json and transmission's settings.json. */
Test(listening, so_are_those_of_json_with_the_host_that_belongs_to_them)
{
	AUTO_ARENA a = { 0 };
	struct listening_ports p = { 0 };

	listening_read(&a,
		       STR("{\n\t\"redis_host\": \"127.0.0.1\", \"x\": 1,\n\t\"http_port\": 7379,\n"
			   "\t\"http_host\": \"127.0.0.1\",\n\t\"rpc-port\" : 9091\n}\n"
			   "http_porter: 5\nhost = localhost\nport = 99\n"),
		       &p);
	cr_assert_eq(p.n, 3, "%zu", p.n);
	cr_expect(p.v[0].port == 7379 && p.v[0].line == 3 && p.v[0].loopback);
	cr_expect(p.v[1].port == 9091 && !p.v[1].loopback);
	cr_expect(p.v[2].port == 99 && !p.v[2].loopback);
}
