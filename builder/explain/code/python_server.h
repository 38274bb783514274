/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXPLAIN_CODE_PYTHON_SERVER_H
#define EXPLAIN_CODE_PYTHON_SERVER_H

/* Programs that do not start themselves: a file that makes an application of FastAPI, Flask and the
 * like for a server to run, and Django. */

#include "explain/code/project.h"

/* Adds the entrypoint that serves the application which `file` ("app/main.py") makes, by a server
 * of the lock file. *out: it did; not for a file that makes none, or that starts itself. */
MUST_CHECK bool python_server_add(struct own_project *p, const char *file, bool *out,
				  struct error *e);

/* The same of a project of Django: manage.py names its settings. */
MUST_CHECK bool python_django_add(struct own_project *p, bool *out, struct error *e);

#endif
