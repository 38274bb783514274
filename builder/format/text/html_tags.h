/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FORMAT_TEXT_HTML_TAGS_H
#define FORMAT_TEXT_HTML_TAGS_H

/* Tags of an HTML page and their attributes, as browsers find them (the HTML standard,
 * tokenization): values with quotes or without, ">" in quotes, names in any case. Text is passed
 * over. */

#include "base/buf.h"

struct html_tag {
	struct str name; /* as written; "/a" ends one */
	struct str rest; /* its attributes */
};

/* The next tag of the page; comments are passed over. false: there is none, or it does not end. */
bool html_next_tag(struct str *page, struct html_tag *out);

/* Whether it is this one: "a" is "A". */
bool html_tag_is(const struct html_tag *tag, struct str name);

/* The first attribute of that name, with its references decoded: "&gt;", "&#43;". NULL: it has
 * none, or none with a value. */
const char *html_attribute(struct arena *a, const struct html_tag *tag, struct str name);

#endif
