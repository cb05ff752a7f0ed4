// What the pages can do besides: answers in place, a preview while typing, tiles to drag, links between steps and graph.
// Without it every page works by its forms and links.
"use strict";
(() => {
  const $ = (query, root = document) => root.querySelector(query);
  const $$ = (query, root = document) => [...root.querySelectorAll(query)];

  // Steps and graph: what is about the same quantities is lit together.
  const namesIn = (key) => {
    const bare = key.split("@")[0], found = /^d(.+)\/d(.+)$/.exec(bare);
    return found ? [found[1], found[2]] : [bare];
  };
  const namesOf = (element) => {
    if (element.dataset.lit !== undefined) return element.dataset.lit.split(" ").filter(Boolean);
    if (element.dataset.node) return [element.dataset.node];
    return namesIn(element.dataset.tile || element.dataset.step || "");
  };
  const setLit = (source) => {
    $$(".lit").forEach((one) => one.classList.remove("lit"));
    if (!source) return;
    const target = source.dataset.node, isButton = source.getAttribute("role") === "button"; // what is lit there would look chosen
    const names = new Set(isButton ? [] : namesOf(source));
    const into = source.dataset.step !== undefined && source.dataset.lit === undefined && names.size === 1; // a value: what leads to it
    $$("[data-node]").forEach((one) => one.classList.toggle("lit", names.has(one.dataset.node)));
    $$("[data-edge]").forEach((one) => {
      const edges = one.dataset.edge.split(" ").map((edge) => edge.split(">"));
      const fits = (ends) => (target ? ends.includes(target) : into ? names.has(ends[1]) : ends.every((end) => names.has(end)));
      one.classList.toggle("lit", !isButton && edges.some(fits));
    });
    $$("[data-step]").forEach((one) => {
      const own = namesIn(one.dataset.step);
      one.classList.toggle("lit", one === source || (target !== undefined && own[own.length - 1] === target));
    });
  };
  const LIGHTS = "[data-step], [data-node], [data-tile], form[data-lit]";
  for (const kind of ["mouseover", "focusin"]) {
    document.addEventListener(kind, (event) => setLit(event.target.closest ? event.target.closest(LIGHTS) : null));
  }

  // A preview of what is understood, a little after the last key.
  let waiting = 0, asked = null;
  document.addEventListener("input", (event) => {
    const place = $("#preview");
    if (!place || event.target.id !== "answer") return;
    clearTimeout(waiting);
    if (asked) asked.abort();
    if (!event.target.value.trim()) { place.replaceChildren(); return; }
    waiting = setTimeout(async () => {
      asked = new AbortController();
      try {
        const body = new URLSearchParams(new FormData(event.target.form));
        const answer = await fetch(place.dataset.address, { method: "POST", body, signal: asked.signal, headers: { "x-part": "1" } });
        if (answer.ok && place.isConnected) place.replaceChildren(...parse(await answer.text()).body.childNodes);
      } catch { /* the next key asks again */ }
    }, 300);
  });

  // Answers in place: the same form is sent, and the parts of the page that changed come back.
  const parse = (text) => new DOMParser().parseFromString(text, "text/html");
  let busy = false, plain = false;
  document.addEventListener("submit", async (event) => {
    const form = event.target, button = event.submitter;
    if (!form.matches("form[data-inplace]") || plain) return;
    event.preventDefault();
    if (busy) return;
    busy = true;
    clearTimeout(waiting);
    const body = new URLSearchParams(new FormData(form)), kind = button ? button.value : "answer";
    body.append("do", kind);
    form.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "x-part": "1" } });
      if (answer.redirected) { location.assign(answer.url); return; }
      show(parse(await answer.text()), kind, answer.ok || answer.status === 409);
    } catch {
      plain = true; // the browser says itself that nobody answers
      if (button) button.click(); else form.submit();
    } finally {
      busy = false;
      form.removeAttribute("aria-busy");
    }
  });
  const show = (page, kind, ok) => {
    const lesson = $("#lesson", page);
    if (!lesson) { location.reload(); return; }
    const parts = lesson.dataset.refusal !== undefined ? ["said"] : ["progress", "ask", "steps", "beside", "said"];
    for (const id of parts) {
      const fresh = page.getElementById(id), old = document.getElementById(id);
      if (fresh && old) old.replaceChildren(...fresh.childNodes);
    }
    dress(document);
    if (!ok) { $("#said").focus(); return; }
    const again = kind !== "answer" && $(`#ask button[value="${kind}"]`);
    const next = again || $("#ask #answer, #ask .fields input, #ask .tiles input") || $("#said");
    next.focus();
    $("#said").scrollIntoView({ block: "nearest" });
  };

  // Tiles: dragged into the tray, or chosen by a click or the space bar; either way it is the checkbox that counts.
  const dressTiles = (set) => {
    const tray = document.createElement("div"), drop = document.createElement("span");
    tray.className = "tray";
    drop.className = "drop";
    drop.textContent = set.dataset.drop;
    tray.append(drop);
    if (set.dataset.graph && $("#beside svg")) {
      const link = document.createElement("a");
      link.href = "#beside";
      link.className = "to-graph";
      link.textContent = set.dataset.graph;
      set.before(link);
    }
    set.append(tray);
    const move = (tile) => {
      const box = $("input", tile), had = document.activeElement === box;
      if (box.checked) tray.append(tile); else set.insertBefore(tile, tray);
      drop.hidden = $$(".tile", tray).length > 0;
      if (had) box.focus();
    };
    for (const tile of $$(".tile", set)) {
      tile.draggable = true;
      tile.addEventListener("dragstart", (event) => { event.dataTransfer.setData("text/plain", $("input", tile).value); });
      $("input", tile).addEventListener("change", () => move(tile));
      if ($("input", tile).checked) move(tile);
    }
    const takes = (place, checked) => {
      place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
      place.addEventListener("dragleave", () => place.classList.remove("over"));
      place.addEventListener("drop", (event) => {
        event.preventDefault();
        event.stopPropagation();
        place.classList.remove("over");
        const letter = event.dataTransfer.getData("text/plain");
        const box = $$("input", set).find((one) => one.value === letter);
        if (box && box.checked !== checked) box.click();
      });
    };
    takes(tray, true);
    takes(set, false);
  };
  // Ways on the graph: a box is a button for the tile of its quantity, and so is an edge at it.  What is ticked is marked from there on to
  // the end, for each tile in the same way, whichever is right.
  const SVG = "http://www.w3.org/2000/svg";
  const edgesOf = (piece) => piece.dataset.edge.split(" ").map((edge) => edge.split(">"));
  const listWays = () => $$('.tiles[data-kind="ways"] .tile[data-tile]');
  const findTile = (name) => listWays().find((tile) => tile.dataset.tile === name);
  const findChosen = (place) => {
    if (place.dataset.node) return findTile(place.dataset.node);
    const found = new Set(edgesOf(place).map(([from, to]) => findTile(from) || findTile(to)));
    return found.size === 1 ? [...found][0] : undefined; // a piece that several ways have in common chooses none of them
  };
  const dressWays = () => {
    const tiles = new Map(listWays().map((tile) => [tile.dataset.tile, tile]));
    for (const node of $$("#beside [data-node]").filter((one) => tiles.has(one.dataset.node) && !one.hasAttribute("role"))) {
      node.setAttribute("role", "button");
      node.setAttribute("tabindex", "0");
      node.setAttribute("aria-label", tiles.get(node.dataset.node).dataset.way);
      node.closest("svg").setAttribute("role", "group"); // what is in a picture could not be pressed
    }
    for (const piece of $$("#beside path[data-edge]:not(.reach)").filter(findChosen)) {
      if (piece.nextSibling && piece.nextSibling.nodeName === "path" && piece.nextSibling.classList.contains("reach")) continue;
      const reach = document.createElementNS(SVG, "path"); // a line is thin: what is near it counts
      for (const name of ["d", "data-edge"]) reach.setAttribute(name, piece.getAttribute(name));
      reach.setAttribute("class", "reach");
      piece.after(reach);
    }
    markWays();
  };
  const markWays = () => {
    const chosen = new Set(listWays().filter((tile) => $("input", tile).checked).map((tile) => tile.dataset.tile));
    const pieces = $$("#beside path[data-edge]:not(.reach)"), onwards = new Map(), reached = new Set(chosen);
    for (const [from, to] of pieces.flatMap(edgesOf)) onwards.set(from, [...(onwards.get(from) || []), to]);
    for (const name of reached) (onwards.get(name) || []).forEach((next) => reached.add(next));
    pieces.forEach((piece) => piece.classList.toggle("way", edgesOf(piece).some(([from]) => reached.has(from))));
    for (const node of $$('#beside [data-node][role="button"]')) {
      node.setAttribute("aria-pressed", String(chosen.has(node.dataset.node)));
    }
  };
  const choose = (event) => {
    const place = event.target.closest && event.target.closest("#beside [data-node], #beside path[data-edge]");
    const tile = place && findChosen(place);
    if (tile) $("input", tile).click();
    return Boolean(tile);
  };
  document.addEventListener("click", choose);
  document.addEventListener("keydown", (event) => {
    const isButton = event.target.matches && event.target.matches('#beside [data-node][role="button"]');
    if (isButton && (event.key === "Enter" || event.key === " ") && choose(event)) event.preventDefault();
  });
  document.addEventListener("change", (event) => { if (event.target.closest('.tiles[data-kind="ways"]')) markWays(); });

  // A whole array that is pasted into one field of a grid goes to all of them.
  document.addEventListener("paste", (event) => {
    const grid = event.target.closest && event.target.closest(".fields");
    const values = grid ? event.clipboardData.getData("text").split(/[\s,;[\](){}]+/).filter(Boolean) : [];
    const fields = grid ? $$("input", grid) : [];
    if (values.length < 2 || values.length !== fields.length) return;
    event.preventDefault();
    fields.forEach((one, place) => { one.value = values[place]; });
  });

  // What scrolls can be scrolled by keys.
  const dress = (root) => {
    $$(".tiles.many", root).filter((set) => !$(".tray", set)).forEach(dressTiles);
    dressWays();
    const wide = $$(".scroll, .equations, .side, pre, .preview, main p", root).filter((one) => one.scrollWidth > one.clientWidth + 1);
    const scrolling = wide.filter((one) => getComputedStyle(one).overflowX !== "visible"); // all are measured before one is changed
    scrolling.forEach((one) => { one.tabIndex = 0; });
    if ($("[data-node]", root)) $$("article > .equations .first[data-step] > .left", root).forEach((one) => { one.tabIndex = 0; });
  };
  dress(document);
})();
