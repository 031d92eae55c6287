// The visitor's choice: sent, told to the page and to other tabs; the preferences as a dialog.
// Also from another tab: `told`.
const settle = (answer, told) => {
  const { categories, services } = answer;
  const before = kit.state.split("/")[0].split(" ").filter(Boolean);
  kit.state = [categories, services].map((names) => names.join(" ")).join("/");
  kit.granted = [...always, ...categories, ...services];
  try {
    if (!told) localStorage.consent = kit.state;
  } catch {}
  doc.dispatchEvent(new CustomEvent("consent", { detail: { categories, services } }));
  // Nothing else ends a script that runs. The server says so too, and knows more; but this page may be older than
  // what the server compares with.
  if (answer.reload || dataset.consentReload || before.some((name) => !kit.granted.includes(name))) {
    location.reload();
    return;
  }
  close();
  dismiss(told);
  release();
};
const learn = (text) => {
  if (text === kit.state) return;
  const [categories, services] = text.split("/").map((names) => names.split(" ").filter(Boolean));
  settle({ categories, services }, true);
};
const dismiss = (silent) => {
  const banner = find("banner");
  const revisit = find("revisit");
  const focused = banner && banner.contains(doc.activeElement);
  if (banner) banner.remove();
  if (!revisit) return;
  if (revisit.dataset.consentRevisit !== "none") revisit.hidden = false;
  if (focused) revisit.focus({ preventScroll: true });
  if (!silent) tell(revisit.dataset.consentSaved, revisit.lang);
};
const press = (button) => {
  // A page's own script may hand in whatever it likes.
  if (!(button instanceof Element && matches.call(button, "[data-consent-once]"))) return show();
  const box = isIn(button, "[data-consent-embed]");
  const frame = box && box.nextElementSibling;
  if (!frame || !matches.call(frame, "[" + HELD + "]")) return;
  restore(frame);
  tell(button.dataset.consentLoaded, box.lang);
};
const tell = (text, lang) => {
  const status = doc.createElement("div");
  status.setAttribute("role", "status");
  status.lang = lang;
  status.style.cssText = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
  doc.body.append(status);
  // A live region is read out when it changes, so it must be there before its text is.
  setTimeout(() => (status.textContent = text), 200);
  setTimeout(() => status.remove(), 5000);
};

// The button says what is done; one of a placeholder, what is allowed beside all that its form names.
const choose = async (form, submitter) => {
  const { name, value } = submitter || {};
  if (!value) return show();
  if (busy) return;
  busy = true;
  const fields = new FormData(form);
  if (name !== "action") fields.append(name, value);
  const action = name === "action" ? value : fields.get("action");
  // A page made ahead of time begins for its visitor when it is shown.
  const { activationStart = 0 } = performance.getEntriesByType("navigation")[0] || {};
  const waited = Math.round((performance.now() - activationStart) / 1000);
  const body = JSON.stringify({ action, category: fields.getAll("category"), service: fields.getAll("service"), lang: fields.get("lang"), waited });
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  try {
    const answer = await fetch(home, { method: "POST", headers, body, keepalive: true, signal: AbortSignal.timeout(8000) });
    const { answered, ...told } = await answer.json();
    // Else the form goes by itself, and the server's answer says what is wrong.
    if (!answered) throw new Error(answer.statusText);
    settle(told, false);
  } finally {
    busy = false;
  }
};

const close = () => {
  if (find("dialog")) find("dialog").close();
};
const show = () => {
  // In the language of the banner; in a frame, in that of the page.
  const url = home + "?lang=" + (find("revisit") || doc.documentElement).lang;
  return present(url).catch(() => (location.href = url));
};
const present = async (url) => {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(trusted("HTML", await answer.text()), "text/html");
  const main = page.getElementById("consent-preferences");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(page.getElementById("consent-style").textContent);
  if (find("dialog")) return;
  main.querySelector("[name=return]").value = location.pathname + location.search;
  main.lang = page.documentElement.lang;
  main.dir = page.documentElement.dir;
  const dialog = doc.createElement("dialog");
  dialog.id = "consent-dialog";
  dialog.setAttribute("aria-labelledby", "consent-preferences-title");
  dialog.append(main);
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || isIn(target, "[data-consent-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    doc.adoptedStyleSheets = doc.adoptedStyleSheets.filter((other) => other !== sheet);
    dialog.remove();
  });
  doc.adoptedStyleSheets = [...doc.adoptedStyleSheets, sheet];
  doc.body.append(dialog);
  dialog.showModal();
};
