/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_COMPRESSION_H
#define INPUT_RECIPE_COMPRESSION_H

/* What a recipe can ask for its layers. */

enum compression { COMPRESS_GZIP, COMPRESS_ZSTD };

#endif
