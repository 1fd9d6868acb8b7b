// The page of all pictures: what is filtered stands in the address behind #.

const EMPTY = {
  q: "", set: "", label: "", question: "", answer: "", status: "", differ: "", prompt: "",
  image: "", boxes: "",
};
const CHOICES = ["q", "set", "label", "question", "answer", "status"];
const SWITCHES = ["differ", "boxes"];
let run, matches = [], filtered;

const grid = new Grid($("grid"), { fill: tile, caption: 74, least: innerWidth < 600 ? 120 : 176 });

function read() {
  state = addressed();
  if (!state.question) state.answer = "";
  shown(CHOICES, SWITCHES);
  $("answer").disabled = !state.question;
  const { image, ...rest } = state, asked = JSON.stringify(rest);
  if (asked !== filtered) {
    filtered = asked;
    matches = run.matching(state);
    count();
    head();
    grid.show(matches.length);
  }
  one(image ? run.imageOfName(image) : -1);
}

function count() {
  const ended = new Map();
  for (const image of matches) {
    const status = run.status(image);
    ended.set(status, (ended.get(status) ?? 0) + 1);
  }
  const parts = run.statuses.filter((s) => ended.has(s)).map((s) => `${many(ended.get(s))} ${s}`);
  $("count").textContent = matches.length
    ? `${many(matches.length)} of ${many(run.count)} planned pictures: ${parts.join(", ")}`
    : `None of ${many(run.count)} planned pictures is like this.`;
}

// The page of one prompt: its text, its labels, and how each question was answered.
function head() {
  const prompt = state.prompt && run.promptOfName(state.prompt);
  $("prompt").hidden = !prompt;
  if (!prompt) return;
  const images = Array.from({ length: prompt.size }, (_, place) => prompt.first + place);
  $("prompt-text").replaceChildren(bdi(prompt.text));
  $("prompt-facts").replaceChildren(bdi(facts(prompt)));
  $("prompt-tally").replaceChildren(...prompt.set.answers.flatMap(([question]) => {
    const answers = images.map((image) => run.answer(question, image)).filter((a) => a !== " ");
    if (!answers.length) return [];
    const yes = answers.filter((a) => a === "1").length;
    const none = answers.filter((a) => a === "?").length;
    const line = element("li");
    line.append(bdi(run.questions[question][1]), `: yes in ${yes} of ${answers.length - none}`);
    if (none) line.append(`, no answer in ${none}`);
    return [line];
  }));
  $("prompt-all").href = hash({ prompt: "", image: "" });
  const twin = `${prompt.set.name}/${prompt.twin}`;
  $("prompt-twin").hidden = !prompt.twin || !run.promptOfName(twin);
  $("prompt-twin").querySelector("a").href = hash({ ...EMPTY, prompt: twin });
}

function facts(prompt) {
  const labels = prompt.labels.map((label) => run.labels[label].join(": "));
  return [`${prompt.set.name}, ${prompt.id}`, ...labels].join(" · ");
}

function tile(item, place) {
  const image = matches[place], prompt = run.prompt(image), status = run.status(image);
  const link = element("a"), frame = element("span", "frame"), told = element("span", "told");
  link.href = hash({ image: run.name(image) });
  const asked = run.questions.findIndex(([name]) => name === state.question);
  const question = asked >= 0 ? asked : prompt.set.answers[0]?.[0];
  const answer = status === "ok" && question !== undefined ? run.answer(question, image) : " ";
  told.append(element("span", "words"), element("span", "place"));
  told.firstChild.append(bdi(prompt.text));
  told.lastChild.append(bdi(`${prompt.id}, image ${run.index(image)}`));
  if (answer !== " ") told.append(badge(question, answer));
  if (run.marked("differ", image)) told.append(element("span", "mark apart", "differ"));
  if (status !== "ok") words(frame, status, "");
  link.append(frame, told);
  item.append(link);
  run.row(image).then(({ texts, row }) => {
    if (status !== "ok") return words(frame, status, texts[row[1]]);
    const shown = { boxes: state.boxes, flagged: row[2] >= 0 };
    paint(frame, row[1], run.images, row[4], shown);
  }, (file) => words(frame, "cannot be shown", `no file ${file}`));
}

function badge(question, answer) {
  const [name, title, direction] = run.questions[question];
  const good = answer === "?" || !direction ? "" : (answer === "1") === (direction > 0) ? "good" : "bad";
  const asked = name.slice(name.indexOf(".") + 1).replaceAll("_", " ");
  const mark = element("span", `mark ${good}`, `${asked}: ${WORDS[answer]}`);
  mark.title = `${title} (${name})`;
  return mark;
}

