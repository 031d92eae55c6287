// Here begins choice.js, which comes with the visitor's first act, or with the first start that the guard has to ask
// about: this file, release.js, choosing.js and asking.js, in one function (consent.pages.assets). head.js fetches it and
// shares `kit` with it. Comments and indentation are taken off when it is loaded: every comment has a line of its own.

// A document's own things, whatever the images and forms in it are called.
const plain = (page) =>
  new Proxy(page, {
    get: (target, name) => {
      const value = Reflect.get(Document.prototype, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
    set: (target, name, value) => Reflect.set(Document.prototype, name, value, target),
  });
const doc = plain(document);
const { kit, nonce } = doc.currentScript;
doc.currentScript.remove();
const { dataset, fetch, free, put, trusted } = kit;
const home = location.origin + dataset.consentMount;
const HELD = "data-consent-held";
const URLS = "data-consent-urls";
const { getAttribute: get, matches, removeAttribute: drop } = Element.prototype;
// As with documents, so with forms: their fields may be called anything.
const attributesOf = (element) => [...Reflect.get(Element.prototype, "attributes", element)];
const styleOf = (element) => (element instanceof HTMLElement ? Reflect.get(HTMLElement.prototype, "style", element) : element.style);
let busy = false;
let braced = false;
let loaded = doc.readyState === "complete";
addEventListener("load", () => (loaded = true));
const released = new WeakSet();
// No script in a shadow root is ever the current one: this is one of them, while it runs.
let shadowed = null;
let queue = Promise.resolve();
// A label is category/service, or a category; "-" in place of the category is held whatever is granted.
const isFree = (label) =>
  label.split(" ").every((part) => part && part[0] !== "-" && part.split("/").some((name) => kit.granted.includes(name)));
const find = (id) => doc.getElementById("consent-" + id);
const asked = kit.state.replace("/", " ").split(" ");
const always = kit.granted.filter((name) => !asked.includes(name));
// In document order, what stands in open shadow roots where their hosts are; and in frames that have no page of their own.
const everywhere = (selector, root = doc) =>
  [...root.querySelectorAll("*")].flatMap((element) => {
    const page = element.localName === "iframe" && element.contentDocument;
    const within = page && !element.contentWindow.consent ? plain(page) : element.shadowRoot;
    const found = within && within.querySelectorAll ? everywhere(selector, within) : [];
    return matches.call(element, selector) ? [element, ...found] : found;
  });
const isIn = (element, selector) => Element.prototype.closest.call(element, selector);
const isScript = (element) => element.localName === "script";
