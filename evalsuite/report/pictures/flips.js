// The gallery of a comparison: pairs in a grid, and one picture that flips between the runs.

const EMPTY = { q: "", run: "", measure: "", turned: "", pair: "", flip: "", boxes: "" };
const CHOICES = ["q", "run", "measure", "turned"];
const WAYS = ["right to wrong", "wrong to right"];
let told, matches = [], filtered;

const grid = new Grid($("grid"), {
  fill: tile, caption: 92, least: innerWidth < 600 ? 170 : 340, aspect: 0.5,
});

function nameOf([[, set, id], index]) { return `${told.texts[set]}/${told.texts[id]}/${index}`; }

// What a pair lost and gained, of the candidate and measure that are asked for.
function changes([, , by]) {
  const asked = told.measures.findIndex(([measure]) => measure === state.measure);
  return by
    .filter(([run]) => !state.run || told.runs[run] === state.run)
    .map(([run, ...sides]) => [run, ...sides.map((measures, way) => measures.filter((measure) =>
      (!state.measure || measure === asked) && (!state.turned || WAYS[way] === state.turned)))])
    .filter(([, lost, gained]) => lost.length || gained.length);
}

function matching() {
  const sought = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  return told.pairs.filter((pair) => {
    const low = pair[0].map((text) => told.texts[text]).join(" ").toLowerCase();
    return sought.every((word) => low.includes(word)) && changes(pair).length;
  });
}

function read() {
  state = addressed();
  shown(CHOICES, ["boxes"]);
  const { pair, flip, ...rest } = state, asked = JSON.stringify(rest);
  if (asked !== filtered) {
    filtered = asked;
    matches = matching();
    const lost = matches.filter((each) => changes(each).some(([, own]) => own.length)).length;
    $("count").textContent = `${many(matches.length)} of ${many(told.pairs.length)} pictures: ` +
      `${many(lost)} lost a verdict, ${many(matches.length - lost)} only gained`;
    grid.show(matches.length);
  }
  one(pair ? told.pairs.find((each) => nameOf(each) === pair) : undefined);
}

function picture(frame, half, alt) {
  if (!half) return words(frame, "not drawn", "in this run");
  paint(frame, half[0], "", half[3], { boxes: state.boxes, flagged: half[1] >= 0, alt });
}

function tile(item, place) {
  const pair = matches[place], turned = changes(pair);
  const link = element("a"), two = element("span", "two"), caption = element("span", "told");
  link.href = hash({ pair: nameOf(pair) });
  for (const run of [0, turned[0][0]]) {
    const frame = element("span", "frame");
    picture(frame, pair[3][run]);
    two.append(frame);
  }
  const text = element("span", "words");
  text.append(bdi(told.texts[pair[0][0]]));
  caption.append(text, ...brief(turned));
  link.append(two, caption);
  item.append(link);
}

// A tile has room for a line a run and way: the measure, or how many there are.
function brief(turned) {
  return turned.flatMap(([run, ...sides]) => sides.flatMap((measures, way) => {
    if (!measures.length) return [];
    const mark = element("span", `mark ${way ? "good" : "bad"}`, "");
    const [[own]] = measures.map((measure) => told.measures[measure]);
    mark.append(measures.length > 1 ? many(measures.length) : bdi(own), ` ${WAYS[way]}`);
    if (told.runs.length > 2) mark.append(": ", bdi(told.runs[run]));
    mark.title = measures.map((measure) => told.measures[measure][1]).join(", ");
    return [mark];
  }));
}

function marks(turned) {
  return turned.flatMap(([, ...sides]) => sides.flatMap((measures, way) => measures.map((measure) => {
    const [own, title] = told.measures[measure];
    const mark = element("span", `mark ${way ? "good" : "bad"}`, "");
    mark.append(bdi(own), ` ${WAYS[way]}`);
    mark.title = title;
    return mark;
  })));
}

