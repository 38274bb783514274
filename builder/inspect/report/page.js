"use strict";
/* Draws the report from the data in the page. All text from the image goes in as text, never as
   markup. */
const data = JSON.parse(document.getElementById("data").textContent);
const levels = ["critical", "high", "medium", "low", "info"];
const $ = id => document.getElementById(id);

function el(name, attributes, ...children) {
  const e = document.createElement(name);
  for (const [k, v] of Object.entries(attributes || {})) {
    if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
    else if (v !== undefined && v !== false) e.setAttribute(k, v === true ? "" : v);
  }
  e.append(...children.filter(c => c !== undefined && c !== null));
  return e;
}

function size(n) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let u = 0;
  while (n >= 1024 && u < 4) { n /= 1024; u++; }
  return (u ? n.toFixed(1) : n) + " " + units[u];
}

const number = n => n.toLocaleString("en");

function hue(name) {
  let h = 7;
  for (const c of name) h = (h * 31 + c.codePointAt(0)) % 100003;
  return h * 47 % 360;
}

function words(input) { return input.value.toLowerCase().split(/\s+/).filter(Boolean); }
function matches(text, list) { text = text.toLowerCase(); return list.every(w => text.includes(w)); }

function summary() {
  const card = (value, label, cls) => el("div", { class: "card" + (value === 0 ? " none" : "") },
    el("b", { class: cls }, typeof value === "number" ? number(value) : value), el("span", {}, label));
  $("cards").append(...levels.map(l => card(data.counts[l], l, l)), card(data.counts.accepted, "accepted"),
    card(size(data.bytes), "in files"), card(data.files.length + data.omitted, "files"),
    card(data.packages.length, "packages"), card(data.layers.length, "layers"));
}

/* A table whose rows are filtered and sorted; `columns`: {title, text, num, cell, cls}. */
function table(where, rows, columns, limit) {
  let shown = rows, sorted = null, down = false, most = limit;
  const body = el("tbody"), note = el("p", { class: "more", "aria-live": "polite" });
  const all = el("button", { type: "button", onclick: () => { most = Infinity; draw(); } }, "show all");
  function draw() {
    let list = shown;
    if (sorted) {
      const key = r => sorted.num ? sorted.num(r) : sorted.text(r);
      list = [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (down ? -1 : 1));
    }
    body.replaceChildren(...list.slice(0, most).map(r => el("tr", {}, ...columns.map(c =>
      el("td", { class: c.cls || (c.num ? "num" : undefined) }, c.cell ? c.cell(r) : c.text(r))))));
    note.replaceChildren(list.length > most ? `${number(most)} of ${number(list.length)} shown ` : `${number(list.length)} shown`);
    if (list.length > most) note.append(all);
    columns.forEach((c, i) => { const th = head.children[i];
      if (c === sorted) th.setAttribute("aria-sort", down ? "descending" : "ascending"); else th.removeAttribute("aria-sort"); });
  }
  const head = el("tr", {}, ...columns.map(c => el("th", { class: c.num && !c.cls ? "num" : undefined, scope: "col" }, el("button", {
    type: "button", onclick: () => { down = sorted === c ? !down : Boolean(c.num); sorted = c; draw(); } }, c.title))));
  where.append(el("div", { class: "scroll" }, el("table", {}, el("thead", {}, head), body)), note);
  draw();
  return list => { shown = list; most = limit; draw(); };
}

/* A long list shows its beginning. */
function folded(list, most, what) {
  if (list.length <= most + 1) return list.join(", ");
  return el("details", {}, el("summary", {}, `${list.slice(0, most).join(", ")} and ${number(list.length - most)} more ${what}`), list.slice(most).join(", "));
}

function options(select, values) { select.append(...values.map(v => el("option", { value: v }, v))); }

/* Findings stand in groups, one for each rule; those that matter are open. */
const SHOWN = 25;
function group(rule, rows, open) {
  const list = el("ul"), more = el("p", { class: "more" });
  const item = f => el("li", {}, el("span", { class: "path" }, f.path || "the image"), f.message,
    f.accepted ? el("div", { class: "accepted" }, f.accepted + (f.until ? ` (until ${f.until})` : "")) : null);
  const fill = most => {
    list.replaceChildren(...rows.slice(0, most).map(item));
    more.replaceChildren(...(rows.length > most ? [el("button", { type: "button", onclick: () => fill(Infinity) }, `show all ${number(rows.length)}`)] : []));
  };
  fill(SHOWN);
  return el("details", { class: "group", open }, el("summary", {}, el("span", { class: "pill " + rows[0].severity }, rows[0].severity),
    el("b", {}, rule), el("span", { class: "title" }, data.rules[rule][0]), el("span", { class: "n" }, number(rows.length))),
    el("div", {}, el("p", { class: "why" }, data.rules[rule][1]), list, more));
}

