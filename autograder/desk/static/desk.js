"use strict";
// What every page does: send forms, tell where this grader is and show where others are, local times.

const token = location.pathname.split("/")[1];
const root = `/${token}`;
const told = document.getElementById("told");
const HERE = 4000; // milliseconds between two looks at where others are
const page = Math.random().toString(36).slice(2);
const language = () => (document.getElementById("ko").checked ? "ko" : "en");

async function post(address, content) {
  return fetch(`${root}/${address}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Autograder-Token": token },
    body: JSON.stringify(content),
  });
}

function valueOf(field) {
  if (field.dataset.kind === "number") return field.value.trim() === "" ? null : Number(field.value);
  if (field.dataset.kind === "truth") return field.value === "true";
  return field.value;
}

function contentOf(form) {
  const content = {};
  for (const field of form.elements) {
    if (!field.name) continue;
    if (field.type === "checkbox") (content[field.name] ??= []).push(...(field.checked ? [field.value] : []));
    else if (field.type !== "radio" || field.checked) content[field.name] = valueOf(field);
  }
  return content;
}

function refusal(reply) {
  const who = (reply.standing ?? []).map((one) => one.who).filter(Boolean);
  return reply.error[language()] + (who.length ? ` (${who.join(", ")})` : "");
}

async function send(form) {
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  try {
    const reply = await post(form.dataset.post, contentOf(form));
    if (reply.ok) return location.reload();
    told.textContent = reply.status === 409 || reply.status === 422 || reply.status === 404 ? refusal(await reply.json()) : reply.statusText;
  } catch {
    told.textContent = { ko: "저장되지 않음: 서버에 연결할 수 없습니다.", en: "Not saved: the server cannot be reached." }[language()];
  }
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  told.scrollIntoView({ block: "center" });
}

document.addEventListener("submit", (event) => {
  if (!event.target.dataset.post) return;
  event.preventDefault();
  send(event.target);
});

async function here() {
  try {
    const where = decodeURIComponent(location.pathname.split("/").slice(2).join("/")) + (document.body.dataset.at ?? "");
    const others = await (await post("here", { page, where })).json();
    document.getElementById("others").textContent = others.map(([who, at]) => `${who}: ${at || "/"}`).join(" · ");
  } catch {
    // The page itself says so when something is not stored.
  }
}

for (const time of document.querySelectorAll("time[datetime]")) {
  const when = new Date(time.dateTime);
  if (!Number.isNaN(when.valueOf())) time.textContent = when.toLocaleString();
}
for (const name of ["ko", "en"]) {
  const choice = document.getElementById(name);
  try {
    if (localStorage.getItem("language") === name) choice.checked = true;
  } catch {
    // Without storage the next page begins in the server's language.
  }
  choice.addEventListener("change", () => {
    try {
      localStorage.setItem("language", name);
    } catch {
      // as above
    }
  });
}
here();
setInterval(here, HERE);

// What is still being looked for is asked for again, unless somebody is writing.
if (document.querySelector("[data-pending]"))
  setInterval(() => document.activeElement?.closest("form") || location.reload(), HERE);
