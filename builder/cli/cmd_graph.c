/* SPDX-License-Identifier: Apache-2.0 */
/* imgbuild graph IMAGE: who needs what, as a picture. */

#include "cli/commands.h"
#include "cli/common_options.h"
#include "cli/image_operand.h"
#include "inspect/compare/graph.h"
#include "inspect/model/inspect.h"

enum graph_way { WAY_FILE = 1, WAY_PACKAGE };

struct graph_options {
	struct registry_options registry;
	unsigned format;
	enum graph_way by;
	const char *platform;
	bool all;
};

static void (*const forms[])(const struct graph *g, struct buf *out) = { graph_dot, graph_mermaid,
									 graph_json };
static const char *const form_names[] = { "dot", "mermaid", "json", NULL };
static const char *const way_names[] = { "file", "package", NULL };

static bool graph_run(struct cli *c, struct error *e)
{
	const struct graph_options *o = c->options;
	const char *name = c->operands.v[0];
	AUTO_IMAGE_OPERAND opened = IMAGE_OPERAND_INIT;
	AUTO_INSPECTION image = INSPECTION_INIT;
	struct buf text = { .a = c->a };
	struct needs needs;
	struct graph graph;

	if (!image_operand_open(c, &o->registry, name, IMAGE_ONE, o->platform, &opened, e))
		return false;
	if (!inspect_image(c->a,
			   &(struct inspect_request){ name, o->platform, NULL, NULL, &opened.bundle,
						      NULL },
			   &image, e) ||
	    !needs_read(c->a, &image.model, &needs, e))
		return err_wrap(e, "image %s", name);
	graph_make(c->a, &image.model, &needs, o->by == WAY_PACKAGE ? GRAPH_PACKAGES : GRAPH_FILES,
		   o->all, &graph);
	graph.image = name;
	forms[o->format - 1](&graph, &text);
	if (text.overflow)
		return err_set(e, ERR_INPUT, "the graph is larger than 256 MiB");
	fwrite(text.p, 1, text.n, c->out);
	return true;
}

static const struct option_row graph_options[] = {
	{ "--format", 0, "FORM", "form of the graph",
	  OPTION_IS_CHOICE(struct graph_options, format, form_names), .initial = "dot" },
	{ "--by", 0, "WHAT", "what a node is",
	  OPTION_IS_CHOICE(struct graph_options, by, way_names), .initial = "file" },
	{ "--all", 0, NULL, "every module by itself, not those of a folder as one",
	  OPTION_IS_FLAG(struct graph_options, all) },
	OPTION_PLATFORM_OF_INDEX(struct graph_options, platform),
	REGISTRY_ROWS(struct graph_options, registry),
	{ NULL },
};

const struct command cmd_graph = {
	.name = "graph",
	.summary = "who needs what in an image, for graphviz or mermaid",
	.operands = { { "IMAGE", WORD_IMAGE } },
	.wanted = "name an image",
	.examples =
		"graph out/cephalo | dot -Tsvg -o cephalo.svg\ngraph out/cephalo --by package --format mermaid",
	.options = graph_options,
	.options_size = sizeof(struct graph_options),
	.run = graph_run,
	.jails = true,
};
