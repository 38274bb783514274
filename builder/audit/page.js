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
    else if (v !== undefined && v !== false) e.setAttribute(k, v);
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

function card(value, label, cls) {
  return el("div", { class: "card" }, el("b", { class: cls }, String(value)), el("span", {}, label));
}

function summary() {
  const files = data.files.length + data.omitted;
  $("cards").append(
    ...levels.map(l => card(data.counts[l], l, l)),
    card(data.counts.accepted, "accepted"),
    card(size(data.bytes), "in files"), card(files, "files"),
    card(data.packages.length, "packages"), card(data.layers.length, "layers"));
}

/* A table whose rows are filtered and sorted; `columns`: {title, text, num, cell}. */
function table(where, rows, columns, limit) {
  let sorted = null, down = false;
  const body = el("tbody"), note = el("p", { class: "more", "aria-live": "polite" });
  function draw(list) {
    if (sorted) {
      const key = r => sorted.num ? sorted.num(r) : sorted.text(r);
      list = [...list].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0) * (down ? -1 : 1));
    }
    body.replaceChildren(...list.slice(0, limit).map(r => el("tr", {}, ...columns.map(c =>
      el("td", { class: c.num ? "num" : c.cls }, c.cell ? c.cell(r) : c.text(r))))));
    note.textContent = list.length > limit ? `${limit} of ${list.length} shown; search to narrow down` : `${list.length} shown`;
  }
  let shown = rows;
  const head = el("tr", {}, ...columns.map(c => el("th", { class: c.num ? "num" : "", scope: "col" }, el("button", {
    type: "button", onclick: () => { down = sorted === c ? !down : Boolean(c.num); sorted = c; draw(shown); } }, c.title))));
  where.append(el("table", {}, el("thead", {}, head), body), note);
  draw(rows);
  return list => { shown = list; draw(list); };
}

function findings() {
  const rows = data.findings;
  const update = table($("findings-table"), rows, [
    { title: "Severity", text: f => f.severity, cell: f => el("span", { class: "sev " + (f.accepted ? "accepted" : f.severity) }, f.severity) },
    { title: "Rule", text: f => f.rule, cell: f => el("details", {}, el("summary", {}, f.rule), data.rules[f.rule]) },
    { title: "Where", text: f => f.path || "", cls: "path", cell: f => f.path || "the image" },
    { title: "What", text: f => f.message, cell: f => el("span", {}, f.message,
      f.accepted ? el("span", { class: "accepted" }, " – accepted: " + f.accepted) : null) },
  ], 1000);
  const search = $("find"), level = $("level"), rule = $("rule"), accepted = $("accepted");
  level.append(...levels.map(l => el("option", { value: l }, l)));
  rule.append(...[...new Set(rows.map(f => f.rule))].sort().map(r => el("option", { value: r }, r)));
  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    update(rows.filter(f => (!level.value || f.severity === level.value) && (!rule.value || f.rule === rule.value) &&
      (accepted.checked || !f.accepted) &&
      words.every(w => `${f.rule} ${f.path || ""} ${f.message}`.toLowerCase().includes(w))));
  }
  for (const c of [search, level, rule, accepted]) c.addEventListener("input", filter);
  filter();
}

function searchable(input, rows, text, update) {
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    update(rows.filter(r => words.every(w => text(r).toLowerCase().includes(w))));
  });
}

function packages() {
  searchable($("find-package"), data.packages, p => `${p.name} ${p.source} ${p.version}`, table($("package-table"), data.packages, [
    { title: "Package", text: p => p.name, cls: "path" },
    { title: "Version", text: p => p.version, cls: "path" },
    { title: "Source", text: p => p.source },
    { title: "Files", num: p => p.present, text: p => `${p.present} of ${p.listed}` },
    { title: "Size", num: p => p.bytes, text: p => size(p.bytes) },
  ], 1000));
}

function layers() {
  table($("layer-table"), data.layers, [
    { title: "#", num: l => l.index, text: l => l.index },
    { title: "Made by", text: l => l.created_by, cls: "path" },
    { title: "Compressed", num: l => l.size, text: l => size(l.size) },
    { title: "Tar", num: l => l.tar_size, text: l => size(l.tar_size) },
    { title: "Entries", num: l => l.entries, text: l => l.entries },
    { title: "Wasted", num: l => l.wasted, text: l => size(l.wasted) },
  ], 1000);
}

