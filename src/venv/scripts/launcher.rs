//! Windows launchers: a small program with the script behind it. pip, setuptools and virtualenv use `distlib`'s (program, `#!`
//! line, zip archive); uv uses its own, with the interpreter's path among the program's resources, in older ones behind the program.

use super::{Form, Program, Shebang};
use crate::machine::Machine;
use crate::text;
use object::read::pe::{ImageNtHeaders, PeFile, PeFile32, PeFile64, ResourceDirectory, ResourceDirectoryTable};

/// Launchers have some 40 to 110 KB; a bigger file is a program of its own.
const LIMIT: usize = 2 << 20;

/// The end of a central directory of a zip archive without a comment.
const END_RECORD: usize = 22;

/// uv's marks at the end of the file: for a script, for `python.exe`, and the first one it used.
const MARKS: [&[u8]; 3] = [b"UVSC", b"UVPY", b"UVUV"];

/// The kind of resource that is nothing but bytes (`RT_RCDATA`), and the one that holds the path.
const RAW_DATA: u16 = 10;
const PYTHON_PATH: &str = "UV_PYTHON_PATH";

/// What runs behind the `.exe` at `path`; `None` when it is a program of its own.
pub(super) fn read(machine: &dyn Machine, path: &str) -> Option<Shebang> {
    let bytes = machine.read(path, LIMIT).ok()?;
    let mut found = resource(&bytes, path).or_else(|| trampoline(&bytes, path)).or_else(|| distlib(&bytes, path))?;
    // Both kinds may name the interpreter by its place beside the launcher.
    let rules = machine.platform().rules();
    let program = found.program.as_str();
    let beside = program.strip_prefix("<launcher_dir>").map(|rest| rest.trim_start_matches(['\\', '/']));
    let relative = beside.or(Some(program).filter(|path| found.form == Form::Trampoline && !rules.is_absolute(path)));
    if let Some(relative) = relative {
        found.program = Program::Path(rules.normpath(&rules.join(&rules.dirname(path), relative)));
    }
    Some(found)
}

/// uv since 2025 (`crates/uv-trampoline/src/bounce.rs`): the resource `UV_PYTHON_PATH`.
fn resource(bytes: &[u8], path: &str) -> Option<Shebang> {
    let data = match PeFile64::parse(bytes) {
        Ok(program) => python_path(&program),
        Err(_) => python_path(&PeFile32::parse(bytes).ok()?),
    };
    let program = text::decode(data?);
    Some(shebang(program.clone(), Form::Trampoline, path, program, Vec::new()))
}

fn python_path<'a, Pe: ImageNtHeaders>(program: &PeFile<'a, Pe>) -> Option<&'a [u8]> {
    let sections = program.section_table();
    let directory = program.data_directories().resource_directory(program.data(), &sections).ok()??;
    let kinds = directory.root().ok()?;
    let named = below(directory, &kinds, |name| name.id() == Some(RAW_DATA))?;
    let path = |name: object::read::pe::ResourceNameOrId| name.name()?.to_string_lossy(directory).ok().filter(|name| name == PYTHON_PATH);
    let languages = below(directory, &named, |name| path(name).is_some())?;
    let entry = languages.entries.first()?.data(directory).ok()?.data()?;
    let (address, size) = (entry.offset_to_data.get(object::LittleEndian), entry.size.get(object::LittleEndian));
    sections.pe_data_at(program.data(), address)?.get(..size as usize)
}

/// The table below the first entry of `table` whose name is `wanted`.
fn below<'a>(
    directory: ResourceDirectory<'a>,
    table: &ResourceDirectoryTable<'a>,
    wanted: impl Fn(object::read::pe::ResourceNameOrId) -> bool,
) -> Option<ResourceDirectoryTable<'a>> {
    table.entries.iter().find(|entry| wanted(entry.name_or_id()))?.data(directory).ok()?.table()
}

/// Older uv: the path, its length and a mark at the end of the file.
fn trampoline(bytes: &[u8], path: &str) -> Option<Shebang> {
    let (rest, mark) = bytes.split_last_chunk::<4>()?;
    if !MARKS.contains(&mark.as_slice()) {
        return None;
    }
    let (rest, length) = rest.split_last_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let program = text::decode(rest.get(rest.len().checked_sub(length)?..)?);
    Some(shebang(program.clone(), Form::Trampoline, path, program, Vec::new()))
}

