/* SPDX-License-Identifier: Apache-2.0 */
/* Counters in, samples out. The names are those that squid-exporter gave them. */

#include "healthcheck/manager_reply.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "healthcheck/probe.h"

/* Joins the chunks of `s` where they are. Stops at the first damage: what came before is good. */
static void join_chunks(char *s)
{
	char *to = s, *from = s, *end = s + strlen(s);

	for (;;) {
		char *after;
		unsigned long len = strtoul(from, &after, 16);

		if (after == from || len == 0 || (after = strchr(after, '\n')) == NULL)
			break;
		after++;
		if (len > (unsigned long)(end - after))
			len = (unsigned long)(end - after);
		memmove(to, after, len);
		to += len;
		from = after + len;
		while (*from == '\r' || *from == '\n')
			from++;
	}
	*to = '\0';
}

int manager_reply_open(char *s, size_t n)
{
	int status = probe_status(s, n);
	char *body;
	bool chunked;

	s[n] = '\0';
	body = strstr(s, "\r\n\r\n");
	if (status == 0 || body == NULL) {
		s[0] = '\0';
		return 0;
	}
	*body = '\0';
	chunked = strcasestr(s, "\r\nTransfer-Encoding: chunked") != NULL;
	body += 4;
	memmove(s, body, strlen(body) + 1);
	if (chunked)
		join_chunks(s);
	return status;
}

static const struct manager_counter {
	const char *name;   /* Squid's */
	const char *metric; /* ours */
	const char *help;
} counters[] = {
	{ "client_http.requests", "squid_client_http_requests_total", "Requests of clients" },
	{ "client_http.hits", "squid_client_http_hits_total", "Requests answered from the cache" },
	{ "client_http.errors", "squid_client_http_errors_total", "Requests that failed" },
	{ "client_http.kbytes_in", "squid_client_http_kbytes_in_kbytes_total", "From clients" },
	{ "client_http.kbytes_out", "squid_client_http_kbytes_out_kbytes_total", "To clients" },
	{ "client_http.hit_kbytes_out", "squid_client_http_hit_kbytes_out_bytes_total",
	  "To clients from the cache, in kbytes" },
	{ "server.all.requests", "squid_server_all_requests_total", "Requests to servers" },
	{ "server.all.errors", "squid_server_all_errors_total", "Failed requests to servers" },
	{ "server.all.kbytes_in", "squid_server_all_kbytes_in_kbytes_total", "From servers" },
	{ "server.all.kbytes_out", "squid_server_all_kbytes_out_kbytes_total", "To servers" },
	{ "server.http.requests", "squid_server_http_requests_total", "HTTP requests to servers" },
	{ "server.http.errors", "squid_server_http_errors_total", "Failed HTTP requests" },
	{ "server.http.kbytes_in", "squid_server_http_kbytes_in_kbytes_total",
	  "HTTP from servers" },
	{ "server.http.kbytes_out", "squid_server_http_kbytes_out_kbytes_total",
	  "HTTP to servers" },
	{ "server.ftp.requests", "squid_server_ftp_requests_total", "FTP requests to servers" },
	{ "server.ftp.errors", "squid_server_ftp_errors_total", "Failed FTP requests" },
	{ "server.ftp.kbytes_in", "squid_server_ftp_kbytes_in_kbytes_total", "FTP from servers" },
	{ "server.ftp.kbytes_out", "squid_server_ftp_kbytes_out_kbytes_total", "FTP to servers" },
	{ "server.other.requests", "squid_server_other_requests_total",
	  "Other requests to servers" },
	{ "server.other.errors", "squid_server_other_errors_total", "Failed other requests" },
	{ "server.other.kbytes_in", "squid_server_other_kbytes_in_kbytes_total",
	  "Other, from servers" },
	{ "server.other.kbytes_out", "squid_server_other_kbytes_out_kbytes_total",
	  "Other, to servers" },
	{ "unlink.requests", "squid_unlink_requests_total", "Cache files removed" },
	{ "page_faults", "squid_page_faults_total", "Page faults with disk access" },
	{ "select_loops", "squid_select_loops_total", "Turns of Squid's main loop" },
	{ "cpu_time", "squid_cpu_time_seconds_total", "CPU time of Squid" },
	{ "swap.outs", "squid_swap_outs_total", "Objects written to the cache directories" },
	{ "swap.ins", "squid_swap_ins_total", "Objects read from the cache directories" },
	{ "swap.files_cleaned", "squid_swap_files_cleaned_total", "Orphaned cache files removed" },
	{ "aborted_requests", "squid_aborted_requests_total", "Requests given up by clients" },
};

static const struct manager_counter *find_counter(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof counters / sizeof counters[0]; i++)
		if (strlen(counters[i].name) == n && memcmp(counters[i].name, name, n) == 0)
			return &counters[i];
	return NULL;
}

/* Length of the decimal number at `s`: digits, at most one point. 0 if there is none. */
static size_t number_length(const char *s)
{
	size_t whole = strspn(s, "0123456789"), part = 0;

	if (whole > 0 && s[whole] == '.')
		part = strspn(s + whole + 1, "0123456789");
	return whole == 0 ? 0 : part > 0 ? whole + 1 + part : whole;
}

unsigned manager_reply_samples(const char *body, struct text *out)
{
	unsigned n = 0;

	for (const char *line = body, *next; *line != '\0'; line = next) {
		size_t len = strcspn(line, "\n");
		const char *eq = memmem(line, len, " = ", 3);
		const struct manager_counter *c = eq != NULL
							  ? find_counter(line, (size_t)(eq - line))
							  : NULL;
		size_t digits = c != NULL ? number_length(eq + 3) : 0;

		next = line + len + (line[len] != '\0' ? 1 : 0);
		if (digits == 0)
			continue;
		text_addf(out, "# HELP %s %s\n# TYPE %s counter\n%s %.*s\n", c->metric, c->help,
			  c->metric, c->metric, (int)digits, eq + 3);
		n++;
	}
	return n;
}
