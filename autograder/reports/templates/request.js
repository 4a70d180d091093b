// Makes the file of a request to look again, which the student sends back; nothing is sent from here.
const island = document.getElementById("request");
const about = island ? JSON.parse(island.textContent) : null;
for (const form of document.querySelectorAll("form.ask")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const { question, part } = form.dataset;
    const text = form.elements.text.value.trim();
    if (!text) return;
    const made = new Date().toISOString();
    const content = { look_again: 1, ...about, question, part, check: form.elements.check.value, text, made };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(content, null, 1)], { type: "application/json" }));
    link.download = `${question}-${part}.request.json`;
    document.body.append(link);
    link.click();
    link.remove();
    form.querySelector(".made").hidden = false;
  });
}
