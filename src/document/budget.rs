//! Resource limits for one input file: one budget for every reader, charged before anything is allocated.

use thiserror::Error;

use super::reuse::Reuse;

/// A resource that an input file can consume.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resource {
    /// Bytes of the file.
    FileBytes,
    /// Entries of a package.
    Entries,
    /// Bytes of one part after inflation.
    PartBytes,
    /// Bytes of all parts after inflation.
    InflatedBytes,
    /// Compression ratio of one part: inflated bytes per packed byte.
    Ratio,
    /// Open elements of an XML or HTML tree, open groups of an RTF file, nested tables.
    Depth,
    /// Slots of one grid.
    GridSlots,
    /// Slots of all grids of the file.
    AllSlots,
    /// Blocks (paragraphs, grids, pictures) of the file.
    Blocks,
    /// Bytes of text that the document holds.
    TextBytes,
    /// Pages of a fixed-layout file.
    Pages,
    /// Steps of a reader or an alignment: an event, a record, a compared pair.
    Steps,
}

/// Upper bounds for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "each field is the bound of the resource of its name")]
pub struct Limits {
    pub file_bytes: u64,
    pub entries: u64,
    pub part_bytes: u64,
    pub inflated_bytes: u64,
    /// Applies only to parts of more than 1 MiB: a typical document.xml is compressed 36:1.
    pub ratio: u64,
    pub depth: u64,
    pub grid_slots: u64,
    pub all_slots: u64,
    pub blocks: u64,
    pub text_bytes: u64,
    pub steps: u64,
    pub pages: u64,
}

impl Default for Limits {
    fn default() -> Self {
        const MIB: u64 = 1 << 20;
        Self {
            file_bytes: 64 * MIB,
            entries: 2_000,
            part_bytes: 64 * MIB,
            inflated_bytes: 256 * MIB,
            ratio: 200,
            depth: 256,
            grid_slots: 200_000,
            all_slots: 400_000,
            blocks: 400_000,
            // A report has some hundred kilobytes of text; binding reads all of it several times.
            text_bytes: 4 * MIB,
            steps: 30_000_000,
            pages: 300,
        }
    }
}

impl Resource {
    /// An amount with its unit, in Chinese and English. Reading stops at the limit, so the actual amount may be larger.
    fn counted(self, amount: u64) -> (String, String) {
        let (zh, en) = match self {
            Self::FileBytes => ("文件有{}字节", "{} bytes in the file"),
            Self::Entries => ("压缩包有{}个条目", "{} entries in the package"),
            Self::PartBytes => ("单个部件至少有{}字节", "{} bytes or more in one part"),
            Self::InflatedBytes => ("所有部件解压后至少有{}字节", "{} bytes or more in all parts after inflation"),
            Self::Ratio => ("部件解压后至少是压缩前的{}倍", "a part that inflates to {} times its packed size or more"),
            Self::Depth => ("至少嵌套{}层", "{} levels of nesting or more"),
            Self::GridSlots => ("单个表格至少有{}个单元格", "{} cells or more in one table"),
            Self::AllSlots => ("全部表格至少有{}个单元格", "{} cells or more in all tables"),
            Self::Blocks => ("至少有{}个段落、表格或单元格", "{} paragraphs, tables or cells or more"),
            Self::TextBytes => ("文字至少有{}字节", "{} bytes of text or more"),
            Self::Pages => ("文件至少有{}页", "{} pages or more"),
            Self::Steps => ("至少需要{}步处理", "{} steps of work or more"),
        };
        (zh.replacen("{}", &amount.to_string(), 1), en.replacen("{}", &amount.to_string(), 1))
    }
}

impl Exceeded {
    /// The amount and the limit, in Chinese; [`Display`](std::fmt::Display) gives them in English.
    pub fn chinese(&self) -> String {
        format!("{}，限额为{}", self.resource.counted(self.asked).0, self.limit)
    }
}

/// The error that a file exceeds a limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}, where at most {limit} are allowed", self.resource.counted(*asked).1)]
pub struct Exceeded {
    /// The exhausted resource.
    pub resource: Resource,
    /// The total that was asked for.
    pub asked: u64,
    /// The limit.
    pub limit: u64,
}

