//! Makes the reports of a province for one year, and the agencies file: `cargo run --example archive -- COUNT FOLDER`.
//!
//! In FOLDER: `reports/` with COUNT files in folders by city, alternating Word files and web pages; `agencies.csv`; `manifest.txt` with
//! the path of every file. Some agencies report twice, some not at all, some cities include their subordinates, one report is of another
//! year.

use std::error::Error;
use std::path::{Path, PathBuf};

use nianbao::form::{Form, Forms};
use nianbao::report::Report;
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};

type Done<T = ()> = Result<T, Box<dyn Error>>;

const YEAR: i16 = 2023;
const STEMS: &str = "甲乙丙丁戊己庚辛壬癸";
const BRANCHES: &str = "子丑寅卯辰巳午未申酉";
/// Number of agencies of a city, itself included.
const OF_A_CITY: usize = 100;

fn main() -> Done {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [count, folder] = arguments.as_slice() else { return Err("usage: archive COUNT FOLDER".into()) };
    let forms = Forms::built_in()?;
    let form = forms.get("gkbg-2021").ok_or("no such form")?;
    let folder = PathBuf::from(folder);
    Archive { form, folder, count: count.parse()?, manifest: String::new(), seed: 0 }.make()
}

struct Archive<'a> {
    form: &'a Form,
    folder: PathBuf,
    count: usize,
    manifest: String,
    seed: u64,
}

impl Archive<'_> {
    fn make(mut self) -> Done {
        let mut agencies = "名称,代码,上级,含下级\n中州省人民政府,0,,\n".to_owned();
        let mut made = 0;
        let mut number = 0;
        while made < self.count {
            let (city, member) = (number / OF_A_CITY, number % OF_A_CITY);
            number += 1;
            let name = agency(city, member);
            let superior = if member == 0 { "0".to_owned() } else { format!("{}", city * OF_A_CITY + 1) };
            // A third of the cities include their subordinates, a third do not, the rest do not say.
            let includes = if member == 0 { ["是", "否", ""][city % 3] } else { "" };
            agencies.push_str(&format!("{name},{number},{superior},{includes}\n"));
            if number % 97 == 0 {
                continue;
            }
            let copies = if number % 89 == 0 { 2 } else { 1 };
            for copy in 0..copies.min(self.count - made) {
                let year = if number % 501 == 0 { YEAR - 1 } else { YEAR };
                self.put(city, member, copy, &name, year)?;
                made += 1;
            }
        }
        std::fs::write(self.folder.join("agencies.csv"), agencies)?;
        std::fs::write(self.folder.join("manifest.txt"), &self.manifest)?;
        Ok(())
    }

    fn put(&mut self, city: usize, member: usize, copy: usize, name: &str, year: i16) -> Done {
        let report = self.report(name, year)?;
        let output = if member.is_multiple_of(2) { Output::Docx } else { Output::Html };
        let writer = WRITERS.iter().find(|writer| writer.output == output).ok_or("no such writer")?;
        let folder = self.folder.join(format!("reports/{city:03}"));
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{member:02}-{copy}.{}", output.suffix()));
        std::fs::write(&path, writer.write(self.form, &report)?)?;
        self.manifest.push_str(&format!("{}\n", absolute(&path)?));
        Ok(())
    }

    /// The report of an agency: the next one of the sampler, with the agency's name.
    fn report(&mut self, name: &str, year: i16) -> Done<Report> {
        loop {
            self.seed += 1;
            let report = Sampler::new(self.seed).report(self.form);
            if let (Some(agency), Some(true)) = (&report.agency, report.year.map(|own| own == year)) {
                return Ok(serde_json::from_str(&serde_json::to_string(&report)?.replace(agency.as_str(), name))?);
            }
        }
    }
}

fn absolute(path: &Path) -> Done<String> {
    Ok(std::fs::canonicalize(path)?.to_string_lossy().into_owned())
}

/// The name of a city's government, or of an agency of the city.
fn agency(city: usize, member: usize) -> String {
    let pair = |number: usize| -> String {
        let pick = |letters: &str, at: usize| letters.chars().nth(at % 10).unwrap_or('一');
        let more = if number >= 100 { (number / 100).to_string() } else { String::new() };
        format!("{}{}{more}", pick(STEMS, number / 10), pick(BRANCHES, number))
    };
    match member {
        0 => format!("{}市人民政府", pair(city)),
        _ => format!("{}市{}县人民政府", pair(city), pair(member)),
    }
}
