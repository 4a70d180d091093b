"use strict";
// Makes a mistake of the course of the group, and says where it was written.

const mistake = document.getElementById("mistake");
mistake?.addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    const reply = await post(mistake.dataset.to, contentOf(mistake));
    const found = await reply.json();
    told.textContent = reply.ok ? `${found.path} → autograder verify ${found.question}` : refusal(found);
    if (reply.ok) mistake.hidden = true;
  } catch {
    told.textContent = { ko: "서버에 연결할 수 없습니다.", en: "The server cannot be reached." }[language()];
  }
  told.scrollIntoView({ block: "center" });
});
