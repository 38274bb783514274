/* SPDX-License-Identifier: Apache-2.0 */
/* Maintainer scripts, configuration files and command lines, as imgbuild init reads them. */

#include <stdlib.h>

#include "explain/init/exec_line.h"
#include "explain/init/listening.h"
#include "explain/init/scripts_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = { 0 };
	struct str text = { (const char *)data, size };
	struct scripted_calls calls = { 0 };
	struct listening_ports ports = { 0 };
	struct unit variables = { 0 };
	struct exec_line line;
	struct error e = { 0 };

	scripts_read(&a, text, &calls);
	for (size_t i = 0; i < calls.n; i++) {
		if (!calls.v[i].name)
			abort();
	}
	listening_read(&a, text, &ports);
	for (size_t i = 0; i < ports.n; i++) {
		if (ports.v[i].port == 0 || ports.v[i].port > 65535)
			abort();
	}
	unit_read_variables(&a, text, &variables);
	if (!exec_line_read(&a, str_dup(&a, text), "unit", &variables, &line, &e) &&
	    e.kind != ERR_INPUT)
		abort();
	return 0;
}
