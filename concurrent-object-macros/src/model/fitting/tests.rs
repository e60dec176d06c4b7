//! The types that are chosen for the bounds of the standard library.

use quote::ToTokens;
use syn::{FnArg, Signature};

use super::Fitting;

/// Returns the types of the arguments on the proxy, and the types that the function is called with.
fn fitted(sig: &str) -> String {
    let sig: Signature = syn::parse_str(sig).expect("a signature");
    let writes_back = sig.ident != "new";
    let fitting = Fitting::of(&sig, Vec::new(), writes_back);
    let arguments = fitting.sig.inputs.iter().map(|input| match input {
        FnArg::Typed(argument) => argument.ty.to_token_stream().to_string(),
        FnArg::Receiver(_) => "self".to_owned(),
    });
    let chosen = fitting.with.iter().map(|one| format!("{} = {}", one.parameter, one.argument.to_token_stream()));
    let text = format!("{} | {}", arguments.collect::<Vec<_>>().join(", "), chosen.collect::<Vec<_>>().join(", "));
    let text = text.replace(":: core :: ops :: ", "");
    let text = ["vec", "string", "path", "ffi", "io", "collections"]
        .iter()
        .fold(text, |text, module| text.replace(&format!(":: std :: {module} :: "), ""));
    text.replace("& ", "&")
        .replace(" <", "<")
        .replace("< ", "<")
        .replace(" >", ">")
        .trim_end_matches([' ', '|'])
        .to_owned()
}

#[track_caller]
fn assert_all(cases: &[(&str, &str)]) {
    for (sig, expected) in cases {
        assert_eq!(fitted(sig), *expected, "{sig}");
    }
}

#[test]
fn text_and_paths_are_borrowed_from_the_message() {
    assert_all(&[
        ("fn f(text: impl AsRef<str>)", "&str"),
        ("fn f(text: impl Into<String>)", "&str"),
        ("fn f(text: impl ToString)", "&str"),
        ("fn f(text: impl std::fmt::Display)", "&str"),
        ("fn f(text: impl Into<Cow<'_, str>>)", "&str"),
        ("fn f(text: impl Into<Arc<str>>)", "&str"),
        ("fn f(error: impl Into<Box<dyn Error + Send + Sync>>)", "&str"),
        ("fn f(bytes: impl AsRef<[u8]>)", "&[u8]"),
        ("fn f(path: impl AsRef<std::path::Path>)", "&std :: path :: Path"),
        ("fn f(name: impl AsRef<OsStr>)", "&OsStr"),
        ("fn f(address: impl ToSocketAddrs)", "&str"),
        ("fn f(path: impl AsRef<Path> + Clone + Send)", "&Path"),
        ("fn f(path: impl AsRef<Path> + AsRef<OsStr>)", "&Path"),
        ("fn f(path: impl AsRef<Path> + ToString)", "&str"),
        ("fn f<P: AsRef<Path>>(from: P, to: P)", "P, P | P = &Path"),
        ("fn f<S>(text: S) where S: Into<String>", "S | S = &str"),
        ("fn f<S: AsRef<str>, P>(text: S, path: P) where P: AsRef<Path>", "S, P | S = &str, P = &Path"),
    ]);
}

#[test]
fn what_outlives_the_call_is_owned() {
    assert_all(&[
        ("fn f(text: impl Into<String> + 'static)", "String"),
        ("fn f(text: impl Into<Cow<'static, str>>)", "String"),
        ("fn f<P: AsRef<Path> + Send + 'static>(path: P)", "P | P = PathBuf"),
        ("fn f(bytes: impl AsRef<[u8]> + 'static)", "Vec<u8>"),
        ("fn f(from: impl Read + Send + 'static)", "Vec<u8>"),
        (
            "fn f(items: impl IntoIterator<Item = &'static str> + 'static)",
            "impl IntoIterator<Item = &'static str> + 'static",
        ),
    ]);
}

#[test]
fn place_of_a_parameter_decides_between_borrowed_and_owned() {
    assert_all(&[
        ("fn f(text: &impl AsRef<str>)", "&str"),
        ("fn f<P: AsRef<Path> + ?Sized>(path: &P)", "&P | P = Path"),
        ("fn f<P: AsRef<Path>>(path: &P)", "&Path | P = &Path"),
        ("fn f(text: Option<impl Into<String>>)", "Option<&str>"),
        ("fn f<P: AsRef<Path>>(path: Option<P>)", "Option<P> | P = &Path"),
        ("fn f<P: AsRef<Path>>(paths: &[P])", "&[P] | P = PathBuf"),
        ("fn f<S: AsRef<str>>(words: &[S], more: Vec<S>)", "&[S], Vec<S> | S = &str"),
        ("fn f(all: HashMap<String, impl AsRef<[u8]>>)", "HashMap<String , Vec<u8>>"),
        ("fn f(pair: (impl Into<String>, impl AsRef<Path>))", "(&str , PathBuf)"),
        ("fn f<P: AsRef<Path>>(path: P, more: &[P])", "P, &[P] | P = PathBuf"),
    ]);
}

