//! A mail as it looks where people read in the dark.

/// The question that a mail's styles ask, as authors write it.
const ASKED: [&str; 2] = [
    "(prefers-color-scheme: dark)",
    "(prefers-color-scheme:dark)",
];
/// What is always true.
const YES: &str = "(min-width: 0)";
/// How a mail says that it is made for both.
const BOTH: &str = "content=\"light dark\"";

/// The styles for the dark apply whatever the browser of the one who looks prefers. A mail that
/// has none stays as it is; some mail programs would then invert its colours.
pub(super) fn in_the_dark(html: &str) -> String {
    let applied = ASKED
        .into_iter()
        .fold(html.to_owned(), |html, asked| html.replace(asked, YES));
    applied.replace(BOTH, "content=\"dark\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_styles_for_the_dark_apply() {
        let html = "<meta name=\"color-scheme\" content=\"light dark\">\
                    <style>@media (prefers-color-scheme: dark) { p { color: white } }</style>";
        let dark = in_the_dark(html);
        assert_eq!(
            dark,
            "<meta name=\"color-scheme\" content=\"dark\">\
             <style>@media (min-width: 0) { p { color: white } }</style>"
        );
    }
}
