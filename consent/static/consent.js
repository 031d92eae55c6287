// The page's side of consent: sends the choice, opens the preferences, releases what was held, keeps tabs in step.
// Stands in the head of every page, so it does nothing but listen until the visitor acts, and never throws.
// Comments and indentation are taken off when it is loaded: every comment has a line of its own.
// @ts-check
(() => {
  "use strict";
  // A page that swaps its body without loading may run its head's scripts again.
  if (window.consent) return;
  const doc = document;
  const { fetch } = window;
  const HELD = "data-consent-held";
  const URLS = "data-consent-urls";
  const { nonce, dataset } = doc.currentScript;
  const find = (id) => doc.getElementById("consent-" + id);
  // A page may have fields of any name in its forms: an element's own methods are not to be trusted.
  const isIn = (element, selector) => Element.prototype.closest.call(element, selector);
  // What the server wrote on this script's tag: the state the page was made for.
  const read = (name) => dataset["consent" + name].split(" ").filter(Boolean);
  const always = [...read("Always"), "necessary"];
  // Never by the page's <base>: it may lead to another site.
  const home = location.origin + dataset.consentMount;
  let state = { answered: !!dataset.consentAnswered, categories: read("Categories"), services: read("Services") };
  let busy = false;
  let guarded = false;
  let loaded = false;
  const released = new WeakSet();
  let queue = Promise.resolve();
  const allows = (name) => [...always, ...state.categories, ...state.services].includes(name);
  // A label is category/service, or a category; "-" in place of the category is held whatever is granted.
  const isFree = (label) =>
    label.split(" ").every((part) => {
      const [category, service] = part.split("/");
      return category !== "-" && ([...always, ...state.categories].includes(category) || state.services.includes(service));
    });

  // The mirror tells a page that comes back from the back/forward cache what was chosen since.
  const asText = ({ categories, services }) => JSON.stringify([[...categories].sort(), [...services].sort()]);
  const mirror = (text) => {
    try {
      if (text) sessionStorage.setItem("consent", text);
      return sessionStorage.getItem("consent");
    } catch {
      return null;
    }
  };
  let channel = null;
  const listen = () => {
    if (channel || !window.BroadcastChannel) return;
    channel = new BroadcastChannel("consent");
    channel.onmessage = ({ data }) => settle(data, true);
  };

  // Under Trusted Types each of these values is the page's own: it stood in the page, or came from our endpoint.
  let policy = null;
  const trusted = (kind, text) => {
    if (!policy) {
      const same = (value) => value;
      policy = { createHTML: same, createScript: same, createScriptURL: same };
      try {
        policy = window.trustedTypes.createPolicy("consent", policy);
      } catch {}
    }
    return policy["create" + kind](text);
  };

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
    for (const { name, value } of [...element.attributes]) {
      const text = undo(value);
      if (text === value) continue;
      // A policy may forbid the attribute, never the object behind it.
      if (name === "style") element.style.cssText = text;
      else element.setAttribute(name, text);
    }
    if (left.size) element.setAttribute(URLS, [...left].join(" "));
    else element.removeAttribute(URLS);
  };
  const restore = (element) => {
    element.removeAttribute(HELD);
    if (element.localName === "style") element.removeAttribute("type");
    // srcdoc before src: an iframe that has both must not ask for src (HTML, process the iframe attributes).
    const names = [...element.attributes].map(({ name }) => name).sort((a, b) => (b === "data-consent-srcdoc") - (a === "data-consent-srcdoc"));
    for (const name of names) {
      const own = name.replace(/^data-consent-(?!open$|urls$)/, "");
      if (own === name) continue;
      const value = element.getAttribute(name);
      const namespace = own.startsWith("xlink:") ? "http://www.w3.org/1999/xlink" : null;
      element.removeAttribute(name);
      element.setAttributeNS(namespace, own, trusted(own === "srcdoc" ? "HTML" : "ScriptURL", value));
    }
    const player = element.closest("video, audio");
    if (player) player.load();
  };

  // A script that stood in the page as text never runs again by itself: a new element takes its place.
  const renew = (old) => {
    const fresh = doc.createElementNS(old.namespaceURI, old.localName);
    for (const attribute of old.attributes) {
      const { value } = attribute;
      if (attribute.name === "type" || attribute.name === HELD) continue;
      const name = attribute.name.replace(/^data-consent-(?=(type|(xlink:)?href)$)/, "");
      const namespace = name.startsWith("xlink:") ? "http://www.w3.org/1999/xlink" : null;
      if (name === "type") fresh.setAttribute(name, value);
      else if (/^(src|(xlink:)?href)$/.test(name)) fresh.setAttributeNS(namespace, name, trusted("ScriptURL", value));
      else fresh.setAttributeNode(attribute.cloneNode());
    }
    if (old.nonce || nonce) fresh.nonce = old.nonce || nonce;
    fresh.async = old.hasAttribute("async");
    if (old.textContent) fresh.textContent = trusted("Script", old.textContent);
    const done = new Promise((resolve) => ["load", "error"].forEach((name) => fresh.addEventListener(name, resolve)));
    released.add(fresh);
    old.replaceWith(fresh);
    return done;
  };

  const guard = () => {
    // Once the page stands, these would wipe it: load it anew instead, then the server sends it released.
    for (const name of ["write", "writeln", "open"]) {
      doc[name] = () => {
        location.reload();
        return doc;
      };
    }
    // A released script that waits for what is over is called as soon as it has run; all others wait as ever.
    for (const target of [window, doc]) {
      const add = target.addEventListener;
      target.addEventListener = function (type, listener, options) {
        const self = this || target;
        const over = type === "DOMContentLoaded" || (type === "load" && target === window && loaded);
        if (over && self === target && typeof listener === "function" && released.has(doc.currentScript))
          setTimeout(() => listener.call(target, new Event(type)));
        else add.call(self, type, listener, options);
      };
    }
    guarded = true;
  };

  // In document order: external scripts load side by side and run in order, an inline one waits for those before
  // it, and what is deferred comes last (HTML, prepare the script element). Async ones wait for nobody.
  const run = async () => {
    const held = [...doc.querySelectorAll("[" + HELD + "]")].filter((element) => isFree(element.getAttribute(HELD)));
    const scripts = held.filter((element) => element.localName === "script");
    held.filter((element) => element.localName !== "script").forEach(restore);
    doc.querySelectorAll("[" + URLS + "]").forEach(restyle);
    if (scripts.length && !guarded) guard();
    let before = [];
    const deferred = [];
    for (const script of scripts) {
      const type = (script.getAttribute("data-consent-type") || "").trim().toLowerCase();
      const module = type === "module";
      const classic = !type || /^(text|application)\/(x-)?(java|ecma|j|live)script/.test(type);
      const external = script.hasAttribute("src") || (script.namespaceURI.endsWith("svg") && /href=/.test(script.outerHTML));
      const free = script.hasAttribute("async") && (external || module);
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

  const settle = (answer, fromOtherTab) => {
    const before = state.categories;
    state = { answered: true, categories: answer.categories || [], services: answer.services || [] };
    mirror(asText(state));
    if (!fromOtherTab && channel) channel.postMessage(answer);
    // The server says so too, and knows more; but this page may be older than what the server compares with.
    if (answer.reload || before.some((name) => !allows(name))) {
      location.reload();
      return;
    }
    close();
    dismiss(fromOtherTab);
    const { categories, services } = state;
    doc.dispatchEvent(new CustomEvent("consent", { detail: { categories, services } }));
    release();
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

  const send = async (form, action) => {
    const fields = new FormData(form);
    const waited = Math.round(performance.now() / 1000);
    const body = JSON.stringify({ action, category: fields.getAll("category"), service: fields.getAll("service"), lang: fields.get("lang"), waited });
    const headers = { "Content-Type": "application/json", Accept: "application/json" };
    const answer = await fetch(home, { method: "POST", headers, body, keepalive: true, signal: AbortSignal.timeout(8000) });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };
  const choose = async (form, action) => {
    if (busy) return;
    busy = true;
    const answer = await send(form, action).catch(() => null);
    busy = false;
    if (answer && answer.answered) {
      settle(answer, false);
      return;
    }
    // The form itself goes the way it would without a script, and the server's answer says what is wrong.
    const field = doc.createElement("input");
    Object.assign(field, { type: "hidden", name: "action", value: action });
    form.append(field);
    // form.action would be the buttons of that name.
    form.setAttribute("action", home);
    HTMLFormElement.prototype.submit.call(form);
  };

  const close = () => {
    if (find("dialog")) find("dialog").close();
  };
  const show = async (url) => {
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
  const open = () => {
    // In the language of the banner; in a frame, in that of the page.
    const url = home + "?lang=" + (find("revisit") || doc.documentElement).lang;
    show(url).catch(() => (location.href = url));
  };

  addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (!isIn(form, "#consent-banner, #consent-dialog")) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.submitter && event.submitter.value) choose(form, event.submitter.value);
      else open();
    },
    true,
  );
  addEventListener(
    "click",
    (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || !(event.target instanceof Element)) return;
      if (!isIn(event.target, "[data-consent-open], #consent-revisit")) return;
      event.preventDefault();
      open();
    },
    true,
  );
  addEventListener("load", () => (loaded = true));
  addEventListener("pagehide", () => {
    // An open channel keeps a page out of the back/forward cache.
    if (channel) channel.close();
    channel = null;
  });
  addEventListener("pageshow", ({ persisted }) => {
    listen();
    // Going back, a browser may also take the old HTML from its cache.
    const [came] = performance.getEntriesByType("navigation");
    const back = persisted || (came && came.type === "back_forward");
    if (back && mirror() && !(state.answered && mirror() === asText(state))) location.reload();
    else if (state.answered) mirror(asText(state));
  });
  doc.addEventListener("DOMContentLoaded", () => {
    listen();
    const banner = find("banner");
    if (!banner || !window.ResizeObserver) return;
    // The room the style keeps free, so that nothing focused is covered for good (WCAG 2.2, 2.4.11).
    new ResizeObserver(() => {
      const covered = Math.min(innerHeight * 0.8, Math.max(0, innerHeight - banner.getBoundingClientRect().top));
      doc.documentElement.style.setProperty("--consent-covered", (banner.isConnected ? covered : 0) + "px");
    }).observe(banner);
  });
  window.consent = Object.freeze({ allows, open });
})();
