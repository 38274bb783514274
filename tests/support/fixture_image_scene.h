/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_IMAGE_SCENE_H
#define TESTS_SUPPORT_FIXTURE_IMAGE_SCENE_H

/* The small image of fixture_scene.h, described: what image writers and readers are tested with. */

#include "make/image/image.h"
#include "support/fixture_scene.h"

/* A recipe with every setting that a configuration can hold. */
struct recipe image_scene_recipe(struct arena *a);

/* Writes the layers of the scene's tree and describes them as image `name`. */
struct image image_scene(struct scene *s, const char *name);

/* Gives podman a configuration of its own (that of a machine of few rights) and storage of its own.
 * The test is skipped where there is no podman. */
void image_scene_podman(const struct scene *s);

#endif
