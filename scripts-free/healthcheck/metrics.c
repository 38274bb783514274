/* SPDX-License-Identifier: Apache-2.0 */
#include "healthcheck/metrics.h"

#include "healthcheck/reply.h"

void metrics_init(struct metrics *m)
{
	m->fd = -1;
}

bool metrics_request(struct metrics *m, struct checks *c)
{
	(void)m;
	(void)c;
	return false;
}

bool metrics_pending(const struct metrics *m)
{
	return m->fd >= 0;
}

bool metrics_event(struct metrics *m)
{
	(void)m;
	return false;
}

bool metrics_expire(struct metrics *m)
{
	(void)m;
	return false;
}

void metrics_reply(struct metrics *m, struct checks *c, enum http_method method, struct text *out)
{
	(void)m;
	(void)c;
	reply_with(out, 501, method, "text/plain", "Metrics endpoint not implemented\n");
}