function one(pair) {
  const dialog = $("one");
  if (!pair) {
    if (dialog.open) dialog.close();
    return;
  }
  const at = matches.indexOf(pair), isFlipping = state.flip !== "";
  $("one-place").textContent = at < 0 ? "not among those filtered"
    : `${many(at + 1)} of ${many(matches.length)}`;
  $("back").disabled = at <= 0;
  $("on").disabled = at < 0 || at === matches.length - 1;
  $("one-text").replaceChildren(bdi(told.texts[pair[0][0]]));
  $("one-facts").replaceChildren(bdi(nameOf(pair)));
  $("one-turned").replaceChildren(...pair[2].map(([run, ...sides]) => {
    const line = element("li");
    line.append(bdi(told.runs[run]), ": ", ...marks([[run, ...sides]]));
    return line;
  }));
  if (dialog.dataset.pair !== state.pair || dialog.dataset.boxes !== state.boxes) {
    $("sides").replaceChildren(...pair[3].map((half, run) => side(half, run, pair)));
    Object.assign(dialog.dataset, { pair: state.pair, boxes: state.boxes });
  }
  $("sides").className = isFlipping ? "flipping" : "beside-all";
  [...$("sides").children].forEach((own, run) => {
    own.hidden = isFlipping && run !== Number(state.flip) % pair[3].length;
  });
  if (!dialog.open) dialog.showModal();
}

function side(half, run, pair) {
  const part = element("section"), frame = element("div", "frame");
  const heading = element("h3");
  heading.append(bdi(told.runs[run]), run ? "" : " (baseline)");
  part.append(heading);
  if (half && half[1] >= 0) {
    const label = element("label"), lift = element("input");
    lift.type = "checkbox";
    lift.addEventListener("change", () => frame.classList.toggle("lifted", lift.checked));
    label.append(lift, " Show the picture, blurred for “", bdi(told.texts[half[1]]), "”");
    part.append(label);
  }
  picture(frame, half, `${told.runs[run]}: image drawn for “${told.texts[pair[0][0]]}”`);
  frame.addEventListener("click", turn);
  part.append(frame);
  if (half) {
    const list = element("ol");
    found(list, half[3], told.texts);
    part.append(...statements(half[2], told.texts), list);
  }
  return part;
}

// The next run's picture in the same place; `0` is the baseline, and "" all side by side.
function turn() {
  go({ flip: String((Number(state.flip || 0) + 1) % told.runs.length) });
}

function step(by) {
  const at = matches.findIndex((pair) => nameOf(pair) === state.pair), pair = matches[at + by];
  if (at >= 0 && pair) go({ pair: nameOf(pair), flip: state.flip && "0" });
}

function closed() {
  if (!state.pair) return;
  const at = matches.findIndex((pair) => nameOf(pair) === state.pair);
  go({ pair: "", flip: "" });
  if (at >= 0) grid.focus(at);
}

function keys(event) {
  const isOpen = $("one").open;
  const inside = {
    ArrowLeft: () => step(-1), ArrowRight: () => step(1), f: turn, s: () => go({ flip: "" }),
  };
  typed(event, isOpen, {
    b: () => go({ boxes: state.boxes ? "" : "1" }), ...(isOpen ? inside : {}),
  });
}

function begin(data) {
  told = data;
  options($("run"), "any", told.runs.slice(1).map((run) => new Option(run, run)));
  options($("measure"), "any",
    told.measures.map(([own, title]) => new Option(`${title} (${own})`, own)));
  options($("turned"), "either way", WAYS.map((way) => new Option(way, way)));
  $("unveiling").hidden = !told.pairs.some((pair) => pair[3].some((half) => half?.[1] >= 0));
  control(CHOICES, ["boxes"], { pair: "", flip: "" });
  $("unveil").addEventListener("change", () =>
    document.body.classList.toggle("unveiled", $("unveil").checked));
  $("back").addEventListener("click", () => step(-1));
  $("on").addEventListener("click", () => step(1));
  $("turn").addEventListener("click", turn);
  $("beside").addEventListener("click", () => go({ flip: "" }));
  $("close").addEventListener("click", () => $("one").close());
  $("one").addEventListener("close", closed);
  addEventListener("keydown", keys);
  read();
}

loaded("index").then(begin, (file) => {
  $("count").textContent = `The file ${file} is missing: \`evalsuite compare\` writes it anew.`;
});
