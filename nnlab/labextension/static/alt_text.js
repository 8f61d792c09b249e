// Gives a picture in a notebook its alternative text, which stands in its output's metadata: JupyterLab 4.6 shows
// the picture only. JupyterLab loads what webpack calls a remote container; this one needs no building.

let shared = null; // the page's own modules: by name, then by version

async function rendererOfPictures() {
  const [rendermime] = Object.values(shared["@jupyterlab/rendermime"]);
  const { RenderedImage } = (await rendermime.get())();
  class DescribedImage extends RenderedImage {
    async renderModel(model) {
      await super.renderModel(model);
      const text = model.metadata["image/png"]?.alt;
      if (text) this.node.querySelector("img").alt = text;
    }
  }
  return {
    id: "nnlab-alt-text:renderer",
    rank: 80, // before JupyterLab's own renderer of pictures, which has 90
    rendererFactory: { safe: true, mimeTypes: ["image/png"], createRenderer: (options) => new DescribedImage(options) },
  };
}

(window._JUPYTERLAB ??= {})["nnlab-alt-text"] = {
  init(modules) {
    shared = modules;
  },
  async get() {
    const renderer = await rendererOfPictures();
    return () => renderer;
  },
};
