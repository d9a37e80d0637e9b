// Search, tabs of languages, and copy buttons. Without it everything is still there to read.
(function () {
  "use strict";
  const CHOICE = "megaapi-reference-language";

  function remembered() {
    try { return localStorage.getItem(CHOICE); } catch { return null; }
  }
  function remember(language) {
    try { localStorage.setItem(CHOICE, language); } catch { /* A browser may forbid it. */ }
  }

  // -- tabs: one choice of language for every example of the page --------------------------------
  const groups = [...document.querySelectorAll(".programs")].filter((group) => group.children.length > 1);
  const choosers = groups.map((group, number) => {
    const panels = [...group.querySelectorAll(".program")];
    const bar = document.createElement("div");
    bar.className = "tabs";
    bar.setAttribute("role", "tablist");
    const tabs = panels.map((panel, index) => {
      const tab = document.createElement("button");
      tab.type = "button";
      tab.id = `tab-${number}-${index}`;
      tab.setAttribute("role", "tab");
      tab.textContent = panel.querySelector(".language").textContent;
      panel.id = `panel-${number}-${index}`;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", panel.id);
      tab.addEventListener("click", () => choose(panel.dataset.language));
      bar.append(tab);
      return tab;
    });
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
      event.preventDefault();
      next.click();
      next.focus();
    });
    group.classList.add("tabbed");
    group.prepend(bar);
    return (language) => {
      const chosen = Math.max(0, panels.findIndex((panel) => panel.dataset.language === language));
      panels.forEach((panel, index) => {
        panel.hidden = index !== chosen;
        tabs[index].setAttribute("aria-selected", String(index === chosen));
        tabs[index].tabIndex = index === chosen ? 0 : -1;
      });
    };
  });
  function show(language) {
    for (const chooser of choosers) chooser(language);
  }
  function choose(language) {
    remember(language);
    show(language);
  }
  show(remembered());

  // -- copy --------------------------------------------------------------------------------------
  async function copy(code) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(code.textContent);
        return true;
      } catch { /* Not allowed: the old way below. */ }
    }
    // What is selected is copied, here or by the reader.
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  }
  for (const button of document.querySelectorAll(".copy")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(button.parentElement.querySelector("code"));
      button.textContent = done ? button.dataset.copied : button.dataset.notCopied;
      setTimeout(() => { button.textContent = label; }, 1500);
    });
  }

  // -- menu: closed where it would push the page away ---------------------------------------------
  const menu = document.querySelector(".menu");
  if (menu && matchMedia("(max-width: 60rem)").matches) menu.open = false;

  // -- search ------------------------------------------------------------------------------------
  const box = document.getElementById("search");
  const list = document.getElementById("results");
  const found = document.getElementById("found");
  if (!box) return;
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  // A path with a key in it, as it stands in a log or a program.
  function address(words) {
    const path = words.split(" ").find((word) => word.startsWith("/"));
    return path && new RegExp(`^${path.replace(/\{[^}]*\}/g, "[^/{}]+")}/?$`);
  }
  function asAddress(query) {
    const path = query.split(/\s+/).pop().replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/[?#].*/, "");
    return path.startsWith("/") ? path : "";
  }
  const entries = (window.MEGAAPI_REFERENCE || []).map(([title, kind, path, words, description]) => {
    const name = plain(title);
    // Names are also found without what joins their words: sendText, send_text, send text.
    const joined = plain(`${title} ${words}`);
    const text = `${joined} ${joined.replace(/[_\-/ ]/g, "")}`;
    return { title, kind, path, name, text, all: `${text} ${plain(description)}`, address: address(words) };
  });

  function matches(query) {
    const path = asAddress(query);
    const called = path ? entries.filter((entry) => entry.address && entry.address.test(path)) : [];
    // `/rest/instance/list` is not a key called list.
    const keys = (entry) => (entry.text.match(/\{/g) || []).length;
    const fewest = Math.min(...called.map(keys));
    if (called.length) return called.filter((entry) => keys(entry) === fewest);
    const wanted = plain(query).split(/\s+/).filter(Boolean);
    const has = (text) => wanted.every((word) => text.includes(word));
    const close = entries.filter((entry) => has(entry.all));
    const whole = plain(query).trim();
    // What only a description says comes last.
    const rank = (entry) => (entry.name.startsWith(whole) ? 0 : entry.name.includes(whole) ? 1 : has(entry.text) ? 2 : 3);
    return close.sort((one, other) => rank(one) - rank(other)).slice(0, 30);
  }
  function draw() {
    const query = box.value.trim();
    const hits = query ? matches(query) : [];
    list.replaceChildren(...hits.map((entry) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const kind = document.createElement("small");
      link.href = box.dataset.here + entry.path;
      kind.textContent = entry.kind;
      link.append(entry.title, kind);
      item.append(link);
      return item;
    }));
    list.hidden = !hits.length;
    const { none, one, many } = box.dataset;
    const sentence = hits.length === 1 ? one : hits.length ? many.replace("{}", hits.length) : none;
    found.textContent = query ? sentence : "";
  }
  function move(event) {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      box.value = "";
      draw();
      box.focus();
    } else if (event.key === "ArrowDown" && links.length) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (links[at - 1] || box).focus();
    } else if (event.key === "Enter" && at < 0 && links.length) {
      links[0].click();
    }
  }
  box.addEventListener("input", draw);
  box.closest(".search").addEventListener("keydown", move);
  box.closest(".search").addEventListener("focusout", (event) => {
    if (!event.currentTarget.contains(event.relatedTarget)) list.hidden = true;
  });
  box.addEventListener("focus", draw);
  // Typed before this script was there, or kept by the browser.
  if (document.activeElement === box) draw();
})();
