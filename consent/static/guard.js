// The guard: what a page starts at run time is judged before it leaves. In one block with head.js.
// It knows no list: of hosts not met before the server is asked (choice.js does that). What can wait for the answer
// waits, all else is refused. It wraps by Proxy, so what is wrapped keeps its name, length and text.
// Of whatever node; a form may have fields, and a document images, of any name.
const own = (node, name) => attempt(() => Reflect.get(Node.prototype, name, node));
const { setAttribute: set, getAttribute: get, matches, querySelectorAll: find } = Element.prototype;
const HELD = "data-consent-held";
// The type of a script that waits: no page has it, so whoever gives it another, in whatever way, is found out.
const UNKNOWN = "text/held";
const PASSIVE = "link,video,audio,source,track,input,image,use,feImage";
const FETCHING = "script,iframe,frame,embed,object,img," + PASSIVE;
// A quote counts only where a value begins.
const TAGS = RegExp("<(" + FETCHING.replaceAll(",", "|") + ")\\b([^>=]|=(\\s*(\"[^\"]*\"|'[^']*')|(?!\\s*[\"'])))*>", "gi");
// Where nothing was kept null is read: to fail would take as long as all the rest.
attempt(() => Object.assign(kit, JSON.parse(sessionStorage.consentKnown || null)));
// "?" stands for a verdict that is still to come.
const isFree = (label) => !label || label.split(" ").every((part) => part[0] !== "-" && part.split("/").some(allows));
// The label a URL waits for; nothing where it is free.
const judge = (url, passive) =>
  attempt(() => {
    const it = new URL(url, own(doc, "baseURI"));
    const host = it.hostname;
    if (!host || host === location.hostname || RegExp(dataset.consentOwn).test(host)) return;
    const path = host + it.pathname;
    // Names of files that are somebody's wherever they are served from.
    const label = kit.known[path + it.search] ?? kit.known[path] ?? (RegExp(kit.odd).test(path) ? "?" : kit.known[host] ?? "?");
    if (label === "?") kit.wanted.add(path + it.search);
    // Pictures, styles and media of hosts in no entry are never held.
    if (!isFree(label) && !(passive && /^-.unknown/.test(label))) return label;
  });

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
    } else if (element.type !== UNKNOWN) {
      set.call(element, "data-consent-type", element.type);
      set.call(element, "type", UNKNOWN);
    }
    set.call(element, HELD, label);
    kit.made.add(element);
    if (label.includes("?")) act("ask", element);
  }
  return label;
};
// A form may have a field of the name "attributes".
const check = (element) => Array.from(element.attributes || "").filter((it) => hold(element, it.name, it.value))[0];
const within = (node) =>
  node?.querySelectorAll ? [node, ...(attempt(() => find.call(node, FETCHING)) || node.querySelectorAll(FETCHING))] : [];

// Made before anything of the page's could stand in the way.
const inert = doc.implementation.createHTMLDocument();
// The element that markup stands in decides what becomes of it.
const parse = (markup, around) => {
  const shell = inert.importNode(around);
  const range = inert.createRange();
  shell.innerHTML = markup;
  range.selectNodeContents(shell);
  return range.extractContents();
};
// How markup as text comes into a page.
const WAYS = { outerHTML: "replaceWith", beforebegin: "before", afterbegin: "prepend", beforeend: "append", afterend: "after" };

const patch = (owner, names, wrapped) =>
  names.split(" ").forEach((way) =>
    attempt(() => {
      const it = Object.getOwnPropertyDescriptor(owner, way);
      // Few have it: to fail at each of thousands would take a phone a third of a second.
      if (!it) return;
      // Whoever only reads is of interest where it leads into a frame; there is nothing to wrap otherwise.
      const key = it.set ? "set" : it.value ? "value" : wrapped === framed && "get";
      it[key] = new Proxy(it[key], {
        apply: (native, self, args) => wrapped((changed) => Reflect.apply(native, self, changed || args), self, args, way, owner),
        construct: (native, args, self) => wrapped((changed) => Reflect.construct(native, changed || args, self), self, args, way),
      });
      Object.defineProperty(owner, way, it);
    }),
  );
