// What the guard asks. Its own judge says "?" where nobody has asked the server yet, and notes what to ask.
const pending = new Set();
let asking = null;
const inquire = async (urls) => {
  if (!urls.length) return;
  urls.forEach((url) => kit.wanted.delete(url));
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  const answer = await fetch(home + "/verdicts", { method: "POST", headers, body: JSON.stringify({ urls }), keepalive: true });
  const { known, odd } = await answer.json();
  Object.assign(kit.known, known);
  kit.odd = odd;
  sessionStorage.consentKnown = JSON.stringify({ known: kit.known, odd });
};
// What came by document.write stands in the document, and nobody has hold of it.
const settleAll = () => [...doc.querySelectorAll("[" + HELD + '*="?"]'), ...pending].forEach(resettle);
// One question for all that is started in one go, and one more for what has been started meanwhile; a document in an
// attribute has to be read before its own are known. What an answer leaves open is not asked again before the next start.
const askAll = () => {
  const rounds = async () => {
    const asked = new Set();
    const open = () => [...kit.wanted].filter((url) => !asked.has(url)).slice(0, 64);
    try {
      do {
        const urls = open();
        urls.forEach((url) => asked.add(url));
        await inquire(urls);
        settleAll();
      } while (open().length);
    } finally {
      // At once: whoever comes later must not wait for this answer.
      asking = null;
    }
  };
  asking ||= Promise.resolve().then(rounds).catch(() => {});
  return asking;
};
const wait = async (url) => {
  for (let round = 3; round && kit.judge(url) === "?"; round--) await askAll();
  return !kit.judge(url);
};
const ask = (element) => {
  pending.add(element);
  askAll();
};
const markup = (text) => new DOMParser().parseFromString(trusted("HTML", text), "text/html");
const inner = (text) => [...plain(markup(text)).querySelectorAll("*")].flatMap((element) => labels(element, attributesOf(element)));
const labels = (element, attributes) =>
  attributes.flatMap(({ name, value }) => (name === "srcdoc" ? inner(value) : kit.verdict(element, name, value))).filter(Boolean);
// What an element that the guard holds waits for now; if for nothing, it goes on.
const resettle = (element) => {
  if (!element.hasAttribute(HELD)) return;
  const attributes = [...element.attributes].map(({ name, value }) => ({ name: name.replace("data-consent-", ""), value }));
  const label = [...new Set(labels(element, attributes))].join(" ");
  if (!label.includes("?")) pending.delete(element);
  if (label) put.call(element, null, HELD, label);
  else if (isScript(element)) revive(element);
  else restore(element);
};
// The page gave a held element another address.
const resettled = (element, name) => {
  if (!isScript(element)) drop.call(element, "data-consent-" + name);
  if (kit.made.has(element)) resettle(element);
  else if (!isScript(element) && ![...element.attributes].some((it) => /^data-consent-(?!held|urls|open)./.test(it.name))) drop.call(element, HELD);
};

Object.assign(kit, { ask, choose, learn, open: press, release, settle: resettled, wait });
