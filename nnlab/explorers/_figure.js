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
  function put(x, y) {
    ring.style.left = `${100 * x}%`;
    ring.style.top = `${100 * y}%`;
    ring.style.display = "block";
  }
  function tell(x, y, pressed) {
    put(x, y);
    if (!waiting) requestAnimationFrame(() => { model.send(waiting); waiting = null; });
    waiting = { pointer: [x, y], pressed: pressed || Boolean(waiting?.pressed) };
  }
  function follow(event, pressed) {
    const box = frame.getBoundingClientRect();
    tell((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, pressed);
  }
  const hide = () => { ring.style.display = "none"; };
  frame.classList.add("nnlab-pointed");
  frame.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    frame.setPointerCapture(event.pointerId);
    follow(event, true);
  });
  frame.addEventListener("pointermove", (event) => {
    if (frame.hasPointerCapture(event.pointerId)) follow(event, false);
  });
  for (const end of ["pointerup", "pointercancel", "blur"]) frame.addEventListener(end, hide);
  const { keys, pen } = model.get("words");
  if (keys) followKeys(frame, model, put);
  else if (pen) pressWithKeys(frame, model, put, tell);
}

function takeKeys(frame, words) {
  frame.tabIndex = 0;
  frame.setAttribute("role", "application");
  frame.setAttribute("aria-label", words);
}

// The pointer itself, moved with the arrow keys and pressed with Space, where there is nothing but places to press.
function pressWithKeys(frame, model, put, tell) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  let [x, y] = model.get("begin"), pressed = false;
  function press(down) {
    pressed = down;
    frame.classList.toggle("nnlab-pressed", pressed);
  }
  takeKeys(frame, model.get("words").pen);
  frame.addEventListener("focus", () => { if (frame.matches(":focus-visible")) put(x, y); });
  frame.addEventListener("blur", () => press(false));
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in arrows) {
      const [right, down] = arrows[event.key].map((part) => part * (event.shiftKey ? 2 : 10)); // pixels
      x = Math.min(1, Math.max(0, x + right / model.get("width")));
      y = Math.min(1, Math.max(0, y + down / model.get("height")));
      if (pressed) tell(x, y, false);
    } else if (event.key === " ") {
      press(!pressed);
      if (pressed) tell(x, y, true);
    } else {
      return;
    }
    put(x, y);
    event.preventDefault();
    event.stopPropagation();
  });
}

// What can be dragged can be moved with the arrow keys, too; Python says where it is, so that the ring shows it.
function followKeys(frame, model, put) {
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1], " ": [0, 0] };
  takeKeys(frame, model.get("words").keys);
  frame.addEventListener("keydown", (event) => {
    const step = arrows[event.key];
    if (!step || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    model.send({ step: step.map((part) => part * (event.shiftKey ? 5 : 1)) });
  });
  model.on("msg:custom", (message) => {
    if (message.ring && document.activeElement === frame) put(...message.ring);
  });
}

function render({ model, el }) {
  el.classList.add("nnlab-figure");
  const frame = make("div", "nnlab-frame", el);
  let image = make("img", "", frame);
  if (model.get("points")) followPointer(frame, model);
  const note = make("div", "nnlab-note", el);
  note.setAttribute("role", "status");
  note.setAttribute("aria-live", "polite");
  const spoken = make("div", "nnlab-spoken", el); // what the new picture shows: a change of alt is not read aloud
  spoken.setAttribute("aria-live", "polite");
  const line = make("div", "nnlab-code", el);
  const code = make("code", "", line);
  const button = make("button", "", line);
  button.type = "button";
  const words = { copy: "Copy", copied: "Copied", ...model.get("words") };
  button.textContent = words.copy;
  if (words.hint) button.setAttribute("aria-label", words.hint);

  let busy = false, shown = null, url = null, closed = false, told = model.get("alt");
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
    if (told && told !== image.alt) spoken.textContent = image.alt;
    told = image.alt;
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

  const leave = care(el, ".nnlab-explorer", words);

  return () => {
    closed = true;
    leave();
    model.off("change:frame", show);
    model.off("change:banner change:status change:code change:alt", text);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
