/* SPDX-License-Identifier: Apache-2.0 */
/* One handler per directive, in a table. */

#include "common/conf_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/conf_lines.h"
#include "common/text.h"

void conf_facts_init(struct conf_facts *f)
{
	memset(f, 0, sizeof *f);
	f->shutdown_seconds = -1;
}

/* The value of `word` if it is `name`=value, else NULL. */
static const char *option_value(const char *word, const char *name)
{
	size_t n = strlen(name);

	return strncmp(word, name, n) == 0 && word[n] == '=' ? word + n + 1 : NULL;
}

static void port_option(struct conf_port *p, const char *w, bool *generates)
{
	const char *v;

	if (strcmp(w, "ssl-bump") == 0)
		p->ssl_bump = true;
	else if (strcmp(w, "tproxy") == 0)
		p->hidden = p->special = true;
	else if (strcmp(w, "intercept") == 0 || strcmp(w, "require-proxy-header") == 0)
		p->special = true;
	else if ((v = option_value(w, "cert")) != NULL || (v = option_value(w, "tls-cert")) != NULL)
		text_copy(p->cert, sizeof p->cert, v, strlen(v));
	else if ((v = option_value(w, "key")) != NULL || (v = option_value(w, "tls-key")) != NULL)
		text_copy(p->key, sizeof p->key, v, strlen(v));
	else if ((v = option_value(w, "generate-host-certificates")) != NULL)
		*generates = strcmp(v, "off") != 0;
}

/* [address:]port option... */
static void take_port(struct conf_facts *f, const char *rest, bool special)
{
	struct conf_port p = { .special = special,
			       .place = f->place,
			       .conditional = f->if_depth > 0 };
	char word[CONF_PATH + 32];
	const char *colon;
	unsigned long long port;
	bool generates = true;

	f->port_lines++;
	if (!conf_word(&rest, word, sizeof word))
		return;
	colon = strrchr(word, ':');
	if (colon != NULL)
		text_copy(p.host, sizeof p.host, word, (size_t)(colon - word));
	if (!text_number(colon != NULL ? colon + 1 : word, 1, 65535, &port))
		return;
	p.port = (uint16_t)port;
	while (conf_word(&rest, word, sizeof word))
		port_option(&p, word, &generates);
	f->ssl_bump |= p.ssl_bump;
	f->generates |= p.ssl_bump && generates;
	if (f->n_ports < CONF_PORTS)
		f->ports[f->n_ports++] = p;
	else
		f->dropped++;
}

static void take_http_port(struct conf_facts *f, const char *rest)
{
	take_port(f, rest, false);
}

static void take_special_port(struct conf_facts *f, const char *rest)
{
	take_port(f, rest, true);
}

/* type path megabytes [L1 L2] [option...] */
static void take_cache(struct conf_facts *f, const char *rest)
{
	struct conf_cache c = { 0 };
	char word[32];
	unsigned long long v;

	if (!conf_word(&rest, c.type, sizeof c.type) || !conf_word(&rest, c.path, sizeof c.path))
		return;
	if (strcmp(c.type, "null") == 0)
		return;
	if (conf_word(&rest, word, sizeof word) && text_number(word, 0, ~0ULL >> 24, &v))
		c.mb = v;
	if (strcmp(c.type, "rock") != 0) {
		c.l1 = conf_word(&rest, word, sizeof word) && text_number(word, 1, 65536, &v)
			       ? (unsigned)v
			       : 16;
		c.l2 = conf_word(&rest, word, sizeof word) && text_number(word, 1, 65536, &v)
			       ? (unsigned)v
			       : 256;
	}
	if (f->n_caches < CONF_CACHES)
		f->caches[f->n_caches++] = c;
	else
		f->dropped++;
}

static void add_helper(struct conf_facts *f, const char *directive, const char *path)
{
	struct conf_helper *h = &f->helpers[f->n_helpers];

	if (f->n_helpers == CONF_HELPERS || path[0] != '/')
		return;
	f->n_helpers++;
	h->place = f->place;
	text_copy(h->directive, sizeof h->directive, directive, strlen(directive));
	text_copy(h->path, sizeof h->path, path, strlen(path));
}

/* program [argument...] */
static void take_program(struct conf_facts *f, const char *name, const char *rest)
{
	char word[CONF_PATH];

	if (conf_word(&rest, word, sizeof word))
		add_helper(f, name, word);
}

/* The wrapper starts two more programs, named by its own options. */
static void take_wrapped(struct conf_facts *f, const char *directive, const char *rest)
{
	char word[CONF_PATH];

	while (conf_word(&rest, word, sizeof word))
		if ((strcmp(word, "--ntlm") == 0 || strcmp(word, "--kerberos") == 0) &&
		    conf_word(&rest, word, sizeof word))
			add_helper(f, directive, word);
}

/* scheme program path [argument...] */
static void take_auth(struct conf_facts *f, const char *name, const char *rest)
{
	char scheme[12], word[CONF_PATH], directive[32];
	struct text t = TEXT_OF(directive);

	if (!conf_word(&rest, scheme, sizeof scheme) || !conf_word(&rest, word, sizeof word) ||
	    strcmp(word, "program") != 0 || !conf_word(&rest, word, sizeof word))
		return;
	text_addf(&t, "%s %s program", name, scheme);
	add_helper(f, directive, word);
	if (strstr(word, "/negotiate_wrapper_auth") != NULL)
		take_wrapped(f, directive, rest);
}

