"""Runs two commands in turn and prints, as JSON, the wall seconds and peak memory of each run."""

import json
import os
import subprocess
import sys
import time


def measure(command, folder):
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    return {"seconds": time.perf_counter() - start, "kilobytes": usage.ru_maxrss, "code": os.waitstatus_to_exitcode(status)}


folder, runs, *rest = sys.argv[1:]
commands = [json.loads(text) for text in rest]
for command in commands:
    measure(command, folder)
print(json.dumps([[measure(command, folder) for command in commands] for _ in range(int(runs))]))
