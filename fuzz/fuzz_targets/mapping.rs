//! A mapping file, and what is made of the form: its blank, an example, its dictionaries and its workbook.

#![no_main]

use nianbao::formbook::{Remarks, page, schema, write};

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(form) = nianbao::form::Forms::default().add("fuzz.toml", text) {
        let _ = (form.blank().fields.len(), form.example(0).fields.len(), page(&form), schema(&form));
        let _ = write(&form, text, &Remarks::default());
    }
});
