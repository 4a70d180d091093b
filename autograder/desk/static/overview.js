"use strict";
// Looks whether anything has changed, and then shows it; the dashboard keeps its place as on any reload.

const state = document.getElementById("state");
const frame = document.getElementById("dashboard");
const REFRESH = 2000; // milliseconds
const COST = 10; // the dashboard is made again at most every so many times what making it took

let shown = state.dataset.version; // by the dashboard
let began = 0;
let next = Infinity; // when the dashboard may be made again
frame.addEventListener("load", () => (next = performance.now() + COST * (performance.now() - began)));

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
      state.dataset.version = found.version;
      const page = new DOMParser().parseFromString(await (await fetch("")).text(), "text/html");
      document.getElementById("parts").replaceWith(page.getElementById("parts"));
    }
    if (found.version !== shown && performance.now() > next) {
      shown = found.version;
      began = performance.now();
      next = Infinity; // until this one is there
      frame.contentWindow.location.reload();
    }
  } catch {
    state.dataset.state = "gone";
  }
}

setInterval(refresh, REFRESH);
