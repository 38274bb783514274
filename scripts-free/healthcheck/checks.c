/* SPDX-License-Identifier: Apache-2.0 */
/* Answers about Squid, from the kernel: a pidfd instead of a name in a command line (B12). */

#include "healthcheck/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/proc_net.h"

#define BEAT_MAX_MS 10000 /* PID 1 turns at least once a second */
#define DOUBT_MS 50

void checks_init(struct checks *c, const struct board *board)
{
	memset(c, 0, sizeof *c);
	c->board = board;
	c->pidfd = -1;
	c->cache_error = c->conf_error = EAGAIN;
}

bool checks_alive(struct checks *c)
{
	int32_t pid = atomic_load(&c->board->squid_pid);
	struct pollfd p = { .events = POLLIN };

	if (pid != c->pid && c->pidfd >= 0) {
		close(c->pidfd);
		c->pidfd = -1;
	}
	c->pid = pid;
	if (pid <= 0)
		return false;
	if (c->pidfd < 0)
		c->pidfd = pidfd_open(pid, 0);
	if (c->pidfd < 0) /* no descriptor, or a sandbox without the call: PID 1 knows as well */
		return errno != ESRCH;
	p.fd = c->pidfd;
	return poll(&p, 1, 0) == 0;
}

/* Writable by us, not read-only, and not full. */
static int cache_error(const char *dir)
{
	struct statvfs fs;

	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) != 0)
		return errno;
	if (statvfs(dir, &fs) != 0)
		return errno;
	if (fs.f_flag & ST_RDONLY)
		return EROFS;
	return fs.f_blocks > 0 && fs.f_bavail == 0 ? ENOSPC : 0;
}

/* A port that is wanted and that nobody listens on, or somebody who is not Squid. The first of
 * several lines with one number stands for all of them. */
static unsigned missing_port(const struct board *b)
{
	struct proc_ports found;

	if (!proc_ports_listening(b->ports, b->n_ports, &found))
		return 0;
	if (found.listening == 0)
		return b->ports[0];
	for (uint32_t i = 0; i < b->n_ports && i < CONF_PORTS; i++) {
		uint32_t same = 0;

		while (b->ports[same] != b->ports[i])
			same++;
		if ((b->wanted >> i & 1) != 0 &&
		    ((found.listened >> same & 1) == 0 || b->ports[i] == b->health_port))
			return b->ports[i];
	}
	return b->twice;
}

void checks_refresh(struct checks *c)
{
	const struct board *b = c->board;
	char state = checks_alive(c) ? proc_state(c->pid) : 0;

	c->phase = atomic_load(&b->phase);
	c->suspended = state == 'T' || state == 't';
	c->missing = missing_port(b);
	c->cache_error = 0;
	for (uint32_t i = 0; i < b->n_caches && c->cache_error == 0; i++)
		c->cache_error = cache_error(b->caches[i]);
	c->conf_error = faccessat(AT_FDCWD, b->conf, R_OK, AT_EACCESS) == 0 ? 0 : errno;
	c->refreshed_ms = clock_ms();
}

bool checks_live(struct checks *c)
{
	uint64_t beat = atomic_load(&c->board->beat_ms), now = clock_ms();

	return checks_alive(c) && (beat >= now || now - beat < BEAT_MAX_MS);
}

/* An answer "not ready" must not be older than this: Squid may have come up since. */
static bool is_stale(const struct checks *c)
{
	bool bad = c->missing != 0 || c->suspended || c->cache_error != 0 || c->conf_error != 0;

	return atomic_load(&c->board->phase) != c->phase ||
	       (bad && clock_ms() - c->refreshed_ms >= DOUBT_MS);
}

bool checks_ready(struct checks *c, struct text *why)
{
	size_t before = why->len;
	uint32_t phase = atomic_load(&c->board->phase);

	if (is_stale(c))
		checks_refresh(c);
	if (!checks_alive(c))
		text_add(why, "  - Squid process not running\n");
	else if (c->suspended)
		text_add(why, "  - Squid process is suspended\n");
	else if (c->missing != 0)
		text_addf(why, "  - Squid does not listen on port %u%s\n", c->missing,
			  c->missing == c->board->health_port ? ", which HEALTH_PORT takes"
			  : c->missing == c->board->twice
				  ? " for a second time, as the configuration asks"
				  : "");
	if (phase == BOARD_STOPPING)
		text_add(why, "  - Shutting down\n");
	if (c->cache_error == ENOSPC)
		text_add(why, "  - Cache directory not writable: no space left\n");
	else if (c->cache_error != 0)
		text_add(why, "  - Cache directory not writable\n");
	if (c->conf_error == ENOENT)
		text_add(why, "  - Configuration file not found\n");
	else if (c->conf_error != 0)
		text_add(why, "  - Configuration file not readable\n");
	return why->len == before;
}
