"use strict";
// The heat map. Only the rows in sight are in the document, so that 500 students scroll like 20. Every text of
// a student's goes through textContent or an attribute, never through markup.
const HEIGHT = 26, SPARE = 8;
const data = JSON.parse(document.getElementById("data").textContent);
const map = document.getElementById("map"), head = document.getElementById("head"), body = document.getElementById("rows");
const korean = document.getElementById("ko");
let shown = data.students, sorted = { by: "name", down: false }, only = null;  // of students chosen below

// From orange over a light grey to blue: told apart with every kind of colour blindness.
const STOPS = [[213, 94, 0], [238, 228, 214], [0, 114, 178]];
function colour(share) {
  const at = Math.max(0, Math.min(1, share)) * 2, low = Math.min(1, Math.floor(at));
  const mixed = STOPS[low].map((value, i) => Math.round(value + (STOPS[low + 1][i] - value) * (at - low)));
  // The ink with more contrast, by the relative luminance of WCAG 2: black from about 0.18 on.
  const [r, g, b] = mixed.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179;
  return { background: `rgb(${mixed})`, ink: light ? "#000" : "#fff" };
}
function paint(element, share) {
  const { background, ink } = colour(share);
  element.style.background = background;
  element.style.color = ink;
}
function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

const titleOf = (column) => korean.checked ? column.ko : column.en;

function cell(student, column, index) {
  const td = make("td"), state = student.cells[index];
  if (index && data.columns[index - 1].question !== column.question) td.className = "first";
  if (!state) return td;
  const [kind, points, seconds, memory] = state, status = data.statuses[kind];
  const link = make("a", `${status.sign} ${+points.toFixed(2)}`);
  link.href = `${student.address}#${column.anchor}`;
  const name = korean.checked ? status.ko : status.en;
  link.title = `${student.name}\n${column.question} ${titleOf(column)}\n${name}, ${points} / ${column.max_points}, ${seconds} s${memory === null ? "" : `, ${memory} MiB`}`;
  paint(link, column.max_points ? points / column.max_points : 1);
  td.append(link);
  return td;
}
const made = new Map();  // rows that were in sight once
function row(student) {
  if (!made.has(student)) made.set(student, makeRow(student));
  return made.get(student);
}
function makeRow(student) {
  const tr = make("tr"), name = make("th"), link = make("a", student.name);
  name.scope = "row";
  link.href = student.address;
  name.append(link);
  if (student.called) name.append(" ", make("span", student.called, "soft"));
  const total = make("td", `${+student.points.toFixed(2)} / ${+student.max_points.toFixed(2)}`, "total");
  if (student.policy) {
    const why = student.policy.map((line) => korean.checked ? line.ko : line.en).join(", ");
    total.textContent = `${+student.points.toFixed(2)} → ${+student.final.toFixed(2)} / ${+student.max_points.toFixed(2)}`;
    total.title = why;
  }
  tr.append(name, total);
  data.columns.forEach((column, index) => tr.append(cell(student, column, index)));
  return tr;
}
function gap(rows) {
  const tr = make("tr"), td = make("td");
  td.style.height = `${rows * HEIGHT}px`;
  td.style.border = "0";
  tr.append(td);
  return tr;
}
function render() {
  const room = Math.ceil(map.clientHeight / HEIGHT);
  const from = Math.max(0, Math.floor(map.scrollTop / HEIGHT) - SPARE);
  const to = Math.min(shown.length, from + room + 2 * SPARE);
  const rows = shown.slice(from, to).map(row);
  body.replaceChildren(...(from ? [gap(from)] : []), ...rows, ...(to < shown.length ? [gap(shown.length - to)] : []));
}

