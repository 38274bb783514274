/* SPDX-License-Identifier: Apache-2.0 */
#include "support/fixture_port.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define FIRST 10000u
#define PORTS 22768u
#define OF_A_PROCESS 16u

static bool nobody_has(unsigned port)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_ANY) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool bound = fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	if (fd >= 0)
		close(fd);
	return bound;
}

unsigned free_port(void)
{
	static unsigned tried;

	while (tried < PORTS) {
		unsigned place = ((unsigned)getpid() * OF_A_PROCESS + tried++) % PORTS;

		if (nobody_has(FIRST + place))
			return FIRST + place;
	}
	abort();
}
