/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MAKE_COMPILE_STEP_LACKS_H
#define MAKE_COMPILE_STEP_LACKS_H

#include "base/arena.h"
#include "base/str.h"

enum lack_kind {
	LACK_HEADER,
	LACK_LIBRARY,	    /* "z" of -lz */
	LACK_MODULE,	    /* of pkg-config */
	LACK_CMAKE_PACKAGE, /* find_package() */
	LACK_PROGRAM,
	LACK_PYTHON_MODULE, /* "yaml" */
	LACK_PERL_MODULE,   /* "XML/Parser.pm" */
	LACK_MACRO,	    /* of autoconf: "LT_INIT" */
	LACK_ASKED,	    /* one of several such modules that a configure script would take */
	LACK_PACKAGE,	    /* of Debian, as a script tells people to install it */
	LACK_CHECKED	    /* a program or library: a configure script stopped after looking */
};

struct step_lack {
	enum lack_kind kind;
	struct str name; /* of the log */
};
struct step_lacks LIST(struct step_lack);

/* What a step that failed did not find, as compilers, linkers, pkg-config, build systems, make and
 * shells say it, each once, in the order of the log. */
void step_lacks(struct arena *a, struct str log, struct step_lacks *out);

/* "header", "module of pkg-config" */
const char *step_lack_kind(enum lack_kind kind);

#endif