function findings() {
  const rows = data.findings, search = $("find"), level = $("level"), rule = $("rule"), accepted = $("accepted");
  options(level, levels.filter(l => rows.some(f => f.severity === l)));
  options(rule, [...new Set(rows.map(f => f.rule))].sort());
  function draw() {
    const list = words(search), groups = new Map();
    for (const f of rows) {
      if ((level.value && f.severity !== level.value) || (rule.value && f.rule !== rule.value) || (f.accepted && !accepted.checked)) continue;
      if (!matches(`${f.rule} ${f.path || ""} ${f.message} ${f.accepted || ""}`, list)) continue;
      groups.set(f.rule, [...(groups.get(f.rule) || []), f]);
    }
    const chosen = list.length || level.value || rule.value;
    $("groups").replaceChildren(...[...groups].map(([r, l]) => group(r, l, Boolean(chosen) || (levels.indexOf(l[0].severity) < 3 && l.some(f => !f.accepted)))));
    const n = [...groups.values()].reduce((s, l) => s + l.length, 0);
    $("groups-note").textContent = n ? `${number(n)} of ${number(rows.length)} findings` : rows.length ? "no finding is like this" : "nothing was found";
  }
  for (const c of [search, level, rule, accepted]) c.addEventListener("input", draw);
  draw();
}

function searchable(input, rows, text, update) {
  input.addEventListener("input", () => { const list = words(input); update(rows.filter(r => matches(text(r), list))); });
}

function packages() {
  const most = Math.max(1, ...data.packages.map(p => p.bytes));
  searchable($("find-package"), data.packages, p => `${p.name} ${p.source} ${p.version} ${p.licences || ""}`, table($("package-table"), data.packages, [
    { title: "Package", text: p => p.name, cls: "path name" },
    { title: "Version", text: p => p.version, cls: "path name" },
    { title: "Source", text: p => p.source, cls: "name" },
    { title: "Licences", text: p => p.licences || "", cls: "wide", cell: p => folded((p.licences || "").split(", "), 5, "licences") },
    { title: "Files", num: p => p.present, text: p => p.listed === p.present ? number(p.present) : `${number(p.present)} of ${number(p.listed)}` },
    { title: "Size", num: p => p.bytes, cell: p => el("span", {}, el("span", { class: "bar", style: `width:${5 * p.bytes / most}rem` }), size(p.bytes)) },
  ], 200));
}

function vulnerabilities() {
  if (!data.vulnerabilities) {
    const section = $("vulnerabilities");
    section.replaceChildren(section.querySelector("h2"), "not looked at (no --cve data)");
    return;
  }
  const rows = data.vulnerabilities, search = $("find-vulnerability"), state = $("state");
  const update = table($("vulnerability-table"), rows, [
    { title: "Name", text: v => v.id, cls: "path name" },
    { title: "State", text: v => v.state, cell: v => el("span", { class: "pill " + v.state }, v.state.replace("_", " ")) },
    { title: "Package", text: v => v.package || "the image", cls: "path name" },
    { title: "Version", text: v => v.version || "", cls: "path name" },
    { title: "Fixed in", text: v => v.fixed || "", cls: "path name" },
    { title: "Note", text: v => [v.note, v.statement].filter(Boolean).join("; "), cls: "wide" },
  ], 100);
  options(state, [...new Set(rows.map(v => v.state))]);
  const filter = () => { const list = words(search); update(rows.filter(v => (state.value === "*" || (state.value ? v.state === state.value : !/^(fixed|not_affected)$/.test(v.state))) &&
    matches(`${v.id} ${v.package} ${v.note || ""}`, list))); };
  for (const c of [search, state]) c.addEventListener("input", filter);
  filter();
}

function layers() {
  const total = data.layers.reduce((s, l) => s + l.size, 0) || 1;
  $("layer-bar").append(...data.layers.map(l => el("span", { style: `flex:${Math.max(l.size / total, .004)} 1 0;--h:${hue("layer" + l.index)}`, title: `${l.created_by}: ${size(l.size)}` }, `${l.index}`)));
  table($("layer-table"), data.layers, [
    { title: "#", num: l => l.index, text: l => l.index },
    { title: "Made by", text: l => l.created_by, cls: "path wide" },
    { title: "Compressed", num: l => l.size, text: l => size(l.size) },
    { title: "Tar", num: l => l.tar_size, text: l => size(l.tar_size) },
    { title: "Entries", num: l => l.entries, text: l => number(l.entries) },
    { title: "Wasted", num: l => l.wasted, text: l => l.wasted ? size(l.wasted) : "0" },
  ], 200);
}

