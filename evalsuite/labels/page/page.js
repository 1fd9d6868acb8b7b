"use strict";
// The labelling page. An answer is sent at once, and the page goes on when it is on disk.

const at = (id) => document.getElementById(id);
const LETTERS = "adefghijklmnopqrstuvwxyz"; // without b and c, which have other meanings
let rater = "";
let tasks = [];
let answers = {};
let place = 0;
let given = []; // the tasks answered in this sitting, for undo
let busy = false;
let seen = false; // no answer before the picture is there

async function ask(name, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body),
  };
  let reply;
  try {
    reply = await fetch(name, options);
  } catch {
    throw new Error("The program has ended, and this was not kept. What was kept before is safe: "
      + "start it again with the same command and go on at the address that it prints.");
  }
  const found = await reply.json();
  if (!reply.ok) throw new Error(`Not kept: ${found.error}`);
  return found;
}

function problem(error) {
  at("problem").textContent = error ? error.message : "";
  at("problem").hidden = !error;
}

function only(id) {
  for (const name of ["start", "work", "done"]) at(name).hidden = name !== id;
}

async function alone(act) {
  if (busy) return;
  busy = true;
  try {
    problem(null);
    await act();
  } catch (error) {
    problem(error);
  } finally {
    busy = false;
  }
}

async function welcome() {
  const found = await ask("welcome");
  rater = "";
  at("nameless").dataset.name = found.anonymous;
  at("who").textContent = "";
  at("progress").textContent = "";
  if (found.rater && !at("rater").dataset.used) {
    at("rater").dataset.used = "yes";
    await begin(found.rater);
    return;
  }
  at("rater").value = "";
  only("start");
  at("rater").focus();
}

async function begin(name) {
  const found = await ask("begin", {rater: name});
  ({rater, tasks, answers} = found);
  given = [];
  at("who").textContent = rater;
  const open = tasks.findIndex((task) => !answers[task.id]);
  if (open < 0) finished();
  else show(open);
}

function keys(task) {
  if (task.form === "verdict") return ["y", "n"];
  const digits = task.options.map((_, i) => (i < 9 ? String(i + 1) : i === 9 ? "0" : ""));
  return digits.map((key, i) => key || LETTERS[i - 10]);
}

function list(id, lines) {
  at(id).replaceChildren(...lines.map((line) => {
    const item = document.createElement("li");
    item.textContent = line;
    return item;
  }));
}

function button(task, option, key) {
  const made = document.createElement("button");
  const hint = document.createElement("kbd");
  made.type = "button";
  hint.textContent = key;
  made.append(hint);
  if (option.color) {
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.backgroundColor = option.color;
    made.append(swatch);
  }
  made.append(option.text);
  const own = answers[task.id];
  made.setAttribute("aria-pressed", String(!!own && own.state === "told" && own.answer === option.value));
  made.addEventListener("click", () => answer("told", option.value));
  return made;
}

function show(where) {
  place = where;
  const task = tasks[place];
  const own = answers[task.id];
  only("work");
  seen = false;
  document.body.dataset.shown = "";
  const image = at("image");
  image.className = task.flagged ? "veiled" : "";
  at("veil").hidden = !task.flagged;
  image.src = `picture/${task.picture}`;
  at("question").textContent = task.question;
  list("context", task.context);
  list("guidelines", task.guidelines);
  const names = keys(task);
  at("options").replaceChildren(...task.options.map((option, i) => button(task, option, names[i])));
  at("number").hidden = task.options.length > 0;
  at("value").value = own && own.state === "told" && !task.options.length ? own.answer : "";
  at("cannot").setAttribute("aria-pressed", String(!!own && own.state === "cannot tell"));
  at("mine").textContent = own ? "You answered this; another answer takes its place." : "";
  at("undo").disabled = !given.length && !own;
  const done = tasks.filter((each) => answers[each.id]).length;
  at("progress").textContent = `Question ${place + 1} of ${tasks.length}, ${done} answered`;
  at("bar").value = done / tasks.length;
  if (task.options.length) document.activeElement.blur();
  else at("value").focus();
  const next = tasks[place + 1];
  if (next) new Image().src = `picture/${next.picture}`;
}

