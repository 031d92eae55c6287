// What was held goes on, in place: elements as they were, styles address by address, scripts in document order, and what
// scripts wait for that has happened already (load, DOMContentLoaded) told to those that come late.
// In a style each address waits for itself: "//[consent:LABELS]" before it makes it one that nobody can fetch.
const restyle = (element) => {
  const left = new Set();
  const undo = (text) =>
    text.replace(/\/\/\[consent:([^\]]*)\]/g, (mark, labels) => {
      if (isFree(labels.replaceAll(",", " "))) return "";
      labels.split(",").forEach((label) => left.add(label));
      return mark;
    });
  if (element.localName === "style") {
    const text = undo(element.textContent);
    if (text !== element.textContent) element.textContent = text;
  }
  for (const { name, value } of attributesOf(element)) {
    const text = undo(value);
    if (text === value) continue;
    // A policy may forbid the attribute, never the object behind it.
    if (name === "style") styleOf(element).cssText = text;
    else put.call(element, null, name, text);
  }
  if (left.size) put.call(element, null, URLS, [...left].join(" "));
  else drop.call(element, URLS);
};
// As it was. Whoever calls it has judged, so the guard lets it through.
const restore = (element) => {
  free.add(element);
  element.removeAttribute(HELD);
  if (/^s(cript|tyle)$/.test(element.localName)) element.removeAttribute("type");
  // srcdoc before src: an iframe that has both must not ask for src (HTML, process the iframe attributes).
  const names = [...element.attributes].map(({ name }) => name).sort((a, b) => (b === "data-consent-srcdoc") - (a === "data-consent-srcdoc"));
  for (const name of names) {
    const own = name.replace(/^data-consent-(?!open$|urls$)/, "");
    if (own === name) continue;
    const value = element.getAttribute(name);
    const namespace = own.startsWith("xlink:") ? "http://www.w3.org/1999/xlink" : null;
    element.removeAttribute(name);
    if (own !== "type" || value) put.call(element, namespace, own, trusted(own === "srcdoc" ? "HTML" : "ScriptURL", value));
  }
  const player = element.closest("video, audio");
  if (player) player.load();
  // The placeholder goes, and whoever was in it is in the frame now.
  const beside = element.previousElementSibling;
  if (beside && matches.call(beside, "[data-consent-embed]")) {
    const within = beside.contains(doc.activeElement);
    beside.remove();
    if (within) element.focus({ preventScroll: true });
  }
  // A script has run now, or will; anything else may be led elsewhere, and is judged then.
  if (!isScript(element)) free.delete(element);
};
const isDone = (script) => new Promise((resolve) => ["load", "error"].forEach((name) => script.addEventListener(name, resolve)));

// A script that stood in the page as text never runs again by itself: a new element takes its place.
const renew = (old) => {
  if (kit.made && kit.made.has(old)) return revive(old);
  const fresh = doc.createElementNS(old.namespaceURI, old.localName);
  free.add(fresh);
  for (const attribute of old.attributes) {
    const { value } = attribute;
    if (attribute.name === "type" || attribute.name === HELD) continue;
    const name = attribute.name.replace(/^data-consent-(?=(type|(xlink:)?href)$)/, "");
    const namespace = name.startsWith("xlink:") ? "http://www.w3.org/1999/xlink" : null;
    if (name === "type") fresh.setAttribute(name, value);
    else if (/^(src|(xlink:)?href)$/.test(name)) put.call(fresh, namespace, name, trusted("ScriptURL", value));
    else fresh.setAttributeNode(attribute.cloneNode());
  }
  if (old.nonce || nonce) fresh.nonce = old.nonce || nonce;
  fresh.async = old.hasAttribute("async");
  if (old.textContent) fresh.textContent = trusted("Script", old.textContent);
  const done = isDone(fresh);
  released.add(fresh);
  shadowed = fresh;
  old.replaceWith(fresh);
  shadowed = null;
  return done;
};

// One that a script made has not run yet, and somebody may listen to it: it runs where it is put in anew.
const revive = (script) => {
  // One that came by innerHTML never runs, and never says so: nothing else may wait for it for good.
  const done = Promise.race([isDone(script), new Promise((resolve) => setTimeout(resolve, 5000))]);
  released.add(script);
  restore(script);
  if (script.isConnected) script.parentNode.insertBefore(script, script.nextSibling);
  return done;
};

const brace = () => {
  // Once the page stands, these would wipe it: load it anew instead, then the server sends it released.
  for (const name of ["write", "writeln", "open"]) {
    document[name] = () => {
      location.reload();
      return document;
    };
  }
  // A released script that waits for what is over is called as soon as it has run; all others wait as ever.
  const isOver = (target, type) =>
    released.has(doc.currentScript || shadowed) &&
    ((type === "load" && target === window && loaded) ||
      type === "DOMContentLoaded" ||
      (type === "readystatechange" && target === document && loaded));
  const soon = (target, type, listener) => setTimeout(() => listener.call(target, new Event(type)));
  for (const target of [window, document]) {
    const add = target.addEventListener;
    target.addEventListener = function (type, listener, options) {
      const self = this || target;
      if (self === target && typeof listener === "function" && isOver(target, type)) soon(target, type, listener);
      else add.call(self, type, listener, options);
    };
  }
  // window.onload = f, body.onload = f, document.onreadystatechange = f. What stood there before has been called: a
  // script that would call it again from its own finds nothing.
  for (const [owner, target, type] of [[window, window, "load"], [HTMLBodyElement.prototype, window, "load"], [Document.prototype, document, "readystatechange"]]) {
    const it = Object.getOwnPropertyDescriptor(owner, "on" + type);
    if (!it || !it.configurable || !it.set) continue;
    Object.defineProperty(owner, "on" + type, {
      ...it,
      get() {
        return isOver(target, type) ? null : it.get.call(this);
      },
      set(listener) {
        if (typeof listener === "function" && isOver(target, type)) soon(target, type, listener);
        else it.set.call(this, listener);
      },
    });
  }
  braced = true;
};

// In document order: external scripts load side by side and run in order, an inline one waits for those before
// it, and what is deferred comes last (HTML, prepare the script element). Async ones wait for nobody.
const run = async () => {
  const held = everywhere("[" + HELD + "]").filter((element) => isFree(get.call(element, HELD)));
  const scripts = held.filter((element) => element.localName === "script");
  held.filter((element) => element.localName !== "script").forEach(restore);
  everywhere("[" + URLS + "]").forEach(restyle);
  if (scripts.length && !braced) brace();
  let before = [];
  const deferred = [];
  for (const script of scripts) {
    const type = (script.getAttribute("data-consent-type") || "").trim().toLowerCase();
    const module = type === "module";
    const classic = !type || /^(text|application)\/(x-)?(java|ecma|j|live)script/.test(type);
    const external = script.hasAttribute("src") || (script.namespaceURI.endsWith("svg") && /href=/.test(script.outerHTML));
    const own = kit.made && kit.made.has(script);
    const free = (own ? script.async : script.hasAttribute("async")) && (external || module);
    if (!free && (module || (classic && external && script.hasAttribute("defer")))) {
      deferred.push(script);
      continue;
    }
    if (!external && !free) {
      await Promise.all(before);
      before = [];
    }
    if (!script.isConnected) continue;
    const done = renew(script);
    if (external && classic && !free && !script.noModule) before.push(done);
  }
  await Promise.all(before);
  deferred.filter((script) => script.isConnected).forEach(renew);
};
const release = () => {
  // While the page still comes in, what is held further down is not there yet.
  if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", () => setTimeout(release));
  else queue = queue.then(run).catch(() => location.reload());
};
