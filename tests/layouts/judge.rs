//! An independent judge of texts whose figures run together: which of them a reader can decide at all.
//!
//! It tries every way to split each row (as many cells as the form has, no leading zeros; if no rule of the form covers the row, blank
//! cells leave no trace; and a figure that may be signed and follows another figure without a sign may have lost it), then every
//! combination of ways under the form's equalities. A figure is decidable if all solutions agree on it. The search is complete, or the
//! judge says that it does not know.

use nianbao::form::{FieldKind, Form, Relation};

/// Maximum number of combinations tried per table.
const NODES: u64 = 1_500_000;

/// Scale of the integers for figures, so that amounts with decimals are exact.
const SCALE: i64 = 1_000_000;

/// Verdict on one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// All combinations agree.
    Decidable,
    /// Two combinations differ.
    Open,
    /// The search was not completed.
    Unknown,
}

/// One way to split a row: the figures of its cells.
type Way = Vec<i64>;

/// A row of figures: its first field, and the ways to split it; none if the text does not have the whole row.
struct Row {
    first: usize,
    ways: Vec<Way>,
    truth: usize,
}

/// Judges every field. `texts` are the figures as in the text, `None` for one that is not complete.
pub(crate) fn judge(form: &Form, texts: &[Option<String>]) -> Vec<Verdict> {
    let mut verdicts = vec![Verdict::Open; form.fields.len()];
    for table in 0..form.tables.len() {
        let mut rows = rows(form, table, texts);
        let equalities = equalities(form, &rows);
        let known = settle(&mut rows, &equalities);
        for (row, open) in rows.iter().zip(known) {
            for column in 0..row.ways.first().map_or(0, Vec::len) {
                verdicts[row.first + column] = match open {
                    Some(false) => Verdict::Decidable,
                    Some(true) => Verdict::Open,
                    None => Verdict::Unknown,
                };
            }
        }
    }
    verdicts
}

