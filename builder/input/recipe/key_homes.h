/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RECIPE_KEY_HOMES_H
#define INPUT_RECIPE_KEY_HOMES_H

/* Where keys stand that people write one level too high or too low. */

#include "format/json/json.h"

/* For the objects of a recipe and of a source; ends with a NULL key. */
extern const struct json_home key_homes[];

#endif
