/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of a graph. Names are untrusted: each form escapes them in its own way. */

#include "inspect/compare/graph.h"
#include "inspect/report/escape.h"
#include "format/json/jsonw.h"

/* A double-quoted string of the DOT language. */
static void dot_text(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (const char *p = escape_line(out->a, text); *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_putc(out, '\\');
		buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

static void dot_node(const struct graph_node *x, size_t i, const char *indent, struct buf *out)
{
	buf_printf(out, "%sn%zu [label=", indent, i);
	dot_text(out, x->label);
	if (x->missing)
		buf_puts(out, ", color=red, style=dashed");
	else if (x->program)
		buf_puts(out, ", style=bold");
	buf_puts(out, "];\n");
}

/* Where the cluster that begins at i ends. */
static size_t cluster_end(const struct graph *g, size_t i)
{
	size_t end = i + 1;

	while (end < g->nodes.n && g->nodes.v[end].cluster &&
	       strcmp(g->nodes.v[end].cluster, g->nodes.v[i].cluster) == 0)
		end++;
	return end;
}

void graph_dot(const struct graph *g, struct buf *out)
{
	static const char *const styles[] = { " [style=dotted, color=gray]", "", " [style=dashed]",
					      " [style=dashed, color=gray]" };

	buf_puts(out, "digraph ");
	dot_text(out, g->image);
	buf_puts(out,
		 " {\n\trankdir=LR;\n\tnode [shape=box, fontname=\"sans-serif\", fontsize=10];\n");
	for (size_t i = 0, end; i < g->nodes.n; i = end) {
		end = i + 1;
		if (!g->nodes.v[i].cluster) {
			dot_node(&g->nodes.v[i], i, "\t", out);
			continue;
		}
		end = cluster_end(g, i);
		buf_printf(out, "\tsubgraph cluster_%zu {\n\t\tlabel=", i);
		dot_text(out, g->nodes.v[i].cluster);
		buf_puts(out, ";\n\t\tcolor=lightgray;\n");
		for (size_t k = i; k < end; k++)
			dot_node(&g->nodes.v[k], k, "\t\t", out);
		buf_puts(out, "\t}\n");
	}
	for (size_t i = 0; i < g->edges.n; i++)
		buf_printf(out, "\tn%zu -> n%zu%s;\n", g->edges.v[i].from, g->edges.v[i].to,
			   styles[g->edges.v[i].kind]);
	buf_puts(out, "}\n");
}

/* A quoted Mermaid text: what could end it, or mean something in it, as a character code. */
static void mermaid_text(struct buf *out, const char *text)
{
	buf_putc(out, '"');
	for (const char *p = escape_line(out->a, text); *p; p++) {
		if (strchr("\"#&<>`\\;%", *p))
			buf_printf(out, "#%d;", *p);
		else
			buf_putc(out, *p);
	}
	buf_putc(out, '"');
}

static void mermaid_node(const struct graph_node *x, size_t i, const char *indent, struct buf *out)
{
	buf_printf(out, "%sn%zu%s", indent, i, x->program ? "([" : "[");
	mermaid_text(out, x->label);
	buf_printf(out, "%s%s\n", x->program ? "])" : "]", x->missing ? ":::missing" : "");
}

void graph_mermaid(const struct graph *g, struct buf *out)
{
	static const char *const arrows[] = { "-.->", "-->", "-.->", "-.->" };

	buf_puts(out, "flowchart LR\n    classDef missing stroke:#c00,stroke-dasharray:4\n");
	for (size_t i = 0, end; i < g->nodes.n; i = end) {
		end = i + 1;
		if (!g->nodes.v[i].cluster) {
			mermaid_node(&g->nodes.v[i], i, "    ", out);
			continue;
		}
		end = cluster_end(g, i);
		buf_printf(out, "    subgraph c%zu [", i);
		mermaid_text(out, g->nodes.v[i].cluster);
		buf_puts(out, "]\n");
		for (size_t k = i; k < end; k++)
			mermaid_node(&g->nodes.v[k], k, "        ", out);
		buf_puts(out, "    end\n");
	}
	for (size_t i = 0; i < g->edges.n; i++)
		buf_printf(out, "    n%zu %s n%zu\n", g->edges.v[i].from,
			   arrows[g->edges.v[i].kind], g->edges.v[i].to);
}

void graph_json(const struct graph *g, struct buf *out)
{
	struct jsonw w;

	jsonw_init(&w, out, true);
	jsonw_object(&w, NULL);
	jsonw_u64(&w, "format", 1);
	jsonw_cstr(&w, "image", g->image);
	jsonw_array(&w, "nodes");
	for (size_t i = 0; i < g->nodes.n; i++) {
		const struct graph_node *x = &g->nodes.v[i];

		jsonw_object_inline(&w, NULL);
		jsonw_u64(&w, "id", i);
		jsonw_cstr(&w, "label", x->label);
		if (x->cluster)
			jsonw_cstr(&w, "package", x->cluster);
		jsonw_u64(&w, "files", x->files);
		jsonw_u64(&w, "bytes", x->bytes);
		jsonw_bool(&w, "program", x->program);
		jsonw_bool(&w, "missing", x->missing);
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_array(&w, "edges");
	for (size_t i = 0; i < g->edges.n; i++) {
		jsonw_object_inline(&w, NULL);
		jsonw_u64(&w, "from", g->edges.v[i].from);
		jsonw_u64(&w, "to", g->edges.v[i].to);
		jsonw_cstr(&w, "kind", need_kind_name(g->edges.v[i].kind));
		jsonw_object_end(&w);
	}
	jsonw_array_end(&w);
	jsonw_object_end(&w);
	jsonw_finish(&w);
}
