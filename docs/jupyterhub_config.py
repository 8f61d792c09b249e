"""JupyterHub for a class: each learner gets a JupyterLab of their own, the chapters laid out, nothing to compile.

``jupyterhub -f jupyterhub_config.py``; docs/classroom.md says how to install what it needs, and has the figures.
"""

import sys
from pathlib import Path

c = get_config()  # noqa: F821 (JupyterHub defines it)

HERE = Path(sys.executable).parent  # of the environment that JupyterHub and nnlab are installed in
CACHE = "/opt/nnlab/cache"  # compiled once, as docs/classroom.md says; learners only read it

# Who has an account on this machine may come in. JupyterHub's default is: nobody.
c.Authenticator.allow_all = True

# Lays the chapters out in the learner's home at each start; what a learner has changed is never overwritten.
START = f'"{HERE}/nnlab" chapters && exec "{HERE}/jupyterhub-singleuser" "$@"'
c.Spawner.cmd = ["sh", "-c", START, "sh"]
c.Spawner.default_url = "/lab/tree/nnlab-course/00_start_here.ipynb"
c.Spawner.environment = {
    "NUMBA_CACHE_DIR": CACHE,
    "OPENBLAS_NUM_THREADS": "1",  # thirty learners have no core to spare for a second thread
    "NUMBA_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # else each thread keeps a heap of its own, and a kernel at work grows by a quarter
}
c.Spawner.start_timeout = 120

# A kernel takes 0.3 to 0.8 GB (docs/classroom.md), which nobody needs who has closed the page. Kernels are ended by the
# learner's own server, which reads no line of this file but its arguments; servers are ended by the hub.
c.Spawner.args = ["--MappingKernelManager.cull_idle_timeout=3600"]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    }
]
c.JupyterHub.services = [
    {"name": "idle-culler", "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=7200"]}
]
