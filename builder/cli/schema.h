/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_SCHEMA_H
#define CLI_SCHEMA_H

#include "base/str.h"

/* docs/recipe.schema.json, which is linked in. */
struct str schema_text(void);

#endif
