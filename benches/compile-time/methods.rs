//! The methods, and the library that each variant consists of.
//!
//! Knows what a user of each library would write: the declarations, the bodies, and a function that
//! calls every method through the generated code. Generic code costs nothing before it is used, so
//! each variant uses the same amount.

/// The number of methods. Large types of published crates have as many in one impl block.
pub(crate) const METHODS: usize = 82;

/// The types of arguments and results, a file of its own in each library.
pub(crate) const TYPES: &str = include_str!("types.rs");

/// One library, and its dependencies beside `serde`.
pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) package: &'static str,
    pub(crate) dependencies: &'static str,
    pub(crate) source: fn() -> String,
}

/// The first is the baseline of the others; the second is this library.
pub(crate) const VARIANTS: [Variant; 4] = [
    Variant { name: "serde's derives only", package: "leaf-serde", dependencies: "", source: plain },
    Variant {
        name: "#[concurrent_object]",
        package: "leaf-object",
        dependencies: "concurrent-object.workspace = true\n",
        source: object,
    },
    Variant {
        name: "tarpc over a socket",
        package: "leaf-tarpc-socket",
        dependencies: TARPC,
        source: tarpc_over_socket,
    },
    Variant {
        name: "tarpc in one process",
        package: "leaf-tarpc-channel",
        dependencies: TARPC,
        source: tarpc_over_channel,
    },
];

const TARPC: &str = "futures.workspace = true\ntarpc.workspace = true\ntokio.workspace = true\n";

/// A signature, its body, and the arguments of a call. No references: tarpc does not accept them.
struct Shape {
    name: &'static str,
    parameters: &'static str,
    result: &'static str,
    body: &'static str,
    arguments: &'static str,
}

#[rustfmt::skip]
const SHAPES: [Shape; 10] = [
    Shape { name: "count", parameters: "amount: u64", result: "u64", body: "amount + 1", arguments: "7" },
    Shape { name: "scale", parameters: "value: f64, factor: f64", result: "f64", body: "value * factor", arguments: "1.0, 2.0" },
    Shape { name: "greet", parameters: "name: String", result: "String", body: "name", arguments: "String::from(\"a\")" },
    Shape { name: "sum", parameters: "values: Vec<f64>", result: "f64", body: "values.iter().sum()", arguments: "vec![1.0]" },
    Shape { name: "shift", parameters: "values: Vec<Point>, by: Point", result: "Vec<Point>", body: "let _ = by; values", arguments: "vec![Point::default()], Point::default()" },
    Shape { name: "detect", parameters: "frame: Vec<u8>, size: Size", result: "Vec<Detection>", body: "let _ = (frame, size); Vec::new()", arguments: "vec![0], Size::default()" },
    Shape { name: "locate", parameters: "region: Region, mode: Mode", result: "Option<Point>", body: "let _ = mode; Some(region.origin)", arguments: "Region::default(), Mode::Fast" },
    Shape { name: "report", parameters: "title: String, detections: Vec<Detection>", result: "Report", body: "Report { title, detections, mean: 0.0 }", arguments: "String::new(), Vec::new()" },
    Shape { name: "configure", parameters: "settings: Settings", result: "Result<(), Fault>", body: "let _ = settings; Ok(())", arguments: "Settings::default()" },
    Shape { name: "check", parameters: "id: u32, strict: bool, sizes: Vec<Size>", result: "Result<u32, Fault>", body: "let _ = (strict, sizes); Ok(id)", arguments: "1, true, Vec::new()" },
];

/// The code before the methods in every library.
const HEAD: &str = "mod types;\n\nuse std::error::Error;\n\npub use types::*;\n";

/// Returns one text for each method, one after the other.
fn each(write: impl Fn(&Shape, &str) -> String) -> String {
    let name = |at: usize| format!("{}_{at}", SHAPES[at % SHAPES.len()].name);
    (0..METHODS).map(|at| write(&SHAPES[at % SHAPES.len()], &name(at))).collect()
}

