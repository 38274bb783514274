/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_CONF_FACTS_H
#define COMMON_CONF_FACTS_H

/* What the programs have to know of a Squid configuration, and nothing else: ports, cache
 * directories, certificate files, helpers, the PID file. Squid's own parser stays the judge of
 * everything. Directives in both branches of an `if` count. Pure. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONF_PATH 512
#define CONF_PORTS 16
#define CONF_CACHES 8
#define CONF_HELPERS 24
#define CONF_EMPTY 16

/* Where a line stands: `/etc/squid/squid.conf line 12` in messages. */
struct conf_place {
	char file[CONF_PATH];
	unsigned line;
};

struct conf_port {
	struct conf_place place;
	char host[64]; /* the address before the port; empty if none */
	uint16_t port;
	bool conditional; /* in a branch of an `if`: perhaps not asked for */
	bool special;	  /* does not take plain proxy requests: https_port, intercept, ... */
	bool ssl_bump;
	bool hidden;	      /* tproxy: connections do not show this local port */
	char cert[CONF_PATH]; /* cert= or tls-cert=; empty if none */
	char key[CONF_PATH];  /* key= or tls-key= */
};

struct conf_cache {
	char type[16]; /* ufs, aufs, diskd, rock */
	char path[CONF_PATH];
	unsigned long long mb;
	unsigned l1, l2; /* directory counts; 0 for rock */
};

/* A program that Squid is told to start. */
struct conf_helper {
	struct conf_place place;
	char directive[32]; /* "auth_param basic program" */
	char path[CONF_PATH];
};

struct conf_facts {
	struct conf_place place; /* of the line that is being taken in; set by the reader */
	struct conf_port ports[CONF_PORTS];
	size_t n_ports;
	unsigned if_depth;   /* of the line that is being taken in */
	unsigned port_lines; /* lines that ask for a port, understood or not */
	struct conf_cache caches[CONF_CACHES];
	size_t n_caches;
	struct conf_helper helpers[CONF_HELPERS];
	size_t n_helpers;
	bool ssl_bump;	/* an ssl-bump port or an ssl_bump rule */
	bool generates; /* an ssl-bump port that does not say generate-host-certificates=off */
	bool sslcrtd;	/* sslcrtd_program was given */
	char certgen[CONF_PATH];  /* its program */
	char ssl_db[CONF_PATH];	  /* its -s; empty if none */
	char ssl_db_size[24];	  /* its -M */
	char pid_file[CONF_PATH]; /* pid_filename; empty if none given, "none" if so */
	char cache_log[CONF_PATH];
	long shutdown_seconds;	    /* shutdown_lifetime; -1 if not given */
	unsigned workers;	    /* 0 if not given */
	unsigned dropped;	    /* ports or caches beyond what fits here */
	bool log_on_stderr;	    /* an access_log that goes to stderr */
	char stylesheet[CONF_PATH]; /* err_page_stylesheet; empty if not given */

	struct conf_place refused;    /* of an include that must not be read */
	char refused_path[CONF_PATH]; /* what it includes */
	const char *refused_why;      /* "is a directory, ..."; NULL: there is none */
	unsigned empty[CONF_EMPTY];   /* lines of the first file: an include that matches nothing */
	size_t n_empty;
};

/* Empties `f`. */
void conf_facts_init(struct conf_facts *f);

/* Takes in one logical line. Unknown directives and wrong values are passed over. */
void conf_facts_line(struct conf_facts *f, const char *line);

#endif
