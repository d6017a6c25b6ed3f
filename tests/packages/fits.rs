//! Whether compiled files and wheels fit the interpreter, on machines of every system, written down here to the byte.

use crate::support::interpreters;
use libtest_mimic::{Failed, Trial};
use std::collections::BTreeMap;
use venv_explain::machine::capture::Capture;
use venv_explain::simulate::packages::anatomy::Anatomy;
use venv_explain::simulate::packages::fit::{Fitness, Misfit};
use venv_explain::simulate::packages::{Packages, Scene};
use venv_explain::simulate::startup::{Launch, start};
use venv_explain::venv::Environment;
use venv_explain::venv::binary::{Binary, Container};

/// Every trial.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("compiled files are judged by name and header on Linux", on_linux),
        Trial::test("compiled files are judged by name and header on macOS", on_macos),
        Trial::test("compiled files are judged by name and header on Windows", on_windows),
        Trial::test("headers of the interpreters of this machine tell its processor", own_headers),
    ]
}

/// The head of an ELF file for a processor (elf(5)).
fn elf(processor: u8) -> Vec<u8> {
    let mut head = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, processor, 0, 1, 0, 0, 0];
    head.resize(64, 0);
    head
}

/// The head of a Mach-O file for a processor (`mach-o/loader.h`).
fn macho(processor: u32) -> Vec<u8> {
    let mut head = [0xfeed_facf, processor, 0, 6, 0, 0, 0, 0].iter().flat_map(|word: &u32| word.to_le_bytes()).collect::<Vec<u8>>();
    head.resize(64, 0);
    head
}

/// The head of a Mach-O file for several (`mach-o/fat.h`).
fn fat(processors: &[u32]) -> Vec<u8> {
    let mut words = vec![0xcafe_babe, processors.len() as u32];
    words.extend(processors.iter().flat_map(|processor| [*processor, 0, 4096, 64, 12]));
    words.iter().flat_map(|word: &u32| word.to_be_bytes()).collect()
}

/// The head of a PE file for a processor.
fn pe(processor: u16) -> Vec<u8> {
    let mut head = vec![0; 512];
    head[..2].copy_from_slice(b"MZ");
    head[60] = 64;
    head[64..68].copy_from_slice(b"PE\0\0");
    head[68..70].copy_from_slice(&processor.to_le_bytes());
    // The optional header's size, and its kind: PE32+.
    head[84] = 240;
    head[88..90].copy_from_slice(&0x20b_u16.to_le_bytes());
    head
}

const X86: u8 = 62;
const ARM: u8 = 183;
const MAC_X86: u32 = 0x0100_0007;
const MAC_ARM: u32 = 0x0100_000c;
const WINDOWS_X86: u16 = 0x8664;
const WINDOWS_ARM: u16 = 0xaa64;

/// A machine whose Python is `python`, with one distribution of these files and this tag.
struct Told {
    compiled: BTreeMap<String, Fitness>,
    fits: Option<bool>,
}

