"use strict";
// Data files are scripts beside the page that call `pictures`: a page opened from a disk may not
// fetch, and may load a script. Nothing in them becomes markup: texts go to textContent alone.

const KEPT = 100; // data files held at once
const files = new Map();
const waiting = new Map();

const NAME = /^pictures\/(index|\d{1,7})\.js$/;
const own = (name) => {
  if (!NAME.test(name)) throw new TypeError(`no data file: ${name}`);
  return name;
};
const trusted = globalThis.trustedTypes
  ? trustedTypes.createPolicy("pictures", { createScriptURL: own })
  : { createScriptURL: own };

globalThis.pictures = (name, data) => waiting.get(name)?.(data);

// The data of a file, loaded once; rejects with its name where it cannot be.
function loaded(name) {
  const known = files.get(name);
  if (known) return known;
  const address = `pictures/${name}.js`;
  const promise = new Promise((resolve, reject) => {
    const script = document.createElement("script");
    waiting.set(name, resolve);
    script.onload = () => { waiting.delete(name); script.remove(); reject(address); };
    script.onerror = () => { waiting.delete(name); script.remove(); files.delete(name); reject(address); };
    script.src = trusted.createScriptURL(address);
    document.head.append(script);
  });
  files.set(name, promise);
  if (files.size > KEPT) files.delete(files.keys().next().value);
  return promise;
}

// An element with a class and a text; texts from outside get their own direction.
function element(tag, name, text) {
  const found = document.createElement(tag);
  if (name) found.className = name;
  if (text !== undefined) found.textContent = text;
  return found;
}

function bdi(text) { return element("bdi", "", text); }