/// `distlib/scripts.py: _write_script`: launcher, first line, archive. The archive's own directory says where it begins.
fn distlib(bytes: &[u8], path: &str) -> Option<Shebang> {
    let record = memchr::memmem::rfind(bytes, b"PK\x05\x06")?;
    let field = |at: usize| -> Option<usize> {
        let field = bytes.get(record + at..record + at + 4)?;
        Some(u32::from_le_bytes(field.try_into().ok()?) as usize)
    };
    bytes.get(record..record + END_RECORD)?;
    let start = record.checked_sub(field(12)?)?.checked_sub(field(16)?)?;
    let before = bytes.get(..start)?;
    let line = text::decode(before.get(memchr::memmem::rfind(before, b"#!")?..)?);
    let line = line.trim_end();
    let command = line.strip_prefix("#!")?.trim();
    let (program, rest) = match command.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => command.split_once(' ').unwrap_or((command, "")),
    };
    let arguments = rest.split_whitespace().map(str::to_owned).collect();
    Some(shebang(line.to_owned(), Form::Launcher, path, program.to_owned(), arguments))
}

fn shebang(text: String, form: Form, path: &str, program: String, arguments: Vec<String>) -> Shebang {
    let program = if program.contains(['\\', '/']) { Program::Path(program) } else { Program::OnPath(program) };
    Shebang { text, line: None, form, kernel: path.to_owned(), program, arguments }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_stands_before_the_archive() {
        let mut exe = b"MZ....PE #! not this".to_vec();
        exe.extend(b"#!\"C:\\a b\\python.exe\" -I\r\n");
        let archive = b"PK\x03\x04entry";
        exe.extend(archive);
        exe.extend(b"PK\x01\x02dir");
        exe.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
        exe.extend(7u32.to_le_bytes());
        exe.extend((archive.len() as u32).to_le_bytes());
        exe.extend([0, 0]);
        let found = distlib(&exe, "C:\\v\\Scripts\\pip.exe").expect("a launcher");
        assert_eq!((found.program.as_str(), found.arguments), ("C:\\a b\\python.exe", vec!["-I".to_owned()]));
    }

    /// A program of one section, which holds one resource of raw bytes.
    fn program_with_resource(name: &str, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 0x400];
        let mut put = |at: usize, part: &[u8]| bytes[at..at + part.len()].copy_from_slice(part);
        put(0, b"MZ");
        put(0x3c, &0x80u32.to_le_bytes());
        put(0x80, b"PE\0\0\x64\x86\x01\0");
        put(0x94, &240u16.to_le_bytes());
        put(0x98, &0x20bu16.to_le_bytes());
        put(0x98 + 108, &16u32.to_le_bytes());
        put(0x98 + 112 + 16, &0x1000u32.to_le_bytes());
        put(0x98 + 112 + 20, &0x200u32.to_le_bytes());
        let section = 0x98 + 240;
        put(section, b".rsrc");
        put(section + 8, &0x200u32.to_le_bytes());
        put(section + 12, &0x1000u32.to_le_bytes());
        put(section + 16, &0x200u32.to_le_bytes());
        put(section + 20, &0x200u32.to_le_bytes());
        // Three tables of one entry each: the kind, the name, the language; then the entry, the name and the content.
        let entry = |id: u32, to: u32| [vec![0; 12], vec![0, 0, 1, 0], id.to_le_bytes().to_vec(), to.to_le_bytes().to_vec()].concat();
        put(0x200, &entry(u32::from(RAW_DATA), 0x8000_0018));
        put(0x218, &entry(0x8000_0070, 0x8000_0030));
        put(0x224, &[1, 0, 0, 0]);
        put(0x230, &entry(1033, 0x50));
        put(0x250, &[0x1100u32.to_le_bytes(), (content.len() as u32).to_le_bytes()].concat());
        put(0x270, &(name.len() as u16).to_le_bytes());
        put(0x272, &name.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>());
        put(0x300, content);
        bytes
    }

    #[test]
    fn the_path_stands_among_the_resources() {
        let found = resource(&program_with_resource(PYTHON_PATH, b"C:\\v\\python.exe"), "p.exe").expect("a trampoline");
        assert_eq!((found.program.as_str(), found.form), ("C:\\v\\python.exe", Form::Trampoline));
        assert_eq!(resource(&program_with_resource("OTHER", b"C:\\v\\python.exe"), "p.exe"), None);
    }

    #[test]
    fn a_cut_or_spoilt_program_names_nothing_and_does_no_harm() {
        let whole = program_with_resource(PYTHON_PATH, b"C:\\v\\python.exe");
        for length in 0..0x310 {
            let _ = resource(&whole[..length], "p.exe");
        }
        for at in 0..whole.len() {
            let mut spoilt = whole.clone();
            spoilt[at] = 0xff;
            let _ = resource(&spoilt, "p.exe");
        }
        assert_eq!(resource(&whole[..0x200], "p.exe"), None);
    }

    #[test]
    fn the_path_stands_before_the_mark() {
        let mut exe = b"MZ....".to_vec();
        exe.extend(b"C:\\v\\python.exe\x0f\0\0\0UVSC");
        assert_eq!(trampoline(&exe, "p.exe").expect("a trampoline").program.as_str(), "C:\\v\\python.exe");
        assert_eq!(trampoline(b"MZ\xff\xff\xff\xffUVSC", "p.exe"), None);
    }
}
