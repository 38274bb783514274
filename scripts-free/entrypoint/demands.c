/* SPDX-License-Identifier: Apache-2.0 */
/* Asked before Squid is: its own words for these would be "helpers are crashing too rapidly" and
 * "Unable to open HTTP Socket". */

#include "entrypoint/demands.h"

#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "common/text.h"
#include "entrypoint/program.h"

static bool helper_check(struct supervisor *s, const struct conf_helper *h)
{
	char buf[1024];
	struct text why = TEXT_OF(buf);

	/* one that is missing is looked for in other places, and named then */
	if (strcmp(h->directive, "sslcrtd_program") == 0 && access(h->path, F_OK) != 0)
		return true;
	return program_starts(h->path, &why) ||
	       supervisor_fail(s, "%s line %u: %s: %s %s", h->place.file, h->place.line,
			       h->directive, h->path, buf);
}

bool demands_helpers(struct supervisor *s)
{
	bool ok = true;

	for (size_t i = 0; i < s->conf.n_helpers; i++)
		ok &= helper_check(s, &s->conf.helpers[i]);
	return ok;
}

static bool is_any(const char *host)
{
	return host[0] == '\0' || strcmp(host, "0.0.0.0") == 0 || strcmp(host, "[::]") == 0;
}

/* Would the second socket find the first one in its way? */
static bool ports_collide(const struct conf_port *a, const struct conf_port *b)
{
	if (a->port != b->port || a->conditional || b->conditional)
		return false;
	if (strcmp(a->host, "0.0.0.0") == 0 && b->host[0] == '[')
		return is_any(b->host);
	if (strcmp(b->host, "0.0.0.0") == 0 && a->host[0] == '[')
		return is_any(a->host);
	return is_any(a->host) || is_any(b->host) || strcasecmp(a->host, b->host) == 0;
}

unsigned demands_twice(const struct conf_facts *f, size_t *first, size_t *second)
{
	for (*second = 1; *second < f->n_ports; ++*second)
		for (*first = 0; *first < *second; ++*first)
			if (ports_collide(&f->ports[*first], &f->ports[*second]))
				return f->ports[*first].port;
	return 0;
}

bool demands_ports(struct supervisor *s)
{
	const struct conf_facts *f = &s->conf;
	size_t first, second, left = f->n_ports;
	bool ok = true;

	for (const struct conf_port *p = f->ports; p < f->ports + f->n_ports; p++) {
		if (p->port != s->set.health_port || p->conditional)
			continue;
		left--;
		if (left == 0)
			ok = supervisor_fail(
				s,
				"%s line %u: port %u is taken by the health check server: "
				"set HEALTH_PORT to another one",
				p->place.file, p->place.line, p->port);
		else
			log_warn(&s->log,
				 "%s line %u: port %u is taken by the health check server: "
				 "set HEALTH_PORT to another one",
				 p->place.file, p->place.line, p->port);
	}
	if (f->n_ports == 0 && s->set.squid_port == s->set.health_port)
		ok = supervisor_fail(s, "SQUID_PORT and HEALTH_PORT are both %u",
				     s->set.squid_port);
	if (demands_twice(f, &first, &second) != 0)
		log_warn(&s->log,
			 "%s line %u: port %u is taken by line %u of %s: Squid listens there once",
			 f->ports[second].place.file, f->ports[second].place.line,
			 f->ports[second].port, f->ports[first].place.line,
			 f->ports[first].place.file);
	return ok;
}
