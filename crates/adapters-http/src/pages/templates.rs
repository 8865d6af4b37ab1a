//! The templates, embedded in the program and checked when it starts.

use rust_embed::RustEmbed;
use tera::{Context, Tera};

use super::{filters, functions};

#[derive(RustEmbed)]
#[folder = "../../templates"]
#[include = "*.html"]
#[exclude = "demo-site/*"]
struct Sources;

/// All templates, ready to be rendered.
#[derive(Debug)]
pub struct Pages(Tera);

impl Pages {
    /// Loads every template.
    ///
    /// # Errors
    /// When one cannot be parsed or names a filter, function, component or template that is not
    /// there; the text names the place.
    pub fn load() -> Result<Self, tera::Error> {
        let mut tera = Tera::new();
        register(&mut tera);
        let sources: Vec<(String, String)> = Sources::iter()
            .filter_map(|name| Some((name.to_string(), Sources::get(&name)?)))
            .map(|(name, file)| (name, String::from_utf8_lossy(&file.data).into_owned()))
            .collect();
        tera.add_raw_templates(sources)?;
        Ok(Self(tera))
    }

    pub(crate) fn render(&self, template: &str, context: &Context) -> Result<String, tera::Error> {
        self.0.render(template, context)
    }

    pub(crate) fn render_block(
        &self,
        template: &str,
        block: &str,
        context: &Context,
    ) -> Result<String, tera::Error> {
        self.0.render_block(template, block, context)
    }
}

/// Before any template: their names are checked while the templates load.
fn register(tera: &mut Tera) {
    tera.autoescape_on([".html"]);
    tera.register_function("t", functions::text);
    tera.register_function("asset", functions::asset);
    tera.register_filter("number", filters::number);
    tera.register_filter("percent", filters::percent);
    tera.register_filter("date", filters::date);
    tera.register_filter("datetime", filters::date_time);
    tera.register_filter("ago", filters::ago);
    tera.register_filter("masked", filters::masked);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_loads() {
        Pages::load().unwrap();
    }
}
