// The language of the page follows the choice, and the next page begins with it.
const choices = document.querySelectorAll("input[name=language]");
function speak(language) {
  document.documentElement.lang = language;
  for (const image of document.querySelectorAll(`img[data-${language}]`)) image.alt = image.dataset[language];
  for (const option of document.querySelectorAll(`option[data-${language}]`)) option.textContent = option.dataset[language];
}
let kept = null;
try { kept = localStorage.getItem("language"); } catch { /* a page without storage */ }
for (const choice of choices) {
  if (choice.id === kept) choice.checked = true;
  if (choice.checked) speak(choice.id);
  choice.addEventListener("change", () => {
    speak(choice.id);
    try { localStorage.setItem("language", choice.id); } catch { /* a page without storage */ }
  });
}
