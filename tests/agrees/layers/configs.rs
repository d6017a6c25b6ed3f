//! `pyvenv.cfg`: every odd content that its readers disagree on, and every odd place for it.

use super::{Layer, Slot};
use crate::case::{Case, Change};

const OFF: &str = "include-system-site-packages = false\n";

/// Name and text; `{bin}` is the folder of the base's executable, `{base}` its prefix.
const TEXTS: &[(&str, &str)] = &[
    ("standard", "home = {bin}\n{off}"),
    ("no spaces", "home={bin}\n{off}"),
    ("no space before =", "home= {bin}\n{off}"),
    ("no space after =", "home ={bin}\n{off}"),
    ("leading spaces", "  home = {bin}\n{off}"),
    ("tabs", "home\t=\t{bin}\n{off}"),
    ("tab and spaces", "home \t = \t {bin}\n{off}"),
    ("upper case", "HOME = {bin}\nINCLUDE-SYSTEM-SITE-PACKAGES = FALSE\n"),
    ("title case", "Home = {bin}\n{off}"),
    ("colon", "home: {bin}\n{off}"),
    ("trailing spaces", "home = {bin}   \n{off}"),
    ("many spaces", "home   =   {bin}\n{off}"),
    ("no last line break", "{off}home = {bin}"),
    ("CRLF", "home = {bin}\r\ninclude-system-site-packages = false\r\n"),
    ("CR alone", "home = {bin}\rinclude-system-site-packages = false\r"),
    ("a comment before", "# made by hand\nhome = {bin}\n{off}"),
    ("commented out", "#home = {bin}\n# home = {bin}\n{off}"),
    ("indented comment", "  # home = /nosuch\nhome = {bin}\n{off}"),
    ("a section", "[venv]\nhome = {bin}\n{off}"),
    ("BOM", "\u{feff}home = {bin}\n{off}"),
    ("BOM on an empty line", "\u{feff}\nhome = {bin}\n{off}"),
    ("home twice, wrong one last", "home = {bin}\nhome = /nosuch/bin\n{off}"),
    ("home twice, wrong one first", "home = /nosuch/bin\nhome = {bin}\n{off}"),
    ("quoted", "home = \"{bin}\"\n{off}"),
    ("two equals signs", "home == {bin}\n{off}"),
    ("inline comment", "home = {bin} # the base\n{off}"),
    ("relative home", "home = ../base/bin\n{off}"),
    ("home is a dot", "home = .\n{off}"),
    ("empty home", "home =\n{off}"),
    ("empty home with a space", "home = \n{off}"),
    ("empty home, then a good one", "home = \nhome = {bin}\n{off}"),
    ("no home", "include-system-site-packages = false\n"),
    ("empty file", ""),
    ("only a line break", "\n"),
    ("only spaces", "   \t  "),
    ("NUL before home", "x = \0\nhome = {bin}\n{off}"),
    ("NUL after home", "home = {bin}\n\0{off}"),
    ("NUL in home", "home = {bin}\0x\n{off}"),
    ("not UTF-8 in a comment", "# caf\u{10FFE9}\nhome = {bin}\n{off}"),
    ("not UTF-8 in home", "home = {bin}/caf\u{10FFE9}\n{off}"),
    ("not UTF-8 in another value", "home = {bin}\nprompt = \u{10FFFF}\n{off}"),
    ("beyond ASCII", "home = {bin}\nprompt = prächtig\n{off}"),
    ("no-break spaces", "home =\u{a0}{bin}\u{a0}\n{off}"),
    ("trailing slash", "home = {bin}/\n{off}"),
    ("double slash", "home = {base}//bin\n{off}"),
    ("with ..", "home = {bin}/../bin\n{off}"),
    ("missing home folder", "home = /nosuch/bin\n{off}"),
    ("the prefix in place of bin", "home = {base}\n{off}"),
    ("the executable in place of bin", "home = {bin}/python3\n{off}"),
    ("form feed", "home =\u{c}{bin}\u{c}\n{off}"),
    ("vertical tab", "home =\u{b}{bin}\u{b}\n{off}"),
    ("line separator", "home = {bin}\u{2028}{off}"),
    ("next line", "home = {bin}\u{85}{off}"),
    ("file separator", "home = {bin}\u{1c}\n{off}"),
    ("tilde", "home = ~/bin\n{off}"),
    ("variable", "home = $HOME/bin\n{off}"),
    ("an equals sign in the value", "home = /a=b/bin\n{off}"),
    ("home is the root", "home = /\n{off}"),
    ("home is the environment's own bin", "home = {env}/bin\n{off}"),
    ("dotted capital I", "home = {bin}\n\u{130}nclude-system-site-packages = true\n{off}"),
    ("system site: key missing", "home = {bin}\n"),
    ("system site: true", "home = {bin}\ninclude-system-site-packages = true\n"),
    ("system site: TRUE", "home = {bin}\ninclude-system-site-packages = TRUE\n"),
    ("system site: True with spaces", "home = {bin}\ninclude-system-site-packages =   True  \n"),
    ("system site: no spaces", "home = {bin}\ninclude-system-site-packages=true\n"),
    ("system site: yes", "home = {bin}\ninclude-system-site-packages = yes\n"),
    ("system site: 1", "home = {bin}\ninclude-system-site-packages = 1\n"),
    ("system site: quoted", "home = {bin}\ninclude-system-site-packages = \"true\"\n"),
    ("system site: inline comment", "home = {bin}\ninclude-system-site-packages = true # yes\n"),
    ("system site: empty", "home = {bin}\ninclude-system-site-packages =\n"),
    ("system site: no equals sign", "home = {bin}\ninclude-system-site-packages\n"),
    ("system site: colon", "home = {bin}\ninclude-system-site-packages: false\n"),
    ("system site: underscores", "home = {bin}\ninclude_system_site_packages = false\n"),
    ("system site: upper case key", "home = {bin}\nInclude-System-Site-Packages = true\n"),
    ("system site: true, then false", "home = {bin}\ninclude-system-site-packages = true\n{off}"),
    ("system site: false, then true", "home = {bin}\n{off}include-system-site-packages = true\n"),
    ("system site: no-break space", "home = {bin}\ninclude-system-site-packages =\u{a0}true\u{a0}\n"),
    ("system site: no last line break", "home = {bin}\ninclude-system-site-packages = true"),
    ("unknown keys", "home = {bin}\n{off}colour = blue\nlib = /nosuch\npython = /nosuch\n"),
    ("wrong executable", "home = {bin}\n{off}executable = /nosuch/python\ncommand = /nosuch -m venv /x\n"),
    ("wrong version", "home = {bin}\n{off}version = 2.7.18\nversion_info = 2.7.18.final.0\n"),
    ("wrong base keys", "home = {bin}\n{off}base-prefix = /nosuch\nbase-exec-prefix = /nosuch\nbase-executable = /nosuch\n"),
];

