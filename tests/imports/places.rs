//! What an environment is furnished with: every way in which a module can be there, or nearly so.

use libtest_mimic::Failed;
use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;

/// The finder that setuptools writes for an editable installation, as its `_FINDER_TEMPLATE` makes it.
const FINDER: &str = include_str!("editable_finder.py");

/// The environment's own site-packages.
pub fn site_packages(root: &Path) -> Option<PathBuf> {
    let direct = root.join("site-packages");
    let below = fs::read_dir(root.join("lib")).into_iter().flatten().flatten().map(|entry| entry.path().join("site-packages"));
    below.chain([direct]).find(|site| site.is_dir())
}

/// The names that the files and folders of a folder may be imported by.
pub fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let stems = names.map(|name| name.split('.').next().unwrap_or_default().to_owned());
    stems
        .filter(|name| {
            !name.is_empty() && name != "__init__" && name != "__main__" && name.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
        .collect()
}

/// Fills `site`, the working folder `app` and folders beside them; the answer is the names to ask for.
pub fn furnish(scratch: &Path, app: &Path, site: &Path) -> Result<BTreeSet<String>, Failed> {
    let files = [
        (site, "plain.py"),
        (site, "pack/__init__.py"),
        (site, "pack/inner.py"),
        (site, "pack/deep/__init__.py"),
        (site, "pack/deep/leaf.py"),
        // A package wins over a module of the same name, and an extension over a source.
        (site, "both/__init__.py"),
        (site, "both.py"),
        (site, "twice.so"),
        (site, "twice.abi3.so"),
        (site, "twice.py"),
        (site, "foreign.cpython-35m-x86_64-linux-gnu.so"),
        (site, "stable.abi3.so"),
        (site, "compiled.so"),
        (site, "extpack/__init__.abi3.so"),
        (site, "bare.pyc"),
        (site, "sourced.pyc"),
        (site, "sourced.py"),
        (site, "cached/__pycache__/only.cpython-312.pyc"),
        (site, "Capital.py"),
        (site, "spaced/README.txt"),
        (site, "shared/one.py"),
        (scratch, "more/shared/two.py"),
        (scratch, "more/hidden.py"),
        (app, "shared/three.py"),
        (app, "hidden.py"),
        (site, "hidden.py"),
        // A folder without __init__ earlier on sys.path does not hide a module later on.
        (app, "plain/data.txt"),
        (app, "colorsys.py"),
        (app, "os.py"),
        (app, "sys.py"),
        (app, "_distutils_hack.py"),
        (app, "usercustomize.py"),
        // The finder of an editable installation has imported these before the program begins.
        (app, "fnmatch.py"),
        (app, "copyreg.py"),
        (app, "back\\slash.py"),
        (app, "encodings/__init__.py"),
        (app, "filecmp.py"),
        (app, "beside.py"),
        (scratch, "project/src/edited/__init__.py"),
        (scratch, "project/src/edited/inner.py"),
        (scratch, "project/src/edited_module.py"),
        (scratch, "project/src/space/part/__init__.py"),
        (scratch, "project/src/space/part/leaf.py"),
        (scratch, "legacy/legacy_package/__init__.py"),
    ];
    for (folder, file) in files {
        let path = folder.join(file);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, "")?;
    }
    fs::write(site.join("dangling.py"), "")?;
    fs::remove_file(site.join("dangling.py"))?;
    std::os::unix::fs::symlink("nowhere.py", site.join("dangling.py"))?;
    std::os::unix::fs::symlink("pack", site.join("linked"))?;
    fs::create_dir_all(site.join("folder.py"))?;
    let lines = ["more", "packed.zip", "inside.zip/below", "not-a-zip.zip", "legacy"].map(|name| scratch.join(name).display().to_string());
    fs::write(site.join("places.pth"), lines.join("\n"))?;
    fs::write(site.join("legacy-project.egg-link"), format!("{}\n.", scratch.join("legacy").display()))?;
    fs::write(scratch.join("not-a-zip.zip"), "no archive")?;
    archive(&scratch.join("packed.zip"), "")?;
    archive(&scratch.join("inside.zip"), "below/")?;
    editable(scratch, site)?;
    let asked = "plain pack pack.inner pack.Inner pack.deep pack.deep.leaf pack.deep.none both both.inner twice foreign stable compiled extpack \
        bare sourced cached cached.only only Capital capital CAPITAL spaced spaced.README shared shared.one shared.two shared.three hidden \
        colorsys os sys encodings filecmp json.decoder beside Beside dangling linked linked.inner folder edited edited.inner edited.none \
        edited_module edited_module.x space space.part space.part.leaf space.none legacy_package zipped zipped.inner zipped.none zipmodule \
        zipboth zipcompiled zipspace zipspace.leaf zipnone zipimplied zipimplied.leaf packed below places not-a-zip plain.py distutils distutils.core setuptools pip \
        pip._internal _distutils_hack back\\slash usercustomize nothing_of_that_name";
    Ok(asked.split_whitespace().map(str::to_owned).collect())
}

/// A zip file of modules, below a folder in it.
fn archive(file: &Path, below: &str) -> Result<(), Failed> {
    let mut writer = zip::ZipWriter::new(fs::File::create(file)?);
    for name in ["zipped/__init__.py", "zipped/inner.py", "zipmodule.py", "zipboth.py", "zipboth/__init__.py", "zipcompiled.so"] {
        writer.start_file(format!("{below}{name}"), SimpleFileOptions::default())?;
        writer.write_all(b"# a module\n")?;
    }
    writer.add_directory(format!("{below}zipspace"), SimpleFileOptions::default())?;
    writer.start_file(format!("{below}zipspace/leaf.py"), SimpleFileOptions::default())?;
    writer.start_file(format!("{below}zipimplied/leaf.py"), SimpleFileOptions::default())?;
    writer.finish()?;
    Ok(())
}

/// An editable installation in the manner of setuptools, with a package, a module and a namespace package.
fn editable(scratch: &Path, site: &Path) -> Result<(), Failed> {
    let source = scratch.join("project/src").display().to_string();
    let mapping =
        format!("{{'edited': '{source}/edited', 'edited_module': '{source}/edited_module', 'space.part': '{source}/space/part'}}");
    let finder = FINDER.replace("@MAPPING@", &mapping).replace("@NAMESPACES@", "{'space': []}");
    fs::write(site.join("__editable___project_1_0_finder.py"), finder)?;
    let line = "import __editable___project_1_0_finder; __editable___project_1_0_finder.install()";
    fs::write(site.join("__editable__.project-1.0.pth"), line)?;
    Ok(())
}
