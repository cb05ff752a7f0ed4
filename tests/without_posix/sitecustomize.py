"""Takes away what only POSIX has, as far as Python lets it: with this folder on PYTHONPATH a process and its workers have what Windows has.

The standard library's own modules are imported first, and keep what they need to start and end processes here.
"""

import os
import selectors
import signal
import subprocess
import sys
import tempfile
import types

subprocess.signal = types.SimpleNamespace(**vars(signal))  # Popen.kill
for module in (tempfile, selectors):
    assert module
GONE = {
    os: ("fork", "forkpty", "pread", "pwrite", "getuid", "geteuid", "killpg", "getpgid", "setsid", "sysconf", "WNOHANG", "mkfifo", "nice",
         "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY", "openpty", "sched_getaffinity", "wait", "wait3", "wait4", "fchmod"),
    signal: ("SIGKILL", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGCHLD", "setitimer", "getitimer", "alarm", "pthread_sigmask", "ITIMER_REAL"),
}  # fmt: skip
for module, names in GONE.items():
    for name in names:
        if hasattr(module, name):
            delattr(module, name)
for name in ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "syslog", "readline"):
    sys.modules[name] = None
