//! `site.addsitedir` as a program calls it that is running already.

use super::disk::{Disk, Listings};
use super::site::Site;
use super::steps::Account;
use super::{Launch, command_line, run};
use crate::machine::Machine;
use crate::venv::installation::Installation;
use crate::venv::{Source, Unknown};

/// What `sys.path` holds after `site.addsitedir(folder)` in the Python that `launch` starts, where it is `path` before; and what code
/// in `.pth` files may have changed. Follows `addsitedir` of the `Lib/site.py` of its release. The error says why it is not known.
pub fn add_site_dir(
    machine: &dyn Machine,
    launch: &Launch,
    known: Option<&Installation>,
    path: &[String],
    folder: &str,
) -> Result<(Vec<String>, Vec<Unknown>), String> {
    let mut account = Account::default();
    let why = |halt: super::scene::Halt| match halt {
        super::scene::Halt::Fatal(why) | super::scene::Halt::Unknown { why, .. } => why,
        super::scene::Halt::SiteFailed => "a .pth file cannot be read".to_owned(),
    };
    let listings = Listings::default();
    let scene = run::set_the_scene(Disk::new(machine, &listings), launch, known, &mut account, &mut run::Told::default()).map_err(why)?;
    let arguments = ["-c".to_owned(), "pass".to_owned()];
    let line = command_line::parse(&arguments, scene.release, scene.installation.implementation)
        .map_err(|_| "the command line is not followed".to_owned())?;
    let flags = run::settle_flags(&scene, &line);
    let mut site = Site::running(&scene, flags, path, &mut account);
    site.add_site_dir_anew(folder, &Source::default()).and_then(|()| site.process_batch()).map_err(why)?;
    let path = site.path.into_iter().map(|item| item.path).collect();
    Ok((path, account.unknown))
}
