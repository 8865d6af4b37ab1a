//! One pass over MJML before it is compiled: conditions become tags, values of attributes become
//! what the compiler passes on unchanged, and what nests too deep is refused.

use domain::content::TemplateFault;
use htmlparser::{ElementEnd, StrSpan, Token, Tokenizer};

use super::moved::{Moved, Places};
use super::tags::Tags;

/// The attribute that says for whom an element is (表示条件): what stands in `{% if … %}`.
const CONDITION: &str = "data-show-if";
/// The compiler goes one call deeper for each element inside another (V-11).
const MAX_DEPTH: usize = 100;
/// Elements that have no end.
const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// What stopped the pass, at a byte of its source.
pub(super) struct Stopped {
    pub(super) at: usize,
    pub(super) fault: TemplateFault,
}

/// The source as the compiler takes it.
pub(super) struct Prepared {
    pub(super) text: String,
    pub(super) places: Places,
    /// The conditions, each with its byte in the source.
    pub(super) conditions: Vec<(usize, String)>,
}

/// Goes through a source without merge tags; its conditions become some.
pub(super) fn prepared(source: &str, tags: &mut Tags) -> Result<Prepared, Stopped> {
    let mut pass = Pass {
        moved: Moved::new(source),
        tags,
        open: Vec::new(),
        element: Element::default(),
        conditions: Vec::new(),
    };
    for token in Tokenizer::from(source) {
        pass.take(&token.map_err(|error| unreadable(source, &error))?)?;
    }
    let conditions = pass.conditions;
    let (text, places) = pass.moved.finish();
    Ok(Prepared {
        text,
        places,
        conditions,
    })
}

fn unreadable(source: &str, error: &htmlparser::Error) -> Stopped {
    let pos = error.pos();
    let lines_before = (pos.row as usize).saturating_sub(1);
    let before = source.split_inclusive('\n').take(lines_before);
    let line: usize = before.map(str::len).sum();
    let in_line = (pos.col as usize).saturating_sub(1);
    let in_line = source[line..].chars().take(in_line);
    let at = line + in_line.map(char::len_utf8).sum::<usize>();
    Stopped {
        at,
        fault: TemplateFault::Markup(snippet(source, at)),
    }
}

/// What stands at this place, short enough for a sentence.
pub(super) fn snippet(source: &str, at: usize) -> String {
    let rest = source.get(at..).unwrap_or_default();
    let line = rest.trim_start().lines().next().unwrap_or_default();
    line.chars().take(40).collect()
}

/// The element whose attributes are being read.
#[derive(Default)]
struct Element<'a> {
    name: &'a str,
    start: usize,
    has_language: bool,
    condition: Option<String>,
    /// Values that have to change: from where to where, and into what.
    values: Vec<(usize, usize, String)>,
}

struct Pass<'a, 't> {
    moved: Moved<'a>,
    tags: &'t mut Tags,
    /// For each element that is open, whether a condition ends with it.
    open: Vec<bool>,
    element: Element<'a>,
    conditions: Vec<(usize, String)>,
}

impl<'a> Pass<'a, '_> {
    fn take(&mut self, token: &Token<'a>) -> Result<(), Stopped> {
        match token {
            Token::ElementStart { local, span, .. } => {
                self.element = Element {
                    name: local.as_str(),
                    start: span.start(),
                    ..Element::default()
                };
                Ok(())
            }
            Token::Attribute { local, value, .. } => {
                if let Some(value) = value {
                    self.attribute(local.as_str(), *value);
                }
                Ok(())
            }
            Token::ElementEnd { end, span } => match end {
                ElementEnd::Open => self.begin(*span),
                ElementEnd::Empty => {
                    let has_condition = self.write_head(*span);
                    self.end_condition(has_condition, *span);
                    Ok(())
                }
                ElementEnd::Close(..) => {
                    let has_condition = self.open.pop().unwrap_or_default();
                    self.end_condition(has_condition, *span);
                    Ok(())
                }
            },
            Token::Declaration { .. }
            | Token::ProcessingInstruction { .. }
            | Token::ConditionalCommentStart { .. }
            | Token::ConditionalCommentEnd { .. }
            | Token::Comment { .. }
            | Token::DtdStart { .. }
            | Token::EmptyDtd { .. }
            | Token::EntityDeclaration { .. }
            | Token::DtdEnd { .. }
            | Token::Text { .. }
            | Token::Cdata { .. } => Ok(()),
        }
    }

    /// Only elements of MJML have conditions: the compiler puts whole rows and tables in their
    /// place, so that a tag beside one never stands inside another.
    fn attribute(&mut self, name: &str, value: StrSpan<'a>) {
        let element = &mut self.element;
        if name == CONDITION && element.name.starts_with("mj-") {
            let condition = html_escape::decode_html_entities(value.as_str().trim());
            element.condition = Some(condition.into_owned()).filter(|text| !text.is_empty());
        }
        element.has_language |= name == "lang";
        let changed = passed_on(value.as_str());
        if changed != value.as_str() {
            let (start, end) = (value.start(), value.end());
            element.values.push((start, end, changed));
        }
    }

    fn begin(&mut self, span: StrSpan<'a>) -> Result<(), Stopped> {
        let has_condition = self.write_head(span);
        if VOID.contains(&self.element.name) {
            return Ok(());
        }
        self.open.push(has_condition);
        if self.open.len() > MAX_DEPTH {
            return Err(Stopped {
                at: self.element.start,
                fault: TemplateFault::TooCostly,
            });
        }
        Ok(())
    }

    /// Writes an element up to its `>`; true if a condition began before it.
    fn write_head(&mut self, end: StrSpan<'a>) -> bool {
        let element = std::mem::take(&mut self.element);
        let has_condition = element.condition.is_some();
        if let Some(condition) = element.condition {
            let word = self.tags.stand_for(format!("{{% if {condition} %}}"));
            self.moved.replace(element.start, element.start, &word);
            self.conditions.push((element.start, condition));
        }
        for (from, until, value) in element.values {
            self.moved.replace(from, until, &value);
        }
        // Screen readers and hyphenation go by it; nobody writes it by hand.
        if element.name == "mjml" && !element.has_language {
            self.moved.replace(end.start(), end.start(), " lang=\"ja\"");
        }
        self.element.name = element.name;
        self.element.start = element.start;
        has_condition
    }

    fn end_condition(&mut self, has_condition: bool, span: StrSpan<'a>) {
        if has_condition {
            let word = self.tags.stand_for("{% endif %}".to_owned());
            self.moved.replace(span.end(), span.end(), &word);
        }
    }
}

/// The compiler writes values as Rust quotes text, which turns an ideographic space or a backslash
/// into an escape that no mail program knows. As a character reference it gets through.
fn passed_on(value: &str) -> String {
    let mut passed = String::with_capacity(value.len());
    for character in value.chars() {
        let is_plain = character == '\'' || character.escape_debug().eq([character]);
        if is_plain && !is_mark(character) {
            passed.push(character);
        } else {
            passed.push_str(&format!("&#{};", u32::from(character)));
        }
    }
    passed
}

/// Marks that belong to the character before them are escaped only where they begin a text.
fn is_mark(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}' | '\u{300}'..='\u{36f}')
}
