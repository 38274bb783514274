/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INSPECT_SBOM_NAMING_H
#define INSPECT_SBOM_NAMING_H

/* What things are called in a bill of materials: package URLs, ids, UUIDs. Names depend on what is
 * named alone, so that one image's documents can be compared with the next one's. */

#include "inspect/sbom/sbom_parts.h"

/* The image: its name as far as it tells, and pkg:oci/... with the digest of its manifest. */
const char *naming_image(struct arena *a, const struct image_facts *f);
const char *naming_image_purl(struct arena *a, const struct image_facts *f);

/* pkg:deb/debian/NAME@VERSION?arch=...&distro=debian-13&upstream=SOURCE%40VERSION; and of the
 * source. */
const char *naming_deb_purl(struct arena *a, const struct model *m, const struct package *p);
const char *naming_source_purl(struct arena *a, const struct model *m, const char *name,
			       const char *version);

/* What a package note says (JSON, "type", "name", ...): name, version, purl and cpe are set. false:
 * it is not a note. */
bool naming_note(struct arena *a, const char *note, struct sbom_package *out);

/* "SPDXRef-KIND-NAME-0123456789abcdef": the digits are of `ref`. */
const char *naming_id(struct arena *a, const char *kind, const char *name, const char *ref);

/* "SPDXRef-File-" or "file-" and 32 digits of the path's digest; out: 64 bytes. */
#define NAMING_FILE_SIZE 64
void naming_file(const char *prefix, const char *path, char out[static NAMING_FILE_SIZE]);

/* The version 5 UUID of this document about this image: other contents, another UUID. */
#define NAMING_UUID_SIZE 37
void naming_uuid(const struct sbom *s, const char *form, char out[static NAMING_UUID_SIZE]);

/* "Libc Maintainers <libc@example.org>" -> name and mail (or NULL). */
void naming_person(struct arena *a, const char *text, const char **name, const char **mail);

/* Is it a mail address of Debian's, or of a list of Debian's? */
bool naming_is_debian(const char *mail);

#endif
