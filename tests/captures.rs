//! Captures: every form of entry answers as the machine itself would, and every mistake is named with its place.
#![allow(clippy::unwrap_used, reason = "tests stop where a step fails")]

use sha2::Digest as _;
use std::collections::BTreeMap;
use std::sync::Arc;
use venv_explain::machine::capture::{Capture, samples};
use venv_explain::machine::path::realpath;
use venv_explain::machine::recorder::Recorder;
use venv_explain::machine::{Fault, Kind, Machine, Platform};

const EVERY_FORM: &str = r##"
venv-explain: capture/1
platform: linux
cwd: /home/ada/app
env: {HOME: /home/ada, PATH: "/usr/local/bin:/usr/bin:/bin"}
venv: /home/ada/app/.venv
user_home: /home/ada
interpreters:
  /usr/bin/python3.12: {implementation: cpython, version: 3.10, prefix: /usr, exec_prefix: /usr, vendor: debian}
files:
  /usr/bin/python3.12: {exec: true}
  /usr/lib/python3.12/os.py: {}
  /usr/lib/python3.12/lib-dynload: {dir: true}
  /home/ada/app/.venv/bin/python: {link: /usr/bin/python3.12}
  /home/ada/app/.venv/lib64: {link: lib}
  /home/ada/app/.venv/pyvenv.cfg: "home = /usr/bin\n"
  /home/ada/app/.venv/bin/pip: {exec: true, text: "#!/home/ada/app/.venv/bin/python\n"}
  /home/ada/app/.venv/lib/odd.pth: {base64: "/w=="}
  /home/ada/app/.venv/big.so: {size: 123456, mtime: 1760000000}
  /home/ada/secret: {denied: true}
  /home/ada/locked: {dir: true, denied: true}
  /home/ada/round: {link: about}
  /home/ada/about: {link: round}
"##;

fn capture(text: &str) -> Capture {
    Capture::parse("ada.yaml", text.as_bytes()).unwrap()
}

fn error(body: &str) -> String {
    Capture::parse("ada.yaml", format!("venv-explain: capture/1\n{body}\n").as_bytes()).unwrap_err().to_string()
}

#[test]
fn every_form_of_entry_answers_as_the_machine_would() {
    let ada = capture(EVERY_FORM);
    let kind = |path| ada.lstat(path).map(|meta| meta.kind);
    let text = |path| ada.read(path, 1000).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let python = ada.lstat("/usr/bin/python3.12").unwrap();
    assert_eq!((python.kind, python.exec, python.runnable, python.size), (Kind::File, true, true, None));
    assert_eq!(text("/usr/lib/python3.12/os.py"), Err(Fault::NotRecorded));
    assert!(!ada.lstat("/usr/lib/python3.12/os.py").unwrap().exec);
    assert_eq!(ada.list("/usr/lib/python3.12/lib-dynload"), Ok(vec![]));
    assert_eq!(ada.link(".venv/bin/python").as_deref(), Ok("/usr/bin/python3.12"));
    assert_eq!(kind(".venv/bin/python"), Ok(Kind::Link));
    assert_eq!(ada.stat(".venv/bin/python").map(|meta| meta.kind), Ok(Kind::File));
    assert_eq!(text(".venv/pyvenv.cfg").as_deref(), Ok("home = /usr/bin\n"));
    assert_eq!(ada.lstat(".venv/pyvenv.cfg").unwrap().size, Some(16));
    assert_eq!(&*ada.read(".venv/lib64/odd.pth", 1).unwrap(), b"\xff");
    assert_eq!(&*ada.head(".venv/bin/pip", 2).unwrap(), b"#!");
    let big = ada.lstat(".venv/big.so").unwrap();
    assert_eq!((big.size, big.mtime), (Some(123_456), Some(1_760_000_000)));
    assert_eq!((kind("/home/ada/secret"), text("/home/ada/secret")), (Ok(Kind::File), Err(Fault::Denied)));
    assert_eq!(ada.list("/home/ada/locked"), Err(Fault::Denied));
    assert_eq!(kind("/home/ada/locked/any"), Err(Fault::Denied));
}

