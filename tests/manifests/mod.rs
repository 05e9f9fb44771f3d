//! Manifests are read and judged as a whole: the shared corpus, our own cases, the pages of the rules, many at once.

mod asyncapi;
mod cases;
mod corpus;
mod many;
mod pages;
mod schema;
mod verb;
