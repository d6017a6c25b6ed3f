//! Pages to draw: one that looks like a real explanation, one whose every value is hostile.

use venv_explain::page::{Block, Entry, Hop, Line, Listing, Node, Page, Role, Section, Sides, Syntax, Table, Text};

fn own(text: &str) -> Text {
    Text::of(Role::Own, text)
}

fn base(text: &str) -> Text {
    Text::of(Role::Base, text)
}

fn key(text: &str) -> Text {
    Text::of(Role::Key, text)
}

fn file(label: Text, note: &str) -> Node {
    Node { label, note: note.into(), ..Node::default() }
}

fn folder(label: &str, note: &str, children: Vec<Node>) -> Node {
    Node { label: own(label), note: note.into(), children, entry: Entry::Folder }
}

fn link(name: &str, target: Text, note: &str) -> Node {
    Node { label: own(name).arrow("link to").then(target), note: note.into(), children: Vec::new(), entry: Entry::Link }
}

fn folded(label: &str, note: &str) -> Node {
    Node { label: Text::of(Role::Note, label), note: note.into(), children: Vec::new(), entry: Entry::Folded }
}

fn section(id: &str, title: &str, lead: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.into(), title: title.into(), lead: (!lead.is_empty()).then(|| lead.into()), blocks }
}

/// A page as a plain environment gives it, with every kind of block.
pub fn everyday() -> Page {
    Page {
        title: Text::of(Role::Strong, ".venv").and(Role::Plain, "   a virtual environment, made by venv from CPython 3.12.4"),
        status: Some(Text::of(Role::Good, "healthy")),
        intro: vec![Block::Table(overview())],
        sections: vec![tree(), config(), which(), syspath(), activation(), health()],
    }
}

fn overview() -> Table {
    let row = |name: &str, value: Text, note: Text| vec![key(name), value, note];
    Table {
        head: Vec::new(),
        rows: vec![
            row("Python", base("/usr/bin/python3.12"), own("bin/python").and(Role::Plain, " is a link to it, not a copy")),
            row("Packages", "14 distributions, 38 MB".into(), "put there by pip 24.0".into()),
            row("Isolation", "on".into(), Text::plain("packages of ").then(base("/usr")).and(Role::Plain, " cannot be seen from here")),
            row(
                "Active",
                "no".into(),
                Text::plain("in this shell, ").and(Role::Code, "python3").and(Role::Plain, " is ").then(base("/usr/bin/python3")),
            ),
        ],
    }
}

fn tree() -> Section {
    let bin = folder(
        "bin",
        "commands; activation puts this folder first on PATH",
        vec![
            link("python", base("/usr/bin/python3.12"), "the base interpreter; started through this link, it finds pyvenv.cfg"),
            file(own("pip"), "a script; its first line starts .venv/bin/python"),
            file(own("activate"), "for bash and zsh: changes PATH, VIRTUAL_ENV and the prompt"),
            folded("… 7 more", "activate for other shells; other names of python and pip"),
        ],
    );
    let site = folder(
        "lib/python3.12/site-packages",
        "what you install lands here; the standard library stays in /usr/lib",
        vec![
            folder("requests", "code to import", Vec::new()),
            folder("requests-2.32.3.dist-info", "its papers: METADATA, RECORD, INSTALLER", Vec::new()),
            folded("… 24 more", ""),
        ],
    );
    let root = folder(
        ".venv",
        "",
        vec![
            file(own("pyvenv.cfg"), "makes this folder an environment: Python looks for it when it starts"),
            bin,
            site,
            link("lib64", own("lib"), "the same folder under the name that some builds use"),
        ],
    );
    section(
        "tree",
        "What is on disk",
        "Three things make it work: pyvenv.cfg, the link to Python, and site-packages. The rest is convenience.",
        vec![Block::Tree(root)],
    )
}

fn line(number: u32, text: &str, note: &str) -> Line {
    Line { number: Some(number), text: text.into(), note: note.into() }
}

fn config() -> Section {
    let listing = Listing {
        file: Text::default(),
        syntax: Syntax::Config,
        lines: vec![
            line(1, "home = /usr/bin", "read at every start: the standard library comes from /usr because this line says so"),
            line(2, "include-system-site-packages = false", "keeps the packages of /usr out. Without the line they would be let in"),
            line(3, "version = 3.12.4", "a note. Python does not read it"),
        ],
    };
    section(
        "config",
        "pyvenv.cfg, line by line",
        "Python itself reads two of these; the others are notes for people and tools.",
        vec![Block::Listing(listing)],
    )
}

