/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild graph IMAGE: who needs what, as a picture. */

#include "inspect/compare/graph.h"

#include "inspect/model/inspect.h"
#include "cli/cmd_audit.h"

bool cmd_graph(struct cli *c, struct error *e)
{
	static const char *const formats[] = { "dot", "mermaid", "json" };
	static const char *const ways[] = { "file", "package" };
	void (*const forms[])(const struct graph *g, struct buf *out) = { graph_dot, graph_mermaid,
									  graph_json };
	const char *format = c->json ? "json" : "dot", *by = "file", *platform = NULL;
	bool all = false;
	const struct cli_known known[] = {
		{ "--format", &format, NULL }, { "--by", &by, NULL }, { "--platform", &platform, NULL },
		{ "--all", NULL, &all },
	};
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct strings rest = { 0 };
	struct buf text = { .a = c->a };
	struct needs needs;
	struct graph graph;
	int form, way;

	if (!cli_arguments(c, known, sizeof(known) / sizeof(known[0]), 1, &rest, e))
		return false;
	form = cli_choice("--format", format, formats, 3, e);
	way = form < 0 ? -1 : cli_choice("--by", by, ways, 2, e);
	if (way < 0)
		return false;
	if (rest.n == 0)
		return err_set(e, ERR_USAGE, "graph: name an image");
	if (!inspect_image(c->a, &(struct inspect_request){ rest.v[0], platform, NULL, NULL, NULL }, &image, e) ||
	    !needs_read(c->a, &image.model, &needs, e))
		return err_wrap(e, "image %s", rest.v[0]);
	graph_make(c->a, &image.model, &needs, way ? GRAPH_PACKAGES : GRAPH_FILES, all, &graph);
	graph.image = rest.v[0];
	forms[form](&graph, &text);
	if (text.overflow)
		return err_set(e, ERR_INPUT, "the graph is larger than 256 MiB");
	fwrite(text.p, 1, text.n, c->out);
	return true;
}
