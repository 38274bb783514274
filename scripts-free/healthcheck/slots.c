/* SPDX-License-Identifier: Apache-2.0 */
/* What epoll reports of a slot. */

#include "healthcheck/slots.h"

#include <sys/epoll.h>

bool server_watch(struct server *s, int op, int fd, uint32_t events, uint32_t key)
{
	struct epoll_event ev = { .events = events, .data.u32 = key };

	return epoll_ctl(s->epoll, op, fd, &ev) == 0;
}
