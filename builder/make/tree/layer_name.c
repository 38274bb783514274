/* SPDX-License-Identifier: Apache-2.0 */
#include "make/tree/layer_name.h"

bool layer_is_of(const char *layer, const char *recipe)
{
	size_t length = strlen(recipe);

	return layer && strncmp(layer, recipe, length) == 0 && layer[length] == '/';
}
