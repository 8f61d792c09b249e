// The page's side of nnlab/explorers/_figure.py: a picture that changes without flicker, a note under it, a line of
// code to copy. What it calls `care` stands in _controls.js.

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent.append(node);
  return node;
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

  const leave = care(el, ".nnlab-explorer");

  return () => {
    closed = true;
    leave();
    model.off("change:frame", show);
    model.off("change:banner change:status change:code change:alt", text);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
