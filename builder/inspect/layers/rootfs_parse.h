/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_LAYERS_ROOTFS_PARSE_H
#define INSPECT_LAYERS_ROOTFS_PARSE_H

/* What layer_parse() is for a layer, for a folder whose walk comes through a pipe. In a jail. */

#include "inspect/layers/layer_parse.h"

/* `job->fd` is the pipe. ERR_SYSTEM. */
MUST_CHECK bool rootfs_parse(const struct layer_job *job, struct sink *out, struct error *e);

#endif
