/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_PATHS_H
#define COMMON_PATHS_H

/* Every path the two programs know, in one place. The production programs have exactly
 * one set, compiled in; no environment variable can move it. Tests build a program of their
 * own with -DTEST_PATHS=1, which puts everything below $TEST_ROOT. */

struct paths {
	const char *squid;	       /* the proxy */
	const char *certgen[2];	       /* where the certificate helper may be */
	const char *health;	       /* the health server */
	const char *etc_dir;	       /* where the configuration lives */
	const char *conf;	       /* the user's configuration, often a read-only mount */
	const char *conf_default;      /* what is used when there is none */
	const char *tls_crt, *tls_key; /* a Kubernetes TLS secret */
	const char *merged;	       /* the two above in one file, 0600 */
	const char *run_dir, *log_dir, *lib_dir, *spool_dir, *cache_dir; /* must be writable */
	const char *pid_file; /* Squid's compiled-in default */
	const char *pid_link; /* where Debian's Squid would put it: links to pid_file */
	const char *ssl_db;   /* certificate database if the configuration names none */
	const char *wrapper;  /* the configuration that Squid is given: includes the user's */
	const char *copy;     /* of the user's file, without lines that Squid would stumble over */
	const char *stylesheet[2]; /* of error pages: Squid's default, and where it stays when
				      /etc/squid is mounted */
	const char *cache_log;	   /* Squid's own log, if the configuration names none */
};

/* The paths of this build. Never NULL; lives as long as the program. */
const struct paths *paths_get(void);

#endif
