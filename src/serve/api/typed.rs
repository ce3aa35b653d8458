//! Manual entry of the report of a file that cannot be read, in any number of steps.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use serde::Deserialize;

use super::reports::report;
use super::writes::{Attempted, attempted, corrected, is_current, latest, reason};
use super::{Answered, At};
use crate::corrections::FORM;
use crate::finding::Message;
use crate::serve::auth::Visitor;
use crate::serve::body;
use crate::serve::fault::Fault;
use crate::serve::guard::name_of;
use crate::serve::hub::Hub;
use crate::serve::journal::{Command, Seen, Written};
use crate::serve::now;
use crate::serve::state::Phase;
use crate::serve::work::Wanted;

/// Maximum number of values in a request.
const MOST: usize = 5_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Typed {
    /// Id of the form; only in the request that begins the report.
    form: Option<String>,
    /// The typed texts by field id; also `agency`, `year` and `title`.
    values: BTreeMap<String, String>,
    reason: String,
    revision: u64,
}

/// Begins or continues the manual entry of a report. All values are written or none.
pub(super) async fn fill(
    State(hub): State<Arc<Hub>>,
    Extension(visitor): Extension<Visitor>,
    At(id): At<String>,
    body: Body,
) -> Answered {
    let id = report(&hub, &id)?;
    let Typed { form, values, reason: why, revision } = body::json(body).await?;
    let reason = reason(&why)?;
    if values.len() > MOST {
        return Err(Fault::bad(format!("一次最多录入{MOST}格。"), format!("at most {MOST} values at once")));
    }
    let seen = Seen { file: id.0, revision };
    if !is_current(&hub, seen) {
        return Err(Fault::conflict(latest(&hub, id, None)));
    }
    may_begin(&hub, id, form.is_some())?;
    let (who, at) = (name_of(&hub, &visitor), now());
    let wanted =
        |(field, to)| Wanted { field, to, stated: None, reason: reason.clone(), by: who.clone(), at: at.clone() };
    let begins = form.map(|form| (FORM.to_owned(), form));
    // A value with the name of the field that begins a report is dropped.
    let values = values.into_iter().filter(|(field, _)| field != FORM);
    let wanted: Vec<Wanted> = begins.into_iter().chain(values).map(wanted).collect();
    let Attempted { mut lines, part, view } = attempted(&hub, id, wanted).await?;
    lines.retain(|line| line.from != line.to);
    if lines.is_empty() {
        return Err(Fault::bad("与原来的一样，没有改动。", "this is what stands there already"));
    }
    let number = match hub.write(Command::Correct { lines, who, seen: Some(seen), undoes: None }).await {
        Written::Conflict => return Err(Fault::conflict(latest(&hub, id, None))),
        other => Fault::of_written(other)?,
    };
    hub.change(|state| {
        if let Some(item) = state.items.get_mut(&id.0) {
            item.phase = Phase::Read(vec![*part]);
        }
    });
    corrected(&hub, id, number, &view).await
}

/// Refuses manual entry for a report that was read; it is corrected cell by cell.
fn may_begin(hub: &Hub, (file, number): (u64, usize), begins: bool) -> Result<(), Fault> {
    let state = hub.state();
    match state.items.get(&file).map(|item| &item.phase) {
        Some(Phase::Refused(..)) if begins && number == 0 => Ok(()),
        Some(Phase::Read(parts)) if parts.get(number).is_some_and(|part| part.typed) => Ok(()),
        Some(Phase::Waiting | Phase::Reading) => {
            Err(Fault::refused(Message::new("文件还在读，请稍候。", "The file is still being read.")))
        }
        _ => Err(Fault::refused(Message::new(
            "只有未能读取的文件才由人工录入。这份报告已经读出，有错请逐格更正。",
            "Only files that cannot be read are typed in. This report was read: correct its cells.",
        ))),
    }
}
