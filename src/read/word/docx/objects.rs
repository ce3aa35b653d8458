//! Content of runs other than text: superscripts of formulas, embedded files and objects.

use super::walk::Walk;
use crate::document::Region;
use crate::read::ReadError;
use crate::read::shared::marks::Shift;
use crate::read::shared::skipped;
use crate::read::xml::Tag;

impl<'a> Walk<'a, '_, '_> {
    /// Sets whether the following text is superscript or subscript.
    pub(super) fn shift(&mut self, shift: Shift) {
        if let Some(para) = self.flow.para() {
            para.props.face.shift = shift;
        }
    }

    /// Inserts an embedded file; one that is not read is counted as skipped.
    pub(super) fn inserted(&mut self, id: Option<&str>) -> Result<(), ReadError> {
        let Some(id) = id else {
            self.skipped(skipped::Kind::Chunk);
            return Ok(());
        };
        self.shared.yielded += 1;
        let blocks = self.shared.inserted(id, self.relationships)?;
        self.flow.insert(blocks);
        Ok(())
    }

    /// Inserts the table of an embedded workbook; any other object is counted as skipped.
    pub(super) fn embedded(&mut self, tag: &Tag<'a>) -> Result<(), ReadError> {
        let is_shown = tag.get("Type").is_none_or(|kind| kind == "Embed")
            && tag.get("DrawAspect").is_none_or(|aspect| aspect == "Content");
        let id = tag.get("id").filter(|_| is_shown && self.flow.region() == Region::Body);
        let Some(id) = id else {
            self.skipped(skipped::Kind::Object);
            return Ok(());
        };
        self.shared.yielded += 1;
        let blocks = self.shared.embedded(&id, self.relationships)?;
        self.flow.insert(blocks);
        Ok(())
    }
}
