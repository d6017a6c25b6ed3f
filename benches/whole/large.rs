//! A large environment: really made by `venv`, its distributions written by hand as pip would leave them.
//!
//! Written rather than installed, so that the benchmark needs no network and is the same everywhere.

use crate::support::environments::{self, Kind};
use crate::support::interpreters::Interpreter;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// How many distributions it has.
pub const DISTRIBUTIONS: usize = 150;
/// How many modules each has, beside the files of its `.dist-info`.
const MODULES: usize = 195;

/// Makes it; returns how many files were written.
pub fn make(interpreter: &Interpreter, venv: &Path) -> Result<usize, String> {
    environments::make(interpreter, Kind::Venv, venv)?;
    let site = site(interpreter, venv);
    let mut files = 0;
    for number in 0..DISTRIBUTIONS {
        files += distribution(venv, &site, number).map_err(|error| error.to_string())?;
    }
    Ok(files)
}

/// Its `site-packages`.
pub fn site(interpreter: &Interpreter, venv: &Path) -> PathBuf {
    let (major, minor, _) = interpreter.version;
    venv.join(format!("lib/python{major}.{minor}/site-packages"))
}

/// Makes an environment with one distribution of 30,000 files, of the sizes that files of packages have.
pub fn one(interpreter: &Interpreter, venv: &Path) -> Result<(), String> {
    environments::make(interpreter, Kind::Venv, venv)?;
    write_one(&site(interpreter, venv)).map_err(|error| error.to_string())
}

fn write_one(site: &Path) -> io::Result<()> {
    let info = site.join("large-1.0.dist-info");
    fs::create_dir_all(&info)?;
    fs::write(info.join("METADATA"), "Metadata-Version: 2.1\nName: large\nVersion: 1.0\n")?;
    let mut record = String::new();
    for number in 0..30_000_usize {
        let folder = format!("large/part_{:03}", number / 100);
        fs::create_dir_all(site.join(&folder))?;
        let path = format!("{folder}/module_{number}.py");
        let text = format!("VALUE = {number}\n").repeat(1 + number * 7919 % 1200);
        let digest = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(&text));
        // Writing into a String cannot fail.
        let _ = writeln!(record, "{path},sha256={digest},{}", text.len());
        fs::write(site.join(path), text)?;
    }
    fs::write(info.join("RECORD"), record)
}

/// An executable file.
pub fn command(file: &Path, text: &str) -> io::Result<()> {
    fs::write(file, text)?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755))
}

fn distribution(venv: &Path, site: &Path, number: usize) -> io::Result<usize> {
    let name = format!("sample_{number:03}");
    let mut record = String::new();
    let mut files = 0;
    let mut write = |path: String, text: &str| {
        let file = site.join(&path);
        fs::create_dir_all(file.parent().unwrap_or(site))?;
        let digest = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(text));
        // Writing into a String cannot fail.
        let _ = writeln!(record, "{path},sha256={digest},{}", text.len());
        files += 1;
        fs::write(file, text)
    };
    for module in 0..MODULES {
        let folder = ["", "core/", "core/deep/", "tests/", "data/tables/"][module % 5];
        let file = if module < 5 { "__init__.py".to_owned() } else { format!("module_{module}.py") };
        write(format!("{name}/{folder}{file}"), &format!("\"\"\"Module {module}.\"\"\"\n\nVALUE = {module}\n").repeat(1 + module % 40))?;
    }
    let info = format!("{name}-1.{number}.0.dist-info");
    let requires = format!("Requires-Dist: sample-{:03}>=1.0\n", (number + 1) % DISTRIBUTIONS);
    let metadata = format!(
        "Metadata-Version: 2.1\nName: sample-{number:03}\nVersion: 1.{number}.0\nSummary: a sample\nRequires-Python: >=3.6\n{requires}\n{}",
        "A long description.\n".repeat(200)
    );
    write(format!("{info}/METADATA"), &metadata)?;
    write(format!("{info}/WHEEL"), "Wheel-Version: 1.0\nGenerator: hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n")?;
    write(format!("{info}/INSTALLER"), "pip\n")?;
    write(format!("{info}/top_level.txt"), &format!("{name}\n"))?;
    if number.is_multiple_of(10) {
        write(format!("{info}/entry_points.txt"), &format!("[console_scripts]\n{name} = {name}:main\n"))?;
        let script = format!("#!{}/bin/python\nimport sys\nfrom {name} import main\nsys.exit(main())\n", venv.display());
        command(&venv.join("bin").join(&name), &script)?;
        let _ = writeln!(record, "../../../bin/{name},,");
    }
    let _ = writeln!(record, "{info}/RECORD,,");
    fs::write(site.join(info).join("RECORD"), record)?;
    Ok(files + 1)
}