fn which() -> Section {
    let wins = |name: &str| Text::of(Role::Wins, name);
    let late = |name: &str| Text::of(Role::Shadowed, name);
    let none = Text::default;
    let sides = Sides {
        left: "before".into(),
        right: "after activation".into(),
        rows: vec![
            (vec![], vec![own(".venv/bin"), wins("python"), wins("python3"), wins("pip")]),
            (vec![base("/usr/local/bin")], vec![base("/usr/local/bin")]),
            (
                vec![base("/usr/bin"), wins("python3"), wins("pip")],
                vec![base("/usr/bin"), none(), late("python3"), late("pip"), Text::of(Role::Note, "passed over")],
            ),
        ],
    };
    let hop = |label: Text, note: &str| Hop { label, note: note.into() };
    let chain = vec![
        hop(Text::of(Role::Code, "pip"), ""),
        hop(own(".venv/bin/pip"), ""),
        hop(own("#! .venv/bin/python"), ""),
        hop(base("/usr/bin/python3.12"), "this environment"),
    ];
    section(
        "which",
        "Which python, which pip",
        "A shell takes the first match on PATH. Activation puts one folder in front, and that is nearly all it does.",
        vec![Block::Sides(sides), Block::Chain(chain)],
    )
}

fn syspath() -> Section {
    let row = |index: &str, path: Text, what: &str, because: Text| vec![Text::of(Role::Note, index), path, what.into(), because];
    let because = |line: &str| Text::of(Role::Code, "pyvenv.cfg:1").and(Role::Plain, line);
    let rows = vec![
        row("0", Text::of(Role::Code, "''"), "where you start from", "python -c, or no script".into()),
        row("1", base("/usr/lib/python312.zip"), "the library as one file", Text::of(Role::Absent, "not there; listed all the same")),
        row("2", base("/usr/lib/python3.12"), "the standard library", because("  home = /usr/bin")),
        row("3", base("/usr/lib/python3.12/lib-dynload"), "its compiled modules", because("")),
        row("4", own(".venv/lib/python3.12/site-packages"), "your packages", "pyvenv.cfg found beside bin/".into()),
    ];
    let tries = [(".venv/bin/python -m site", "prints the same list"), ("venv-explain syspath -v", "shows where Python looked")];
    let mut blocks = vec![
        Block::Table(Table { head: Vec::new(), rows }),
        Block::Prose(
            Text::plain("left out: ")
                .and(Role::Absent, "~/.local/lib/python3.12/site-packages")
                .and(Role::Plain, ", ")
                .and(Role::Absent, "/usr/lib/python3/dist-packages"),
        ),
    ];
    blocks.extend(tries.map(|(command, shows)| Block::Try { command: command.into(), shows: shows.into() }));
    section("syspath", "How sys.path comes about", "Python asks four questions when it starts; each answer adds to the list.", blocks)
}

fn activation() -> Section {
    let lines = vec![
        line(1, "# This file must be used with \"source bin/activate\" *from bash*", ""),
        Line { number: None, text: "34 lines that undo an earlier activation".into(), note: Text::default() },
        line(36, "VIRTUAL_ENV=\"/home/ada/app/.venv\"", "names the environment for tools and prompts"),
        line(37, "export VIRTUAL_ENV", ""),
        line(39, "_OLD_VIRTUAL_PATH=\"$PATH\"", "remembers PATH, so that deactivate can put it back"),
        line(40, "PATH=\"$VIRTUAL_ENV/bin:$PATH\"", "the one change that matters"),
        line(43, "if [ -z \"${VIRTUAL_ENV_DISABLE_PROMPT:-}\" ] ; then", ""),
        line(44, "    PS1=\"(.venv) ${PS1:-}\"", "shows (.venv) in front of the prompt"),
        line(45, "fi", ""),
    ];
    let listing = Listing { file: own(".venv/bin/activate"), syntax: Syntax::Sh, lines };
    section("activate", "What activate does", "", vec![Block::Listing(listing)])
}

fn health() -> Section {
    let finding = Block::Group {
        title: Text::of(Role::Warning, "warning").and(Role::Plain, "  pip was made for another Python"),
        blocks: vec![
            Block::Prose(
                Text::plain("The first line of ")
                    .then(own("bin/pip"))
                    .and(Role::Plain, " starts ")
                    .and(Role::Bad, "/opt/python3.11/bin/python")
                    .and(Role::Plain, ", which is not there. ")
                    .and(Role::Emphasis, "Every")
                    .and(Role::Plain, " script that pip made has such a line."),
            ),
            Block::Bullets(vec![
                "move the folder back to where it was made".into(),
                Text::plain("or make it anew: ").and(Role::Code, "python3 -m venv --clear .venv"),
            ]),
        ],
    };
    let head = ["variable", "before", "after"].map(Text::from).to_vec();
    let rows = vec![
        vec![key("VIRTUAL_ENV"), Text::of(Role::Absent, "not set"), own("/home/ada/app/.venv")],
        vec![key("PS1"), Text::of(Role::Code, "\\u@\\h:\\w\\$ "), Text::of(Role::Code, "(.venv) \\u@\\h:\\w\\$ ")],
    ];
    section("health", "Health", "One thing to mend.", vec![finding, Block::Table(Table { head, rows })])
}

