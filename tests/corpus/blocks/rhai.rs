//! `rhai` 1, `Engine`: the block of its limits, the largest one.
//! Constructor: `fn new() -> Self`.

use concurrent_object::concurrent_object;

pub struct Engine;

impl Engine {
    pub fn new() -> Self {
        unimplemented!()
    }
}

#[concurrent_object]
impl Engine {
    pub fn set_max_call_levels(&mut self, levels: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_call_levels(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_operations(&mut self, operations: u64) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_operations(&self) -> u64 {
        unimplemented!()
    }

    pub fn set_max_variables(&mut self, variables: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_variables(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_functions(&mut self, functions: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_functions(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_modules(&mut self, modules: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_modules(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_expr_depths(&mut self, max_expr_depth: usize, max_function_expr_depth: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_expr_depth(&self) -> usize {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_function_expr_depth(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_string_size(&mut self, max_len: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_string_size(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_array_size(&mut self, max_size: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_array_size(&self) -> usize {
        unimplemented!()
    }

    pub fn set_max_map_size(&mut self, max_size: usize) -> &mut Self {
        unimplemented!()
    }

    #[must_use]
    pub const fn max_map_size(&self) -> usize {
        unimplemented!()
    }
}