pub fn layers() -> Vec<Layer> {
    let mut layers: Vec<Layer> = TEXTS
        .iter()
        .map(|(name, text)| {
            Layer::inside(Slot::Config, format!("pyvenv.cfg: {name}"), move |_, case| {
                let text = case.fill(&text.replace("{off}", OFF));
                config(case, text);
            })
        })
        .collect();
    layers.extend(sizes());
    layers.extend(odd_places());
    layers
}

fn config(case: &mut Case, text: impl AsRef<str>) {
    let file = format!("{}/pyvenv.cfg", case.env);
    case.write(file, venv_explain::machine::text::encode(text.as_ref()));
}

/// The readers' limits: 32 KiB for the whole file from 3.11, 8 KiB for a line before.
fn sizes() -> Vec<Layer> {
    [
        ("a line of 8 000 bytes", 8_000, 1),
        ("a line of 9 000 bytes", 9_000, 1),
        ("a file of 32 000 bytes", 80, 400),
        ("a file of 33 000 bytes", 80, 413),
        ("a file of 200 000 bytes", 80, 2_500),
    ]
    .into_iter()
    .flat_map(|(name, width, count)| {
        let filler = format!("#{}\n", "x".repeat(width - 2)).repeat(count);
        let before = filler.clone();
        [
            Layer::inside(Slot::Config, format!("pyvenv.cfg: {name} before home"), move |_, case| {
                let text = before.clone() + &case.fill("home = {bin}\n") + OFF;
                config(case, text);
            }),
            Layer::inside(Slot::Config, format!("pyvenv.cfg: {name} after home"), move |_, case| {
                let text = case.fill("home = {bin}\n") + OFF + &filler;
                config(case, text);
            }),
        ]
    })
    .collect()
}

fn odd_places() -> Vec<Layer> {
    let file = |case: &Case| format!("{}/pyvenv.cfg", case.env);
    let beside = |case: &Case| format!("{}/bin/pyvenv.cfg", case.env);
    vec![
        Layer::inside(Slot::Config, "pyvenv.cfg removed", move |_, case| {
            case.changes.push(Change::Remove(file(case)));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg is a folder", move |_, case| {
            case.changes.push(Change::Remove(file(case)));
            case.folder(file(case));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg is a link", move |_, case| {
            case.changes.push(Change::Move(file(case), format!("{}/real.cfg", case.root)));
            let target = format!("{}/real.cfg", case.root);
            case.link(file(case), target);
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg is a dangling link", move |_, case| case.link(file(case), "nosuch.cfg")),
        Layer::inside(Slot::Config, "pyvenv.cfg is a link to itself", move |_, case| case.link(file(case), "pyvenv.cfg")),
        Layer::inside(Slot::Config, "pyvenv.cfg in capitals", move |_, case| {
            case.changes.push(Change::Move(file(case), format!("{}/PYVENV.CFG", case.env)));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg beside the executable", move |_, case| {
            case.changes.push(Change::Move(file(case), beside(case)));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg in both places, the one in bin without home", move |_, case| {
            case.write(beside(case), "include-system-site-packages = true\n");
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg in both places, the one above without home", move |_, case| {
            let text = case.fill("home = {bin}\n") + OFF;
            case.write(beside(case), text);
            config(case, "include-system-site-packages = true\n");
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg in both places, the one in bin with a missing home", move |_, case| {
            case.write(beside(case), format!("home = /nosuch/bin\n{OFF}"));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg in both places, the one above a folder", move |_, case| {
            let text = case.fill("home = {bin}\n") + OFF;
            case.write(beside(case), text);
            case.changes.push(Change::Remove(file(case)));
            case.folder(file(case));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg in both places, the one in bin a folder", move |_, case| {
            case.folder(beside(case));
        }),
        Layer::inside(Slot::Config, "pyvenv.cfg two levels up", move |_, case| {
            case.changes.push(Change::Move(file(case), format!("{}/pyvenv.cfg", case.root)));
        }),
    ]
}