/* name [option...] format... path [argument...] */
static void take_external(struct conf_facts *f, const char *name, const char *rest)
{
	char word[CONF_PATH];

	if (!conf_word(&rest, word, sizeof word))
		return;
	while (conf_word(&rest, word, sizeof word))
		if (word[0] == '/') {
			add_helper(f, name, word);
			return;
		}
}

/* program [-s directory] [-M size] [...]; a later line replaces an earlier one */
static void take_sslcrtd(struct conf_facts *f, const char *rest)
{
	char word[CONF_PATH];

	f->certgen[0] = f->ssl_db[0] = f->ssl_db_size[0] = '\0';
	f->sslcrtd = conf_word(&rest, f->certgen, sizeof f->certgen);
	while (conf_word(&rest, word, sizeof word)) {
		if (strcmp(word, "-s") == 0)
			conf_word(&rest, f->ssl_db, sizeof f->ssl_db);
		else if (strcmp(word, "-M") == 0)
			conf_word(&rest, f->ssl_db_size, sizeof f->ssl_db_size);
	}
}

static void take_ssl_bump(struct conf_facts *f, const char *rest)
{
	(void)rest;
	f->ssl_bump = true;
}

/* Squid's own macros in a file name have one value each in a single process. */
static void take_pid_file(struct conf_facts *f, const char *rest)
{
	char word[CONF_PATH];
	struct text t = TEXT_OF(f->pid_file);

	if (!conf_word(&rest, word, sizeof word))
		return;
	for (const char *p = word; *p != '\0';) {
		if (strncmp(p, "${service_name}", 15) == 0) {
			text_add(&t, "squid");
			p += 15;
		} else {
			text_bytes(&t, p++, 1);
		}
	}
}

static void take_cache_log(struct conf_facts *f, const char *rest)
{
	char word[CONF_PATH];

	if (conf_word(&rest, word, sizeof word)) {
		const char *name = strncmp(word, "stdio:", 6) == 0 ? word + 6 : word;

		text_copy(f->cache_log, sizeof f->cache_log, name, strlen(name));
	}
}

/* module:place or place; "stdio" is the module that a place alone means */
static void take_access_log(struct conf_facts *f, const char *rest)
{
	static const char *const names[] = { "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2" };
	char word[CONF_PATH];
	const char *p = word;

	if (!conf_word(&rest, word, sizeof word))
		return;
	if (strncmp(p, "stdio:", 6) == 0)
		p += 6;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		f->log_on_stderr |= strcmp(p, names[i]) == 0;
}

static void take_if(struct conf_facts *f, const char *rest)
{
	(void)rest;
	f->if_depth++;
}

static void take_endif(struct conf_facts *f, const char *rest)
{
	(void)rest;
	f->if_depth -= f->if_depth > 0;
}

static void take_stylesheet(struct conf_facts *f, const char *rest)
{
	conf_word(&rest, f->stylesheet, sizeof f->stylesheet);
}

/* number [unit]; without a unit, seconds */
static void take_shutdown(struct conf_facts *f, const char *rest)
{
	static const struct time_unit {
		const char *name;
		unsigned long long ms;
	} units[] = {
		{ "millisecond", 1 }, { "second", 1000 },  { "minute", 60000 },
		{ "hour", 3600000 },  { "day", 86400000 }, { "week", 604800000 },
	};
	char word[32];
	unsigned long long v, ms = 1000;

	if (!conf_word(&rest, word, sizeof word) || !text_number(word, 0, 1000000, &v))
		return;
	if (conf_word(&rest, word, sizeof word))
		for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
			if (strncmp(word, units[i].name, strlen(units[i].name)) == 0)
				ms = units[i].ms;
	f->shutdown_seconds = (long)((v * ms + 999) / 1000);
}

static void take_workers(struct conf_facts *f, const char *rest)
{
	char word[32];
	unsigned long long v;

	if (conf_word(&rest, word, sizeof word) && text_number(word, 0, 1024, &v))
		f->workers = (unsigned)v;
}

static const struct directive {
	const char *name;
	void (*take)(struct conf_facts *f, const char *rest);
} directives[] = {
	{ "http_port", take_http_port },
	{ "https_port", take_special_port },
	{ "ftp_port", take_special_port },
	{ "cache_dir", take_cache },
	{ "sslcrtd_program", take_sslcrtd },
	{ "ssl_bump", take_ssl_bump },
	{ "pid_filename", take_pid_file },
	{ "cache_log", take_cache_log },
	{ "shutdown_lifetime", take_shutdown },
	{ "workers", take_workers },
	{ "access_log", take_access_log },
	{ "err_page_stylesheet", take_stylesheet },
	{ "if", take_if },
	{ "endif", take_endif },
};

static const struct starter {
	const char *name;
	void (*take)(struct conf_facts *f, const char *name, const char *rest);
} starters[] = {
	{ "auth_param", take_auth },
	{ "external_acl_type", take_external },
	{ "url_rewrite_program", take_program },
	{ "redirect_program", take_program },
	{ "store_id_program", take_program },
	{ "storeurl_rewrite_program", take_program },
	{ "sslcrtd_program", take_program },
	{ "unlinkd_program", take_program },
	{ "logfile_daemon", take_program },
	{ "diskd_program", take_program },
};

void conf_facts_line(struct conf_facts *f, const char *line)
{
	char word[64];

	if (!conf_word(&line, word, sizeof word))
		return;
	for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++)
		if (strcmp(word, directives[i].name) == 0)
			directives[i].take(f, line);
	for (size_t i = 0; i < sizeof starters / sizeof starters[0]; i++)
		if (strcmp(word, starters[i].name) == 0)
			starters[i].take(f, word, line);
}
