//! The built-in samples: captures of environments that were really made, with the places and people's names replaced.
//!
//! File lists are shortened to what matters, and `METADATA` to its headers; each `RECORD` says what is left.

/// A recorded environment that comes with the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// What `--sample` calls it.
    pub name: &'static str,
    /// What it shows, in one line.
    pub about: &'static str,
    /// The capture.
    pub text: &'static str,
}

const SAMPLES: [Sample; 4] = [
    Sample {
        name: "linux",
        about: "made by venv on Linux, with pip and requests; Python in /usr",
        text: include_str!("../samples/linux.yaml"),
    },
    Sample {
        name: "macos",
        about: "made by venv on macOS, with pip and click; the framework build of python.org",
        text: include_str!("../samples/macos.yaml"),
    },
    Sample {
        name: "uv",
        about: "made by uv on Linux, without pip, with httpx; a Python that uv installed",
        text: include_str!("../samples/uv.yaml"),
    },
    Sample {
        name: "windows",
        about: "made by venv on Windows, with pip and click; Python from python.org",
        text: include_str!("../samples/windows.yaml"),
    },
];

/// All samples, in the order in which they are listed.
pub fn samples() -> &'static [Sample] {
    &SAMPLES
}
