//! Wheels written here, so that pip and uv can really install a hundred distributions without a network.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use zip::write::SimpleFileOptions;

/// How many there are.
pub const COUNT: usize = 120;

/// One wheel.
pub struct Wheel {
    /// Its name, as `METADATA` spells it.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Further lines of the header.
    pub header: String,
}

/// Names in every spelling, versions of every form, requirements with markers that hold and that do not.
pub fn all() -> Vec<Wheel> {
    let versions = ["1.0", "1.0.post1", "2!1.0", "1.0rc1", "1.0.0", "3.2.dev4", "1.5+local.1", "2026.10.1"];
    (0..COUNT)
        .map(|number| {
            let mut header = String::from("Requires-Python: >=3.6\n");
            let next = name((number + 1) % COUNT);
            if number % 3 == 0 {
                let _ = writeln!(header, "Requires-Dist: {next} (>=0.1)");
            }
            if number % 4 == 0 {
                let _ = writeln!(header, "Requires-Dist: nothing-of-that-name ; python_version < \"3\" or sys_platform == \"win32\"");
                let _ = writeln!(header, "Requires-Dist: another-nothing>=1 ; extra == \"more\"\nProvides-Extra: more");
            }
            if number % 5 == 0 {
                let marker = "python_full_version >= '3.6.0' and platform_machine != 'vax' and implementation_name == 'cpython'";
                let _ = writeln!(header, "Requires-Dist: {next}; {marker}");
            }
            Wheel { name: name(number), version: versions[number % versions.len()].to_owned(), header }
        })
        .collect()
}

fn name(number: usize) -> String {
    let forms = ["sample-{}", "Sample.Upper.{}", "sample_under_{}", "SAMPLE-{}-x"];
    forms[number % forms.len()].replace("{}", &format!("{number:03}"))
}

impl Wheel {
    /// A wheel with one more line in its header.
    pub fn new(name: &str, version: &str, header: &str) -> Self {
        Self { name: name.to_owned(), version: version.to_owned(), header: header.to_owned() }
    }

    /// Writes the file into `folder`.
    pub fn write(&self, folder: &Path) {
        let module = self.name.to_lowercase().replace(['-', '.'], "_");
        let stem = format!("{module}-{}", self.version);
        let info = format!("{stem}.dist-info");
        let metadata = format!("Metadata-Version: 2.1\nName: {}\nVersion: {}\n{}\nA description.\n", self.name, self.version, self.header);
        let files = [
            (format!("{module}/__init__.py"), "def main():\n    return 0\n".to_owned()),
            (format!("{module}/deep/more.py"), "VALUE = 1\n".to_owned()),
            (format!("{module}/data, with a comma.txt"), "data\n".to_owned()),
            (format!("{info}/METADATA"), metadata),
            (format!("{info}/WHEEL"), "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned()),
            (format!("{info}/entry_points.txt"), format!("[console_scripts]\n{module} = {module}:main\n")),
        ];
        let mut record = String::new();
        let mut archive = zip::ZipWriter::new(fs::File::create(folder.join(format!("{stem}-py3-none-any.whl"))).expect("room"));
        let options = SimpleFileOptions::default();
        for (path, text) in &files {
            let digest = data_encoding::BASE64URL_NOPAD.encode(&Sha256::digest(text));
            let _ = writeln!(record, "\"{path}\",sha256={digest},{}", text.len());
            archive.start_file(path.as_str(), options).expect("room");
            archive.write_all(text.as_bytes()).expect("room");
        }
        let _ = writeln!(record, "{info}/RECORD,,");
        archive.start_file(format!("{info}/RECORD"), options).expect("room");
        archive.write_all(record.as_bytes()).expect("room");
        archive.finish().expect("room");
    }
}

/// A project folder with a build backend of its own, which needs nothing.
pub fn project(folder: &Path, name: &str) {
    fs::create_dir_all(folder).expect("room");
    let toml = "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n";
    fs::write(folder.join("pyproject.toml"), format!("{toml}[project]\nname = \"{name}\"\nversion = \"0.1\"\n")).expect("room");
    fs::write(folder.join(format!("{name}.py")), "").expect("room");
    fs::write(folder.join("backend.py"), BACKEND.replace("NAME", name)).expect("room");
}

const BACKEND: &str = r#"import os, zipfile
def wheel(folder, files):
    file = "NAME-0.1-py3-none-any.whl"
    info = "NAME-0.1.dist-info/"
    files = dict(files)
    files[info + "METADATA"] = "Metadata-Version: 2.1\nName: NAME\nVersion: 0.1\n"
    files[info + "WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[info + "RECORD"] = "".join(name + ",,\n" for name in files) + info + "RECORD,,\n"
    with zipfile.ZipFile(os.path.join(folder, file), "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return file
def build_wheel(folder, config_settings=None, metadata_directory=None):
    return wheel(folder, {"NAME.py": ""})
def build_editable(folder, config_settings=None, metadata_directory=None):
    return wheel(folder, {"NAME.pth": os.path.dirname(os.path.abspath(__file__)) + "\n"})
"#;