function key(student) {
  if (sorted.by === "name") return student.name;
  if (sorted.by === "points") return student.points;
  const state = student.cells[sorted.by];
  return state ? state[1] - state[0] / 1000 : -1;  // equal points are told apart by status
}
const byName = new Intl.Collator(["ko", "en"], { numeric: true });
function compare(a, b) {
  const x = key(a), y = key(b);
  const order = typeof x === "string" ? byName.compare(x, y) : x - y;
  return (sorted.down ? -order : order) || byName.compare(a.name, b.name);
}
function arrange() {
  const wanted = document.getElementById("name").value.trim().toLocaleLowerCase();
  const status = document.getElementById("status").value;
  shown = data.students.filter((student, index) => (only === null || only.has(index)) && `${student.name} ${student.called ?? ""}`.toLocaleLowerCase().includes(wanted)
    && (status === "" || student.cells.some((state) => state && state[0] === +status)));
  shown.sort(compare);
  document.getElementById("shown").textContent = shown.length;
  for (const th of head.children) {
    if (th.dataset.by === String(sorted.by)) th.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
    else th.removeAttribute("aria-sort");
  }
  map.scrollTop = 0;
  render();
}
function heading(by, text, className) {
  const th = make("th", undefined, className), button = make("button", text);
  th.scope = "col";
  th.dataset.by = by;
  button.type = "button";
  button.addEventListener("click", () => {
    sorted = { by, down: sorted.by === by ? !sorted.down : by !== "name" };
    arrange();
  });
  th.append(button);
  return th;
}

map.firstElementChild.style.width = `${11 + 7 + 2.9 * data.columns.length}rem`;
head.append(heading("name", "", "flat"), heading("points", "", "flat"));
data.columns.forEach((column, index) => {
  const first = index && data.columns[index - 1].question !== column.question;
  head.append(heading(index, "", first ? "first" : ""));
});
function title() {
  head.children[0].firstElementChild.textContent = korean.checked ? "↕ 이름" : "↕ name";
  head.children[1].firstElementChild.textContent = korean.checked ? "↕ 합계" : "↕ total";
  data.columns.forEach((column, index) => {
    head.children[index + 2].firstElementChild.textContent = `${column.question.split("_")[0]} ${titleOf(column)}`;
  });
}
title();

// A mistake or a check, below, shows in the table who made or failed it.
const everybody = document.getElementById("everybody");
function choose(students) {
  only = students;
  everybody.hidden = students === null;
  arrange();
}
everybody.addEventListener("click", () => choose(null));
for (const button of document.querySelectorAll("[data-only]")) {
  button.addEventListener("click", () => {
    choose(new Set(button.dataset.only.trim().split(" ").map(Number)));
    document.getElementById("name").scrollIntoView({ block: "center" });
  });
}
// The analysis of parts, sorted by any column.
const items = document.querySelector("#items tbody");
document.querySelectorAll("#items th button").forEach((button, column) => {
  button.addEventListener("click", () => {
    const th = button.parentElement, down = th.getAttribute("aria-sort") === "ascending";
    const value = (tr) => +tr.children[column].dataset.value;
    for (const other of th.parentElement.children) other.removeAttribute("aria-sort");
    th.setAttribute("aria-sort", down ? "descending" : "ascending");
    items.append(...[...items.children].sort((a, b) => down ? value(b) - value(a) : value(a) - value(b)));
  });
});
addEventListener("beforeprint", () => body.replaceChildren(...shown.map(row)));  // on paper, everybody
addEventListener("afterprint", render);
document.getElementById("name").addEventListener("input", arrange);
document.getElementById("status").addEventListener("change", arrange);
for (const element of document.querySelectorAll("[data-share]")) paint(element, +element.dataset.share);
let waiting = false;
map.addEventListener("scroll", () => {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; render(); });
}, { passive: true });
addEventListener("resize", render);
for (const input of document.querySelectorAll("input.switch")) {
  input.addEventListener("change", () => { made.clear(); title(); render(); });
}
arrange();
document.documentElement.dataset.ready = Math.round(performance.now());  // milliseconds after the start
