//! Compile tests of the attribute: the code that it accepts, the code that it rejects, and its
//! errors.
//!
//! `fail` has one file for each rule, with the expected errors beside it. `remedies.txt` has what a
//! user writes who follows them; a test of the corpus compiles that. Every file in `pass` must
//! compile without a warning and run.

#[test]
fn each_mistake_is_one_error_on_the_tokens_that_caused_it() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}

#[test]
fn accepted_code_compiles_under_the_strictest_lints() {
    trybuild::TestCases::new().pass("pass/*.rs");
}
