// The guard: what a page starts at run time is judged before it leaves. In one block with head.js.
// It knows no list: of hosts not met before the server is asked (choice.js does that). What can wait for the answer
// waits, all else is refused. It wraps by Proxy, so what is wrapped keeps its name, length and text.
const { URL } = window;
const { setAttribute: set, getAttribute: get, matches } = Element.prototype;
const HELD = "data-consent-held";
const PASSIVE = "link,video,audio,source,track,input,image,use,feImage";
const FETCHING = "script,iframe,frame,embed,object,img," + PASSIVE;
// A quote counts only where a value begins.
const TAGS = RegExp("<(" + FETCHING.replaceAll(",", "|") + ")\\b([^>=]|=(\\s*(\"[^\"]*\"|'[^']*')|(?!\\s*[\"'])))*>", "gi");
try {
  Object.assign(kit, JSON.parse(sessionStorage.consentKnown));
} catch {}
// "?" stands for a verdict that is still to come.
const isFree = (label) => !label || label.split(" ").every((part) => part[0] !== "-" && part.split("/").some(allows));
// The label a URL waits for; nothing where it is free.
const judge = (url, passive) => {
  try {
    const it = new URL(url, doc.baseURI);
    const host = it.hostname;
    if (!host || host === location.hostname || RegExp(dataset.consentOwn).test(host)) return "";
    const path = host + it.pathname;
    // Names of files that are somebody's wherever they are served from.
    const label = kit.known[path + it.search] ?? kit.known[path] ?? (RegExp(kit.odd).test(path) ? "?" : kit.known[host] ?? "?");
    if (label === "?") kit.wanted.add(path + it.search);
    // Pictures, styles and media of hosts in no entry are never held.
    return isFree(label) || (passive && /^-.unknown/.test(label)) ? "" : label;
  } catch {
    return "";
  }
};

const isScript = (element) => element.localName === "script";
// What an element waits for if this attribute says this.
const verdict = (element, name, value) => {
  if (kit.free.has(element) || !matches.call(element, FETCHING) || !/^(src|data$|poster|imagesrc|(xlink:)?href)/i.test(name)) return "";
  const said = get.call(element, "data-consent");
  if (said) return said === "ignore" || isFree(said) ? "" : said;
  value += "";
  if (/doc$/i.test(name)) return value.search(TAGS) < 0 ? "" : "?";
  // An image that stands nowhere only tells of the visitor.
  const passive = matches.call(element, PASSIVE + ",:root img");
  const urls = /set$/i.test(name) ? value.match(/\S*[^\s,]/g) || [] : [value];
  return urls.map((url) => judge(url, passive)).join(" ").trim();
};
// Holds an element as the server would have done; gives the label.
const hold = (element, name, value) => {
  const label = verdict(element, name, value);
  if (label) {
    if (!isScript(element)) {
      set.call(element, "data-consent-" + name, value);
      element.removeAttribute(name);
    } else if (!get.call(element, HELD) || !element.type) {
      set.call(element, "data-consent-type", element.type);
      set.call(element, "type", "text/plain");
    }
    set.call(element, HELD, label);
    kit.made.add(element);
    if (label.includes("?")) act("ask", element);
  }
  return label;
};
// A form may have a field of the name "attributes".
const check = (element) => Array.from(element.attributes || "").filter((it) => hold(element, it.name, it.value))[0];
const within = (node) => (node && node.querySelectorAll ? [node, ...node.querySelectorAll(FETCHING)] : []);

let inert;
// The element that markup stands in decides what becomes of it.
const parse = (markup, around) => {
  inert ||= doc.implementation.createHTMLDocument("");
  const shell = inert.importNode(around, false);
  shell.innerHTML = markup;
  return shell;
};
// How markup as text comes into a page.
const WAYS = { beforebegin: "before", afterbegin: "prepend", beforeend: "append", afterend: "after", outerHTML: "replaceWith" };

