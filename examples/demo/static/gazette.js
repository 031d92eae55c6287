// The newspaper's own script: reading time, and the panel that follows the partners' counts. It runs without consent.
import { minutes } from "gazette/reading";

const reading = document.querySelector("[data-reading]");
if (reading) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "minute", unitDisplay: "long" });
  reading.querySelector("[data-minutes]").textContent = format.format(minutes(document.querySelector("article").textContent));
  reading.hidden = false;
}

const panel = document.querySelector("[data-panel]");
if (panel) follow(panel);

function follow(panel) {
  const nothing = panel.querySelector("[data-log]").textContent;

  function line(text, code) {
    const item = document.createElement("li");
    item.append(text + " ");
    if (code) item.append(Object.assign(document.createElement("code"), { textContent: code }));
    return item;
  }

  function show({ total, services, latest }) {
    panel.querySelector("[data-total]").textContent = total;
    for (const row of panel.querySelectorAll("[data-service]")) {
      const count = services[row.dataset.service] || 0;
      row.querySelector("[data-count]").textContent = count;
      row.classList.toggle("reached", count > 0);
    }
    const log = latest.map((arrival) => line(`${arrival.at} ${arrival.name}`, arrival.target));
    panel.querySelector("[data-log]").replaceChildren(...(log.length ? log : [line(nothing)]));
    const ran = window.demoRan || [];
    panel.querySelector("[data-ran]").replaceChildren(...ran.map((name) => line(name)));
  }

  async function refresh() {
    if (document.hidden) return;
    try {
      show(await (await fetch("/demo/counts")).json());
    } catch {
      // the demo has ended: the last numbers stay
    }
  }

  panel.querySelector("[data-reset]").addEventListener("submit", async (event) => {
    event.preventDefault();
    await fetch("/demo/reset", { method: "POST", redirect: "manual" });
    refresh();
  });
  document.addEventListener("demo:ran", refresh);
  document.addEventListener("visibilitychange", refresh);
  setInterval(refresh, 1000);
  refresh();
}
