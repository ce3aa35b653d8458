//! Pages for an office's web site: meta tags, and the site's own frame around the report, a minijinja template with bounded run time and
//! escaping.

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use thiserror::Error;

use super::page::{self, PageOptions};
use super::{STYLE, body, contents, render};
use crate::finding::{Bilingual, Message};
use crate::form::Form;
use crate::report::Report;
use crate::write::plan;
use crate::write::{Output, WriteError};

/// Maximum number of steps of a template; one that wraps a report takes a few dozen.
const FUEL: u64 = 100_000;

/// Maximum size of a template in bytes, and of a page without its report.
const MOST: usize = 1 << 20;

/// Name of the template; its suffix enables escaping.
const NAME: &str = "page.html";

/// Maximum size of one tag of a template in bytes: each byte can nest an operator.
const MOST_TAG: usize = 1_000;

/// Maximum nesting depth of blocks.
const MOST_NESTED: usize = 50;

/// Statements with an end tag.
const OPENS: [&str; 9] = ["if", "for", "with", "filter", "block", "macro", "call", "autoescape", "raw"];

/// Placeholder for the report when a template is tested.
const TRIED: &str = "<!-- the report -->";

/// Why a page template cannot be used.
#[derive(Debug, Error)]
#[error("{}{}", line.map(|line| format!("{line}: ")).unwrap_or_default(), detail.en)]
pub struct TemplateError {
    /// Line of the template, 1-based, if known.
    pub line: Option<usize>,
    /// The error and how to fix it.
    pub detail: Message,
}

impl Bilingual for TemplateError {
    fn message(&self) -> Message {
        let line = self.line.map(|line| format!("第{line}行")).unwrap_or_default();
        Message::new(format!("{line}{}", self.detail.zh), self.to_string())
    }
}

/// Writes reports as pages of a site; usable from any thread.
#[derive(Debug)]
pub struct PageWriter {
    options: PageOptions,
    environment: Option<Environment<'static>>,
}

impl PageWriter {
    /// A writer with the options of a site and, optionally, a template, which is tested at once.
    ///
    /// # Errors
    /// [`TemplateError`] if the template is too large or not well-formed, uses unknown variables, or leaves the report out.
    pub fn new(options: PageOptions, template: Option<&str>) -> Result<Self, TemplateError> {
        let Some(template) = template else { return Ok(Self { options, environment: None }) };
        if template.len() > MOST {
            let detail = Message::new("网页模板不得超过1MB。", "a page template may have 1 MB");
            return Err(TemplateError { line: None, detail });
        }
        nested(template)?;
        let mut environment = Environment::new();
        environment.set_fuel(Some(FUEL));
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template_owned(NAME, template.to_owned()).map_err(|error| explained(&error))?;
        let tried = Value::from_safe_string(TRIED.to_owned());
        let context = context! {
            title => "", agency => "", site_name => "", year => 2024, published => "2025-01-01",
            meta => "", toc => "", style => "", body => tried,
        };
        let page = environment.get_template(NAME).and_then(|page| page.render(context));
        let page = page.map_err(|error| explained(&error))?;
        if !page.contains(TRIED) {
            let detail = Message::new(
                "模板中没有报告的位置，请在放报告的地方写上 {{ body }}。",
                "the template leaves the report out; put {{ body }} where it belongs",
            );
            return Err(TemplateError { line: None, detail });
        }
        Ok(Self { options, environment: Some(environment) })
    }

    /// The options of the site.
    pub fn options(&self) -> &PageOptions {
        &self.options
    }

    /// Writes a report as a page. `site_code` is the code of the agency's own site, used if the options have none.
    ///
    /// # Errors
    /// [`WriteError`] if the template exceeds its limits with this report.
    pub fn write(&self, form: &Form, report: &Report, site_code: Option<&str>) -> Result<Vec<u8>, WriteError> {
        let form = &form.expanded(report.values.keys().map(String::as_str));
        let mut options = self.options.clone();
        options.site_code = options.site_code.or_else(|| site_code.map(str::to_owned));
        let Some(environment) = &self.environment else {
            return Ok(render(form, report, &options).into_bytes());
        };
        let parts = plan::parts(form, report);
        let mut text = String::new();
        body(form, report, &parts, &mut text);
        let html = |markup: maud::Markup| Value::from_safe_string(markup.into_string());
        let context = context! {
            title => plan::clean(&plan::title(form, report)),
            agency => report.agency.as_deref().map(plan::clean),
            year => report.year,
            site_name => options.site_name.as_deref().map(plan::clean),
            published => report.published.map(|date| date.to_string()),
            meta => html(page::meta(form, report, &options)),
            toc => html(contents(&parts)),
            body => Value::from_safe_string(text),
            style => Value::from_safe_string(STYLE.to_owned()),
        };
        let page = environment.get_template(NAME).and_then(|page| page.render(context));
        page.map(String::into_bytes).map_err(|error| WriteError::new(Output::Html, explained(&error)))
    }
}