fn told(platform: &str, python: &[u8], files: &[(&str, Vec<u8>)], tag: &str) -> Result<Told, Failed> {
    let base64 = |bytes: &[u8]| data_encoding::BASE64.encode(bytes);
    let windows = platform == "windows";
    let (root, base, site, program, suffix) = match platform {
        "windows" => {
            ("C:\\v", "C:\\Python312\\python.exe", "C:\\v\\Lib\\site-packages\\", "C:\\v\\Scripts\\python.exe", "cp312-win_amd64.pyd")
        }
        "macos" => ("/v", "/b/bin/python3.12", "/v/lib/python3.12/site-packages/", "/v/bin/python", "cpython-312-darwin.so"),
        _ => ("/v", "/b/bin/python3.12", "/v/lib/python3.12/site-packages/", "/v/bin/python", "cpython-312-x86_64-linux-gnu.so"),
    };
    let prefix = if windows { "C:\\Python312" } else { "/b" };
    let standard = if windows { "C:\\Python312\\Lib\\os.py" } else { "/b/lib/python3.12/os.py" };
    let dynamic = if windows { "C:\\Python312\\DLLs\\_ssl." } else { "/b/lib/python3.12/lib-dynload/_ssl." };
    let home = if windows { "C:\\Python312" } else { "/b/bin" };
    let record: String = files.iter().map(|(name, _)| format!("{name},,\n")).collect();
    let mut text = format!(
        "venv-explain: capture/1\nplatform: {platform}\ncwd: '{root}'\nenv: {{}}\nvenv: '{root}'\ninterpreters:\n  '{base}': {{implementation: cpython, \
         version: 3.12.4, prefix: '{prefix}', exec_prefix: '{prefix}'}}\nfiles:\n  '{base}': {{exec: true, base64: '{}'}}\n  '{standard}': {{}}\n  \
         '{dynamic}{suffix}': {{}}\n  '{root}{}pyvenv.cfg': \"home = {}\\n\"\n",
        base64(python),
        if windows { "\\" } else { "/" },
        home.replace('\\', "\\\\"),
    );
    text += &if windows { format!("  '{program}': {{exec: true}}\n") } else { format!("  '{program}': {{link: {base}}}\n") };
    let papers = format!("{site}a-1.dist-info{}", if windows { "\\" } else { "/" });
    text += &format!("  '{papers}METADATA': \"Name: a\\nVersion: 1\\n\"\n  '{papers}WHEEL': \"Tag: {tag}\\n\"\n");
    text += &format!("  '{papers}RECORD': {{base64: '{}'}}\n", base64(record.as_bytes()));
    for (name, bytes) in files {
        text += &format!("  '{site}{name}': {{base64: '{}'}}\n", base64(bytes));
    }
    let machine = Capture::parse("a test", text.as_bytes()).map_err(|error| error.to_string())?;
    let environment = Environment::read(&machine, root);
    let startup = start(&machine, &Launch { program: program.to_owned(), arguments: Vec::new() });
    let packages = Packages::of(&machine, &environment, Some(&startup));
    let scene = Scene::read(&machine, &environment, Some(&startup));
    let one = packages.named("a").ok_or_else(|| format!("not found: {:?}", startup.sys_path))?;
    let anatomy = Anatomy::of(&machine, &environment, &scene, &packages, one);
    let named = |path: &str| path.strip_prefix(site).unwrap_or(path).to_owned();
    Ok(Told { compiled: anatomy.compiled.into_iter().map(|(path, fitness)| (named(&path), fitness)).collect(), fits: anatomy.fits })
}

fn judged(platform: &str, python: &[u8], expected: Vec<(&str, Vec<u8>, Fitness)>) -> Result<(), Failed> {
    let files: Vec<_> = expected.iter().map(|(name, bytes, _)| (*name, bytes.clone())).collect();
    let told = told(platform, python, &files, "py3-none-any")?;
    for (name, _, fitness) in expected {
        if told.compiled.get(name) != Some(&fitness) {
            return Err(format!("{name}: expected {fitness:?}, told {:?}", told.compiled.get(name)).into());
        }
    }
    Ok(())
}

fn tags(platform: &str, python: &[u8], fitting: &[&str], others: &[&str]) -> Result<(), Failed> {
    for (tag, fits) in fitting.iter().map(|tag| (tag, true)).chain(others.iter().map(|tag| (tag, false))) {
        if told(platform, python, &[], tag)?.fits != Some(fits) {
            return Err(format!("{tag} on {platform}: expected {fits}").into());
        }
    }
    Ok(())
}

fn named(tag: &str) -> Fitness {
    Fitness::Not(Misfit::Name(tag.to_owned()))
}

