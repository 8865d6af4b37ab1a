//! Filling in a template.

use std::io::{self, Write};
use std::sync::LazyLock;

use domain::content::{
    ATTRIBUTE_PREFIX, Filled, MergeFields, MergeValue, Rendered, TemplatePart, TemplateProblem,
    TemplateSource,
};
use domain::delivery::one_line;
use minijinja::value::Value;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, filters, tests};

use crate::check::{problem_of, syntax};

/// Instructions that one part may take: several times what [`domain::content::MAX_SOURCE_BYTES`]
/// of the densest tags need.
const FUEL: u64 = 1_000_000;

/// Bytes that one part may come to. Without it, half a megabyte of tags for one long attribute
/// would come to gigabytes (V-11).
const MAX_OUTPUT_BYTES: usize = 4 * 1024 * 1024;

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

/// Holds what `check` allows and nothing else: no loader, no function, no global.
fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.add_filter("default", filters::default);
    environment.add_filter("d", filters::default);
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("round", filters::round);
    environment.add_filter("int", filters::int);
    environment.add_filter("length", filters::length);
    environment.add_test("defined", tests::is_defined);
    environment.add_test("undefined", tests::is_undefined);
    environment.set_undefined_behavior(UndefinedBehavior::Lenient);
    environment.set_syntax(syntax());
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(200);
    environment.set_auto_escape_callback(|name| {
        if name == TemplatePart::Html.as_str() {
            AutoEscape::Html
        } else {
            AutoEscape::None
        }
    });
    // The engine's own escaping also hides slashes, which makes addresses hard to read.
    environment.set_formatter(|out, state, value| {
        if value.is_undefined() || value.is_none() {
            return Ok(());
        }
        let text = value.to_string();
        let written = if matches!(state.auto_escape(), AutoEscape::Html) {
            let text = text.replace(Filled::VALUE, "");
            let escaped = html_escape::encode_quoted_attribute(&text);
            write!(out, "{0}{escaped}{0}", Filled::VALUE)
        } else {
            out.write_str(&text)
        };
        written.map_err(minijinja::Error::from)
    });
    environment
}

/// The values as the engine takes them.
fn context_of(fields: &MergeFields) -> Value {
    let attributes = fields
        .attributes()
        .map(|(key, value)| (key, value_of(value)));
    let attributes = [(ATTRIBUTE_PREFIX, Value::from_pairs(attributes))];
    let values = fields.values().map(|(name, value)| (name, value_of(value)));
    Value::from_pairs(values.chain(attributes))
}

fn value_of(value: &MergeValue) -> Value {
    match value {
        MergeValue::Text(text) => Value::from(text.as_str()),
        MergeValue::Whole(number) => Value::from(*number),
        MergeValue::Number(number) => whole(*number).map_or(Value::from(*number), Value::from),
        MergeValue::Truth(truth) => Value::from(*truth),
    }
}

/// A number that is written without a point, such as a count.
fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 not every whole number has a value of its own.
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let is_whole = number.fract() == 0.0 && number.abs() <= LARGEST;
    is_whole.then_some(number as i64)
}

/// A source that `check` has found nothing wrong with, ready to be filled in again and again.
pub(crate) struct Compiled {
    environment: Environment<'static>,
    source: TemplateSource,
}

impl Compiled {
    /// # Errors
    /// What the template engine finds that `check` did not.
    pub(crate) fn of(source: &TemplateSource) -> Result<Self, TemplateProblem> {
        let mut compiled = Self {
            environment: ENVIRONMENT.clone(),
            source: source.clone(),
        };
        let text = source.text.as_ref().map(|text| (TemplatePart::Text, text));
        let parts = [
            (TemplatePart::Subject, &source.subject),
            (TemplatePart::Html, &source.html),
        ];
        for (part, text) in parts.into_iter().chain(text) {
            // Nothing that an author writes may look like the place of a value.
            let text = text.replace(Filled::VALUE, "");
            compiled
                .environment
                .add_template_owned(part.as_str(), text)
                .map_err(|error| compiled.problem(part, &error))?;
        }
        Ok(compiled)
    }

    pub(crate) fn is_of(&self, source: &TemplateSource) -> bool {
        self.source == *source
    }

    /// One person's mail.
    ///
    /// # Errors
    /// What stopped it: a good source can still be too costly.
    pub(crate) fn fill(&self, fields: &MergeFields) -> Result<Rendered, TemplateProblem> {
        let context = context_of(fields);
        let text = self.source.text.as_ref();
        Ok(Rendered {
            subject: one_line(&self.part(TemplatePart::Subject, &context)?),
            html: apart(&self.part(TemplatePart::Html, &context)?),
            text: text
                .map(|_| self.part(TemplatePart::Text, &context))
                .transpose()?,
        })
    }

    fn part(&self, part: TemplatePart, context: &Value) -> Result<String, TemplateProblem> {
        let mut output = Limited::default();
        self.environment
            .get_template(part.as_str())
            .and_then(|template| template.render_captured_to(context, &mut output).map(drop))
            .map_err(|error| self.problem(part, &error))?;
        Ok(output.into_text())
    }

    fn problem(&self, part: TemplatePart, error: &minijinja::Error) -> TemplateProblem {
        let source = match part {
            TemplatePart::Subject => &self.source.subject,
            TemplatePart::Html => &self.source.html,
            TemplatePart::Text => self.source.text.as_deref().unwrap_or_default(),
        };
        problem_of(part, source, error)
    }
}

/// The text and the values that the formatter has put between two marks each.
fn apart(marked: &str) -> Filled {
    let mut filled = Filled::default();
    for (place, piece) in marked.split(Filled::VALUE).enumerate() {
        if place % 2 == 0 {
            filled.push_text(piece);
        } else {
            filled.push_value(piece.to_owned());
        }
    }
    filled
}

#[derive(Default)]
struct Limited(Vec<u8>);

impl Limited {
    fn into_text(self) -> String {
        String::from_utf8(self.0)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }
}

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MAX_OUTPUT_BYTES {
            return Err(io::Error::other("the mail becomes too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
