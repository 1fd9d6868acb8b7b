// A grid of which only the tiles in sight exist, whatever their number; they scroll with the page.

class Grid {
  // `fill(tile, place)` makes what a tile shows; `caption` is the height of the words, in pixels.
  constructor(list, { fill, caption, least, aspect = 1 }) {
    Object.assign(this, { list, fill, caption, least, aspect });
    this.count = 0;
    this.at = 0;
    this.tiles = new Map();
    addEventListener("scroll", () => this.soon(), { passive: true });
    new ResizeObserver(() => this.measure()).observe(list);
    list.addEventListener("keydown", (event) => this.key(event));
    list.addEventListener("focusin", (event) => {
      const tile = event.target.closest("li");
      if (tile) this.at = Number(tile.dataset.place);
    });
  }

  show(count) {
    this.count = count;
    this.at = 0;
    this.clear();
    this.measure();
  }

  // Draw again what is in sight, for what tiles show has changed.
  clear() {
    for (const tile of this.tiles.values()) tile.remove();
    this.tiles.clear();
    this.soon();
  }

  measure() {
    const width = this.list.clientWidth;
    if (width !== this.width) this.clear();
    this.width = width;
    this.columns = Math.max(2, Math.floor(width / this.least));
    this.side = width / this.columns;
    this.high = this.side * this.aspect + this.caption;
    this.list.style.height = `${Math.ceil(this.count / this.columns) * this.high}px`;
    this.soon();
  }

  soon() {
    this.asked ??= requestAnimationFrame(() => { this.asked = undefined; this.draw(); });
  }

  draw() {
    const top = -this.list.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(top / this.high) - 1) * this.columns;
    const rows = Math.ceil(innerHeight / this.high) + 3;
    const last = Math.min(this.count, first + rows * this.columns);
    for (const [place, tile] of this.tiles) {
      if (place < first || place >= last) {
        // The one in focus stays, or the keyboard would lose its place.
        if (!tile.contains(document.activeElement)) { tile.remove(); this.tiles.delete(place); }
      }
    }
    let before = null;
    for (let place = first; place < last; place++) {
      let tile = this.tiles.get(place);
      if (!tile) {
        tile = this.make(place);
        if (before) before.after(tile); else this.list.prepend(tile);
      }
      before = tile;
    }
  }

  make(place) {
    const tile = element("li");
    tile.dataset.place = place;
    tile.setAttribute("aria-setsize", this.count);
    tile.setAttribute("aria-posinset", place + 1);
    const x = (place % this.columns) * this.side, y = Math.floor(place / this.columns) * this.high;
    Object.assign(tile.style, {
      width: `${this.side}px`, height: `${this.high}px`, transform: `translate(${x}px, ${y}px)`,
    });
    this.tiles.set(place, tile);
    this.fill(tile, place);
    return tile;
  }

  focus(place) {
    this.at = Math.max(0, Math.min(this.count - 1, place));
    const y = Math.floor(this.at / this.columns) * this.high;
    const top = this.list.getBoundingClientRect().top + scrollY + y;
    if (top < scrollY || top + this.high > scrollY + innerHeight) {
      scrollTo(0, top - (innerHeight - this.high) / 2);
    }
    this.draw();
    this.tiles.get(this.at)?.querySelector("a")?.focus({ preventScroll: true });
  }

  key(event) {
    const page = Math.max(1, Math.floor(innerHeight / this.high)) * this.columns;
    const steps = {
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns,
      PageUp: -page, PageDown: page, Home: -this.count, End: this.count,
    };
    const step = steps[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.focus(this.at + step);
  }
}