fn rows(form: &Form, table: usize, texts: &[Option<String>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for block in &form.tables[table].blocks {
        let wanted = block.leaf_columns.len();
        for number in 0..block.leaf_rows.len() {
            let first = block.first_field + number * wanted;
            let Some(cells) = texts[first..first + wanted].iter().cloned().collect::<Option<Vec<String>>>() else {
                rows.push(Row { first, ways: Vec::new(), truth: 0 });
                continue;
            };
            let kinds: Vec<FieldKind> = form.fields[first..first + wanted].iter().map(|field| field.kind).collect();
            let sums = sums(form, first..first + wanted);
            let text: Vec<char> = cells.concat().chars().collect();
            let mut ways = Vec::new();
            cut(&text, &kinds, &sums, &mut Vec::new(), &mut ways);
            let fewer = sums.is_empty() && may_have_blanks(&text, &kinds);
            // The single character between two figures is lost first: a figure without a sign may have had one.
            let unsigned = |(cell, kind): (&String, &FieldKind)| {
                *kind == FieldKind::Signed && cell != "0" && !cell.starts_with('-')
            };
            let fewer = fewer || cells.iter().zip(&kinds).skip(1).any(unsigned);
            let truth: Option<Way> = cells.iter().map(|cell| number_of(&cell.chars().collect::<Vec<_>>())).collect();
            let truth = truth.and_then(|truth| ways.iter().position(|way| *way == truth));
            match truth {
                Some(truth) if !fewer => rows.push(Row { first, ways, truth }),
                _ => rows.push(Row { first, ways: Vec::new(), truth: 0 }),
            }
        }
    }
    rows
}

/// The equalities within a row: columns with their signs.
fn sums(form: &Form, row: std::ops::Range<usize>) -> Vec<Vec<(usize, i64)>> {
    let instances = form.rules.iter().flat_map(|rule| &rule.instances);
    let inside = instances.filter(|instance| {
        instance.relation == Relation::Equal
            && instance.operands().all(|operand| !operand.previous && row.contains(&operand.field))
    });
    inside
        .map(|instance| {
            let left = instance.left.terms.iter().map(|term| (term.operand.field - row.start, term.sign));
            left.chain(instance.right.terms.iter().map(|term| (term.operand.field - row.start, -term.sign))).collect()
        })
        .collect()
}

/// A number as a reader would accept it: no leading zero, no trailing decimal point.
fn number_of(text: &[char]) -> Option<i64> {
    let (negative, digits) = match text {
        ['-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let point = digits.iter().position(|&character| character == '.');
    let whole = &digits[..point.unwrap_or(digits.len())];
    let fraction = point.map_or(&[][..], |point| &digits[point + 1..]);
    let all = |digits: &[char]| digits.iter().all(char::is_ascii_digit);
    if whole.is_empty() || whole.len() > 9 || !all(whole) || !all(fraction) || (whole.len() > 1 && whole[0] == '0') {
        return None;
    }
    if point.is_some() && (fraction.is_empty() || fraction.len() > 6) {
        return None;
    }
    let digit = |character: char| i64::from(character.to_digit(10).unwrap_or(0));
    let whole = whole.iter().fold(0, |number, &character| number * 10 + digit(character));
    let part = (0..6).fold(0, |part, at| part * 10 + fraction.get(at).map_or(0, |&character| digit(character)));
    let number = whole * SCALE + part;
    Some(if negative { -number } else { number })
}

/// Finds all ways to split the text into one number for each kind, from the right: a total follows its parts, so violations are detected
/// early. `open` holds the cells so far, the last one first.
fn cut(text: &[char], kinds: &[FieldKind], sums: &[Vec<(usize, i64)>], open: &mut Way, ways: &mut Vec<Way>) {
    let Some(column) = kinds.len().checked_sub(open.len() + 1) else {
        if text.is_empty() {
            ways.push(open.iter().rev().copied().collect());
        }
        return;
    };
    for start in (column..text.len()).rev() {
        let piece = &text[start..];
        if (piece.contains(&'-') && kinds[column] != FieldKind::Signed)
            || (piece.contains(&'.') && kinds[column] != FieldKind::Amount)
            || piece.len() > 17
        {
            break;
        }
        if let Some(number) = number_of(piece) {
            open.push(number);
            if sums.iter().all(|sum| may_hold(sum, kinds.len(), open)) {
                cut(&text[..start], kinds, sums, open, ways);
            }
            open.pop();
        }
    }
}

/// Whether a sum can still hold with non-negative numbers.
fn may_hold(sum: &[(usize, i64)], wanted: usize, open: &Way) -> bool {
    let known = |column: usize| open.get(wanted - 1 - column);
    let so_far: i64 = sum.iter().filter_map(|&(column, sign)| Some(sign * known(column)?)).sum();
    let mut left = sum.iter().filter(|&&(column, _)| known(column).is_none()).map(|term| term.1);
    match left.next() {
        None => so_far == 0,
        Some(sign) => left.any(|other| other != sign) || so_far * sign <= 0,
    }
}

/// Whether the text can also be read as fewer cells, with the others blank.
fn may_have_blanks(text: &[char], kinds: &[FieldKind]) -> bool {
    let subsets = 1_u32..(1 << kinds.len()) - 1;
    subsets.into_iter().any(|subset| {
        let kept: Vec<FieldKind> =
            kinds.iter().enumerate().filter(|(at, _)| subset & (1 << at) != 0).map(|entry| *entry.1).collect();
        let mut ways = Vec::new();
        cut(text, &kept, &[], &mut Vec::new(), &mut ways);
        !ways.is_empty()
    })
}

/// An equality over rows: row, column, sign.
type Equality = Vec<(usize, usize, i64)>;

fn equalities(form: &Form, rows: &[Row]) -> Vec<Equality> {
    let locate = |field: usize| {
        let row = rows
            .iter()
            .position(|row| (row.first..row.first + row.ways.first().map_or(0, Vec::len)).contains(&field))?;
        Some((row, field - rows[row].first))
    };
    let mut equalities = Vec::new();
    for instance in form.rules.iter().flat_map(|rule| &rule.instances) {
        if instance.relation != Relation::Equal || instance.needs_previous() {
            continue;
        }
        let left = instance.left.terms.iter().map(|term| (term, 1));
        let right = instance.right.terms.iter().map(|term| (term, -1));
        let terms = left.chain(right).map(|(term, side)| {
            let (row, column) = locate(term.operand.field)?;
            Some((row, column, term.sign * side))
        });
        equalities.extend(terms.collect::<Option<Equality>>());
    }
    equalities
}

/// For each row and way to split it, its contribution to each equality.
fn contributions(rows: &[Row], equalities: &[Equality]) -> Vec<Vec<Vec<i64>>> {
    let of = |row: usize, way: &Way| {
        let add = |equality: &Equality| {
            equality.iter().filter(|term| term.0 == row).map(|&(_, column, sign)| sign * way[column]).sum()
        };
        equalities.iter().map(add).collect()
    };
    rows.iter().enumerate().map(|(number, row)| row.ways.iter().map(|way| of(number, way)).collect()).collect()
}

/// For each row, whether more than one way occurs in the solutions; `None` if the search was not completed.
fn settle(rows: &mut [Row], equalities: &[Equality]) -> Vec<Option<bool>> {
    loop {
        let adds = contributions(rows, equalities);
        let mut smaller = false;
        for number in 0..rows.len() {
            let fits = |way: usize| {
                (0..equalities.len()).all(|equality| {
                    let others = adds.iter().enumerate().filter(|(other, ways)| *other != number && !ways.is_empty());
                    let range = others.fold((0, 0), |(low, high), (_, ways)| {
                        let values = || ways.iter().map(|way| way[equality]);
                        (low + values().min().unwrap_or(0), high + values().max().unwrap_or(0))
                    });
                    let own = adds[number][way][equality];
                    own + range.0 <= 0 && own + range.1 >= 0
                })
            };
            let kept: Vec<usize> = (0..rows[number].ways.len()).filter(|&way| fits(way)).collect();
            if kept.len() < rows[number].ways.len() {
                smaller = true;
                let row = &mut rows[number];
                row.truth = kept.iter().position(|&way| way == row.truth).expect("the truth fits every rule");
                row.ways = kept.iter().map(|&way| row.ways[way].clone()).collect();
                break;
            }
        }
        if !smaller {
            break;
        }
    }
    search(rows, equalities)
}

fn search(rows: &[Row], equalities: &[Equality]) -> Vec<Option<bool>> {
    let adds = contributions(rows, equalities);
    let mut order: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].ways.len() > 1).collect();
    order.sort_by_key(|&row| rows[row].ways.len());
    let sums: Vec<i64> = (0..equalities.len())
        .map(|equality| adds.iter().filter(|ways| ways.len() == 1).map(|ways| ways[0][equality]).sum())
        .collect();
    // Minimum and maximum contribution of the rows from each depth on.
    let mut ranges = vec![vec![(0, 0); equalities.len()]; order.len() + 1];
    for depth in (0..order.len()).rev() {
        for equality in 0..equalities.len() {
            let values = || adds[order[depth]].iter().map(|way| way[equality]);
            let (low, high) = ranges[depth + 1][equality];
            ranges[depth][equality] = (low + values().min().unwrap_or(0), high + values().max().unwrap_or(0));
        }
    }
    let mut open: Vec<Option<bool>> = rows.iter().map(|row| (!row.ways.is_empty()).then_some(false)).collect();
    let mut nodes = NODES;
    let mut task = Task { rows, adds: &adds, order: &order, ranges: &ranges, open: &mut open, nodes: &mut nodes };
    task.deeper(0, &sums, &mut Vec::new());
    if nodes == 0 {
        for &row in &order {
            open[row] = open[row].filter(|&open| open);
        }
    }
    open.iter().zip(rows).map(|(open, row)| if row.ways.is_empty() { Some(true) } else { *open }).collect()
}

struct Task<'a> {
    rows: &'a [Row],
    adds: &'a [Vec<Vec<i64>>],
    order: &'a [usize],
    ranges: &'a [Vec<(i64, i64)>],
    open: &'a mut [Option<bool>],
    nodes: &'a mut u64,
}

impl Task<'_> {
    fn deeper(&mut self, depth: usize, sums: &[i64], chosen: &mut Vec<usize>) {
        let reachable = |(sum, range): (&i64, &(i64, i64))| sum + range.0 <= 0 && sum + range.1 >= 0;
        if *self.nodes == 0 || !sums.iter().zip(&self.ranges[depth]).all(reachable) {
            return;
        }
        *self.nodes -= 1;
        let Some(&row) = self.order.get(depth) else {
            for (&row, &way) in self.order.iter().zip(chosen.iter()) {
                if way != self.rows[row].truth {
                    self.open[row] = Some(true);
                }
            }
            return;
        };
        for way in 0..self.rows[row].ways.len() {
            let sums: Vec<i64> = sums.iter().zip(&self.adds[row][way]).map(|(sum, add)| sum + add).collect();
            chosen.push(way);
            self.deeper(depth + 1, &sums, chosen);
            chosen.pop();
        }
    }
}
