/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IMAGE_LAYOUT_H
#define IMAGE_LAYOUT_H

/* The whole content of "oci-layout": the version is still 1.0.0 in image-spec v1.1.1. */
#define OCI_LAYOUT_TEXT "{\"imageLayoutVersion\":\"1.0.0\"}"

#endif
