/* SPDX-License-Identifier: Apache-2.0 */
#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

/* The version of the two programs; they are always built and shipped together. */

#define ENTRYPOINT_VERSION "1.0.0"

#endif
