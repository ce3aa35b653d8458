//! The head of a form as lines of its first sheet, in both directions.

use toml::{Table, Value};

use super::walk::shown;

/// Form of an item's cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Text.
    Text,
    /// Several texts, one per line.
    List,
    /// Yes or nothing.
    Flag,
    /// The first or second of two numbers.
    Number(usize),
}

/// An item of the head.
#[derive(Debug)]
pub(super) struct Item {
    /// Name in the sheet.
    pub(super) name: &'static str,
    /// Keys that lead to it in the mapping file.
    pub(super) path: &'static [&'static str],
    pub(super) shape: Shape,
    /// Help text.
    pub(super) help: &'static str,
    /// Whether it is required.
    pub(super) needed: bool,
}

const fn item(
    name: &'static str,
    path: &'static [&'static str],
    shape: Shape,
    needed: bool,
    help: &'static str,
) -> Item {
    Item { name, path, shape, help, needed }
}

/// All items of the head.
pub(super) const ITEMS_OF_FORM: &[Item] = &[
    item("编号", &["id"], Shape::Text, true, "字母、数字、“-”和“_”，定下后不要改"),
    item("名称", &["name", "zh"], Shape::Text, true, ""),
    item("英文名称", &["name", "en"], Shape::Text, false, "不写则同名称"),
    item("依据", &["basis"], Shape::Text, false, "规定本表的文件"),
    item("引用文号", &["documents"], Shape::List, false, "报告中会写到的文号，每行一个"),
    item("起始年度", &["years"], Shape::Number(0), false, "从哪一年起使用"),
    item("截止年度", &["years"], Shape::Number(1), false, "用到哪一年；9999 表示尚未停用"),
    item("标题", &["title", "pattern"], Shape::Text, true, "{agency} 为单位名称，{year} 为年度"),
    item("标题又称", &["title", "names"], Shape::List, false, "标题中固定的词也写作什么，每行一个"),
    item("单位所在行", &["identity", "agency"], Shape::List, false, "如 填报单位：{}，每行一种写法"),
    item("年度所在行", &["identity", "year"], Shape::List, false, "如 （{}年度），每行一种写法"),
    item("草稿", &["draft"], Shape::Flag, false, "填“是”表示栏目未经原件核对"),
];

impl Item {
    /// Removes the item from a mapping file and returns its cell.
    pub(super) fn take(&self, source: &mut Table) -> String {
        let [leading @ .., key] = self.path else { return String::new() };
        let Some(table) = leading.iter().try_fold(&mut *source, |table, key| table.get_mut(*key)?.as_table_mut())
        else {
            return String::new();
        };
        let cell = match (self.shape, table.get(*key)) {
            (Shape::Number(at), Some(value)) => value.get(at).map(shown).unwrap_or_default(),
            (_, Some(value)) => shown(value),
            (_, None) => String::new(),
        };
        if !matches!(self.shape, Shape::Number(0)) {
            table.remove(*key);
        }
        if let [above] = leading
            && source.get(*above).and_then(Value::as_table).is_some_and(Table::is_empty)
        {
            source.remove(*above);
        }
        cell
    }
}
