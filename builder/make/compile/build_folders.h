/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_BUILD_FOLDERS_H
#define MAKE_COMPILE_BUILD_FOLDERS_H

/* Folders of a build, as its sandbox has them. */

#define BUILD_SOURCE "/build/src"
#define BUILD_DESTDIR "/build/out"
#define BUILD_PRODUCTION "/build/production" /* make/compile/node_modules.h */

#endif
