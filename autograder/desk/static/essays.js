"use strict";
// Shows one answer after another and sends what a grader gives by keys. An article's data-state says what is
// shown beside it. Nothing is kept in the page alone: an answer is shown as the server has it.

const place = location.pathname.split("/").slice(3, 5).join("/");
const box = document.getElementById("answer");
const ids = box.dataset.ids ? box.dataset.ids.split(" ") : [];
const states = new Map(ids.map((id, index) => [id, box.dataset.states.split(" ")[index]]));
const acts = []; // numbers of this grader's decisions, the last one last
const skipped = new Set();
const REFRESH = 4000; // milliseconds between two looks at what others give
let at = -1;

const article = () => box.querySelector("article");
const field = (name) => article().elements?.[name] ?? article().querySelector(`[name=${name}]`);
const checked = () => [...article().querySelectorAll("[name=items]:checked")].map((one) => one.value);
const unsaved = () => article() && ["entered", "saving", "unreachable", "refused", "conflict"].includes(article().dataset.state);

function count() {
  const done = [...states.values()].filter((one) => one !== "waiting").length;
  document.getElementById("scored").value = done;
  document.getElementById("progress").value = done;
}

function setState(state) {
  article().dataset.state = state;
  if (["waiting", "saved", "changed"].includes(state)) states.set(article().dataset.id, state);
  count();
}

async function fetched(id) {
  const names = document.getElementById("names")?.checked ? "?names" : "";
  const reply = await fetch(`${root}/essay/${place}/${id}${names}`);
  if (!reply.ok) throw new Error(reply.statusText);
  return new DOMParser().parseFromString(await reply.text(), "text/html").querySelector("article");
}

async function show(index) {
  if (index < 0 || index >= ids.length) return;
  at = index;
  const id = ids[index];
  try {
    const fresh = await fetched(id);
    if (at !== index) return; // went on meanwhile
    box.replaceChildren(fresh);
    states.set(id, fresh.dataset.state);
    document.body.dataset.at = ` #${index + 1}`;
    count();
    document.activeElement?.blur();
    scrollTo(0, 0);
  } catch {
    if (article()) setState("unreachable");
  }
}

const waits = (id) => states.get(id) !== "saved" && !skipped.has(id);

function next() {
  const order = [...ids.keys()].map((step) => (at + 1 + step) % ids.length);
  const found = order.find((index) => waits(ids[index]));
  return show(found ?? Math.min(at + 1, ids.length - 1));
}

function content() {
  const points = field("points");
  return {
    version: article().dataset.version,
    items: checked(),
    points: points.validity.badInput ? "" : points.value === "" ? null : Number(points.value),
    comment: field("comment").value,
  };
}

async function save(goOn) {
  const mine = article();
  if (mine.dataset.state === "saving") return;
  const sent = content();
  setState("saving");
  try {
    const reply = await post(`essay/${place}/${mine.dataset.id}`, sent);
    const found = reply.status === 400 ? { error: { ko: "수를 입력하세요.", en: "Enter a number." } } : await reply.json();
    if (article() !== mine) return;
    if (reply.ok) {
      acts.push(found.act);
      states.set(mine.dataset.id, sent.items.length || sent.points !== null ? "saved" : "waiting");
      return goOn ? next() : show(at);
    }
    for (const one of ["ko", "en"]) mine.querySelector(`.error [lang=${one}]`).textContent = found.error[one];
    if (reply.status === 409) return conflict(mine);
    setState("refused");
  } catch {
    setState("unreachable");
  }
}

const worth = (form) => {
  const points = form.querySelector("[name=points]");
  const items = [...form.querySelectorAll("[name=items]:checked")].map((one) => one.value);
  return points.value || points.placeholder || items.join(", ") || "–";
};

async function conflict(mine) {
  const fresh = await fetched(mine.dataset.id);
  mine.querySelector(".theirs").textContent = fresh.querySelector("[name=points]").value || fresh.querySelector("[name=points]").placeholder || "–";
  mine.querySelector(".mine").textContent = worth(mine);
  mine.dataset.version = fresh.dataset.version;
  setState("conflict");
}

async function undo() {
  const act = acts.pop();
  if (act === undefined) return;
  const reply = await post("undo", { number: act });
  if (!reply.ok) told.textContent = refusal(await reply.json());
  await refresh();
  show(at);
}

async function refresh() {
  try {
    const found = await (await fetch(`${root}/scores/${place}`)).json();
    for (const one of found) {
      if (!states.has(one.id)) ids.push(one.id);
      if (one.id !== article()?.dataset.id || !unsaved()) states.set(one.id, one.state);
    }
    const mine = found.find((one) => one.id === article()?.dataset.id);
    if (mine && mine.version !== article().dataset.version && !unsaved()) show(at);
    count();
  } catch {
    // Nothing is lost: what is entered meanwhile says by itself that it is not saved.
  }
}

function toggle(number) {
  const one = article().querySelectorAll("[name=items]")[number - 1];
  if (!one) return;
  one.checked = !one.checked;
  setState("entered");
}

const keys = {
  j: () => show(at + 1),
  k: () => show(at - 1),
  n: next,
  s: () => (skipped.add(ids[at]), next()),
  c: () => field("comment").focus(),
  u: undo,
  0: () => ((field("points").value = "0"), setState("entered")),
  Enter: () => save(true),
  "?": () => document.getElementById("keys").toggleAttribute("hidden"),
};
for (let number = 1; number <= 9; number += 1) keys[number] = () => toggle(number);

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !article()) return;
  const typing = event.target.closest("textarea, input:not([type=checkbox]):not([type=radio])");
  if (event.key === "Escape") return document.activeElement.blur();
  if (typing && !(event.key === "Enter" && !(event.shiftKey && event.target.tagName === "TEXTAREA"))) return;
  if (event.target.tagName === "BUTTON" && event.key === "Enter") return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

box.addEventListener("input", () => setState("entered"));
box.addEventListener("submit", (event) => {
  event.preventDefault();
  save(true);
});
box.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.name === "theirs") show(at);
  else if (button?.name === "mine") save(false);
});
document.getElementById("help").addEventListener("click", keys["?"]);
document.getElementById("names")?.addEventListener("change", () => show(at));
addEventListener("beforeunload", (event) => {
  if (unsaved()) event.preventDefault();
});
count();
next();
setInterval(refresh, REFRESH);
