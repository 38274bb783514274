/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_REPORT_ESCAPE_H
#define INSPECT_REPORT_ESCAPE_H

/* Untrusted texts in reports. */

#include "base/buf.h"

/* Attribute or element text of XML 1.0: what may not stand there at all becomes \xNN. */
void escape_xml(struct buf *out, const char *text);

/* On one line, without anything that drives a terminal. */
const char *escape_line(struct arena *a, const char *text);

/* On one line, without anything that drives a terminal: "\\n" for the end of a line. */
void escape_plain(struct buf *out, const char *text);

/* A cell of a Markdown table: bytes that Markdown, HTML or a forge could take for theirs ("@name")
 * are character references. */
void escape_markdown(struct buf *out, const char *text);

#endif