/* ---- space: a treemap ---- */

function folder(root, f, parts) {
  let node = root;
  node.size += f[1];
  for (const part of parts) {
    if (!node.children) node.children = new Map();
    if (!node.children.has(part)) node.children.set(part, { name: part, size: 0, children: null });
    node = node.children.get(part);
    node.size += f[1];
  }
}

function tree(kind) {
  const root = { name: kind === "package" ? "packages" : "/", size: 0, children: new Map() };
  for (const f of data.files)
    folder(root, f, kind === "package" ? [f[2] < 0 ? "(no package)" : data.packages[f[2]].name, "/" + f[0]] : f[0].split("/"));
  return root;
}

/* Squarified treemap (Bruls, Huizing, van Wijk): rows along the shorter side. */
function squarify(nodes, x, y, w, h) {
  const out = [];
  let rest = nodes.filter(n => n.size > 0), total = rest.reduce((s, n) => s + n.size, 0);
  while (rest.length && w > 0 && h > 0) {
    const side = Math.min(w, h), scale = w * h / total;
    let row = [], sum = 0, worst = Infinity;
    for (const n of rest) {
      const s = sum + n.size, thick = s * scale / side;
      const ratio = Math.max(...[...row, n].map(m => { const len = m.size * scale / thick; return Math.max(len / thick, thick / len); }));
      if (ratio > worst) break;
      row.push(n); sum = s; worst = ratio;
    }
    const thick = sum * scale / side;
    let at = 0;
    for (const n of row) {
      const len = n.size * scale / thick;
      out.push(w >= h ? { n, x, y: y + at, w: thick, h: len } : { n, x: x + at, y, w: len, h: thick });
      at += len;
    }
    if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
    rest = rest.slice(row.length); total -= sum;
  }
  return out;
}

/* The largest children; the others as one. */
function largest(node, most) {
  const all = [...(node.children || new Map()).values()].sort((a, b) => b.size - a.size);
  const rest = all.slice(most), sum = rest.reduce((s, n) => s + n.size, 0);
  return sum ? [...all.slice(0, most), { name: `(${number(rest.length)} smaller)`, size: sum, children: null }] : all;
}

let trail = [];
function box(b, color, inner) {
  const name = b.n.name, open = Boolean(b.n.children);
  return el("button", { type: "button", tabindex: "-1", class: inner ? "in" : undefined, title: `${name}: ${size(b.n.size)}`,
    "aria-label": `${name}, ${size(b.n.size)}${open ? ", open" : ""}`,
    style: `left:${b.x}px;top:${b.y}px;width:${b.w}px;height:${b.h}px;--h:${color}`,
    onclick: () => { if (open) { trail.push(b.n); drawMap(true); } } },
    ...(b.w > 34 && b.h > 14 ? [el(inner ? "span" : "b", {}, inner ? name.split("/").pop() : name), b.w > 90 ? size(b.n.size) : ""] : []));
}

function drawMap(focus) {
  const node = trail[trail.length - 1], map = $("map"), out = [];
  for (const b of squarify(largest(node, 150), 0, 0, map.clientWidth, map.clientHeight)) {
    const color = hue(b.n.name);
    out.push(box(b, color, false));
    if (b.n.children && b.w > 70 && b.h > 50)
      out.push(...squarify(largest(b.n, 40), b.x + 3, b.y + 19, b.w - 6, b.h - 22).filter(c => c.w > 3 && c.h > 3).map(c => box(c, color, true)));
  }
  map.replaceChildren(...out);
  if (out.length) out[0].tabIndex = 0;
  if (focus && out.length) out[0].focus();
  $("map-trail").textContent = trail.map(t => t.name).join(" \u203a ") + ": " + size(node.size);
  $("map-up").disabled = trail.length < 2;
}

function mapUp() { if (trail.length > 1) { trail.pop(); drawMap(true); } }
function mapOf(kind) { trail = [tree(kind)]; drawMap(false); }