// One picture, large, with all that was said of it.
function one(image) {
  const dialog = $("one");
  if (image < 0) {
    if (dialog.open) dialog.close();
    return;
  }
  const prompt = run.prompt(image), at = matches.indexOf(image);
  $("one-place").textContent = at < 0 ? "not among those filtered"
    : `${many(at + 1)} of ${many(matches.length)}`;
  $("back").disabled = at <= 0;
  $("on").disabled = at < 0 || at === matches.length - 1;
  $("one-text").replaceChildren(bdi(prompt.text));
  $("one-prompt").href = hash({ ...EMPTY, prompt: run.promptName(prompt) });
  $("lift").checked = false;
  if (!dialog.open) dialog.showModal();
  large(image, prompt);
}

async function large(image, prompt) {
  const frame = $("one-frame"), status = run.status(image), asked = state.image;
  let texts, row;
  try {
    ({ texts, row } = await run.row(image));
  } catch (file) {
    return words(frame, "cannot be shown", `no file ${file}`);
  }
  if (asked !== state.image) return; // the reader has gone on
  const seed = row[0] === null ? [] : [`seed ${row[0]}`];
  const own = [facts(prompt), `image ${run.index(image)}`, ...seed, status];
  $("one-facts").replaceChildren(bdi(own.join(" · ")));
  const drawn = status === "ok", file = drawn && source(row[1], run.images, true);
  $("veil").hidden = !drawn || row[2] < 0;
  $("one-file").hidden = !file;
  if (!drawn) {
    words(frame, status, texts[row[1]]);
    $("said").replaceChildren();
    return found($("found"), [], texts);
  }
  $("flag").textContent = row[2] < 0 ? "" : texts[row[2]];
  $("one-file").querySelector("a").href = file;
  const notes = row[3].flatMap(([, , lines]) => lines.slice(0, 1).map((line) => texts[line]));
  const shown = { full: true, boxes: state.boxes, flagged: row[2] >= 0 };
  shown.alt = `Image drawn for “${prompt.text}”. ${notes.join(". ")}`;
  paint(frame, row[1], run.images, row[4], shown);
  $("said").replaceChildren(...statements(row[3], texts));
  found($("found"), row[4], texts);
}

function step(by) {
  const at = matches.indexOf(run.imageOfName(state.image)), image = matches[at + by];
  if (at >= 0 && image !== undefined) go({ image: run.name(image) });
}

function closed() {
  if (!state.image) return;
  const at = matches.indexOf(run.imageOfName(state.image));
  go({ image: "" });
  if (at >= 0) grid.focus(at);
}

function choices() {
  options($("set"), "all", run.sets.map(({ name }) => new Option(name, name)));
  const names = new Map();
  for (const [name, value] of run.labels) {
    if (!names.has(name)) names.set(name, []);
    names.get(name).push(value);
  }
  options($("label"), "any", [...names].map(([name, values]) => {
    const group = element("optgroup");
    group.label = name;
    values.sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    group.append(...values.map((value) => new Option(value, `${name}: ${value}`)));
    return group;
  }));
  const asked = new Set(run.sets.flatMap((set) => set.answers.map(([question]) => question)));
  options($("question"), "any", [...asked].map((question) => {
    const [name, title] = run.questions[question];
    return new Option(`${title} (${name})`, name);
  }));
  options($("answer"), "any", Object.values(WORDS).reverse().map((word) => new Option(word, word)));
  options($("status"), "any", run.statuses.map((word) => new Option(word, word)));
  $("differing").hidden = !run.shared.length;
  $("unveiling").hidden = !run.sets.some((set) => set.flagged);
  $("differ-note").append(run.shared.length ? ` Here: ${run.shared.join(", ")}.`
    : " In this run no two do.");
}

function begin(told) {
  run = new Run(told);
  choices();
  control(CHOICES, SWITCHES, { image: "" });
  $("unveil").addEventListener("change", () =>
    document.body.classList.toggle("unveiled", $("unveil").checked));
  $("lift").addEventListener("change", () =>
    $("one-frame").classList.toggle("lifted", $("lift").checked));
  $("back").addEventListener("click", () => step(-1));
  $("on").addEventListener("click", () => step(1));
  $("close").addEventListener("click", () => $("one").close());
  $("one").addEventListener("close", closed);
  addEventListener("keydown", keys);
  read();
}

function keys(event) {
  const isOpen = $("one").open;
  const steps = { ArrowLeft: () => step(-1), ArrowRight: () => step(1) };
  const acts = { b: () => go({ boxes: state.boxes ? "" : "1" }), ...(isOpen ? steps : {}) };
  typed(event, isOpen, acts);
}

loaded("index").then(begin, (file) => {
  $("count").textContent = `The file ${file} is missing: \`evalsuite report\` writes it anew.`;
});
