use concurrent_object::concurrent_object;

pub struct Env<'s>(&'s str);

#[concurrent_object]
impl<'s> Env<'s> {
    pub fn new(text: &'s str) -> Env<'s> {
        Env(text)
    }

    pub fn each<F: Fn(&'s str) -> u8>(&self, visit: F) -> u8 {
        visit(self.0)
    }

    pub fn boxed(&self, visit: Box<dyn for<'a> Fn(&'a str) -> &'a str>) -> usize {
        visit(self.0).len()
    }

    pub fn both<T, U>(&self, first: T, second: U, third: impl Into<String>) -> bool
    where
        T: PartialEq<U> + 's,
        U: Into<&'s str>,
    {
        let _ = third.into();
        first == second
    }
}

fn main() {
    let env = EnvProxy::builder("env").start("text").unwrap();
    let _: u8 = env.each(|text| text.len() as u8).wait().unwrap();
}
