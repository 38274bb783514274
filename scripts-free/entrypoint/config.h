/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ENTRYPOINT_CONFIG_H
#define ENTRYPOINT_CONFIG_H

/* Squid's configuration: which file, is it valid, and the wrapper that Squid is given. */

#include "entrypoint/supervisor.h"

/* Puts the user's file into s->conf_file, whether it is there or not. Some runtimes mount the whole
 * folder where one file of it was asked for: then the file in it. */
void config_locate(struct supervisor *s);

/* Chooses the user's file, or the default: copied if /etc/squid can be written, else read in
 * place. Fills s->conf_file and s->conf. Logs the cause of a failure. */
bool config_choose(struct supervisor *s);

/* Copies the file `path` to `to`, with a # before each include of `f` that matches nothing: the
 * numbers of lines stay. False, errno set, if that fails. */
bool config_copy(const char *path, const struct conf_facts *f, int to);

/* Has Squid parse the file, at most 5 s unless it computes all the time, and relays what it says.
 * Death by a signal counts as an invalid configuration. */
bool config_parse(struct supervisor *s);

/* Writes the wrapper below the runtime directory: it includes the file and adds what that lacks
 * here: a port, the time for a stop, places that can be written, and what s->sslcrtd says. */
bool config_wrap(struct supervisor *s);

#endif