fn on_linux() -> Result<(), Failed> {
    let other = |container| Fitness::Not(Misfit::System(container));
    let files = vec![
        ("own.cpython-312-x86_64-linux-gnu.so", elf(X86), Fitness::Fits),
        ("stable.abi3.so", elf(X86), Fitness::Fits),
        ("plain.so", elf(X86), Fitness::Fits),
        ("library.so", elf(ARM), Fitness::Not(Misfit::Processor(vec!["aarch64"]))),
        ("older.cpython-311-x86_64-linux-gnu.so", elf(X86), named("cpython-311-x86_64-linux-gnu")),
        ("threads.cpython-312t-x86_64-linux-gnu.so", elf(X86), named("cpython-312t-x86_64-linux-gnu")),
        ("musl.cpython-312-x86_64-linux-musl.so", elf(X86), named("cpython-312-x86_64-linux-musl")),
        ("pypy.pypy310-pp73-x86_64-linux-gnu.so", elf(X86), named("pypy310-pp73-x86_64-linux-gnu")),
        ("windows.cp312-win_amd64.pyd", pe(WINDOWS_X86), named("cp312-win_amd64")),
        ("mac.so", macho(MAC_ARM), other(Container::MachO)),
        ("dll.so", pe(WINDOWS_X86), other(Container::Pe)),
        ("text.so", b"INPUT(libc.so.6)".to_vec(), Fitness::Unknown("its header tells no processor that is known here")),
        ("empty.so", Vec::new(), Fitness::Unknown("its header tells no processor that is known here")),
    ];
    judged("linux", &elf(X86), files)?;
    let fitting = [
        "py3-none-any",
        "py2.py3-none-any",
        "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
        "cp38-abi3-manylinux_2_28_x86_64",
        "cp312-none-linux_x86_64",
        "py3-none-manylinux_2_17_x86_64",
        "py312-none-any",
    ];
    let others = [
        "cp311-cp311-manylinux_2_17_x86_64",
        "cp313-abi3-manylinux_2_17_x86_64",
        "cp312-cp312-manylinux_2_17_aarch64",
        "cp312-cp312-musllinux_1_2_x86_64",
        "cp312-cp312-macosx_11_0_arm64",
        "cp312-cp312-win_amd64",
        "cp312-cp312t-manylinux_2_17_x86_64",
        "pp310-pypy310_pp73-manylinux_2_17_x86_64",
        "py2-none-any",
        "py313-none-any",
    ];
    tags("linux", &elf(X86), &fitting, &others)
}

fn on_macos() -> Result<(), Failed> {
    let files = vec![
        ("own.cpython-312-darwin.so", macho(MAC_ARM), Fitness::Fits),
        ("both.abi3.so", fat(&[MAC_X86, MAC_ARM]), Fitness::Fits),
        ("library.dylib", macho(MAC_X86), Fitness::Not(Misfit::Processor(vec!["x86_64"]))),
        ("linux.so", elf(ARM), Fitness::Not(Misfit::System(Container::Elf))),
    ];
    judged("macos", &macho(MAC_ARM), files)?;
    let undecided = vec![("own.so", macho(MAC_ARM), Fitness::Unknown("no file tells this machine's processor"))];
    judged("macos", &fat(&[MAC_X86, MAC_ARM]), undecided)?;
    let others = ["cp312-cp312-macosx_10_9_x86_64", "cp312-cp312-manylinux_2_17_aarch64"];
    tags("macos", &macho(MAC_ARM), &["cp312-cp312-macosx_11_0_arm64", "cp312-abi3-macosx_10_12_universal2"], &others)
}

fn on_windows() -> Result<(), Failed> {
    let files = vec![
        ("own.cp312-win_amd64.pyd", pe(WINDOWS_X86), Fitness::Fits),
        ("plain.pyd", pe(WINDOWS_X86), Fitness::Fits),
        ("library.dll", pe(WINDOWS_ARM), Fitness::Not(Misfit::Processor(vec!["aarch64"]))),
        ("older.cp310-win_amd64.pyd", pe(WINDOWS_X86), named("cp310-win_amd64")),
        ("linux.pyd", elf(X86), Fitness::Not(Misfit::System(Container::Elf))),
    ];
    judged("windows", &pe(WINDOWS_X86), files)?;
    tags("windows", &pe(WINDOWS_X86), &["cp312-cp312-win_amd64", "cp311-abi3-win_amd64"], &["cp312-cp312-win32", "cp312-cp312-win_arm64"])
}

/// Real headers: every interpreter here was compiled for the processor that runs it.
fn own_headers() -> Result<(), Failed> {
    for known in interpreters::all() {
        let machine = venv_explain::machine::live::Live::new();
        let binary = Binary::read(&machine, &known.file().display().to_string()).ok_or("no header")?;
        if !binary.machines.iter().any(|processor| [std::env::consts::ARCH, "arm64"].contains(processor)) {
            return Err(format!("{}: {binary:?}", known.name).into());
        }
    }
    Ok(())
}
