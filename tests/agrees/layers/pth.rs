//! What lies in site-packages: `.pth` files of all sorts, `sitecustomize`.

use super::{Layer, Slot};
use crate::case::Case;
use venv_explain::machine::text;

/// Name, file name, content. `{root}/p1` to `{root}/p3` and `{site}/inner` are folders, `{root}/file` is a file.
const FILES: &[(&str, &str, &str)] = &[
    ("one absolute path", "one.pth", "{root}/p1\n"),
    ("a relative path", "one.pth", "inner\n"),
    ("a relative path upwards", "one.pth", "../../../../p1\n"),
    ("a missing path", "one.pth", "{root}/nosuch\n{root}/p1\n"),
    ("a file as path", "one.pth", "{root}/file\n"),
    ("a trailing slash", "one.pth", "{root}/p1/\n{root}/p1\n"),
    ("a path with ..", "one.pth", "{root}/p2/../p1\n"),
    ("the same path twice", "one.pth", "{root}/p1\n{root}/p1\n./inner\ninner\n"),
    ("its own folder", "one.pth", ".\n"),
    ("a double slash", "one.pth", "/{root}/p1\n{root}//p2\n"),
    ("comments and blank lines", "one.pth", "# {root}/p1\n\n   \n#{root}/p2\n{root}/p3\n"),
    ("an indented comment", "one.pth", "  # {root}/p1\n{root}/p2\n"),
    ("an indented path", "one.pth", "  {root}/p1\n\t{root}/p2\n{root}/p3\n"),
    ("trailing spaces", "one.pth", "{root}/p1   \n{root}/p2\t\n"),
    ("a trailing comment", "one.pth", "{root}/p1 # first\n{root}/p2\n"),
    ("no last line break", "one.pth", "{root}/p1\n{root}/p2"),
    ("CRLF", "one.pth", "{root}/p1\r\n{root}/p2\r\n"),
    ("CR alone", "one.pth", "{root}/p1\r{root}/p2\r"),
    ("vertical tabs", "one.pth", "{root}/p1\u{b}{root}/p2\n{root}/p3\n"),
    ("form feeds", "one.pth", "{root}/p1\u{c}{root}/p2\n{root}/p3\n"),
    ("a trailing form feed", "one.pth", "{root}/p1\u{c}\n{root}/p3\n"),
    ("next line", "one.pth", "{root}/p1\u{85}{root}/p2\n{root}/p3\n"),
    ("line separator", "one.pth", "{root}/p1\u{2028}{root}/p2\n{root}/p3\n"),
    ("file separator", "one.pth", "{root}/p1\u{1c}{root}/p2\n{root}/p3\n"),
    ("BOM", "one.pth", "\u{feff}{root}/p1\n{root}/p2\n"),
    ("BOM before a comment", "one.pth", "\u{feff}# first\n{root}/p2\n"),
    ("NUL", "one.pth", "{root}/p1\n{root}/\0\n{root}/p2\n"),
    ("beyond ASCII", "one.pth", "{root}/prächtig\n{root}/p1\n"),
    ("not UTF-8", "one.pth", "{root}/p1\n{root}/caf\u{10FFE9}\n{root}/p2\n"),
    ("tilde and variable", "one.pth", "~/p1\n$HOME\n{root}/p1\n"),
    ("glob", "one.pth", "{root}/p*\n"),
    ("empty", "one.pth", ""),
    ("hidden", ".hidden.pth", "{root}/p1\n"),
    ("only the suffix", ".pth", "{root}/p1\n"),
    ("upper case suffix", "one.PTH", "{root}/p1\n"),
    ("another suffix", "one.pth.bak", "{root}/p1\n"),
    ("a name beyond ASCII", "prächtig.pth", "{root}/p1\n"),
    ("a name that is not UTF-8", "caf\u{10FFE9}.pth", "{root}/p1\n"),
    ("the standard library", "one.pth", "{base}/lib\n{bin}\n"),
    ("site-packages of the base", "one.pth", "{base}/lib/python3/dist-packages\n{base}/local/lib\n"),
    ("the working folder", "one.pth", "{work}\n"),
    ("the user's site-packages", "one.pth", "{user}\n"),
    ("import of a module of the library", "one.pth", "{root}/p1\nimport os\n{root}/p2\n"),
    ("import with a tab", "one.pth", "{root}/p1\nimport\tos\n{root}/p2\n"),
    ("indented import", "one.pth", "  import os\n{root}/p2\n"),
    ("import without a module", "one.pth", "import \n{root}/p2\n"),
    ("the word import alone", "one.pth", "import\n{root}/p2\n"),
    ("importx", "one.pth", "importx\n{root}/p2\n"),
    ("from", "one.pth", "from os import path\n{root}/p2\n"),
    ("an error in the middle", "one.pth", "{root}/p1\nimport nosuch_module_at_all\n{root}/p2\n"),
    ("a syntax error in the middle", "one.pth", "{root}/p1\nimport )\n{root}/p2\n"),
    ("code that changes sys.path", "one.pth", "import sys; sys.path.append('/added')\n{root}/p2\n"),
    ("code that changes nothing", "one.pth", "import sys; sys.flags\n{root}/p2\n"),
    (
        "setuptools' precedence",
        "distutils-precedence.pth",
        "import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = os.environ.get(var, 'local') == 'local'; enabled and __import__('_distutils_hack').add_shim(); \n",
    ),
    ("an editable install by path", "__editable__.demo-1.0.pth", "{root}/p1"),
    ("an egg link", "easy-install.pth", "./inner\n{root}/p1\n"),
    (
        "a namespace package",
        "demo-nspkg.pth",
        "import sys, types, os;has_mfs = sys.version_info > (3, 5);p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('demo',));importlib = has_mfs and __import__('importlib.util');has_mfs and __import__('importlib.machinery');m = has_mfs and sys.modules.setdefault('demo', importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec('demo', [os.path.dirname(p)])));m = m or sys.modules.setdefault('demo', types.ModuleType('demo'));mp = (m or []) and m.__dict__.setdefault('__path__',[]);(p not in mp) and mp.append(p)\n",
    ),
];

