"use strict";
// Looks whether anything has changed, and then shows it; finds a student.

const state = document.getElementById("state");
const REFRESH = 2000; // milliseconds

async function refresh() {
  try {
    const found = await (await fetch("state")).json();
    const progress = state.querySelector("progress");
    progress.value = found.done;
    progress.max = found.total || 1;
    document.getElementById("done").textContent = found.done;
    document.getElementById("total").textContent = found.total;
    state.dataset.state = found.state;
    if (found.version !== state.dataset.version) {
      const text = await (await fetch("")).text();
      const fresh = new DOMParser().parseFromString(text, "text/html");
      state.dataset.version = found.version;
      const sought = document.getElementById("find").value;
      document.getElementById("today").replaceWith(fresh.getElementById("today"));
      document.getElementById("find").value = sought;
      find();
    }
  } catch {
    state.dataset.state = "gone";
  }
}

function find() {
  const sought = document.getElementById("find").value.toLowerCase();
  for (const link of document.querySelectorAll("#today .names a")) link.hidden = !link.textContent.toLowerCase().includes(sought);
}

document.addEventListener("input", (event) => {
  if (event.target.id === "find") find();
});
setInterval(refresh, REFRESH);
