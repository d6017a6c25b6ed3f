//! Tells cargo that the lessons are part of the program: a lesson added or taken away builds it anew. (The macro that embeds them
//! tracks the files it found, not the folder.)

#![allow(clippy::print_stdout, reason = "printing is how a build script speaks to cargo")]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=lessons");
}
