//! Writes manuscripts as a sample reader gets them: `typeset OUT_DIR FILE.mjml…`. The pictures of
//! the starters are made from what this writes (`scripts/starter-shots.sh`).

use std::error::Error;
use std::path::Path;
use std::{env, fs};

use adapters_render::Renderer;
use domain::content::{MailRenderer, Manuscript, MergeFields, MergeValue, TemplateSource};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let folder = arguments.next().ok_or("where shall the pages go?")?;
    for file in arguments {
        let file = Path::new(&file);
        let name = file.file_stem().ok_or("a file has a name")?;
        let page = Path::new(&folder).join(name).with_extension("html");
        fs::write(page, page_of(&fs::read_to_string(file)?)?)?;
    }
    Ok(())
}

fn page_of(body: &str) -> Result<String, Box<dyn Error>> {
    let html = Renderer
        .typeset(&Manuscript::of_html(body))
        .map_err(|problems| format!("{problems:?}"))?;
    let source = TemplateSource {
        html,
        ..TemplateSource::default()
    };
    Ok(Renderer.render(&source, &reader())?.html.whole())
}

fn reader() -> MergeFields {
    [
        ("name", "見本 花子"),
        ("company", "見本高等学校"),
        ("industry", "教育"),
        ("graduation_year", "2027"),
        ("organisation", "学校法人 見本学園"),
        ("sender_name", "見本学園 入試広報課"),
        ("unsubscribe_url", "https://ondo.example.jp/u/sample"),
    ]
    .into_iter()
    .fold(MergeFields::default(), |fields, (name, value)| {
        fields.with(name, MergeValue::from(value))
    })
}
