/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_MODEL_ROOTFS_H
#define INSPECT_MODEL_ROOTFS_H

/* A folder says nothing about itself, so what an image's config says is told from its files. */

#include "inspect/model/model.h"

/* Of a root file system in a folder: the architecture that most of its ELF files are for, and in
 * place of the config's a digest of all names, modes, owners and contents. Nothing for an image. */
void rootfs_describe(const struct model *m, struct image_facts *facts);

#endif
