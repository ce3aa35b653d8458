//! Trying a rule on the examples that stand beside it in the mapping file.

use super::{Example, Expression, FieldIndex, Relation, Rule, RuleInstance};

impl Rule {
    /// Indices of the examples whose expected result differs from the rule's. The rule's first instance is tried.
    pub fn failing_examples(&self) -> Vec<usize> {
        let Some(instance) = self.instances.first() else { return Vec::new() };
        let examples = self.examples.iter().enumerate();
        examples.filter(|(_, example)| instance.holds_for(example) != example.holds).map(|(number, _)| number).collect()
    }
}

impl RuleInstance {
    fn holds_for(&self, example: &Example) -> bool {
        let (left, right) = (self.left.value_in(example), self.right.value_in(example));
        match self.relation {
            Relation::Equal => left == right,
            Relation::AtMost => left <= right,
            Relation::AtLeast => left >= right,
        }
    }
}

impl Expression {
    /// In 128 bits, so that no figures of a mapping file overflow.
    fn value_in(&self, example: &Example) -> i128 {
        let terms = self.terms.iter().map(|term| {
            let figures = if term.operand.previous { &example.previous } else { &example.values };
            i128::from(term.sign) * i128::from(figure(figures, term.operand.field))
        });
        i128::from(self.constant) + terms.sum::<i128>()
    }
}

fn figure(figures: &[(FieldIndex, i64)], field: FieldIndex) -> i64 {
    figures.iter().find(|(index, _)| *index == field).map_or(0, |(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::super::Forms;

    #[test]
    fn the_rules_of_the_built_in_forms_say_what_their_examples_say() {
        for form in Forms::built_in().unwrap().iter() {
            for rule in &form.rules {
                assert_eq!(rule.failing_examples(), Vec::<usize>::new(), "{} {}", form.id, rule.id);
                assert!(rule.examples.iter().any(|example| !example.holds), "{} {} never fails", form.id, rule.id);
            }
        }
    }

    #[test]
    fn an_example_that_says_otherwise_is_found() {
        let (name, text) = Forms::sources()[1];
        let wrong = text.replacen("holds = false", "holds = true", 1);
        let form = Forms::default().add(name, &wrong).unwrap();
        assert_eq!(form.rules[0].failing_examples(), [1]);
    }
}
