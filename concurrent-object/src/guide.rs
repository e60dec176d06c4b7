#![doc = include_str!("../docs/guide/index.md")]

macro_rules! chapters {
    ($($name:ident),* $(,)?) => {
        $(
            pub mod $name {
                #![doc = include_str!(concat!("../docs/guide/", stringify!($name), ".md"))]
            }
        )*
    };
}

chapters! {
    attribute,
    arguments,
    results,
    errors,
    builder,
    timeouts,
    restarts,
    snapshots,
    streams,
    handles,
    memory,
    several,
    pools,
    other_machines,
    async_runtimes,
    threads,
    testing,
    environment,
    containment,
    debugging,
    adopting,
    refusals,
    troubleshooting,
    cookbook,
}
