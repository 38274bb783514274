/* SPDX-License-Identifier: Apache-2.0 */
#ifndef E2E_FIXTURE_IMAGE_H
#define E2E_FIXTURE_IMAGE_H

/* Images built by ./imgbuild for the tests, from the recipes of this repository, with the user's
 * own store: what was compiled once is not compiled again. */

#include "support/fixture_oracle.h"

/* Builds a recipe into DIR/NAME (and DIR/NAME.tar), or fails the test showing what imgbuild said.
 * Gives the path of the layout. */
const char *image_build(struct arena *a, const char *dir, const char *name);

/* Runs ./imgbuild with these arguments. */
struct oracle_run imgbuild_run(struct arena *a, const char *const *args);

/* This folder's imgbuild in that one, with the words as a shell reads them. */
struct oracle_run imgbuild_in(struct arena *a, const char *folder, const char *words);
#define IMGBUILD(a, ...) imgbuild_run((a), (const char *const[]){ __VA_ARGS__, NULL })

/* Unpacks a layout with umoci; gives the path of the root file system. */
const char *image_unpack(struct arena *a, const char *dir, const char *layout, const char *name);

/* A Python program that imports every module of the standard library and names those that do not.
 */
extern const char image_import_everything[];

#endif
