//! Another build of the same program.

use super::*;

#[test]
fn another_build_is_refused_with_both_names() {
    let lab = lab();
    let refusal = Refusal::VersionSkew { ours: "build-other".to_owned(), seen: crate::identity::build().to_owned() };
    assert!(matches!(next(&lab.start("build-other")), Collected::Event(Event::Refused(seen)) if seen == refusal));
    assert_eq!(lab.serving.objects(), 0);
}

#[test]
fn another_build_may_be_allowed() {
    let lab = lab_of(true);
    assert!(matches!(next(&lab.start("build-other")), Collected::Taken(_)));
}
