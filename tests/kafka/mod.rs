//! Kafka as a source, a sink and a bus, against a real broker. `tests/run kafka` runs these.

mod stand;

mod bus;
mod secured;
mod source;
mod trigger;
