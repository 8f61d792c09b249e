"""A kernel as JupyterLab talks to it: each request names the cell that it comes from."""

from contextlib import contextmanager

from jupyter_client.manager import start_new_kernel


@contextmanager
def kernel():
    """Start a kernel; gives a function that runs code as a cell does, and returns what it printed."""
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code, cell="a"):
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
        message = client.session.msg("execute_request", content, metadata={"cellId": cell})
        client.shell_channel.send(message)
        return _printed(client, message["header"]["msg_id"])

    try:
        yield run
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _printed(client, request):
    text = []
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != request:
            continue
        content = message["content"]
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        if message["msg_type"] == "stream":
            text.append(content["text"])
        if message["msg_type"] == "status" and content["execution_state"] == "idle":
            return "".join(text)