#[test]
fn folders_above_are_implied_and_listed_in_order() {
    let ada = capture(EVERY_FORM);
    assert_eq!(ada.list("/").unwrap(), ["home", "usr"]);
    assert_eq!(ada.list("/home/ada/app/.venv").unwrap(), ["big.so", "bin", "lib", "lib64", "pyvenv.cfg"]);
    assert_eq!(ada.list("/usr/bin/python3.12"), Err(Fault::NotADirectory));
    assert_eq!(ada.lstat("/").map(|meta| meta.kind), Ok(Kind::Dir));
}

#[test]
fn paths_are_resolved_as_the_kernel_does() {
    let ada = capture(EVERY_FORM);
    let stat = |path| ada.stat(path).map(|meta| meta.kind);
    assert_eq!(stat("/home/ada/round"), Err(Fault::Loop));
    assert_eq!(stat(".venv/lib64/../pyvenv.cfg"), Ok(Kind::File));
    assert_eq!(stat("/usr/lib/python3.12/os.py/x"), Err(Fault::NotADirectory));
    assert_eq!(stat("/usr/lib/python3.12/os.py/"), Err(Fault::NotADirectory));
    assert_eq!(stat("/usr/none/../lib"), Err(Fault::Missing));
    assert_eq!(stat(""), Err(Fault::Missing));
    assert_eq!(realpath(&ada, ".venv/lib64/odd.pth"), "/home/ada/app/.venv/lib/odd.pth");
}

#[test]
fn what_cannot_be_read_off_files_is_told() {
    let ada = capture(EVERY_FORM);
    let build = ada.interpreter(".venv/bin/python").unwrap();
    assert_eq!((build.version.as_deref(), build.prefix.as_deref(), build.vendor.as_deref()), (Some("3.10"), Some("/usr"), Some("debian")));
    assert_eq!(ada.interpreter("/bin/sh"), None);
    assert_eq!(ada.cwd().as_deref(), Some("/home/ada/app"));
    assert_eq!(ada.recorded_venv().as_deref(), Some("/home/ada/app/.venv"));
    assert_eq!(ada.account_home().as_deref(), Some("/home/ada"));
    assert_eq!((ada.var("HOME").as_deref(), ada.var("home")), (Some("/home/ada"), None));
    assert!(ada.recorded());
}

