// What comes with the visitor's first act, or with the first start that the guard has to ask about: sends the choice,
// shows the preferences, releases what was held, asks for verdicts. Fetched by head.js, which it shares `kit` with.
// Comments and indentation are taken off when it is loaded: every comment has a line of its own.
(() => {
  "use strict";
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
})();
