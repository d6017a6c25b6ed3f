# Furnishes an environment with papers of every form, as installers of all times have written them, and with checkouts that are
# installed in place. Arguments: a folder to write into, and the environment's site-packages.
import json, os, shutil, subprocess, sys, zipfile
from urllib.request import pathname2url

root, site = sys.argv[1:3]


def w(p, t=""):
    os.makedirs(os.path.dirname(p), exist_ok=True)
    open(p, "wb").write(t if isinstance(t, bytes) else t.encode())


def meta(n, v, more=""):
    return f"Metadata-Version: 2.1\nName: {n}\nVersion: {v}\n{more}\n"


def dist(n, v, url=None, more="", record=True, folder=None, raw=None):
    d = f'{site}/{folder or n.replace("-","_")+"-"+v+".dist-info"}'
    w(d + "/METADATA", meta(n, v, more))
    w(d + "/INSTALLER", "pip\n")
    if url is not None:
        w(d + "/direct_url.json", raw if raw is not None else json.dumps(url))
    if record:
        w(d + "/RECORD", "")


dist(
    "vcs-git",
    "1.0",
    {
        "url": "https://github.com/a/b.git",
        "vcs_info": {"vcs": "git", "requested_revision": "main", "commit_id": "a" * 40},
        "subdirectory": "sub/dir",
    },
)
dist("vcs-env", "1.0", {"url": "https://${USER}:${TOKEN}@example.org/a.git", "vcs_info": {"vcs": "git", "commit_id": "b" * 40}})
dist("vcs-token", "1.0", {"url": "https://${TOKEN}@example.org/a.git", "vcs_info": {"vcs": "git", "commit_id": "b" * 40}})
dist("vcs-gituser", "1.0", {"url": "https://git@example.org/a.git", "vcs_info": {"vcs": "git", "commit_id": "b" * 40}})
dist("arch", "1.0", {"url": "https://example.org/a-1.0.tar.gz", "archive_info": {"hash": "sha256=abc"}})
dist("arch-hashes", "1.0", {"url": "https://example.org/a-1.0.tar.gz", "archive_info": {"hashes": {"sha256": "abc", "md5": "x"}}})
dist(
    "arch-both",
    "1.0",
    {"url": "https://example.org/a-1.0.tar.gz", "archive_info": {"hash": "md5=1", "hashes": {"sha256": "abc"}}, "subdirectory": "s"},
)
dist("arch-none", "1.0", {"url": "file:///tmp/a-1.0.whl", "archive_info": {}})
dist("folder", "1.0", {"url": "file:///tmp/some%20dir", "dir_info": {}})
dist("folder-sub", "1.0", {"url": "file:///tmp/x", "dir_info": {"editable": False}, "subdirectory": "y"})
os.makedirs(root + "/proj é", exist_ok=True)
dist("edit", "1.0", {"url": "file://" + pathname2url(root + "/proj é"), "dir_info": {"editable": True}})
dist("edit-gone", "1.0", {"url": "file:///nonexistent/p", "dir_info": {"editable": True}})
dist("bad-json", "1.0", {}, raw="{")
dist("bad-two", "1.0", {"url": "https://x/", "dir_info": {}, "archive_info": {}})
dist("bad-none", "1.0", {"url": "https://x/"})
dist("bad-nourl", "1.0", {"dir_info": {}})
dist("bad-type", "1.0", {"url": 5, "dir_info": {}})
dist("bad-editable", "1.0", {"url": "file:///x", "dir_info": {"editable": "yes"}})
dist("bad-null", "1.0", {"url": "file:///x", "dir_info": {}, "vcs_info": None, "archive_info": None})
dist("bad-list", "1.0", {}, raw="[]")
dist("bad-vcsnc", "1.0", {"url": "https://x/", "vcs_info": {"vcs": "git"}})
dist("bad-archlist", "1.0", {"url": "https://x/", "archive_info": {"hash": "nohash"}})
dist("Weird.Name_x", "1.0.0+local.A")
dist("epoch", "1!2.0")
dist("pre", "1.0.RC1", folder="pre-1.0rc1.dist-info")
dist("badver", "2004d", folder="badver-2004d.dist-info")
dist("nofolderver", "3.0", folder="nofolderver.dist-info")
dist("other-name", "3.0", folder="another_name-3.0.dist-info")
dist("setuptools", "60.0")
dist("wheel", "0.1")
dist("distribute", "0.1")
w(site + "/distutils_made-1.0-py3.12.egg-info", meta("distutils-made", "1.0"))
w(site + "/olde-2.0-py3.12.egg-info/PKG-INFO", meta("olde", "2.0"))
w(site + "/olde-2.0-py3.12.egg-info/top_level.txt", "olde\n")
w(site + "/olde-2.0-py3.12.egg-info/requires.txt", 'six\n\n[x]\nfoo\n\n[:python_version>"2"]\nbar>1\n')
w(site + "/noversion.egg-info/PKG-INFO", meta("noversion", "4.0"))
w(site + "/no_name-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nVersion: 1.0\n\n")
w(site + "/empty-1.0.dist-info/METADATA")
os.makedirs(site + "/gone-1.0.dist-info")
w(site + "/folder_tells-1.0.dist-info/METADATA", meta("folder-tells", "2.0"))
w(site + "/papers_tell-1.0.egg-info/PKG-INFO", meta("papers-tell", "2.0"))
w(site + "/papers_tell_too-1.0-py3.12.egg-info", meta("papers-tell-too", "2.0"))
E = root + "/eggs"
w(E + "/folderegg-1.0-py3.12.egg/EGG-INFO/PKG-INFO", meta("folderegg", "1.0"))
w(E + "/folderegg-1.0-py3.12.egg/folderegg.py")
w(E + "/folderegg-1.0-py3.12.egg/EGG-INFO/top_level.txt", "folderegg\n")


