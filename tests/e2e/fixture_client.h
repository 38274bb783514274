/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_CLIENT_H
#define E2E_FIXTURE_CLIENT_H

/* Images that ask TLS servers: a folder as a user has it, with an authority of its own in
 * "Corp Root (G1).crt"; and two servers of the host, one with a certificate of that authority. */

#include "e2e/fixture_podman.h"
#include "support/fixture_tls.h"

#define CLIENT_AUTHORITY "Corp Root (G1).crt"

/* The "effects" of a recipe that trusts it, too. */
#define CLIENT_EFFECTS "\"ca-bundle\":{\"files\":[\"" CLIENT_AUTHORITY "\"]}"

struct client_scene {
	struct arena a;
	struct podman p;
	const char *dir; /* the folder; all may read it */
	struct tls_server ours, strange;
};

/* The test is skipped where podman or openssl are not installed. */
void client_scene_open(struct client_scene *s);
void client_scene_close(struct client_scene *s);

/* Writes NAME.json, and builds it; gives the path of the layout. */
const char *client_build(struct client_scene *s, const char *name, const char *recipe);

/* Makes a layout podman's localhost/NAME:latest. */
void client_load(struct client_scene *s, const char *layout, const char *name);

/* Runs the image as user 65532 on a root file system that nobody can write to; its last word is
 * "https://127.0.0.1:PORT/". */
struct oracle_run client_ask(struct client_scene *s, const char *name, unsigned port);

#endif
