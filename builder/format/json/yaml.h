/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_JSON_YAML_H
#define FORMAT_JSON_YAML_H

/* YAML files as documents of format/json/json.h, with places in the YAML text. The only user of
 * libyaml.
 *
 * One document; block and flow style; no anchors, aliases, tags or merge keys (they are errors:
 * what a file means must be seen in it). All scalars become strings, whether quoted or not: what a
 * reader takes for a number or a truth is its own to say (YAML's guesses are notorious). Only a
 * plain scalar that is empty, "~" or "null" is null. */

#include "format/json/json.h"

#define YAML_TEXT_MAX (8u << 20)

/* As json_load() and json_parse(); release with json_drop(). */
MUST_CHECK bool yaml_load(struct arena *a, const char *path, struct json_doc *doc, struct error *e);
MUST_CHECK bool yaml_parse(struct arena *a, const char *file, struct str text, struct json_doc *doc,
			   struct error *e);

#endif