def z(p, files):
    os.makedirs(os.path.dirname(p), exist_ok=True)
    with zipfile.ZipFile(p, "w", zipfile.ZIP_DEFLATED) as f:
        for k, v in files.items():
            f.writestr(k, v)


z(
    E + "/zipegg-1.0-py3.12.egg",
    {
        "EGG-INFO/PKG-INFO": meta("zipegg", "1.0", "Requires-Dist: nothere"),
        "EGG-INFO/top_level.txt": "zipegg\n",
        "EGG-INFO/RECORD": "",
        "zipegg.py": "",
    },
)
z(
    E + "/bundle.zip",
    {
        "zipdist-1.0.dist-info/METADATA": meta("zipdist", "1.0"),
        "zipdist-1.0.dist-info/INSTALLER": "pip\n",
        "zipdist-1.0.dist-info/RECORD": "zipdist.py,,\n",
        "zipdist.py": "",
        "zipold-1.0.egg-info/PKG-INFO": meta("zipold", "1.0"),
        "ziptells-1.0.dist-info/METADATA": meta("ziptells", "2.0"),
        "EGG-INFO/PKG-INFO": meta("notegg", "1.0"),
        "below/deep-1.0.dist-info/METADATA": meta("deep", "1.0"),
    },
)
z(
    E + "/awheel-1.0-py3-none-any.whl",
    {"awheel-1.0.dist-info/METADATA": meta("awheel", "1.0"), "awheel-1.0.dist-info/RECORD": "", "awheel.py": ""},
)
w(E + "/notzip.egg", "no")
w(root + "/dev/devproj.egg-info/PKG-INFO", meta("devproj", "1.0"))
w(root + "/dev/devproj.py")
w(site + "/devproj.egg-link", root + "/dev\n.")
lines = [
    E + "/folderegg-1.0-py3.12.egg",
    E + "/zipegg-1.0-py3.12.egg",
    E + "/bundle.zip",
    E + "/bundle.zip/below",
    E + "/awheel-1.0-py3-none-any.whl",
    E + "/notzip.egg",
    root + "/dev",
]
w(site + "/easy-install.pth", "\n".join(lines) + "\n")

