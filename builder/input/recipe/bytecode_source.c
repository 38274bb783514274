/* SPDX-License-Identifier: Apache-2.0 */
/* Byte code of Python is compiled as a source is: in the sandbox, once for the same modules. */

#include "input/recipe/recipe_reader.h"

/* All modules below ${destdir}, each beside its source. A file that is no Python of this version
 * gets none. Checked by nothing when it is read (PEP 552): the sources do not change in an image,
 * and times of files are not those of a build. One process: what it has read before decides which
 * constants are shared. */
static const char compile_modules[] =
	"import compileall, py_compile; "
	"compileall.compile_dir('${destdir}', quiet=1, stripdir='${destdir}', prependdir='/', "
	"invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)";

bool bytecode_source(struct reader *rd, const struct json_node *n, const struct source_recipe **out,
		     struct error *e)
{
	struct source_recipe *s = arena_alloc(rd->a, sizeof(*s));
	struct step *step = list_push(rd->a, &s->steps);
	const char *root;

	if (!reader_builtin_root(rd, n, &root, e))
		return false;
	s->name = "python-bytecode";
	s->file = n->doc->file;
	s->at = step->at = read_place(n);
	s->of_image = true;
	s->limits = (struct limits){
		.wall_seconds = 1800, .memory_mib = 2048, .file_mib = 64, .processes = 16
	};
	*list_push(rd->a, &s->env) = (struct variable){ "PYTHONHASHSEED", "0" };
	*list_push(rd->a, &s->keep) = (struct glob){ "/**/__pycache__/*.pyc", s->at };
	step->name = "compile";
	*list_push(rd->a, &step->run) = "python3";
	*list_push(rd->a, &step->run) = "-c";
	*list_push(rd->a, &step->run) = compile_modules;
	*out = s;
	return toolchain_read(rd, reader_join(rd->a, root, "recipes/toolchain/python.json"),
			      &s->toolchain, e);
}