/// Refuses a template that is nested so deeply that its recursive parser could overflow the stack.
fn nested(template: &str) -> Result<(), TemplateError> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(start) = template[at..].find("{{").into_iter().chain(template[at..].find("{%")).min() {
        let start = at + start;
        let is_statement = template[start..].starts_with("{%");
        let inside = &template[start + 2..];
        let length = inside.find(if is_statement { "%}" } else { "}}" }).unwrap_or(inside.len());
        let tag = inside[..length].trim_start_matches(['-', '+']).trim_start();
        let word = tag.split(|character: char| !character.is_alphanumeric()).next().unwrap_or_default();
        if is_statement && (OPENS.contains(&word) || word == "set" && !tag.contains('=')) {
            depth += 1;
        } else if is_statement && word.starts_with("end") {
            depth = depth.saturating_sub(1);
        }
        if length > MOST_TAG || depth > MOST_NESTED {
            let line = Some(template[..start].matches('\n').count() + 1);
            let detail = Message::new(
                "嵌套过深或一处写得过长，请简化。",
                "nested too deeply, or too long in one place; make it simpler",
            );
            return Err(TemplateError { line, detail });
        }
        at = start + 2 + length;
    }
    Ok(())
}

/// Converts an error of minijinja.
fn explained(error: &minijinja::Error) -> TemplateError {
    use minijinja::ErrorKind;
    let (zh, advice) = match error.kind() {
        ErrorKind::UndefinedError => (
            "用了没有的名称；可用的有 title、agency、year、published、site_name、meta、toc、body、style（agency、year、published、site_name 可能没有值）。",
            "; what there is: title, agency, year, published, site_name, meta, toc, body, style (agency, year, published and site_name may be none)",
        ),
        ErrorKind::OutOfFuel => {
            ("步骤过多，请去掉循环。", "; a page template may only take some thousand steps: leave loops out")
        }
        ErrorKind::TemplateNotFound => (
            "网页模板只能是一个文件，请把所引用的内容写进来。",
            "; a page template is one file: put what it includes into it",
        ),
        ErrorKind::SyntaxError => (
            "语法有误（{{ … }} 显示一个值，{% … %} 是一条语句）。",
            "; mend it there ({{ … }} shows a value, {% … %} is a statement)",
        ),
        ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownTest => {
            ("用了没有的过滤器、函数或判断，只能用 minijinja 自带的。", "; minijinja's own are there, and no others")
        }
        _ => ("不能使用。", ""),
    };
    let detail =
        error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()));
    TemplateError { line: error.line(), detail: Message::new(zh, format!("{detail}{advice}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;
    use crate::sampler::Sampler;

    fn wrong(template: &str) -> String {
        PageWriter::new(PageOptions::default(), Some(template))
            .map_or_else(|error| error.to_string(), |_| String::new())
    }

    #[test]
    fn a_template_frames_the_report_and_escapes_the_rest() {
        let forms = Forms::built_in().unwrap();
        let form = forms.get("gkbg-2021").unwrap();
        let mut report = Sampler::new(3).report(form);
        report.agency = Some("<script>局".to_owned());
        let template = "<head>{{ meta }}<title>{{ title }}</title></head>{{ toc }}<main>{{ body }}</main>{{ agency }} {{ year }} {{ published }}";
        let options = PageOptions { site_name: Some("甲县人民政府".to_owned()), ..PageOptions::default() };
        let writer = PageWriter::new(options, Some(template)).unwrap();
        let page = String::from_utf8(writer.write(form, &report, Some("1234567890")).unwrap()).unwrap();
        assert!(page.contains("<meta name=\"SiteIDCode\" content=\"1234567890\">") && page.contains("甲县人民政府"));
        assert!(page.contains("<main><section") && page.contains("<table") && !page.contains("<script>"));
        assert!(page.ends_with(&format!("{} {}", report.year.unwrap(), report.published.unwrap())));
    }

    #[test]
    fn mistakes_of_a_template_are_reported_with_their_lines() {
        assert!(wrong("a\n{{ body }}\n{{ titel }}").starts_with("3: undefined value"), "{}", wrong("a\n\n{{ titel }}"));
        assert!(wrong("{{ body }}\n{% if %}").starts_with("2: syntax error"));
        assert!(wrong("<p>nothing</p>").contains("{{ body }}"));
        assert!(wrong("{{ body }}{% include 'other.html' %}").contains("one file"));
        assert!(
            wrong("{{ body }}{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}")
                .contains("steps")
        );
        assert!(wrong(&"x".repeat(MOST + 1)).contains("1 MB"));
        assert_eq!(wrong("{{ body }}"), "");
    }

    #[test]
    fn a_template_that_would_exhaust_the_stack_is_refused() {
        let inside = |text: String| wrong(&format!("a\n{{{{ {text}x }}}}"));
        for operator in ["not ", "-", "(", "[", "x ~ ", "x + ", "x.", "x|upper ~ "] {
            assert!(inside(operator.repeat(29_000)).starts_with("2: nested too deeply"), "{operator}");
        }
        for block in ["{% if 1 %}", "{%- for x in [] -%}", "{% set x %}", "{% filter upper %}"] {
            assert!(wrong(&block.repeat(9_000)).contains("nested too deeply"), "{block}");
        }
        let flat = "{% if 1 %}{% set x = 1 %}{% else %}{% endif %}".repeat(200);
        assert_eq!(wrong(&format!("{flat}{{{{ body }}}}")), "");
    }
}