/* Which files need a library: the reverse of the lists in the data. */
function libraries() {
  const users = new Map();
  for (const e of data.elf) for (const n of e.needs) users.set(n, [...(users.get(n) || []), e.path]);
  searchable($("find-library"), data.elf, e => `${e.path} ${e.soname || ""} ${e.needs.join(" ")}`, table($("library-table"), data.elf, [
    { title: "File", text: e => e.path, cls: "path" },
    { title: "Needs", text: e => e.needs.join(" "), cls: "path" },
    { title: "Needed by", num: e => (users.get(e.soname) || []).length, text: e => "",
      cell: e => { const u = users.get(e.soname) || []; return u.length ? el("details", {}, el("summary", {}, String(u.length)), u.join(" ")) : "0"; } },
  ], 500));
}

/* A tree of bytes: {name, size, children}. */
function byFolder() {
  const root = { name: "/", size: 0, children: new Map() };
  for (const f of data.files) {
    let node = root;
    node.size += f[1];
    for (const part of f[0].split("/")) {
      if (!node.children) node.children = new Map();
      if (!node.children.has(part)) node.children.set(part, { name: part, size: 0, children: null });
      node = node.children.get(part);
      node.size += f[1];
    }
  }
  return root;
}

function byPackage() {
  const root = { name: "packages", size: 0, children: new Map() };
  for (const f of data.files) {
    const name = f[2] < 0 ? "(no package)" : data.packages[f[2]].name;
    if (!root.children.has(name)) root.children.set(name, { name, size: 0, children: new Map() });
    const node = root.children.get(name);
    node.children.set(f[0], { name: "/" + f[0], size: f[1], children: null });
    node.size += f[1];
    root.size += f[1];
  }
  return root;
}

/* Squarified treemap (Bruls, Huizing, van Wijk): rows along the shorter side. */
function squarify(nodes, x, y, w, h, out) {
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

function hue(name) {
  let h = 0;
  for (const c of name) h = (h * 31 + c.codePointAt(0)) % 360;
  return h;
}

let trail = [];
function drawMap() {
  const node = trail[trail.length - 1], map = $("map");
  let nodes = [...(node.children || new Map()).values()].sort((a, b) => b.size - a.size);
  const rest = nodes.slice(200).reduce((s, n) => s + n.size, 0);
  nodes = nodes.slice(0, 200);
  if (rest) nodes.push({ name: "(smaller ones)", size: rest, children: null });
  const boxes = squarify(nodes, 0, 0, map.clientWidth, map.clientHeight, []);
  map.replaceChildren(...boxes.map(b => el("button", { type: "button", title: `${b.n.name}: ${size(b.n.size)}`,
    "aria-label": `${b.n.name}, ${size(b.n.size)}${b.n.children ? ", open" : ""}`,
    style: `left:${b.x}px;top:${b.y}px;width:${b.w}px;height:${b.h}px;background:hsl(${hue(b.n.name)} 55% 72%)`,
    onclick: () => { if (b.n.children) { trail.push(b.n); drawMap(); map.firstChild && map.firstChild.focus(); } } },
    b.w > 40 && b.h > 16 ? `${b.n.name} ${size(b.n.size)}` : "")));
  $("map-trail").textContent = trail.map(t => t.name).join(" › ") + ": " + size(node.size);
  $("map-up").disabled = trail.length < 2;
}

function mapOf(kind) { trail = [kind === "package" ? byPackage() : byFolder()]; drawMap(); }

summary(); findings(); packages(); layers(); libraries(); mapOf("package");
$("map-kind").addEventListener("input", e => mapOf(e.target.value));
$("map-up").addEventListener("click", () => { if (trail.length > 1) trail.pop(); drawMap(); });
window.addEventListener("resize", drawMap);
window.addEventListener("beforeprint", drawMap);
document.addEventListener("keydown", e => {
  if (e.key === "/" && !/INPUT|SELECT/.test(document.activeElement.tagName)) { e.preventDefault(); $("find").focus(); }
  if (e.key === "Escape" && trail.length > 1 && $("map").contains(document.activeElement)) { trail.pop(); drawMap(); }
});