pub fn layers() -> Vec<Layer> {
    let mut layers: Vec<Layer> = FILES
        .iter()
        .map(|(name, file, content)| {
            Layer::always(Slot::Site, format!(".pth: {name}"), move |_, case| {
                targets(case);
                let file = format!("{}/{file}", case.site);
                let content = case.fill(content);
                case.write(file, text::encode(&content));
            })
        })
        .collect();
    layers.push(Layer::always(Slot::Site, ".pth: the order of names", |_, case| {
        targets(case);
        for (name, target) in [("2", "p1"), ("10", "p2"), ("Z", "p3"), ("a", "inner-a"), ("_", "inner-b"), ("é", "inner-c")] {
            let target = format!("{}/{target}", case.root);
            case.folder(&target);
            case.write(format!("{}/{name}.pth", case.site), target + "\n");
        }
    }));
    layers.push(Layer::always(Slot::Site, ".pth: a folder", |_, case| {
        targets(case);
        case.folder(format!("{}/one.pth", case.site));
        case.write(format!("{}/two.pth", case.site), format!("{}/p1\n", case.root));
    }));
    layers.push(Layer::always(Slot::Site, ".pth: a link and a dangling link", |_, case| {
        targets(case);
        case.write(format!("{}/real.txt", case.root), format!("{}/p1\ninner\n", case.root));
        case.link(format!("{}/one.pth", case.site), format!("{}/real.txt", case.root));
        case.link(format!("{}/two.pth", case.site), "nosuch");
    }));
    layers.push(Layer::always(Slot::Site, ".pth: paths through links", |_, case| {
        targets(case);
        case.link(format!("{}/link-1", case.root), "p1");
        case.write(format!("{}/one.pth", case.site), format!("{0}/link-1\n{0}/p1\n", case.root));
    }));
    for module in ["sitecustomize", "usercustomize"] {
        layers.push(Layer::always(Slot::Site, format!("{module} that does nothing"), move |_, case| {
            case.write(format!("{}/{module}.py", case.site), "x = 1\n");
        }));
        layers.push(Layer::always(Slot::Site, format!("{module} as an empty package"), move |_, case| {
            case.write(format!("{}/{module}/__init__.py", case.site), "");
        }));
        layers.push(Layer::always(Slot::Site, format!("{module} that changes sys.path"), move |_, case| {
            case.write(format!("{}/{module}.py", case.site), "import sys\nsys.path.insert(0, '/first')\n");
        }));
        layers.push(Layer::always(Slot::Site, format!("{module} with an error"), move |_, case| {
            case.write(format!("{}/{module}.py", case.site), "raise ValueError('on purpose')\n");
        }));
    }
    layers
}

fn targets(case: &mut Case) {
    for name in ["p1", "p2", "p3", "prächtig"] {
        case.folder(format!("{}/{name}", case.root));
    }
    case.folder(format!("{}/inner", case.site));
    case.write(format!("{}/file", case.root), "");
}
