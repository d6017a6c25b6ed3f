# Asks the real interpreter where each module is: one JSON object a line. What this program or a search imports is taken out of
# sys.modules again, and what the imported code did to the search is undone, so that no question changes the answer to another;
# the program's own imports pass over the working folder.
import sys
started = set(sys.modules)
first = sys.path.pop(0)
import json
from importlib.util import find_spec
sys.path.insert(0, first)
kept = [(searched, list(searched)) for searched in (sys.path, sys.meta_path, sys.path_hooks)]


def forget():
    for searched, before in kept:
        if searched != before:
            searched[:] = before
            sys.path_importer_cache.clear()
    for module in [module for module in sys.modules if module not in started]:
        del sys.modules[module]


forget()
out = sys.stdout
sys.stdout = sys.stderr
for line in sys.stdin:
    name = line.rstrip("\n")
    answer = {"name": name, "found": False}
    try:
        spec = find_spec(name)
        if spec is not None:
            answer.update(found=True, origin=spec.origin, locations=list(spec.submodule_search_locations or []))
    except ValueError:
        # It is imported already, and says nothing of where it came from.
        answer["silent"] = True
    except ImportError as error:
        # The code of a parent that does not run here says nothing of where its parts are.
        if error.name and name != error.name and not name.startswith(error.name + "."):
            answer["silent"] = True
    except AttributeError:
        pass
    except BaseException as error:
        answer.update({"silent": True} if "." in name else {"error": repr(error)})
    out.write(json.dumps(answer) + "\n")
    forget()
