// What a page shows stands in its address behind #: `EMPTY` names all of it, `read` obeys it.

const $ = (id) => document.getElementById(id);
const many = (count) => count.toLocaleString("en");
let state = {};

function hash(change) {
  const said = Object.entries({ ...state, ...change }).filter(([, value]) => value);
  return `#${new URLSearchParams(said)}`;
}

function go(change) {
  history.replaceState(null, "", hash(change));
  read();
}

function addressed() {
  const said = new URLSearchParams(location.hash.slice(1));
  return Object.fromEntries(Object.keys(EMPTY).map((key) => [key, said.get(key) ?? ""]));
}

// Controls by the state's own names: texts and choices, and switches.
function control(choices, switches, change) {
  for (const name of choices) {
    const kind = name === "q" ? "input" : "change";
    $(name).addEventListener(kind, () => go({ ...change, [name]: $(name).value }));
  }
  for (const name of switches) {
    $(name).addEventListener("change", () => go({ [name]: $(name).checked ? "1" : "" }));
  }
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("clear").addEventListener("click", () => { $("q").value = ""; go({ ...EMPTY }); });
  $("skip").addEventListener("click", (event) => { event.preventDefault(); grid.focus(grid.at); });
  addEventListener("hashchange", read);
  addEventListener("popstate", read);
}

function shown(choices, switches) {
  for (const name of choices) if (document.activeElement !== $(name)) $(name).value = state[name];
  for (const name of switches) $(name).checked = Boolean(state[name]);
}

// Keys while nobody types; `acts` are by key, and arrows outside of the grid lead into it.
function typed(event, isOpen, acts) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target === $("q")) return grid.focus(grid.at);
  if (event.target.closest?.("input:not([type=checkbox]), select, summary")) return;
  const all = { ...acts };
  if (!isOpen) {
    all["/"] = () => $("q").select();
    if (event.key.startsWith("Arrow") && !event.target.closest?.("#grid")) {
      all[event.key] = () => grid.focus(grid.at);
    }
  }
  if (!all[event.key]) return;
  event.preventDefault();
  all[event.key]();
}

function options(select, first, pairs) {
  select.replaceChildren(new Option(first, ""), ...pairs);
}
