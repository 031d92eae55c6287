// Buttons that need a script, on our own pages: print, and copy. Without one they stay hidden.
// @ts-check
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-consent-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  for (const button of document.querySelectorAll("[data-consent-copy]")) {
    // Over plain http there is no clipboard.
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.consentCopy);
      document.querySelector("[role=status]").textContent = button.dataset.consentCopied;
    });
  }
})();
