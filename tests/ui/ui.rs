//! What the attribute accepts and refuses, and what it says then: one file in `fail` for each rule, with the expected
//! messages beside it; every file in `pass` must compile without a warning and run.

#[test]
fn every_mistake_is_one_error_on_the_tokens_that_caused_it() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

#[test]
fn whatever_is_accepted_compiles_in_the_strictest_of_crates() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
