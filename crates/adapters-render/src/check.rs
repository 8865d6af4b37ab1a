//! What the language of templates consists of. Anything that is not allowed here is refused with
//! its place, whether or not it would run (V-08).

use domain::content::{
    ATTRIBUTE_PREFIX, FIELD_NAMES, MAX_SOURCE_BYTES, TemplateFault, TemplatePart, TemplateProblem,
    TemplateSource,
};
use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Filter, Stmt, UnaryOpKind};
use minijinja::machinery::{Span, parse};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Error, ErrorKind};

use crate::position::line_and_column;

/// Filters of a template. Each gives back about as much as it is given: a filter that can
/// multiply its input, such as `replace`, would let a chain of them fill the memory (V-11).
/// `safe` is not among them, so that no value of a lead ever becomes markup.
pub(crate) const FILTERS: [&str; 10] = [
    "default",
    "d",
    "upper",
    "lower",
    "capitalize",
    "title",
    "trim",
    "round",
    "int",
    "length",
];

/// Tests (`is …`) of a template.
pub(crate) const TESTS: [&str; 2] = ["defined", "undefined"];

/// The usual marks, and a source that ends as its author ended it.
pub(crate) fn syntax() -> SyntaxConfig {
    SyntaxConfig::builder()
        .keep_trailing_newline(true)
        .build()
        .unwrap_or_default()
}

/// Everything that is wrong with a source.
pub(crate) fn problems(source: &TemplateSource) -> Vec<TemplateProblem> {
    if source.size() > MAX_SOURCE_BYTES {
        return vec![TemplateProblem {
            part: TemplatePart::Html,
            line: 1,
            column: 1,
            fault: TemplateFault::TooLarge,
        }];
    }
    let mut found = problems_of(TemplatePart::Subject, &source.subject);
    found.extend(problems_of(TemplatePart::Html, &source.html));
    if let Some(text) = &source.text {
        found.extend(problems_of(TemplatePart::Text, text));
    }
    found
}

/// Everything that is wrong with the merge tags of one part.
pub(crate) fn problems_of(part: TemplatePart, source: &str) -> Vec<TemplateProblem> {
    let mut check = Check {
        part,
        source,
        found: Vec::new(),
    };
    match parse(source, part.as_str(), syntax()) {
        Ok(root) => check.statement(&root),
        Err(error) => check.found.push(problem_of(part, source, &error)),
    }
    check.found
}

/// A problem that the template engine found by itself.
pub(crate) fn problem_of(part: TemplatePart, source: &str, error: &Error) -> TemplateProblem {
    let (line, column) = match error.range() {
        Some(range) => line_and_column(source, range.start),
        None => (error.line().map_or(1, |line| line as u32), 1),
    };
    let detail = error.detail().unwrap_or("unknown error").to_owned();
    let costly = matches!(error.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure);
    let fault = match detail.strip_prefix("unknown statement ") {
        _ if costly => TemplateFault::TooCostly,
        Some(tag) => TemplateFault::NotAllowed(format!("{{% {tag} %}}")),
        None => TemplateFault::Syntax(detail),
    };
    TemplateProblem {
        part,
        line,
        column,
        fault,
    }
}

struct Check<'a> {
    part: TemplatePart,
    source: &'a str,
    found: Vec<TemplateProblem>,
}

