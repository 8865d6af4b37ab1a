//! Texts and templates are embedded at compile time; a new file there must rebuild this crate.

fn main() {
    for folder in ["../../locales", "../../templates"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
