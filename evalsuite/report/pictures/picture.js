// One picture with its boxes, blurred where a scorer flags it, or the words that stand in its place.

const SVG = "http://www.w3.org/2000/svg";

// `file` is [sha256, width, height, trouble]: the size is 0 where the picture's own file is small.
function source(file, images, full) {
  const [sha256, width, height] = file;
  if (!/^[0-9a-f]{1,64}$/.test(sha256)) return "";
  const own = images ? `${images}${sha256}.png` : "";
  const small = width ? `pictures/thumbnails/${sha256}-${width}x${height}.webp` : "";
  return full ? own || small : small || own;
}

// Fill a frame with the picture; `shown` says {full, boxes, flagged, alt}.
function paint(frame, file, images, boxes, shown) {
  const address = file && !file[3] ? source(file, images, shown.full) : "";
  if (!address) return words(frame, "cannot be shown", "its file is missing or damaged");
  const image = element("img");
  image.alt = shown.alt || "";
  image.decoding = "async";
  image.onload = () => {
    const width = file[1] || image.naturalWidth, height = file[2] || image.naturalHeight;
    image.classList.toggle("small", image.naturalWidth <= 192 && image.naturalHeight <= 192);
    frame.style.setProperty("--wide", width);
    frame.style.setProperty("--high", height);
    if (shown.boxes && boxes.length) image.after(overlay(boxes, width, height));
  };
  image.onerror = () => {
    const other = source(file, images, !shown.full);
    if (image.dataset.again || !other || other === address) {
      words(frame, "cannot be shown", `no file ${address}`);
    } else {
      image.dataset.again = "1";
      image.src = other;
    }
  };
  image.src = address;
  frame.className = shown.flagged ? "frame flagged" : "frame";
  frame.replaceChildren(image);
}

// A tile without pixels: how the image ended, and why.
function words(frame, status, reason) {
  frame.className = "frame without";
  frame.replaceChildren(element("b", "", status), bdi(reason));
}

function overlay(boxes, width, height) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
  drawing.setAttribute("aria-hidden", "true");
  boxes.forEach(([, left, top, wide, high], place) => {
    for (const name of ["halo", "box"]) {
      const rect = document.createElementNS(SVG, "rect");
      rect.setAttribute("class", name);
      const sides = { x: left, y: top, width: wide, height: high };
      for (const [side, value] of Object.entries(sides)) rect.setAttribute(side, value);
      drawing.append(rect);
    }
    const number = document.createElementNS(SVG, "text");
    number.setAttribute("x", left + width / 100);
    number.setAttribute("y", top + height / 22);
    number.setAttribute("font-size", height / 22);
    number.textContent = place + 1;
    drawing.append(number);
  });
  return drawing;
}

// What the scorers said, in words; a row is as the data file has it, with its table of texts.
function statements(said, texts) {
  return said.map(([scorer, answers, notes, failure]) => {
    const part = element("div", "said");
    part.append(element("h3", "", texts[scorer]));
    if (failure >= 0) part.append(element("p", "", texts[failure]));
    for (const note of notes) part.append(element("p", "note-of", texts[note]));
    if (answers.length) {
      const list = element("ul", "answers");
      for (const [field, answer, reason] of answers) {
        const line = element("li");
        line.append(bdi(texts[field]), " ", element("b", "", texts[answer]));
        if (texts[reason]) line.append(" (", bdi(texts[reason]), ")");
        list.append(line);
      }
      part.append(list);
    }
    return part;
  });
}

function found(list, boxes, texts) {
  list.hidden = !boxes.length;
  list.replaceChildren(...boxes.map(([label]) => element("li", "", texts[label])));
}
