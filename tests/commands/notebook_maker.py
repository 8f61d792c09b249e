"""Makes small notebooks for the tests of the commands."""

import nbformat


def notebook(*sources, **metadata):
    """A notebook of code cells; a source may be a pair of source and tags."""
    cells = []
    for number, source in enumerate(sources):
        text, tags = source if isinstance(source, tuple) else (source, [])
        cell = nbformat.v4.new_code_cell(text, id=f"cell-{number}")
        if tags:
            cell.metadata["tags"] = list(tags)
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata=metadata)
