//! The user's own site-packages.

use super::{Layer, Slot};

pub fn layers() -> Vec<Layer> {
    vec![
        Layer::always(Slot::User, "user site is there", |_, case| case.folder(case.user_site.clone())),
        Layer::always(Slot::User, "user site with a .pth", |_, case| {
            case.folder(format!("{}/user-1", case.root));
            case.write(format!("{}/user.pth", case.user_site), format!("{}/user-1\nbelow\n", case.root));
            case.folder(format!("{}/below", case.user_site));
        }),
        Layer::always(Slot::User, "user site with usercustomize", |_, case| {
            case.write(format!("{}/usercustomize.py", case.user_site), "import sys\nx = sys.path\n");
        }),
        Layer::always(Slot::User, "user site with sitecustomize", |_, case| {
            case.write(format!("{}/sitecustomize.py", case.user_site), "x = 1\n");
        }),
        Layer::always(Slot::User, "user site is a file", |_, case| case.write(case.user_site.clone(), "")),
        Layer::always(Slot::User, "user site is a link", |_, case| {
            case.folder(format!("{}/elsewhere", case.root));
            let folder = case.user_site.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
            case.folder(folder);
            case.link(case.user_site.clone(), format!("{}/elsewhere", case.root));
        }),
        Layer::always(Slot::User, "user site and a module like the library's", |_, case| {
            case.write(format!("{}/os.py", case.user_site), "raise SystemExit(9)\n");
        }),
    ]
}
