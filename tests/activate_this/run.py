# Runs each script of a list in a process of its own and prints what it changed: the list is read from standard input as JSON.
import json, os, sys

task = json.loads(sys.stdin.read())


def state():
    shown = {name: getattr(sys, name) for name in dir(sys) if name.endswith("prefix") or name in ("path", "executable")}
    return {"environ": dict(os.environ), "sys": {**shown, "path": list(sys.path)}}


for text in task["scripts"]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        told = {"before": state()}
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        try:
            exec(text, {"__file__": task["file"]})
            told["raised"] = None
        except BaseException as error:
            told["raised"] = type(error).__name__
        told["after"] = state()
        with os.fdopen(writing, "w") as pipe:
            pipe.write(json.dumps(told))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        print(pipe.read())
    os.waitpid(child, 0)
