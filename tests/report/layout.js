// What of a page's tables and figures is cut off or lies over something else, in words.
() => {
  const found = [];
  const words = (e) => `${e.tagName.toLowerCase()}.${e.getAttribute("class") || ""} "${(e.textContent || "").trim().slice(0, 40)}"`;
  const clipped = (e) => e !== null && (getComputedStyle(e).clipPath !== "none" || clipped(e.parentElement));
  const shown = (e) => e.checkVisibility() && !e.closest(".skip") && !clipped(e);
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) found.push(`the page is ${document.documentElement.scrollWidth} wide of ${wide}`);
  for (const e of document.querySelectorAll("table, figure, th, td, .plot svg, .plot text, img, p, li, h1, h2, h3, h4, pre, summary, dd")) {
    if (!shown(e)) continue;
    const box = e.getBoundingClientRect();
    if (box.width && (box.right > wide + 1 || box.left < -1)) found.push(`cut off: ${words(e)} from ${box.left} to ${box.right}`);
  }
  for (const e of document.querySelectorAll(".scroll, td, th")) {
    if (shown(e) && e.scrollWidth > e.clientWidth + 1) found.push(`overflows: ${words(e)} ${e.scrollWidth} in ${e.clientWidth}`);
  }
  const apart = (elements, name) => {
    const boxes = elements.filter(shown).map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width && b.height);
    boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (across > 1.5 && down > 1.5) found.push(`${name} overlap: ${words(one)} and ${words(other)}`);
    }));
  };
  for (const row of document.querySelectorAll("tr")) apart([...row.children], "cells");
  for (const figure of document.querySelectorAll("figure")) apart([...figure.children], "parts of a figure");
  for (const drawing of document.querySelectorAll(".headlines svg")) apart([...drawing.querySelectorAll("text")], "words");
  return found;
}
