//! Metadata of a web page and its site.

use maud::{Markup, html};

use crate::form::Form;
use crate::report::Report;
use crate::write::plan::{self, clean};

/// Properties of the site that publishes the page (网页标签, annex of 国办发〔2017〕47号). Tags without a value are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageOptions {
    /// `SiteName`: the site's registered name.
    pub site_name: Option<String>,
    /// `SiteDomain`: its domain.
    pub site_domain: Option<String>,
    /// `SiteIDCode`: its code of ten characters.
    pub site_code: Option<String>,
    /// `ColumnName`: the column that contains the page.
    pub column_name: Option<String>,
}

/// The government meta tags.
pub(super) fn meta(form: &Form, report: &Report, options: &PageOptions) -> Markup {
    let title = plan::title(form, report);
    let date = report.published.map(|date| format!("{date} 00:00"));
    let column = options.column_name.clone().or_else(|| form.page.column_name.clone());
    let tags = [
        ("SiteName", options.site_name.clone()),
        ("SiteDomain", options.site_domain.clone()),
        ("SiteIDCode", options.site_code.clone()),
        ("ColumnName", column),
        ("ColumnDescription", form.page.column_description.clone()),
        ("ColumnKeywords", form.page.column_keywords.clone()),
        ("ColumnType", form.page.column_type.clone()),
        ("ArticleTitle", Some(title)),
        ("PubDate", date),
        ("ContentSource", report.agency.clone()),
        ("Author", report.agency.clone()),
        ("Keywords", form.page.column_keywords.clone()),
    ];
    html! {
        @for (name, content) in &tags {
            @if let Some(content) = content { meta name=(name) content=(clean(content)); }
        }
    }
}

/// The line below the title with date and publisher.
pub(super) fn published(report: &Report) -> Markup {
    html! {
        @if report.published.is_some() || report.agency.is_some() {
            p.published {
                @if let Some(agency) = &report.agency { "来源：" (clean(agency)) "　" }
                @if let Some(date) = report.published {
                    "发布时间：" time datetime=(date) { (date) }
                }
            }
        }
    }
}
