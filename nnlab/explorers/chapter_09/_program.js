// The page's side of Program in nnlab/explorers/chapter_09/_playground_panels.py: a program, and a button to copy it.

async function copyProgram(text, code) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(code); // no permission, or no https
    document.execCommand("copy");
  }
}

function render({ model, el }) {
  el.classList.add("nnlab-program");
  const button = document.createElement("button");
  button.type = "button";
  const code = document.createElement("pre");
  code.tabIndex = 0;
  el.append(button, code);
  const words = model.get("words");
  button.textContent = words.copy;
  code.setAttribute("aria-label", words.label);
  const text = () => { code.textContent = model.get("text"); };
  model.on("change:text", text);
  button.addEventListener("click", async () => {
    await copyProgram(model.get("text"), code);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 1500);
  });
  text();
  return () => model.off("change:text", text);
}

export default { render };