function finished() {
  only("done");
  at("bar").value = 1;
  at("progress").textContent = `${tasks.length} of ${tasks.length} answered`;
  at("done-words").textContent = `All ${tasks.length} answers of ${rater} are kept. `
    + "A second rater, who has seen none of them, says how far people agree.";
  at("next").focus();
}

function answer(state, value) {
  const task = tasks[place];
  if (!task || at("work").hidden || (!seen && state !== "cannot tell")) return;
  if (state === "told" && !at("veil").hidden) {
    problem(new Error("Show the picture first (b), or answer cannot tell."));
    return;
  }
  alone(async () => {
    const told = value === undefined ? null : value;
    await ask("answer", {rater, task: task.id, state, answer: told});
    answers[task.id] = {state, answer: told};
    given.push(task.id);
    const after = [...tasks.keys()].map((i) => (place + 1 + i) % tasks.length);
    const open = after.find((i) => !answers[tasks[i].id]);
    if (open === undefined) finished();
    else show(open);
  });
}

function undo() {
  alone(async () => {
    if (!tasks.length || !rater) return;
    const here = at("work").hidden ? undefined : tasks[place].id;
    const last = given.length ? given[given.length - 1] : answers[here] ? here : undefined;
    if (last === undefined) return;
    if (answers[last]) await ask("answer", {rater, task: last, state: "withdrawn"});
    delete answers[last];
    given = given.filter((id) => id !== last);
    show(tasks.findIndex((task) => task.id === last));
  });
}

function move(step) {
  if (busy || !tasks.length || !rater) return;
  if (at("work").hidden) show(tasks.length - 1);
  else if (tasks[place + step]) show(place + step);
}

function reveal() {
  at("image").classList.toggle("veiled", !at("veil").hidden ? false : tasks[place].flagged);
  at("veil").hidden = !at("image").classList.contains("veiled");
}

function number() {
  const text = at("value").value.trim().replace(",", ".");
  if (!/^[0-9]+([.][0-9]+)?$/.test(text)) {
    problem(new Error("Write a number, or answer cannot tell."));
    return;
  }
  answer("told", Number(text));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
  if (!at("start").hidden || !rater) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const writing = event.target === at("value");
  if (key === "Backspace" && !(writing && at("value").value)) {
    event.preventDefault();
    undo();
  } else if (key === "ArrowLeft" || key === "ArrowRight") {
    if (writing && at("value").value) return;
    event.preventDefault();
    move(key === "ArrowLeft" ? -1 : 1);
  } else if (at("work").hidden) {
    return;
  } else if (key === "c") {
    event.preventDefault();
    answer("cannot tell");
  } else if (key === "b") {
    event.preventDefault();
    reveal();
  } else if (!writing) {
    const task = tasks[place];
    const chosen = keys(task).indexOf(key);
    if (chosen >= 0) {
      event.preventDefault();
      answer("told", task.options[chosen].value);
    }
  }
});

at("image").addEventListener("load", () => {
  seen = true;
  document.body.dataset.shown = tasks[place].id;
  document.body.dataset.form = tasks[place].form;
  at("image").classList.toggle("small", at("image").naturalWidth <= 192);
});
at("image").addEventListener("error", () => {
  problem(new Error("This picture cannot be shown. Answer cannot tell, or go on."));
});
at("sit").addEventListener("submit", (event) => {
  event.preventDefault();
  if (at("rater").value.trim()) alone(() => begin(at("rater").value));
});
at("nameless").addEventListener("click", () => alone(() => begin(at("nameless").dataset.name)));
at("number").addEventListener("submit", (event) => {
  event.preventDefault();
  number();
});
at("cannot").addEventListener("click", () => answer("cannot tell"));
at("undo").addEventListener("click", undo);
at("back").addEventListener("click", () => move(-1));
at("on").addEventListener("click", () => move(1));
at("review").addEventListener("click", () => move(-1));
at("reveal").addEventListener("click", reveal);
at("next").addEventListener("click", () => alone(welcome));
at("finish").addEventListener("click", () => alone(async () => {
  await ask("end", {});
  for (const name of ["start", "work", "done"]) at(name).hidden = true;
  at("finish").hidden = true;
  at("stopped").hidden = false;
  rater = "";
}));

alone(welcome);
