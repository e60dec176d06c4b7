//! Every form in which a constructor may return the object.

use concurrent_object::concurrent_object;

#[derive(Debug)]
pub struct OpenError;

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not open")
    }
}

pub type OpenResult<T> = Result<T, OpenError>;

pub struct Env<'s>(&'s str);

#[concurrent_object]
impl Env<'static> {
    pub fn boxed() -> Box<Self> {
        Box::new(Self("boxed"))
    }

    pub fn perhaps(fine: bool) -> Result<Option<Self>, OpenError> {
        if fine { Ok(Some(Self("perhaps"))) } else { Ok(None) }
    }

    pub fn opened(fine: bool) -> OpenResult<Self> {
        if fine { Ok(Self("opened")) } else { Err(OpenError) }
    }

    pub fn boxed_and_opened() -> OpenResult<Box<Self>> {
        Ok(Box::new(Self("both")))
    }

    pub fn named() -> Option<Result<Env<'static>, OpenError>> {
        Some(Ok(Env("named")))
    }

    pub fn name(&self) -> &str {
        self.0
    }
}

#[test]
fn constructors_may_return_the_object_in_any_of_these_forms() {
    let builder = || EnvProxy::builder("env");
    let name = |env: EnvProxy| env.name().wait().expect("a result");
    assert_eq!(name(builder().start_boxed().expect("a child starts")), "boxed");
    assert_eq!(name(builder().start_perhaps(true).expect("a child starts")), "perhaps");
    assert_eq!(name(builder().start_opened(true).expect("a child starts")), "opened");
    assert_eq!(name(builder().start_boxed_and_opened().expect("a child starts")), "both");
    assert_eq!(name(builder().start_named().expect("a child starts")), "named");
    let none = builder().start_perhaps(false).expect("a child starts");
    assert!(none.wait_until_ready().is_err());
    let failed = builder().start_opened(false).expect("a child starts");
    assert!(failed.wait_until_ready().expect_err("not open").to_string().contains("not open"));
}
