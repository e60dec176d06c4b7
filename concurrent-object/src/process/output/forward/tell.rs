//! Gives an event of a child to the parent's subscriber.
//!
//! Knows records and sites. Invariants: each event has the name and the process id that the parent
//! knows, and no field of the child hides them. Text is escaped. The targets of this library remain
//! reserved for the parent.

use tracing::field::{DisplayValue, Value, display};
use tracing::{Event, dispatcher};

use super::record::{Field, FieldKind, MAX_FIELDS, Record};
use super::sites::{SPARE, Site, site};
use crate::error::printable::printable;

/// The fields that the parent adds, before the child's.
const OWN: [&str; 5] = ["message", "name", "pid", "span", "cut"];

const MAX_VALUES: usize = OWN.len() + MAX_FIELDS;

/// The longest field name, in bytes. Names are leaked, so their length is limited.
const MAX_NAME: usize = 64;

/// Reports this event of the object's process.
pub(crate) fn tell(name: &str, pid: u32, content: &[u8]) {
    let Some(record) = Record::decode(content) else {
        let message = "an event of the object cannot be read";
        return tracing::warn!(target: "concurrent_object::output", parent: None, name, pid, "{message}");
    };
    if record.lost > 0 {
        let message = "events of the object were lost: there was no room in the pipe of its standard error";
        let events = record.lost;
        tracing::warn!(target: "concurrent_object::output", parent: None, name, pid, events, "{message}");
    }
    let target = shown_target(&record.target);
    let names = OWN.iter().map(|own| (*own).to_owned()).chain(record.fields.iter().map(shown_name)).collect();
    match site(record.level, &target, names) {
        Some(site) => emit(site, name, pid, &record, record.fields.iter().map(Shown::new).collect()),
        None => {
            let fields: Vec<_> =
                record.fields.iter().map(|Field { name, value, .. }| format!("{name}={value}")).collect();
            let texts = [target, printable(&fields.join(" ")).into_owned()];
            let names = OWN.iter().chain(&["child.target", "child.fields"]).map(|name| (*name).to_owned()).collect();
            if let Some(spare) = site(record.level, SPARE, names) {
                emit(spare, name, pid, &record, texts.map(Shown::Text).into());
            }
        }
    }
}

fn emit(site: &'static Site, name: &str, pid: u32, record: &Record, childs: Vec<Shown>) {
    let metadata = site.known();
    if site.is_off() {
        return;
    }
    let message = display(printable(&record.message).into_owned());
    let span = printable(&record.span);
    let span = (!span.is_empty()).then_some(&*span);
    let is_cut = record.is_cut.then_some(true);
    let own: [&dyn Value; OWN.len()] = [&message, &name, &pid, &span, &is_cut];
    let fields: Vec<_> = metadata.fields().iter().collect();
    let Some(first) = fields.first() else { return };
    let all = own.into_iter().chain(childs.iter().map(Shown::value));
    let mut values: [(_, Option<&dyn Value>); MAX_VALUES] = [(first, None); MAX_VALUES];
    for (place, (field, value)) in values.iter_mut().zip(fields.iter().zip(all)) {
        *place = (field, Some(value));
    }
    let set = metadata.fields().value_set(&values);
    let event = Event::new_child_of(None, metadata, &set);
    dispatcher::get_default(|subscriber| {
        if subscriber.enabled(metadata) {
            subscriber.event(&event);
        }
    });
}

/// Returns the target to report. Targets of this library are reserved for the parent's own events,
/// so that no event of a child looks like one of them.
fn shown_target(target: &str) -> String {
    let target = printable(target);
    match target.strip_prefix("concurrent_object") {
        Some(rest) if rest.is_empty() || rest.starts_with("::") => format!("{SPARE}{rest}"),
        Some(_) | None => target.into_owned(),
    }
}

fn shown_name(field: &Field) -> String {
    let name = printable(&field.name[..field.name.floor_char_boundary(MAX_NAME)]).into_owned();
    if OWN.contains(&&*name) { format!("child.{name}") } else { name }
}

/// A value of the child's event.
enum Shown {
    Text(String),
    Debug(DisplayValue<String>),
    Signed(i64),
    Unsigned(u64),
    Float(f64),
    Truth(bool),
}

impl Shown {
    fn new(Field { kind, value, .. }: &Field) -> Self {
        let text = || printable(value).into_owned();
        let parsed = match kind {
            FieldKind::Text => return Self::Text(text()),
            FieldKind::Debug => None,
            FieldKind::Signed => value.parse().ok().map(Self::Signed),
            FieldKind::Unsigned => value.parse().ok().map(Self::Unsigned),
            FieldKind::Float => value.parse().ok().map(Self::Float),
            FieldKind::Truth => value.parse().ok().map(Self::Truth),
        };
        parsed.unwrap_or_else(|| Self::Debug(display(text())))
    }

    fn value(&self) -> &dyn Value {
        match self {
            Self::Text(text) => text,
            Self::Debug(text) => text,
            Self::Signed(number) => number,
            Self::Unsigned(number) => number,
            Self::Float(number) => number,
            Self::Truth(truth) => truth,
        }
    }
}
