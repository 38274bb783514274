/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUPPORT_FIXTURE_SCENE_H
#define TESTS_SUPPORT_FIXTURE_SCENE_H

/* A temporary folder with a store in it and a tree in memory: what layers and images are made of.
 */

#include "transfer/store/store.h"
#include "make/tree/tree.h"

struct scene {
	struct arena *a;
	const char *dir;    /* temporary */
	struct store store; /* in dir/store */
	struct tree tree;
};

void scene_begin(struct scene *s, struct arena *a);
void scene_end(struct scene *s);

/* Nodes of an owner whose layer is `layer`; 0644 or 0755, root, mtime 1. The test fails on a
 * conflict. */
struct node *scene_file(struct scene *s, const char *layer, const char *path, const char *text);
struct node *scene_dir(struct scene *s, const char *layer, const char *path);
struct node *scene_link(struct scene *s, const char *layer, const char *path, const char *target);

/* A small image's worth: layers "base" and "app" with files, folders, links, odd modes and owners,
 * a file of several compressed members and one with contents in a blob. */
void scene_small_image(struct scene *s);

#endif
