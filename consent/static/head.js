// First in the head of every page, in one block with guard.js (see consent.pages.assets): what must be there before the
// visitor acts. It listens, and fetches choice.js with the first act; until then it asks for nothing.
const doc = document;
const { fetch, URL } = window;
const { nonce, dataset } = doc.currentScript;
// Never by the page's <base>: it may lead to another site.
const home = location.origin + dataset.consentMount;
const allows = (name) => kit.granted.includes(name);

// Under Trusted Types each of these values is the page's own: it stood in the page, or came from our endpoint.
const same = (value) => value;
// Nothing of ours may throw on a page, whatever it forbids or has made of what is called.
const attempt = (act) => {
  try {
    return act();
  } catch {}
};
let policy;
const trusted = (kind, value) =>
  attempt(() => (policy ||= trustedTypes.createPolicy("consent", new Proxy({}, { get: () => same })))["create" + kind](value)) ?? value;

// What choice.js finds on its own script element, and puts its functions into. Taken before anybody else could.
const kit = {
  // What the server wrote on this script's tag: the state the page was made for.
  granted: dataset.consentGranted.split(" "),
  state: dataset.consentState,
  // Elements that are let through whatever they lead to.
  free: new WeakSet(),
  // Elements that the guard holds.
  made: new WeakSet(),
  wanted: new Set(),
  // What the server said in this session: a host, with its path and query where they decide, and its label; and names
  // of files that are somebody's wherever they are served from.
  known: {},
  odd: "^$",
  put: Element.prototype.setAttributeNS,
  dataset, fetch, trusted,
};
// As text into a script of its own: that runs under a nonce, under a hash, and under 'strict-dynamic' alike.
let loading;
const load = () =>
  (loading ||= fetch(home + "/assets/CHOICE")
    .then((answer) => answer.text())
    .then((text) => doc.head.append(Object.assign(doc.createElement("script"), { kit, nonce, text: trusted("Script", text) }))));
// A function of choice.js, as soon as it is there.
const act = (name, ...values) => {
  const done = load().then(() => kit[name](...values));
  // Whoever does not care must not have the page hear of it.
  done.catch(same);
  return done;
};
const open = (button) => {
  act("open", button).catch(() => (location.href = home));
};
// What was chosen last, for other tabs, and for a page that comes back or was made ahead of time.
const look = (back) =>
  attempt(() => {
    const { consent } = localStorage;
    if (back && consent && consent !== kit.state) {
      // A page that was kept is told by its storage too: it is not to be released and then loaded anew.
      kit.state = consent;
      location.reload();
    } else localStorage.consent = kit.state;
  });

// A page may have fields of any name in its forms: an element's own methods are not to be trusted.
const isIn = (element, selector) => attempt(() => Element.prototype.closest.call(element, selector));
let alone;
const on = (name, listener) => addEventListener(name, listener, true);
on("submit", (event) => {
  const { target, submitter } = event;
  if (alone || !isIn(target, "#consent-banner,#consent-dialog,#consent-embeds")) return;
  target.setAttribute("action", home);
  event.preventDefault();
  event.stopPropagation();
  // Where choice.js or the endpoint does not answer, the form goes the way it would without any script: when this event
  // is over, since a form that is being sent is not sent again (a policy refuses at once).
  act("choose", target, submitter).catch(() => {
    alone = 1;
    setTimeout(() => submitter.click());
  });
});
on("click", (event) => {
  const button = isIn(event.target, "[data-consent-once],[data-consent-open],#consent-revisit");
  if (!button || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  open(button);
});
on("storage", ({ key, newValue }) => {
  if (key === "consent" && newValue) act("learn", newValue).catch(() => location.reload());
});
// Going back (the type is "back_forward"), a browser may also take the old HTML from its cache.
on("pageshow", ({ persisted }) => look(persisted || /^back/.test(performance.getEntriesByType("navigation")[0]?.type)));
on("prerenderingchange", look);
window.consent = Object.freeze({ allows, open });
