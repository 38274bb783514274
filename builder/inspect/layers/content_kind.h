/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_CONTENT_KIND_H
#define INSPECT_LAYERS_CONTENT_KIND_H

/* What bytes are, judged by the bytes alone: names can lie. */

#include "inspect/layers/layer_items.h"

/* `head`: the first bytes of the file (all of it, if it is small). */
enum content_kind content_kind(struct str head);

/* The line after "#!", trimmed, at most 255 bytes (the kernel reads as many): in `a`. */
const char *content_interpreter(struct arena *a, struct str head);

/* The kind of secret found ("a private key", "a GitHub token"), or NULL. Static text. */
const char *content_secret(struct str text);

/* A path of a source file on the machine that built it ("/home/x/src/main.c"), in `a`; or NULL. */
const char *content_build_path(struct arena *a, struct str elf);

#endif
