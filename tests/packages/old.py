# Installs small projects in the ways of old, by the commands that did it: setup.py develop and install of setuptools, and setup.py
# install of distutils alone. Argument: a folder to write the projects into. Run by the environment's own Python, which has the
# setuptools that it was made with.
import os, pip, subprocess, sys

root = sys.argv[1]


def w(path, text=""):
    path = os.path.join(root, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def project(name, arguments, files, made_by="setuptools", version="1.0"):
    w(name + "/setup.py", "from %s import setup\nsetup(name=%r, version=%r, %s)\n" % (made_by, name, version, arguments))
    for file in files:
        w(name + "/" + file, "echo\n" if file.endswith(".sh") else "")


def run(name, *command, **variables):
    folder, environment = os.path.join(root, name), dict(os.environ, **variables)
    ended = subprocess.run([sys.executable, *command], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if ended.returncode:
        sys.exit("%s %s: %s" % (name, command, ended.stdout.decode()))


def setup(name, *command, **variables):
    run(name, "setup.py", "-q", *command, **variables)


def package(name):
    return [name + "/__init__.py", name + "/inner.py", name + "/deep/__init__.py", name + "/deep/leaf.py"]


def packages(name):
    return "packages=[%r, %r]" % (name, name + ".deep")


COMMANDS = "entry_points={'console_scripts': ['%s = %s:main']}, scripts=['tools/%s.sh']"

# In place: an .egg-link, and a line in easy-install.pth.
project("dev_flat", packages("dev_flat"), package("dev_flat"))
setup("dev_flat", "develop")
project("dev_src", "package_dir={'': 'src'}, " + packages("dev_src"), ["src/" + file for file in package("dev_src")])
setup("dev_src", "develop")
project("dev_moved", "package_dir={'dev_moved': 'code'}, packages=['dev_moved']", ["code/__init__.py", "code/inner.py"])
setup("dev_moved", "develop")
project(
    "Dev.Odd-Name",
    "packages=['dev_odd'], install_requires=['dev_flat>=2', 'nothing_at_all'], extras_require={'more': ['six'], ':python_version<\"3\"': ['old']}, "
    + COMMANDS % ("dev-odd", "dev_odd", "odd"),
    package("dev_odd") + ["tools/odd.sh"],
    version="1.0.0-rc.1",
)
setup("Dev.Odd-Name", "develop", "--no-deps")
project("dev_local", packages("dev_local"), package("dev_local"), version="1.0+ubuntu.1")
setup("dev_local", "develop")
project("dev_pip", packages("dev_pip"), package("dev_pip"))
if int(pip.__version__.split(".")[0]) < 23 or pip.__version__.startswith("23.0"):
    run("dev_pip", "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--no-build-isolation", "--no-use-pep517", "-e", ".")
else:
    setup("dev_pip", "develop")
# Installed, and taken back again.
project("dev_gone", packages("dev_gone"), package("dev_gone"))
setup("dev_gone", "develop")
setup("dev_gone", "develop", "--uninstall")

# Eggs: a zip file, a folder, and such that no .pth file names.
project("egg_zipped", packages("egg_zipped") + ", zip_safe=True, install_requires=['egg_folder>=9']", package("egg_zipped"))
project(
    "egg_folder",
    packages("egg_folder") + ", zip_safe=False, " + COMMANDS % ("egg-run", "egg_folder", "egg"),
    package("egg_folder") + ["tools/egg.sh"],
)
setup("egg_folder", "install")
setup("egg_zipped", "easy_install", "--no-deps", ".")
# Under Python 3.11, pip 22.2 to 25.0 lists eggs that no item of sys.path names; neither the ones before nor the ones after do.
if sys.version_info < (3, 11):
    project("egg_aside", packages("egg_aside") + ", zip_safe=False", package("egg_aside"))
    setup("egg_aside", "easy_install", "-m", "--no-deps", ".")
    # A newer version of the same egg: the older one stays, and easy-install.pth names the newer.
    for version in ["1.0", "2.0"]:
        project("egg_twice", packages("egg_twice") + ", zip_safe=False", package("egg_twice"), version=version)
        setup("egg_twice", "install")

# A folder .egg-info: what pip of old asked for; a file .egg-info: distutils alone.
project(
    "old_flat",
    packages("old_flat") + ", install_requires=['dev_src'], " + COMMANDS % ("old-run", "old_flat", "old"),
    package("old_flat") + ["tools/old.sh"],
)
setup("old_flat", "install", "--single-version-externally-managed", "--record", "files.txt")
project("old_space", "packages=['space', 'space.part'], namespace_packages=['space']", ["space/part/__init__.py"])
w("old_space/space/__init__.py", "__import__('pkg_resources').declare_namespace(__name__)\n")
setup("old_space", "install", "--single-version-externally-managed", "--record", "files.txt")
project("old_module", "py_modules=['old_module']", ["old_module.py"])
setup("old_module", "install", "--single-version-externally-managed", "--record", "files.txt")
project(
    "bare_made",
    packages("bare_made") + ", requires=['zlib'], scripts=['tools/bare.sh']",
    package("bare_made") + ["tools/bare.sh"],
    "distutils.core",
)
setup("bare_made", "install", SETUPTOOLS_USE_DISTUTILS="stdlib")
project("Bare.Module-x", "py_modules=['bare_module']", ["bare_module.py"], "distutils.core", "2.0-beta")
setup("Bare.Module-x", "install", SETUPTOOLS_USE_DISTUTILS="stdlib")