const patch = (owner, names, wrapped) => {
  for (const way of names.split(" ")) {
    const it = Object.getOwnPropertyDescriptor(owner, way);
    const key = it && ["set", "value", "get"].find((kind) => it[kind]);
    if (key) {
      it[key] = new Proxy(it[key], {
        apply: (native, self, args) => wrapped((changed) => Reflect.apply(native, self, changed || args), self, args, way),
        construct: (native, args, self) => Reflect.construct(native, wrapped(0, 0, args, way), self),
      });
      Object.defineProperty(owner, way, it);
    }
  }
};
const written = (native, self, args, way) => {
  const [name, value] = /^set/.test(way) ? args.slice(-2) : [way, args[0]];
  const held = get.call(self, HELD);
  const label = hold(self, name, value);
  if (isScript(self) && held && name === "type") set.call(self, "data-consent-type", value);
  else if (!label || isScript(self)) native();
  if (held && !label) act("settle", self, name);
};
const inserted = (native, self, args) => {
  const elements = args.flatMap(within);
  elements.forEach(check);
  const result = native();
  elements.forEach((element) => element.contentWindow);
  return result;
};
// What comes out of another document, or of text, fetches without a place.
const made = (native) => {
  const node = native();
  within(node).forEach(check);
  return node;
};
// A frame is guarded before anybody has hold of it.
const framed = (native) => {
  const inner = native();
  try {
    guard(inner.defaultView || inner);
  } catch {}
  return inner;
};
// Parsed where nothing is fetched; if something in it is held, what was parsed is put in instead of the text.
const marked = (native, self, args, way) => {
  const adjacent = way[2] === "s";
  const markup = args[+adjacent];
  const how = WAYS[way] || (adjacent ? WAYS[args[0].toLowerCase()] : "replaceChildren");
  const around = /W|b|af/.test(how) ? self.parentNode : self.host || self;
  if (self.ownerDocument === inert || !around || around.localName === "template" || (markup + "").search(TAGS) < 0) return native();
  const shell = parse(markup, around);
  // Scripts that come this way never run.
  if (within(shell).filter((element) => !isScript(element) && check(element))[0]) self[how](...shell.childNodes);
  else native();
};
const streamed = (native, self, args) => {
  const text = args.join("");
  const held = text.replace(TAGS, (tag) => {
    const element = parse(trusted("HTML", tag), doc.head).firstChild;
    return element && check(element) ? element.outerHTML.replace(/<\/\w+>$/, "") : tag;
  });
  native(held !== text && [trusted("HTML", held)]);
};
// What can wait goes on as if nobody answered, if it is not free.
const wait = (url, then) => act("wait", url).catch(() => false).then(then);
const fetched = (native, self, args) => {
  const url = Object(args[0]).url || args[0];
  return judge(url) ? wait(url, (free) => native(!free && ["about:invalid"])) : native();
};
const calls = new WeakMap();
const sent = (native, self, args, way) => {
  const call = calls.get(self);
  if (way !== "send") calls.set(self, args);
  if (way !== "send" || !call || !judge(call[1])) return native();
  if (call[2] === false) throw new DOMException("", "NetworkError");
  wait(call[1], (free) => {
    if (calls.get(self) !== call) return;
    if (!free) self.open("GET", "about:invalid");
    native();
  });
};
const left = (native, self, args) => {
  if (!judge(args[0])) return native();
  wait(args[0], (free) => free && native());
  return true;
};
// These cannot wait: they fail as where nobody answers, and are free to try again.
const opened = (native, self, args, way) => {
  const url = args[0];
  if (!judge(url)) return args;
  wait(url);
  return [home.replace(way[0] === "W" && "http", "ws") + "/held", ...args.slice(1)];
};
// One realm: the page's own, or that of an empty frame in it.
const guard = (realm) => {
  // A page with a guard of its own needs no other.
  if (kit.free.has(realm.Node) || (realm !== window && realm.consent)) return;
  kit.free.add(realm.Node);
  // A way that several have is the same with each of them.
  const each = (ways, wrapped) =>
    Object.getOwnPropertyNames(realm)
      .filter((name) => /^(HTML\w+|ShadowRoot|Node|Element|Range|Document|DocumentFragment|CharacterData|Navigator|XMLHttpRequest)$/.test(name))
      .forEach((name) => patch(realm[name].prototype, ways, wrapped));
  each("src srcset srcdoc href poster type setAttribute setAttributeNS", written);
  patch(realm.HTMLObjectElement.prototype, "data", written);
  each("before insertNode append replaceChildren insertAdjacentElement appendChild replaceChild insertBefore prepend adoptNode after replaceWith", inserted);
  each("contentWindow contentDocument", framed);
  each("createContextualFragment importNode", made);
  each("innerHTML outerHTML insertAdjacentHTML setHTMLUnsafe", marked);
  each("write writeln", streamed);
  each("open send abort", sent);
  each("sendBeacon", left);
  patch(realm, "fetch", fetched);
  patch(realm, "WebSocket EventSource", opened);
};
Object.assign(kit, { judge, verdict });
guard(window);
