// The page's side of nnlab/explorers/_figure.py: a picture that changes without flicker, a note under it, a line of
// code to copy, and accessible names for the sliders of the explorer that it stands in.

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent.append(node);
  return node;
}

// ipywidgets' sliders have no accessible name, and say their position where they should say their value.
function nameControls(explorer) {
  for (const row of explorer.querySelectorAll(".widget-inline-hbox, .widget-toggle-buttons")) {
    const label = row.querySelector(".widget-label")?.textContent.trim();
    const value = row.querySelector(".widget-readout")?.textContent.trim();
    for (const part of row.querySelectorAll("[role=slider], .widget-readout[contenteditable]")) {
      const readout = part.classList.contains("widget-readout");
      set(part, "aria-label", readout && label ? `${label}, value` : label);
      if (part.getAttribute("role") === "slider") set(part, "aria-valuetext", value);
    }
    const buttons = row.querySelectorAll(".widget-toggle-button");
    if (buttons.length) {
      set(row, "role", "group");
      set(row, "aria-label", label);
      buttons.forEach((button) => set(button, "aria-pressed", String(button.classList.contains("mod-active"))));
    }
  }
}

function set(node, name, value) {
  if (value && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// The explorer's container is in the page only after this view was made.
function watchControls(el, observer) {
  const explorer = el.closest(".nnlab-explorer");
  if (!explorer) return false;
  explorer.setAttribute("data-lm-suppress-shortcuts", "true"); // arrow keys move sliders, not cells
  nameControls(explorer);
  observer.observe(explorer, {
    childList: true, subtree: true, characterData: true,
    attributes: true, attributeFilter: ["aria-valuenow", "aria-valuetext", "class"],
  });
  return true;
}

async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(code); // no permission, or no https
    document.execCommand("copy");
  }
}

// While the pointer is pressed the page draws a ring under it at once, and tells Python where it is.
function followPointer(frame, model) {
  const ring = make("div", "nnlab-ring", frame);
  let waiting = null;
  function tell(event) {
    const box = frame.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    ring.style.left = `${100 * x}%`;
    ring.style.top = `${100 * y}%`;
    if (!waiting) requestAnimationFrame(() => { model.send({ pointer: waiting }); waiting = null; });
    waiting = [x, y];
  }
  frame.classList.add("nnlab-pointed");
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    ring.style.display = "block";
    tell(event);
  });
  frame.addEventListener("pointermove", (event) => {
    if (frame.hasPointerCapture(event.pointerId)) tell(event);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    frame.addEventListener(end, () => { ring.style.display = "none"; });
  }
}

function render({ model, el }) {
  el.classList.add("nnlab-figure");
  const frame = make("div", "nnlab-frame", el);
  let image = make("img", "", frame);
  if (model.get("points")) followPointer(frame, model);
  const note = make("div", "nnlab-note", el);
  note.setAttribute("role", "status");
  note.setAttribute("aria-live", "polite");
  const line = make("div", "nnlab-code", el);
  const code = make("code", "", line);
  const button = make("button", "", line);
  button.type = "button";
  const words = { copy: "Copy", copied: "Copied", ...model.get("words") };
  button.textContent = words.copy;
  if (words.hint) button.setAttribute("aria-label", words.hint);

  let busy = false, shown = null, url = null, closed = false;
  async function show() {
    if (busy) return;
    busy = true;
    while (!closed && shown !== model.get("frame")) {
      const number = model.get("frame");
      const png = model.get("png");
      if (png && png.byteLength) {
        const next = new Image(model.get("width"), model.get("height"));
        const nextUrl = URL.createObjectURL(new Blob([png], { type: "image/png" }));
        next.src = nextUrl;
        next.alt = model.get("alt");
        await next.decode().catch(() => {});
        image.replaceWith(next); // decoded before it is shown: no flicker
        image = next;
        if (url) URL.revokeObjectURL(url);
        url = nextUrl;
      }
      shown = number;
      requestAnimationFrame(() => model.send({ shown: number }));
    }
    busy = false;
  }
  function text() {
    const banner = model.get("banner");
    const words = banner || model.get("status");
    if (note.textContent !== words) note.textContent = words;
    note.classList.toggle("nnlab-loud", Boolean(banner));
    code.textContent = model.get("code");
    line.style.display = model.get("code") ? "" : "none";
    image.alt = model.get("alt");
  }
  image.width = model.get("width");
  image.height = model.get("height");
  note.style.width = `${model.get("width")}px`;
  note.style.maxWidth = "100%";
  model.on("change:frame", show);
  model.on("change:banner change:status change:code change:alt", text);
  button.addEventListener("click", async () => {
    await copy(model.get("code"), code);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 1500);
  });
  text();
  show();

  const observer = new MutationObserver(() => nameControls(el.closest(".nnlab-explorer") ?? el));
  (function wait(tries) {
    if (!closed && !watchControls(el, observer) && tries) requestAnimationFrame(() => wait(tries - 1));
  })(120);

  return () => {
    closed = true;
    observer.disconnect();
    model.off("change:frame", show);
    model.off("change:banner change:status change:code change:alt", text);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
