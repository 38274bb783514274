/* SPDX-License-Identifier: Apache-2.0 */
#ifndef INPUT_RESOLVE_PYTHON_INDEX_H
#define INPUT_RESOLVE_PYTHON_INDEX_H

/* Which wheel a requirement stands for, and where it may be had: pages of an index of Python
 * packages say it. Indexes are those of the recipe ("from"); else those of the requirements file
 * (--index-url); else PIP_INDEX_URL and PIP_EXTRA_INDEX_URL; else those of pip.conf
 * ($PIP_CONFIG_FILE, ~/.config/pip/pip.conf, ~/.pip/pip.conf, /etc/pip.conf). None is built in. */

#include "input/resolve/archive_state.h"
#include "input/resolve/dependency_offer.h"

/* Gives for the dependencies of `r` whose numbers stand in `of` the wheel that pip would take for
 * Debian 13's Python on the platform, among those whose hashes the requirement has. At its line
 * ERR_INPUT where no index is named, or where there is no such wheel, and ERR_VERIFY where there
 * are only others; ERR_NETWORK. A file that its authors have taken back is told. */
MUST_CHECK bool python_offers(struct arena *a, const struct source_recipe *r,
			      const struct platform *p, const size_t *of, size_t n,
			      struct dependency_offer *offers, struct progress *progress,
			      struct error *e);

#endif
