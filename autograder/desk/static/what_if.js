"use strict";
// Collects what is to be changed, and has a draft made of it.

const form = document.getElementById("changes");
const bar = document.querySelector("progress");

function entered(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function changes() {
  const found = new Map(); // tolerances of one check go together
  for (const field of form.querySelectorAll("[data-what]")) {
    const box = field.type === "checkbox";
    if (box ? !field.checked : field.value.trim() === "") continue;
    const { question, part } = field.closest("tr").dataset;
    const { what, check = "", name } = field.dataset;
    const key = JSON.stringify([what, question, part, check]);
    const change = found.get(key) ?? { what, question, part, check, value: null };
    const value = box ? null : entered(field.value.trim());
    change.value = what === "tolerance" ? { ...change.value, [name]: value } : value;
    found.set(key, change);
  }
  return [...found.values()];
}

async function make(address, content) {
  const buttons = document.querySelectorAll("main button");
  bar.hidden = false;
  for (const button of buttons) button.disabled = true;
  try {
    const reply = await post(`what-if/${address}`, content);
    if (reply.ok) return location.reload();
    told.textContent = reply.status === 409 || reply.status === 422 ? refusal(await reply.json()) : reply.statusText;
  } catch {
    told.textContent = { ko: "서버에 연결할 수 없습니다.", en: "The server cannot be reached." }[language()];
  }
  bar.hidden = true;
  for (const button of buttons) button.disabled = false;
  told.scrollIntoView({ block: "center" });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  make("preview", { changes: changes() });
});
document.getElementById("commit")?.addEventListener("submit", (event) => {
  event.preventDefault();
  make("commit", { reason: event.target.elements.reason.value });
});
document.getElementById("discard")?.addEventListener("click", () => make("discard", {}));
