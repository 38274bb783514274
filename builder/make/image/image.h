/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_IMAGE_IMAGE_H
#define MAKE_IMAGE_IMAGE_H

/* Layers become an OCI image (image-spec v1.1.1): config, manifest, index, and the layout folder
 * or archive that holds them. */

#include "make/layer/layers.h"
#include "input/recipe/recipe.h"
#include "transfer/registry/image_files.h"

/* A line of an image's history, in the words of who made it. */
struct image_history {
	const char *created, *created_by, *author, *comment; /* NULL when not said */
	bool empty;					     /* made no layer */
};

/* What an image takes over from one of others that it stands on. */
struct inherited {
	struct image_config config;
	struct LIST(struct image_history)
		history; /* one line for each of its layers, and empty ones */
	size_t layers;	 /* how many there are of it, the lowest ones */
};

struct image {
	const char *name;     /* org.opencontainers.image.ref.name: "cephalo:latest"; of an image
				 of others its reference; NULL: it was in a folder or a file */
	struct strings names; /* more of them, for what docker load reads; may be empty */
	const char *architecture;	   /* OCI (GOARCH) name: "amd64" */
	const char *variant;		   /* "v8" or NULL */
	struct layers layers;		   /* base layers first */
	bool health;			   /* it has a health check */
	enum archive_form form;		   /* of its archive */
	struct variables record;	   /* labels that say what it was made from */
	const struct inherited *inherited; /* from the image at the bottom; or NULL */
	struct LIST(const struct image *)
		parts; /* for several platforms: one image for each; `manifest` is
			* the index that names them, and the rest is not used */
	struct str config, manifest, index; /* JSON texts */
	struct digest config_digest;
	struct digest manifest_digest; /* all 0: of an image of others that has no manifest */
};

/* Fills the JSON texts from the recipe and the layers. `base` may be NULL; of one that others made
 * only name, manifest_digest, layers and inherited are used. */
MUST_CHECK bool image_describe(struct arena *a, const struct recipe *r, const struct image *base,
			       struct image *img, struct error *e);

/* Makes one image of `n` that were described: for several platforms, under the name of the first.
 * They must live as long. With n == 1 it is that image. */
void image_join(struct arena *a, const struct image *const *images, size_t n, struct image *out);

/* Writes the layout folder: blobs (hard-linked or copied from the store), oci-layout, index.json
 * last. A folder at `path` that is such a layout (or empty, or absent) is replaced as a whole;
 * anything else is refused (ERR_INPUT). */
MUST_CHECK bool image_write_layout(const struct store *s, const struct image *img, const char *path,
				   struct error *e);

/* Moves such a layout, which the caller holds a lock on (flock), to a place beside it, as
 * image_write_layout() would write it there. */
MUST_CHECK bool image_move_layout(const char *from, const char *path, struct error *e);

/* Whether a layout, an archive, may be written to `path` as it stands now: asked before long work,
 * and answered as writing would be. Nothing is made. */
MUST_CHECK bool image_check_layout(const char *path, struct error *e);
MUST_CHECK bool image_check_archive(const char *path, struct error *e);

/* Writes the archive in img->form, deterministic. docker save knows no platforms: its part is the
 * first one's. */
MUST_CHECK bool image_write_archive(const struct store *s, const struct image *img,
				    const char *path, struct error *e);

/* The same into a descriptor, borrowed: a pipe. */
MUST_CHECK bool image_stream_archive(const struct store *s, const struct image *img, int fd,
				     struct error *e);

#endif