if not shutil.which("git"):
    sys.exit()


def g(cwd, *a):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *a],
        cwd=cwd,
        check=True,
        capture_output=True,
    )


def edit(n, folder):
    os.makedirs(folder, exist_ok=True)
    d = f'{site}/{n.replace("-","_")}-1.0.dist-info'
    os.makedirs(d, exist_ok=True)
    open(d + "/METADATA", "w").write(f"Metadata-Version: 2.1\nName: {n}\nVersion: 1.0\n")
    open(d + "/INSTALLER", "w").write("pip\n")
    open(d + "/direct_url.json", "w").write(json.dumps({"url": "file://" + pathname2url(folder), "dir_info": {"editable": True}}))


def repo(name, remote=None, commit=True):
    p = f"{root}/git/{name}"
    os.makedirs(p + "/sub/deep")
    g(p, "init")
    open(p + "/pyproject.toml", "w").write('[project]\nname="x"')
    open(p + "/sub/pyproject.toml", "w").write("")
    if commit:
        g(p, "add", ".")
        g(p, "commit", "-m", "x")
    if remote:
        g(p, "remote", "add", "origin", remote)
    return p


edit("g-https", repo("a", "https://example.org/a.git"))
edit("g-scp", repo("c", "git@example.org:me/a.git"))
edit("g-scp2", repo("c2", "example.org:me/a.git"))
edit("g-none", repo("d"))
edit("g-nocommit", repo("e", "https://x/", commit=False))
p = repo("f", "https://example.org/f.git")
edit("g-sub", p + "/sub")
edit("g-subdeep", p + "/sub/deep")
p = repo("g", "https://example.org/g.git")
g(p, "worktree", "add", "../wt", "-b", "other")
edit("g-worktree", root + "/git/wt")
g(p, "pack-refs", "--all")
edit("g-packed", p)
p = repo("h", "https://example.org/h.git")
g(p, "checkout", "--detach")
edit("g-detached", p)
p = repo("i", "https://example.org/i.git")
g(p, "submodule", "add", root + "/git/a", "mod")
g(p + "/mod", "remote", "set-url", "origin", "https://example.org/mod.git")
edit("g-submodule", p + "/mod")
p = repo("j")
g(p, "remote", "add", "zzz", "https://example.org/zzz.git")
g(p, "remote", "add", "aaa", "https://example.org/aaa.git")
edit("g-other", p)
p = repo("k", root + "/git/a")
edit("g-localremote", p)
p = repo("l", "../a")
edit("g-relremote", p)
p = repo("m", "file:///tmp/x.git")
edit("g-fileremote", p)
p = repo("n", "https://example.org/n.git")
edit("g-Odd.Name-x", p)
p = repo("o")
open(p + "/.git/config", "a").write('[remote "origin"]\n\turl = "https://example.org/quoted.git" ; comment\n\tfetch = x\n')
edit("g-quoted", p)
p = repo("p")
open(p + "/.git/config", "a").write('[Remote "origin"] url = https://example.org/inline.git\n')
edit("g-inline", p)
p = repo("q", "https://example.org/q.git")
os.makedirs(root + "/links")
os.symlink(p, root + "/links/q")
edit("g-link", root + "/links/q")
p = repo("r")
g(p, "config", "--add", "remote.origin.url", "https://example.org/r1.git")
g(p, "config", "--add", "remote.origin.url", "https://example.org/r2.git")
edit("g-two", p)
p = repo("s", "ssh://git@example.org/s.git")
edit("g-ssh", p)
p = repo("t", "https://example.org/t.git")
g(p, "tag", "v1")
g(p, "symbolic-ref", "HEAD", "refs/heads/nothere")
edit("g-unborn", p)
os.makedirs(root + "/hgp/.hg")
edit("g-hg", root + "/hgp")
edit("g-gone", root + "/gone")
os.rmdir(root + "/gone")
