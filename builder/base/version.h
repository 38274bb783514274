/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

/* The version of imgbuild. It is part of every cache key that depends on imgbuild's own rules
 * through the format numbers of the stages, not through this string. */
#define IMGBUILD_VERSION "0.2.0"

#endif