/// The budget of one file, and the memory that its readers reuse.
#[derive(Debug, Clone, Default)]
pub struct Budget {
    limits: Limits,
    reuse: Reuse,
    entries: u64,
    inflated: u64,
    slots: u64,
    blocks: u64,
    text: u64,
    steps: u64,
}

impl Budget {
    /// A budget with these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// A budget with these limits, whose readers share caches with other files through `reuse`.
    pub fn reusing(limits: Limits, reuse: &Reuse) -> Self {
        Self { limits, reuse: reuse.clone(), ..Self::default() }
    }

    /// What the readers reuse from file to file.
    pub(crate) fn reuse(&self) -> &Reuse {
        &self.reuse
    }

    /// The limits.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Charges `amount` of a resource that adds up over the file.
    ///
    /// # Errors
    /// [`Exceeded`] if the total would exceed the limit; nothing is charged then. Resources that do not add up (`FileBytes`, `PartBytes`,
    /// `Ratio`, `Depth`, `GridSlots`) are compared with their limit alone.
    pub fn spend(&mut self, resource: Resource, amount: u64) -> Result<(), Exceeded> {
        let limits = &self.limits;
        let (counter, limit) = match resource {
            Resource::Entries => (Some(&mut self.entries), limits.entries),
            Resource::InflatedBytes => (Some(&mut self.inflated), limits.inflated_bytes),
            Resource::AllSlots => (Some(&mut self.slots), limits.all_slots),
            Resource::Blocks => (Some(&mut self.blocks), limits.blocks),
            Resource::TextBytes => (Some(&mut self.text), limits.text_bytes),
            Resource::Steps => (Some(&mut self.steps), limits.steps),
            Resource::FileBytes => (None, limits.file_bytes),
            Resource::PartBytes => (None, limits.part_bytes),
            Resource::Ratio => (None, limits.ratio),
            Resource::Depth => (None, limits.depth),
            Resource::GridSlots => (None, limits.grid_slots),
            Resource::Pages => (None, limits.pages),
        };
        let asked = counter.as_deref().copied().unwrap_or(0).saturating_add(amount);
        if asked > limit {
            return Err(Exceeded { resource, asked, limit });
        }
        if let Some(counter) = counter {
            *counter = asked;
        }
        Ok(())
    }

    /// The remaining amount of a resource that adds up; the limit for the others.
    pub fn left(&self, resource: Resource) -> u64 {
        let limits = &self.limits;
        match resource {
            Resource::Entries => limits.entries - self.entries,
            Resource::InflatedBytes => limits.inflated_bytes - self.inflated,
            Resource::AllSlots => limits.all_slots - self.slots,
            Resource::Blocks => limits.blocks - self.blocks,
            Resource::TextBytes => limits.text_bytes - self.text,
            Resource::Steps => limits.steps - self.steps,
            Resource::FileBytes => limits.file_bytes,
            Resource::PartBytes => limits.part_bytes,
            Resource::Ratio => limits.ratio,
            Resource::Depth => limits.depth,
            Resource::GridSlots => limits.grid_slots,
            Resource::Pages => limits.pages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adding_resource_is_refused_when_it_is_used_up() {
        let mut budget = Budget::new(Limits { blocks: 3, ..Limits::default() });
        assert_eq!(budget.spend(Resource::Blocks, 2), Ok(()));
        let refused = budget.spend(Resource::Blocks, 2);
        assert_eq!(refused, Err(Exceeded { resource: Resource::Blocks, asked: 4, limit: 3 }));
        assert_eq!(budget.left(Resource::Blocks), 1);
    }

    #[test]
    fn other_resources_are_compared_each_time() {
        let mut budget = Budget::new(Limits { depth: 5, ..Limits::default() });
        assert!(budget.spend(Resource::Depth, 5).is_ok());
        assert!(budget.spend(Resource::Depth, 5).is_ok());
        assert!(budget.spend(Resource::Depth, 6).is_err());
    }
}
