/* SPDX-License-Identifier: Apache-2.0 */
/* The registry server, as a program. */

#include "e2e/fixture_registry.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "e2e/fixture_web.h"
#include "support/fixture_files.h"
#include "support/fixture_port.h"
#include "support/fixture_tls.h"

/* bcrypt of "secret", with the least work there is */
#define HTPASSWD "anna:$2b$04$JnRRJV3qj5fd//g3.L5rvO4XdEvv3l5lhWmVBFr7Tes5DVsvOtCXC\n"

static const char *kind_text(struct registry *r, enum registry_kind kind)
{
	if (kind == REGISTRY_LOGIN) {
		files_put(arena_printf(r->a, "%s/htpasswd", r->dir), HTPASSWD);
		return arena_printf(r->a,
				    "auth:\n  htpasswd:\n    realm: test\n    path: %s/htpasswd\n",
				    r->dir);
	}
	return "";
}

static const char *tls_text(struct registry *r, enum registry_kind kind)
{
	if (kind != REGISTRY_TLS)
		return "";
	tls_authority(r->dir);
	tls_certificate(r->dir, "server",
			&(struct tls_certificate){
				.san = "IP:127.0.0.1", .from_s = -60, .to_s = 3600 });
	return arena_printf(r->a,
			    "  tls:\n    certificate: %s/server.pem\n    key: %s/server.pem\n",
			    r->dir, r->dir);
}

void registry_start(struct registry *r)
{
	const char *config = arena_printf(r->a, "%s/config.yml", r->dir);
	AUTO_FD out = open(arena_printf(r->a, "%s/log", r->dir),
			   O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);

	cr_assert_geq(out, 0);
	r->pid = fork();
	cr_assert_geq(r->pid, 0);
	if (r->pid == 0) {
		int null = open("/dev/null", O_RDONLY);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		unsetenv("REGISTRY_AUTH_FILE"); /* it would take it for auth: file: */
		dup2(null, 0);
		dup2(out, 1);
		dup2(out, 2);
		execlp("docker-registry", "docker-registry", "serve", config, (char *)NULL);
		_exit(127);
	}
	web_await(r->pid, r->port, "docker-registry", out);
}

static void registry_prepare(struct registry *r, struct arena *a)
{
	oracle_need("docker-registry");
	*r = (struct registry){ .a = a, .dir = files_temporary(a), .port = free_port() };
	r->host = arena_printf(a, "127.0.0.1:%u", r->port);
}

/* `http` and `more` continue the configuration. */
static void registry_configure(struct registry *r, const char *http, const char *more)
{
	struct arena *a = r->a;

	files_put(arena_printf(a, "%s/config.yml", r->dir),
		  arena_printf(a,
			       "version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: %s/data\n"
			       "http:\n  addr: \"%s\"\n%s%s",
			       r->dir, r->host, http, more));
	/* no credentials but those of the test */
	setenv("REGISTRY_AUTH_FILE", arena_printf(a, "%s/auth.json", r->dir), 1);
	files_put(arena_printf(a, "%s/auth.json", r->dir), "{}");
	registry_start(r);
}

void registry_open(struct registry *r, struct arena *a, enum registry_kind kind)
{
	registry_prepare(r, a);
	registry_configure(r, tls_text(r, kind), kind_text(r, kind));
}

void registry_open_tokens(struct registry *r, struct arena *a, const char *realm,
			  const char *certificate)
{
	registry_prepare(r, a);
	registry_configure(r, "",
			   arena_printf(a,
					"auth:\n  token:\n    realm: %s\n    service: "
					"test\n    issuer: test\n"
					"    rootcertbundle: %s\n",
					realm, certificate));
}

void registry_kill(struct registry *r)
{
	kill(r->pid, SIGKILL);
	waitpid(r->pid, NULL, 0);
}

void registry_close(struct registry *r)
{
	registry_kill(r);
	files_remove(r->dir);
}

const char *registry_ref(const struct registry *r, const char *name)
{
	return arena_printf(r->a, "docker://%s/%s", r->host, name);
}

size_t registry_logged(const struct registry *r, const char *text)
{
	struct str log = str_of(files_get(r->a, arena_printf(r->a, "%s/log", r->dir))), line;
	size_t n = 0;

	while (str_next(&log, '\n', &line))
		n += memmem(line.p, line.n, text, strlen(text)) != NULL;
	return n;
}
