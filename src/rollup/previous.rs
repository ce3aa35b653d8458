//! Last year's figures beside this year's: from last year's reports, or from the workbook that was made of them.

use rust_decimal::Decimal;

use super::Rollup;
use crate::form::{FieldIndex, Form};
use crate::report::Report;

/// Last year's figures, in the order of this year's fields; `None` for what is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Previous {
    /// The year.
    pub year: i16,
    /// The sum of everything.
    pub total: Vec<Option<Decimal>>,
    /// Each agency with all below it, in the order of the agencies file; empty where only the total is known.
    pub agencies: Vec<Vec<Option<Decimal>>>,
}

impl Previous {
    /// Of last year's reports, added up along the same tree.
    pub fn of_rollup(rollup: &Rollup) -> Self {
        let agencies = rollup.nodes.iter().map(|node| node.region.clone()).collect();
        Self { year: rollup.year, total: rollup.total.region.clone(), agencies }
    }

    /// Of the report that was made of last year's: its workbook, or any other output. `None` where it says no year.
    pub fn of_report(form: &Form, report: &Report) -> Option<Self> {
        let number = |field: &crate::form::Field| report.values.get(&field.id).and_then(|value| value.value);
        Some(Self { year: report.year?, total: form.fields.iter().map(number).collect(), agencies: Vec::new() })
    }

    /// Last year's sum of an agency and all below it.
    pub fn of_agency(&self, agency: usize, field: FieldIndex) -> Option<Decimal> {
        self.agencies.get(agency)?.get(field).copied().flatten()
    }
}
