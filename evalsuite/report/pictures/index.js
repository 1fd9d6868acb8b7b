// The index as the page searches it: prompts with their images, and one character an image and column.

const WORDS = { 1: "yes", 0: "no", "?": "no answer" };

class Run {
  constructor(told) {
    Object.assign(this, told);
    this.prompts = [];
    this.count = 0;
    for (const [number, set] of this.sets.entries()) {
      set.first = this.count;
      set.columns = new Map(set.answers);
      for (const [id, text, labels, twin, many] of set.prompts) {
        const indices = typeof many === "number" ? null : many;
        const size = indices ? indices.length : many;
        const low = `${id} ${text}`.toLowerCase();
        const at = { id, text, labels, twin, indices, size, low, set, number, first: this.count };
        this.prompts.push(at);
        this.count += size;
      }
    }
    this.promptOf = new Uint32Array(this.count);
    this.prompts.forEach((prompt, at) =>
      this.promptOf.fill(at, prompt.first, prompt.first + prompt.size));
  }

  prompt(image) { return this.prompts[this.promptOf[image]]; }

  index(image) {
    const prompt = this.prompt(image), place = image - prompt.first;
    return prompt.indices ? prompt.indices[place] : place;
  }

  status(image) {
    const { set } = this.prompt(image);
    return this.statuses[set.status[image - set.first]];
  }

  // Whether a column of flags marks an image; an empty one marks none.
  marked(column, image) {
    const { set } = this.prompt(image);
    return set[column][image - set.first] === "1";
  }

  answer(question, image) {
    const { set } = this.prompt(image);
    return set.columns.get(question)?.[image - set.first] ?? " ";
  }

  // "<set>/<prompt>" and "<set>/<prompt>/<index>": a set's name has no slash, a prompt's id may.
  promptName(prompt) { return `${prompt.set.name}/${prompt.id}`; }
  name(image) { return `${this.promptName(this.prompt(image))}/${this.index(image)}`; }

  promptOfName(name) { return this.prompts.find((prompt) => this.promptName(prompt) === name); }

  imageOfName(name) {
    const end = name.lastIndexOf("/"), prompt = this.promptOfName(name.slice(0, end));
    if (!prompt) return -1;
    const index = Number(name.slice(end + 1));
    const place = prompt.indices ? prompt.indices.indexOf(index) : index;
    return place >= 0 && place < prompt.size ? prompt.first + place : -1;
  }

  // The images that a state of the page asks for, in the page's order.
  matching(state) {
    const label = this.labels.findIndex((pair) => pair.join(": ") === state.label);
    const question = this.questions.findIndex(([name]) => name === state.question);
    const status = this.statuses.indexOf(state.status);
    const sought = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [];
    for (const prompt of this.prompts) {
      if (state.set && prompt.set.name !== state.set) continue;
      if (state.prompt && this.promptName(prompt) !== state.prompt) continue;
      if (state.label && !prompt.labels.includes(label)) continue;
      if (!sought.every((word) => prompt.low.includes(word))) continue;
      const column = prompt.set.columns.get(question);
      for (let image = prompt.first; image < prompt.first + prompt.size; image++) {
        const place = image - prompt.set.first;
        if (state.status && Number(prompt.set.status[place]) !== status) continue;
        if (state.differ && prompt.set.differ[place] !== "1") continue;
        if (state.question) {
          const answer = column?.[place] ?? " ";
          if (answer === " " || (state.answer && WORDS[answer] !== state.answer)) continue;
        }
        found.push(image);
      }
    }
    return found;
  }

  // The row of an image with its file's table of texts.
  async row(image) {
    const data = await loaded(String(Math.floor(image / this.chunk)));
    return { texts: data.texts, row: data.rows[image % this.chunk] };
  }
}