/// Returns the struct with its methods, with `attribute` on the impl block.
fn worker(attribute: &str) -> String {
    let mut text = format!("{HEAD}\n#[derive(Debug)]\npub struct Worker;\n\n{attribute}impl Worker {{\n");
    text += "    pub fn new() -> Self {\n        Self\n    }\n";
    text += &each(|Shape { parameters, result, body, .. }, name| {
        format!("\n    pub fn {name}(&self, {parameters}) -> {result} {{\n        {body}\n    }}\n")
    });
    text + "}\n"
}

fn plain() -> String {
    let calls = each(|Shape { arguments, .. }, name| format!("    let _ = worker.{name}({arguments});\n"));
    worker("") + &program(&format!("    let worker = Worker::new();\n{calls}    Ok(())\n"))
}

fn object() -> String {
    let calls = each(|Shape { arguments, .. }, name| format!("    let _ = worker.{name}({arguments}).wait()?;\n"));
    let start = "    concurrent_object::init();\n    let worker = WorkerProxy::builder(\"worker\").start()?;\n";
    worker("#[concurrent_object::concurrent_object]\n")
        + &program(&format!("{start}{calls}    Ok(worker.terminate()?)\n"))
}

/// Returns the code that uses all of it.
fn program(body: &str) -> String {
    format!("\npub fn program() -> Result<(), Box<dyn Error>> {{\n{body}}}\n")
}

/// Returns the service and the server that implements it, as in tarpc's own example.
fn service(imports: &str) -> String {
    let declared =
        each(|Shape { parameters, result, .. }, name| format!("    async fn {name}({parameters}) -> {result};\n"));
    let implemented = each(|Shape { parameters, result, body, .. }, name| {
        format!("\n    async fn {name}(self, _: Context, {parameters}) -> {result} {{\n        {body}\n    }}\n")
    });
    format!(
        "{HEAD}\nuse futures::StreamExt;\nuse tarpc::client::Config;\nuse tarpc::context::{{self, Context}};\n\
         use tarpc::server::{{BaseChannel, Channel}};\n{imports}\n\
         #[tarpc::service]\npub trait Work {{\n{declared}}}\n\n\
         #[derive(Clone, Debug)]\npub struct Worker;\n\nimpl Work for Worker {{{implemented}}}\n"
    )
}

/// Returns both ends in one program. `server` and `client` are expressions for the two ends of a
/// transport.
fn served(service: String, before: &str, server: &str, client: &str) -> String {
    let calls = each(|Shape { arguments, .. }, name| {
        format!("        let _ = worker.{name}(context::current(), {arguments}).await?;\n")
    });
    let body = format!(
        "    tokio::runtime::Runtime::new()?.block_on(async {{\n{before}        \
         tokio::spawn(async move {{\n            \
         let transport = {server};\n            \
         let responses = BaseChannel::with_defaults(transport).execute(Worker.serve());\n            \
         responses.for_each(|response| async {{ drop(tokio::spawn(response)) }}).await;\n        }});\n        \
         let worker = WorkClient::new(Config::default(), {client}).spawn();\n{calls}        Ok(())\n    }})\n"
    );
    service + &program(&body)
}

/// Returns the variant that reaches another process and encodes messages, as this library does.
fn tarpc_over_socket() -> String {
    served(
        service("use tarpc::serde_transport::unix;\nuse tarpc::tokio_serde::formats::Bincode;\n"),
        "        let mut incoming = unix::listen(\"socket\", Bincode::default).await?;\n",
        "incoming.next().await.expect(\"a client\").expect(\"a connection\")",
        "unix::connect(\"socket\", Bincode::default).await?",
    )
}

/// Returns the smallest use of tarpc, which encodes nothing.
fn tarpc_over_channel() -> String {
    served(service(""), "        let (client, server) = tarpc::transport::channel::unbounded();\n", "server", "client")
}
