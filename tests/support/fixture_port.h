/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SUPPORT_FIXTURE_PORT_H
#define SUPPORT_FIXTURE_PORT_H

/* Ports for servers of tests, which run side by side with each other and with clients. */

/* A TCP port that nobody has on any IPv4 address of this machine; the process ends if there is
 * none. No later call of this process gives the same, those of other tests look elsewhere first,
 * and it is below what Linux gives to clients by default (ip(7): ip_local_port_range), so that
 * nobody takes it before the server does. */
unsigned free_port(void);

#endif