/* One box can be reached with Tab, the others with the arrows. */
function mapKey(e) {
  const boxes = [...$("map").children], at = boxes.indexOf(document.activeElement);
  const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: boxes.length - 1 }[e.key];
  if (e.key === "Escape") mapUp();
  if (at < 0 || to === undefined || !boxes[to]) return;
  e.preventDefault();
  boxes[at].tabIndex = -1;
  boxes[to].tabIndex = 0;
  boxes[to].focus();
}

/* ---- libraries ---- */

/* Who provides a name, as far as names tell: by SONAME, else by file name. */
function providers() {
  const by = new Map();
  for (const e of data.elf) {
    const name = e.soname || e.path.split("/").pop();
    if (!by.has(name)) by.set(name, e);
  }
  return by;
}

const owner = e => e.package < 0 ? "/" + e.path : data.packages[e.package].name;

/* Packages, and which needs which: {name, to: Set, from: Set}. Without arrows that follow from others. */
function packageGraph() {
  const by = providers(), nodes = new Map();
  const node = name => { if (!nodes.has(name)) nodes.set(name, { name, to: new Set(), from: new Set() }); return nodes.get(name); };
  for (const e of data.elf) {
    const a = owner(e);
    if (e.needs.length || e.package >= 0) node(a);
    for (const n of e.needs) {
      const b = by.get(n) && owner(by.get(n));
      if (b && b !== a) { node(a).to.add(b); node(b).from.add(a); }
    }
  }
  return nodes;
}

function reach(nodes, start, side) {
  const seen = new Set(), todo = [start];
  while (todo.length) for (const n of nodes.get(todo.pop())[side]) if (!seen.has(n)) { seen.add(n); todo.push(n); }
  return seen;
}

/* Columns: what nothing else is needed for on the right, programs on the left. */
function columns(nodes) {
  const depth = new Map(), under = new Set();
  const visit = n => {
    if (depth.has(n)) return depth.get(n);
    if (under.has(n)) return 0;
    under.add(n);
    const d = Math.max(-1, ...[...nodes.get(n).to].map(visit)) + 1;
    depth.set(n, d);
    return d;
  };
  [...nodes.keys()].forEach(visit);
  const out = [];
  for (const [n, d] of depth) (out[d] = out[d] || []).push(n);
  out.reverse();
  const row = new Map();
  const place = () => out.forEach(c => c.forEach((n, i) => row.set(n, i - c.length / 2)));
  const mean = l => l.length ? l.reduce((s, n) => s + row.get(n), 0) / l.length : 0;
  out.forEach(c => c.sort());
  place();
  for (let pass = 0; pass < 8; pass++) {
    for (const c of pass % 2 ? out : [...out].reverse()) {
      const key = new Map(c.map(n => [n, mean([...nodes.get(n)[pass % 2 ? "from" : "to"]])]));
      c.sort((a, b) => key.get(a) - key.get(b) || (a < b ? -1 : 1));
    }
    place();
  }
  return out;
}

const GRAPH_MAX = 150, CELL_W = 190, CELL_H = 30;
function svg(name, attributes, ...children) {
  const e = document.createElementNS($("drawing").namespaceURI, name);
  for (const [k, v] of Object.entries(attributes)) if (k.startsWith("on")) e.addEventListener(k.slice(2), v); else e.setAttribute(k, v);
  e.append(...children);
  return e;
}