const written = (native, self, args, way) => {
  const [it] = args;
  // An attribute made beforehand always says that it is specified.
  const [name, value] = it?.specified ? [it.name, it.value] : /^set/.test(way) ? args.slice(-2) : [way, it];
  const held = get.call(self, HELD);
  const label = hold(self, name, value);
  if (!label || isScript(self)) native();
  if (held && !label) {
    // A script that waits may have been given another type.
    check(self);
    act("settle", self, name);
  }
};
const inserted = (native, self, args) => {
  // What is put together out of sight is looked at when it is put in, all at once: so no node is looked at for each level.
  const elements = args.filter((node) => ["ownerDocument", "isConnected"].some((it) => own(node, it) !== own(self, it))).flatMap(within);
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
  attempt(() => {
    const realm = inner.defaultView || inner;
    // A page with a guard of its own needs no other.
    if (!realm.consent) guard(realm);
  });
  return inner;
};
// Parsed where nothing is fetched; if something in it is held, what was parsed is put in instead of the text.
const marked = (native, self, args, way, owner) => {
  const adjacent = way[2] === "s";
  const markup = args[+adjacent];
  const how = WAYS[adjacent ? args[0].toLowerCase() : way] || adjacent || "replaceChildren";
  const around = /W|b|af/.test(how) ? own(self, "parentNode") : Reflect.get(owner, "host", self) || self;
  if (own(self, "ownerDocument") === inert || !around || around.localName === "template" || (markup + "").search(TAGS) < 0) return native();
  const shell = parse(markup, around);
  // Scripts that come this way never run.
  within(shell).filter((element) => !isScript(element) && check(element))[0] ? owner[how].call(self, shell) : native();
};
// A tag that is cut in two, between two calls, waits for its end, as it would in the parser.
const tails = new WeakMap();
const streamed = (native, self, args) => {
  const given = args.join("");
  const text = (tails.get(self) || "") + given;
  const whole = text.replace(/<[a-z][^>]*$/i, "");
  const held = whole.replace(TAGS, (tag) => {
    const element = parse(trusted("HTML", tag), doc.head).firstChild;
    return element && check(element) ? element.outerHTML.replace(/<\/\w+>$/, "") : tag;
  });
  tails.set(self, text.slice(whole.length));
  native(held !== given && [trusted("HTML", held)]);
};
// What can wait goes on as if nobody answered, if it is not free.
const wait = (url, then) => act("wait", url).catch(() => {}).then(then);
const fetched = (native, self, args) => {
  const url = args[0]?.url || args[0];
  return judge(url) ? wait(url, (free) => native(!free && ["about:invalid"])) : native();
};
const calls = new WeakMap();
const sent = (native, self, args, way) => {
  const call = calls.get(self);
  const sync = call?.length > 2 && !call[2];
  const go = (free) => {
    if (!free) self.open("GET", "about:invalid", !sync);
    native();
  };
  if (way !== "send") calls.set(self, args);
  if (way !== "send" || !judge(call?.[1])) return native();
  if (sync) go();
  else wait(call[1], (free) => calls.get(self) === call && go(free));
};
// Whoever sends it hears that it is on its way, as ever.
const left = (native, self, args) => (judge(args[0]) ? !!wait(args[0], (free) => free && native()) : native());
// These cannot wait: they fail as where nobody answers, and are free to try again.
// An event source fails at such an address, too.
const opened = (native, self, args) => native(judge(args[0]) && wait(args[0]) && [home.replace("http", "ws") + "/held", args[1]]);
// One realm: the page's own, or that of an empty frame in it.
const guard = (realm) => {
  if (kit.free.has(realm.Node)) return;
  kit.free.add(realm.Node);
  // Of few, since a browser makes each of them when it is first asked for: a phone takes long to make all.
  Object.getOwnPropertyNames(realm).forEach((name) => {
    if (!/^(Range|Navigator|Node$|XML|Document|Element|HTML(Tr|Li|Me|Ob|[EIV]|Fr|S[co])|Char|Shadow)/.test(name)) return;
    // A way that several have is the same with each of them.
    const it = realm[name].prototype;
    patch(it, "importNode createContextualFragment", made);
    patch(it, "prepend insertNode replaceChildren before insertBefore insertAdjacentElement adoptNode replaceChild appendChild append after replaceWith", inserted);
    patch(it, "contentWindow contentDocument", framed);
    patch(it, "setAttributeNS setAttributeNode poster setAttributeNodeNS src setAttribute srcset href srcdoc type", written);
    patch(it, "setHTMLUnsafe outerHTML insertAdjacentHTML innerHTML", marked);
    patch(it, "send abort open", sent);
    patch(it, "sendBeacon", left);
    patch(it, "write writeln", streamed);
  });
  patch(realm.HTMLObjectElement.prototype, "data", written);
  patch(realm, "fetch", fetched);
  patch(realm, "WebSocket EventSource", opened);
  patch(realm, "open", framed);
  // What a constructor is given is fetched only when the script has ended.
  patch(realm, "Audio", made);
};
kit.judge = judge;
kit.verdict = verdict;
guard(window);
