/* SPDX-License-Identifier: Apache-2.0 */
/* Packages beyond the sixty, one a kind of reading: what init has to find in each. */

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "e2e/fixture_init.h"
#include "support/fixture_files.h"
#include "support/fixture_patience.h"

static const struct init_kind {
	const char *package;
	const char *recipe; /* a line of its recipe */
	const char *says;   /* in what init prints */
} init_kinds[] = {
	/* packages without files, and what they stand for */
	{ "php-fpm",
	  "\"packages\": [\"php-fpm\", \"php8.4-fpm\", \"php8.4-common\", \"ncurses-base\"]",
	  "php-fpm has no files: it stands for this one" },
	{ "default-jre-headless", "\"entrypoint\": [\"/usr/bin/java\"]",
	  "it provides this runtime" },
	/* an instance of a unit, where the unit itself starts nothing */
	{ "tor", "\"--RunAsDaemon\", \"0\"", "tor@default.service" },
	/* kill -s in ExecReload */
	{ "transmission-daemon", "\"/usr/bin/transmission-daemon\", \"-f\"",
	  "podman kill --signal HUP CONTAINER" },
	/* a script that env starts; a link into a folder */
	{ "prosody", "\"entrypoint\": [\"/usr/bin/lua5.4\", \"/usr/bin/prosody\", \"-F\"]",
	  "/etc/prosody/conf.d/localhost.cfg.lua" },
	/* a script whose interpreter is in a package of the one that it depends on */
	{ "gunicorn", "\"entrypoint\": [\"/usr/bin/gunicorn\"]", "program.interpreter" },
	/* a script whose interpreter every Debian has */
	{ "libimage-exiftool-perl",
	  "\"perl-base\", \"perl\", \"perl-modules-5.40\", \"libperl5.40\"]",
	  "/usr/bin/exiftool is a script for /usr/bin/perl" },
	/* scripts beside the service: nothing of perl is taken for them */
	{ "memcached", "\"take\": [\"libsasl2-modules-db\"]", "of memcached: programs (corelist" },
	/* plug-ins whose libraries no dependency names */
	{ "collectd-core", "\"/usr/lib/collectd/java.so\"",
	  "/usr/lib/collectd/java.so is left out, for nothing was found that has libjvm.so" },
	/* two units of one rank; a folder that its configuration names */
	{ "samba", "\"entrypoint\": [\"/usr/sbin/smbd\"", "smbd.service" },
	{ "monit", "\"path\": \"/var/log\"", "etc/monit/monitrc" },
	{ "bird2", "\"entrypoint\": [\"/usr/sbin/bird\", \"-f\"]", "/etc/bird/bird.conf" },
	{ "icecast2", "\"entrypoint\": [\"/usr/bin/icecast2\", \"-c\"",
	  "the entrypoint is without -b" },
	/* a package of which nothing is taken */
	{ "clamav-daemon", "\"entrypoint\": [\"/usr/sbin/clamd\"", "(clamav-daemon.socket)" },
	{ "tang", "\"user\": \"65532:65532\"", "starts /usr/libexec/tangd for each connection" },
	/* an alternative that a script with variables makes */
	{ "composer", "\"path\": \"/usr/bin/php\"", "which leads to /usr/bin/php8.4" },
	/* a library that brings back what was left out */
	{ "libreoffice-nogui", "/usr/lib/libreoffice/program/librptxmllo.so",
	  "for it needs librptlo.so" },
	/* links by answers to debconf */
	{ "imagemagick", "\"imagemagick-7.q16\"",
	  "fontconfig-config: postinst makes links by answers to debconf" },
};

Test(init_kinds, each_becomes_an_image_that_passes_strict, .timeout = 1800)
{
	for (size_t i = 0; i < ARRAY_SIZE(init_kinds); i++) {
		AUTO_ARENA a = { 0 };
		const struct init_kind *k = &init_kinds[i];
		struct initiated made = init_folder(&a, k->package);
		const char *recipe;

		cr_expect_eq(made.run.status, 0, "%s: %s", k->package, made.run.err.p);
		if (made.run.status == 0) {
			recipe = files_get(&a, arena_printf(&a, "%s/recipes/%s.json", made.folder,
							    k->package));
			cr_expect(strstr(recipe, k->recipe), "%s", recipe);
			cr_expect(strstr(made.run.out.p, k->says) &&
					  strstr(made.run.out.p, "passes strict"),
				  "%s", made.run.out.p);
		}
		files_remove(made.folder);
	}
}

Test(init_kinds, a_script_without_env_runs, .timeout = 600)
{
	AUTO_ARENA a = { 0 };
	struct test_patience patience = PATIENCE;
	struct podman p;
	bool said;

	podman_open(&p, &a);
	init_image(&p, "prosody");
	PODMAN_MUST(&p, "run", "--detach", "--name", "prosody", init_image_name(&p, "prosody"));
	/* Debian's configuration has it log to a file; podman prints it in a tar archive */
	do {
		struct oracle_run r = PODMAN(&p, "cp", "prosody:/var/log/prosody/prosody.log", "-");

		said = memmem(r.out.p, r.out.n, STR("Hello and welcome to Prosody").p,
			      STR("Hello and welcome to Prosody").n) != NULL;
	} while (!said && patience_left(&patience));
	cr_expect(said, "%s", PODMAN(&p, "logs", "prosody").err.p);
	podman_close(&p);
}
