#[concurrent_object(handle, handles(Rows))]
impl<'c> Statement<'c> {
    pub fn rows(&mut self, parameters: &[f64]) -> Result<Rows<'_>, Error> {
        todo!()
    }

    pub fn sql(&self) -> &'c str {
        todo!()
    }

    pub fn finalize(self) -> bool {
        todo!()
    }
}

#[concurrent_object(handles(Statement))]
impl Connection {
    pub fn open() -> Self {
        todo!()
    }

    pub fn prepare(&self, sql: &str) -> Result<Statement<'_>, Error> {
        todo!()
    }

    pub fn count(&self) -> u64 {
        todo!()
    }
}