function graph(choose) {
  let nodes = packageGraph();
  if (!nodes.size) { $("graph").textContent = "no ELF file needs another one"; return; }
  if (nodes.size > GRAPH_MAX) {
    const kept = [...nodes.values()].sort((a, b) => b.from.size - a.from.size).slice(0, GRAPH_MAX).map(n => n.name);
    const has = new Set(kept);
    nodes = new Map(kept.map(n => [n, { name: n, to: new Set([...nodes.get(n).to].filter(x => has.has(x))), from: new Set([...nodes.get(n).from].filter(x => has.has(x))) }]));
    $("graph-note").textContent = `the ${GRAPH_MAX} packages that most others need`;
  }
  const place = new Map(), cols = columns(nodes), rows = Math.max(...cols.map(c => c.length));
  cols.forEach((c, x) => c.forEach((n, y) => place.set(n, { x: 12 + x * CELL_W, y: 12 + (rows - c.length) / 2 * CELL_H + y * CELL_H })));
  const down = new Map([...nodes.keys()].map(n => [n, reach(nodes, n, "to")]));
  const edges = [], boxes = new Map();
  for (const [a, n] of nodes) for (const b of n.to) {
    if ([...n.to].some(c => c !== b && down.get(c).has(b) && !down.get(b).has(c))) continue;
    const p = place.get(a), q = place.get(b), x = p.x + CELL_W - 40, y = p.y + 11;
    edges.push({ a, b, e: svg("path", { d: `M${x} ${y}C${x + 20} ${y} ${q.x - 20} ${q.y + 11} ${q.x} ${q.y + 11}` }) });
  }
  const root = $("drawing");
  root.setAttribute("width", cols.length * CELL_W - 16);
  root.setAttribute("height", rows * CELL_H + 20);
  function focus(name) {
    const up = name ? reach(nodes, name, "from") : new Set(), to = name ? down.get(name) : new Set();
    root.setAttribute("class", name ? "focused" : "");
    for (const [n, g] of boxes) g.setAttribute("class", "node" + (n === name ? " chosen on" : up.has(n) || to.has(n) ? " on" : ""));
    const within = (n, s) => n === name || s.has(n);
    for (const { a, b, e } of edges) e.setAttribute("class", name && ((within(a, up) && within(b, up)) || (within(a, to) && within(b, to))) ? "on" : "");
    $("graph-said").textContent = name ? `${name} needs ${[...to].sort().join(", ") || "nothing"}; needed by ${[...up].sort().join(", ") || "nothing"}.` : "Choose a package to see what it needs and what needs it.";
  }
  let chosen = null;
  const pick = n => { chosen = chosen === n ? null : n; focus(chosen); choose(chosen); };
  for (const [n, p] of place) {
    const label = n.length > 22 ? "\u2026" + n.slice(-21) : n;
    boxes.set(n, svg("g", { class: "node", tabindex: 0, role: "button", "aria-label": n, onclick: () => pick(n),
      onkeydown: e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); pick(n); } } },
      svg("title", {}, n), svg("rect", { x: p.x, y: p.y, width: CELL_W - 40, height: 22 }), svg("text", { x: p.x + 7, y: p.y + 15 }, label)));
  }
  root.append(...edges.map(x => x.e), ...boxes.values());
  focus(null);
}

function libraries() {
  const users = new Map(), input = $("find-library");
  for (const e of data.elf) for (const n of e.needs) users.set(n, [...(users.get(n) || []), e.path]);
  const used = e => users.get(e.soname || e.path.split("/").pop()) || [];
  const rows = [...data.elf].sort((a, b) => used(b).length - used(a).length);
  searchable(input, rows, e => `${e.path} ${e.soname || ""} ${e.needs.join(" ")} package:${owner(e)}`, table($("library-table"), rows, [
    { title: "File", text: e => e.path, cls: "path" },
    { title: "Package", text: owner, cls: "path name" },
    { title: "Needs", text: e => e.needs.join(" "), cls: "path wide" },
    { title: "Needed by", num: e => used(e).length, cls: "wide",
      cell: e => { const u = used(e); return u.length ? el("details", {}, el("summary", {}, u.length === 1 ? "1 file" : `${number(u.length)} files`), el("span", { class: "mono" }, u.join(" "))) : ""; } },
  ], 60));
  graph(name => { input.value = name ? "package:" + name : ""; input.dispatchEvent(new Event("input")); });
}

/* "#find=setuid&level=high": a link to what was looked for; the address follows what is typed. */
const linked = ["find", "level", "rule", "accepted", "map-kind", "find-package", "find-vulnerability", "state", "find-library"];
function fromLink() {
  for (const [k, v] of new URLSearchParams(location.hash.slice(1))) {
    if (!linked.includes(k)) continue;
    if ($(k).type === "checkbox") $(k).checked = v !== "no"; else $(k).value = v;
    $(k).dispatchEvent(new Event("input"));
  }
}
function toLink() {
  const wanted = new URLSearchParams();
  for (const id of linked) {
    const c = $(id), v = c.type === "checkbox" ? (c.checked ? "" : "no") : c.value;
    if (v && v !== (c.options ? c.options[0].value : "")) wanted.set(id, v);
  }
  history.replaceState(null, "", "#" + wanted);
}

summary(); findings(); packages(); vulnerabilities(); layers(); libraries(); mapOf("package"); fromLink();
$("map-kind").addEventListener("input", e => mapOf(e.target.value));
$("map-up").addEventListener("click", mapUp);
$("map").addEventListener("keydown", mapKey);
for (const id of linked) $(id).addEventListener("input", toLink);
window.addEventListener("hashchange", fromLink);
window.addEventListener("resize", () => drawMap(false));
window.addEventListener("beforeprint", () => { drawMap(false); for (const d of document.querySelectorAll(".group")) d.open = true; });
document.addEventListener("keydown", e => {
  if (e.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); $("find").focus(); }
});