#[test]
fn values_are_their_targets() {
    assert_all(&[
        ("fn f(rect: impl Into<Rect>)", "Rect"),
        ("fn f(at: impl TryInto<u64>)", "u64"),
        ("fn f(path: impl Into<PathBuf>)", "PathBuf"),
        ("fn f(limit: impl Into<Option<u32>>)", "Option<u32>"),
        ("fn f(value: impl Into<Arc<Value>>)", "Value"),
        ("fn f(range: impl RangeBounds<usize> + Clone)", "Range<usize>"),
        ("fn f<Q: ?Sized + Hash + Eq>(&self, key: &Q) where String: Borrow<Q>", "self, &Q | Q = str"),
        ("fn f<Q: ?Sized + Hash + Eq>(&self, key: &Q) where K: Borrow<Q>", "self, &Q | Q = K"),
        ("fn f<V>(&self, value: V) where Value: From<V>", "self, V | V = Value"),
        ("fn f<V: Clone>(&self, value: V) where Value: From<V>", "self, V | V = Value"),
        ("fn f(of: impl Into<Self>)", "impl Into<Self>"),
    ]);
}

#[test]
fn lists_are_vectors_and_their_items_are_decided_too() {
    assert_all(&[
        ("fn f(items: impl IntoIterator<Item = u8>)", "Vec<u8>"),
        ("fn f(items: impl Iterator<Item = u8>)", "Vec<u8>"),
        ("fn f<I: Iterator<Item = u8> + ExactSizeIterator>(items: I)", "Vec<u8> | I = IntoIter<u8>"),
        ("fn f<'a>(items: impl IntoIterator<Item = &'a Key>)", "Vec<&Key>"),
        ("fn f(items: impl IntoIterator<Item = impl AsRef<Path>>)", "Vec<PathBuf>"),
        ("fn f<I, S>(items: I) where I: IntoIterator<Item = S>, S: AsRef<str>", "I | I = Vec<&str>, S = &str"),
        ("fn f<I>(items: I) where I: IntoIterator, I::Item: Into<String>", "I | I = Vec<&str>"),
        (
            "fn f<K: Into<String>, V: Into<u32>>(all: impl IntoIterator<Item = (K, V)>)",
            "Vec<(&str , u32)> | K = &str, V = u32",
        ),
        ("fn f<I: IntoIterator<Item = u8>>(items: I) where I::IntoIter: ExactSizeIterator", "I | I = Vec<u8>"),
    ]);
}

#[test]
fn readers_and_writers_are_bytes() {
    assert_all(&[
        ("fn f(from: impl Read)", "&[u8]"),
        ("fn f<R: io::BufRead>(from: R)", "R | R = &[u8]"),
        ("fn f(from: impl Read + Seek)", "&[u8]"),
        ("fn f<R: Read + Seek>(from: R)", "&[u8] | R = Cursor<&[u8]>"),
        ("fn f(from: &mut impl Read)", "&mut VecDeque<u8>"),
        ("fn f(to: impl Write)", "&mut Vec<u8>"),
        ("fn f<W: io::Write + ?Sized>(to: &mut W)", "&mut W | W = Vec<u8>"),
        ("fn f(to: &mut impl fmt::Write)", "&mut String"),
        ("fn f(to: &mut dyn Write)", "&mut Vec<u8>"),
        ("fn f(from: &mut (dyn Read + Send))", "&mut VecDeque<u8>"),
        ("fn f(text: &dyn Display)", "&str"),
        ("fn new(to: impl Write)", "impl Write"),
        ("fn new(from: impl Read)", "&[u8]"),
    ]);
}

#[test]
fn closures_are_function_pointers() {
    assert_all(&[
        ("fn f(work: impl Fn(u8))", "fn (u8)"),
        ("fn f<F: FnMut(&Row) -> bool + Send + 'static>(keep: F)", "F | F = fn (&Row) -> bool"),
        ("fn f<F>(first: F) where F: for<'a> FnOnce(&'a Row) -> &'a str", "F | F = for<'a> fn (&'a Row) -> &'a str"),
        ("fn f(work: &dyn Fn(u8))", "fn (u8)"),
        ("fn f(work: &mut dyn FnMut(u8))", "fn (u8)"),
        ("fn f<F: FnMut(u8)>(work: &mut F)", "fn (u8) | F = fn (u8)"),
        ("fn f(work: Option<impl FnOnce() -> u8>)", "Option<fn () -> u8>"),
    ]);
}

#[test]
fn what_the_bounds_do_not_decide_is_left_to_the_user() {
    for sig in [
        "fn f(shape: impl Shape)",
        "fn f(value: impl Clone)",
        "fn f(text: impl AsRef<str> + Shape)",
        "fn f(both: impl Read + Write)",
        "fn f<T: Into<String>>(text: T) -> T",
        "fn f<I: IntoIterator>(items: I) -> Option<I::Item>",
        "fn f<T: Into<String>>(text: T) where Table: Index<T>",
        "fn f<T: FromStr>() -> T",
        "fn f<T: Into<T>>(text: T)",
        "fn f(path: impl AsRef<Path> + Display + Read)",
        "fn f(items: &mut impl Iterator<Item = u8>)",
        "fn f(shape: &dyn Shape)",
        "fn f<F: Fn(T), T: Shape>(work: F)",
        "fn f<Q: ?Sized + ToOwned<Owned = K>>(&self, key: &Q) where K: Borrow<Q>",
        "fn f<F: Fn(u8)>(work: F) -> F",
        "fn f(work: Box<dyn Read>)",
        "fn f<V: AsRef<str>>(value: V) where Value: From<V>",
        "fn f<V>(value: V) where Value: From<V>, Other: From<V>",
    ] {
        let parsed: Signature = syn::parse_str(sig).expect("a signature");
        let written = Fitting::of(&parsed, Vec::new(), true);
        assert_eq!(written.sig.to_token_stream().to_string(), parsed.to_token_stream().to_string(), "{sig}");
        assert!(written.with.is_empty() && written.notes.is_empty(), "{sig}");
    }
}
