/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_UNPACK_WHEEL_H
#define MAKE_UNPACK_WHEEL_H

/* Wheels as pip would install them (packaging.python.org: binary distribution format, recording
 * installed projects, entry points), in the jail and without running anything. */

#include "format/archive/zip.h"
#include "make/unpack/unpacked.h"

/* Reads a wheel into the folder of modules `u->how->to`:
 *  - what is in NAME-VERSION.data goes where its scheme says: modules (purelib, platlib), scripts,
 *    data; headers are left out;
 *  - scripts that begin with "#!python", and a small Python program for each console or gui entry
 *    point, go to bin beside lib ("/usr/local/bin" for "/usr/local/lib/python3.13/dist-packages"),
 *    or below `to` where that is in no lib/pythonX;
 *  - .dist-info gets INSTALLER, and RECORD anew with what was really installed.
 * ERR_INPUT for what is not a wheel of format 1, or has names that lead out. */
MUST_CHECK bool wheel_read(const struct zip *z, struct unpack_writer *u, struct error *e);

#endif
