//! Options that several functions have, said once on the impl block.
//!
//! The messages say that this is possible. A user who wrote the same line twice does it.

use super::Block;

impl Block {
    /// Moves options from functions to the attribute.
    pub(crate) fn share(&mut self) {
        self.share_copies();
        self.share_results();
        self.share_choices();
    }

    fn share_copies(&mut self) {
        if self.functions.iter().filter(|edited| edited.is_copied).count() > 1 {
            self.functions.iter_mut().for_each(|edited| edited.is_copied = false);
            self.options.push("copy".to_owned());
        }
    }

    fn share_results(&mut self) {
        let result = |option: &String| option.strip_prefix("result = ").map(str::to_owned);
        let written = self.functions.iter().filter_map(|edited| {
            let form = edited.options.iter().find_map(result)?;
            Some(format!("{} = {form}", edited.function.result.as_ref()?))
        });
        let mut written: Vec<_> = written.collect();
        if written.len() < 2 {
            return;
        }
        written.sort();
        written.dedup();
        self.options.push(format!("result({})", written.join(", ")));
        self.functions.iter_mut().for_each(|edited| edited.options.retain(|option| result(option).is_none()));
    }

    /// Moves choices for parameters of one name, unless a function has another choice for it.
    fn share_choices(&mut self) {
        let mut all: Vec<_> = self.functions.iter().flat_map(|edited| edited.with.clone()).collect();
        all.sort();
        let name = |choice: &str| choice.split(" = ").next().unwrap_or_default().to_owned();
        let mut shared: Vec<String> = Vec::new();
        for choices in all.chunk_by(|one, other| name(one) == name(other)) {
            let own = name(&choices[0]);
            let is_same = choices.iter().all(|choice| *choice == choices[0]) && !choices[0].contains(", ");
            // Functions that are left out would get the choice too, and may not fit.
            let others = self.functions.iter().filter(|edited| edited.is_left_out && edited.function.declares(&own));
            if is_same && choices.len() > 1 + others.count() {
                shared.push(choices[0].clone());
            }
        }
        if !shared.is_empty() {
            self.functions.iter_mut().for_each(|edited| edited.with.retain(|choice| !shared.contains(choice)));
            self.options.push(format!("with({})", shared.join(", ")));
        }
    }
}