/// Values that try to leave their place: escapes, markup, directions, widths, lengths.
pub const NASTY: [&str; 24] = [
    "\x1b[31mred\x1b[0m",
    "line\nbreak\r\n\ttab",
    "\u{202e}txt.exe\u{202c}\u{2066}a\u{2069}\u{200f}\u{61c}",
    "zero\u{200b}width\u{feff}\u{ad}joined\u{2028}\u{2029}",
    "c1\u{9b}31m\u{85}del\u{7f}nul\0",
    "carried \u{10ffe9}\u{10ff80} bytes",
    "日本語のとても長い名前のフォルダー/パッケージ",
    "e\u{301}a\u{300}o\u{308} combining",
    "🐍🧪 snakes",
    "/a/very/long/path/that/goes/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/and/on/python3.12",
    r"C:\Users\Ada Lovelace\AppData\Local\Programs\Python\Python312\Lib\site-packages\u{202e}\python.exe",
    "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongwordwithoutanyplacetobreakitatall",
    "<script>alert(1)</script> &amp; <b>bold</b>",
    "*em* **strong** _em_ __init__ ~~gone~~ snake_case_name",
    "`tick` ``two`` ```\nfence",
    "| a | b | \\| c \\\\| d",
    "[text](javascript:alert(1)) ![img](http://x/y.png)",
    "# heading",
    "- item",
    "1. item",
    "http://example.org/ www.example.org https://example.org",
    "   spaces   around   ",
    "$x^2$ @user #1 :tada: {{ hole }}",
    "",
];

/// A page in which every value is one of [`NASTY`].
pub fn hostile() -> Page {
    const ROLES: [Role; 15] = [
        Role::Plain,
        Role::Strong,
        Role::Emphasis,
        Role::Code,
        Role::Own,
        Role::Base,
        Role::Absent,
        Role::Bad,
        Role::Warning,
        Role::Good,
        Role::Key,
        Role::Note,
        Role::Wins,
        Role::Shadowed,
        Role::Plain,
    ];
    let text = |index: usize| Text::of(ROLES[index % ROLES.len()], NASTY[index % NASTY.len()]);
    let two = |index: usize| text(index).then(text(index * 7 + 3));
    let range = || 0..NASTY.len();
    let nodes = range().map(|index| {
        let inner = Node { label: two(index + 2), note: two(index + 5), children: Vec::new(), entry: Entry::Plain };
        Node { label: text(index).arrow("link to").then(text(index + 1)), note: two(index), children: vec![inner], entry: Entry::Link }
    });
    let root = Node { label: text(0), note: text(1), children: nodes.chain([deep(70)]).collect(), entry: Entry::Folder };
    let lines = |syntax| {
        let lines = range().map(|index| Line {
            number: (index % 5 != 4).then_some(index as u32 * 50),
            text: NASTY[index].into(),
            note: two(index),
        });
        Block::Listing(Listing { file: text(2), syntax, lines: lines.collect() })
    };
    let hops = range().map(|index| Hop { label: text(index), note: two(index + 1) });
    let blocks = vec![
        Block::Prose(two(3)),
        Block::Bullets(range().map(two).collect()),
        Block::Table(Table {
            head: vec![text(1), text(2), text(12), text(13)],
            rows: range().map(|index| vec![text(index), text(index + 9), two(index), two(index + 4)]).collect(),
        }),
        Block::Tree(root),
        lines(Syntax::Sh),
        lines(Syntax::Config),
        lines(Syntax::PowerShell),
        Block::Chain(hops.clone().take(4).collect()),
        Block::Chain(hops.collect()),
        Block::Sides(Sides {
            left: text(1),
            right: text(12),
            rows: range().map(|index| (vec![text(index), text(index + 1)], vec![text(index + 2), text(index + 3)])).collect(),
        }),
        Block::Try { command: NASTY[1].into(), shows: two(2) },
        Block::Try { command: NASTY[14].into(), shows: two(12) },
        Block::Group { title: two(15), blocks: range().map(|index| Block::Prose(two(index))).collect() },
    ];
    Page {
        title: two(0),
        status: Some(two(2)),
        intro: range().map(|index| Block::Prose(text(index))).collect(),
        sections: vec![Section { id: NASTY[12].into(), title: two(16), lead: Some(two(12)), blocks }],
    }
}

fn deep(levels: usize) -> Node {
    (0..levels).fold(Node::default(), |inner, level| Node {
        label: format!("level{level}").into(),
        note: "one in the other".into(),
        children: vec![inner],
        entry: Entry::Folder,
    })
}