#[test]
fn json_is_read_too() {
    let ada = capture(r#"{"venv-explain": "capture/1", "platform": "macos", "files": {"/a/b": "text\n", "/c": {"link": "a"}}}"#);
    assert_eq!(ada.platform(), Platform::Macos);
    assert_eq!(&*ada.read("/c/b", 9).unwrap(), b"text\n");
}

#[test]
fn an_entry_written_below_a_link_stands_where_the_link_leads() {
    let ada = capture("{venv-explain: capture/1, platform: linux, files: {/lib: {link: usr/lib}, /lib/a: x, /usr/lib/b: y}}");
    assert_eq!(ada.list("/usr/lib").unwrap(), ["a", "b"]);
    assert_eq!(&*ada.read("/lib/a", 9).unwrap(), b"x");
}

const WINDOWS: &str = r"
venv-explain: capture/1
platform: windows
cwd: C:\Users\Ada\app
env: {Path: 'C:\Windows', USERPROFILE: 'C:\Users\Ada'}
interpreters: {'C:\Python312\python.exe': {version: 3.12.4}}
registry: {'HKLM\Software\Python\PythonCore\3.12\PythonPath': 'C:\x'}
files:
  C:\Users\Ada\app\.venv\Scripts\Activate.ps1: ''
  C:\Python312\python.exe: {}
  C:\Python312\Lib: {dir: true}
  C:\py: {link: Python312}
";

#[test]
fn windows_compares_without_case_and_takes_both_slashes() {
    let ada = capture(WINDOWS);
    for path in [
        r"c:\users\ADA\app\.venv\scripts\activate.PS1",
        "C:/Users/Ada/app/.venv/Scripts/Activate.ps1",
        r".venv\Scripts\Activate.ps1",
        r"\Users\Ada\none\..\app\.venv\Scripts\Activate.ps1",
        r"\\?\C:\Users\Ada\app\.venv\Scripts\Activate.ps1",
    ] {
        assert!(ada.read(path, 9).is_ok(), "{path}");
    }
    assert_eq!(ada.list(r"c:\users").unwrap(), ["Ada"]);
    assert_eq!(ada.list(r"C:\py").unwrap(), ["Lib", "python.exe"]);
    assert_eq!(ada.var("PATH"), ada.var("Path"));
    assert!(ada.var("path").is_some() && ada.vars().contains_key("Path"));
    assert!(ada.lstat(r"C:\python312\PYTHON.EXE").unwrap().exec);
    assert!(ada.interpreter(r"c:\PY\python.exe").is_some());
    assert_eq!(ada.registry(r"HKEY_LOCAL_MACHINE\software\python\pythoncore\3.12\pythonpath").as_deref(), Some(r"C:\x"));
    assert_eq!(realpath(&ada, r"c:\py\Lib"), r"c:\Python312\Lib");
}

#[test]
fn two_spellings_of_one_windows_path_are_one_entry_too_many() {
    let doubled = error("platform: windows\nfiles:\n  C:\\a: {}\n  c:/A: {}");
    assert_eq!(doubled, "ada.yaml:5:3: a second entry at c:/A (the first is in line 4); expected one entry for each path");
}

#[test]
fn every_mistake_is_named_with_its_place() {
    let entry = "a file's text in quotes, or a mapping like {exec: true}; {} where only its existence is known";
    let keys = "venv-explain, platform, cwd, env, venv, user_home, interpreters, files, registry";
    let cases = [
        ("plat: linux", format!("2:1: unknown field `plat`; expected one of {keys}")),
        ("platform: beos", "2:11: the platform `beos`; expected `platform: linux`, `platform: macos` or `platform: windows`".into()),
        ("platform: linux\ncwd: home", "3:6: the path `home`; expected an absolute path, like /home/ada".into()),
        ("platform: linux\nplatform: linux", "3:1: duplicate mapping key: platform; expected each key once".into()),
        ("platform: linux\nenv: {A: null}", "3:10: nothing; expected a text, \"\" for an empty one".into()),
        ("platform: linux\ninterpreters: {/a: {vendor: ibm}}", "3:16: the vendor `ibm` of /a; expected one of debian, fedora, none".into()),
        ("platform: linux\nfiles: {/a: 12}", format!("3:9: invalid type: integer `12`; expected {entry}")),
        ("platform: linux\nfiles:\n  /a:", format!("4:3: invalid type: nothing; expected {entry}")),
        (
            "platform: linux\nfiles:\n  /a: {exe: 1}",
            "4:8: unknown field `exe`; expected one of dir, link, exec, text, base64, size, mtime, denied".into(),
        ),
        ("platform: linux\nfiles:\n  /a: {exec: yes}", "4:14: `yes`; expected true or false".into()),
        ("platform: linux\nfiles:\n  /a: {}\n  /a: {}", "5:3: duplicate mapping key: /a; expected each key once".into()),
        (
            "platform: linux\nfiles:\n  /a: {}\n  /b/../a/: x",
            "5:3: a second entry at /b/../a/ (the first is in line 4); expected one entry for each path".into(),
        ),
        ("platform: linux\nfiles: {a: x}", "3:9: the path `a`; expected an absolute path, like /home/ada".into()),
        (
            "platform: linux\nfiles: {/a: {size: 3, text: ab}}",
            "3:9: size 3 at /a; expected 2, the length of the recorded text, or no size at all".into(),
        ),
        (
            "platform: linux\nfiles: {/a: {dir: true, text: b}}",
            "3:9: dir and text at /a; expected only one of dir, link, text, base64 and denied at one path".into(),
        ),
        ("platform: linux\n---\nplatform: linux", "3:1: a second document; expected one capture in a file".into()),
    ];
    for (body, message) in cases {
        assert_eq!(error(body), format!("ada.yaml:{message}"), "for {body:?}");
    }
}

#[test]
fn a_file_below_a_file_is_a_mistake() {
    let message = error("platform: linux\nfiles:\n  /a: x\n  /a/b: y");
    assert!(message.starts_with("ada.yaml:5:3: /a/b, which would be below /a, and that is not a folder; expected"), "{message}");
    let message = error("platform: linux\nfiles:\n  /a: {link: none}\n  /a/b: y");
    assert!(message.contains("leads nowhere"), "{message}");
}

#[test]
fn base64_that_cannot_be_decoded_is_a_mistake() {
    let message = error("platform: linux\nfiles: {/a: {base64: '%%%%'}}");
    assert!(message.starts_with("ada.yaml:3:9: base64 that cannot be decoded"), "{message}");
}

#[test]
fn a_file_that_is_no_capture_of_this_version_is_refused() {
    let whole = |bytes: &[u8]| Capture::parse("ada.yaml", bytes).unwrap_err().to_string();
    let later = whole(b"venv-explain: capture/2\nnew-key: 1");
    assert_eq!(
        later,
        "ada.yaml:1:15: `venv-explain: capture/2`; expected `venv-explain: capture/1`. A capture of a later version needs a later venv-explain"
    );
    assert_eq!(whole(b" \n"), "ada.yaml: an empty file; expected a capture, beginning `venv-explain: capture/1`");
    assert!(whole(b"platform: linux").contains("no line `venv-explain: "));
    assert!(whole(b"just words").contains("expected a mapping"));
    assert!(whole(b"venv-explain: capture/1\nfiles: \"\xff\"").starts_with("ada.yaml:2:9: bytes that are not UTF-8"));
}

#[test]
fn a_hostile_capture_is_refused_quickly() {
    let bomb =
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nfiles: [*c,*c,*c,*c,*c,*c,*c]";
    assert!(error(bomb).starts_with("ada.yaml:"));
    assert!(error(&format!("files: {}", "[".repeat(100_000))).starts_with("ada.yaml:"));
    assert!(error(&format!("files: {}", "{a: ".repeat(100_000))).starts_with("ada.yaml:"));
}

#[test]
fn a_folder_of_many_names_is_no_trouble() {
    use std::fmt::Write as _;
    let mut text = "venv-explain: capture/1\nplatform: linux\nfiles:\n".to_owned();
    for number in 0..20_000 {
        writeln!(text, "  /many/{number}: {{}}").unwrap();
    }
    assert_eq!(capture(&text).list("/many").unwrap().len(), 20_000);
}

#[test]
fn every_sample_is_a_capture() {
    for sample in samples() {
        let machine = Capture::sample(sample.name).unwrap();
        let venv = machine.recorded_venv().unwrap();
        assert!(machine.read(&machine.platform().rules().join(&venv, "pyvenv.cfg"), 9999).is_ok(), "{}", sample.name);
        assert_eq!(machine.var("VIRTUAL_ENV"), None);
    }
    let unknown = Capture::sample("none").unwrap_err().to_string();
    assert!(unknown.starts_with("--sample: no built-in sample is called `none`; expected one of linux, macos, uv, windows"), "{unknown}");
}

/// All paths below a folder, links not followed.
fn below(machine: &dyn Machine, folder: &str) -> Vec<String> {
    let rules = machine.platform().rules();
    let paths = machine.list(folder).unwrap().into_iter().map(|name| rules.join(folder, &name));
    let deeper = |path: String| {
        let is_folder = machine.lstat(&path).unwrap().kind == Kind::Dir;
        let inside = if is_folder { below(machine, &path) } else { Vec::new() };
        std::iter::once(path).chain(inside)
    };
    paths.flat_map(deeper).collect()
}

#[test]
fn in_every_sample_links_lead_somewhere_and_scripts_start_something() {
    for sample in samples() {
        let machine = Capture::sample(sample.name).unwrap();
        for path in below(&machine, if machine.platform() == Platform::Windows { "C:\\" } else { "/" }) {
            assert!(machine.stat(&path).is_ok(), "{path}");
            let head = machine.head(&path, 200).map(|head| String::from_utf8_lossy(&head).into_owned()).unwrap_or_default();
            if let Some(line) = head.strip_prefix("#!").and_then(|rest| rest.lines().next()) {
                let program = line.split(' ').next().unwrap();
                assert!(machine.stat(program).is_ok_and(|meta| meta.exec), "{path}: {program}");
            }
        }
    }
}

#[test]
fn in_every_sample_each_record_says_what_is_there() {
    for sample in samples() {
        let machine = Capture::sample(sample.name).unwrap();
        let rules = machine.platform().rules();
        let root = if machine.platform() == Platform::Windows { "C:\\" } else { "/" };
        let records: Vec<String> = below(&machine, root).into_iter().filter(|path| rules.basename(path) == "RECORD").collect();
        assert!(records.len() >= 2, "{}", sample.name);
        for record in records {
            let text = String::from_utf8(machine.read(&record, 99_999).unwrap().to_vec()).unwrap();
            for line in text.lines() {
                let [name, hash, size] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
                let file = rules.join(&rules.dirname(&rules.dirname(&record)), name);
                let meta = machine.stat(&file).unwrap_or_else(|fault| panic!("{file}: {fault}"));
                assert!(size.is_empty() || meta.size == Some(size.parse().unwrap()), "{file}");
                if let (Ok(bytes), Some(hash)) = (machine.read(&file, 99_999), hash.strip_prefix("sha256=")) {
                    assert_eq!(data_encoding::BASE64URL_NOPAD.encode(&sha2::Sha256::digest(&bytes)), hash, "{file}");
                }
            }
        }
    }
}

/// Asks everything about every path that can be reached, and writes the answers down.
fn all_answers(machine: &dyn Machine, folder: &str, depth: usize, told: &mut Vec<String>) {
    for name in machine.list(folder).unwrap_or_default() {
        let path = machine.platform().rules().join(folder, &name);
        let bytes = machine.read(&path, 1 << 20);
        told.push(format!("{path}: {:?} {:?} {:?} {bytes:?}", machine.lstat(&path), machine.stat(&path), machine.link(&path)));
        if depth > 0 {
            all_answers(machine, &path, depth - 1, told);
        }
    }
}

#[test]
fn what_is_recorded_replays_to_the_same_answers() {
    let odd = r#"
  /odd/spaces: " indented\n\n"
  /odd/controls: "a\r\nb\0c"
  /odd/words: "yes"
  /odd/é: "no line end: #"
  /odd/empty: ""
  /odd/- dash: "\t\n\uFEFF\n"
  "/odd/a: b #c": "x\n\n  y\n"
  /odd/yes: "%\n@\n--- x\n"
"#;
    for text in [format!("{EVERY_FORM}{odd}").as_str(), WINDOWS] {
        let ada = Arc::new(capture(text));
        let recorder = Recorder::new(ada.clone());
        let (mut told, mut retold) = (Vec::new(), Vec::new());
        let root = if ada.platform() == Platform::Windows { "C:\\" } else { "/" };
        all_answers(&recorder, root, 6, &mut told);
        for interpreter in ["/usr/bin/python3.12", r"C:\Python312\python.exe"] {
            recorder.interpreter(interpreter);
        }
        let yaml = recorder.to_yaml(ada.recorded_venv().as_deref(), &BTreeMap::new());
        let replayed = Capture::parse("replayed.yaml", yaml.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
        all_answers(&replayed, root, 6, &mut retold);
        assert_eq!(told, retold);
        assert_eq!((replayed.cwd(), replayed.vars(), replayed.account_home()), (ada.cwd(), ada.vars(), ada.account_home()));
        assert_eq!(replayed.interpreter("/usr/bin/python3.12"), ada.interpreter("/usr/bin/python3.12"));
        assert_eq!(replayed.recorded_venv(), ada.recorded_venv());
    }
}

#[test]
fn credentials_and_variables_that_decide_nothing_are_not_recorded() {
    let text = r#"{venv-explain: capture/1, platform: linux, env: {PATH: /bin, TOKEN: s3cret, MY_HOME: /m, PYTHONPATH: "https://u:s3cret@h"},
        files: {/v/direct_url.json: '{"url": "https://ada:s3cret@example.org/x"}', /v/bin/activate: "echo $MY_HOME\n"}}"#;
    let recorder = Recorder::new(Arc::new(capture(text)));
    all_answers(&recorder, "/", 4, &mut Vec::new());
    let yaml = recorder.to_yaml(None, &BTreeMap::new());
    assert!(!yaml.contains("s3cret") && !yaml.contains("TOKEN"), "{yaml}");
    assert!(yaml.contains("https://example.org/x") && yaml.contains("MY_HOME: /m"), "{yaml}");
}