impl Check<'_> {
    fn refuse(&mut self, span: Span, fault: TemplateFault) {
        let (line, column) = line_and_column(self.source, span.start_offset as usize);
        self.found.push(TemplateProblem {
            part: self.part,
            line,
            column,
            fault,
        });
    }

    fn not_allowed(&mut self, span: Span, what: &str) {
        self.refuse(span, TemplateFault::NotAllowed(what.to_owned()));
    }

    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitRaw(_) => {}
            Stmt::EmitExpr(emit) => self.expression(&emit.expr),
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr);
                self.statements(&condition.true_body);
                self.statements(&condition.false_body);
            }
            Stmt::ForLoop(inner) => self.not_allowed(inner.span(), "{% for %}"),
            Stmt::WithBlock(inner) => self.not_allowed(inner.span(), "{% with %}"),
            Stmt::Set(inner) => self.not_allowed(inner.span(), "{% set %}"),
            Stmt::SetBlock(inner) => self.not_allowed(inner.span(), "{% set %}"),
            Stmt::AutoEscape(inner) => self.not_allowed(inner.span(), "{% autoescape %}"),
            Stmt::FilterBlock(inner) => self.not_allowed(inner.span(), "{% filter %}"),
            Stmt::Do(inner) => self.not_allowed(inner.span(), "{% do %}"),
        }
    }

    fn expression(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::Const(_) => {}
            Expr::Var(name) => self.field(name.span(), name.id),
            Expr::GetAttr(get) => self.attribute(expression.span(), &get.expr),
            Expr::GetItem(get) if matches!(get.subscript_expr, Expr::Const(_)) => {
                self.attribute(expression.span(), &get.expr);
            }
            Expr::GetItem(_) => self.not_allowed(expression.span(), "[…]"),
            Expr::UnaryOp(operation) => match operation.op {
                UnaryOpKind::Not | UnaryOpKind::Neg => self.expression(&operation.expr),
            },
            Expr::BinOp(operation) => {
                self.operation(expression.span(), operation.op);
                self.expression(&operation.left);
                self.expression(&operation.right);
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr);
                for step in &compare.ops {
                    self.expression(&step.expr);
                }
            }
            Expr::IfExpr(condition) => {
                self.expression(&condition.test_expr);
                self.expression(&condition.true_expr);
                if let Some(otherwise) = &condition.false_expr {
                    self.expression(otherwise);
                }
            }
            Expr::Filter(filter) => self.filter(expression.span(), filter),
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    let fault = TemplateFault::UnknownTest(test.name.to_owned());
                    self.refuse(expression.span(), fault);
                }
                self.expression(&test.expr);
                self.arguments(&test.args);
            }
            Expr::Call(call) => {
                let name = if let Expr::Var(name) = &call.expr {
                    name.id
                } else {
                    "()"
                };
                let fault = TemplateFault::UnknownFunction(name.to_owned());
                self.refuse(expression.span(), fault);
            }
            Expr::Slice(_) => self.not_allowed(expression.span(), "[:]"),
            Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => {
                self.not_allowed(expression.span(), expression.description());
            }
        }
    }

    fn field(&mut self, span: Span, name: &str) {
        if !FIELD_NAMES.contains(&name) {
            self.refuse(span, TemplateFault::UnknownField(name.to_owned()));
        }
    }

    /// `attributes.<key>` is the only dotted name.
    fn attribute(&mut self, span: Span, of: &Expr<'_>) {
        let Expr::Var(name) = of else {
            return self.not_allowed(span, "this name");
        };
        if name.id != ATTRIBUTE_PREFIX {
            self.refuse(span, TemplateFault::UnknownField(name.id.to_owned()));
        }
    }

    /// What can multiply a text (`*`, `**`) is not allowed.
    fn operation(&mut self, span: Span, operation: BinOpKind) {
        use BinOpKind as Op;
        match operation {
            Op::Eq
            | Op::Ne
            | Op::Lt
            | Op::Lte
            | Op::Gt
            | Op::Gte
            | Op::ScAnd
            | Op::ScOr
            | Op::Add
            | Op::Sub
            | Op::Concat
            | Op::In => {}
            Op::Mul => self.not_allowed(span, "*"),
            Op::Div => self.not_allowed(span, "/"),
            Op::FloorDiv => self.not_allowed(span, "//"),
            Op::Rem => self.not_allowed(span, "%"),
            Op::Pow => self.not_allowed(span, "**"),
        }
    }

    fn filter(&mut self, span: Span, filter: &Filter<'_>) {
        if !FILTERS.contains(&filter.name) {
            let fault = TemplateFault::UnknownFilter(filter.name.to_owned());
            self.refuse(span, fault);
        }
        if let Some(inner) = &filter.expr {
            self.expression(inner);
        }
        self.arguments(&filter.args);
    }

    fn arguments(&mut self, arguments: &[CallArg<'_>]) {
        for argument in arguments {
            match argument {
                CallArg::Pos(value) | CallArg::Kwarg(_, value) => self.expression(value),
                CallArg::PosSplat(value) | CallArg::KwargSplat(value) => {
                    self.not_allowed(value.span(), "*");
                }
            }
        }
    }
}
