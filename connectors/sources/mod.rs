//! Sources: what makes events. A kind is one file and one row of the table.
//!
//! [`Sources::apply`] takes EventSources and makes them run: sources that are called over HTTP share one server, whatever
//! their kinds; the others are tasks of their own.

mod bitbucket;
mod bitbucketserver;
mod calendar;
mod github;
mod gitlab;
mod http;
mod kafka;
mod outset;
mod payload;
mod running;
mod webhook;

pub use outset::{Compile, Ports, Schedule};
pub use running::{Listening, Sources};

use model::Result;
use model::manifest::event_source::Source;
use outset::{Outset, Part};

/// A kind of source: what it makes of a source's settings, or `None` where the source is of another kind.
type Kind = fn(&Outset<'_>, Source<'_>) -> Option<Result<Part>>;

/// The kinds this build can run.
const KINDS: &[Kind] =
    &[webhook::plan, github::plan, gitlab::plan, bitbucket::plan, bitbucketserver::plan, calendar::plan, kafka::plan];

#[cfg(test)]
mod tests;
