"use strict";
// Points go to the server as they are entered. An article's data-state says what is shown beside them.

const root = location.pathname.split("/").slice(0, 2).join("/");
const place = location.pathname.split("/").slice(3, 5).join("/");
const token = location.pathname.split("/")[1];
const articles = [...document.querySelectorAll("article")];
const saving = new Set(); // articles whose points are on their way
const REFRESH = 4000; // milliseconds between two looks at what others give

const input = (article) => article.querySelector("input[name=points]");
const shown = (points) => (points === null ? "" : String(points));
const unsaved = (article) => ["entered", "saving", "unreachable", "refused", "conflict"].includes(article.dataset.state);

function setState(article, state) {
  article.dataset.state = state;
  const scored = articles.filter((one) => ["saved", "changed"].includes(one.dataset.state));
  document.getElementById("scored").value = scored.length;
}

function take(article, standing) {
  article.dataset.revision = standing.revision;
  input(article).value = shown(standing.points);
  setState(article, standing.points === null ? "waiting" : "saved");
}

function showConflict(article, standing) {
  article.dataset.revision = standing.revision;
  article.dataset.theirs = JSON.stringify(standing);
  article.querySelector(".theirs").textContent = standing.points === null ? "–" : shown(standing.points);
  article.querySelector(".mine").textContent = input(article).value || "–";
  article.querySelector("time").textContent = new Date(standing.given).toLocaleTimeString();
  setState(article, "conflict");
}

function showRefusal(article, reply) {
  for (const language of ["ko", "en"])
    article.querySelector(`.error [lang=${language}]`).textContent = reply.error[language];
  if (reply.standing) showConflict(article, reply.standing);
  else setState(article, "refused");
}

async function save(article) {
  if (saving.has(article)) return; // what is entered meanwhile is sent when the answer is there
  const field = input(article);
  const sent = field.value;
  saving.add(article);
  setState(article, "saving");
  try {
    const reply = await fetch(`${root}/scores/${place}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Autograder-Token": token },
      body: JSON.stringify({
        student: article.dataset.student,
        fingerprint: article.dataset.fingerprint,
        revision: Number(article.dataset.revision),
        points: field.validity.badInput ? "" : sent === "" ? null : Number(sent),
      }),
    });
    const content = await reply.json();
    saving.delete(article);
    if (!reply.ok) return showRefusal(article, content);
    if (field.value === sent) return take(article, content);
    article.dataset.revision = content.revision;
    save(article);
  } catch {
    saving.delete(article);
    setState(article, "unreachable");
  }
}

async function refresh() {
  try {
    const reply = await fetch(`${root}/scores/${place}`);
    const standings = await reply.json();
    for (const article of articles) {
      const standing = standings[article.dataset.student];
      if (standing && standing.revision > Number(article.dataset.revision) && !unsaved(article)) take(article, standing);
    }
  } catch {
    // Nothing is lost: what is entered meanwhile says by itself that it is not saved.
  }
}

function moveOn(article) {
  const rest = articles.slice(articles.indexOf(article) + 1);
  const next = rest.find((one) => one.dataset.state === "waiting") ?? rest[0];
  if (next) input(next).focus();
}

for (const article of articles) {
  const form = article.querySelector("form");
  form.noValidate = true; // the server judges, and says why in both languages
  form.addEventListener("input", () => setState(article, "entered"));
  form.addEventListener("change", () => save(article));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (unsaved(article) && article.dataset.state !== "conflict") save(article);
    moveOn(article);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.name === "theirs") return take(article, JSON.parse(article.dataset.theirs));
    if (!button.name) input(article).value = button.value;
    save(article);
  });
}

for (const id of ["waiting-only", "anonymous"])
  document.getElementById(id).addEventListener("change", (event) => document.body.classList.toggle(id, event.target.checked));

addEventListener("beforeunload", (event) => {
  if (articles.some(unsaved)) event.preventDefault();
});
for (const article of articles) setState(article, article.dataset.state);
setInterval(refresh, REFRESH);
