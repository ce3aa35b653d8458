//! Writes a random report of a form in every format: `cargo run --example sample -- FORM SEED DIR`.

use nianbao::form::Forms;
use nianbao::sampler::Sampler;
use nianbao::write::WRITERS;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [form, seed, folder] = arguments.as_slice() else { return Err("usage: sample FORM SEED DIR".into()) };
    let forms = Forms::built_in()?;
    let form = forms.get(form).ok_or("no such form")?;
    let report = Sampler::new(seed.parse()?).report(form);
    for writer in WRITERS {
        let path = std::path::Path::new(folder).join(format!("sample.{}", writer.output.suffix()));
        std::fs::write(path, writer.write(form, &report)?)?;
    }
    Ok(())
}
