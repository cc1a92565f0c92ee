"use strict";
// The page is drawn from one state: which families and trials are shown, which is picked, and what each figure shows.
// Figures come as plotly takes them, with variables of the page's style as colours; text of the records is only ever set
// as text.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const trials = data.trials;
  const row = new Map(trials.index.map((index, at) => [index, at]));
  const families = [...document.querySelectorAll("input[name=family]")];

  const state = {
    picked: null, // a trial's index
    chosen: null, // a set of trials' indices, where boxes were drawn; null: all
    boxes: [], // in the figure where they were drawn: { x0, x1, y0, y1 }
    boxed: null, // the element of that figure
  };

  // ---- figures

  /** A text that names a variable of the page's style is the colour that it stands for; any other is itself. */
  const colour = (text) => {
    const [, name] = text.match(/^var\((--[\w-]+)\)$/) ?? [];
    return (name && getComputedStyle(document.documentElement).getPropertyValue(name).trim()) || text;
  };

  /** The same figure with its colours. Arrays of numbers and texts are not copied. */
  function dressed(value) {
    if (typeof value === "string") return colour(value);
    if (Array.isArray(value)) return typeof value[0] === "object" && value[0] !== null ? value.map(dressed) : value;
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, dressed(inner)]));
  }

  /** A trace reduced to the trials for which `test` holds. */
  function kept(trace, test) {
    const reduced = { ...trace };
    for (const key of ["x", "y", "customdata", "text", "hovertext"]) {
      if (trace[key]) reduced[key] = trace[key].filter((_, at) => test(trace.customdata[at]));
    }
    return reduced;
  }

  const silent = { hoverinfo: "skip", hovertemplate: undefined };
  const faint = (trace) =>
    trace.mode === "lines"
      ? { ...trace, ...silent, opacity: 0.6, line: { ...trace.line, color: "var(--line)" } }
      : { ...trace, ...silent, opacity: 0.15 };
  const marked = (trace) =>
    trace.mode === "lines"
      ? { ...trace, ...silent, opacity: 1, line: { color: "var(--ink)", width: 4 } }
      : { ...trace, ...silent, marker: { symbol: "circle-open", color: "var(--ink)", size: 20, line: { width: 3 } } };

  /** Of many lines each is thin; those that are chosen are not. */
  const full = (trace) =>
    trace.mode === "lines" ? { ...trace, line: { ...trace.line, color: trace.line.color.replace("-thin)", ")") } } : trace;

  /** The traces of a figure as the state shows them: the chosen trials over the others, the picked one over all. */
  function traces(figure) {
    const hidden = new Set(families.filter((box) => !box.checked).map((box) => box.value));
    const shown = figure.data.filter((trace) => !hidden.has(trace.meta.group));
    const ofTrials = shown.filter((trace) => trace.customdata);
    const lines = shown.filter((trace) => !trace.customdata);
    const lit = state.chosen ? ofTrials.map((trace) => full(kept(trace, (trial) => state.chosen.has(trial)))) : ofTrials;
    const behind = state.chosen ? ofTrials.map(faint) : [];
    const picked = ofTrials.map((trace) => kept(trace, (trial) => trial === state.picked));
    return [...lines, ...behind, ...lit, ...picked.filter((trace) => trace.x.length).map(marked)].map(dressed);
  }

  const config = {
    displaylogo: false,
    responsive: true,
    modeBarButtons: [["zoom2d", "pan2d", "select2d", "resetScale2d", "toImage"]],
    toImageButtonOptions: { format: "svg" },
  };

  /** Draw a figure into an element. The reader's zoom stays as long as `name` does. */
  function draw(element, figure, name) {
    const layout = dressed(figure.layout);
    const everything = byId("everything")?.checked && !figure.layout.meta;
    if (everything) for (const key of ["xaxis", "yaxis"]) if (!layout[key].tickvals) delete layout[key].range;
    element.style.height = layout.height ? `${layout.height}px` : "";
    layout.uirevision = `${name} ${everything}`;
    layout.selections = []; // plotly's own could be moved about; the boxes are shapes
    layout.selectionrevision = Math.random();
    const line = { color: colour("var(--ink)"), width: 1, dash: "dot" };
    layout.newselection = { line };
    const boxes = state.boxed === element ? state.boxes.map((box) => ({ type: "rect", ...box, line })) : [];
    layout.shapes = [...(layout.shapes ?? []), ...boxes];
    const bar = figure.layout.meta ? { displayModeBar: false } : {};
    const first = !element.data;
    Plotly.react(element, traces(figure), layout, { ...config, ...bar });
    element.figure = figure;
    if (first) listen(element);
  }

  function listen(element) {
    element.on("plotly_click", (event) => pick(event.points[0].customdata));
    element.on("plotly_selected", (event) => {
      const [drawn] = element.layout.selections ?? [];
      if (event && drawn?.type === "rect") choose(element, drawn);
    });
    element.on("plotly_deselect", chooseAll);
  }

  const between = (value, one, other) => value >= Math.min(one, other) && value <= Math.max(one, other);

  const covers = (box, x) => between(x, box.x0, box.x1);

  /** The trials of which every box has a point; a box that covers several axes has it on one of them. */
  function trialsIn(figure, boxes) {
    const inside = boxes.map((box) => {
      const found = new Set();
      for (const trace of figure.data.filter((trace) => trace.customdata)) {
        trace.customdata.forEach((trial, at) => {
          const [x, y] = [trace.x[at], trace.y[at]];
          if (x !== null && y !== null && covers(box, x) && between(y, box.y0, box.y1)) found.add(trial);
        });
      }
      return found;
    });
    return new Set([...inside[0]].filter((trial) => inside.every((found) => found.has(trial))));
  }

  // Figures wait until they are near to what the reader sees, and are drawn one after the other, so that the page
  // answers at once.
  const waiting = new Map(); // what draws it, by element
  const near = new Set();
  let due = null;

  const nearness = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) near[isIntersecting ? "add" : "delete"](target);
      drawNext();
    },
    { rootMargin: "400px" },
  );

  function drawSoon(element, figure, name) {
    waiting.set(element, () => draw(element, figure, name));
    nearness.observe(element);
    drawNext();
  }

  function drawNext() {
    due ??= setTimeout(() => {
      due = null;
      const next = [...waiting.keys()].find((element) => near.has(element));
      if (!next) return;
      const drawing = waiting.get(next);
      waiting.delete(next);
      drawing();
      drawNext();
    });
  }

  const selected = (id) => byId(id)?.value;

  function drawAll() {
    const { objectives, parallel, slices } = data.figures;
    if (byId("objectives")) {
      drawSoon(byId("objectives"), objectives[selected("pair")], selected("pair"));
      const coloured = parallel[selected("coloured")];
      byId("parallel").style.minWidth = `${6.4 * coloured.layout.xaxis.tickvals.length}rem`;
      drawSoon(byId("parallel"), coloured, "parallel");
      byId("ramp").hidden = selected("coloured") === "family";
    }
    const panels = slices[selected("objective")] ?? [];
    panels.forEach((figure, at) => {
      const place = byId("slices").children[at] ?? byId("slices").appendChild(document.createElement("div"));
      drawSoon(place, figure, selected("objective"));
    });
  }

  // ---- the panel

  function element(name, text, ...children) {
    const made = document.createElement(name);
    if (text) made.textContent = text;
    made.append(...children);
    return made;
  }

  /** A table of the lines that have a value, under these headings. */
  function table(headings, lines) {
    const filled = lines.filter(([, ...values]) => values.some((value) => value !== null));
    if (!filled.length) return "";
    const head = element("thead", "", element("tr", "", ...headings.map((text) => element("th", text))));
    const body = filled.map(([name, ...values]) =>
      element("tr", "", element("th", name), ...values.map((value) => element("td", value ?? "–"))),
    );
    return element("table", "", ...(headings.length ? [head] : []), element("tbody", "", ...body));
  }

  function picture(name, source, trial) {
    const title = data.titles[name];
    const image = element("img");
    image.alt = `${name} of trial ${trial}: ${title}`;
    image.addEventListener("error", () => {
      image.replaceWith(element("p", `Not beside this page; seen from where it was written: ${decodeURI(source)}`));
    });
    image.src = source;
    return element("figure", "", image, element("figcaption", `${name}: ${title}`));
  }

  function run(at) {
    const id = trials.run[at];
    if (!trials.url[at]) return id ? ["MLflow run ", element("code", id)] : [];
    const link = element("a", "MLflow run");
    link.href = trials.url[at];
    link.rel = "noopener noreferrer";
    return [link];
  }

  function showPanel() {
    const at = row.get(state.picked);
    byId("trial").value = String(state.picked);
    const number = trials.trial[at];
    byId("headline").textContent = `Trial ${number}, ${trials.group[at]}`;
    byId("status").textContent = trials.front[at] ? `${trials.state[at]}, ${data.front}` : trials.state[at];
    byId("reason").textContent = trials.reason[at];
    const values = trials.values.map(({ name, test, validation }) => [name, test[at], validation[at]]);
    byId("values").replaceChildren(table(["", "test", "validation"], values));
    byId("settings").replaceChildren(table([], trials.settings.map(({ name, texts }) => [name, texts[at]])));
    const metrics = table([], trials.metrics.map(({ name, texts }) => [name, texts[at]]));
    byId("metrics").replaceChildren(metrics);
    byId("more").hidden = !metrics;
    byId("run").replaceChildren(...run(at));
    const pictures = Object.entries(data.pictures[state.picked] ?? {});
    byId("pictures").replaceChildren(...pictures.map(([name, source]) => picture(name, source, number)));
  }

  // ---- what the reader does

  /** The address names the picked trial as #STUDY/NUMBER, so that it can be linked to. */
  const address = (at) => `#${encodeURIComponent(trials.study[at])}/${trials.trial[at]}`;
  const addressed = () => trials.index.find((_, at) => address(at) === location.hash);

  function pick(index) {
    if (!row.has(index)) return;
    state.picked = index;
    showPanel();
    drawAll();
    history.replaceState(null, "", address(row.get(index)));
  }

  /** A box was drawn. In parallel coordinates it stands beside those of other axes; elsewhere it is the only one. */
  function choose(element, { x0, x1, y0, y1 }) {
    const box = { x0, x1, y0, y1 };
    const axes = element.figure.layout.meta?.crossed ? element.figure.layout.xaxis.tickvals : null;
    const others = axes && state.boxed === element ? state.boxes : [];
    const apart = others.filter((other) => !axes.some((x) => covers(box, x) && covers(other, x)));
    const boxes = axes && !axes.some((x) => covers(box, x)) ? others : [...apart, box];
    if (!boxes.length) return chooseAll();
    Object.assign(state, { boxed: element, boxes, chosen: trialsIn(element.figure, boxes) });
    byId("all").hidden = false;
    drawAll();
  }

  function chooseAll() {
    Object.assign(state, { boxed: null, boxes: [], chosen: null });
    byId("all").hidden = true;
    drawAll();
  }

  byId("trial")?.addEventListener("change", () => pick(Number(selected("trial"))));
  byId("all")?.addEventListener("click", chooseAll);
  for (const control of [...families, ...["pair", "coloured", "objective", "everything"].map(byId)]) {
    control?.addEventListener("change", () => {
      if (["pair", "objective"].includes(control.id)) chooseAll(); // a box would stand in another figure
      else drawAll();
    });
  }
  dark.addEventListener("change", drawAll);
  addEventListener("beforeprint", () => waiting.forEach((drawing) => drawing()));
  addEventListener("hashchange", () => pick(addressed()));

  // At first the trial of the address, or the first of the list: on a phone in a line, as it stands over the figures.
  if (byId("trial")) {
    state.picked = addressed() ?? Number(selected("trial"));
    byId("panel").open = !matchMedia("(max-width: 900px)").matches;
    showPanel();
  }
  drawAll();
})();
