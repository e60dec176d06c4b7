//! Types and functions of every visibility, in nested modules.
#![deny(warnings, unreachable_pub)]

pub mod outer {
    pub(crate) mod inner {
        use concurrent_object::concurrent_object;

        pub(in crate::outer) struct Deep(u8);

        #[concurrent_object]
        impl Deep {
            pub(in crate::outer) fn new() -> Self {
                Self(1)
            }

            pub(self) fn own(&self) -> u8 {
                self.0
            }

            pub(super) fn parents(&self) -> u8 {
                self.own()
            }

            #[allow(dead_code)]
            fn private(&self) -> std::rc::Rc<u8> {
                std::rc::Rc::new(self.0)
            }
        }

        pub(crate) struct Chosen;

        #[concurrent_object(vis = "pub(super)")]
        impl Chosen {
            pub(crate) fn new() -> Self {
                Self
            }

            pub(crate) fn get(&self) -> u8 {
                1
            }
        }

        pub(in crate::outer) fn own(deep: &DeepProxy) -> bool {
            deep.own().wait().is_ok()
        }
    }

    pub(crate) fn start() -> bool {
        let deep = inner::DeepProxy::builder("deep").start();
        let chosen: Result<inner::ChosenProxy, _> = inner::ChosenProxy::builder("chosen").start();
        chosen.is_ok() || deep.is_ok_and(|deep| inner::own(&deep) && deep.parents().wait().is_ok())
    }
}

fn main() {
    assert!(!outer::start());
}
